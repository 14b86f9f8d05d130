"""What moderation refuses."""

from app.kernel.errors import ConflictError, ForbiddenError, LimitError, NotFoundError


class NoSuchCaseError(NotFoundError):
    """No such case, or another desk's."""

    code = "no-such-case"


class NotGroupedError(ConflictError):
    """A case that was to be decided with others is no group's, or one of danger by now."""

    code = "not-grouped"


class CaseTakenError(ConflictError):
    """Another desk has the case now."""

    code = "case-taken"


class CaseDecidedError(ConflictError):
    """The case was decided meanwhile."""

    code = "case-decided"


class CaseChangedError(ConflictError):
    """The text was revised since the desk looked at it."""

    code = "case-changed"


class LeaseEndedError(ConflictError):
    """The desk held the case for longer than the lease, and may no longer decide it."""

    code = "lease-ended"


class ReasonsMissingError(ConflictError):
    """An action came without a rule, without facts, or without the law that it names."""

    code = "reasons-missing"


class QuotedTextError(ConflictError):
    """The facts repeat the words that the action is about: the log never forgets them."""

    code = "quoted-text"


class NotAllowedError(ForbiddenError):
    """The desk's role does not reach this board or this action."""

    code = "not-allowed"


class OwnMatterError(ForbiddenError):
    """The desk's holder wrote it, reported it, or took the action that is appealed."""

    code = "own-matter"


class SecondNeededError(ConflictError):
    """The action needs a desk of another person."""

    code = "second-needed"


class TooManyActionsError(LimitError):
    """The desk acted as often as one may within an hour: another desk has to agree."""

    code = "too-many-actions"


class AppealedError(ConflictError):
    """The action was appealed before: there is one appeal for each."""

    code = "appealed"


class AppealLateError(ConflictError):
    """The days in which the action could be appealed are over."""

    code = "appeal-late"


class NothingToAppealError(ConflictError):
    """The action was undone meanwhile, or it takes nothing from anybody."""

    code = "nothing-to-appeal"


class AppealOpenError(ConflictError):
    """Somebody appealed against what was done to the post, and nobody has answered yet."""

    code = "appeal-open"


class ReportedError(ConflictError):
    """The same persona has reported it already."""

    code = "reported"


class TakenAlreadyError(ConflictError):
    """A desk took the words from readers before anybody could report them."""

    code = "taken-already"


class TooManyReportsError(LimitError):
    """The persona reported as often as one may in a day, or too many legal notices came at once."""

    code = "too-many-reports"


class NoDeskError(ForbiddenError):
    """Nobody works at a desk in this session, or the desk's term is over."""

    code = "no-desk"

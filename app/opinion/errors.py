"""What consultations refuse."""

from app.kernel.errors import ConflictError, ForbiddenError, LimitError, NotFoundError


class NoConversationError(NotFoundError):
    """The thread has no consultation."""

    code = "no-conversation"


class ConversationOpenError(ConflictError):
    """The thread has a consultation already."""

    code = "conversation-open"


class ConversationClosedError(ForbiddenError):
    """The consultation takes no more votes and statements."""

    code = "conversation-closed"


class StatementUnfitError(ForbiddenError):
    """A statement is one short sentence, and answers the post that opened its thread."""

    code = "statement-unfit"


class StatementKnownError(ConflictError):
    """The consultation has a statement of the same words."""

    code = "statement-known"


class TooManyStatementsError(ConflictError):
    """The consultation, or this author in it, has as many statements as it may have."""

    code = "too-many-statements"


class NoStatementError(NotFoundError):
    """The consultation has no such statement to vote on."""

    code = "no-statement"


class SelfMergeError(ConflictError):
    """A statement is merged into another one that stands for itself."""

    code = "self-merge"


class StaleConversationError(ConflictError):
    """Somebody else changed the consultation since it was read."""

    code = "stale-conversation"


class SideNotAskedError(NotFoundError):
    """The consultation does not ask where its voters live."""

    code = "side-not-asked"


class SideTooEarlyError(ForbiddenError):
    """Whoever has no ballot in a consultation is asked nothing beside it."""

    code = "side-too-early"


class SideSaidError(ConflictError):
    """A voter has said where they live, and says it once."""

    code = "side-said"


class ResultsHiddenError(ForbiddenError):
    """The results are shown to whoever voted, or when the consultation has closed."""

    code = "results-hidden"


class ContextUnfitError(ForbiddenError):
    """Context is a short text with a source, about a version of a post that can be read."""

    code = "context-unfit"


class TooMuchContextError(ConflictError):
    """The post, or this author about it, has as much context as there may be."""

    code = "too-much-context"


class OwnPostError(ForbiddenError):
    """Nobody rates what they wrote themselves."""

    code = "own-post"


class TooManyRatingsError(LimitError):
    """A persona has rated enough for this week: no few decide for all."""

    code = "too-many-ratings"


class DeviceBallotError(ForbiddenError):
    """The persona's key is on its device, so its ballot is made there too."""

    code = "device-ballot"


class MayNotManageError(ForbiddenError):
    """Stewards, and whoever opened the thread, look after its consultation."""

    code = "may-not-manage"


class NoTableError(NotFoundError):
    """No table of results is published yet."""

    code = "no-table"


class RatedWordsError(ForbiddenError):
    """What readers rate stays as they read it: it is erased and written anew, never revised."""

    code = "rated-words"


class TranslationUnfitError(ForbiddenError):
    """A translation answers a post, names its version, and is in another language."""

    code = "translation-unfit"


class TranslationTitleError(ForbiddenError):
    """The translation of an opening begins with the title in a line of its own."""

    code = "translation-title"


class TranslationKnownError(ConflictError):
    """Its author has translated this version into this language already."""

    code = "translation-known"


class SummaryUnfitError(ForbiddenError):
    """A summary answers the post that opened its thread."""

    code = "summary-unfit"


class UncitedError(ForbiddenError):
    """A sentence of a summary cites no post; `words` are the sentence."""

    code = "uncited"

    def __init__(self, message: str, *, words: str) -> None:
        super().__init__(message)
        self.words = words


class CitesNothingError(UncitedError):
    """A sentence of a summary cites what readers cannot read in its thread."""

    code = "cites-nothing"


class NoMachineError(NotFoundError):
    """The host has no machine that translates, or not into this language."""

    code = "no-machine"


class MachineBusyError(LimitError):
    """As many texts wait for the machine as may wait."""

    code = "machine-busy"


class AboutSaidError(ConflictError):
    """A voter's answers about themselves were given already."""

    code = "about-said"


class NoRoundError(ConflictError):
    """A consultation's voters are not asked again today."""

    code = "no-round"


class NotVotedError(ForbiddenError):
    """Who is asked again voted before, in this session's ballot."""

    code = "not-voted"

"""What hearings refuse."""

from app.kernel.errors import ConflictError, ForbiddenError


class IllegalChangeError(ConflictError):
    """A question or a commitment cannot go from where it is to there."""

    code = "illegal-change"


class CharterFixedError(ConflictError):
    """A charter that was opened changes by the participants' sampled vote alone."""

    code = "charter-fixed"


class CharterUnfitError(ForbiddenError):
    """A charter's days, quota or aims do not make a hearing."""

    code = "charter-unfit"


class EvidenceMissingError(ForbiddenError):
    """A commitment's status changes with a link to evidence only."""

    code = "evidence-missing"


class NotTheirHearingError(ForbiddenError):
    """The official of the hearing answers, and nobody else."""

    code = "not-their-hearing"


class CharterUnboundError(ConflictError):
    """Nobody answers before the official is bound to the charter."""

    code = "charter-unbound"


class NotYetChosenError(ConflictError):
    """Answers come once the questions are chosen."""

    code = "not-yet-chosen"


class NotChosenError(ConflictError):
    """The question is not among those that are to be answered."""

    code = "not-chosen"


class AnsweredError(ConflictError):
    """It has its answer: what was wrong in that is corrected by revising it."""

    code = "answered"


class HearingOverError(ConflictError):
    """The hearing is closed, and its report stands."""

    code = "hearing-over"


class AnswerUnfitError(ForbiddenError):
    """An answer says as what it is given and how far it answers, in reply to a question."""

    code = "answer-unfit"


class FollowUpElsewhereError(ForbiddenError):
    """Whoever asked a question asks once more about its answer, and nobody else."""

    code = "follow-up-elsewhere"


class FollowedUpError(ConflictError):
    """The question was asked once more already."""

    code = "followed-up"


class FixedWordsError(ForbiddenError):
    """What somebody answers stays as it was asked."""

    code = "fixed-words"


class NotDrawnError(ForbiddenError):
    """Whoever asked rates an answer, and whom the lot drew."""

    code = "not-drawn"


class NotStaffError(ForbiddenError):
    """Drafts are for the official and for whom the official lets write them."""

    code = "not-staff"


class DraftChangedError(ConflictError):
    """Somebody else kept another draft since this one was opened."""

    code = "draft-changed"


class TooManyStaffError(ConflictError):
    """As many people write drafts as may."""

    code = "too-many-staff"


class AimOpenError(ConflictError):
    """A hearing closes once each aim has its verdict."""

    code = "aim-open"

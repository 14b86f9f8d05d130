"""What hearings refuse."""

from app.kernel.errors import ConflictError, ForbiddenError, NotFoundError


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


class CommitmentUnfitError(ForbiddenError):
    """A post lacks what makes it a commitment or evidence, or answers nothing that takes one."""

    code = "commitment-unfit"


class OwnerUnknownError(ForbiddenError):
    """A commitment names an official whom this host does not know as one."""

    code = "owner-unknown"


class NotOwnerError(ForbiddenError):
    """Neither the official whose commitment it is nor, for its status, the host signed."""

    code = "not-the-owner"


class NoCommitmentError(NotFoundError):
    """There is no such commitment."""

    code = "no-such-commitment"


class StaleCommitmentError(ConflictError):
    """A commitment's status changed meanwhile."""

    code = "stale-commitment"


class CommitmentOwnedError(ConflictError):
    """The official has confirmed this commitment before."""

    code = "commitment-owned"


class JudgedWordsError(ConflictError):
    """A commitment or evidence keeps its words: people judge it by them."""

    code = "judged-words"


class ReportDiffersError(ConflictError):
    """A report is not what follows from the hearing as it stands."""

    code = "report-differs"


class AimOpenError(ConflictError):
    """A hearing closes once each aim has its verdict."""

    code = "aim-open"


class NoHearingError(NotFoundError):
    """The thread has no hearing."""

    code = "no-hearing"


class NoQuestionError(NotFoundError):
    """No such question of a hearing."""

    code = "no-question"


class HearingThereError(ConflictError):
    """The thread has a hearing, or a consultation, already."""

    code = "hearing-there"


class HearingNotOpenError(ConflictError):
    """The hearing takes no questions now: it has not opened, or its questions are chosen."""

    code = "hearing-not-open"


class OfficeNeededError(ForbiddenError):
    """Whoever is to answer holds no office, or not until the hearing's end."""

    code = "office-needed"


class StaleCharterError(ConflictError):
    """The charter has changed since it was read."""

    code = "stale-charter"


class MandateMissingError(ForbiddenError):
    """What is named as a mandate is no sampled vote of the participants for this charter."""

    code = "mandate-missing"


class QuestionUnfitError(ForbiddenError):
    """A question is one short line, with reasons below it."""

    code = "question-unfit"


class QuestionLanguageError(ForbiddenError):
    """The hearing takes questions in other languages."""

    code = "question-language"


class QuestionsOnlyError(ForbiddenError):
    """A thread with a hearing takes questions and answers to them, not statements."""

    code = "questions-only"


class CodeMissingError(ForbiddenError):
    """Whoever declines a question gives a code from the list, and nobody else gives one."""

    code = "code-missing"


class AppealedBeforeError(ConflictError):
    """A declined question is appealed once, by whoever asked it."""

    code = "appealed-before"


class NotTheAskerError(ForbiddenError):
    """Whoever asked a question appeals when it is declined, and nobody else."""

    code = "not-the-asker"


class OwnDeclineError(ForbiddenError):
    """Somebody else than who declined a question decides about its appeal."""

    code = "own-decline"


class ChoiceUnfitError(ConflictError):
    """The choice does not follow from the published tallies."""

    code = "choice-unfit"

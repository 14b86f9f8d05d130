"""What hearings refuse."""

from app.kernel.errors import ConflictError, ForbiddenError, MalformedError, NotFoundError


class AttesterUnknownError(ForbiddenError):
    """No ministry and no university that this host believes has the key."""

    code = "attester-unknown"


class NotUniversityError(ForbiddenError):
    """An office is attested by a partner university, and by nobody else."""

    code = "not-a-university"


class NotMinistryError(ForbiddenError):
    """An office is offered by a ministry, and by nobody else."""

    code = "not-a-ministry"


class WrongDomainKeyError(ForbiddenError):
    """The key stands at another domain than the office says."""

    code = "wrong-domain-key"


class UnknownOfficialError(NotFoundError):
    """The office is for a persona that is not known here."""

    code = "unknown-official"


class NoOfficeError(NotFoundError):
    """There is no such office."""

    code = "no-office"


class OfficeOverError(ConflictError):
    """The office has ended, or its last day has passed."""

    code = "office-over"


class OfficeAttestedError(ConflictError):
    """A university attests the office already."""

    code = "office-attested"


class NotOfficialError(ForbiddenError):
    """The persona holds no office by two signatures on this day."""

    code = "not-an-official"


class OfficeLanguageError(ForbiddenError):
    """The office does not cover this language."""

    code = "office-language"


class QueueMissingError(ForbiddenError):
    """An official opens threads while people can ask it questions."""

    code = "queue-missing"


class AttesterUnfitError(MalformedError):
    """What stands at a domain, or was typed, names no attester's key."""

    code = "attester-unfit"


class AttesterKnownError(ConflictError):
    """The key is believed already, as something else."""

    code = "attester-known"


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


class NoChoiceError(NotFoundError):
    """The hearing's questions are not chosen yet."""

    code = "no-choice"


class NotDeskError(ForbiddenError):
    """The official of a hearing, and stewards, look after it."""

    code = "not-its-desk"

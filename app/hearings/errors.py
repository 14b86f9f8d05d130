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
    """A commitment is confirmed by the official whose it is, and its status set by them or the host."""

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


class AimOpenError(ConflictError):
    """A hearing closes once each aim has its verdict."""

    code = "aim-open"

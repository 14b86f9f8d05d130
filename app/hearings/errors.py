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


class AimOpenError(ConflictError):
    """A hearing closes once each aim has its verdict."""

    code = "aim-open"

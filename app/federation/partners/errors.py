"""What partnership refuses."""

from app.kernel.errors import ConflictError, ForbiddenError, LimitError, NotFoundError


class UnknownPartnerError(NotFoundError):
    """No partner has this key or name."""

    code = "unknown-partner"


class PartnerKnownError(ConflictError):
    """Another partner has this name, or this key has another."""

    code = "partner-known"


class PartnerFrozenError(ForbiddenError):
    """The partner's log contradicted itself: nothing is taken from it, nothing handed to it."""

    code = "partner-frozen"


class NotGrantedError(ForbiddenError):
    """No grant that holds covers this board and this right."""

    code = "not-granted"


class GrantUnfitError(ForbiddenError):
    """An offer, an acceptance or its end does not fit what it is about."""

    code = "grant-unfit"


class NotItsOwnError(ForbiddenError):
    """A desk of one home acted on what stands on another's board."""

    code = "not-its-own"


class QuotaError(LimitError):
    """A partner has brought as much as it may for now."""

    code = "partner-quota"


class SuccessionError(ForbiddenError):
    """Nobody was named who may take this board over, or too few of them signed."""

    code = "succession"

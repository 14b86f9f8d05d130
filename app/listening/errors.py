"""What the listening post refuses."""

from app.kernel.errors import ConflictError, MalformedError, NotFoundError


class NoReleaseError(NotFoundError):
    """No release of that week."""

    code = "no-release"


class ReleasedError(ConflictError):
    """The week has its release."""

    code = "released"


class MarginsUnfitError(MalformedError):
    """A table of margins that cannot be weighted with; the message says where and what to do."""

    code = "margins-unfit"


class MissingCardError(MalformedError):
    """A chart without its bias card: it is not drawn."""

    code = "missing-card"

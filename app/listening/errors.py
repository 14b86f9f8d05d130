"""What the listening post refuses."""

from app.kernel.errors import ConflictError, MalformedError, NotFoundError


class NoReleaseError(NotFoundError):
    """No release of that week."""


class ReleasedError(ConflictError):
    """The week has its release."""


class MarginsUnfitError(MalformedError):
    """A table of margins that cannot be weighted with; the message says where and what to do."""


class MissingCardError(MalformedError):
    """A chart without its bias card: it is not drawn."""

"""What is wrong with a bundle, and what that means: for command lines, so without pages' codes."""

from app.kernel.errors import ConflictError, MalformedError, VerificationError


class NotABundleError(MalformedError):
    """The file is no archive in the one form of a bundle."""


class DamagedBundleError(VerificationError):
    """The file is not the one that was exported."""

    def __init__(self, part: str) -> None:
        super().__init__(
            f"{part}: the file was cut off or changed on its way; get it again from somebody else"
        )


class NothingPublishedError(ConflictError):
    """There is no checkpoint to prove anything against."""

"""The one tree of errors. `code` is a stable slug: the page, the API field and the metric use it.

    AppError
    ├── MalformedError       bytes or fields that do not parse
    ├── VerificationError    parsed, but a signature or proof does not hold
    ├── NotFoundError        no such thing, or not visible to this viewer
    ├── GoneError            it was here, and was erased for good
    ├── ForbiddenError       known viewer, missing capability
    ├── ConflictError        the state does not allow it now
    ├── LimitError           too many, too large, too fast
    ├── UnavailableError     something we depend on is not reachable
    └── CorruptStateError    our own records contradict each other: stop writing

Statuses live in `web/error_pages.py`: the worker and the command line raise the same errors.
Messages reach logs, so they never carry content, names, passphrases or titles.
"""


class AppError(Exception):
    """Anything this program refuses or cannot do, with a stable `code`."""

    code = "failed"


class MalformedError(AppError):
    """Bytes or fields that do not parse."""

    code = "malformed"


class VerificationError(AppError):
    """A signature or proof does not hold."""

    code = "does-not-verify"


class NotFoundError(AppError):
    """No such thing, or not visible to this viewer: from outside both look the same."""

    code = "not-found"


class GoneError(AppError):
    """It was here, and its author erased it."""

    code = "gone"


class ForbiddenError(AppError):
    """A known viewer lacks the capability."""

    code = "forbidden"


class ConflictError(AppError):
    """The state does not allow it now."""

    code = "conflict"


class LimitError(AppError):
    """Too many, too large or too fast.

    `wait_s` says in how many seconds it can be tried again; 0 where nobody can tell.
    """

    code = "limit"

    def __init__(self, message: str, *, wait_s: int = 0) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class TooLargeError(LimitError):
    """More bytes than are accepted."""

    code = "too-large"


class TooFastError(LimitError):
    """More attempts than are accepted in this time."""

    code = "too-fast"


class UnavailableError(AppError):
    """Something we depend on is not reachable."""

    code = "unavailable"


class ReadOnlyError(UnavailableError):
    """The operator lets this host only read for now."""

    code = "read-only"


class CorruptStateError(AppError):
    """Our own records contradict each other: stop writing and call the operator."""

    code = "corrupt-state"

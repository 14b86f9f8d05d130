"""What the door refuses."""

from app.kernel.errors import (
    ConflictError,
    ForbiddenError,
    GoneError,
    MalformedError,
    TooLargeError,
)


class RecordTooLargeError(TooLargeError):
    """More bytes than a record of its type may have."""

    code = "record-too-large"


class HiddenRecordError(GoneError):
    """A desk keeps the words of the record from readers; it may give them back."""

    code = "hidden"


class UnknownTypeError(MalformedError):
    """A type that is not in the registry."""

    code = "unknown-type"


class FutureDayError(MalformedError):
    """The record says it was written after today."""

    code = "future-day"


class IdTakenError(ConflictError):
    """Another record has this id already."""

    code = "id-taken"


class WrongSignerError(ForbiddenError):
    """The key may not sign this record."""

    code = "wrong-signer"

"""What is wrong with a copy of an instance, and what that means. Each sentence stands alone."""

from app.kernel.errors import ConflictError, MalformedError, VerificationError


class MissingFileError(VerificationError):
    """A file that the log cannot do without is not there."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} is not there: this is no whole copy of an instance. Give the address where it "
            "begins, like https://host without /fa; a folder that `goftogu mirror` filled, or an "
            "instance's `public`; or ask another source"
        )
        self.path = path


class NotAFileError(VerificationError):
    """A link, a folder or a device stands where a file should be."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} is no ordinary file: a copy has no links and no devices, and none is followed"
        )
        self.path = path


class RecordDiffersError(VerificationError):
    """A record is not the one that the log names, or it does not hold."""

    def __init__(self, digest: bytes, index: int, reason: str, *, is_logged: bool = False) -> None:
        super().__init__(
            f"entry {index}: records/{digest.hex()} is not what the log names there ({reason}): "
            "this copy is damaged or forged; take the record from another source"
        )
        self.digest = digest
        self.index = index
        self.is_logged = is_logged
        """Whether the log itself holds what does not hold: no way to here can have changed it."""


class NewerRecordError(MalformedError):
    """A log names a record of a form that this version does not know: nobody lied by that."""

    code = "newer-record"

    def __init__(self, digest: bytes, index: int) -> None:
        super().__init__(
            f"entry {index}: records/{digest.hex()} is of a form that this version does not read: "
            "its host runs a newer one; upgrade this one too"
        )


class ReceiptDiffersError(VerificationError):
    """A receipt is not the host's promise about the record that it is named after."""

    def __init__(self, digest: bytes, reason: str) -> None:
        super().__init__(
            f"receipts/{digest.hex()}.json is not the host's promise about that record ({reason}): "
            "this copy is damaged or forged; take the receipt from another source"
        )
        self.digest = digest


class TableDiffersError(VerificationError):
    """A table of results is not the one that the host's record names."""

    def __init__(self, digest: bytes) -> None:
        super().__init__(
            f"tables/{digest.hex()}.csv is not the table that the record of this name speaks of: "
            "this copy is damaged or forged; take the table from another source"
        )
        self.digest = digest


class WithheldError(VerificationError):
    """Records are missing, and nothing in the log says that their authors erased them."""

    def __init__(self, digests: list[bytes]) -> None:
        count = len(digests)
        super().__init__(
            f"the log names records that are missing ({count}), and no erasure in it accounts for "
            f"them: they were lost or are withheld; the first is {digests[0].hex()}; ask another "
            "source for it"
        )
        self.digests = digests


class ErasuresPendingError(ConflictError):
    """The host calls records erased, and their erasures are not in the log yet."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"the host calls records erased ({count}) whose erasures are not in its log yet: an "
            "erasure acts at once and is logged at a tick; run this again later, it goes on where "
            "it was; if it says the same after two days, the host withholds them"
        )


class ForeignErasureError(VerificationError):
    """A record was erased by somebody who is not its author."""

    def __init__(self, digest: bytes) -> None:
        super().__init__(
            f"the erasure of {digest.hex()} is not signed by its author: no card in the log joins "
            "the two keys, or it names another post; keep what you have of it"
        )
        self.digest = digest


class OtherInstanceError(VerificationError):
    """The source shows another instance than the one that this folder mirrors."""

    def __init__(self) -> None:
        super().__init__(
            "the source shows another instance than the one in this folder: its card is signed "
            "with another key; give another folder, or the right address"
        )


class MirrorBusyError(ConflictError):
    """Another run works on the same folder."""

    def __init__(self) -> None:
        super().__init__("another run is bringing this mirror up to date: wait until it has ended")


class NotAMirrorError(ConflictError):
    """The folder holds something else."""

    def __init__(self) -> None:
        super().__init__(
            "the folder is not empty and no mirror of ours: give a new or an empty folder, "
            "so that nothing of yours is overwritten"
        )

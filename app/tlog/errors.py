"""What is wrong with a log, a checkpoint or a proof, and what that means.

Each sentence stands alone: command lines print it, and pages have their own by `code`.
"""

from app.kernel.errors import (
    ConflictError,
    CorruptStateError,
    MalformedError,
    NotFoundError,
    UnavailableError,
    VerificationError,
)


class TruncatedCheckpointError(MalformedError):
    """The checkpoint has no end."""

    code = "checkpoint-truncated"

    def __init__(self) -> None:
        super().__init__(
            "the checkpoint ends too early: it was cut off on its way, or is another file; "
            "fetch it again"
        )


class WrongOriginError(VerificationError):
    """The checkpoint is another log's."""

    code = "wrong-origin"

    def __init__(self, origin: str) -> None:
        super().__init__(
            "the checkpoint is of another log: it says nothing about the one that was asked for"
        )
        self.origin = origin
        """The origin that the checkpoint names; somebody else's words, not to be printed raw."""


class WrongKeyError(VerificationError):
    """The checkpoint does not carry the log's signature."""

    code = "wrong-log-key"

    def __init__(self) -> None:
        super().__init__(
            "the checkpoint is not signed with the log's key: somebody else made it, or the log "
            "has a new key; believe a new key only from the host's signed card"
        )


class BadSignatureError(VerificationError):
    """A signature under the checkpoint does not hold."""

    code = "checkpoint-changed"

    def __init__(self, name: str) -> None:
        super().__init__(
            "a signature under the checkpoint does not hold: the checkpoint was changed after it "
            "was signed"
        )
        self.name = name
        """The key's name."""


class ShrunkLogError(VerificationError):
    """The log is smaller than it was."""

    code = "log-shrunk"

    def __init__(self, seen: int, size: int) -> None:
        super().__init__(
            f"the log has {size} entries and had {seen} before: this is an old copy, or entries "
            "were taken away; ask another source"
        )
        self.seen = seen
        self.size = size


class SplitViewError(VerificationError):
    """The log signed two histories."""

    code = "split-view"

    def __init__(self, seen: bytes, later: bytes) -> None:
        super().__init__(
            "the log signed two histories that do not fit together: it shows different things to "
            "different readers; keep both checkpoints, they prove it"
        )
        self.evidence = (seen, later)
        """Both checkpoints, signed, as bytes: whoever has them can see for themselves."""


class ConsistencyError(VerificationError):
    """A consistency proof does not hold."""

    code = "not-consistent"

    def __init__(self) -> None:
        super().__init__(
            "the proof does not show that the log only grew: the proof is damaged, or entries "
            "were changed; ask another source"
        )


class InclusionError(VerificationError):
    """An inclusion proof does not hold."""

    code = "not-included"

    def __init__(self) -> None:
        super().__init__(
            "the proof does not show that the log holds this entry: the entry or the proof was "
            "changed, or the entry was never in the log"
        )


class TileError(VerificationError):
    """A tile or a bundle of entries does not lead to the log's root."""

    code = "tile-differs"

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} does not belong to the log that the checkpoint signs: this copy is damaged "
            "or forged; take the file from another source"
        )
        self.path = path


class QuorumError(VerificationError):
    """Too few witnesses have cosigned."""

    code = "too-few-witnesses"

    def __init__(self, found: int) -> None:
        super().__init__(
            f"{found} known witnesses have cosigned the checkpoint, and the policy asks for more: "
            "wait and fetch it again; until then others may be shown another log"
        )
        self.found = found


class UnknownLogError(NotFoundError):
    """The witness does not look after this log."""

    code = "unknown-log"

    def __init__(self) -> None:
        super().__init__("this witness does not look after that log")


class StaleSizeError(ConflictError):
    """The witness has seen the log at another size."""

    code = "stale-size"

    def __init__(self, size: int) -> None:
        super().__init__(f"the witness has seen this log at {size} entries: begin the proof there")
        self.size = size


class WitnessForgotError(UnavailableError):
    """The witness's key is here without what it signed."""

    code = "witness-forgot"

    def __init__(self) -> None:
        super().__init__(
            "this host does not know what its witness key has signed, as after a restore, and so "
            "it signs nothing: `goftogu witness renew` makes a new key"
        )


class WitnessRefusedError(UnavailableError):
    """A witness did not cosign."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the witness did not cosign: it answered {status}")
        self.status = status


class LogBehindError(CorruptStateError):
    """The database is older than what the log has signed."""

    def __init__(self, entries: int, signed: int) -> None:
        super().__init__(
            f"the database has {entries} entries of the log, which has signed {signed}: an older "
            "database was put in place; nothing is signed until the newer one is back or "
            "`goftogu log refetch` has fetched the missing entries from a mirror"
        )
        self.entries = entries
        self.signed = signed


class OwnPastError(CorruptStateError):
    """The database has other entries than the log has signed."""

    def __init__(self, size: int) -> None:
        super().__init__(
            f"the first {size} entries in the database are not those that the log has signed: "
            "another or a changed database was put in place; nothing is signed until the right one "
            "is back, or an older backup of it, which `goftogu log refetch` completes from a mirror"
        )
        self.size = size


class LogAheadError(ConflictError):
    """A copy of the log is older than the database."""

    def __init__(self, copied: int, entries: int) -> None:
        super().__init__(
            f"this copy has {copied} entries of the log, and {entries} are here or were signed: it "
            "is too old to bring anything back; take a newer one, from another mirror"
        )
        self.copied = copied
        self.entries = entries


class MissingEntryError(CorruptStateError):
    """The entries' places have a gap."""

    def __init__(self) -> None:
        super().__init__(
            "entries of the log are missing in the database: nothing is signed until the right "
            "database is back"
        )


class CheckpointMissingError(CorruptStateError):
    """The log has signed, and what it signed last is not there."""

    def __init__(self) -> None:
        super().__init__(
            "the log's last checkpoint is not in the instance's folder, as after a restored "
            "backup: nothing is signed, because it could contradict what the log has signed; "
            "take the newest checkpoint from a mirror or a witness and run "
            "`goftogu log resume FILE`"
        )


class CheckpointDamagedError(CorruptStateError):
    """The file with the log's last checkpoint holds something else."""

    def __init__(self) -> None:
        super().__init__(
            "log/checkpoint in the instance's folder is not a checkpoint that this log signed: "
            "nothing is signed; put the file aside, take the newest checkpoint from a mirror or a "
            "witness and run `goftogu log resume FILE`"
        )


class LostRaceError(CorruptStateError):
    """Somebody else has signed meanwhile."""

    def __init__(self) -> None:
        super().__init__(
            "another process signs this log: two would contradict each other, so this one has "
            "stopped; stop the other one or this one, and start again"
        )


class OlderCheckpointError(ConflictError):
    """The checkpoint is older than what the log is known to have signed."""

    def __init__(self, size: int, signed: int) -> None:
        super().__init__(
            f"the checkpoint is of {size} entries, and the log has signed {signed}: take the "
            "newest one, from another mirror or witness"
        )
        self.size = size
        self.signed = signed

"""The nouns of the door."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.crypto.ed25519 import PublicKey
from app.kernel.clock import Instant
from app.kernel.strict_json import JsonObject

CONTEXT: Final = (
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/data-integrity/v2",
)
PUBLIC: Final = "https://www.w3.org/ns/activitystreams#Public"
ABOUT: Final = "urn:goftogu:about"
ACT: Final = "urn:goftogu:act"
APPEALED: Final = "urn:goftogu:appealed"
CONSENT: Final = "urn:goftogu:consent"
CUSTODY: Final = "urn:goftogu:custody"
DUE: Final = "urn:goftogu:due"
EVIDENCE: Final = "urn:goftogu:evidence"
IMPORTED: Final = "urn:goftogu:imported"
KIND: Final = "urn:goftogu:kind"
MEASURE: Final = "urn:goftogu:measure"
OFFICIAL: Final = "urn:goftogu:official"
PREVIOUS: Final = "urn:goftogu:previous"
PROMISED_BY: Final = "urn:goftogu:promisedBy"
SAYS: Final = "urn:goftogu:says"
SPEAKS_AS: Final = "urn:goftogu:speaksAs"
SPOKEN: Final = "urn:goftogu:spoken"
PROPOSED: Final = "urn:goftogu:proposed"
QUOTES: Final = "urn:goftogu:quotes"
REASONS: Final = "urn:goftogu:reasons"
SHOWS: Final = "urn:goftogu:shows"
THEME: Final = "urn:goftogu:theme"
WAITS_H: Final = (0, 6, 24)
"""Hours that an author may choose to wait."""


class Custody(StrEnum):
    """Where the signing key is kept, as declared by its holder and repeated in each post."""

    DEVICE = "device"
    UNLOCKED = "unlocked"
    INSTANCE = "instance"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnverifiedRecord:
    """Bytes that parse as a record of the registry. Nothing in it may be believed yet."""

    raw: bytes
    document: JsonObject
    type: str
    """The name of its line in the registry."""
    id: str
    signer: str
    day: date
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedRecord:
    """A record whose signature holds. Made by `codec.verify_record` only."""

    raw: bytes
    document: JsonObject
    type: str
    id: str
    signer: str
    key: PublicKey
    day: date
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The instance's signed promise that a record will be in its log by an hour.

    Of a record whose home is elsewhere it promises to hand it over, and no place in a log.
    """

    digest: bytes
    include_by: Instant
    raw: bytes
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A record as the instance keeps it; `raw` is None once its text was erased."""

    digest: bytes
    id: str
    type: str
    signer: str
    raw: bytes | None
    include_by: Instant
    is_public: bool
    home: str | None = None
    """The instance whose log proves it, where that is not this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a tick came to."""

    entries: int = 0
    """How many entries had their effects, or were set aside."""
    failures: tuple[Exception, ...] = ()
    """Why some were set aside."""

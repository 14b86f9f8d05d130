"""Bytes to records and back.

The steps of `parse_record`, each a refusal with its own test:
(1) size; (2) strict JSON, canonical as received; (3) the context, exactly; (4) a type of the
registry; (5) id, author and verification method name one and the same key; (6) one proof of the
one suite, for assertion, made on the day of the record; (7) exactly the members of the type.
`verify_record` then (8) puts the key through the key check and (9) verifies the signature.
"""

import re
from base64 import b32encode
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, Final

from app.crypto.ed25519 import SigningKey
from app.crypto.integrity import add_proof, verify_proof
from app.crypto.multikey import decode_did, encode_did, verification_method
from app.kernel import strict_json
from app.kernel.clock import Instant, day_of
from app.kernel.errors import MalformedError
from app.kernel.strict_json import JsonObject

from .errors import RecordTooLargeError, UnknownTypeError
from .model import CONTEXT, PUBLIC, UnverifiedRecord, VerifiedRecord
from .registry import COMMON_MEMBERS, PUBLIC_ONLY, find_type

MAX_RECORD_BYTES: Final = 65_536
NONCE_BYTES: Final = 16
RECEIPT_TYPE: Final = "urn:goftogu:Receipt"
_CONTEXT: Final = list(CONTEXT)
_PROOF_MEMBERS: Final = frozenset(
    {
        "type",
        "cryptosuite",
        "created",
        "verificationMethod",
        "proofPurpose",
        "@context",
        "proofValue",
    }
)
_id = re.compile(r"ap://(did:key:z6Mk[1-9A-HJ-NP-Za-km-z]{44})/objects/[a-z2-7]{26}")
# Not before 2000: no record is that old, and calendars of pages have a first year of their own.
_day = re.compile(r"([2-9]\d{3}-\d\d-\d\d)T00:00:00Z", re.ASCII)


def parse_record(raw: bytes) -> UnverifiedRecord:
    """Read the bytes of one record exactly as received; believe nothing in it.

    Raises:
        MalformedError: the bytes are not a record of the registry in canonical form.
        RecordTooLargeError: more than 65,536 bytes.

    """
    if len(raw) > MAX_RECORD_BYTES:
        raise RecordTooLargeError("a record has at most 65,536 bytes")
    document = strict_json.decode(raw)
    if document.get("@context") != _CONTEXT:
        raise MalformedError("another context")
    kind = find_type(_string(document, "type"), document)
    if kind is None:
        raise UnknownTypeError("a type that is not in the registry")
    found = _id.fullmatch(_string(document, "id"))
    if not found:
        raise MalformedError("not a record id")
    signer = found[1]
    day = _parse_day(document)
    if document.get("attributedTo") != f"ap://{signer}/actor":
        raise MalformedError("author and id name different keys")
    if document.get("to") != PUBLIC_ONLY:
        raise MalformedError("a record is addressed to the public")
    _require_proof(document, signer, purpose="assertionMethod")
    own = document.keys() - COMMON_MEMBERS
    if not kind.required.keys() <= own:
        raise MalformedError("a member is missing")
    for name in own:
        shape = kind.required.get(name) or kind.optional.get(name)
        if shape is None:
            raise MalformedError("an unknown member")
        shape(document[name])
    return UnverifiedRecord(
        raw=raw,
        document=document,
        type=kind.name,
        id=document["id"],
        signer=signer,
        day=day,
        digest=sha256(raw).digest(),
    )


def verify_record(record: UnverifiedRecord) -> VerifiedRecord:
    """Verify a record's key and signature.

    Raises:
        VerificationError: the key fails the key check, or the signature does not hold.

    """
    key = decode_did(record.signer)
    verify_proof(record.document, key)
    return VerifiedRecord(
        raw=record.raw,
        document=record.document,
        type=record.type,
        id=record.id,
        signer=record.signer,
        key=key,
        day=record.day,
        digest=record.digest,
    )


def sign_record(key: SigningKey, kind: str, members: JsonObject, *, nonce: str, day: date) -> bytes:
    """Return the canonical bytes of a new record signed by `key`; `nonce` is its id's last part."""
    did = encode_did(key.public)
    moment = encode_day(day)
    document: JsonObject = {
        "@context": _CONTEXT,
        "id": f"ap://{did}/objects/{nonce}",
        "type": kind,
        "attributedTo": f"ap://{did}/actor",
        "published": moment,
        "to": PUBLIC_ONLY,
        **members,
    }
    options = proof_options(did, moment, purpose="assertionMethod")
    return strict_json.encode(add_proof(document, options, key))


def proof_options(did: str, created: str, *, purpose: str) -> JsonObject:
    """Return the proof of a document before its signature."""
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": created,
        "verificationMethod": verification_method(did),
        "proofPurpose": purpose,
        "@context": _CONTEXT,
    }


def encode_nonce(random: bytes) -> str:
    """Return 16 random bytes as the 26 characters that end a record's id."""
    return b32encode(random).decode().rstrip("=").lower()


def encode_day(day: date) -> str:
    """Return a day as records write it: its first second, UTC."""
    return f"{day.isoformat()}T00:00:00Z"


def encode_leaf(digest: bytes, kind: str) -> bytes:
    """Return the log entry of a record: its digest and type, nothing that an erasure must reach."""
    return strict_json.encode({"d": digest.hex(), "t": kind, "v": 1})


def decode_leaf(leaf: bytes) -> tuple[bytes, str]:
    """Return digest and type of a log entry that this code wrote."""
    document = strict_json.decode(leaf)
    return bytes.fromhex(_string(document, "d")), _string(document, "t")


HOME: Final = "urn:goftogu:home"
_HOUR: Final = "%Y-%m-%dT%H:00:00Z"
RELAY: Final = "urn:goftogu:relay"


def sign_receipt(
    key: SigningKey,
    *,
    digest: str,
    kind: str,
    include_by: Instant,
    home: str = "",
    relay: str = "",
) -> bytes:
    """Return the instance's signed promise; the same for the same record, however often asked.

    With a `home`, another instance's did:key, it promises to hand the record over to that one;
    with a `relay` it says which instance handed it over here.
    """
    did = encode_did(key.public)
    created = encode_day(day_of(include_by))
    hour = (include_by % 86_400) // 3600
    document: JsonObject = {
        "@context": _CONTEXT,
        "type": RECEIPT_TYPE,
        "attributedTo": f"ap://{did}/actor",
        "urn:goftogu:digest": digest,
        "urn:goftogu:recordType": kind,
        "urn:goftogu:includeBy": f"{day_of(include_by).isoformat()}T{hour:02}:00:00Z",
        **({HOME: home} if home else {}),
        **({RELAY: relay} if relay else {}),
    }
    options = proof_options(did, created, purpose="assertionMethod")
    return strict_json.encode(add_proof(document, options, key))


def verify_receipt(raw: bytes) -> JsonObject:
    """Return a receipt whose signature holds.

    Raises:
        MalformedError: not a receipt.
        VerificationError: the signature does not hold.

    """
    document = strict_json.decode(raw)
    expected = {
        "@context", "type", "attributedTo", "proof",
        "urn:goftogu:digest", "urn:goftogu:recordType", "urn:goftogu:includeBy",
    }  # fmt: skip
    did = actor_did(_string(document, "attributedTo"))
    if (
        document.keys() - {HOME, RELAY} != expected
        or not all(
            document[name].startswith("did:key:") for name in document.keys() & {HOME, RELAY}
        )
        or document["type"] != RECEIPT_TYPE
        or document["@context"] != _CONTEXT
        or document["attributedTo"] != f"ap://{did}/actor"
    ):
        raise MalformedError("not a receipt")
    for name in document.keys() & {HOME, RELAY}:
        decode_did(_string(document, name))
    _require_proof_members(document, did, purpose="assertionMethod")
    verify_proof(document, decode_did(did))
    return document


def promised_by(receipt: JsonObject) -> Instant:
    """Return the hour by which a verified receipt promises that its record is in the log.

    Raises:
        MalformedError: it names none.

    """
    try:
        moment = datetime.strptime(_string(receipt, "urn:goftogu:includeBy"), _HOUR)  # noqa: DTZ007 (UTC, below)
    except ValueError as error:
        raise MalformedError("the receipt names no hour") from error
    return Instant(int(moment.replace(tzinfo=UTC).timestamp()))


def audience_of(document: JsonObject) -> str:
    """Return the did:key of the board that a record is for."""
    return actor_did(document["audience"])


def actor_did(actor: str) -> str:
    """Return the did:key inside an actor's or object's `ap://` address."""
    return actor.removeprefix("ap://").split("/", 1)[0]


def _require_proof(document: JsonObject, signer: str, *, purpose: str) -> None:
    proof = _require_proof_members(document, signer, purpose=purpose)
    if proof["created"] != document["published"]:
        raise MalformedError("proof and record name different days")


def _require_proof_members(document: JsonObject, signer: str, *, purpose: str) -> dict[str, Any]:
    proof = document.get("proof")
    if not isinstance(proof, dict) or proof.keys() != _PROOF_MEMBERS:
        raise MalformedError("not exactly one proof with its members")
    if (
        proof["type"] != "DataIntegrityProof"
        or proof["cryptosuite"] != "eddsa-jcs-2022"
        or proof["proofPurpose"] != purpose
        or proof["@context"] != _CONTEXT
        or proof["verificationMethod"] != verification_method(signer)
    ):
        raise MalformedError("another proof than this record needs")
    return proof


def _parse_day(document: JsonObject) -> date:
    found = _day.fullmatch(_string(document, "published"))
    try:
        return date.fromisoformat(found[1] if found else "")
    except ValueError as error:
        raise MalformedError("`published` is not a day") from error


def _string(document: JsonObject, name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str):
        raise MalformedError("a member is missing or not a string")
    return value


__all__ = [
    "MAX_RECORD_BYTES",
    "PUBLIC",
    "actor_did",
    "audience_of",
    "decode_leaf",
    "encode_day",
    "encode_leaf",
    "encode_nonce",
    "parse_record",
    "promised_by",
    "proof_options",
    "sign_receipt",
    "sign_record",
    "verify_receipt",
    "verify_record",
]

"""Partnership: members of records to nouns and back."""

from collections.abc import Mapping
from datetime import date

from app.crypto.multikey import decode_digest, encode_digest
from app.kernel.strict_json import JsonObject
from app.records import VerifiedRecord
from app.records.codec import actor_did

from .model import Flag, Grant, Right

_GRANTS = "urn:goftogu:grants"
_UNTIL = "urn:goftogu:until"
_CARRIES = "urn:goftogu:carries"


def offer_members(
    taker: str, boards: Mapping[str, frozenset[Right]], until: date, onion: str = ""
) -> JsonObject:
    """Return the members of a record that grants an instance rights over boards."""
    grants = [
        {"board": f"ap://{board}/actor", "rights": sorted(rights)}
        for board, rights in sorted(boards.items())
    ]
    return {
        "object": f"ap://{taker}/actor",
        _GRANTS: grants,
        _UNTIL: until.isoformat(),
        **({"urn:goftogu:onion": onion} if onion else {}),
    }


def decode_offer(record: VerifiedRecord) -> Grant:
    """Read a verified `Offer` of rights."""
    document = record.document
    return Grant(
        offer=record.digest,
        record_id=record.id,
        giver=record.signer,
        taker=actor_did(document["object"]),
        boards={
            actor_did(line["board"]): frozenset(map(Right, line["rights"]))
            for line in document[_GRANTS]
        },
        until=date.fromisoformat(document[_UNTIL]),
    )


def accept_members(grant: Grant) -> JsonObject:
    """Return the members of a record that accepts what was offered."""
    return {**_named(grant), _CARRIES: [f"ap://{board}/actor" for board in sorted(grant.boards)]}


def decode_accepted(record: VerifiedRecord) -> tuple[bytes, frozenset[str]]:
    """Read a verified `Accept` of rights: the offer's digest, and the boards."""
    boards = frozenset(actor_did(board) for board in record.document[_CARRIES])
    return decode_offered(record), boards


def decode_offered(record: VerifiedRecord) -> bytes:
    """Return the digest of the offer that a record accepts or ends."""
    return decode_digest(record.document["object"]["digestMultibase"])


def end_members(grant: Grant, why: str) -> JsonObject:
    """Return the members of a record that ends what was offered."""
    return {**_named(grant), "urn:goftogu:withdraws": why}


def flag_members(did: str, code: str, evidence: bytes) -> JsonObject:
    """Return the members of a record that says what a partner was caught at.

    `evidence` is the SHA-256 of what was kept.
    """
    return {
        "object": f"ap://{did}/actor",
        "urn:goftogu:lie": code,
        "urn:goftogu:kept": encode_digest(evidence),
    }


def retirement_members(did: str, heirs: Mapping[str, str]) -> JsonObject:
    """Return the members of a record by which an instance winds itself down."""
    return {
        "object": f"ap://{did}/actor",
        "urn:goftogu:heirs": [
            {"board": f"ap://{board}/actor", "home": f"ap://{home}/actor"}
            for board, home in sorted(heirs.items())
        ],
    }


def decode_flag(record: VerifiedRecord) -> Flag:
    """Read a verified `Flag`."""
    document = record.document
    return Flag(
        by=record.signer,
        about=actor_did(document["object"]),
        code=document["urn:goftogu:lie"],
        evidence=decode_digest(document["urn:goftogu:kept"]),
        day=record.day,
    )


def _named(grant: Grant) -> JsonObject:
    return {"object": {"id": grant.record_id, "digestMultibase": encode_digest(grant.offer)}}

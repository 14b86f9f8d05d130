"""The lot and the choice: members of their records to nouns and back."""

from typing import Final

from app.crypto.multikey import decode_digest, encode_digest
from app.hearings.codec import LOT
from app.hearings.model import Chosen, Hearing
from app.kernel.strict_json import JsonObject

DRAWS: Final = "urn:goftogu:draws"
_CHOSEN: Final = "urn:goftogu:chosen"
_SEED: Final = "urn:goftogu:seed"
_PART: Final = "urn:goftogu:secret"
_DRAWN: Final = "urn:goftogu:drawn"
_TALLIES: Final = "urn:goftogu:tallies"


def decode_lot(document: JsonObject) -> bytes | None:
    """Read the SHA-256 of the host's part in the lot from a verified `Event`, if it has one."""
    return decode_digest(document[LOT]) if LOT in document else None


def draw_members(hearing: Hearing, ended: bytes) -> JsonObject:
    """Return the members of the record by which the official lets the lot be drawn.

    `ended` is the digest of the record by which voting ended.
    """
    return {
        "audience": f"ap://{hearing.board}/actor",
        "object": {"id": hearing.record_id, "digestMultibase": encode_digest(ended)},
        DRAWS: True,
    }


def choice_members(
    hearing: Hearing, chosen: list[Chosen], seed: str, tallies: bytes, secret: bytes = b""
) -> JsonObject:
    """Return the members of the record that names the chosen questions.

    `secret` is the host's part in the lot, empty where it sealed none.
    """
    return {
        "audience": f"ap://{hearing.board}/actor",
        "object": hearing.record_id,
        _CHOSEN: [{"object": each.question, "by": each.by} for each in chosen],
        _SEED: seed,
        _TALLIES: encode_digest(tallies),
        **({_PART: secret.hex()} if secret else {}),
        **({_DRAWN: encode_digest(hearing.drawn)} if hearing.drawn else {}),
    }


def decode_parts(document: JsonObject) -> tuple[str, bytes]:
    """Read what a lot was drawn from, of a verified `Update` that chooses.

    The host's part in hex, and the digest of the official's record; empty where they have none.
    """
    drawn = decode_digest(document[_DRAWN]) if _DRAWN in document else b""
    return document.get(_PART, ""), drawn


def decode_choice(document: JsonObject) -> tuple[list[Chosen], str, str]:
    """Read a verified `Update` that chooses: the chosen, the seed, the tallies' digest as sent."""
    chosen = [Chosen(question=each["object"], by=each["by"]) for each in document[_CHOSEN]]
    return chosen, document[_SEED], document[_TALLIES]

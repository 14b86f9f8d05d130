"""Hearings: members of records to nouns and back."""

import json
from datetime import date
from hashlib import sha256
from typing import Final

from app.crypto.multikey import encode_digest
from app.hearings.model import Aim, Charter, Chosen, DeclineCode, Hearing, QuestionState
from app.kernel import strict_json
from app.kernel.strict_json import JsonObject
from app.records.codec import actor_did
from app.records.model import PREVIOUS

CHARTER: Final = "urn:goftogu:charter"
MANDATE: Final = "urn:goftogu:mandate"
_QUESTION: Final = "urn:goftogu:question"
_CODE: Final = "urn:goftogu:code"
_WHY: Final = "urn:goftogu:why"
_CHOSEN: Final = "urn:goftogu:chosen"
_SEED: Final = "urn:goftogu:seed"
_TALLIES: Final = "urn:goftogu:tallies"


def encode_charter(charter: Charter) -> JsonObject:
    """Return a charter as records have it."""
    return {
        "opens": charter.opens_on.isoformat(),
        "chooses": charter.chooses_on.isoformat(),
        "ends": charter.ends_on.isoformat(),
        "languages": list(charter.languages),
        "excluded": list(charter.excluded),
        "top": charter.top,
        "lot": charter.lot,
        "aims": [{"text": aim.text, "measure": aim.measure} for aim in charter.aims],
        "isLive": charter.is_live,
    }


def decode_charter(members: JsonObject) -> Charter:
    """Read the charter of a verified record."""
    return Charter(
        opens_on=date.fromisoformat(members["opens"]),
        chooses_on=date.fromisoformat(members["chooses"]),
        ends_on=date.fromisoformat(members["ends"]),
        languages=tuple(members["languages"]),
        excluded=tuple(members["excluded"]),
        top=members["top"],
        lot=members["lot"],
        aims=tuple(Aim(text=aim["text"], measure=aim["measure"]) for aim in members["aims"]),
        is_live=members["isLive"],
    )


def write_charter(charter: Charter) -> str:
    """Return a charter as it is kept: canonical JSON."""
    return strict_json.encode(encode_charter(charter)).decode()


def read_kept_charter(kept: str) -> Charter:
    """Return the charter that `write_charter` wrote."""
    return decode_charter(json.loads(kept))


def digest_charter(charter: Charter) -> str:
    """Return the digest by which a question names a charter that is to hold: 64 hex digits.

    SHA-256 of the charter as canonical JSON, as records have it.
    """
    return sha256(write_charter(charter).encode()).hexdigest()


def event_members(
    *, board: str, opening_id: str, official: str, text: str, language: str, charter: Charter
) -> JsonObject:
    """Return the members of the record that offers a hearing on a thread."""
    return {
        "audience": f"ap://{board}/actor",
        "inReplyTo": opening_id,
        "object": f"ap://{official}/actor",
        "contentMap": {language: text},
        CHARTER: encode_charter(charter),
    }


def decode_official(document: JsonObject) -> str:
    """Return the root of the official whom a verified `Event` is about."""
    return actor_did(document["object"])


def bind_members(hearing: Hearing) -> JsonObject:
    """Return the members of the record by which the official is bound to a charter."""
    return {
        "audience": f"ap://{hearing.board}/actor",
        "object": {"id": hearing.record_id, "digestMultibase": encode_digest(hearing.head)},
        "urn:goftogu:binds": True,
    }


def charter_change_members(
    hearing: Hearing, charter: Charter, mandate: tuple[str, bytes] | None = None
) -> JsonObject:
    """Return the members of the record that changes a charter.

    `mandate` is the question that was voted on, by its id, and the digest of the table of tallies.
    """
    named = mandate and {MANDATE: {"object": mandate[0], "table": encode_digest(mandate[1])}}
    return {
        "audience": f"ap://{hearing.board}/actor",
        "object": hearing.record_id,
        PREVIOUS: encode_digest(hearing.head),
        CHARTER: encode_charter(charter),
        **(named or {}),
    }


def question_change_members(
    board: str,
    question_id: str,
    state: QuestionState,
    code: DeclineCode | None = None,
    why: str = "",
) -> JsonObject:
    """Return the members of the record that accepts or declines a question."""
    return {
        "audience": f"ap://{board}/actor",
        "object": question_id,
        _QUESTION: state.value,
        **({_CODE: code.value} if code else {}),
        **({_WHY: why} if why else {}),
    }


def decode_question_change(document: JsonObject) -> tuple[QuestionState, DeclineCode | None, str]:
    """Read a verified `Update` of a question: its state, the code and words of a decline."""
    code = document.get(_CODE)
    return (
        QuestionState(document[_QUESTION]),
        DeclineCode(code) if code else None,
        document.get(_WHY, ""),
    )


def choice_members(hearing: Hearing, chosen: list[Chosen], seed: str, tallies: bytes) -> JsonObject:
    """Return the members of the record that names the chosen questions."""
    return {
        "audience": f"ap://{hearing.board}/actor",
        "object": hearing.record_id,
        _CHOSEN: [{"object": each.question, "by": each.by} for each in chosen],
        _SEED: seed,
        _TALLIES: encode_digest(tallies),
    }


def decode_choice(document: JsonObject) -> tuple[list[Chosen], str, str]:
    """Read a verified `Update` that chooses: the chosen, the seed, the tallies' digest as sent."""
    chosen = [Chosen(question=each["object"], by=each["by"]) for each in document[_CHOSEN]]
    return chosen, document[_SEED], document[_TALLIES]

"""Consultations: members of records to nouns and back."""

import json
import re
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import date
from hashlib import sha256

from app.crypto.blind import BlindSigningKey
from app.crypto.multikey import decode_digest, encode_digest
from app.identity.model.ballots import BallotKind
from app.kernel.strict_json import JsonObject
from app.opinion.model import (
    Change,
    Conversation,
    ConversationState,
    MachineTranslation,
    Question,
    ResultsShown,
)
from app.records.model import PREVIOUS

_unfit = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")
_MERGED = "urn:goftogu:merged"
_UNTIL = "urn:goftogu:until"
_STATE = "urn:goftogu:consultation"


def question_members(
    question: Question, board: str, opening_id: str, keys: tuple[str, ...]
) -> JsonObject:
    """Return the members of the record that opens a consultation on a thread.

    `keys` are the digests of the three keys that let ballots in, as records write digests.
    """
    return {
        "audience": f"ap://{board}/actor",
        "inReplyTo": opening_id,
        "contentMap": {question.language: question.question},
        "urn:goftogu:results": question.results.value,
        "urn:goftogu:sides": question.asks_side,
        "urn:goftogu:ballotKeys": list(keys),
        **_until(question.until),
    }


def encode_keys(keys: Mapping[BallotKind, BlindSigningKey]) -> tuple[bytes, ...]:
    """Return the digests of the keys that let ballots in, in the order that records have."""
    return tuple(sha256(keys[kind].public.raw).digest() for kind in BallotKind)


def decode_keys(keys: tuple[str, ...]) -> dict[BallotKind, str]:
    """Return what a record says of those keys, as `identity.ballot_keys` says it.

    Everybody is given ballots with these three keys alone, so that none marks its voter.
    """
    digests = (urlsafe_b64encode(decode_digest(key)).decode().rstrip("=") for key in keys)
    return dict(zip(BallotKind, digests, strict=True))


def decode_question(document: JsonObject) -> Question:
    """Read a verified `Question`."""
    ((language, question),) = document["contentMap"].items()
    return Question(
        question=question,
        language=language,
        results=ResultsShown(document["urn:goftogu:results"]),
        asks_side=document["urn:goftogu:sides"],
        until=_decode_until(document),
    )


def change_members(conversation: Conversation, change: Change) -> JsonObject:
    """Return the members of the record that changes a consultation."""
    return {
        "audience": f"ap://{conversation.board}/actor",
        "object": conversation.record_id,
        PREVIOUS: encode_digest(conversation.head),
        _STATE: change.state.value,
        _MERGED: [
            {"object": merged, "target": target} for merged, target in sorted(change.merged.items())
        ],
        **_until(change.until),
    }


def decode_change(document: JsonObject) -> Change:
    """Read a verified `Update` of a consultation."""
    return Change(
        state=ConversationState(document[_STATE]),
        until=_decode_until(document),
        merged={pair["object"]: pair["target"] for pair in document[_MERGED]},
    )


def results_members(
    conversation: Conversation, *, sequence: int, table: bytes, people: int
) -> JsonObject:
    """Return the members of the record that names a published table by its digest."""
    return {
        "audience": f"ap://{conversation.board}/actor",
        "object": conversation.record_id,
        "urn:goftogu:sequence": sequence,
        "urn:goftogu:table": encode_digest(table),
        "urn:goftogu:people": people,
    }


def _until(day: date | None) -> JsonObject:
    return {} if day is None else {_UNTIL: day.isoformat()}


def _decode_until(document: JsonObject) -> date | None:
    return date.fromisoformat(document[_UNTIL]) if _UNTIL in document else None


Lines = tuple[tuple[tuple[str, bool], ...], ...]


def encode_machine(lines: Lines) -> str:
    """Return what a machine made as it is kept."""
    return json.dumps(lines, ensure_ascii=False, separators=(",", ":"))


def decode_machine(text: str, language: str) -> MachineTranslation:
    """Read what is kept of a machine; an empty text waits for its turn."""
    lines = json.loads(text) if text else []
    return MachineTranslation(
        language=language,
        lines=tuple(tuple((words, bool(done)) for words, done in line) for line in lines),
    )


def clean_answer(answer: str) -> str:
    """Return a machine's words as one line of characters that a post may have."""
    return " ".join(_unfit.sub(" ", unicodedata.normalize("NFC", answer)).split())

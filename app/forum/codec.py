"""Posts, revisions, erasures and boards: members of records to nouns and back."""

import re
import unicodedata
from dataclasses import replace
from datetime import date

from app.crypto.ed25519 import SigningKey, verify_signature
from app.crypto.multikey import (
    decode_did,
    decode_digest,
    decode_multibase,
    encode_did,
    encode_digest,
    encode_multibase,
    fingerprint,
)
from app.kernel.strict_json import JsonObject
from app.records.model import (
    ABOUT,
    CONSENT,
    CUSTODY,
    IMPORTED,
    KIND,
    PREVIOUS,
    QUOTES,
    VerifiedRecord,
)

from .model import LINES, Board, Draft, Openers, Origin, PostKind, Text, ThreadMark, ThreadState

_blank = re.compile(r"\s+")


def decode_board(record: VerifiedRecord) -> Board:
    """Read a verified `Group` record and verify that its home consents.

    Raises:
        VerificationError: it does not: nobody founds a board at somebody else's instance.

    """
    document = record.document
    home = document["urn:goftogu:home"]
    consent = decode_multibase(document[CONSENT], 64)
    verify_signature(decode_did(home), _consent_to(record.signer), consent)
    return Board(
        did=record.signer,
        slug=document["preferredUsername"],
        fingerprint=fingerprint(record.key),
        name=document["nameMap"],
        purpose=document["summaryMap"],
        rules=document["urn:goftogu:rulesMap"],
        tick_s=document["urn:goftogu:tick"],
        openers=Openers(document["urn:goftogu:openers"]),
        founded_on=record.day,
        home=home,
    )


def board_members(board: Board, home: SigningKey) -> JsonObject:
    """Return the members of the record that founds a board at an instance, by the latter's key."""
    return {
        "preferredUsername": board.slug,
        **_settings_members(board),
        "urn:goftogu:home": encode_did(home.public),
        CONSENT: encode_multibase(home.sign(_consent_to(board.did))),
        "urn:goftogu:successors": [],
        "urn:goftogu:quorum": 0,
    }


def decode_settings(document: JsonObject, board: Board, digest: bytes) -> Board:
    """Return a board as a verified settings record, which has this digest, makes it."""
    return replace(
        board,
        name=document["nameMap"],
        purpose=document["summaryMap"],
        rules=document["urn:goftogu:rulesMap"],
        tick_s=document["urn:goftogu:tick"],
        openers=Openers(document["urn:goftogu:openers"]),
        tags=tuple(document["urn:goftogu:tags"]),
        position=document["urn:goftogu:position"],
        is_archived=document["urn:goftogu:archived"],
        filters=tuple(document.get("urn:goftogu:filters", ())),
        holds_first=document.get("urn:goftogu:holdsFirst", False),
        delay_s=document.get("urn:goftogu:delay", 0),
        head=digest,
    )


def settings_members(board: Board, founding_id: str, previous: str) -> JsonObject:
    """Return the members of the record that settles a board; what it does not ask is left out."""
    asked = {
        "urn:goftogu:filters": list(board.filters),
        "urn:goftogu:holdsFirst": board.holds_first,
        "urn:goftogu:delay": board.delay_s,
    }
    return {
        "audience": f"ap://{board.did}/actor",
        "object": founding_id,
        PREVIOUS: previous,
        **_settings_members(board),
        "urn:goftogu:tags": list(board.tags),
        "urn:goftogu:position": board.position,
        "urn:goftogu:archived": board.is_archived,
        **{name: value for name, value in asked.items() if value},
    }


def decode_mark(document: JsonObject, digest: bytes) -> ThreadMark:
    """Read how a verified record, which has this digest, sets a thread."""
    return ThreadMark(
        is_pinned=document["urn:goftogu:pinned"],
        state=ThreadState(document["urn:goftogu:state"]),
        head=digest,
    )


def mark_members(board: str, opening_id: str, mark: ThreadMark, previous: str) -> JsonObject:
    """Return the members of the record that sets a thread; the first has no previous."""
    members: JsonObject = {
        "audience": f"ap://{board}/actor",
        "object": opening_id,
        "urn:goftogu:pinned": mark.is_pinned,
        "urn:goftogu:state": mark.state.value,
    }
    return {**members, PREVIOUS: previous} if previous else members


def decode_text(document: JsonObject) -> Text:
    """Read the text of a verified `Note` or `Update`."""
    ((language, markdown),) = document["contentMap"].items()
    lines = {name: document.get(member) for name, member in LINES.items()}
    return Text(language=language, markdown=markdown, **lines)


def line_members(text: Text) -> dict[str, str]:
    """Return the lines that a text has, by their members of a record."""
    return {LINES[name]: line for name, line in text.lines.items() if line is not None}


def decode_origin(document: JsonObject) -> Origin | None:
    """Read where a post was imported from, if it was."""
    found = document.get(IMPORTED)
    if found is None:
        return None
    return Origin(
        author=found.get("author"),
        day=date.fromisoformat(found["day"]),
        source=found["source"],
    )


def decode_tags(document: JsonObject) -> tuple[str, ...]:
    """Read the tags of a verified `Note`."""
    return tuple(item["name"][1:] for item in document.get("tag", ()))


def kind_values(document: JsonObject) -> dict[str, str | bytes | None]:
    """Read what a verified `Note` is to its thread, and the version that it is about."""
    about = decode_digest(document[ABOUT]) if ABOUT in document else None
    return {"kind": PostKind(document.get(KIND, "")).value, "about": about}


def note_members(draft: Draft) -> JsonObject:
    """Return the members of a post's record."""
    members: JsonObject = {
        "audience": f"ap://{draft.board}/actor",
        **_text_members(draft.text),
        CUSTODY: draft.custody.value,
    }
    if draft.reply_to is not None:
        members["inReplyTo"] = draft.reply_to
    if draft.tags:
        members["tag"] = [{"type": "Hashtag", "name": f"#{tag}"} for tag in draft.tags]
    if draft.quotes:
        members[QUOTES] = list(draft.quotes)
    if draft.imported is not None:
        origin = {"day": draft.imported.day.isoformat(), "source": draft.imported.source}
        author = {"author": draft.imported.author} if draft.imported.author else {}
        members[IMPORTED] = origin | author
    if draft.kind:
        members[KIND] = draft.kind.value
    if draft.about:
        members[ABOUT] = encode_digest(draft.about)
    return members


def update_members(draft: Draft, post_id: str, head: bytes) -> JsonObject:
    """Return the members of a revision's record."""
    return {
        **delete_members(draft.board, post_id, head, draft.custody),
        **_text_members(draft.text),
    }


def delete_members(board: str, post_id: str, head: bytes, custody: str) -> JsonObject:
    """Return the members of an erasure's record."""
    return {
        "audience": f"ap://{board}/actor",
        "object": post_id,
        PREVIOUS: encode_digest(head),
        CUSTODY: custody,
    }


def clean_text(text: str) -> str:
    """Return typed text as it will be signed: NFC, LF line ends, no blanks around it."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def clean_line(text: str) -> str:
    """Return a typed title or name as it will be signed: NFC, single spaces."""
    return _blank.sub(" ", unicodedata.normalize("NFC", text)).strip()


def clean_tag(typed: str) -> str:
    """Return a typed tag as it will be signed: one clean line without its mark."""
    return clean_line(clean_line(typed).lstrip("#"))


def _text_members(text: Text) -> JsonObject:
    return {
        "contentMap": {text.language: text.markdown},
        "mediaType": "text/markdown",
        **line_members(text),
    }


def _settings_members(board: Board) -> JsonObject:
    """Return what a board is founded with and can settle anew."""
    return {
        "nameMap": dict(board.name),
        "summaryMap": dict(board.purpose),
        "urn:goftogu:rulesMap": dict(board.rules),
        "urn:goftogu:tick": board.tick_s,
        "urn:goftogu:openers": board.openers.value,
    }


def _consent_to(board: str) -> bytes:
    return f"goftogu/v1/board\n{board}".encode()

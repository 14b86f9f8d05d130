"""Valid signed records in one line, and the tools of an attacker who holds a key.

    ava = person("Ava")
    opening = note(ava, title="Water", text="Where does it go?")
    answer = note(person("Babak"), reply_to=opening, text="Into the pistachios.")

Keys come from names, so that two runs of a test say the same thing. Only ids are counted up.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from itertools import count
from typing import Any, Final

from app.crypto.ed25519 import SigningKey
from app.crypto.integrity import add_proof
from app.crypto.multikey import encode_did, encode_digest, encode_multibase, fingerprint
from app.crypto.seed import Seed
from app.kernel import strict_json
from app.kernel.clock import HOUR_S, MINUTE_S, Instant, start_of
from app.kernel.strict_json import JsonObject
from app.records.codec import encode_nonce, sign_record
from app.records.model import CUSTODY, PREVIOUS, QUOTES, Custody
from app.site.rules import name_page

from tests.acts import one_of_each_act
from tests.consultations import one_of_each_consultation
from tests.hearings_records import one_of_each_hearing
from tests.partner_records import one_of_each_partnership

TODAY: Final = date(2026, 11, 21)
NOW: Final = Instant(start_of(TODAY) + 10 * HOUR_S + 7 * MINUTE_S)
_ids = count(1)


@dataclass(frozen=True, eq=False, kw_only=True)
class Person:
    """Somebody with a seed: a root key, posting keys, and a way of keeping them."""

    name: str
    seed: Seed
    custody: Custody

    @cached_property
    def root_key(self) -> SigningKey:
        """Signs cards."""
        return self.seed.root_key()

    @cached_property
    def key(self) -> SigningKey:
        """Signs posts."""
        return self.seed.posting_key()

    @property
    def root(self) -> str:
        """The did:key of the persona."""
        return encode_did(self.root_key.public)

    @property
    def did(self) -> str:
        """The did:key of the first posting key."""
        return encode_did(self.key.public)

    @property
    def mark(self) -> str:
        """The persona's fingerprint."""
        return fingerprint(self.root_key.public)


@dataclass(frozen=True, eq=False, kw_only=True)
class BoardKey:
    """A board with the key that founds it."""

    slug: str
    tick_s: int
    openers: str
    key: SigningKey

    @property
    def did(self) -> str:
        """The did:key of the board."""
        return encode_did(self.key.public)


def person(name: str, custody: Custody = Custody.DEVICE) -> Person:
    """Return somebody with a name; the same name is the same person."""
    return Person(name=name, seed=Seed(sha256(name.encode()).digest()[:16]), custody=custody)


def board_key(slug: str, *, tick_s: int = 900, openers: str = "anyone") -> BoardKey:
    """Return a board that may or may not have been founded."""
    key = SigningKey(sha256(f"board {slug}".encode()).digest())
    return BoardKey(slug=slug, tick_s=tick_s, openers=openers, key=key)


# The boards of the `house` fixture: one that batches, one that is live, one that only stewards open threads on.
SQUARE: Final = board_key("square")
LIVE: Final = board_key("live", tick_s=1)
NOTICES: Final = board_key("notices", openers="stewards")


def nonce() -> str:
    """Return the next unused last part of an id."""
    return encode_nonce(next(_ids).to_bytes(16, "big"))


def note(
    by: Person,
    *,
    board: BoardKey = SQUARE,
    title: str | None = None,
    reply_to: bytes | str | None = None,
    text: str = "Where does the water go?",
    language: str = "en",
    quotes: Sequence[str] = (),
    tags: Sequence[str] = (),
    custody: Custody | None = None,
    key: SigningKey | None = None,
    day: date = TODAY,
) -> bytes:
    """Return a post: an answer to `reply_to` (a record or an id), else the opening of a thread."""
    members: JsonObject = {
        "audience": f"ap://{board.did}/actor",
        "contentMap": {language: text},
        "mediaType": "text/markdown",
        CUSTODY: (custody or by.custody).value,
    }
    if isinstance(reply_to, bytes):
        members["inReplyTo"] = id_of(reply_to)
    elif reply_to is not None:
        members["inReplyTo"] = reply_to
    else:
        members["name"] = title or "Water"
    if quotes:
        members[QUOTES] = list(quotes)
    if tags:
        members["tag"] = [{"type": "Hashtag", "name": f"#{tag}"} for tag in tags]
    return sign_record(key or by.key, "Note", members, nonce=nonce(), day=day)


def update(
    by: Person,
    post: bytes,
    *,
    after: bytes | None = None,
    text: str = "It goes into the pistachios.",
    title: str | None = None,
    key: SigningKey | None = None,
    day: date = TODAY,
) -> bytes:
    """Return a revision of `post` that replaces the version `after` (the post itself at first)."""
    document = decode(post)
    members = _change(document, by.custody, after or post)
    members |= {"contentMap": {"en": text}, "mediaType": "text/markdown"}
    if "name" in document:
        members["name"] = title or document["name"]
    return sign_record(key or by.key, "Update", members, nonce=nonce(), day=day)


def erasure(
    by: Person,
    post: bytes,
    *,
    after: bytes | None = None,
    key: SigningKey | None = None,
    day: date = TODAY,
) -> bytes:
    """Return an erasure of `post`, whose newest version is `after` (the post itself at first)."""
    members = _change(decode(post), by.custody, after or post)
    return sign_record(key or by.key, "Delete", members, nonce=nonce(), day=day)


def key_line(
    of: Person, number: int = 0, *, state: str = "active", root: str | None = None
) -> JsonObject:
    """Return a card's line for a posting key, with its consent to `root` (its own, usually)."""
    key = of.seed.posting_key(number)
    consent = key.sign(f"goftogu/v1/posting-key\n{root or of.root}".encode())
    return {
        "id": encode_did(key.public),
        CUSTODY: of.custody.value,
        "urn:goftogu:state": state,
        "urn:goftogu:consent": encode_multibase(consent),
    }


def card(
    of: Person,
    *,
    name: str | None = None,
    after: bytes | None = None,
    keys: Sequence[JsonObject] | None = None,
    sequence: int | None = None,
    day: date = TODAY,
) -> bytes:
    """Return a card: the first, or the one that follows the card `after`."""
    members: JsonObject = {
        "name": name or of.name,
        "urn:goftogu:sequence": sequence
        or (decode(after)["urn:goftogu:sequence"] + 1 if after else 1),
        "urn:goftogu:postingKeys": list(keys or [key_line(of)]),
    }
    if after:
        members[PREVIOUS] = encode_digest(digest_of(after))
    return sign_record(of.root_key, "Person", members, nonce=nonce(), day=day)


def board(of: BoardKey, *, home: SigningKey) -> bytes:
    """Return the record that founds a board at the instance with the key `home`, which consents."""
    consent = home.sign(f"goftogu/v1/board\n{of.did}".encode())
    members: JsonObject = {
        "preferredUsername": of.slug,
        "nameMap": {"en": of.slug.title(), "fa": "میدان"},
        "summaryMap": {"en": "A place to talk."},
        "urn:goftogu:rulesMap": {"en": "Answer what was said."},
        "urn:goftogu:home": encode_did(home.public),
        "urn:goftogu:consent": encode_multibase(consent),
        "urn:goftogu:tick": of.tick_s,
        "urn:goftogu:openers": of.openers,
        "urn:goftogu:successors": [],
        "urn:goftogu:quorum": 0,
    }
    return sign_record(of.key, "Group", members, nonce=nonce(), day=TODAY)


def settings(
    of: BoardKey,
    founding: bytes,
    *,
    home: SigningKey,
    after: bytes | None = None,
    **changed: object,
) -> bytes:
    """Return settings of a board that follow others, or its founding record; `changed` by last part."""
    founded = decode(founding)
    members: JsonObject = {
        "audience": f"ap://{of.did}/actor",
        "object": founded["id"],
        PREVIOUS: encode_digest(digest_of(after or founding)),
        **{name: founded[name] for name in ("nameMap", "summaryMap", "urn:goftogu:rulesMap")},
        "urn:goftogu:tick": of.tick_s,
        "urn:goftogu:openers": of.openers,
        "urn:goftogu:tags": [],
        "urn:goftogu:position": 0,
        "urn:goftogu:archived": False,
    }
    members |= {f"urn:goftogu:{name}": value for name, value in changed.items()}
    return sign_record(home, "Update", members, nonce=nonce(), day=TODAY)


def mark(
    opening: bytes,
    *,
    home: SigningKey,
    after: bytes | None = None,
    pinned: bool = False,
    state: str = "open",
) -> bytes:
    """Return how stewards set the thread of an opening post, first or after another mark."""
    document = decode(opening)
    members: JsonObject = {
        "audience": document["audience"],
        "object": document["id"],
        "urn:goftogu:pinned": pinned,
        "urn:goftogu:state": state,
    }
    if after:
        members[PREVIOUS] = encode_digest(digest_of(after))
    return sign_record(home, "Update", members, nonce=nonce(), day=TODAY)


def page(
    home: SigningKey,
    text: str,
    *,
    language: str = "en",
    sequence: int = 1,
    after: bytes | None = None,
    record_id: str = "",
) -> bytes:
    """Return what a host says works today; another id than such a page has if one is given."""
    did = encode_did(home.public)
    members: JsonObject = {
        "urn:goftogu:page": "reach",
        "urn:goftogu:sequence": sequence,
        "contentMap": {language: text},
        "mediaType": "text/markdown",
    }
    if after:
        members[PREVIOUS] = encode_digest(digest_of(after))
    own = record_id or name_page(did, "reach", language, sequence)
    return sign_record(home, "Page", members, nonce=own.rpartition("/")[2], day=TODAY)


def one_of_each_type() -> dict[str, bytes]:
    """Return a valid record of every type of the registry, by type."""
    ava, instance = person("Ava"), SigningKey(sha256(b"instance").digest())
    post = note(ava)
    members: JsonObject = {
        "name": "Sepidar",
        "urn:goftogu:sequence": 1,
        "urn:goftogu:logOrigin": "goftogu/abcdefgh",
        "urn:goftogu:logKey": "goftogu/abcdefgh+00000000+AQ==",
        "urn:goftogu:witnessKey": "goftogu/abcdefgh/witness+00000000+BA==",
        "urn:goftogu:mirrors": [],
    }
    return {
        "Person": card(ava),
        "Note": post,
        "Update": update(ava, post),
        "Delete": erasure(ava, post),
        "Group": board(SQUARE, home=instance),
        "Update/board": settings(
            SQUARE,
            board(SQUARE, home=instance),
            home=instance,
            filters=["casino"],
            holdsFirst=True,
            delay=600,
        ),
        "Update/thread": mark(post, home=instance),
        "Application": sign_record(instance, "Application", members, nonce=nonce(), day=TODAY),
        "Page": page(instance, "What works."),
        **one_of_each_act(id_of(post), digest_of(post), SQUARE.did, TODAY),
        **one_of_each_consultation(
            id_of(post), digest_of(post), SQUARE.did, instance, TODAY, nonce
        ),
        **one_of_each_hearing(id_of(post), digest_of(post), SQUARE.did, instance, TODAY, nonce),
        **one_of_each_partnership(
            id_of(post), digest_of(post), SQUARE.did, instance, SQUARE.key, TODAY, nonce
        ),
    }


def altered(raw: bytes, change: Callable[[JsonObject], object]) -> bytes:
    """Return a record with its document changed after signing, in canonical form again."""
    document = decode(raw)
    change(document)
    return strict_json.encode(document)


def forged(raw: bytes, key: SigningKey, change: Callable[[JsonObject], object]) -> bytes:
    """Return a record changed and signed anew: what a holder of the key can make against the rules."""
    document = decode(raw)
    change(document)
    options = document.pop("proof")
    options.pop("proofValue", None)
    return strict_json.encode(add_proof(document, options, key))


def moved(raw: bytes, key: SigningKey, to: BoardKey) -> bytes:
    """Return a record that names another board, signed anew."""
    return forged(raw, key, lambda document: document.update(audience=f"ap://{to.did}/actor"))


def decode(raw: bytes) -> JsonObject:
    """Return a record as plain JSON, believing everything in it."""
    document: dict[str, Any] = json.loads(raw)
    return document


def id_of(raw: bytes) -> str:
    """Return a record's id."""
    return str(decode(raw)["id"])


def digest_of(raw: bytes) -> bytes:
    """Return a record's digest."""
    return sha256(raw).digest()


def _change(document: JsonObject, custody: Custody, replaced: bytes) -> JsonObject:
    return {
        "audience": document["audience"],
        "object": document["id"],
        PREVIOUS: encode_digest(digest_of(replaced)),
        CUSTODY: custody.value,
    }

"""An instance with as many posts as wanted, made in bulk: the rows that the door would have made.

Every record is really signed by its author's key and every row is what accepting and publishing
leave behind; tests/forum/test_population.py hands the same records in at the door and compares
every row. Only what the door looks up on the way is left out, and the queue, whose rows are gone
after a tick. Nobody here has a card: authors show as their keys' fingerprints.

Texts are made of made-up words in the letters of Persian, English and French. How often a word
comes follows Zipf's law, so that a question finds half of all posts, a handful, or none. Posts
come to threads as they do in forums: mostly to those that are talked about now, few threads become
long, and one becomes the longest by far. Boards and authors are as unlike as threads.
"""

import random
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from itertools import accumulate
from typing import Any, Final

from app import forum, worker
from app.crypto.ed25519 import PublicKey, SigningKey
from app.crypto.multikey import decode_did, encode_did, fingerprint
from app.db import Base, Work
from app.db.tables import columns_of
from app.forum import Draft, Openers, Text, search, sign_post
from app.forum.model import THREAD_ID_CHARACTERS
from app.forum.tables import BoardRow, PostRow, ThreadRow, VersionRow
from app.identity.tables import PostingKeyRow
from app.kernel.clock import DAY_S, day_of, start_of
from app.records import Custody
from app.records.codec import encode_leaf, encode_nonce
from app.records.tables import RecordRow
from app.tlog import count_entries
from app.tlog.tables import EntryRow, StateRow
from app.tlog.tree import hash_leaf
from app.wiring import House
from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

LANGUAGES: Final = {"fa": 0.7, "en": 0.2, "fr": 0.1}
_LETTERS: Final = {
    "fa": "ابپتجچخدرزسشعفقکگلمنوهی",
    "en": "aeiourstlnmdcpbgfhvw",
    "fr": "aeéèiourstlnmdcpbgfvqj",
}
_VOCABULARY: Final = 30_000
_STREAM: Final = 300_000
LONGEST: Final = 10_000
_BOARDS: Final = 8
_ACTIVE: Final = 400
_OPENS: Final = 1 / 16
_GOES_TO_LONGEST: Final = 1 / 25
_POSTS_A_DAY: Final = 2_500
_POSTS_AN_AUTHOR: Final = 50
_BATCH: Final = 20_000
_FIRST_DAY: Final = date(2025, 10, 1)
_OF_A_POST: Final = (PostRow, VersionRow, RecordRow, EntryRow)
_BUILDING: Final = (
    "journal_mode=OFF",
    "synchronous=OFF",
    "foreign_keys=OFF",
    "cache_size=-3000000",
)

_MOVING: Final = ("post_count", "next_number", "last_index", "last_day")
_THREAD, _BOARD = columns_of(ThreadRow), columns_of(BoardRow)
_CHANGE_THREAD = (
    update(_THREAD)
    .where(_THREAD.c.id == bindparam("key"))
    .values({name: bindparam(name) for name in _MOVING})
)
_COUNT_THREADS = (
    update(_BOARD)
    .where(_BOARD.c.did == bindparam("key"))
    .values(thread_count=_BOARD.c.thread_count + bindparam("more"))
)


@dataclass(slots=True, kw_only=True)
class Talk:
    """A thread as far as its next post needs to know it."""

    row: dict[str, Any]
    language: str
    latest: tuple[bytes, str]
    """Digest and record id of the latest post: what the next one answers."""


@dataclass(slots=True, kw_only=True)
class Made:
    """A signed post and what its rows are made of."""

    raw: bytes
    record_id: str
    author: str
    board: str
    thread: str
    text: Text
    day: date
    parent: bytes | None
    number: int
    index: int

    @property
    def digest(self) -> bytes:
        """The record's digest."""
        return sha256(self.raw).digest()


@dataclass(slots=True)
class Population:
    """The posts of one instance, and how they go on."""

    house: House
    chance: random.Random = field(default_factory=lambda: random.Random(2013))
    words: dict[str, list[str]] = field(default_factory=dict)
    boards: list[forum.Board] = field(default_factory=list)
    authors: list[tuple[str, SigningKey]] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    posts: int = 0
    _streams: dict[str, list[str]] = field(default_factory=dict)
    _active: deque[Talk] = field(default_factory=lambda: deque(maxlen=_ACTIVE))
    _touched: dict[str, Talk] = field(default_factory=dict)
    _stored: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Make words, and found the boards through the door."""
        weights = list(accumulate(1 / (rank + 2.7) for rank in range(_VOCABULARY)))
        for language, letters in _LETTERS.items():
            self.words[language] = _vocabulary(self.chance, letters)
            self._streams[language] = self.chance.choices(
                self.words[language], cum_weights=weights, k=_STREAM
            )
        with self.house.db.write() as work:
            self.boards = [_found(work, self.house, number) for number in range(_BOARDS)]
        worker.tick(self.house)

    def grow(self, posts: int) -> None:
        """Add posts until there are this many."""
        database = self.house.db
        with database.read() as work:
            first = count_entries(work)
        database.engine.dispose()
        is_sqlite = database.engine.dialect.name == "sqlite"
        with database.engine.connect() as connection:
            # As fast as the disk allows: whoever is measured opens the file anew, as it is served.
            for pragma in _BUILDING if is_sqlite else ():
                connection.exec_driver_sql(f"PRAGMA {pragma}")
            with Session(connection) as session:
                work = Work(
                    session, session.connection(), self.house.clock.now(), self.house.db.randomness
                )
                while self.posts < posts:
                    if is_sqlite:
                        connection.exec_driver_sql("BEGIN")
                    made = list(self._speak(min(_BATCH, posts - self.posts), first))
                    first += len(made)
                    self._add(work, made)
                    connection.execute(update(columns_of(StateRow)).values(shown=first))
                    connection.commit()
            if is_sqlite:
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            else:
                connection.commit()
        database.engine.dispose()

    def _speak(self, posts: int, index: int) -> Iterator[Made]:
        for place in range(index, index + posts):
            day = _FIRST_DAY + timedelta(days=self.posts // _POSTS_A_DAY)
            if self.posts % _POSTS_AN_AUTHOR == 0:
                key = SigningKey(self.chance.randbytes(32))
                self.authors.append((encode_did(key.public), key))
            # The logarithm of an author's rank is even: Zipf's law again.
            author = self.authors[int(len(self.authors) ** self.chance.random()) - 1]
            yield (
                self._open(author, day, place)
                if self._opens()
                else self._answer(author, day, place)
            )
            self.posts += 1

    def _opens(self) -> bool:
        return not self.talks or self.chance.random() < _OPENS

    def _open(self, author: tuple[str, SigningKey], day: date, index: int) -> Made:
        board = self.boards[int(_BOARDS ** self.chance.random()) - 1]
        (language,) = self.chance.choices(list(LANGUAGES), list(LANGUAGES.values()))
        title = self._text(language, 3, 9)
        text = Text(language=language, markdown=self._text(language, 40, 160), title=title)
        made = self._sign(author, board.did, text, day, index, None)
        thread = {
            "id": made.thread, "board": board.did, "opening": made.digest, "is_public": True,
            "post_count": 1, "next_number": 2, "first_index": index, "last_index": index,
            "tags": [], "started_on": day, "last_day": day, "is_pinned": False, "state": "open",
            "head": None,
        }  # fmt: skip
        talk = Talk(row=thread, language=language, latest=(made.digest, made.record_id))
        self.talks.append(talk)
        self._active.append(talk)
        self._touched[made.thread] = talk
        return made

    def _answer(self, author: tuple[str, SigningKey], day: date, index: int) -> Made:
        talk = self.talks[0]
        if talk.row["post_count"] >= LONGEST or self.chance.random() > _GOES_TO_LONGEST:
            # What is talked about draws more: the square leans towards the newest threads.
            talk = self._active[-1 - int(len(self._active) * self.chance.random() ** 2)]
        text = Text(language=talk.language, markdown=self._text(talk.language, 8, 120), title=None)
        made = self._sign(author, talk.row["board"], text, day, index, talk)
        talk.latest = (made.digest, made.record_id)
        row = talk.row
        row |= {
            "post_count": row["post_count"] + 1, "next_number": row["next_number"] + 1,
            "last_index": index, "last_day": day,
        }  # fmt: skip
        self._touched[row["id"]] = talk
        return made

    def _sign(
        self,
        author: tuple[str, SigningKey],
        board: str,
        text: Text,
        day: date,
        index: int,
        talk: Talk | None,
    ) -> Made:
        parent, reply_to = (None, None) if talk is None else talk.latest
        draft = Draft(text=text, board=board, reply_to=reply_to, quotes=(), custody=Custody.DEVICE)
        nonce, (did, key) = encode_nonce(self.chance.randbytes(16)), author
        raw = sign_post(key, draft, nonce=nonce, day=day)
        return Made(
            raw=raw,
            record_id=f"ap://{did}/objects/{nonce}",
            author=did,
            board=board,
            thread=sha256(raw).hexdigest()[:THREAD_ID_CHARACTERS]
            if talk is None
            else talk.row["id"],
            text=text,
            day=day,
            parent=parent,
            number=1 if talk is None else talk.row["next_number"],
            index=index,
        )

    def _text(self, language: str, least: int, most: int) -> str:
        """Return a run of words; short ones are more common than long ones."""
        stream = self._streams[language]
        length = least + int((most - least) * self.chance.random() ** 2)
        start = int(self.chance.random() * (len(stream) - length))
        return " ".join(stream[start : start + length])

    def _add(self, work: Work, made: list[Made]) -> None:
        """Add the rows of posts, parents first."""
        connection = work.session.connection()
        new = [talk.row for talk in self._touched.values() if talk.row["id"] not in self._stored]
        old = [talk.row for talk in self._touched.values() if talk.row["id"] in self._stored]
        rows = [_rows_of(post) for post in made]
        keys = {post.author: decode_did(post.author) for post in made}
        strangers = [_key_row(did, key) for did, key in keys.items() if did not in self._stored]
        slugs = {board.did: board.slug for board in self.boards}
        for row_class, values in (
            (PostingKeyRow, strangers),
            (ThreadRow, new),
            *((row_class, [row[row_class] for row in rows]) for row_class in _OF_A_POST),
        ):
            if values:
                connection.execute(insert(columns_of(row_class)), values)
        if old:
            connection.execute(_CHANGE_THREAD, [{"key": row["id"], **_moving(row)} for row in old])
        for board, count in Counter(row["board"] for row in new).items():
            connection.execute(_COUNT_THREADS, {"key": board, "more": count})
        indexed = [(_indexable(post, slugs), fingerprint(keys[post.author])) for post in made]
        search.add_posts(work, indexed)
        self._stored |= {row["id"] for row in new} | {row["did"] for row in strangers}
        self._touched.clear()


def _rows_of(post: Made) -> dict[type[Base], dict[str, Any]]:
    digest = post.digest
    leaf = encode_leaf(digest, "Note")
    return {
        PostRow: {
            "digest": digest, "record_id": post.record_id, "thread": post.thread,
            "board": post.board, "number": post.number, "log_index": post.index,
            "parent": post.parent, "author": post.author, "custody": Custody.DEVICE.value,
            "day": post.day, "erased_on": None, "current": digest, "head": digest,
        },
        VersionRow: {
            "digest": digest, "post": digest, "number": 1, "is_public": True,
            "language": post.text.language, "title": post.text.title,
            "text": post.text.markdown, "day": post.day,
        },
        RecordRow: {
            "digest": digest, "id": post.record_id, "type": "Note", "signer": post.author,
            "raw": post.raw, "include_by": start_of(post.day) + DAY_S, "is_public": True,
        },
        EntryRow: {"index": post.index, "leaf_hash": hash_leaf(leaf), "leaf": leaf},
    }  # fmt: skip


def _key_row(did: str, key: PublicKey) -> dict[str, Any]:
    return {
        "did": did,
        "fingerprint": fingerprint(key),
        "root": None,
        "custody": Custody.DEVICE.value,
        "state": "active",
    }


def _moving(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _MOVING}


def _indexable(post: Made, slugs: dict[str, str]) -> search.Indexable:
    return search.Indexable(
        place=post.index,
        content=f"{post.text.title or ''}\n{post.text.markdown}",
        author=post.author,
        board=slugs[post.board],
        day=post.day,
    )


def _vocabulary(chance: random.Random, letters: str) -> list[str]:
    """Return words, the commonest first: common words are short, as in every language."""
    found: dict[str, None] = {}
    while len(found) < _VOCABULARY:
        most = 3 + len(found).bit_length() // 3
        found["".join(chance.choices(letters, k=chance.randint(2, most)))] = None
    return list(found)


def _found(work: Work, house: House, number: int) -> forum.Board:
    key = SigningKey(sha256(f"board {number}".encode()).digest())
    board = forum.Board(
        did=encode_did(key.public),
        slug=f"board-{number}",
        fingerprint=fingerprint(key.public),
        name={"fa": f"میدان {number}", "en": f"Square {number}", "fr": f"Place {number}"},
        purpose={"fa": "برای سنجش", "en": "To be measured", "fr": "À mesurer"},
        rules={"fa": "مهربان باشید.", "en": "Be kind.", "fr": "Soyez aimables."},
        tick_s=1,
        openers=Openers.ANYONE,
        founded_on=day_of(work.now),
        home=house.door.instance_did,
    )
    return forum.found_board(work, house.door, board, key, house.keys["instance"])

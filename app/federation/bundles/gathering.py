"""From an instance and a copy of its log to what a bundle holds.

The log is walked, not the tables: what no checkpoint names was not published, and stays here. Then
comes whatever those records need, so that a bundle can be read, and taken in elsewhere, alone: the
posts that they answer or change, the cards of their authors, the board's founding and settings.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from app import forum, hearings, records, tlog
from app.crypto.multikey import decode_digest
from app.crypto.note_keys import VerifierKey, parse_verifier_key
from app.db import Work
from app.forum import Board, Post
from app.kernel import strict_json
from app.kernel.errors import NotFoundError
from app.records import StoredRecord
from app.records.codec import audience_of, decode_leaf, encode_day, encode_leaf
from app.records.model import ACT, PREVIOUS, PROPOSED
from app.tlog.checkpoints import VerifiedCheckpoint, parse_checkpoint, verify_checkpoint
from app.tlog.policies import NONE, Policy, PolicyLog, count_quorum, encode_policy
from app.tlog.publication import CHECKPOINT_PATH, path_of
from app.tlog.tiles import WIDTH, Tile, TileReader, VerifiedTiles
from app.tlog.tree import prove_inclusion

from .codec import Contents, Place, Scope
from .errors import NothingPublishedError

_CHANGES: Final = {"Update", "Delete", "Update/thread"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCopy:
    """The files of a log, wherever they are. Nothing of them is believed unverified."""

    checkpoint: bytes
    read: TileReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A bundle without its page, and the posts that the page shows."""

    board: Board
    contents: Contents
    posts: tuple[Post, ...]
    """By their places in the log, erased ones among them."""


def list_places(tiles: VerifiedTiles, bundle: int) -> dict[bytes, int]:
    """Return the digests of the records in a bundle of entries, each with its place in the log."""
    first = bundle * WIDTH
    leaves = enumerate(tiles.read_entries(bundle), first)
    return {decode_leaf(leaf)[0]: place for place, leaf in leaves}


def open_log_copy(folder: Path) -> LogCopy:
    """Open the log's files below a folder as `tlog.publication` lays them out.

    Raises:
        NothingPublishedError: there is no checkpoint.

    """
    try:
        checkpoint = (folder / CHECKPOINT_PATH).read_bytes()
    except FileNotFoundError as error:
        raise NothingPublishedError(
            "the log has published no checkpoint yet: let the worker run once"
        ) from error

    def read(tile: Tile) -> bytes:
        return (folder / path_of(tile)).read_bytes()

    return LogCopy(checkpoint=checkpoint, read=read)


def gather(
    work: Work,
    log: LogCopy,
    instance_did: str,
    scope: Scope,
    own: Collection[int] | None = None,
) -> Gathered:
    """Return a part of a board with what is needed to read, check and import it.

    `own` are the places in the log of what is to be in it, for who knows them; otherwise the whole
    log is walked for them.

    Raises:
        NotFoundError: no such board, or the instance has no card.
        VerificationError: the copy of the log is not what this instance signed.

    """
    board = forum.find_board(work, slug=scope.slug)
    if board is None:
        raise NotFoundError(f"no board here has the short name {scope.slug}")
    card = find_card(work, instance_did)
    key = log_key_of(card)
    checkpoint = verify_checkpoint(parse_checkpoint(log.checkpoint), [key])
    tiles = VerifiedTiles(checkpoint.tree, log.read)
    gathering = _Gathering(
        work=work, host=instance_did, board=board, scope=scope, size=checkpoint.tree.size
    )
    gathering.walk(tiles, None if own is None else frozenset(own))
    gathering.complete_posts()
    gathering.complete_records()
    return _finish(gathering, checkpoint, tiles, card, _offer_policy(work, checkpoint, key))


def _offer_policy(work: Work, checkpoint: VerifiedCheckpoint, key: VerifierKey) -> Policy:
    """Return the host's policy as it goes with a checkpoint.

    Its quorum is asked for where it signed this checkpoint: a file is made and read all the same
    while witnesses are away, and says how many of them signed.
    """
    offered = tlog.make_policy(work, key, "")
    # Nothing in a bundle says where anybody is.
    witnesses = tuple(replace(witness, url=None) for witness in offered.witnesses)
    policy = replace(offered, logs=(PolicyLog(key=key),), witnesses=witnesses)
    counted = count_quorum(policy, tlog.find_cosigners(work, checkpoint))
    return policy if counted.is_met else replace(policy, quorum=NONE)


def find_days(
    work: Work, tiles: VerifiedTiles, start: int, end: int
) -> dict[tuple[str, date], dict[int, int]]:
    """Return which entries from `start` up to `end` are of which board (did:key) and day.

    Each place comes with the bytes of its record. Where nothing is left of a post, its row says
    where it stood; other records that were erased are nobody's.
    """
    found: dict[tuple[str, date], dict[int, int]] = {}
    for bundle in range(start // WIDTH, -(-end // WIDTH)):
        places = {
            digest: place
            for digest, place in list_places(tiles, bundle).items()
            if start <= place < end
        }
        stored = records.list_records(work, places)
        for record in stored:
            document = strict_json.decode(record.raw or b"{}")
            if "audience" in document:
                key = (audience_of(document), _day_of(document))
                found.setdefault(key, {})[places[record.digest]] = len(record.raw or b"")
        erased = [record.digest for record in stored if record.raw is None]
        for post in forum.list_named(work, erased):
            if post.log_index is not None:
                found.setdefault((post.board, post.day), {})[places[post.digest]] = 0
    return found


def _finish(
    gathering: "_Gathering",
    checkpoint: VerifiedCheckpoint,
    tiles: VerifiedTiles,
    card: bytes,
    policy: Policy,
) -> Gathered:
    indexes = sorted(gathering.found)
    size = checkpoint.tree.size
    raws = tuple(gathering.found[index] for index in indexes)
    contents = Contents(
        scope=gathering.scope,
        newest=max(_day_of(strict_json.decode(raw)) for raw in (card, *raws)),
        records=raws,
        places=tuple(
            Place(index=index, path=prove_inclusion(index, size, tiles.read_node))
            for index in indexes
        ),
        checkpoint=checkpoint.note.encode(),
        policy=encode_policy(policy),
        card=card,
        page=b"",
    )
    posts = sorted(gathering.posts.values(), key=lambda post: post.log_index or 0)
    return Gathered(board=gathering.board, contents=contents, posts=tuple(posts))


@dataclass(slots=True, kw_only=True)
class _Gathering:
    """A bundle as far as it is gathered."""

    work: Work
    host: str
    """did:key of the instance."""
    board: Board
    scope: Scope
    size: int
    """Entries of the published log: what came later is not there yet."""
    found: dict[int, bytes] = field(default_factory=dict)
    """Signed bytes by their place in the log."""
    walked: set[bytes] = field(default_factory=set)
    """Digests of those that the walk found."""
    posts: dict[bytes, Post] = field(default_factory=dict)
    """By digest."""

    def walk(self, tiles: VerifiedTiles, own: Collection[int] | None) -> None:
        """Find what of this part of the board the log holds, a bundle of entries at a time."""
        start = 0 if self.scope.day else self.scope.start
        bundles = range(start // WIDTH, -(-self.size // WIDTH))
        for bundle in bundles if own is None else sorted({place // WIDTH for place in own}):
            self._take({
                digest: place
                for digest, place in list_places(tiles, bundle).items()
                if place >= start and (own is None or place in own)
            })  # fmt: skip

    def _take(self, places: dict[bytes, int]) -> None:
        """Take of the entries with these digests what is this board's, with its posts."""
        stored = records.list_records(self.work, places)
        mine = [record for record in stored if self._is_mine(record)]
        for record in mine:
            if record.raw is not None:
                self.found[places[record.digest]] = record.raw
                self.walked.add(record.digest)
        changed = [post for record in mine for post in self._list_changed(record)]
        # Erased records do not tell their board any more; the rows of their posts do.
        erased = [record for record in stored if record.raw is None]
        named = forum.list_named(self.work, [record.digest for record in (*mine, *erased)])
        for post in named:
            if post.log_index is not None and self.scope.day in {None, post.day}:
                self._add_post(post)
        for post in changed:
            self._add_post(post)

    def complete_posts(self) -> None:
        """Add the posts that those found answer, up to the one that opened each thread."""
        fresh = list(self.posts.values())
        while fresh:
            wanted = {post.parent for post in fresh if post.parent}
            missing = [digest for digest in sorted(wanted) if digest not in self.posts]
            found = (forum.find_post(self.work, digest=digest) for digest in missing)
            fresh = [post for post in filter(None, found) if self._add_post(post)]

    def complete_records(self) -> None:
        """Add the records behind the posts, their authors' cards, and the board's own."""
        for post in self.posts.values():
            for digest in {post.digest, post.version.digest} - self.walked:
                self._add_line(digest)
        for raw in list(self.found.values()):
            previous = strict_json.decode(raw).get(PREVIOUS)
            if previous:
                self._add_line(decode_digest(previous))
        founding = records.find_signed(self.work, self.board.did, "Group")
        for last in (founding and founding.digest, self.board.head):
            if last:
                self._add_line(last)
        roots = sorted({post.author.root for post in self.posts.values() if post.author.root})
        for root in roots:
            for digest, _ in records.list_by_signers(self.work, [root], "Person"):
                self._add(digest)
        self._add_desks()
        self._add_offices()
        self._leave_out_lost()

    def _leave_out_lost(self) -> None:
        """Leave out translations whose originals are away: nothing carries those words on."""
        lost = {
            digest
            for post in self.posts.values()
            if post.lost_original
            for digest in forum.list_version_digests(self.work, post.digest)
        }
        for index, raw in list(self.found.items()):
            if sha256(raw).digest() in lost:
                del self.found[index]

    def _add_desks(self) -> None:
        """Add what made each desk one that acted here: nobody else's acts are taken in."""
        acts = [strict_json.decode(raw) for raw in self.found.values() if is_act(raw)]
        named = {f"ap://{doc[PROPOSED]['by']}/actor" for doc in acts if PROPOSED in doc}
        named |= {doc["attributedTo"] for doc in acts}
        offers = records.list_by_signers(self.work, [self.host], "Offer") if named else []
        for digest, raw in offers:
            if strict_json.decode(raw)["object"] in named:
                self._add(digest)

    def _add_offices(self) -> None:
        """Add what made each official one: a charter of somebody without an office is refused."""
        threads = {post.thread for post in self.posts.values()}
        found = (hearings.find_hearing(self.work, thread=thread) for thread in sorted(threads))
        for root in sorted({hearing.official for hearing in found if hearing is not None}):
            for digest, _ in records.list_by_signers(self.work, [root], "Person"):
                self._add(digest)
            office = hearings.find_office(self.work, root)
            for part in (office.offer, office.accept) if office else ():
                if part is not None:
                    self._add(part)

    def _is_mine(self, record: StoredRecord) -> bool:
        raw = record.raw
        # Canonical bytes say it in one way, and no text can hold a quotation mark unescaped.
        if raw is None or f'"audience":"ap://{self.board.did}/actor"'.encode() not in raw:
            return False
        day = self.scope.day
        return day is None or f'"published":"{encode_day(day)}"'.encode() in raw

    def _list_changed(self, record: StoredRecord) -> list[Post]:
        """Return the posts that a record changes or acts on; an act that it undoes is added."""
        raw = record.raw or b"{}"
        if record.type not in _CHANGES and not is_act(raw):
            return []
        found = list[Post]()
        waiting = _named_by(strict_json.decode(raw))
        while waiting:
            name, digest = waiting.pop()
            post = forum.find_post(self.work, record_id=name)
            if post is not None:
                found.append(post)
            elif digest:
                waiting += _named_by(self._add(decode_digest(digest)))
        return found

    def _add_post(self, post: Post) -> bool:
        """Add a post, if it is of this board and published; return whether it is."""
        is_here = post.board == self.board.did and post.log_index is not None
        if is_here and post.number is not None:
            self.posts[post.digest] = post
        return is_here

    def _add(self, digest: bytes) -> dict[str, Any]:
        """Add a record, if it is published and not erased; return its document, or nothing."""
        record = records.find_record(self.work, digest)
        if record is None or record.raw is None:
            return {}
        index = tlog.find_index(self.work, encode_leaf(record.digest, record.type))
        if index is None or index >= self.size:
            return {}
        self.found[index] = record.raw
        return strict_json.decode(record.raw)

    def _add_line(self, digest: bytes) -> None:
        """Add a record and what it replaced, down to the first of its line."""
        while (previous := self._add(digest).get(PREVIOUS)) is not None:
            digest = decode_digest(previous)


def find_card(work: Work, instance_did: str) -> bytes:
    """Return the signed bytes of an instance's current card.

    Raises:
        NotFoundError: the instance has none.

    """
    signed = records.list_by_signers(work, [instance_did], "Application")
    cards = [raw for _, raw in signed]
    if not cards:
        raise NotFoundError("the instance has no card")
    return max(cards, key=lambda raw: strict_json.decode(raw)["urn:goftogu:sequence"])


def log_key_of(card: bytes) -> VerifierKey:
    """Return the key of the log that a card names."""
    return parse_verifier_key(strict_json.decode(card)["urn:goftogu:logKey"])


def is_act(raw: bytes) -> bool:
    """Return whether a record is an act of a desk, as its canonical bytes say in one way."""
    return f'"{ACT}":'.encode() in raw


def _named_by(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the ids that a record is about, with the digests that it gives: acts name several."""
    about = document.get("object", [])
    listed = about if isinstance(about, list) else [about]
    pairs = (
        (one, "") if isinstance(one, str) else (one["id"], one["digestMultibase"]) for one in listed
    )
    return list(pairs)


def _day_of(document: dict[str, Any]) -> date:
    return date.fromisoformat(document["published"][:10])


__all__ = [
    "Gathered",
    "LogCopy",
    "find_card",
    "find_days",
    "gather",
    "is_act",
    "list_places",
    "log_key_of",
    "open_log_copy",
]

"""Keeping the shelf: bundles of each board and day that changed, and each day's bulletin.

A step does one small thing: it takes away what holds erased words, looks at a part of the log, or
makes one file. So nothing waits for it long: no tick (it runs beside them), no erasure, no end of
the program. What was seen stands in notes, one a file, in `GOFTOGU_DATA/bundles`:

1. A note names what a file is about to hold before the file is there, so that no erasure misses it.
2. A file that has to be made anew is marked so until it was.
3. How far the log was looked at is written last: after a crash a part is looked at again.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final

from app import forum, hearings, records, tlog
from app.db.erased import FILE_NAME, read_digests
from app.kernel import strict_json
from app.kernel.clock import HOUR_S, Instant
from app.kernel.errors import CorruptStateError, MalformedError, NotFoundError
from app.tlog.checkpoints import parse_checkpoint, verify_checkpoint
from app.tlog.files import ClosedFolder, PublicFolder
from app.tlog.tiles import WIDTH, VerifiedTiles
from app.web.markup import forget_texts

from .bundles.errors import NothingPublishedError
from .bundles.gathering import find_card, find_days, log_key_of, open_log_copy
from .press import Made, Press, find_scope
from .publishing import log_size
from .shelf import Shelf

MOST_SIGNED_BYTES: Final = 1_000_000
"""Signed bytes, so more than the text in them: beyond it a board's day has several parts."""
_WALKED_AT_ONCE: Final = 8 * WIDTH
_FOLDER: Final = "bundles"
_WALKED: Final = "walked"
_HIDDEN: Final = "hidden"
_ALL: Final = "_"
"""Stands for all boards, where a note is a bulletin's: no board has such a short name."""
_digest = re.compile(rb"[0-9a-f]{64}")
_shape = re.compile(
    rb'\{(?:"cuts":\[(?:\d+,?)*\],)?"due":(?:true|false),"held":\[(?:"[0-9a-f]{64}",?)*\],"own":\[(?:\[\d+,\d+\],?)*\]\}'
)
"""What a note looks like: a look at all of them for a digest is no time to read each."""


@dataclass(slots=True)
class _Note:
    """What is known of the files of a board's day, or of a bulletin."""

    own: dict[int, int] = field(default_factory=dict)
    """Places in the log of what was said, each with the bytes of its record."""
    held: set[str] = field(default_factory=set)
    """Digests of the records whose words are in the files, in hex, or would be if no desk hid
    them."""
    is_due: bool = False
    cuts: list[int] = field(default_factory=list)
    """Places of the log at which a part ended, an hour of shutdown mode: parts up to the last of
    them are made for good, until an erasure takes them away."""

    def encode(self) -> bytes:
        return strict_json.encode(
            {
                **({"cuts": self.cuts} if self.cuts else {}),
                "due": self.is_due,
                "held": sorted(self.held),
                "own": [[place, self.own[place]] for place in sorted(self.own)],
            }
        )


class DamagedNoteError(CorruptStateError):
    """A note of the shelf was changed from outside, or by its disk: the shelf is made anew."""


class ShelfKeeper:
    """Keeps the shelf of an instance. One runs at a time, in the worker."""

    def __init__(self, press: Press, data: Path) -> None:
        self._press = press
        self._public = PublicFolder(data / "public")
        self._shelf = Shelf(self._public)
        self._folder = data / _FOLDER
        self._notes = ClosedFolder(self._folder)
        self._erased = data / FILE_NAME
        self._heard_bytes = self._heard = 0
        self._hidden: frozenset[bytes] | None = None
        self._looked_at: tuple[int, int] | None = None
        self._hour = -1
        self._due: list[str] = []

    def step(self, now: Instant) -> bool:
        """Do one thing that is due; return whether there may be more.

        Raises:
            AppError: see `make_bundle`; the file is tried again within the hour.
            DamagedNoteError: the shelf is empty now, and made anew with the next steps.
            OSError: the disk is full or fails.

        """
        try:
            return self._step(now)
        except DamagedNoteError:
            self._begin_anew()
            raise

    def _step(self, now: Instant) -> bool:
        self._take_back()
        if self._hour != now // HOUR_S:
            try:
                is_all = self._walk()
            except NothingPublishedError:
                return False
            if is_all:
                self._hour = now // HOUR_S
                self._due = self._list_due()
            return True
        if self._due:
            # From the end: the newest day first.
            self._make(self._due.pop())
        return bool(self._due)

    def take_back(self) -> None:
        """Take away the files that hold words which were erased since, and mark them to be made.

        So with what a desk hid or gave back: a tombstone goes as well where words are back.

        `step` begins with it, and who rests between steps does it too: an erasure waits for none.

        Raises:
            DamagedNoteError: what it names may be erased: all is taken away, to be made anew.
            OSError: the disk fails; the next call tries again.

        """
        try:
            self._take_back()
        except DamagedNoteError:
            self._begin_anew()
            raise

    def _take_back(self) -> None:
        size = self._erased.stat().st_size if self._erased.exists() else 0
        with self._press.db.read() as work:
            looked_at = log_size(work)
            if size == self._heard_bytes and looked_at == self._looked_at:
                return
            hidden = frozenset(records.list_hidden(work))
        if self._hidden is None:
            # What was hidden or given back while nobody kept the shelf is seen here.
            self._hidden = self._load_hidden()
        if size == self._heard_bytes and hidden == self._hidden:
            self._looked_at = looked_at
            return
        digests = read_digests(self._erased) if size else []
        changed = {*digests[self._heard :], *(hidden ^ self._hidden)}
        fresh = {digest.hex().encode() for digest in changed}
        for name in self._list_names():
            if not fresh.isdisjoint(_digest.findall(self._read_note(name))):
                note = self._load(name)
                self._shelf.take_away(self._list_paths(name))
                self._save(name, _Note(own=note.own, cuts=note.cuts, is_due=True))
                self._due = [*(other for other in self._due if other != name), name]
        if hidden != self._hidden:
            lines = b"".join(b"%s\n" % digest.hex().encode() for digest in sorted(hidden))
            self._notes.write([(_HIDDEN, lines)])
        self._heard, self._heard_bytes, self._hidden = len(digests), size, hidden
        # What was rendered for those files is remembered in the worker's process as well.
        forget_texts()

    def _walk(self) -> bool:
        """Look at a part of the log for what is new; return whether that was all of it.

        Raises:
            NothingPublishedError: there is no checkpoint yet.

        """
        log, start = open_log_copy(self._press.public), self._load_walked()
        with self._press.db.read() as work:
            key = log_key_of(find_card(work, self._press.did))
            tree = verify_checkpoint(parse_checkpoint(log.checkpoint), [key]).tree
            # Beyond is what the log holds, and readers do not see yet.
            size = min(tree.size, tlog.get_state(work).shown)
            end = min(size, start + _WALKED_AT_ONCE)
            found = find_days(work, VerifiedTiles(tree, log.read), start, end)
            slugs = {board.did: board.slug for board, _ in forum.list_boards(work)}
        if size < start:
            self._begin_anew()
            return False
        notes: dict[str, dict[int, int]] = {}
        for (board, day), own in found.items():
            for name in (f"{slugs[board]}/{day}", f"{_ALL}/{day}") if board in slugs else ():
                notes.setdefault(name, {}).update(own)
        for name, own in notes.items():
            note = self._load(name)
            self._save(name, replace(note, own=note.own | own, is_due=True))
        if end != start:
            self._notes.write([(_WALKED, str(end).encode())])
        return end == size

    def _list_due(self) -> list[str]:
        """Return the notes whose files have to be made, or are gone; the newest day last."""
        files = self._shelf.list_files()
        there = {f"{file.board or _ALL}/{file.day.isoformat()}" for file in files}
        names = self._list_names()
        due = (name for name in names if name not in there or self._load(name).is_due)
        return sorted(due, key=_day_of)

    def _make(self, name: str) -> None:
        """Make the files of a note and put them on the shelf."""
        slug, _, text = name.partition("/")
        day, note, held, paths = date.fromisoformat(text), self._load(name), set[str](), set[str]()
        parts = [sorted(note.own)] if slug == _ALL else _split(note.own, note.cuts)
        there, last_cut = self._shelf.list_sums(), max(note.cuts, default=0)
        for number, own in enumerate(parts, 1):
            part = number if len(parts) > 1 else 0
            path = _path_of(slug, day, part)
            paths.add(path)
            if own and own[-1] < last_cut and path in there:
                # Whoever has it need not fetch it again.
                held |= note.held
                continue
            made = self._make_part(slug, day, part, own)
            held |= {digest.hex() for digest in made.held}
            self._save(name, replace(note, held=note.held | held, is_due=True))
            self._shelf.put(path, made.raw)
        self._shelf.take_away(self._list_paths(name) - paths)
        cuts = note.cuts if slug == _ALL else self._cut(note)
        self._save(name, _Note(own=note.own, held=held, cuts=cuts))

    def _make_part(self, slug: str, day: date, part: int, own: list[int]) -> Made:
        if slug == _ALL:
            return self._press.make_bulletin(day, own)
        with self._press.db.read() as work:
            scope = find_scope(work, slug, day=day, part=part)
        return self._press.make_bundle(scope, own)

    def _cut(self, note: _Note) -> list[int]:
        """Return where parts end: in shutdown mode each hour's ends what it holds (ADR-0059)."""
        end = max(note.own, default=-1) + 1
        with self._press.db.read() as work:
            is_shut = hearings.find_pause(work, self._press.did) is not None
        is_more = end > max(note.cuts, default=0)
        return [*note.cuts, end] if is_shut and is_more else note.cuts

    def _list_paths(self, name: str) -> set[str]:
        """Return the paths of the files of a note, also of one that a crash left unlisted."""
        board, _, day = name.partition("/")
        return self._shelf.list_traces("" if board == _ALL else board, date.fromisoformat(day))

    def _begin_anew(self) -> None:
        """Forget all: the log is another one, as after a restore, or a note is damaged."""
        self._hour, self._due = -1, []
        self._shelf.take_away(self._shelf.list_sums())
        for name in self._list_names():
            self._shelf.take_away(self._list_paths(name))
            self._notes.discard([name])
        self._notes.discard([_HIDDEN])
        self._hidden, self._looked_at = frozenset(), None
        self._notes.write([(_WALKED, b"0")])

    def _list_names(self) -> list[str]:
        """Return the names of all notes, like `water/2026-11-21`."""
        return sorted(str(path.relative_to(self._folder)) for path in self._folder.glob("*/*-*-??"))

    def _read(self, name: str) -> bytes:
        try:
            return self._notes.read(name)
        except NotFoundError:
            return b""

    def _load(self, name: str) -> _Note:
        raw = self._read_note(name)
        if not raw:
            return _Note()
        try:
            document = strict_json.decode(raw)
        except MalformedError as error:
            raise DamagedNoteError(f"not a note: {self._folder / name}") from error
        return _Note(
            own=dict(document["own"]),
            held=set(document["held"]),
            is_due=document["due"],
            cuts=document.get("cuts", []),
        )

    def _read_note(self, name: str) -> bytes:
        raw = self._read(name)
        if raw and not _shape.fullmatch(raw):
            raise DamagedNoteError(f"not a note: {self._folder / name}")
        return raw

    def _save(self, name: str, note: _Note) -> None:
        self._notes.write([(name, note.encode())])

    def _load_hidden(self) -> frozenset[bytes]:
        try:
            return frozenset(map(bytes.fromhex, self._read(_HIDDEN).decode().split()))
        except ValueError as error:
            raise DamagedNoteError(f"not digests: {self._folder / _HIDDEN}") from error

    def _load_walked(self) -> int:
        raw = self._read(_WALKED)
        try:
            return int(raw or b"0")
        except ValueError as error:
            raise DamagedNoteError(f"not a number: {self._folder / _WALKED}") from error


def _day_of(name: str) -> str:
    return name.partition("/")[2]


def _path_of(slug: str, day: date, part: int) -> str:
    """Return where a board's day, a part of it, or a bulletin is on the shelf."""
    if slug == _ALL:
        return f"{day}.txt"
    return f"{slug}/{day}-{part}.zip" if part else f"{slug}/{day}.zip"


def _split(own: dict[int, int], cuts: Sequence[int] = ()) -> list[list[int]]:
    """Return places in parts whose records are `MOST_SIGNED_BYTES` at most, one of them at least.

    In the order of the log, and an erasure changes no size: what comes later moves no part. No
    part reaches over a cut.
    """
    parts: list[list[int]] = [[]]
    size, hour = 0, 0
    for place in sorted(own):
        began, hour = hour, bisect_right(cuts, place)
        if parts[-1] and (size + own[place] > MOST_SIGNED_BYTES or hour != began):
            parts.append([])
            size = 0
        parts[-1].append(place)
        size += own[place]
    return parts

"""The power is cut: what was synced is there, of the rest any part; nothing that was promised is lost.

Killing a process loses nothing that it wrote (test_sync.py). So the writes themselves are read from
the system calls of a server, and databases are built as a disk would have them: all up to the last
sync of each file, and of what came after any sectors, in any combination.
"""

import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from tests import factories
from tests.faults.load import SCRIBE, new_post
from tests.faults.rounds import CUTS
from tests.faults.tracing import traced_host
from tests.journeys.instance import COMMAND

pytestmark = pytest.mark.slow

dbapi2: Any = import_module("pysqlite3.dbapi2")

POSTS = 60
SECTOR = 512
FILES = ("goftogu.db", "goftogu.db-wal")
STRACE = ("-xx", "-s", "70000", "-e", "trace=pwrite64,ftruncate,fsync,fdatasync,sendto")
# With -xx every string is in hexadecimal, the paths behind descriptors as well.
_call = re.compile(r"(\d+) +(\w+)\(\d+<([^>]*)>(?:, )?(.*)")
_resumed = re.compile(r"(\d+) +<\.\.\. (fsync|fdatasync) resumed>.*= 0$")
_written = re.compile(r'"((?:\\x[0-9a-f]{2})*)", \d+, (\d+)')
CREATED = b"HTTP/1.1 201"


class Change(NamedTuple):
    """Bytes at a place of a file; no bytes mean that it ends there."""

    place: int
    raw: bytes | None


class Event(NamedTuple):
    """Something happened to a file; without a change it was synced, without a file somebody was told."""

    file: str
    change: Change | None = None


@dataclass
class Disk:
    """One file: what is surely there, and what came since."""

    durable: bytearray
    pending: list[Change] = field(default_factory=list)

    def sync(self) -> None:
        for change in self.pending:
            apply(self.durable, change)
        self.pending.clear()

    def cut(self, dice: Random) -> bytes:
        """Return what a power cut leaves: of each write since the last sync any sectors."""
        left, share = bytearray(self.durable), dice.random()
        for place, raw in self.pending:
            if raw is None:
                if dice.random() < share:
                    apply(left, Change(place, None))
                continue
            for start in range(0, len(raw), SECTOR):
                if dice.random() < share:
                    apply(left, Change(place + start, raw[start : start + SECTOR]))
        return bytes(left)


def apply(content: bytearray, change: Change) -> None:
    """Do to a file what a call did."""
    place, raw = change
    content.extend(bytes(max(0, place - len(content))))
    if raw is None:
        del content[place:]
    else:
        content[place : place + len(raw)] = raw


def test_power_cut_loses_nothing_that_was_promised(template: Path, tmp_path: Path) -> None:
    posts, events = hand_in(template, tmp_path, [str(COMMAND), "serve", "--listen"])

    # The log was emptied into the file on the way, so cuts fall into that as well.
    assert any(event.file == FILES[0] and event.change for event in events)
    assert count_lost(template, tmp_path, posts, events) == [0] * CUTS


def test_check_sees_what_a_power_cut_takes_of_what_was_not_synced(
    template: Path, tmp_path: Path
) -> None:
    unsynced = [sys.executable, "-m", "tests.faults.serve_unsynced"]
    posts, events = hand_in(template, tmp_path, unsynced)

    assert sum(lost > 0 for lost in count_lost(template, tmp_path, posts, events)) > CUTS // 2


def hand_in(template: Path, folder: Path, command: list[str]) -> tuple[list[bytes], list[Event]]:
    """Let a server take in posts one by one, and an erasure; return them and what it did to its files."""
    # A board that waits a quarter of an hour: the posts stand in the database alone.
    posts = [new_post(board=factories.SQUARE) for _ in range(POSTS)]
    posts.insert(POSTS // 2, factories.erasure(SCRIBE, posts[0]))
    with traced_host(template, folder, command, *STRACE) as host:
        assert [host.submit(post) for post in posts] == [201] * len(posts)
    with (folder / "trace").open(encoding="ascii", errors="replace") as trace:
        events = list(read_events(trace))
    assert events.count(Event("")) == len(posts)
    # The rest is the server's end: it empties its log, and takes it away.
    last = len(events) - events[::-1].index(Event(""))
    return posts, events[:last]


def read_events(trace: Iterable[str]) -> Iterator[Event]:
    """Read what happened to the database's two files, and when somebody was told 201."""
    syncing = dict[str, str]()
    for line in trace:
        if (done := _resumed.match(line)) and done[1] in syncing:
            yield Event(syncing.pop(done[1]))
        call = _call.match(line)
        if call is None:
            continue
        process, name, path, words = call.groups()
        file = Path(unhex(path).decode(errors="replace")).name
        if name == "sendto" and unhex(words.partition('"')[2]).startswith(CREATED):
            yield Event("")
        elif file in FILES and name in {"pwrite64", "ftruncate"}:
            yield Event(file, read_change(words))
        elif file in FILES and "unfinished" in line:
            syncing[process] = file
        elif file in FILES and line.rstrip().endswith("= 0"):
            yield Event(file)


def read_change(words: str) -> Change:
    """Read what a call wrote, or where it cut a file off."""
    if written := _written.match(words):
        return Change(int(written[2]), unhex(written[1]))
    # Another process's call may stand before the end of this one.
    return Change(int(re.split(r"\)| <", words)[0]), None)


def unhex(text: str) -> bytes:
    """Return the bytes of strace's hexadecimal, up to what is none."""
    found = re.match(r"(?:\\x[0-9a-f]{2})*", text)
    return bytes.fromhex(found[0].replace("\\x", "")) if found else b""


def count_lost(template: Path, folder: Path, posts: list[bytes], events: list[Event]) -> list[int]:
    """Cut the power at random moments; return how many promised records each database has lost."""
    moments, lost = sorted(Random(0).sample(range(len(events)), CUTS)), []
    disks = {name: Disk(bytearray(read_file(template / name))) for name in FILES}
    told = 0
    for number, event in enumerate(events):
        if event == Event(""):
            told += 1
        elif event.change is None:
            disks[event.file].sync()
        else:
            disks[event.file].pending.append(event.change)
        if moments and moments[0] == number:
            moments.pop(0)
            place = folder / f"cut-{number}"
            place.mkdir()
            for name, disk in disks.items():
                (place / name).write_bytes(disk.cut(Random(number)))
            lost.append(told - count_kept(place, posts[:told]))
            shutil.rmtree(place)
    return lost


def count_kept(place: Path, promised: list[bytes]) -> int:
    """Return how many of some records a database has, which must be whole."""
    connection = dbapi2.connect(place / FILES[0])
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        kept = dict(connection.execute("SELECT digest, raw FROM record").fetchall())
    finally:
        connection.close()
    found = [kept[digest] for raw in promised if (digest := factories.digest_of(raw)) in kept]
    # An erasure that was promised has taken the words of the first one.
    assert {raw for raw in found if raw is not None} <= set(promised)
    return len(found)


def read_file(path: Path) -> bytes:
    """Return what stands in a file, nothing if there is none."""
    return path.read_bytes() if path.exists() else b""

"""A log of a million entries: how fast it is signed, what a tick, a proof and a start cost then.

The entries are digests of nothing: what a record does once it is shown is measured elsewhere
(`posting`). Each part runs in a process of its own, so that the most memory which it ever held is
its own. Processor time is told beside wall time, which says as much about the disk and the others.
"""

import multiprocessing
import random
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Final

from app import tlog, wiring, worker
from app.records.codec import encode_leaf
from app.settings import Settings
from app.tlog.tables import PendingRow
from app.tlog.tree import hash_leaf
from benchmarks.figures import Figure
from benchmarks.process import most_memory_mb
from sqlalchemy import insert
from tests import factories

ENTRIES: Final = 1_000_000
_LANE: Final = tlog.Lane(name="many", tick_s=900)
_AT_ONCE: Final = 50_000
_TICKS: Final = 60
_PROOFS: Final = 2_000
_INTEGRATE_BAR_US: Final = 1e6 / 20_000
_TICK_BAR_MS: Final = 20.0
_PROOF_BAR_MS: Final = 1.0
_MEMORY_BAR_MB: Final = 200.0

Part = Callable[[Path, int], list[Figure]]


def measure(entries: int = ENTRIES) -> list[Figure]:
    """Make a log of so many entries in one run of the sequencer, and measure it."""
    figures: list[Figure] = []
    with TemporaryDirectory(prefix="sequencing") as folder:
        for part in (_queue, _integrate, _start, _go_on):
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                figures += pool.apply(part, (Path(folder) / "instance", entries))
    return figures


def _queue(data: Path, entries: int) -> list[Figure]:
    """Found an instance with a live board, where many entries are due."""
    house = wiring.init_house(Settings(data=data, database_url="", origin=""))
    with closing(house.db):
        with house.db.write() as work:
            house.door.submit(work, factories.board(factories.LIVE, home=house.keys["instance"]))
            tlog.open_lane(work, _LANE)
        worker.tick(house)
        for start in range(0, entries, _AT_ONCE):
            numbers = range(start, min(start + _AT_ONCE, entries))
            leaves = [encode_leaf(sha256(b"%d" % number).digest(), "Note") for number in numbers]
            rows = [
                {"leaf_hash": hash_leaf(leaf), "leaf": leaf, "lane": _LANE.name, "due_at": 0}
                for leaf in leaves
            ]
            with house.db.write() as work:
                work.session.execute(insert(PendingRow), rows)
    return []


def _integrate(data: Path, entries: int) -> list[Figure]:
    """Give all of them their places and sign the log that holds them."""
    house = _open(data)
    with closing(house.db):
        places, signatures = _Stopwatch(), _Stopwatch()
        house.sequencer.require_own_past()
        while _is_due(house):
            with places, house.db.write() as work:
                tlog.integrate_due(work)
            with signatures:
                house.sequencer.sign()
        with house.db.write() as work:
            assert tlog.count_entries(work) >= entries
            # There are no records behind these entries, and so nothing to show.
            tlog.set_shown(work, tlog.count_entries(work))
    figures = []
    for clock in ("processor", "wall"):
        first, second = getattr(places, clock), getattr(signatures, clock)
        total = first + second
        figures += [
            Figure(
                name=f"integrate {entries:,} entries ({entries / total:,.0f}/s), {clock}",
                unit="µs",
                samples=[total / entries * 1e6],
                bar=_INTEGRATE_BAR_US,
            ),
            Figure(name=f"of these, places, {clock}", unit="µs", samples=[first / entries * 1e6]),
            Figure(name=f"of these, files, {clock}", unit="µs", samples=[second / entries * 1e6]),
        ]
    return [*figures, _memory("integrating")]


def _start(data: Path, entries: int) -> list[Figure]:
    """Look the whole log over, as at every start."""
    house = _open(data)
    with closing(house.db):
        watch = _Stopwatch()
        with watch:
            house.sequencer.require_own_past()
    name = f"look {entries:,} entries over at the start"
    return [
        Figure(name=f"{name}, processor", unit="s", samples=[watch.processor]),
        Figure(name=f"{name}, wall", unit="s", samples=[watch.wall]),
        _memory("looking over"),
    ]


def _go_on(data: Path, entries: int) -> list[Figure]:
    """Run ticks with one post each on the large log, and prove entries of it."""
    house = _open(data)
    with closing(house.db):
        worker.tick(house)
        ticks = [_tick(house, number) for number in range(_TICKS)]
        published, chance = house.sequencer.published, random.Random(2013)
        proofs = []
        for _ in range(_PROOFS):
            index = chance.randrange(entries)
            begun = perf_counter()
            published.prove(index)
            proofs.append((perf_counter() - begun) * 1e3)
    processor = [tick.processor * 1e3 for tick in ticks]
    wall = [tick.wall * 1e3 for tick in ticks]
    title = f"a tick with one post, {entries:,} entries before it"
    return [
        Figure(name=f"{title}, processor", unit="ms", samples=processor, bar=_TICK_BAR_MS),
        Figure(name=f"{title}, wall", unit="ms", samples=wall, bar=_TICK_BAR_MS),
        Figure(name="an inclusion proof from tiles", unit="ms", samples=proofs, bar=_PROOF_BAR_MS),
        _memory("ticks and proofs"),
    ]


def _tick(house: wiring.House, number: int) -> "_Stopwatch":
    raw = factories.note(factories.person("Ava"), board=factories.LIVE, text=f"Post {number}")
    with house.db.write() as work:
        house.door.submit(work, raw)
    watch = _Stopwatch()
    with watch:
        shown = worker.tick(house)
    if shown != 1:
        raise RuntimeError("a post was not shown")
    return watch


def _open(data: Path) -> wiring.House:
    return wiring.open_house(Settings(data=data, database_url="", origin=""))


def _is_due(house: wiring.House) -> bool:
    with house.db.read() as work:
        return tlog.has_due(work)


def _memory(doing: str) -> Figure:
    name = f"memory, most while {doing}"
    return Figure(name=name, unit="MB", samples=[most_memory_mb()], bar=_MEMORY_BAR_MB)


@dataclass(slots=True)
class _Stopwatch:
    """Adds up seconds of processor and wall time of the blocks that it is put around."""

    processor: float = 0.0
    wall: float = 0.0

    def __enter__(self) -> None:
        self.processor -= process_time()
        self.wall -= perf_counter()

    def __exit__(self, *_: object) -> None:
        self.processor += process_time()
        self.wall += perf_counter()

"""What a copy costs: verifying a mirror's records, and taking in a bundle of ten thousand posts."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Final

from app import wiring, worker
from app.cli import bundle
from app.federation.bundles.bringing import bring
from app.federation.bundles.codec import read_bundle
from app.settings import Settings
from benchmarks.figures import Figure
from tests import factories
from tests.federation import hosts

_RECORDS: Final = 20_000
_POSTS: Final = 10_000
_AUTHORS: Final = 100
_AT_ONCE: Final = 250
_TEXT: Final = "آب رودخانه امسال زودتر از همیشه کم شد و کسی نگفت چرا؛ " * 5
_VERIFY_BAR_US: Final = 1e6 / 3_000
_IMPORT_BAR_S: Final = 10.0


def measure() -> list[Figure]:
    """Measure both."""
    with TemporaryDirectory(prefix="carrying") as folder:
        return [*_verify_mirror(Path(folder) / "mirror"), *_import_bundle(Path(folder))]


def _verify_mirror(folder: Path) -> list[Figure]:
    host = hosts.Host(folder)
    for _ in range(4):
        host.publish(*_posts(_RECORDS // 4))
    processor, wall = process_time(), perf_counter()
    found = hosts.verify(folder)
    spent, took = process_time() - processor, perf_counter() - wall
    if found.shown.tiles.tree.size != _RECORDS:
        raise RuntimeError("not every record was verified")
    return [
        Figure(
            name=f"verify a mirror's record ({_RECORDS / seconds:,.0f}/s), {clock}",
            unit="µs",
            samples=[seconds / _RECORDS * 1e6],
            bar=_VERIFY_BAR_US,
        )
        for clock, seconds in (("processor", spent), ("wall", took))
    ]


def _import_bundle(folder: Path) -> list[Figure]:
    """Carry a board from an instance to its twin, as it was before anybody posted."""
    with _instance(folder / "home") as home, home.db.write() as work:
        home.door.submit(work, factories.board(factories.LIVE, home=home.keys["instance"]))
    shutil.copytree(folder / "home", folder / "abroad")
    with _instance(folder / "home") as home:
        bring(home.db, home.door, _posts(_POSTS))
        while worker.tick(home):
            pass
        made = bundle._export(home, factories.LIVE.slug, None, 0)  # noqa: SLF001 (as `goftogu bundle`)
    with _instance(folder / "abroad") as abroad:
        processor, wall = process_time(), perf_counter()
        records = read_bundle(made.raw).contents.records
        brought = bring(abroad.db, abroad.door, records)
        spent, took = process_time() - processor, perf_counter() - wall
    if (brought.new, made.posts) != (_POSTS, _POSTS):
        raise RuntimeError("a post was not taken in")
    return [
        Figure(name=f"import {_POSTS:,} posts, {clock}", unit="s", samples=[s], bar=_IMPORT_BAR_S)
        for clock, s in (("processor", spent), ("wall", took))
    ] + [Figure(name=f"a bundle of {_POSTS:,} posts", unit="MB", samples=[len(made.raw) / 1e6])]


@contextmanager
def _instance(data: Path) -> Iterator[wiring.House]:
    house = wiring.init_house(Settings(data=data, database_url="", origin=""))
    with closing(house.db):
        yield house


def _posts(count: int) -> list[bytes]:
    """Return posts by many authors, each of which opens a thread on the live board."""
    authors = [factories.person(f"Author {number}") for number in range(_AUTHORS)]
    return [
        factories.note(
            authors[number % _AUTHORS], board=factories.LIVE, title=f"آب {number}", text=_TEXT
        )
        for number in range(count)
    ]

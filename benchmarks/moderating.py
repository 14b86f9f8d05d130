"""Moderation under 100,000 open reports: the queue's first page, and groups of 10,000 reports.

Rows are put into the database as reports leave them; nobody stands behind them. Groups are looked
for as the worker does it, in a process of its own.
"""

import multiprocessing
import random
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Final

from app import wiring
from app.kernel.clock import DAY_S, Instant
from app.main import create_app
from app.moderation import service
from app.moderation.jobs.grouping import find_groups_apart
from app.moderation.model import Role
from app.moderation.model.crowds import Group
from app.moderation.tables import CaseRow, ReportRow
from app.settings import Settings
from app.wiring import House
from benchmarks.figures import Figure
from benchmarks.process import resident_mb
from sqlalchemy import insert
from starlette.testclient import TestClient
from tests import factories
from tests.houses import submit
from tests.moderation import crowds
from tests.moderation.desks import seat
from tests.moderation.working import Worker, work_at
from tests.postgres.server import find_programs, running_postgres
from tests.visitor import ORIGIN

REPORTS: Final = 100_000
_CASES: Final = 60_000
_PEOPLE: Final = 20_000
_EVENTS: Final = 10_000
_PAGES: Final = 200
_AT_ONCE: Final = 5_000
_PAGE_BAR_MS: Final = 50.0
_GROUPS_BAR_S: Final = 60.0
_MEMORY_BAR_MB: Final = 500.0


def measure(reports: int = REPORTS) -> list[Figure]:
    """Fill instances with so many open reports, and measure them."""
    # In a process of its own, whose children are those that look for groups.
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        figures: list[Figure] = pool.apply(_groups)
    for name, url in _databases():
        with _filled(url, reports) as house:
            figures += _pages(name, house)
    return figures


def _databases() -> Iterator[tuple[str, str]]:
    yield "SQLite", ""
    programs = find_programs()
    if programs is not None:
        with running_postgres(programs) as server:
            yield "PostgreSQL", server.create_database()


@contextmanager
def _filled(url: str, reports: int) -> Iterator[House]:
    with TemporaryDirectory(prefix="moderating") as folder:
        settings = Settings(data=Path(folder) / "instance", database_url=url, origin="")
        house = wiring.init_house(settings)
        try:
            _fill(house, reports)
            yield house
        finally:
            house.db.close()


def _fill(house: House, reports: int) -> None:
    """Put in cases of one to several reports each, one in fifty of danger."""
    draw, now = random.Random(1), house.clock.now()
    at = Instant(now - now % 600 - DAY_S)
    cases = [
        {
            "id": f"{number:020x}", "subject_kind": "post", "subject": f"{number:064x}",
            "board": factories.SQUARE.did, "version": bytes(32), "state": "open",
            "is_dangerous": number % 50 == 0, "weight": 1 + number % 3, "report_count": 2,
            "rank": -(1 + number % 3) - (1_000_000 if number % 50 == 0 else 0),
            "opened_at": Instant(at - 600 * (number % 900)), "decision": None, "memo": "",
        }
        for number in range(_CASES)
    ]  # fmt: skip
    pairs = {(draw.randrange(_CASES), draw.randrange(_PEOPLE)) for _ in range(reports)}
    while len(pairs) < reports:
        pairs.add((draw.randrange(_CASES), draw.randrange(_PEOPLE)))
    rows = [
        {
            "case": f"{case:020x}", "mark": crowds.mark(person), "rule": "spam",
            "text": " ".join(draw.choices(crowds.WORDS, k=8)), "is_notice": False,
            "reported_at": Instant(at - 600 * draw.randrange(900)),
        }
        for case, person in pairs
    ]  # fmt: skip
    for table, values in ((CaseRow, cases), (ReportRow, rows)):
        for start in range(0, len(values), _AT_ONCE):
            with house.db.write() as work:
                work.session.execute(insert(table), values[start : start + _AT_ONCE])


@contextmanager
def _desk(house: House) -> Iterator[Worker]:
    """Log in at the desk of a steward."""
    babak = factories.person("Babak")
    submit(house, factories.board(factories.SQUARE, home=house.keys["instance"]))
    submit(house, factories.card(babak))
    opened = seat(house, babak, role=Role.STEWARD, boards=())
    with TestClient(create_app(house, ORIGIN), ORIGIN, follow_redirects=False) as client:
        yield work_at(client, opened)


def _pages(name: str, house: House) -> list[Figure]:
    wall, processor = [], []
    with _desk(house) as worker:
        for _ in range(_PAGES):
            began, used = perf_counter(), process_time()
            answer = worker.get("/desk")
            wall.append((perf_counter() - began) * 1e3)
            processor.append((process_time() - used) * 1e3)
            assert answer.status_code == 200, answer.text
    with house.db.read() as work:
        began = perf_counter()
        service.find_attack(work)
        attack = (perf_counter() - began) * 1e3
    p95, p95_processor = (sorted(times)[int(0.95 * _PAGES)] for times in (wall, processor))
    return [
        Figure(
            name=f"queue of {REPORTS:,} open reports, first page, p95, {name}",
            unit="ms", samples=[p95], bar=_PAGE_BAR_MS,
        ),
        Figure(name=f"the same, processor time, {name}", unit="ms", samples=[p95_processor]),
        Figure(name=f"looking for an attack, {name}", unit="ms", samples=[attack]),
    ]  # fmt: skip


def _groups() -> list[Figure]:
    """Look for groups as the worker does."""
    draw = random.Random(2)
    posts = [f"post-{number}" for number in range(500)]
    sightings = crowds.honest(draw, range(6_000), posts, days=30)[: _EVENTS - 2_000]
    sightings += crowds.colluding(draw, range(10_000, 12_000), posts)[: _EVENTS - len(sightings)]
    joined = crowds.joined(draw, range(10_000, 11_600), days=4)
    before = resident_mb()
    began = perf_counter()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    groups: list[Group] = find_groups_apart(sightings, joined)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert groups
    return [
        Figure(
            name=f"groups of {len(sightings):,} reports, processor time", unit="s",
            samples=[after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime],
            bar=_GROUPS_BAR_S,
        ),
        Figure(name="the same, wall time", unit="s", samples=[perf_counter() - began]),
        Figure(
            name="the same, memory of its own process", unit="MB",
            samples=[after.ru_maxrss * 1024 / 1e6], bar=_MEMORY_BAR_MB,
        ),
        Figure(name="what whoever asked holds more", unit="MB", samples=[resident_mb() - before]),
    ]  # fmt: skip

"""Whether a forum stays as fast as it was: a thousand posts, a hundred thousand, a million.

One instance grows (`population` says of what) and is copied at each size. Then the copies take
turns in one run, so that whatever else the machine does meets all of them: pages are made anew by
the whole application in this process, past the page cache, with their letters remembered as on a
host that runs for a while. Processor time is compared, wall time is told beside it. Memory is that
of `goftogu serve` after the same requests to each.
"""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, cycle, islice
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Final
from urllib.parse import urlencode

from app import forum, wiring
from app.db import Work
from app.forum import service
from app.forum.model import POSTS_PER_PAGE, THREADS_PER_PAGE
from app.forum.tables import BoardRow, PostRow, ThreadRow
from app.identity.tables import PostingKeyRow
from app.main import create_app
from app.settings import Settings
from benchmarks.figures import Figure
from benchmarks.population import Population
from benchmarks.serving import ask
from sqlalchemy import func, select
from starlette.types import ASGIApp
from tests.journeys.instance import Instance, serving

SIZES: Final = (1_000, 100_000, 1_000_000)
_ROUNDS: Final = 40
_QUESTIONS: Final = 15
_REQUESTS: Final = 400
_PAGE_BAR: Final = 1.5
_SEARCH_BAR_MS: Final = 200
_MEMORY_BAR: Final = 1.3
_COMPARED: Final = ("thread", "board", "latest")

Vocabularies = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """An instance of one size, opened in this process, and what is asked of it."""

    posts: int
    data: Path
    app: ASGIApp
    pages: Mapping[str, Sequence[str]]
    """Addresses by kind of page."""
    questions: Mapping[str, Sequence[str]]
    """Addresses of searches by kind of question."""


def measure(sizes: Sequence[int] = SIZES) -> list[Figure]:
    """Grow an instance, and measure it at each size."""
    with TemporaryDirectory(prefix="growing") as folder:
        words, build = grow(Path(folder), sizes)
        return [build, *measure_at(Path(folder), sizes, words)]


def grow(folder: Path, sizes: Sequence[int]) -> tuple[Vocabularies, Figure]:
    """Make an instance of each size in a folder."""
    growing = folder / "growing"
    house = wiring.init_house(Settings(data=growing, database_url="", origin=""))
    population = Population(house)
    begun = perf_counter()
    for size in sizes:
        population.grow(size)
        shutil.copytree(growing, folder / str(size))
    took = perf_counter() - begun
    house.db.close()
    shutil.rmtree(growing)
    return population.words, Figure(name=f"make {sizes[-1]:,} posts", unit="s", samples=[took])


def measure_at(folder: Path, sizes: Sequence[int], words: Vocabularies) -> list[Figure]:
    """Measure instances that were made."""
    with _opened(folder, sizes, words) as stages:
        figures = [*_measure_pages(stages), *_measure_searches(stages)]
    return figures + _measure_memory(stages)


@contextmanager
def _opened(folder: Path, sizes: Sequence[int], words: Vocabularies) -> Iterator[list[Stage]]:
    houses = [
        wiring.open_house(Settings(data=folder / str(size), database_url="", origin=""))
        for size in sizes
    ]
    try:
        yield [_stage(house, size, words) for house, size in zip(houses, sizes, strict=True)]
    finally:
        for house in houses:
            house.db.close()


def _stage(house: wiring.House, posts: int, words: Vocabularies) -> Stage:
    with house.db.read() as work:
        pages, questions = _pages(work), _questions(work, words)
    app = create_app(house, "http://testserver")
    return Stage(posts=posts, data=house.settings.data, app=app, pages=pages, questions=questions)


def _pages(work: Work) -> dict[str, list[str]]:
    """Choose pages: threads of more than a page, the largest board, and the ends of both."""
    long = select(ThreadRow.id).where(ThreadRow.post_count >= POSTS_PER_PAGE)
    threads = work.session.scalars(long.order_by(ThreadRow.id).limit(20)).all()
    longest = work.session.execute(
        select(ThreadRow.id, ThreadRow.post_count).order_by(ThreadRow.post_count.desc())
    ).first()
    board = work.session.execute(
        select(BoardRow.slug, BoardRow.thread_count).order_by(BoardRow.thread_count.desc())
    ).first()
    busiest = work.session.execute(
        select(PostRow.author, func.count().label("posts"))
        .group_by(PostRow.author)
        .order_by(func.count().desc())
    ).first()
    assert longest
    assert board
    assert busiest
    mark = work.session.scalar(
        select(PostingKeyRow.fingerprint).where(PostingKeyRow.did == busiest.author)
    )
    last_post = -(-longest.post_count // POSTS_PER_PAGE)
    last_thread = -(-board.thread_count // THREADS_PER_PAGE)
    return {
        "thread": [f"/fa/t/{thread}" for thread in threads],
        "board": [f"/fa/b/{board.slug}"],
        "latest": ["/fa/latest"],
        f"longest thread ({longest.post_count:,}), first page": [f"/fa/t/{longest.id}"],
        f"longest thread, page {last_post:,}": [f"/fa/t/{longest.id}?page={last_post}"],
        f"largest board, page {last_thread:,}": [f"/fa/b/{board.slug}?page={last_thread}"],
        "board, unanswered": [f"/fa/b/{board.slug}?sort=unanswered"],
        "latest, since the first post": ["/fa/latest?since=0"],
        "feed of a board": [f"/fa/b/{board.slug}/feed.atom"],
        f"persona of {busiest.posts:,} posts": [f"/fa/persona/{(mark or '').replace(' ', '')}"],
    }


def _questions(work: Work, words: Vocabularies) -> dict[str, list[str]]:
    """Choose what is asked: by how common its words are, alone and narrowed."""
    frequent, middling, rare = (
        [word for language in words.values() for word in islice(language, first, first + 5)]
        for first in (0, 400, 20_000)
    )
    boards = [board.slug for board, _ in forum.list_boards(work)]
    newest = service.list_threads(work, board=None, sort=forum.ThreadSort.REPLY, page=1)[0]
    mark = newest[0].opening.author.fingerprint
    day = newest[0].thread.last_day.isoformat()
    asked = {
        "a frequent word": [{"q": word} for word in frequent],
        "a middling word": [{"q": word} for word in middling],
        "a rare word": [{"q": word} for word in rare],
        "two frequent words": [
            {"q": f"{one} {other}"}
            for one, other in zip(frequent, frequent[1:] + frequent[:1], strict=True)
        ],
        "a frequent and a rare word": [
            {"q": f"{one} {other}"} for one, other in zip(frequent, rare, strict=True)
        ],
        "three middling words": [
            {"q": " ".join(middling[start : start + 3])} for start in range(_QUESTIONS - 2)
        ],
        "a frequent word on the largest board": [
            {"q": word, "board": boards[0]} for word in frequent
        ],
        "a rare word on the smallest board": [{"q": word, "board": boards[-1]} for word in rare],
        "a frequent word by an author": [{"q": word, "author": mark} for word in frequent],
        "a frequent word on a day": [{"q": word, "day": day} for word in frequent],
        "a frequent word, long ago": [{"q": word, "before": "500"} for word in frequent],
    }
    return {
        kind: [f"/fa/search?{urlencode(question)}" for question in questions]
        for kind, questions in asked.items()
    }


def _measure_pages(stages: Sequence[Stage]) -> list[Figure]:
    kinds = [list(stage.pages) for stage in stages]
    samples = asyncio.run(_take_turns(stages, lambda stage: stage.pages, _ROUNDS))
    figures = []
    for stage, names, times in zip(stages, kinds, samples, strict=True):
        for name in names:
            title = f"{stage.posts:,} posts: {name}"
            processor, wall = zip(*times[name], strict=True)
            figures.append(Figure(name=f"{title}, processor", unit="ms", samples=processor))
            figures.append(Figure(name=f"{title}, wall", unit="ms", samples=wall))
    by_name = {figure.name: figure.median for figure in figures}
    small, large = f"{stages[0].posts:,} posts: ", f"{stages[-1].posts:,} posts: "
    for kind in _COMPARED:
        for clock in ("processor", "wall"):
            ratio = by_name[f"{large}{kind}, {clock}"] / by_name[f"{small}{kind}, {clock}"]
            name = f"{kind} page, {stages[-1].posts:,} / {stages[0].posts:,} posts, {clock}"
            figures.append(Figure(name=name, unit="", samples=[ratio], bar=_PAGE_BAR))
    return figures


def _measure_searches(stages: Sequence[Stage]) -> list[Figure]:
    samples = asyncio.run(_take_turns(stages, lambda stage: stage.questions, _QUESTIONS))
    figures = []
    for stage, times in zip(stages, samples, strict=True):
        title = f"{stage.posts:,} posts: search"
        for kind, pairs in times.items():
            walls = [wall for _, wall in pairs]
            figures.append(Figure(name=f"{title} for {kind}", unit="ms", samples=walls))
        for clock, place in (("processor", 0), ("wall", 1)):
            every = [pair[place] for pair in chain.from_iterable(times.values())]
            figures.append(
                Figure(
                    name=f"{title}, p95 of all, {clock}",
                    unit="ms",
                    samples=[quantiles(every, n=20)[-1]],
                    bar=_SEARCH_BAR_MS,
                )
            )
    return figures


async def _take_turns(
    stages: Sequence[Stage],
    addresses: Callable[[Stage], Mapping[str, Sequence[str]]],
    rounds: int,
) -> list[dict[str, list[tuple[float, float]]]]:
    """Ask every stage for each kind in turn; return milliseconds of processor and wall time."""
    asked = [{kind: cycle(paths) for kind, paths in addresses(stage).items()} for stage in stages]
    samples: list[dict[str, list[tuple[float, float]]]] = [
        {kind: [] for kind in addresses(stage)} for stage in stages
    ]
    for stage in stages:
        for path in chain.from_iterable(addresses(stage).values()):
            await ask(stage.app, path)
    for _ in range(rounds):
        for stage, turns, found in zip(stages, asked, samples, strict=True):
            for kind, turn in turns.items():
                found[kind].append(await _timed(stage.app, next(turn)))
    return samples


async def _timed(app: ASGIApp, path: str) -> tuple[float, float]:
    processor, wall = process_time(), perf_counter()
    await ask(app, path)
    return (process_time() - processor) * 1e3, (perf_counter() - wall) * 1e3


def _measure_memory(stages: Sequence[Stage]) -> list[Figure]:
    sizes = []
    for stage in stages:
        paths = list(chain(*stage.pages.values(), *stage.questions.values()))
        with serving(stage.data) as origin:
            instance = Instance(origin=origin, data=stage.data, logins=())
            for path in islice(cycle(paths), _REQUESTS):
                instance.get(path)
            sizes.append(_resident_mb())
    figures = [
        Figure(name=f"{stage.posts:,} posts: memory of the server", unit="MB", samples=[size])
        for stage, size in zip(stages, sizes, strict=True)
    ]
    name = f"memory, {stages[-1].posts:,} / {stages[0].posts:,} posts"
    ratio = sizes[-1] / sizes[0]
    return [*figures, Figure(name=name, unit="", samples=[ratio], bar=_MEMORY_BAR)]


def _resident_mb() -> float:
    """Return the memory of the server that this process has started."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    # Beside it may be what Python itself started for the measurements before.
    (server,) = [c for c in children if b"goftogu" in Path(f"/proc/{c}/cmdline").read_bytes()]
    status = Path(f"/proc/{server}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024 / 1e6

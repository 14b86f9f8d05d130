"""What was heard: how near weighted figures come to a known truth, and what it costs.

Also how often bounds hold the truth, and how long it takes. People are made up by a seed; errors
are in shares (0.01 is a point).

Margins told openly are the generator of OPINION.md section 5; behind coins, answers
come as two coins leave them. Seconds are processor time of one thread.
"""

from collections.abc import Callable, Sequence
from time import process_time
from typing import Final

import numpy as np
from app.listening.maths.behind_coins import find_deniable_gap
from app.listening.maths.calibration import calibrate
from app.listening.maths.counting import Sample, choose_margins, count_cells
from app.listening.maths.estimates import Estimate, estimate_shares
from app.listening.maths.gap import find_gap
from app.listening.maths.raking import Margin, rake
from app.opinion.maths.sheets import VOUCHED, Ballots
from app.opinion.maths.votes import Votes
from benchmarks.figures import Figure
from tests.listening.crowds import toss
from tests.listening.deniable import MARGINS, make_world
from tests.listening.population import make_population
from tests.listening.test_gap import make_people

_WORLDS: Final = 60
_DRAWS: Final = 200
_GAP: Final = 0.315
_RAKED: Final = 100_000
_MARGINS: Final = 6
_CROWD: Final = 20_000
_STATEMENTS: Final = 200


def measure() -> list[Figure]:
    """Measure each figure that part 8 asks for, and what coins cost."""
    return [
        *_openly(1_000, 0.03),
        *_openly(5_000, 0.015),
        _unseen(),
        *_behind_coins(2_000),
        *_behind_coins(5_000),
        *_behind_coins(20_000),
        *_gap(),
        *_deniable_gap(5_000),
        *_deniable_gap(20_000),
        _rake(),
        _count(),
    ]


def _openly(people: int, bar: float) -> list[Figure]:
    """Raked shares where everybody tells their levels; selection is on the margins."""
    raw, off, missed = list[float](), list[float](), list[bool]()
    for seed in range(_WORLDS):
        for found, truth in _estimates(people, seed, unseen=0.0):
            raw.append(found.raw - truth)
            off.append((found.share or 0.0) - truth)
            missed.append(not _holds(found.sampling, truth))
    name = f"{people:,} people, levels told openly"
    return [
        Figure(name=f"{name}: RMSE raw", unit="share", samples=[_rmse(raw)]),
        Figure(name=f"{name}: RMSE raked", unit="share", samples=[_rmse(off)], bar=bar),
        Figure(name=f"{name}: bounds that miss", unit="share", samples=[_mean(missed)], bar=0.08),
    ]


def _unseen() -> Figure:
    missed = [
        not _holds(found.selection, truth)
        for seed in range(_WORLDS)
        for found, truth in _estimates(5_000, seed, unseen=1.0)
    ]
    name = "5,000 people, engagement unseen: second bounds that miss"
    return Figure(name=name, unit="share", samples=[_mean(missed)], bar=0.05)


def _estimates(people: int, seed: int, *, unseen: float) -> list[tuple[Estimate, float]]:
    population = make_population(seed, unseen=unseen)
    codes, answers = population.draw(people, np.random.default_rng(seed))
    found = estimate_shares(answers, codes, population.margins, seed=seed, draws=_DRAWS)
    truths = population.truth.tolist()
    return [
        (each, truth)
        for each, truth in zip(found, truths, strict=True)
        if each.sampling is not None
    ]


def _behind_coins(people: int) -> list[Figure]:
    """Weighted shares where coins hide everybody's place, region, age and gender."""
    raw, off, missed, second = list[float](), list[float](), list[bool](), list[bool]()
    for seed in range(_WORLDS):
        world = make_world(seed)
        table = world.draw(people, np.random.default_rng(seed))
        found = calibrate(table, MARGINS, seed=seed, draws=_DRAWS)
        raw.append(found.raw - world.truth)
        if found.share is None:
            continue
        off.append(found.share - world.truth)
        missed.append(not _holds(found.sampling, world.truth))
        second.append(not _holds(found.selection, world.truth))
    name = f"{people:,} people, behind coins"
    told = [Figure(name=f"{name}: cannot say", unit="share", samples=[1 - len(off) / _WORLDS])]
    if off:
        told += [
            Figure(name=f"{name}: RMSE raw", unit="share", samples=[_rmse(raw)]),
            Figure(name=f"{name}: RMSE weighted", unit="share", samples=[_rmse(off)]),
            Figure(name=f"{name}: bounds that miss", unit="share", samples=[_mean(missed)]),
            Figure(name=f"{name}: second bounds miss", unit="share", samples=[_mean(second)]),
        ]
    return told


def _gap() -> list[Figure]:
    """The gap where it is known who expresses how much: 800 people, true .315."""
    off, missed = list[float](), list[bool]()
    for seed in range(2 * _WORLDS):
        expressed, preferred, weights, truth = make_people(seed, pull=_GAP)
        found = find_gap(expressed, preferred, weights, seed=seed, draws=_DRAWS)
        if found is not None:
            off.append(found.value - truth)
            missed.append(not found.low <= truth <= found.high)
    return [
        Figure(name="gap of 800 people: RMSE", unit="SD", samples=[_rmse(off)], bar=0.05),
        Figure(
            name="gap of 800 people: bounds miss", unit="share", samples=[_mean(missed)], bar=0.1
        ),
    ]


def _deniable_gap(people: int) -> list[Figure]:
    """The gap where coins hide who wrote: nothing, a post or two (1.3), more (5)."""
    posts, off, missed, unsaid = np.array([0, 1.3, 5.0]), list[float](), list[bool](), 0
    for seed in range(_WORLDS):
        random = np.random.default_rng(seed)
        preferred = random.normal(size=people)
        wrote = random.poisson(0.5 * np.exp(_GAP * preferred))
        voice = np.digitize(wrote, [0.5, 2.5]).astype(np.int64)
        said = posts[voice]
        truth = float((said @ preferred / said.sum() - preferred.mean()) / preferred.std())
        found = find_deniable_gap(
            toss(voice, random), posts, preferred, np.ones(people), seed=seed, draws=_DRAWS
        )
        if found is None:
            unsaid += 1
            continue
        off.append(found.value - truth)
        missed.append(not found.low <= truth <= found.high)
    name = f"gap of {people:,} people behind coins"
    return [
        Figure(name=f"{name}: cannot say", unit="share", samples=[unsaid / _WORLDS]),
        Figure(name=f"{name}: RMSE", unit="SD", samples=[_rmse(off)]),
        Figure(name=f"{name}: bounds miss", unit="share", samples=[_mean(missed)], bar=0.1),
    ]


def _rake() -> Figure:
    random = np.random.default_rng(1)
    codes = random.choice(4, size=(_RAKED, _MARGINS), p=(0.4, 0.3, 0.2, 0.1))
    margins = [
        Margin(
            name=f"m{at}", levels=("a", "b", "c", "d"), shares=(0.25,) * 4, source="-", year=2026
        )
        for at in range(_MARGINS)
    ]
    seconds = _time(lambda: rake(codes, margins), 5)
    return Figure(name="raking 100,000 people by 6 margins", unit="s", samples=seconds, bar=1.0)


def _count() -> Figure:
    """All cells of a consultation of 20,000 people and 200 statements, with their intervals."""
    random = np.random.default_rng(2)
    person = np.repeat(np.arange(_CROWD), 30)
    statement = random.integers(_STATEMENTS, size=person.size)
    votes = Votes.from_rows(
        person,
        statement,
        random.integers(-1, 2, person.size),
        people=_CROWD,
        statements=_STATEMENTS,
    )
    none = Votes.from_rows([], [], [], people=_CROWD, statements=_STATEMENTS)
    ballots = Ballots(
        votes=votes,
        kinds=np.full(_CROWD, VOUCHED),
        sides=np.zeros(_CROWD, dtype=np.int64),
        asked=np.ones(_STATEMENTS, dtype=np.bool_),
    )
    truth = np.stack([random.integers(0, 2, _CROWD) for _ in range(4)], axis=1)
    sample = Sample(
        ballots=ballots,
        about=np.stack([toss(column, random) for column in truth.T], axis=1),
        voices=toss(random.integers(0, 3, _CROWD), random),
        again=none,
        flagged=np.zeros(_CROWD, dtype=np.bool_),
        posts=["00"] * _STATEMENTS,
    )
    seconds = _time(lambda: count_cells(sample, choose_margins(sample, MARGINS), {}), 3)
    return Figure(name="cells of 20,000 people, 200 statements", unit="s", samples=seconds)


def _time(act: Callable[[], object], times: int) -> list[float]:
    found = []
    for _ in range(times):
        begun = process_time()
        act()
        found.append(process_time() - begun)
    return found


def _holds(interval: object, truth: float) -> bool:
    low, high = getattr(interval, "low", 1.0), getattr(interval, "high", 0.0)
    return bool(low <= truth <= high)


def _rmse(errors: Sequence[float]) -> float:
    return float(np.sqrt(np.mean(np.square(errors)))) if errors else float("nan")


def _mean(flags: Sequence[bool]) -> float:
    return float(np.mean(flags)) if flags else float("nan")

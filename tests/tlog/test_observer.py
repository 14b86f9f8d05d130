"""The observer: knows each submission's exact second, sees the log's public order, and matches the two.

Within a batch the best that arrival times allow is to guess that order was kept. If the shuffle hides it,
one guess a batch is right on average, whatever the batch's size: that is chance.
"""

import random
import shutil
from collections.abc import Sequence
from dataclasses import replace
from math import sqrt
from pathlib import Path

import pytest
from app import tlog
from app.kernel.clock import DAY_S, HOUR_S, MINUTE_S, FixedClock, Instant
from app.tlog.model import LaneFacts, TickPolicy
from app.tlog.rules import decide_due_at, decide_tick
from app.wiring import House
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import factories
from tests.houses import SeededRandomness, open_at

QUARTER = tlog.Lane(name=factories.SQUARE.did, tick_s=15 * MINUTE_S)
AUTHORS = ("Ava", "Babak", "Céline", "Dara")
POSTS_A_DAY = 1200


def live_a_day(house: House, start: Instant, arrivals: Sequence[int]) -> list[list[bytes]]:
    """Submit at these seconds of a day, tick every minute; return the batches in public order."""
    waiting, batches = list(arrivals), []
    # One transaction for the day: what is looked at is order, and a thousand commits take a minute.
    with house.db.write() as day:
        for minute in range(0, DAY_S + 2 * HOUR_S, MINUTE_S):
            while waiting and waiting[0] < minute:
                number = len(arrivals) - len(waiting)
                author = AUTHORS[number % len(AUTHORS)]
                work = replace(day, now=Instant(start + waiting.pop(0)))
                tlog.append(work, f"{number} {author}".encode(), QUARTER)
                # Rows wait with their own unit of work, and this one ends here.
                work.session.flush()
            later = replace(day, now=Instant(start + minute))
            entries = tlog.integrate_due(later)
            later.session.flush()
            if entries:
                batches.append([entry.leaf for entry in sorted(entries, key=lambda e: e.index)])
    return batches


def matched(batch: Sequence[bytes]) -> int:
    """Return how many of a batch's entries the order-preserving guess gets right."""
    arrived = sorted(batch, key=lambda leaf: int(leaf.split()[0]))
    return sum(guess == leaf for guess, leaf in zip(arrived, batch, strict=True))


@pytest.mark.slow
def test_observer_who_knows_every_second_matches_no_better_than_chance(
    template: Path, tmp_path: Path, clock: FixedClock
) -> None:
    chance = random.Random(7)
    arrivals = sorted(chance.randrange(DAY_S) for _ in range(POSTS_A_DAY))

    shutil.copytree(template, tmp_path / "instance")
    house = open_at(tmp_path / "instance", clock, SeededRandomness(3))
    batches = live_a_day(house, clock.instant, arrivals)
    house.db.close()

    assert sum(map(len, batches)) == POSTS_A_DAY
    assert len(batches) > 80
    # A random order keeps one place on average, with a variance of one: chance is 1/size each.
    right, expected = sum(map(matched, batches)), len(batches)
    assert abs(right - expected) < 4 * sqrt(expected), f"{right} matched, {expected} by chance"


@settings(deadline=None)
@given(st.lists(st.integers(0, 6 * HOUR_S), max_size=40).map(sorted))
def test_no_batch_below_five_is_released_before_the_cap(arrivals: list[int]) -> None:
    """The rules alone, minute by minute, with every pattern of arrivals."""
    policy, waiting = TickPolicy(), [decide_due_at(QUARTER, Instant(second)) for second in arrivals]
    arrived = list(zip(arrivals, waiting, strict=True))
    for now in range(0, 9 * HOUR_S, MINUTE_S):
        due = [at for second, at in arrived if at <= now]
        if not due:
            continue
        facts = LaneFacts(lane=QUARTER, due_entries=len(due), oldest_due_at=min(due))
        if decide_tick(facts, Instant(now), policy):
            assert len(due) >= 5 or now - min(due) >= HOUR_S
            arrived = [(second, at) for second, at in arrived if at > now]
    assert not arrived

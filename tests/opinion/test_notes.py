"""When readers' context is shown, and what its page says where it is not."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from app.opinion.maths import notes
from app.opinion.maths.notes import NoteFacts, NoteStatus, Reason, decide_note, measure_notes
from app.opinion.maths.ratings import Ratings
from hypothesis import given
from hypothesis import strategies as st

GOOD = NoteFacts(
    ratings=20, intercept=0.42, factor=0.1, low=0.39, high=0.44, helpful=(9, 8), other=(1, 2)
)


@pytest.mark.parametrize(
    ("change", "status", "reason", "lacking"),
    [
        ({}, NoteStatus.HELPFUL, Reason.HELPS_BOTH_SIDES, 0),
        ({"ratings": 3}, NoteStatus.NEEDS_MORE, Reason.FEW_RATINGS, 2),
        ({"factor": 0.5}, NoteStatus.NEEDS_MORE, Reason.ONE_SIDED, 0),
        ({"factor": -0.5}, NoteStatus.NEEDS_MORE, Reason.ONE_SIDED, 0),
        ({"helpful": (9, 3)}, NoteStatus.NEEDS_MORE, Reason.SIDE_MISSING, 3),
        ({"helpful": (0, 9), "other": (0, 0)}, NoteStatus.NEEDS_MORE, Reason.SIDE_MISSING, 4),
        ({"intercept": 0.395}, NoteStatus.NEEDS_MORE, Reason.NOT_ENOUGH, 0),
        ({"intercept": -0.2}, NoteStatus.NOT_HELPFUL, Reason.HELPS_NEITHER_SIDE, 0),
        ({"intercept": -0.2, "factor": 0.3, "high": 0.1}, NoteStatus.NEEDS_MORE, Reason.NOT_ENOUGH, 0),
        ({"intercept": -0.045, "high": -0.041}, NoteStatus.NOT_HELPFUL, Reason.HELPS_NEITHER_SIDE, 0),
        ({"intercept": -0.045, "high": -0.039}, NoteStatus.NEEDS_MORE, Reason.NOT_ENOUGH, 0),
    ],
)  # fmt: skip
def test_note_has_the_status_that_its_facts_give_it(
    change: dict[str, Any], status: NoteStatus, reason: Reason, lacking: int
) -> None:
    verdict = decide_note(replace(GOOD, **change))

    assert (verdict.status, verdict.reason, verdict.lacking) == (status, reason, lacking)


def test_note_that_is_shown_goes_on_being_shown_a_little_below() -> None:
    below = replace(GOOD, intercept=0.395)

    assert decide_note(below, NoteStatus.HELPFUL).status is NoteStatus.HELPFUL
    assert decide_note(below, NoteStatus.NOT_HELPFUL).status is NoteStatus.NEEDS_MORE
    assert (
        decide_note(replace(GOOD, intercept=0.389), NoteStatus.HELPFUL).status
        is NoteStatus.NEEDS_MORE
    )


def ratings_of(views: Sequence[Sequence[float | None]]) -> Ratings:
    """Return ratings; a row a person, None where somebody did not rate."""
    cells = [
        (person, note, value)
        for person, row in enumerate(views)
        for note, value in enumerate(row)
        if value is not None
    ]
    person, note, value = zip(*cells, strict=True) if cells else ((), (), ())
    return Ratings.from_rows(person, note, value, people=len(views), statements=len(views[0]))


def camps() -> Ratings:
    """Return 40 people in two camps who rate: for the ones, for the others, for all, for nobody; few."""
    left, right = [1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0]
    few = [1.0 if n < 3 else None for n in range(40)]
    return ratings_of([[*(left if n % 2 else right), few[n]] for n in range(40)])


def test_note_that_helps_both_camps_is_shown_and_no_other() -> None:
    facts = measure_notes(camps())
    found = [decide_note(each) for each in facts]

    assert [n for n, each in enumerate(found) if each.status is NoteStatus.HELPFUL] == [2, 6]
    assert found[0].reason in {Reason.ONE_SIDED, Reason.SIDE_MISSING}
    assert found[3].status is NoteStatus.NOT_HELPFUL
    assert (found[8].reason, found[8].lacking) == (Reason.FEW_RATINGS, 2)
    assert facts[2].helpful == (20, 20)
    assert facts[0].net in {(20, -20), (-20, 20)}


def test_bounds_hold_what_one_more_rating_can_do() -> None:
    for facts in measure_notes(camps()):
        assert facts.low <= facts.intercept <= facts.high

    few, many = measure_notes(camps())[8], measure_notes(camps())[2]
    assert few.high - few.low > many.high - many.low


def test_crowd_of_one_side_alone_does_not_get_its_note_shown() -> None:
    """Two hundred more of one camp rate the first note helpful, and rate all else as their camp does."""
    left, right = [1.0, 0.0, 1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 1.0, 0.0, 0.0, 1.0]
    ratings = ratings_of([left] * 220 + [right] * 20)

    found = [decide_note(each) for each in measure_notes(ratings)]

    assert found[0].status is NoteStatus.NEEDS_MORE
    assert found[4].status is NoteStatus.NEEDS_MORE


@given(st.integers(0, 2**32 - 1))
def test_names_of_the_sides_decide_nothing(seed: int) -> None:
    randomness = np.random.default_rng(seed)
    first, second, low = (
        randomness.integers(0, 12, 2),
        randomness.integers(0, 12, 2),
        randomness.random(),
    )
    facts = NoteFacts(
        ratings=20, intercept=randomness.normal(0.3, 0.3), factor=randomness.normal(0, 0.4), low=-low, high=low,
        helpful=(int(first[0]), int(first[1])), other=(int(second[0]), int(second[1])),
    )  # fmt: skip
    turned = replace(
        facts, factor=-facts.factor, helpful=facts.helpful[::-1], other=facts.other[::-1]
    )

    assert decide_note(turned) == decide_note(facts)


def test_no_ratings_and_no_notes() -> None:
    for people, size in ((0, 0), (0, 2), (2, 0)):
        empty = Ratings.from_rows([], [], [], people=people, statements=size)
        facts = measure_notes(empty)

        assert len(facts) == size
        assert all(decide_note(each).lacking == notes.LEAST_RATINGS for each in facts)

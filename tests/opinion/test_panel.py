"""People invited by lot beside those who came by themselves."""

import numpy as np
import pytest
from app.opinion.maths.panel import compare_panel, draw_panel
from app.opinion.maths.values import Mask
from app.opinion.maths.votes import Votes
from hypothesis import given
from hypothesis import strategies as st

NAMES = [f"persona-{n}" for n in range(300)]


def test_same_seed_draws_the_same_people_from_any_order() -> None:
    drawn = draw_panel(NAMES, 20, b"seed")

    assert drawn == draw_panel(reversed([*NAMES, *NAMES]), 20, b"seed")
    assert len(set(drawn)) == 20
    assert drawn != draw_panel(NAMES, 20, b"other")


def test_next_round_goes_on_where_the_first_ended() -> None:
    assert draw_panel(NAMES, 50, b"seed")[:20] == draw_panel(NAMES, 20, b"seed")


@pytest.mark.parametrize("size", [-1, 0])
def test_nobody_is_drawn(size: int) -> None:
    assert draw_panel(NAMES, size, b"seed") == ()
    assert draw_panel([], 5, b"seed") == ()


def test_more_than_there_are_draws_everybody() -> None:
    assert set(draw_panel(NAMES, 1_000, b"seed")) == set(NAMES)


def test_everybody_is_drawn_as_often() -> None:
    times = dict.fromkeys(NAMES, 0)
    for seed in range(400):
        for name in draw_panel(NAMES, 30, str(seed).encode()):
            times[name] += 1

    # 40 times each, give or take six standard deviations.
    assert all(abs(count - 40) < 6 * 6 for count in times.values())


@given(st.sets(st.text(max_size=8), min_size=1, max_size=30), st.binary(max_size=8))
def test_who_is_drawn_does_not_depend_on_who_else_could_be(names: set[str], seed: bytes) -> None:
    """Whoever is drawn stays drawn when somebody else leaves the list."""
    drawn = draw_panel(names, 5, seed)
    gone = min(names)

    assert set(drawn) - {gone} <= set(draw_panel(names - {gone}, 5, seed))


def votes_of(
    panel: list[float], others: list[float], people: int, seed: int = 1
) -> tuple[Votes, Mask]:
    """Return votes of `people` of each kind who agree with these chances (a chance a statement)."""
    randomness = np.random.default_rng(seed)
    chance = np.repeat([panel, others], people, axis=0)
    views = np.where(randomness.random(chance.shape) < chance, 1, -1)
    rows, columns = np.indices(views.shape)
    votes = Votes.from_rows(
        rows.ravel(), columns.ravel(), views.ravel(), people=2 * people, statements=len(panel)
    )
    return votes, np.arange(2 * people) < people


def test_statement_on_which_both_differ_is_named_and_no_other() -> None:
    found = compare_panel(*votes_of([0.5, 0.5, 0.2], [0.5, 0.8, 0.2], 400))

    assert found.differs.tolist() == [False, True, False]
    assert found.high[1] < 0 < found.high[0]
    assert found.panel.share[1] == pytest.approx(0.5, abs=0.08)
    assert found.others.share[1] == pytest.approx(0.8, abs=0.08)
    assert (found.panel.low <= found.panel.share).all()
    assert (found.panel.share <= found.panel.high).all()


def test_few_voters_are_not_compared() -> None:
    votes, panel = votes_of([0.0], [1.0], 29)
    found = compare_panel(votes, panel)

    assert not found.is_compared.any()
    assert not found.differs.any()
    assert found.panel.voted.tolist() == [29]


def test_those_who_do_not_differ_are_seldom_said_to() -> None:
    wrong = sum(
        compare_panel(*votes_of([0.6] * 30, [0.6] * 30, 120, seed)).differs.any()
        for seed in range(100)
    )

    assert wrong <= 12


@pytest.mark.parametrize(("people", "statements"), [(0, 0), (0, 3), (3, 0), (1, 1)])
def test_nobody_and_nothing(people: int, statements: int) -> None:
    votes = Votes.from_rows([], [], [], people=people, statements=statements)
    found = compare_panel(votes, np.zeros(people, dtype=np.bool_))

    assert found.differs.shape == (statements,)
    assert not found.differs.any()
    assert np.isnan(found.panel.share).all()


def test_everybody_passes() -> None:
    votes = Votes.from_rows(
        np.arange(80), np.zeros(80, int), np.zeros(80, int), people=80, statements=1
    )
    found = compare_panel(votes, np.arange(80) < 40)

    assert found.is_compared.all()
    assert not found.differs.any()
    assert found.panel.share.tolist() == [0]

"""Common ground that a bloc cannot buy: the bars of OPINION.md §4, and what the rules keep."""

from functools import cache
from itertools import product

import numpy as np
import pytest
from app.opinion.maths import blocs
from app.opinion.maths.values import Integers, Mask
from app.opinion.maths.votes import Votes
from hypothesis import given
from hypothesis import strategies as st

from tests.opinion import polis
from tests.opinion.bloc import LEAST_VOTERS, Attack, Clean, attacked, share_common_ground

ATTACKS = (Attack.NAIVE, Attack.CAMOUFLAGE, Attack.BLOC)
SEEDS = range(5)


def rank_statements(counts: blocs.Counts) -> list[int]:
    """Return the statements on which enough votes count, common ground first."""
    voters, value = counts.careful.sum(axis=(0, 2)), share_common_ground(counts.careful)
    return [at for at in np.argsort(-value, kind="stable").tolist() if voters[at] >= LEAST_VOTERS]


@cache
def clean_of(name: str) -> Clean:
    return Clean.of(polis.read_final_votes(name))


@cache
def figures(name: str, attack: Attack, kind: str = "careful") -> tuple[float, float, float]:
    """Return mean rho, top ten kept and fall over some draws of bots and vouched people."""
    found = []
    for seed in SEEDS:
        votes, vouched, _ = attacked(clean_of(name), attack, seed)
        counts = blocs.count_carefully(votes, blocs.find_sides(votes, vouched), vouched)
        found.append(clean_of(name).measure(getattr(counts, kind)))
    rho, top, fall = np.mean(found, axis=0).tolist()
    return rho, top, fall


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS)
def test_bloc_with_one_vote_in_ten_moves_little(attack: Attack) -> None:
    rho, top, fall = np.mean([figures(name, attack) for name in polis.SETS], axis=0)

    assert rho >= 0.95
    assert min(figures(name, attack)[0] for name in polis.SETS) >= 0.90
    assert top >= 7
    assert fall <= 0.10


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS)
def test_bloc_moves_much_without_the_rules(attack: Attack) -> None:
    _, top, fall = np.mean([figures(name, attack, "plain") for name in polis.SETS], axis=0)

    assert top < 7
    assert fall > 0.25


@pytest.mark.slow
def test_rules_cost_little_when_nobody_attacks() -> None:
    rho, top, _ = np.mean([figures(name, Attack.NONE) for name in polis.SETS], axis=0)

    assert rho >= 0.98
    assert top >= 8


@pytest.mark.slow
def test_few_honest_people_are_taken_for_a_crowd() -> None:
    for name, attack in product(polis.SETS, Attack):
        shares = []
        for seed in SEEDS:
            votes, vouched, honest = attacked(clean_of(name), attack, seed)
            sides = blocs.find_sides(votes, vouched)
            found = blocs.count_carefully(votes, sides, vouched).lockstep
            shares.append((found.cluster[:honest] >= 0).mean())

        assert np.mean(shares) <= 0.01, (name, attack)


def two_camps(people: int = 60, statements: int = 12) -> Votes:
    """Return votes of two camps that agree on the last two statements alone."""
    camp = np.arange(people) % 2
    views = np.where((np.arange(statements) % 2 == 0) == camp[:, None].astype(bool), 1, -1)
    views[:, -2:] = 1
    rows, columns = np.indices(views.shape)
    return Votes.from_rows(
        rows.ravel(), columns.ravel(), views.ravel(), people=people, statements=statements
    )


def with_bots(votes: Votes, bots: int, views: dict[int, int]) -> Votes:
    return Votes.from_rows(
        np.r_[votes.person_of_each(), np.repeat(np.arange(bots) + votes.people, len(views))],
        np.r_[votes.table.indices, list(views) * bots],
        np.r_[votes.table.data, list(views.values()) * bots].astype(np.int64),
        people=votes.people + bots,
        statements=votes.statements,
    )


def test_camps_are_sides_and_common_ground_is_on_top() -> None:
    votes, vouched = two_camps(), np.ones(60, dtype=np.bool_)

    sides = blocs.find_sides(votes, vouched)
    counts = blocs.count_carefully(votes, sides, vouched)

    assert sides.is_vouched
    assert sides.count == 2
    assert len({*zip(sides.labels.tolist(), (np.arange(60) % 2).tolist(), strict=True)}) == 2
    assert set(rank_statements(counts)[:2]) == {10, 11}


def test_no_number_of_unvouched_people_makes_a_side_say_otherwise() -> None:
    """Nine bots for each person agree with one camp on everything and bury what both hold."""
    votes = with_bots(
        two_camps(), 540, {**{n: 1 if n % 2 else -1 for n in range(8)}, 10: -1, 11: -1}
    )
    vouched = np.arange(votes.people) < 60

    sides = blocs.find_sides(votes, vouched)
    counts = blocs.count_carefully(votes, sides, vouched)

    assert set(rank_statements(counts)[:2]) == {10, 11}
    assert share_common_ground(counts.plain)[10] < 0.3
    assert share_common_ground(counts.careful)[10] > 0.9
    unvouched = counts.careful - counts.vouched
    assert (unvouched <= blocs.CAP * counts.vouched + blocs.ALWAYS).all()
    assert (unvouched.sum(axis=2) <= blocs.CAP * counts.vouched.sum(axis=2) + 1e-9).all()


def test_sides_are_learnt_from_the_vouched_alone() -> None:
    votes = two_camps()
    crowd = with_bots(votes, 300, dict.fromkeys(range(10), 1))
    vouched = np.arange(crowd.people) < 60

    alone = blocs.find_sides(votes, np.ones(60, dtype=np.bool_))
    beside = blocs.find_sides(crowd, vouched)

    assert beside.labels[:60].tolist() == alone.labels.tolist()


def test_few_far_out_are_no_side_of_their_own() -> None:
    """By distance 21 of 281 Canadians would be a side, with a veto, and others with each draw."""
    votes = polis.read_final_votes("canadian-electoral-reform")

    sides = blocs.find_sides(votes, np.ones(votes.people, dtype=np.bool_))
    sizes = np.bincount(sides.labels[sides.labels >= 0])

    assert sizes.min() >= 0.4 * sizes.sum()


def test_nobody_is_vouched_for_and_plain_figures_are_shown() -> None:
    votes, nobody = two_camps(), np.zeros(60, dtype=np.bool_)

    sides = blocs.find_sides(votes, nobody)
    counts = blocs.count_carefully(votes, sides, nobody)

    assert not sides.is_vouched
    assert not counts.is_vouched
    assert (counts.careful == counts.plain).all()
    assert not counts.vouched.any()
    assert counts.lockstep.people == 0


@pytest.mark.parametrize(
    ("people", "statements", "rows"),
    [(0, 0, []), (1, 1, [(0, 0, 1)]), (3, 0, []), (0, 3, []), (30, 1, [(n, 0, 1) for n in range(30)]),
     (40, 9, [(n, s, 0) for n in range(40) for s in range(9)]), (40, 9, [(n, s, 1) for n in range(40) for s in range(9)])],
    ids=["nothing", "one vote", "no statement", "nobody", "one statement", "all pass", "all agree"],
)  # fmt: skip
def test_bad_input_is_counted_without_harm(
    people: int, statements: int, rows: list[tuple[int, int, int]]
) -> None:
    person, statement, vote = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    votes = Votes.from_rows(person, statement, vote, people=people, statements=statements)
    for vouched in (np.ones(people, dtype=np.bool_), np.zeros(people, dtype=np.bool_)):
        sides = blocs.find_sides(votes, vouched)
        counts = blocs.count_carefully(votes, sides, vouched)

        assert counts.plain.shape == (sides.count, statements, 3)
        assert np.isfinite(share_common_ground(counts.careful)).all()


@given(st.integers(0, 2**32 - 1))
def test_nobodys_place_in_the_list_decides(seed: int) -> None:
    randomness = np.random.default_rng(seed)
    people, statements = 70, 14
    camp = np.arange(people) % 2
    drift = randomness.random((people, statements)) < np.where(
        camp[:, None] == np.arange(statements) % 2, 0.9, 0.2
    )
    rows, columns = np.nonzero(randomness.random((people, statements)) < 0.9)
    cast = np.where(drift, 1, -1)[rows, columns]
    vouched = randomness.random(people) < 0.7
    order = randomness.permutation(people)

    def counted(
        person: Integers,
        ours: Mask,
    ) -> bytes:
        votes = Votes.from_rows(person, columns, cast, people=people, statements=statements)
        counts = blocs.count_carefully(votes, blocs.find_sides(votes, ours), ours)
        return np.round(share_common_ground(counts.careful), 9).tobytes()

    moved = np.empty(people, dtype=np.bool_)
    moved[order] = vouched
    assert counted(order[rows], moved) == counted(rows, vouched)

"""A fifth of the raters who collude change few outcomes (PRODUCT.md D4), and what decides then."""

from collections.abc import Callable

import numpy as np
import pytest
from app.opinion.maths.bothsides import (
    NoteStatus,
    Reason,
    SideFacts,
    decide_by_side,
    find_sides,
    measure_by_side,
)
from app.opinion.maths.factors import factorise
from app.opinion.maths.ratings import Ratings

from tests.opinion.colluding import AIMS, NOTES, Board, collude, draw_board

SEEDS = range(6)
Rule = Callable[[Board, list[NoteStatus]], list[NoteStatus]]
UNTOLD = [NoteStatus.NEEDS_MORE] * NOTES


def ours(board: Board, before: list[NoteStatus]) -> list[NoteStatus]:
    facts = measure_by_side(board.ratings)
    return [decide_by_side(*pair).status for pair in zip(facts, before, strict=True)]


def theirs(board: Board, before: list[NoteStatus]) -> list[NoteStatus]:
    """Decide as Community Notes does: a high intercept, and a place near the middle of the axis."""
    factors = factorise(board.ratings)
    near = np.abs(factors.statement_factor) < 0.5
    least = [0.39 if status is NoteStatus.HELPFUL else 0.40 for status in before]
    is_shown = near & (factors.statement_intercept >= least)
    return [NoteStatus.HELPFUL if shown else NoteStatus.NEEDS_MORE for shown in is_shown]


def share_changed(rule: Rule, aim: str) -> float:
    """Return the share of notes that are shown, or not, only because a fifth of the raters collude."""
    changed = []
    for seed in SEEDS:
        board = draw_board(seed)
        before = rule(board, UNTOLD)
        shown = np.array([status is NoteStatus.HELPFUL for status in before])
        after = rule(collude(board, shown, aim, seed), before)
        changed.append(np.mean(shown != [status is NoteStatus.HELPFUL for status in after]))
    return float(np.mean(changed))


@pytest.mark.slow
@pytest.mark.parametrize("aim", AIMS)
def test_fifth_of_raters_who_collude_change_few_outcomes(aim: str) -> None:
    assert share_changed(ours, aim) < 0.05


@pytest.mark.slow
def test_what_helps_everybody_is_shown_and_little_else() -> None:
    right = [
        np.mean(board.helps_all == [s is NoteStatus.HELPFUL for s in ours(board, UNTOLD)])
        for board in map(draw_board, SEEDS)
    ]

    assert np.mean(right) > 0.95


@pytest.mark.slow
def test_intercept_alone_would_let_them_bury_most() -> None:
    """Why the rule of Community Notes does not decide here."""
    assert share_changed(theirs, "bury") > 0.1


def test_who_contradicts_everybody_and_is_few_is_no_side() -> None:
    rng = np.random.default_rng(7)
    camp = np.repeat([0, 1, 2], [20, 20, 8])
    person, note = (grid.ravel() for grid in np.indices((48, 12)))
    # The two camps differ on half of the notes; the few contradict both on the other half.
    value = np.where(note < 6, (camp[person] + note) % 2, camp[person] != 2).astype(float)
    value = np.where(rng.random(value.size) < 0.02, 1 - value, value)

    sides = find_sides(Ratings.from_rows(person, note, value, people=48, statements=12))

    assert len(set(sides[:20])) == len(set(sides[20:40])) == 1
    assert sides[0] != sides[20]


def test_sides_of_nobody_and_of_people_who_all_agree() -> None:
    nobody = find_sides(Ratings.from_rows([], [], [], people=3, statements=2))
    alike = find_sides(Ratings.from_rows([0, 1, 2, 3], [0] * 4, [1.0] * 4, people=5, statements=1))

    assert list(nobody) == [-1, -1, -1]
    assert sorted(alike) == [-1, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("raters", "helpful", "before", "status", "reason"),
    [
        ((2, 2), (0.9, 0.9), "needs-more", "needs-more", Reason.FEW_RATINGS),
        ((9, 3), (0.9, 0.9), "needs-more", "needs-more", Reason.SIDE_MISSING),
        ((9, 9), (0.61, 0.9), "needs-more", "helpful", Reason.HELPS_BOTH_SIDES),
        ((9, 9), (0.55, 0.9), "needs-more", "needs-more", Reason.ONE_SIDED),
        ((9, 9), (0.45, 0.9), "helpful", "helpful", Reason.HELPS_BOTH_SIDES),
        ((9, 9), (0.35, 0.9), "helpful", "needs-more", Reason.ONE_SIDED),
        ((9, 9), (0.55, 0.55), "needs-more", "needs-more", Reason.NOT_ENOUGH),
        ((9, 9), (0.55, 0.55), "not-helpful", "not-helpful", Reason.HELPS_NEITHER_SIDE),
        ((9, 9), (0.3, 0.39), "needs-more", "not-helpful", Reason.HELPS_NEITHER_SIDE),
    ],
)
def test_status_follows_from_both_sides_and_from_what_held(
    raters: tuple[int, int],
    helpful: tuple[float, float],
    before: str,
    status: str,
    reason: Reason,
) -> None:
    verdict = decide_by_side(SideFacts(raters=raters, helpful=helpful), NoteStatus(before))

    assert (verdict.status, verdict.reason) == (NoteStatus(status), reason)

"""From all ballots to what readers are shown, what places one voter, and what is asked next.

One partition of people is behind every figure: `blocs.find_sides`, whose number of groups comes
from `choice` (resampling), learnt from people for whom somebody vouches, if there are enough.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from . import blocs
from .analysis import SEED, Analysis, analyse
from .blocs import Counts, Sides
from .consensus import measure_consensus
from .disclosure import LEAST_PEOPLE, round_counts
from .figures import (
    FEW,
    Figures,
    PanelFigures,
    Rows,
    Share,
    StatementFigures,
    Verdict,
    fill,
)
from .panel import compare_panel
from .placing import Compass
from .plane import Plane, count_choices, project
from .priorities import measure_extremity, measure_priorities
from .representative import find_representative
from .sheets import UNVOUCHED, Ballots
from .sides import describe_sides
from .tallies import Tallies
from .values import Integers, Mask, Numbers
from .votes import Votes

LEAST_OF_GROUP: Final = 20
"""People below whom a group is not shown (OPINION.md §7)."""
_TYPICAL: Final = 5
_HALF, _PERCENT, _IN_THOUSANDS = 50, 100, 1000
_SPLIT: Final = (35, 65)
_MOST_PRIORITY: Final = 2**31 - 1


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Reported:
    """What the worker keeps. `figures` are None while fewer than ten people voted.

    `people` is how many voted of those who count for news (`figures.is_news`): where enough are
    vouched for, these alone; `priorities` are whole numbers from 1, drawn in proportion
    (statements); `points` and `labels` are for the map (people × 2; people, -1 for none).
    """

    figures: Figures | None
    people: int
    compass: Compass
    priorities: Integers
    points: Numbers
    labels: Integers


def report(ballots: Ballots, *, groups: int | None = None, seed: int = SEED) -> Reported:
    """Report on a consultation; the same ballots and seed give the same values.

    `groups` is how many were found last time: that number stays as long as it holds, because one
    that is chosen anew with every vote jumps, and the order of statements with it.
    """
    votes, asked = ballots.votes, ballots.asked
    learners = _learners(votes, ballots.vouched)
    analysis = _analyse(votes.of_people(learners), ~asked, groups, seed)
    sides = blocs.find_sides(votes, ballots.vouched, max(analysis.groups, 1), plane=analysis.plane)
    sides = _largest_first(sides)
    counts = blocs.count_carefully(votes, sides, ballots.vouched)
    points, compass = _place(votes, analysis.plane, learners, sides)
    together = Tallies(count_choices(votes).astype(np.int64)[np.newaxis])
    priorities = measure_priorities(together, measure_extremity(analysis.plane))
    voted = votes.count_by_person() > 0
    figures = None
    if int(voted.sum()) >= LEAST_PEOPLE:
        figures = _figures(ballots, analysis, sides, counts)
    return Reported(
        figures=figures,
        people=int((voted & ballots.vouched if counts.is_vouched else voted).sum()),
        compass=compass,
        priorities=np.clip(priorities * _IN_THOUSANDS, 1, _MOST_PRIORITY).astype(np.int64),
        points=points,
        labels=sides.labels,
    )


def _learners(votes: Votes, vouched: Mask) -> Mask:
    """Return whose votes the plane is learnt from, by the rule of `blocs.find_sides`."""
    is_long = votes.count_by_person() >= blocs.LEAST_VOTES
    core = is_long & vouched
    return core if int(core.sum()) >= blocs.LEAST_VOUCHED else is_long


def _analyse(votes: Votes, withdrawn: Mask, groups: int | None, seed: int) -> Analysis:
    if groups is not None and groups > 1:
        again = analyse(votes, seed=seed, groups=groups, withdrawn=withdrawn)
        if again.choice.reason is None:
            return again
    return analyse(votes, seed=seed, withdrawn=withdrawn)


def _largest_first(sides: Sides) -> Sides:
    sizes = np.bincount(sides.labels[sides.labels >= 0], minlength=sides.count)
    place = np.empty(sides.count, dtype=np.int64)
    place[np.argsort(-sizes, kind="stable")] = np.arange(sides.count)
    labels = np.where(sides.labels >= 0, place[sides.labels], -1)
    return replace(sides, labels=labels)


def _place(votes: Votes, plane: Plane, learners: Mask, sides: Sides) -> tuple[Numbers, Compass]:
    points = project(plane, votes)
    length = np.linalg.norm(points, axis=1, keepdims=True)
    directions = points / np.maximum(length, 1e-12)
    centres = [
        directions[learners & (sides.labels == group)].mean(axis=0)
        for group in range(sides.count)
        if sides.count > 1 and (learners & (sides.labels == group)).any()
    ]
    groups = np.array(centres).reshape(-1, 2)
    return points, Compass(means=plane.means, axes=plane.axes, groups=groups)


def _figures(ballots: Ballots, analysis: Analysis, sides: Sides, counts: Counts) -> Figures:
    votes, asked = ballots.votes, ballots.asked
    sizes = np.bincount(sides.labels[sides.labels >= 0], minlength=sides.count)
    shown = np.flatnonzero(sizes >= LEAST_OF_GROUP) if analysis.groups > 1 else np.zeros(0, int)
    has_groups = shown.size > 1
    everybody = _everybody(ballots, counts)
    rows = (counts.plain[shown], counts.careful[shown]) if has_groups else everybody
    reason = analysis.choice.reason
    cast = votes.count_by_person()
    voted = cast > 0
    places = int(voted.sum()) * int(asked.sum())
    typical = _typical(rows[1], ~asked) if has_groups else ()
    statements = _statements((np.flatnonzero(asked) + 1).tolist(), rows, everybody)
    statements = _with_panel(_with_vouched(statements, ballots), ballots)
    ranked = sorted(
        statements, key=lambda each: (each.verdict is Verdict.FEW, -each.lower, each.number)
    )
    known = {each.number for each in statements if each.verdict is not Verdict.FEW}
    return Figures(
        people=_rounded(voted.sum()),
        votes=_rounded(votes.cast),
        passes=_rounded((votes.table.data == 0).sum()),
        unseen=_percent(places - votes.cast, places),
        in_groups=_rounded(sizes[shown].sum()) if has_groups else 0,
        vouched=_rounded((voted & ballots.vouched).sum()),
        unvouched=_safe((voted & (ballots.kinds == UNVOUCHED)).sum()),
        invited=_safe((voted & ballots.invited).sum()),
        groups=tuple(_rounded(sizes[each]) for each in shown) if has_groups else (),
        hidden_groups=sides.count - int(shown.size) if has_groups else 0,
        reason="" if has_groups else (reason.name.lower() if reason else "too_small"),
        agreement=round(analysis.choice.agreement * _PERCENT),
        is_capped=counts.is_vouched,
        typical=tuple(
            tuple((number, agrees) for number, agrees in group if number in known)
            for group in typical
        ),
        statements=tuple(ranked),
        sides=describe_sides(ballots),
    )


def _everybody(ballots: Ballots, counts: Counts) -> tuple[Numbers, Numbers]:
    """Return the counts of all who voted as of one group, and with the rules against blocs.

    Those who voted too little to be in a group count as well.
    """
    votes = ballots.votes
    one = Sides(
        labels=np.zeros(votes.people, dtype=np.int64), count=1, is_vouched=counts.is_vouched
    )
    whole = blocs.count_carefully(votes, one, ballots.vouched, lockstep=counts.lockstep)
    return whole.plain, whole.careful


def _typical(careful: Numbers, left_out: Mask) -> tuple[tuple[tuple[int, bool], ...], ...]:
    tallies = Tallies(np.rint(careful).astype(np.int64))
    found = find_representative(tallies, left_out)
    return tuple(
        tuple((each.statement + 1, each.is_agreed) for each in found if each.group == group)[
            :_TYPICAL
        ]
        for group in range(tallies.groups)
    )


def _statements(
    numbers: list[int], by_group: tuple[Numbers, Numbers], of_all: tuple[Numbers, Numbers]
) -> tuple[StatementFigures, ...]:
    """Return what may be told of each statement: by group, else of all together, else nothing."""
    found: dict[int, StatementFigures] = {}
    for plain, careful in (of_all, by_group):
        told = [at for at in numbers if _is_told(plain[:, at - 1], careful[:, at - 1])]
        shown = [(_disclose(plain[:, at - 1]), _disclose(careful[:, at - 1])) for at in told]
        # What only some of the groups saw is nothing that all of them said.
        is_whole = len(plain) == len(by_group[0])
        found |= dict(zip(told, _judge(told, shown, is_whole=is_whole), strict=True))
    nothing = {at: StatementFigures(number=at, verdict=Verdict.FEW) for at in numbers}
    return tuple((nothing | found).values())


def _is_told(plain: Numbers, careful: Numbers) -> bool:
    return float(min(plain.sum(axis=1).min(), careful.sum(axis=1).min())) >= LEAST_PEOPLE


def _disclose(counts: Numbers) -> Rows:
    """Leave out what counts fewer than ten people, and round the rest, each by itself.

    `counts` are groups × (disagree, pass, agree). What all of a group did not answer stands in a
    sum beside it that is rounded as well: what was left out is known from it to about ten people.
    """
    exact = np.rint(np.column_stack((counts, counts.sum(axis=1)))).astype(np.int64)
    rounded = np.where(exact < LEAST_PEOPLE, FEW, round_counts(exact))
    return tuple(tuple(row) for row in rounded.tolist())


def _judge(
    numbers: list[int], shown: list[tuple[Rows, Rows]], *, is_whole: bool
) -> Iterator[StatementFigures]:
    if not shown:
        return
    careful = _filled([rows for _, rows in shown])
    common, plain = _shares(careful), _shares(_filled([rows for rows, _ in shown]))
    verdicts = _verdicts(careful) if is_whole else [Verdict.FEW] * len(numbers)
    for at, number in enumerate(numbers):
        yield StatementFigures(
            number=number,
            verdict=verdicts[at],
            plain=shown[at][0],
            careful=shown[at][1],
            common=common[at],
            common_plain=plain[at],
        )


def _verdicts(counts: Numbers) -> list[Verdict]:
    """Return what is said of each statement; `counts` are groups × statements × answers."""
    against = counts[:, :, ::-1]
    # Whoever passes is not against.
    split = _shares(counts * [1, 0, 1])
    agreed, rejected = _shares(counts), _shares(against)
    groups = [_shares(counts[[group]]) for group in range(len(counts))]
    others = [_shares(against[[group]]) for group in range(len(counts))]
    return [
        _verdict(
            agreed[at], rejected[at], [g[at] for g in groups], [o[at] for o in others], split[at]
        )
        for at in range(counts.shape[1])
    ]


def _verdict(
    agreed: Share, rejected: Share, each: list[Share], against: list[Share], split: Share
) -> Verdict:
    if agreed.low > _HALF and all(share.percent > _HALF for share in each):
        return Verdict.UNITES
    if rejected.low > _HALF and all(share.percent > _HALF for share in against):
        return Verdict.REJECTED
    if len(each) > 1:
        is_for = any(share.low > _HALF for share in each)
        is_against = any(share.high < _HALF for share in each)
        return Verdict.DIVIDES if is_for and is_against else Verdict.UNCERTAIN
    low, high = _SPLIT
    return Verdict.DIVIDES if low < split.low and split.high < high else Verdict.UNCERTAIN


def _filled(rows: list[Rows]) -> Numbers:
    """Return counts that the public could fill in for itself (groups × statements × answers)."""
    counts: Numbers = np.array([[fill(row) for row in of_one] for of_one in rows]).swapaxes(0, 1)
    return counts


def _shares(counts: Numbers) -> list[Share]:
    """Return the share of agreement that all groups have in common, of each statement.

    Of one group it is the plain share, as the table beside it says (`figures.percents`): the mean
    that Polis smooths lies up to two percent nearer to the middle.
    """
    found = measure_consensus(Tallies(np.rint(counts).astype(np.int64)))
    shares = found.shown * _PERCENT
    if len(counts) == 1:
        shares = _PERCENT * counts[0, :, -1] / np.maximum(counts[0].sum(axis=-1), 1)
    percent = np.rint(shares)
    low = np.minimum(np.rint(found.lower * _PERCENT), percent)
    high = np.maximum(np.rint(found.upper * _PERCENT), percent)
    return [
        Share(percent=at, low=least, high=most)
        for at, least, most in np.stack((percent, low, high), axis=1).astype(np.int64).tolist()
    ]


def _with_vouched(
    statements: tuple[StatementFigures, ...], ballots: Ballots
) -> tuple[StatementFigures, ...]:
    """Put beside each statement how many of the vouched voted on it."""
    table = ballots.votes.table
    theirs = table.indices[ballots.vouched[ballots.votes.person_of_each()]]
    counts = round_counts(np.bincount(theirs, minlength=ballots.votes.statements))
    return tuple(replace(each, vouched=int(counts[each.number - 1])) for each in statements)


def _with_panel(
    statements: tuple[StatementFigures, ...], ballots: Ballots
) -> tuple[StatementFigures, ...]:
    """Put beside each statement what the invited say; where they differ, they decide."""
    if not ballots.invited.any():
        return statements
    compared = compare_panel(ballots.votes, ballots.invited)
    ours, theirs = (
        count_choices(ballots.votes.of_people(chosen))
        for chosen in (ballots.invited, ~ballots.invited)
    )
    numbers = [
        each.number for each in statements if compared.is_compared[each.number - 1] and each.plain
    ]
    if not numbers:
        return statements
    mine = _filled([_disclose(ours[[at - 1]]) for at in numbers])
    rest = _filled([_disclose(theirs[[at - 1]]) for at in numbers])
    told = {
        number: (PanelFigures(invited=invited, others=others, differs=differs), verdict)
        for number, invited, others, differs, verdict in zip(
            numbers,
            _shares(mine),
            _shares(rest),
            compared.differs[np.array(numbers) - 1].tolist(),
            _verdicts(mine),
            strict=True,
        )
    }
    return tuple(
        _beside(each, *told[each.number]) if each.number in told else each for each in statements
    )


def _beside(each: StatementFigures, panel: PanelFigures, verdict: Verdict) -> StatementFigures:
    return replace(each, panel=panel, verdict=verdict if panel.differs else each.verdict)


def _rounded(count: object) -> int:
    return int(round_counts(np.array([count]))[0])


def _safe(count: int) -> int:
    return _rounded(count) if count >= LEAST_PEOPLE else 0


def _percent(part: int, whole: int) -> int:
    return round(_PERCENT * part / whole) if whole else 0

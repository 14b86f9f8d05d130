"""From all ballots of a closed consultation to what may be told of it, cell by cell.

A cell is what is told of one statement, of all voters, or of those who came back. Once it is told,
it stays as it is until ten people changed in its counts: of two weeks' releases the difference is
of ten people or of none (ADR-0051).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.listening.codec import LEVELS, encode_json
from app.listening.model import (
    FEW,
    BiasCard,
    Cell,
    Figure,
    PopulationMargin,
    Presence,
    Share,
    Source,
    Unsaid,
)
from app.opinion.maths.coins import estimate_shares
from app.opinion.maths.disclosure import (
    LEAST_PEOPLE,
    Release,
    Silence,
    count_changed,
    release_table,
    round_counts,
)
from app.opinion.maths.sheets import INVITED, Ballots
from app.opinion.maths.votes import AGREE, Votes

from .calibration import ANSWERS, Calibrated, calibrate, kind_of, make_frame, weigh_kinds
from .estimates import FEWEST

SEED: Final = 2013
HEAD: Final = "all"
UNANSWERED: Final = -1
CHANNELS: Final = ("web", "onion", "device")
"""How people come to vote; nothing notes by which of them somebody came."""
_PERCENT: Final = 100
_CHOICES: Final = 3

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sample:
    """Everybody who voted, and what they said behind coins.

    `about` has 0 to 2 of each margin in the order of `LEVELS`, or -1 (people × margins), `voices`
    how much they say they wrote (people); `again` are the votes of those who were asked again, and
    none of the others'; `flagged` are people who vote in lockstep (people).
    """

    ballots: Ballots
    about: Numbers
    voices: Numbers
    again: Votes
    flagged: Mask
    posts: Sequence[str]
    """Digest of each statement, hexadecimal."""

    @property
    def voted(self) -> Mask:
        """Return who voted at all (people)."""
        voted: Mask = self.ballots.votes.count_by_person() > 0
        return voted

    @property
    def answered(self) -> Mask:
        """Return who answered all that is weighted by (people)."""
        answered: Mask = (self.about != UNANSWERED).all(axis=1)
        return answered


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Weighing:
    """The margins that a consultation is weighted by, and the kind of each person, -1 for none."""

    margins: tuple[PopulationMargin, ...]
    kinds: Numbers
    effective: float
    unsaid: Unsaid | None

    def weights(self) -> NDArray[np.float64] | None:
        """Return the weight of each person (0 for those of no kind), or None without margins."""
        if self.unsaid is not None:
            return None
        frame = make_frame(self.margins)
        known = self.kinds >= 0
        counts = np.bincount(self.kinds[known], minlength=len(frame.z)).astype(float)
        by_kind = weigh_kinds(counts, frame)
        if by_kind is None:
            return None
        found = np.zeros(len(self.kinds))
        found[known] = by_kind[self.kinds[known]]
        return found


def choose_margins(sample: Sample, margins: Sequence[PopulationMargin]) -> Weighing:
    """Return as many margins, in their order, as leave enough effective people to speak.

    Who came and what they said of themselves decides it, never what they voted.
    """
    order = {name: place for place, name in enumerate(LEVELS)}
    unsaid = Unsaid.NOT_ASKED if not sample.answered.any() else Unsaid.TOO_FEW
    best = 0.0
    for count in range(len(margins), 0, -1):
        used = tuple(margins[:count])
        kinds = np.full(len(sample.about), UNANSWERED, dtype=np.int64)
        columns = [order[margin.name] for margin in used]
        kinds[sample.answered] = kind_of(sample.about[sample.answered][:, columns])
        found = _effective(kinds, used)
        if found >= FEWEST:
            return Weighing(margins=used, kinds=kinds, effective=found, unsaid=None)
        best = max(best, found)
    none = np.full(len(sample.about), UNANSWERED, dtype=np.int64)
    return Weighing(margins=(), kinds=none, effective=best, unsaid=unsaid)


def count_cells(sample: Sample, weighing: Weighing, last: Mapping[str, Cell]) -> dict[str, Cell]:
    """Return what is told of all voters and of each statement; nothing of fewer than ten people."""
    cells = {HEAD: _keep(last.get(HEAD), *_count_head(sample, weighing))}
    votes = sample.ballots.votes.table.tocsc()
    for at in np.flatnonzero(sample.ballots.asked).tolist():
        rows = slice(votes.indptr[at], votes.indptr[at + 1])
        people, cast = votes.indices[rows], votes.data[rows]
        found = _count_statement(sample, weighing, at, people, cast, last)
        if found is not None:
            cells[f"{at + 1}"] = found
        back = _count_again(sample, at, last)
        if back is not None:
            cells[again_of(at + 1)] = back
    return {name: cell for name, cell in cells.items() if cell.shown}


def again_of(number: int) -> str:
    """Return the cell of those who were asked again about a statement."""
    return f"again {number}"


def _keep(last: Cell | None, exact: Numbers, shown: str) -> Cell:
    """Return the last cell as it is, unless ten people changed in its counts."""
    if last is not None and _changed(last, exact) < LEAST_PEOPLE:
        return last
    return Cell(exact=_tuples(exact), shown=shown)


def _changed(last: Cell, exact: Numbers) -> int:
    return count_changed(np.array(last.exact, dtype=np.int64), exact)


def _count_head(sample: Sample, weighing: Weighing) -> tuple[Numbers, str]:
    voted = sample.voted
    people = int(voted.sum())
    exact = np.array([[people]], dtype=np.int64)
    if people < LEAST_PEOPLE:
        return exact, ""
    invited = int((voted & (sample.ballots.kinds == INVITED)).sum())
    flagged = int((voted & sample.flagged).sum())
    known = sample.answered & voted
    size = int((weighing.kinds >= 0).sum())
    card = BiasCard(
        people=_five(people),
        answered=_five(int(known.sum())),
        vouched=_percent(int((voted & sample.ballots.vouched).sum()), people),
        sampled=_percent(invited, people),
        flagged=_five(flagged) if flagged >= LEAST_PEOPLE else FEW,
        effective=int(weighing.effective),
        design_effect=round(size / weighing.effective, 1) if size else 0.0,
        margins=tuple(
            Source(name=one.name, source=one.source, year=one.year, is_doubtful=one.is_doubtful)
            for one in weighing.margins
        ),
        presences=_presences(sample, weighing),
        channels=CHANNELS,
    )
    return exact, encode_json(asdict(card))


def _presences(sample: Sample, weighing: Weighing) -> tuple[Presence, ...]:
    """Return how many of each level came, of those whose level a margin knows."""
    found, order = list[Presence](), list(LEVELS)
    for margin in weighing.margins:
        said = sample.about[sample.answered & sample.voted, order.index(margin.name)]
        counts = np.bincount(said, minlength=ANSWERS).astype(np.int64)
        told = estimate_shares(round_counts(counts))
        whole = float(np.clip(told.share[: len(margin.levels)], 0, 1).sum()) or 1.0
        for level, share, population in zip(
            range(len(margin.levels)), margin.levels, margin.shares, strict=True
        ):
            here = Share(
                percent=_whole(float(np.clip(told.share[level] / whole, 0, 1))),
                low=_whole(float(np.clip(told.low[level] / whole, 0, 1))),
                high=_whole(float(np.clip(told.high[level] / whole, 0, 1))),
            )
            one = Presence(
                margin=margin.name, level=share, here=here, population=_whole(population)
            )
            found.append(one)
    return tuple(found)


def _count_statement(
    sample: Sample,
    weighing: Weighing,
    at: int,
    people: Numbers,
    cast: NDArray[np.int8],
    last: Mapping[str, Cell],
) -> Cell | None:
    before = last.get(f"{at + 1}")
    flagged = sample.flagged[people]
    exact = np.stack([_tally(cast[~flagged]), _tally(cast[flagged])])
    if before is not None and _changed(before, exact) < LEAST_PEOPLE:
        return before
    both, told = release_table(exact), release_table(exact.sum(axis=0, keepdims=True))
    if isinstance(told, Silence):
        return None
    # Apart only where both parts, and so their difference, are of ten people in each cell.
    is_apart = isinstance(both, Release) and bool((exact[1] > 0).any())
    disagree, passed, agree = _counts_of(told)
    all_of_it = _weigh(weighing, people, cast)
    without = _weigh(weighing, people[~flagged], cast[~flagged]) if is_apart else None
    figure = Figure(
        number=at + 1,
        post=sample.posts[at],
        agree=agree,
        passed=passed,
        disagree=disagree,
        people=_five(int(exact.sum())),
        raw=_raw(told, 0),
        effective=int(all_of_it.effective) if all_of_it else 0,
        unsaid=_why(weighing, all_of_it),
        without=_raw(both, 0) if isinstance(both, Release) and is_apart else FEW,
        weighted_without=_whole(without.share) if without and without.share is not None else FEW,
    )
    weighted, wide, band = _shares_of(all_of_it)
    figure = replace(figure, weighted=weighted, wide=wide, band=band)
    return Cell(exact=_tuples(exact), shown=encode_json(asdict(figure)))


def _count_again(sample: Sample, at: int, last: Mapping[str, Cell]) -> Cell | None:
    """Count those who were asked again about a statement: what they said first, and now."""
    before = last.get(again_of(at + 1))
    now = sample.again.table[:, [at]].tocoo()
    first = sample.ballots.votes.table[:, [at]].tocoo()
    both, of_now, of_first = np.intersect1d(now.row, first.row, return_indices=True)
    if not both.size:
        return before
    exact = np.stack([_tally(first.data[of_first]), _tally(now.data[of_now])])
    if before is not None and _changed(before, exact) < LEAST_PEOPLE:
        return before
    told = release_table(exact)
    if isinstance(told, Silence):
        return None
    shown = {"again_first": _raw(told, 0), "again": _raw(told, 1)}
    return Cell(exact=_tuples(exact), shown=encode_json(shown))


def _weigh(weighing: Weighing, people: Numbers, cast: NDArray[np.int8]) -> Calibrated | None:
    if weighing.unsaid is not None:
        return None
    kinds = weighing.kinds[people]
    known = kinds >= 0
    if not known.any():
        return None
    size = ANSWERS ** len(weighing.margins)
    agrees = cast[known] == AGREE
    table = np.stack(
        [
            np.bincount(kinds[known][agrees], minlength=size),
            np.bincount(kinds[known][~agrees], minlength=size),
        ],
        axis=1,
    ).astype(np.int64)
    return calibrate(table, weighing.margins, seed=SEED)


def _shares_of(found: Calibrated | None) -> tuple[Share | None, Share | None, Share | None]:
    """Return the weighted share with its bounds, with the wider ones, and with its band."""
    if found is None or found.share is None or found.sampling is None or found.selection is None:
        return None, None, None
    percent, told = _whole(found.share), list[Share]()
    for one in (found.sampling, found.selection):
        told.append(Share(percent=percent, low=_floor(one.low), high=_ceil(one.high)))
    band = None
    if found.band is not None:
        low, high = found.band
        band = Share(percent=percent, low=_floor(low), high=_ceil(high))
    return told[0], told[1], band


def _why(weighing: Weighing, found: Calibrated | None) -> str:
    if weighing.unsaid is not None:
        return weighing.unsaid.value
    if found is None:
        return Unsaid.TOO_FEW.value
    return found.unsaid.value if found.unsaid else ""


def _effective(kinds: Numbers, margins: Sequence[PopulationMargin]) -> float:
    known = kinds[kinds >= 0]
    if not known.size:
        return 0.0
    frame = make_frame(margins)
    counts = np.bincount(known, minlength=len(frame.z)).astype(float)
    weights = weigh_kinds(counts, frame)
    return 0.0 if weights is None else float((counts @ weights) ** 2 / (counts @ weights**2))


def _tally(cast: NDArray[np.int8]) -> Numbers:
    """Count disagreement, passing, agreement."""
    return np.bincount(cast.astype(np.int64) + 1, minlength=_CHOICES).astype(np.int64)


def _counts_of(told: Release) -> tuple[int, int, int]:
    """Return counts of disagreement, passing and agreement; `FEW` for what is not told."""
    found = [FEW] * _CHOICES
    for part, count in zip(told.cut, told.rounded[0].tolist(), strict=True):
        if len(part) == 1:
            found[part[0]] = count or FEW
    return found[0], found[1], found[2]


def _raw(told: Release, row: int) -> int:
    """Return who agrees, in percent of those who are told; `FEW` where that is not told."""
    counts = told.rounded[row]
    places = [place for place, part in enumerate(told.cut) if part == (AGREE + 1,)]
    if not places or not counts[places[0]] or not counts.all():
        return FEW
    return _percent(int(counts[places[0]]), int(counts.sum()))


def _percent(part: int, whole: int) -> int:
    """Return whole percents of counts that are rounded to five; `FEW` for fewer than ten people."""
    if part and part < LEAST_PEOPLE:
        return FEW
    return round(_PERCENT * _five(part) / max(_five(whole), 1))


def _five(count: int) -> int:
    return int(round_counts(np.array([count]))[0])


def _whole(share: float) -> int:
    return round(_PERCENT * share)


def _floor(share: float) -> int:
    return int(np.floor(_PERCENT * share))


def _ceil(share: float) -> int:
    return int(np.ceil(_PERCENT * share))


def _tuples(exact: Numbers) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(row) for row in exact.tolist())

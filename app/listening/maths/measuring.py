"""The gap and the outcome metrics of one consultation (OPINION.md sections 5 and 6).

What is counted of voters stays as it is until ten people changed in it, as every cell does; what is
counted of posts everybody can count.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.listening import codec
from app.listening.codec import encode_json
from app.listening.model import Cell, Measure
from app.opinion.maths.coins import estimate_shares
from app.opinion.maths.disclosure import LEAST_PEOPLE, count_changed, round_counts
from app.opinion.maths.reporting import report
from app.opinion.maths.votes import AGREE, DISAGREE, Votes

from .behind_coins import VOICES, find_deniable_gap
from .counting import SEED, UNANSWERED, Sample, Weighing

BY_VOTERS: Final = "voters"
BY_RETURNED: Final = "returned"
LEAST_PAIRS: Final = 30
LEAST_OF_SIDE: Final = 30
LEAST_REPLIES: Final = 10
BRIDGING: Final = 0.6
_ONE_SIDED: Final = 1.6449
"""Standard errors of a 5 % lower bound."""
_ENDS: Final = (2.5, 97.5)
_DRAWS: Final = 400
_SOME: Final = 2
_TOP: Final = 0.1
_THOUSAND: Final = 1_000

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What everybody can read of a thread: who wrote how much, answering what, and whom it helps.

    `posts` are (digest, author, characters), `answers` (post, what it answers); `helps` has of each
    post that was rated (others, helpful) of each side.
    """

    posts: Sequence[tuple[str, str, int]]
    answers: Sequence[tuple[str, str]]
    helps: Mapping[str, Sequence[Sequence[int]]]


def measure(
    sample: Sample, weighing: Weighing, talk: Talk, last: Mapping[str, Cell]
) -> tuple[tuple[Measure, ...], tuple[Measure, ...], dict[str, Cell]]:
    """Return the gap and outcomes of a consultation, and the cells that they are told from."""
    reported = report(sample.ballots)
    people = np.array([[int(sample.voted.sum())]], dtype=np.int64)
    back = np.array([[int((sample.again.count_by_person() > 0).sum())]], dtype=np.int64)

    def count_voters() -> list[Measure]:
        return [
            *_gap(sample, weighing, talk, reported.points[:, 0]),
            _wrote(sample),
            _bridging(sample, reported.labels),
            _inclusion(sample, weighing),
        ]

    def count_returned() -> list[Measure]:
        return [
            _returned(int(back[0, 0]), int(people[0, 0])),
            _change(sample),
            _convergence(sample, reported.labels),
        ]

    cells = {
        BY_VOTERS: _keep(last.get(BY_VOTERS), people, count_voters),
        BY_RETURNED: _keep(last.get(BY_RETURNED), back, count_returned),
    }
    voters, returned = (_told(cells[name]) for name in (BY_VOTERS, BY_RETURNED))
    gap = ("gap", "extremity", "wrote", "returned")
    told = {one.name: one for one in (*voters, *returned)}
    spoken = [_top_writers(talk), _rejected(sample, talk)]
    heard = tuple(told[name] for name in gap if name in told) + tuple(spoken)
    outcomes = tuple(one for name, one in told.items() if name not in gap)
    kept = {name: cell for name, cell in cells.items() if cell.shown}
    return heard, (*outcomes, _exchange(talk), _gini(talk)), kept


def _keep(last: Cell | None, exact: NDArray[np.int64], make: Callable[[], list[Measure]]) -> Cell:
    """Return the last cell, unless ten people changed; an empty one where fewer than ten are."""
    before = None if last is None else np.array(last.exact, dtype=np.int64)
    if last is not None and before is not None and count_changed(before, exact) < LEAST_PEOPLE:
        return last
    shown = encode_json([asdict(one) for one in make()]) if exact[0, 0] >= LEAST_PEOPLE else ""
    return Cell(exact=((int(exact[0, 0]),),), shown=shown)


def _told(cell: Cell) -> tuple[Measure, ...]:
    return codec.decode_kept(cell.shown) if cell.shown else ()


def _gap(sample: Sample, weighing: Weighing, talk: Talk, points: Floats) -> tuple[Measure, Measure]:
    """Return the gap of those who said how much they wrote, and how far out they stand."""
    weights = weighing.weights()
    known = (sample.voices != UNANSWERED) & sample.voted
    if weights is not None:
        known &= weighing.kinds >= 0
    used = np.ones(int(known.sum())) if weights is None else weights[known]
    found = None
    if known.any():
        found = find_deniable_gap(
            sample.voices[known], _posts_of_voices(talk), points[known], used, seed=SEED
        )
    if found is None:
        return Measure(name="gap", value=None), Measure(name="extremity", value=None)
    people = _five(int(known.sum()))
    return (
        Measure(
            name="gap",
            value=round(found.value, 2),
            low=round(found.low, 2),
            high=round(found.high, 2),
            people=people,
        ),
        Measure(
            name="extremity",
            value=round(found.extremity, 2),
            low=round(found.extremity_low, 2),
            high=round(found.extremity_high, 2),
            people=people,
        ),
    )


def _posts_of_voices(talk: Talk) -> Floats:
    """Return how many posts people of each answer wrote: none, a post or two, more."""
    counts = np.array(sorted(_by_author(talk, lambda _: 1).values()), dtype=float)
    few, many = counts[counts <= _SOME], counts[counts > _SOME]
    return np.array([0, few.mean() if few.size else 1, many.mean() if many.size else _SOME + 1])


def _wrote(sample: Sample) -> Measure:
    said = sample.voices[sample.voted & (sample.voices != UNANSWERED)]
    counts = np.bincount(said, minlength=VOICES).astype(np.int64)
    if counts.min() < LEAST_PEOPLE:
        return Measure(name="wrote", value=None)
    told = estimate_shares(round_counts(counts))
    silent, low, high = (float(each[0]) for each in (told.share, told.low, told.high))
    return Measure(
        name="wrote",
        value=_two(1 - min(max(silent, 0.0), 1.0)),
        low=_two(1 - high),
        high=_two(1 - low),
        people=_five(said.size),
    )


def _returned(back: int, people: int) -> Measure:
    share, low, high = _wilson(back, people)
    return Measure(name="returned", value=share, low=low, high=high, people=_five(people))


def _change(sample: Sample) -> Measure:
    """Return what share of votes changed, over people who were asked again; drawn by people."""
    first, now = _pairs(sample)
    changed = (first != now) & ~np.isnan(first)
    pairs = (~np.isnan(first)).sum(axis=1)
    if pairs.sum() < LEAST_PAIRS or len(pairs) < LEAST_PEOPLE:
        return Measure(name="opinion-change", value=None)
    by_person = changed.sum(axis=1)
    found = []
    random = np.random.default_rng(SEED)
    for _ in range(_DRAWS):
        drawn = random.integers(len(pairs), size=len(pairs))
        found.append(by_person[drawn].sum() / pairs[drawn].sum())
    low, high = np.percentile(found, _ENDS)
    return Measure(
        name="opinion-change",
        value=_two(by_person.sum() / pairs.sum()),
        low=_two(low),
        high=_two(high),
        people=_five(len(pairs)),
    )


def _convergence(sample: Sample, labels: NDArray[np.int64]) -> Measure:
    """Return by how many points sides came closer: the same people, in the sides they had."""
    first, now = _pairs(sample)
    rows = np.flatnonzero(sample.again.count_by_person() > 0)
    of_row = labels[rows]
    sides = [
        side
        for side in range(int(labels.max(initial=-1)) + 1)
        if int((of_row == side).sum()) >= LEAST_PEOPLE
    ]
    if len(sides) < _SOME:
        return Measure(name="convergence", value=None)
    closer = []
    for one, other in ((a, b) for a in sides for b in sides if a < b):
        before, after = (_apart(votes, of_row == one, of_row == other) for votes in (first, now))
        both = ~np.isnan(before) & ~np.isnan(after)
        closer += list((before - after)[both])
    if not closer:
        return Measure(name="convergence", value=None)
    value = float(np.mean(closer)) * 100
    return Measure(name="convergence", value=round(value, 1), people=_five(len(rows)))


def _apart(votes: Floats, one: NDArray[np.bool_], other: NDArray[np.bool_]) -> Floats:
    """Return how far apart two sides agree with each statement; NaN for fewer than ten of one."""
    shares = []
    for side in (one, other):
        cast = votes[side]
        voted = (~np.isnan(cast)).sum(axis=0)
        agree = (cast == AGREE).sum(axis=0)
        shares.append(np.where(voted >= LEAST_PEOPLE, agree / np.maximum(voted, 1), np.nan))
    apart: Floats = np.abs(shares[0] - shares[1])
    return apart


def _pairs(sample: Sample) -> tuple[Floats, Floats]:
    """Return first votes and second ones of those who came back (people × statements), or NaN."""
    rows = np.flatnonzero(sample.again.count_by_person() > 0)
    first, now = (_dense(votes, rows) for votes in (sample.ballots.votes, sample.again))
    gone = np.isnan(first) | np.isnan(now)
    first[gone] = np.nan
    now[gone] = np.nan
    asked = ~gone.all(axis=0)
    return first[:, asked], now[:, asked]


def _dense(votes: Votes, rows: NDArray[np.intp]) -> Floats:
    table = votes.table[rows].tocoo()
    found = np.full(table.shape, np.nan)
    found[table.row, table.col] = table.data
    return found


def _bridging(sample: Sample, labels: NDArray[np.int64]) -> Measure:
    """Return how many statements surely most of every side agree with, per 1,000 votes."""
    votes = sample.ballots.votes
    sides = range(int(labels.max(initial=-1)) + 1)
    bounds = [_lower_bounds(votes, labels == side) for side in sides]
    if len(bounds) < _SOME:
        return Measure(name="bridging", value=None)
    shared = np.stack(bounds).min(axis=0) > BRIDGING
    count = int((shared & sample.ballots.asked).sum())
    return Measure(
        name="bridging",
        value=round(_THOUSAND * count / max(votes.cast, 1), 2),
        people=_five(int(sample.voted.sum())),
    )


def _lower_bounds(votes: Votes, side: NDArray[np.bool_]) -> Floats:
    """Return the 5 % lower bound of a side's agreement; 0 for fewer than thirty voters (Wilson)."""
    table = votes.of_people(side).table
    seen = np.bincount(table.indices, minlength=votes.statements)
    agree = np.bincount(table.indices[table.data == AGREE], minlength=votes.statements)
    n, square = np.maximum(seen, 1), _ONE_SIDED**2
    share = agree / n
    half = _ONE_SIDED * np.sqrt(share * (1 - share) / n + square / (4 * n**2))
    bounds: Floats = (share + square / (2 * n) - half) / (1 + square / n)
    return np.where(seen >= LEAST_OF_SIDE, bounds, 0.0)


def _inclusion(sample: Sample, weighing: Weighing) -> Measure:
    """Return who came least, by how many there are."""
    order, least = list(codec.LEVELS), Measure(name="inclusion", value=None)
    for margin in weighing.margins:
        said = sample.about[sample.answered & sample.voted, order.index(margin.name)]
        told = estimate_shares(round_counts(np.bincount(said, minlength=VOICES).astype(np.int64)))
        known = float(np.clip(told.share[: len(margin.levels)], 0, 1).sum()) or 1.0
        for level, share in enumerate(margin.shares):
            value, low, high = (
                _two(float(np.clip(each[level] / known, 0, 1)) / share)
                for each in (told.share, told.low, told.high)
            )
            if least.value is None or value < least.value:
                least = Measure(
                    name="inclusion", value=value, low=low, high=high, people=_five(said.size)
                )
    return least


def _top_writers(talk: Talk) -> Measure:
    words = sorted(_by_author(talk, lambda characters: characters).values(), reverse=True)
    if len(words) < LEAST_PEOPLE or not sum(words):
        return Measure(name="top-writers", value=None)
    top = words[: max(1, round(_TOP * len(words)))]
    return Measure(name="top-writers", value=_two(sum(top) / sum(words)), people=len(words))


def _rejected(sample: Sample, talk: Talk) -> Measure:
    """Return what share of replies to statements answers one that most people reject."""
    table = sample.ballots.votes.table
    counts = [
        np.bincount(table.indices[table.data == vote], minlength=len(sample.posts))
        for vote in (AGREE, DISAGREE)
    ]
    told = np.maximum(*counts) >= LEAST_PEOPLE
    rejected = {
        post
        for at, post in enumerate(sample.posts)
        if told[at] and counts[1][at] > counts[0][at] and sample.ballots.asked[at]
    }
    statements = set(sample.posts)
    replies = [parent for _, parent in talk.answers if parent in statements]
    if len(replies) < LEAST_REPLIES:
        return Measure(name="replies-to-rejected", value=None)
    share, low, high = _wilson(sum(each in rejected for each in replies), len(replies))
    return Measure(name="replies-to-rejected", value=share, low=low, high=high, people=len(replies))


def _exchange(talk: Talk) -> Measure:
    """Return what share of replies that both sides rated half of each finds helpful."""
    replies = {post for post, _ in talk.answers}
    found = [
        all(2 * helpful >= others + helpful for others, helpful in sides)
        for post, sides in talk.helps.items()
        if post in replies and len(sides) > 1 and all(sum(side) for side in sides)
    ]
    if len(found) < LEAST_REPLIES:
        return Measure(name="exchange", value=None)
    share, low, high = _wilson(sum(found), len(found))
    return Measure(name="exchange", value=share, low=low, high=high, people=len(found))


def _gini(talk: Talk) -> Measure:
    words = np.array(sorted(_by_author(talk, lambda characters: characters).values()), dtype=float)
    if len(words) < LEAST_PEOPLE or not words.sum():
        return Measure(name="words-gini", value=None)
    places = np.arange(1, len(words) + 1)
    value = 2 * (places @ words) / (len(words) * words.sum()) - (len(words) + 1) / len(words)
    return Measure(name="words-gini", value=_two(value), people=len(words))


def _by_author(talk: Talk, of: Callable[[int], int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for _, author, characters in talk.posts:
        found[author] = found.get(author, 0) + of(characters)
    return found


def _wilson(part: int, whole: int) -> tuple[float, float, float]:
    """Return a share and its bounds, from counts rounded to five."""
    part, whole = min(_five(part), _five(whole)), max(_five(whole), 1)
    n, square, share = whole, 1.959964**2, part / whole
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = 1.959964 * np.sqrt(share * (1 - share) / n + square / (4 * n**2)) / (1 + square / n)
    return _two(share), _two(max(middle - half, 0.0)), _two(min(middle + half, 1.0))


def _five(count: int) -> int:
    return int(round_counts(np.array([count]))[0])


def _two(value: float) -> float:
    return round(float(value), 2)

"""Weighting by what people said behind coins: margins, with the noise carried through.

Raking multiplies one factor for each margin. Behind coins nobody's level is known, and a product
of four quantities out of which noise is taken has noise to the fourth power. So weights are linear
in what each person said: Deville and Särndal, "Calibration estimators in survey sampling" (1992),
whose linear distance gives weights that agree with raking's to the first order. What is added up
may be noisy: the noise has mean 0, it is independent of what somebody votes, and what it adds to
squares is known and taken out (Fuller, "Measurement error models", 1987).

    c    4 for what was answered less 1 for each answer: on average 1 for the truth, 0 for others
    z    c less the population's shares of all who are of a level of the margin: on average 0 in it
    w    1 - (z - mean z)' S⁻¹ (mean z), S being the covariance of z with the noise taken out

A person who answers what no margin has ("rather not say") has z = 0: weighting leaves them alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.kernel.errors import MalformedError
from app.listening.model import PopulationMargin, Unsaid
from app.opinion.maths.coins import answer_matrix

from .estimates import FEWEST, GAMMA, Interval

ANSWERS: Final = 3
DRAWS: Final = 400
WIDEST: Final = 0.4
"""A share that may lie anywhere within more than this is not told, as of sides: 40 points."""
_LEAST_SPREAD: Final = 0.02
"""Of the covariance's smallest part: below it what the coins hide decides the weights."""
_ENDS: Final = (2.5, 97.5)
_MATRIX: Final = answer_matrix(ANSWERS)
_TRUTH: Final = float(_MATRIX[0][0] - _MATRIX[0][1])
_CHANCE: Final = float(_MATRIX[0][1])

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """A share of everybody, from those who came and what they said behind coins."""

    people: int
    raw: float
    effective: float
    design_effect: float
    share: float | None = None
    sampling: Interval | None = None
    selection: Interval | None = None
    band: tuple[float, float] | None = None
    """From the one end of doubtful margins to the other; None where no margin is doubtful."""
    unsaid: Unsaid | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What margins make of each kind of answers: kinds are all combinations, 3 to the margins.

    `z` is kinds × contrasts; `blocks` says of each margin which contrasts are its, and how its
    three truths show in them (3 × contrasts of it).
    """

    z: Floats
    c: Floats
    """kinds × margins × 3."""
    blocks: tuple[tuple[slice, Floats], ...]


def make_frame(margins: Sequence[PopulationMargin]) -> Frame:
    """Return what margins make of answers; the levels of each are the first of three answers.

    Raises:
        MalformedError: no margin, or one with other than two or three levels.

    """
    if not margins or any(len(margin.levels) not in {2, ANSWERS} for margin in margins):
        raise MalformedError("margins of two or three levels")
    grid = np.indices((ANSWERS,) * len(margins)).reshape(len(margins), -1).T
    c = (np.eye(ANSWERS)[grid] - _CHANCE) / _TRUTH
    columns, blocks, at = list[Floats](), list[tuple[slice, Floats]](), 0
    for place, margin in enumerate(margins):
        known, width = len(margin.levels), len(margin.levels) - 1
        turned = np.zeros((ANSWERS, width))
        turned[:known] = np.eye(known)[:, :width] - np.array(margin.shares[:width])
        columns.append(c[:, place] @ turned)
        blocks.append((slice(at, at + width), turned))
        at += width
    return Frame(np.concatenate(columns, axis=1), c, tuple(blocks))


def kind_of(answers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the kind of each person (people) from their answers, 0 to 2 (people × margins)."""
    kinds: NDArray[np.int64] = np.ravel_multi_index(
        tuple(answers.T), (ANSWERS,) * answers.shape[1]
    ).astype(np.int64)
    return kinds


def weigh_kinds(counts: Floats, frame: Frame) -> Floats | None:
    """Return the weight of each kind, with a mean of 1 over these people; None if noise decides.

    `counts` has the people of each kind.
    """
    mean, spread = _moments(counts[np.newaxis], frame)
    if np.linalg.eigvalsh(spread[0])[0] < _LEAST_SPREAD:
        return None
    turned: Floats = 1 - (frame.z - mean[0]) @ np.linalg.solve(spread[0], mean[0])
    return turned


def calibrate(
    table: NDArray[np.int64], margins: Sequence[PopulationMargin], *, seed: int, draws: int = DRAWS
) -> Calibrated:
    """Return what share of the population agrees.

    Args:
        table: kinds × (agree, anything else): people by what they said of themselves.
        margins: of the population, in the order of the kinds.
        seed: of the draws: the same gives the same.
        draws: how often people are drawn and weighted again, coins and all.

    Raises:
        MalformedError: see `make_frame`; or nobody is in the table.

    """
    frame, people = make_frame(margins), int(table.sum())
    if table.shape != (len(frame.z), 2) or not people or (table < 0).any():
        raise MalformedError("counts of kinds of people who agree, and of all others")
    counts = table.sum(axis=1).astype(float)
    raw = float(table[:, 0].sum() / people)
    weights = weigh_kinds(counts, frame)
    if weights is None:
        return Calibrated(people=people, raw=raw, effective=0, design_effect=0, unsaid=Unsaid.NOISE)
    effective = float((counts @ weights) ** 2 / (counts @ np.square(weights)))
    told = Calibrated(people=people, raw=raw, effective=effective, design_effect=people / effective)
    if effective < FEWEST:
        return replace(told, unsaid=Unsaid.TOO_FEW)
    share = float(np.clip(_shares(table[np.newaxis].astype(float), frame)[0], 0, 1))
    drawn = np.random.default_rng(seed).multinomial(people, table.ravel() / people, size=draws)
    again = _shares(drawn.reshape(draws, *table.shape).astype(float), frame)
    low, high = (float(np.clip(end, 0, 1)) for end in np.percentile(again, _ENDS))
    if high - low > WIDEST:
        # Kish's number knows of weights, not of what coins do to the covariance they come from.
        return replace(told, unsaid=Unsaid.NOISE)
    sampling = Interval(low=low, high=high)
    return replace(
        told,
        share=share,
        sampling=sampling,
        selection=sampling.widened(GAMMA),
        band=_band(table, margins, share),
    )


def _band(
    table: NDArray[np.int64], margins: Sequence[PopulationMargin], share: float
) -> tuple[float, float] | None:
    found = [share]
    for place, margin in enumerate(margins):
        for end in margin.ends():
            moved = [*margins[:place], end, *margins[place + 1 :]]
            shares = _shares(table[np.newaxis].astype(float), make_frame(moved))
            found.append(float(np.clip(shares[0], 0, 1)))
    return (min(found), max(found)) if len(found) > 1 else None


def _shares(tables: Floats, frame: Frame) -> Floats:
    """Return the weighted share of each table (tables × kinds × 2)."""
    counts = tables.sum(axis=2)
    people = counts.sum(axis=1, keepdims=True)
    mean, spread = _moments(counts, frame)
    agree = tables[:, :, 0] / people
    raw = agree.sum(axis=1)
    with_z = agree @ frame.z - raw[:, np.newaxis] * mean
    slopes = np.linalg.solve(spread, with_z[:, :, np.newaxis])[:, :, 0]
    shares: Floats = raw - (mean * slopes).sum(axis=1)
    return shares


def _moments(counts: Floats, frame: Frame) -> tuple[Floats, Floats]:
    """Return the mean of z (tables × contrasts) and its covariance without the coins' noise."""
    people = counts.sum(axis=1)[:, np.newaxis, np.newaxis]
    parts = counts / people[:, :, 0]
    mean = parts @ frame.z
    noisy = np.einsum("tk,ki,kj->tij", parts, frame.z, frame.z)
    outer = mean[:, :, np.newaxis] * mean[:, np.newaxis, :]
    squares = noisy.copy()
    for place, (block, turned) in enumerate(frame.blocks):
        # Within a margin the truth is one level: its squares follow from its shares.
        shares = parts @ frame.c[:, place]
        squares[:, block, block] = np.einsum("ts,si,sj->tij", shares, turned, turned)
    # The mean is noisy too: its square is too large by its variance.
    return mean, squares - outer + (noisy - outer) / people

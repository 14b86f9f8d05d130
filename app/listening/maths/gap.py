"""The gap between what is expressed and what is preferred.

On one topic, x is what each person prefers (how they vote), e how much they express (posts or
words), w their weight. The gap is Σex/Σe - Σwx/Σw: by how much those who speak most stand elsewhere
than everybody. With equal weights it is corr(e, x) · sd(x) · CV(e), Meng's identity ("Statistical
paradises and paradoxes in big data", 2018): who speaks, never how somebody reads their words.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.kernel.errors import MalformedError

FEWEST_SPEAKERS: Final = 30
_ENDS: Final = (2.5, 97.5)
_TOP_SHARE: Final = 0.1

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """How far what is said lies from what is held, in standard deviations of what is held."""

    speakers: int
    value: float
    low: float
    high: float
    extremity: float
    """The same gap for the distance from the middle: whether speakers are farther out."""
    top_share: float
    """Of all that was expressed, by the tenth who express most."""


def find_gap(
    expressed: _Floats, preferred: _Floats, weights: _Floats, *, seed: int, draws: int = 1_000
) -> Gap | None:
    """Return the gap, or None below thirty speakers or where all prefer the same.

    Shapes: three arrays of the same people; `expressed` and `weights` are not negative.

    Raises:
        MalformedError: the shapes differ, or something expressed or a weight is negative.

    """
    if not expressed.shape == preferred.shape == weights.shape or expressed.ndim != 1:
        raise MalformedError("three numbers of each person")
    if not expressed.size or (expressed < 0).any() or (weights < 0).any() or not weights.any():
        raise MalformedError("nobody, or less than nothing expressed")
    speakers = int((expressed > 0).sum())
    spread = _spread(preferred, weights)
    if speakers < FEWEST_SPEAKERS or not spread:
        return None
    middle = np.average(preferred, weights=weights)
    far = np.abs(preferred - middle)
    random, found = np.random.default_rng(seed), list[float]()
    for _ in range(draws):
        drawn = random.integers(len(expressed), size=len(expressed))
        if expressed[drawn].any() and (again := _spread(preferred[drawn], weights[drawn])):
            found.append(_gap(expressed[drawn], preferred[drawn], weights[drawn]) / again)
    low, high = (float(end) for end in np.percentile(found, _ENDS))
    return Gap(
        speakers=speakers,
        value=_gap(expressed, preferred, weights) / spread,
        low=low,
        high=high,
        extremity=_gap(expressed, far, weights) / spread,
        top_share=_share_of_top(expressed),
    )


def _gap(expressed: _Floats, preferred: _Floats, weights: _Floats) -> float:
    said = np.average(preferred, weights=expressed)
    return float(said - np.average(preferred, weights=weights))


def _spread(values: _Floats, weights: _Floats) -> float:
    middle = np.average(values, weights=weights)
    return float(np.sqrt(np.average(np.square(values - middle), weights=weights)))


def _share_of_top(expressed: _Floats) -> float:
    count = max(1, round(_TOP_SHARE * len(expressed)))
    return float(np.sort(expressed)[-count:].sum() / expressed.sum())

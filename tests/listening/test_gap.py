"""Whether those who speak most hold what most hold."""

import numpy as np
import pytest
from app.kernel.errors import MalformedError
from app.listening.maths.gap import find_gap
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def make_people(
    seed: int, people: int = 800, pull: float = 0.8
) -> tuple[Floats, Floats, Floats, float]:
    """Return what people express, prefer and weigh, and the true gap in standard deviations.

    Everybody speaks as a Poisson process does, faster by `pull` for what they prefer; the truth is
    that of endless people: `pull`, since the tilted normal has its mean there.
    """
    random = np.random.default_rng(seed)
    preferred = random.normal(size=people)
    expressed = random.poisson(0.5 * np.exp(pull * preferred)).astype(float)
    return expressed, preferred, np.ones(people), pull


@pytest.mark.slow
def test_gap_comes_near_the_truth_and_its_interval_holds_it() -> None:
    errors, covered = list[float](), list[bool]()
    for seed in range(120):
        expressed, preferred, weights, truth = make_people(seed, pull=0.315)
        found = find_gap(expressed, preferred, weights, seed=seed, draws=200)
        assert found is not None
        errors.append(found.value - truth)
        covered.append(found.low <= truth <= found.high)

    assert np.sqrt(np.mean(np.square(errors))) <= 0.055
    assert np.mean(covered) >= 0.90


def test_no_gap_is_told_below_thirty_speakers() -> None:
    preferred = np.linspace(-1, 1, 100)
    expressed = np.zeros(100)
    expressed[:29] = 1

    assert find_gap(expressed, preferred, np.ones(100), seed=1) is None
    expressed[29] = 1
    assert find_gap(expressed, preferred, np.ones(100), seed=1) is not None


def test_no_gap_is_told_where_all_prefer_the_same() -> None:
    assert find_gap(np.ones(50), np.ones(50), np.ones(50), seed=1) is None


def test_with_equal_weights_it_is_mengs_identity() -> None:
    expressed, preferred, weights, _ = make_people(5)

    found = find_gap(expressed, preferred, weights, seed=1, draws=10)

    assert found is not None
    correlation = np.corrcoef(expressed, preferred)[0, 1]
    assert found.value == pytest.approx(correlation * expressed.std() / expressed.mean())


def test_outrage_of_both_ends_shows_as_extremity_alone() -> None:
    preferred = np.repeat([-2.0, -0.1, 0.1, 2.0], 50)
    expressed = (np.abs(preferred) > 1).astype(float)

    found = find_gap(expressed, preferred, np.ones(200), seed=1, draws=50)

    assert found is not None
    assert found.value == pytest.approx(0)
    assert found.extremity > 0.5


def test_share_of_the_tenth_who_speak_most() -> None:
    expressed = np.array([10.0] * 10 + [1.0] * 90)

    found = find_gap(expressed, np.linspace(-1, 1, 100), np.ones(100), seed=1, draws=10)

    assert found is not None
    assert found.top_share == pytest.approx(100 / 190)


@pytest.mark.parametrize(
    ("expressed", "preferred"), [([], []), ([1.0], [1.0, 2.0]), ([-1.0, 2.0], [1.0, 2.0])]
)
def test_what_is_no_table_of_people_is_refused(
    expressed: list[float], preferred: list[float]
) -> None:
    with pytest.raises(MalformedError):
        find_gap(np.array(expressed), np.array(preferred), np.ones(len(expressed)), seed=1)

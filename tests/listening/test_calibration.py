"""Weights from what people said behind coins, against a population of known truth."""

import numpy as np
import pytest
from app.kernel.errors import MalformedError
from app.listening.maths.calibration import calibrate, make_frame, weigh_kinds
from app.listening.model import Unsaid

from tests.listening.deniable import MARGINS, make_world, margin

pytestmark = pytest.mark.slow

WORLDS, PEOPLE = 60, 20_000


def test_noise_is_taken_out_and_bounds_hold_it() -> None:
    """Of 20,000 people: raw 7 points off, weighted 2; the first interval holds 19 times of 20."""
    raw, off, held, wide = [], [], [], []
    for seed in range(WORLDS):
        world = make_world(seed)
        found = calibrate(
            world.draw(PEOPLE, np.random.default_rng(seed)), MARGINS, seed=1, draws=200
        )
        raw.append(found.raw - world.truth)
        if found.share is None or found.sampling is None or found.selection is None:
            continue
        off.append(found.share - world.truth)
        held.append(found.sampling.low <= world.truth <= found.sampling.high)
        wide.append(found.selection.low <= world.truth <= found.selection.high)

    assert len(off) > 0.8 * WORLDS
    assert np.sqrt(np.mean(np.square(off))) < 0.03
    assert np.sqrt(np.mean(np.square(raw))) > 0.05
    assert np.mean(held) >= 0.9
    assert np.mean(wide) >= 0.95


@pytest.mark.parametrize("people", [200, 1_000])
def test_few_people_behind_coins_tell_nothing_of_everybody(people: int) -> None:
    for seed in range(20):
        found = calibrate(
            make_world(seed).draw(people, np.random.default_rng(seed)), MARGINS, seed=1
        )
        assert found.unsaid in {Unsaid.TOO_FEW, Unsaid.NOISE}
        assert found.share is None


def test_weights_have_a_mean_of_one_and_cost_effective_people() -> None:
    table = make_world(1).draw(PEOPLE, np.random.default_rng(1))
    counts = table.sum(axis=1).astype(float)

    weights = weigh_kinds(counts, make_frame(MARGINS))

    assert weights is not None
    assert counts @ weights == pytest.approx(counts.sum())
    assert 100 < calibrate(table, MARGINS, seed=1).effective < PEOPLE / 5


def test_doubtful_margin_gives_a_band_that_holds_the_figure() -> None:
    table = make_world(2).draw(PEOPLE, np.random.default_rng(2)).reshape(3, 27, 2).sum(axis=1)

    sure = calibrate(table, [margin("side")], seed=1, draws=50)
    doubtful = calibrate(table, [margin("side", low=0.85, high=0.99)], seed=1, draws=50)

    assert sure.band is None
    assert doubtful.share == sure.share
    assert doubtful.band is not None
    assert doubtful.band[0] <= (doubtful.share or 0) <= doubtful.band[1]
    assert doubtful.band[1] - doubtful.band[0] > 0.001


def test_same_people_give_the_same_figures() -> None:
    table = make_world(3).draw(PEOPLE, np.random.default_rng(3))

    assert calibrate(table, MARGINS, seed=5, draws=50) == calibrate(
        table, MARGINS, seed=5, draws=50
    )


def test_tables_of_other_shapes_are_refused() -> None:
    with pytest.raises(MalformedError, match="counts of kinds"):
        calibrate(np.ones((80, 2), dtype=np.int64), MARGINS, seed=1)
    with pytest.raises(MalformedError, match="counts of kinds"):
        calibrate(np.zeros((81, 2), dtype=np.int64), MARGINS, seed=1)
    with pytest.raises(MalformedError, match="margins"):
        make_frame([])


def test_few_who_are_of_one_mind_tell_nothing_of_everybody() -> None:
    """Their bounds are narrow, and yet they are worth fewer than a hundred drawn at random."""
    world = make_world(1)
    table = world.draw(400, np.random.default_rng(1)).reshape(3, 27, 2).sum(axis=(1, 2))

    found = calibrate(np.stack([table, np.zeros_like(table)], axis=1), [margin("side")], seed=1)

    assert found.effective < 100
    assert found.unsaid is Unsaid.TOO_FEW

"""The loop that ticks outlives what goes wrong in a step."""

import pytest
from app import worker
from app.wiring import House

from tests import factories
from tests.houses import LONG_ENOUGH_S, require_post, submit


def test_step_that_fails_raises_nothing_and_is_tried_again(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    post = factories.note(factories.person("Ava"))
    submit(house, post)
    house.clock.advance(LONG_ENOUGH_S)  # type: ignore[attr-defined]
    in_the_way = house.settings.data / "log" / "checkpoint.part"
    in_the_way.mkdir()

    worker.step(house, 1)

    assert require_post(house, post).number is None
    assert "step-failed" in capsys.readouterr().out
    assert house.db.counters.read()["failures", ""] == 1
    in_the_way.rmdir()
    worker.step(house, 2)
    assert require_post(house, post).number == 1
    assert house.db.counters.read()["failures", ""] == 1

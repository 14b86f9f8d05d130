"""The loop that ticks outlives what goes wrong in a step."""

import pytest
from app import worker
from app.wiring import House
from sqlalchemy import text

from tests import factories
from tests.houses import LONG_ENOUGH_S, require_post, submit

POISON = text(
    "INSERT INTO tlog_pending (leaf_hash, leaf, lane, due_at) VALUES (:hash, :leaf, 'house', 0)"
)


def test_step_that_fails_raises_nothing_and_is_tried_again(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    post = factories.note(factories.person("Ava"))
    submit(house, post)
    house.clock.advance(LONG_ENOUGH_S)  # type: ignore[attr-defined]
    with house.db.write() as work:
        work.session.execute(POISON, {"hash": b"1", "leaf": b"not a leaf"})

    worker.step(house, 1)

    assert require_post(house, post).number is None
    assert "step-failed" in capsys.readouterr().out
    assert house.db.counters.read()["failures", ""] == 1
    with house.db.write() as work:
        work.session.execute(
            text("DELETE FROM tlog_pending WHERE leaf_hash = :hash"), {"hash": b"1"}
        )
    worker.step(house, 2)
    assert require_post(house, post).number == 1
    assert house.db.counters.read()["failures", ""] == 1

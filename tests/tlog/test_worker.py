"""The loop that ticks outlives what goes wrong in a step."""

import pytest
from app import worker
from app.kernel.clock import DAY_S
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import LONG_ENOUGH_S, advance, read_rows, require_post, submit
from tests.visitor import Visitor


def test_words_are_forgotten_although_nothing_can_be_published(
    house: House, client: TestClient
) -> None:
    """A folder that is gone, a disk that is full: none of it keeps a draft."""
    visitor = Visitor(client)
    visitor.join("Ava")
    form = visitor.open_form("/b/square/new")
    visitor.send(form, do="preview", title="Water", text="Where does it go?")
    advance(house, 8 * DAY_S)
    (house.settings.data / "log" / "checkpoint.part").mkdir()
    submit(house, factories.note(factories.person("Ava")))
    advance(house, LONG_ENOUGH_S)

    worker.step(house, 0)

    assert house.db.counters.read()["failures", ""] > 0
    assert [row for table, row in read_rows(house) if table in {"draft", "login_session"}] == []


def test_step_that_fails_raises_nothing_and_is_tried_again(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    post = factories.note(factories.person("Ava"))
    submit(house, post)
    advance(house, LONG_ENOUGH_S)
    in_the_way = house.settings.data / "log" / "checkpoint.part"
    in_the_way.mkdir()

    worker.step(house, 1)

    assert require_post(house, post).number is None
    assert caplog.messages == ["step-failed"]
    assert house.db.counters.read()["failures", ""] == 1
    in_the_way.rmdir()
    worker.step(house, 2)
    assert require_post(house, post).number == 1
    assert house.db.counters.read()["failures", ""] == 1

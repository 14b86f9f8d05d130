"""Logs: one JSON line an event, and nobody in them."""

import io
import json
import logging
import warnings
from collections.abc import Iterator

import pytest
from app import worker
from app.kernel.clock import FixedClock, Instant
from app.main import create_app
from app.web.logs import FIELDS, begin_logs
from app.wiring import House
from sqlalchemy import text
from starlette.testclient import TestClient

from tests import factories
from tests.houses import LONG_ENOUGH_S, advance, submit
from tests.process import process_kept
from tests.visitor import ORIGIN, Visitor

NEEDLE = "needle-in-the-hay"


@pytest.fixture
def lines(clock: FixedClock) -> Iterator[io.StringIO]:
    """What is logged; the logging of the other tests comes back afterwards."""
    root = logging.getLogger()
    stream = io.StringIO()
    with process_kept(), warnings.catch_warnings():
        for handler in root.handlers[:]:
            root.removeHandler(handler)
        begin_logs(clock, stream)
        yield stream


def events(stream: io.StringIO) -> list[dict[str, str]]:
    """Return the events, each of which must be one line of JSON with known fields."""
    found = [json.loads(line) for line in stream.getvalue().splitlines()]
    for event in found:
        assert set(event) <= set(FIELDS)
        assert event["day"] == "2026-11-21"
    assert NEEDLE not in stream.getvalue()
    return found


class BrokenClock:
    """Fails as nothing expects, with somebody's words in its error."""

    def now(self) -> Instant:
        """Fail."""
        raise ValueError(NEEDLE)


def test_crash_is_logged_without_what_was_typed(house: House, lines: io.StringIO) -> None:
    with TestClient(create_app(house, ORIGIN), ORIGIN, raise_server_exceptions=False) as client:
        visitor = Visitor(client)
        form = visitor.open_form("/login")
        house.db._clock = BrokenClock()

        answer = visitor.send(form, name=NEEDLE, passphrase=NEEDLE)

    assert answer.status_code == 500
    (event,) = events(lines)
    assert (event["event"], event["level"], event["kind"]) == ("crash", "error", "ValueError")
    assert event["place"].partition(":")[0].endswith(".py")


def test_step_that_fails_is_one_line_of_class_and_place(house: House, lines: io.StringIO) -> None:
    submit(house, factories.note(factories.person("Ava"), text=NEEDLE))
    advance(house, LONG_ENOUGH_S)
    with house.db.write() as work:
        work.session.execute(
            text(
                "INSERT INTO tlog_pending (leaf_hash, leaf, lane, due_at) VALUES (:n, :n, 'house', 0)"
            ),
            {"n": NEEDLE.encode()},
        )

    worker.step(house, 1)

    (event,) = events(lines)
    assert (event["event"], event["level"]) == ("effect-failed", "error")
    assert event["kind"].isidentifier()
    assert event["place"].partition(":")[0].endswith(".py")


def test_words_of_libraries_and_of_errors_are_not_written(lines: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").warning("from %s", NEEDLE)
    logging.getLogger("asyncio").error(f"task of {NEEDLE}\nsecond line")  # noqa: G004
    logging.getLogger("sqlalchemy").info(NEEDLE)
    logging.getLogger("py.warnings").warning(NEEDLE)
    try:
        raise ValueError(NEEDLE)
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in %s", NEEDLE)

    found = events(lines)
    assert [event["event"] for event in found][-1] == "crash"
    assert [event.get("kind") for event in found][:2] == ["uvicorn.error", "asyncio"]
    assert "sqlalchemy" not in {event.get("kind") for event in found}


def test_field_that_is_not_of_the_list_is_not_written(lines: io.StringIO) -> None:
    odd = {"kind": "Odd", "path": NEEDLE}
    logging.getLogger("goftogu.of").warning("odd", extra=odd)

    assert events(lines) == [
        {"event": "odd", "level": "warning", "day": "2026-11-21", "kind": "Odd"}
    ]

"""Erased words leave SQLite's files although something came in between: a reader, a crash, days."""

import shutil
from contextlib import closing
from pathlib import Path

from app import worker
from app.kernel.clock import DAY_S, FixedClock
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import open_at, publish, submit
from tests.visitor import Visitor

NEEDLE = "The needle that was erased."


def holds(data: Path) -> bool:
    """Return whether the needle is in a file of an instance."""
    return any(NEEDLE.encode() in path.read_bytes() for path in data.glob("goftogu.db*"))


def test_words_whose_scrub_a_crash_kept_from_happening_are_gone_after_the_start(
    house: House, clock: FixedClock, tmp_path: Path
) -> None:
    ava = factories.person("Ava")
    post = factories.note(ava, board=factories.LIVE, text=NEEDLE)
    publish(house, post)
    with house.db.read() as reader:
        # Somebody who reads holds the log open, so that it cannot be emptied at once.
        reader.session.connection().exec_driver_sql("SELECT count(*) FROM post")
        submit(house, factories.erasure(ava, post))
        shutil.copytree(house.settings.data, tmp_path / "after")
    assert holds(tmp_path / "after")

    with closing((again := open_at(tmp_path / "after", clock)).db):
        worker.step(again, 0)
        worker.step(again, 1)

        assert not holds(tmp_path / "after")


def test_draft_that_was_forgotten_leaves_the_disk(
    house: House, clock: FixedClock, client: TestClient
) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    visitor.send(visitor.open_form("/b/square/new"), do="keep", text=NEEDLE)
    worker.step(house, 0)
    worker.step(house, 1)
    assert holds(house.settings.data)

    clock.advance(8 * DAY_S)
    worker.step(house, 0)
    worker.step(house, 1)

    assert not holds(house.settings.data)

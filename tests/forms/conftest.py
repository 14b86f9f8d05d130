"""One place for all the forms: a persona who is logged in, a thread and a post of hers. Bad input changes none of it."""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from app.kernel.clock import FixedClock
from app.main import create_app
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.conftest import ORIGIN
from tests.houses import open_at, release
from tests.visitor import Visitor


@dataclass
class Place:
    """Where the forms are tried."""

    house: House
    visitor: Visitor
    digest: str
    thread: str

    @property
    def clock(self) -> FixedClock:
        """The clock of the place."""
        assert isinstance(self.house.clock, FixedClock)
        return self.house.clock

    def address(self, path: str, language: str = "en") -> str:
        """Return the address of a form, with the place's own thread and post in it."""
        return f"/{language}" + path.format(thread=self.thread, digest=self.digest)

    def everything(self) -> list[tuple[str, tuple[object, ...]]]:
        """Return every row of the database."""
        path = self.house.settings.data / "goftogu.db"
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall()
        rows = [
            (table, row)
            for (table,) in tables
            for row in connection.execute(f"SELECT * FROM {table}")
        ]
        connection.close()
        return sorted(rows, key=repr)


@pytest.fixture(scope="session")
def place(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Ava, logged in, with a thread of her own."""
    data = tmp_path_factory.mktemp("place") / "instance"
    shutil.copytree(template, data)
    house = open_at(data, FixedClock(factories.NOW))
    with TestClient(create_app(house, ORIGIN), ORIGIN, follow_redirects=False) as client:
        visitor = Visitor(client)
        visitor.join("Ava")
        digest = visitor.open_thread("Water", "Where does it go?")
        release(house)
        visitor.log_in("Ava")
        yield Place(house=house, visitor=visitor, digest=digest, thread=digest[:20])
    house.db.close()

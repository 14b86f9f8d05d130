"""One place for all the forms: a persona who is logged in, a thread and a post of hers. Bad input changes none of it."""

import shutil
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
from tests.houses import open_at, read_rows, release
from tests.visitor import Visitor


@dataclass
class Place:
    """Where the forms are tried."""

    house: House
    visitor: Visitor
    digest: str
    thread: str
    token: str
    """Of the visitor's forms."""
    others_token: str
    """Of the forms of somebody without a session."""

    @property
    def clock(self) -> FixedClock:
        """The clock of the place."""
        assert isinstance(self.house.clock, FixedClock)
        return self.house.clock

    def address(self, path: str, language: str = "en") -> str:
        """Return the address of a form, with the place's own thread and post in it."""
        return f"/{language}" + path.format(thread=self.thread, digest=self.digest)

    def everything(self) -> list[tuple[str, dict[str, object]]]:
        """Return every row of the database."""
        return read_rows(self.house)


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
        client.cookies.clear()
        others_token = visitor.open_form("/settings").fields["token"]
        visitor.log_in("Ava")
        token = visitor.open_form("/settings").fields["token"]
        yield Place(house, visitor, digest, digest[:20], token, others_token)
    house.db.close()

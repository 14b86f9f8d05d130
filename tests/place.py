"""A shared place for requests that must change nothing: an instance, somebody logged in, a thread of hers."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.crypto.multikey import fingerprint
from app.kernel.clock import FixedClock
from app.main import create_app
from app.wiring import House
from sqlalchemy import Connection
from starlette.testclient import TestClient

from tests import factories
from tests.houses import open_at, release, submit
from tests.visitor import ORIGIN, Visitor

DARA = factories.person("Dara")
"""Has a card in every place, and a key on a device."""


@dataclass(frozen=True)
class Place:
    """An instance with something in it. What is tried here leaves no trace, and tests check that."""

    house: House
    clock: FixedClock
    visitor: Visitor
    """Ava, who is logged in."""
    stranger: Visitor
    """Somebody who is not."""
    digest: str
    """Of Ava's post, which opened a thread."""
    token: str
    """Of Ava's forms."""
    others_token: str
    """Of the stranger's."""
    watch: Connection
    """Sees what the others do to the database."""

    def path(self, pattern: str) -> str:
        """Return an address with the place's own thread and post in it, or Dara's mark."""
        return pattern.format(
            thread=self.digest[:20],
            digest=self.digest,
            mark=fingerprint(DARA.seed.root_key().public).replace(" ", ""),
        )

    def changes(self) -> int:
        """Return a number that is another one after anybody stored anything."""
        return int(self.watch.exec_driver_sql("PRAGMA data_version").scalar_one())


@contextmanager
def opened_place(template: Path, data: Path) -> Iterator[Place]:
    """Open a place for the length of a block."""
    shutil.copytree(template, data)
    clock = FixedClock(factories.NOW)
    house = open_at(data, clock)
    app = create_app(house, ORIGIN)
    with (
        TestClient(app, ORIGIN, follow_redirects=False) as hers,
        TestClient(app, ORIGIN, follow_redirects=False) as theirs,
        house.db.engine.connect() as watch,
    ):
        ava, stranger = Visitor(hers), Visitor(theirs)
        ava.join("Ava")
        digest = ava.open_thread("Water", "Where does it go?")
        release(house)
        submit(house, factories.card(DARA))
        ava.log_in("Ava")
        token, other = (
            visitor.open_form("/settings").fields["token"] for visitor in (ava, stranger)
        )
        yield Place(house, clock, ava, stranger, digest, token, other, watch)
    house.db.close()

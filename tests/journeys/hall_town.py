"""A town that is served by the tests' own process, so that they say what day it is.

Everybody reads it in a real Chromium without scripts, each with a cookie jar of their own.
"""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Final

import uvicorn
from app import identity
from app.identity.service.sessions import new_session
from app.kernel.clock import FixedClock, day_of
from app.main import create_app
from app.records.model import Custody
from app.wiring import House
from playwright.sync_api import Browser

from tests import factories
from tests.factories import Person
from tests.houses import invite, open_at, release

from .chromium import ChromiumWindow, new_context

AVA, BABAK, MINA, OMID, PARI = (
    factories.person(f"{name} of the town", Custody.UNLOCKED)
    for name in ("Ava", "Babak", "Mina", "Omid", "Pari")
)
"""Two who ask, a steward, the official, and who writes down what they say."""
PEOPLE: Final = (AVA, BABAK, MINA, OMID, PARI)


@dataclass(slots=True, kw_only=True)
class Town:
    """A house, where it is served, and who looks at it."""

    house: House
    origin: str
    browser: Browser
    language: str
    rooms: ExitStack
    windows: dict[str, ChromiumWindow] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day of the house's clock."""
        return day_of(self.house.clock.now())

    def sit(self, person: Person | None = None) -> ChromiumWindow:
        """Return the window of somebody who has just logged in with their passphrase, or of nobody."""
        name = person.name if person else ""
        if name not in self.windows:
            context = new_context(self.browser, self.origin, scripts=False)
            page = self.rooms.enter_context(context).new_page()
            self.windows[name] = ChromiumWindow(page, has_scripts=False)
        window = self.windows[name]
        if person is not None:
            with self.house.db.write() as work:
                token = new_session(work, person.root, person.did, person.key)
            window.page.context.add_cookies([{"name": "s", "value": token, "url": self.origin}])
        return window

    def at(self, path: str) -> str:
        """Return a path in the language that everybody reads."""
        return f"/{self.language}{path}"


@contextmanager
def opened_town(data: Path, browser: Browser, language: str) -> Iterator[Town]:
    """Serve an instance from a folder, in which everybody has come and Mina is a steward."""
    house = open_at(data, FixedClock(factories.NOW))
    listening = socket.create_server(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
    # Without a configuration of its own: that would stay for every test after this one.
    config = uvicorn.Config(create_app(house, origin), log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        invite(house, *PEOPLE)
        with house.db.write() as work:
            identity.grant_stewardship(work, MINA.mark)
        release(house)
        with ExitStack() as rooms:
            yield Town(house=house, origin=origin, browser=browser, language=language, rooms=rooms)
    finally:
        server.should_exit = True
        thread.join()
        house.db.close()

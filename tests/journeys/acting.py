"""Officials whose key stays on their device, and a charter that waits for their signature."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

from app import forum, hearings, opinion
from app.db import Work
from app.forum.model import ThreadSort
from app.identity.service.sessions import new_session
from app.kernel.clock import SystemClock, day_of
from app.records.model import Custody
from app.wiring import House

from tests import factories
from tests.factories import Person
from tests.hearings.hall import CHARTER, TEXT
from tests.hearings.officials import make_official
from tests.houses import invite, open_at

from .instance import Instance


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """An official, where a charter waits for them, and the cookie of their session."""

    thread: str
    session: str


def seat_official(instance: Instance) -> Official:
    """Let somebody come with a key on a device, and offer them a hearing."""
    house = open_at(instance.data, SystemClock())
    official = factories.person("Official far away", Custody.DEVICE)
    invite(house, official)
    thread = offer_hearing(house, official.root)
    with house.db.write() as work:
        session = new_session(work, official.root, official.did, None)
    house.db.close()
    return Official(thread=f"/t/{thread}", session=session)


def offer_hearing(house: House, root: str) -> str:
    """Give a persona an office and offer it a hearing; return its thread."""
    with house.db.read() as work:
        today = day_of(work.now)
        thread = _find_thread(work)
    make_official(house, cast("Person", _Named(root)), day=today)
    opens, chooses, ends = (today + timedelta(days=days) for days in (2, 6, 15))
    charter = replace(CHARTER, opens_on=opens, chooses_on=chooses, ends_on=ends)
    with house.db.write() as work:
        hearings.offer_hearing(
            work, house.door, thread, official=root, text=TEXT, language="en", charter=charter
        )
    return thread.id


@dataclass
class _Named:
    """Somebody as an office names them."""

    root: str


def _find_thread(work: Work) -> forum.Thread:
    """Return a thread on which nothing stands yet."""
    found, _ = forum.list_threads(work, board=None, sort=ThreadSort.NEW, page=1)
    for thread in (each.thread for each in found):
        stands = hearings.find_hearing(work, thread=thread.id)
        if not stands and not opinion.find_conversation(work, thread=thread.id):
            return thread
    raise AssertionError("the village has no thread left")

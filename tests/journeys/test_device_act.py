"""An official whose key stays on their device is bound to a charter: signed in the page, as it is shown there."""

from dataclasses import dataclass, replace
from datetime import timedelta
from secrets import randbelow
from typing import cast

import pytest
from app import forum, hearings, identity, opinion
from app.db import Work
from app.forum.model import ThreadSort
from app.hearings import HearingState
from app.kernel.clock import SystemClock, day_of

from tests.factories import Person
from tests.hearings.hall import CHARTER, TEXT
from tests.hearings.officials import make_official
from tests.houses import open_at

from .chromium import ChromiumWindow
from .citizen import Citizen
from .instance import Instance
from .test_device_journey import holds_words, make_key
from .test_pages import _AXE, _axe

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_device_signs_what_the_page_shows(scripted: ChromiumWindow, instance: Instance) -> None:
    window = scripted
    citizen = Citizen(window=window, language="fa", name=f"مسئول دور {randbelow(10**6)}")
    words = make_key(citizen, remembers=False)
    window.open("/fa/persona")
    thread = _offer(instance, window.path.rpartition("/")[2])
    sent: list[str] = []
    window.page.on("request", lambda request: sent.append(request.post_data or ""))

    window.open(f"/fa/t/{thread}/hearing/bind")
    window.press('button[value="bind"]')
    assert '"urn:goftogu:binds":true' in window.value("#f-text")
    window.page.evaluate(_AXE)
    assert not _axe(window.page)
    window.fill("[data-words]", "zebra")
    window.click("[data-signer] ~ p button")
    window.page.locator("[data-signer] [data-error]:not(:empty)").wait_for()
    window.fill("[data-words]", " ".join(words))
    window.press("[data-signer] ~ p button")

    assert window.path == f"/fa/t/{thread}/hearing"
    house = open_at(instance.data, SystemClock())
    with house.db.read() as work:
        assert hearings.get_hearing(work, thread).state is HearingState.BOUND
    house.db.close()
    assert not [body for body in sent if holds_words(body, words)], "words never leave the page"


def _offer(instance: Instance, mark: str) -> str:
    """Give a persona an office and offer it a hearing; return its thread."""
    house = open_at(instance.data, SystemClock())
    with house.db.read() as work:
        root = identity.get_persona(work, mark).root
        today = day_of(work.now)
        thread = _find_thread(work)
    make_official(house, cast("Person", _Named(root)), day=today)
    opens, chooses, ends = (today + timedelta(days=days) for days in (2, 6, 15))
    charter = replace(CHARTER, opens_on=opens, chooses_on=chooses, ends_on=ends)
    with house.db.write() as work:
        hearings.offer_hearing(
            work, house.door, thread, official=root, text=TEXT, language="en", charter=charter
        )
    house.db.close()
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

"""An official whose key stays on their device is bound to a charter: signed in the page, as it is shown there."""

from secrets import randbelow

import pytest
from app import hearings, identity
from app.hearings import HearingState
from app.kernel.clock import SystemClock

from tests.houses import open_at

from .acting import offer_hearing
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
    house = open_at(instance.data, SystemClock())
    with house.db.read() as work:
        root = identity.get_persona(work, window.path.rpartition("/")[2]).root
    thread = offer_hearing(house, root)
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
    with house.db.read() as work:
        assert hearings.get_hearing(work, thread).state is HearingState.BOUND
    house.db.close()
    assert not [body for body in sent if holds_words(body, words)], "words never leave the page"

"""Somebody whose key stays on their device votes: the ballot is made in the page, and used without the session."""

import json
from secrets import randbelow

import pytest
from playwright.sync_api import Request, Route

from tests.forms.languages import LANGUAGES
from tests.tiers import rest_by_night

from .chromium import ChromiumWindow
from .citizen import Citizen
from .instance import Instance
from .test_device_journey import holds_words, make_key
from .test_pages import _AXE, _axe

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_OTHER_WORDS = "legal winner thank year wave sausage worth useful legal winner thank yellow"
_OTHER_KEYS = "The signed record of this consultation names other keys than this host: it could tell your ballot from others. Nothing was sent."
_ERROR = "[data-ballot] [data-error]"


@pytest.mark.parametrize("remembers", rest_by_night([False, True], 1))
def test_a_device_votes_and_the_host_learns_only_that_somebody_does(
    scripted: ChromiumWindow, instance: Instance, *, remembers: bool
) -> None:
    window = scripted
    citizen = Citizen(window=window, language="fa", name=f"رأی دور {randbelow(10**6)}")
    words = make_key(citizen, remembers=remembers)
    window.open("/fa/consultations")
    window.press('main section:nth-of-type(1) h3 a[href*="/consultation"]')
    place = window.page.url
    assert not window.page.locator("[data-plain]").is_visible()
    sent = _listen(window)
    _be_refused(window)
    assert not [request for request in sent if request.url.endswith("/ballot")]

    _open(window, words)
    first = window.text("[data-statement]")
    _vote(window, "agree")
    assert window.text("[data-statement]") != first
    _vote(window, "pass")
    assert window.count("[data-own-list] > li") == 2
    _require_accessible(window)
    window.click("[data-side] summary")
    window.click('[data-side] input[value="unsaid"]')
    window.click("[data-side] button")
    window.page.locator("[data-side-said]").wait_for(state="visible")
    assert window.page.url == place, "nothing of the page was sent by itself"
    _require_apart(sent, words)

    window.open(place)
    sent.clear()
    _open(window, words)
    assert not [request for request in sent if request.url.endswith("/ballot")], "one ballot"
    own = window.page.locator("[data-own-list] > li", has_text=first)
    assert own.locator("b").inner_text() == LANGUAGES["fa"].gettext("I agree")
    own.locator('button[value="none"]').click()
    window.page.locator("[data-own-list] > li").nth(1).wait_for(state="detached")
    window.page.locator("[data-side]").wait_for(state="hidden")


def test_without_scripts_the_page_says_what_voting_takes(
    scripted: ChromiumWindow, unscripted: ChromiumWindow, instance: Instance
) -> None:
    citizen = Citizen(window=scripted, language="en", name=f"Far vote {randbelow(10**6)}")
    make_key(citizen, remembers=False)
    for cookie in scripted.page.context.cookies():
        name, value = cookie["name"], cookie["value"]
        unscripted.page.context.add_cookies(
            [{"name": name, "value": value, "url": instance.origin}]
        )

    unscripted.open("/en/consultations")
    unscripted.press('main section:nth-of-type(1) h3 a[href*="/consultation"]')

    assert "That takes scripts, and twelve words" in unscripted.text("#device")
    assert not unscripted.page.locator("[data-open]").is_visible()
    assert not unscripted.page.locator("[data-asked]").is_visible()
    assert unscripted.count('button[name="vote"][disabled]') == 3


def _listen(window: ChromiumWindow) -> list[Request]:
    sent: list[Request] = []

    def note(request: Request) -> None:
        # Playwright marks the functions that it calls, and takes none that is built in.
        sent.append(request)

    window.page.on("request", note)
    return sent


def _open(window: ChromiumWindow, words: list[str]) -> None:
    window.fill("[data-typed]", " ".join(words))
    window.click("[data-open] button")
    window.page.locator("[data-asked]").wait_for(state="visible")
    assert not window.value("[data-typed]"), "the words are wiped"


def _vote(window: ChromiumWindow, value: str) -> None:
    before = window.text("[data-statement]")
    window.click(f'[data-asked] button[value="{value}"]')
    window.page.wait_for_function(
        "old => document.querySelector('[data-statement]').textContent !== old", arg=before
    )
    assert window.page.evaluate("document.activeElement.hasAttribute('data-statement')")


def _be_refused(window: ChromiumWindow) -> None:
    """Whatever fails is said, what was typed stays, and no ballot is asked for."""
    for typed in ("", "zebra", _OTHER_WORDS):
        _fail(window, typed)

    def turn(route: Route) -> None:
        said = route.fetch().json()
        keys = said["ballotKeys"]
        keys["vouched"], keys["unvouched"] = keys["unvouched"], keys["vouched"]
        route.fulfill(json=said)

    window.page.route("**/api/v1/consultations/*", turn)
    assert LANGUAGES["fa"].gettext(_OTHER_KEYS) in _fail(window, _OTHER_WORDS)
    window.page.unroute_all()
    window.page.route("**/api/v1/consultations/*", lambda route: route.abort())
    _fail(window, _OTHER_WORDS)
    window.page.unroute_all()


def _fail(window: ChromiumWindow, typed: str) -> str:
    window.page.locator(_ERROR).evaluate("element => element.replaceChildren()")
    window.fill("[data-typed]", typed)
    window.click("[data-open] button")
    window.page.locator(f"{_ERROR}:not(:empty)").wait_for()
    assert window.value("[data-typed]") == typed, "what was typed stays"
    return window.text(_ERROR)


def _require_accessible(window: ChromiumWindow) -> None:
    window.page.evaluate(_AXE)
    assert not _axe(window.page)


def _require_apart(sent: list[Request], words: list[str]) -> None:
    """Assert that the session tells nothing of the ballot, and that what tells of it has no session."""
    bodies = [request.post_data or "" for request in sent]
    assert not [body for body in bodies if holds_words(body, words)], "words never leave the page"
    signed = [request for request in sent if request.url.endswith("/ballot")]
    assert len(signed) == 1
    assert "cookie" in signed[0].all_headers()
    handed = [request for request in sent if "/api/v1/" in request.url and request.post_data]
    assert [request.url.partition("/api/v1/")[2] for request in handed] == [
        "votes", "ballots", "votes", "votes", "votes", "sides",
    ]  # fmt: skip
    ballot = json.loads(handed[1].post_data or "")["ballot"]
    secret = json.loads(handed[0].post_data or "")["secret"]
    for request in sent:
        headers = request.all_headers()
        said = request.url + (request.post_data or "")
        if "/api/v1/" in request.url or "/records/" in request.url:
            assert "cookie" not in headers, request.url
            assert "referer" not in headers, request.url
        elif "cookie" in headers:
            assert ballot not in said
            assert secret not in said

"""Somebody whose key stays on their device answers under a name for one thread."""

import json
from secrets import randbelow

import pytest
from playwright.sync_api import Request

from tests.forms.languages import LANGUAGES
from tests.tiers import rest_by_night

from .chromium import ChromiumWindow
from .citizen import ANSWERS, Citizen, go_to_post, open_composer, see_released
from .instance import Instance, run_command
from .test_device_journey import holds_words, make_key

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BOX = "#device-hand"
OTHER_KEY = (
    "The host’s signed card names another key than this page: it could tell your name from others."
)
UNSEEN = "Others do not see yet what you answer or quote, so it would show who you are."
SIGNING = "/keys/thread-name"


@pytest.fixture(params=rest_by_night([False, True], 1))
def remembers(request: pytest.FixtureRequest) -> bool:
    """Whether the browser keeps the persona's key."""
    return bool(request.param)


def test_a_device_answers_under_a_name_that_the_host_does_not_join_to_it(
    scripted: ChromiumWindow, instance: Instance, *, remembers: bool
) -> None:
    citizen = Citizen(window=scripted, language="fa", name=f"کلید دور {randbelow(10**6)}")
    words = make_key(citizen, remembers=remembers)
    citizen.fingerprint = scripted.text("main .fp")
    open_composer(citizen)
    assert not scripted.count(BOX), "nobody answers for somebody who has just come"
    run_command(instance.data, "steward", "grant", citizen.fingerprint)
    open_composer(citizen)
    composer = scripted.page.url
    sent = _listen(scripted)
    _be_refused(scripted, words)
    assert not [request for request in sent if SIGNING in request.url]

    scripted.fill("[data-words]", " ".join(words))
    digest, mark = _send(scripted)
    signed = [request for request in sent if SIGNING in request.url]
    assert len(signed) == 1
    _require_apart(sent, signed[0], words)
    see_released(citizen, digest)
    number = go_to_post(citizen, digest)
    assert mark in scripted.text(f"#p{number} .by")
    assert citizen.name not in scripted.text(f"#p{number}")
    assert scripted.count(f"#p{number} .seal:not(.half):not(.open)")
    assert json.loads(instance.get(f"/records/{digest}")[1])["urn:goftogu:custody"] == "device"

    scripted.open(composer)
    assert not scripted.count(f"{BOX}:checked"), "one's own name comes first"
    scripted.click(BOX)
    scripted.fill("#f-text", "دوباره.")
    scripted.fill("[data-words]", " ".join(words))
    again, same = _send(scripted)
    assert again != digest
    assert same == mark
    assert len([request for request in sent if SIGNING in request.url]) == 1, "one name, one right"
    scripted.open(citizen.address("/persona"))
    assert digest not in scripted.source()


def _listen(window: ChromiumWindow) -> list[Request]:
    sent: list[Request] = []

    def note(request: Request) -> None:
        # Playwright marks the functions that it calls, and takes none that is built in.
        sent.append(request)

    window.page.on("request", note)
    return sent


def _be_refused(window: ChromiumWindow, words: list[str]) -> None:
    """Whatever fails is said, and the text stays; nothing is sent under the persona's own name."""
    window.fill("#f-text", ANSWERS["fa"])
    window.click(BOX)
    window.page.locator("[data-words]").wait_for(state="visible")
    for button, typed in (("preview", ""), ("keep", ""), ("send", ""), ("send", "zebra")):
        window.fill("[data-words]", typed)
        _fail(window, button)
    window.fill("[data-words]", " ".join(words))
    window.page.route("**/fa/p/*", lambda route: route.fulfill(status=404))
    _fail(window, "send")
    assert window.text("[data-signer] [data-error]").startswith(LANGUAGES["fa"].gettext(UNSEEN))
    window.page.unroute_all()
    window.page.route("**/.well-known/goftogu", lambda route: route.abort())
    _fail(window, "send")
    window.page.unroute_all()
    window.name_another_issuer("thread-name")
    _fail(window, "send")
    assert window.text("[data-signer] [data-error]").startswith(LANGUAGES["fa"].gettext(OTHER_KEY))
    window.page.unroute_all()


def _fail(window: ChromiumWindow, button: str) -> None:
    path, block = window.page.url, window.page.locator("[data-signer] [data-error]")
    block.evaluate("element => element.replaceChildren()")
    window.click(f'button[value="{button}"]')
    window.page.locator("[data-signer] [data-error]:not(:empty)").wait_for()
    assert window.page.url == path
    assert window.value("#f-text") == ANSWERS["fa"], "what was typed stays"
    assert window.count(f"{BOX}:checked"), "and so does the choice"


def _send(window: ChromiumWindow) -> tuple[str, str]:
    """Send under the name; return the post's digest and the name's fingerprint."""
    window.click('button[value="send"]')
    window.page.locator("[data-thread-name-sent]").wait_for(state="visible")
    assert not window.value("#f-text"), "nothing is left to be sent a second time"
    link = window.link("[data-receipt]")
    return link.rpartition("/")[2], window.text("[data-mark]")


def _require_apart(sent: list[Request], signed: Request, words: list[str]) -> None:
    """Assert that the session tells nothing of the name, and that what tells of it has no session."""
    bodies = [request.post_data or "" for request in sent]
    assert not [body for body in bodies if holds_words(body, words)], "words never leave the page"
    handed = [request for request in sent if "/api/v1/" in request.url]
    assert [request.url.partition("/api/v1/")[2] for request in handed] == [
        "thread-names", "records?wait=0",
    ]  # fmt: skip
    name = json.loads(handed[0].post_data or "")["did"]
    asked = [request for request in sent if "/persona/" in request.url or "/p/" in request.url]
    assert asked
    for request in (*handed, *asked):
        headers = request.all_headers()
        assert "cookie" not in headers, request.url
        assert "referer" not in headers, request.url
    with_session = [request for request in sent if "cookie" in request.all_headers()]
    assert signed in with_session
    for request in with_session:
        said = request.url + (request.post_data or "")
        assert name not in said
        assert ANSWERS["fa"] not in said

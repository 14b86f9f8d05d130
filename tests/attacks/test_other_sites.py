"""A page of another site in the same browser: what it learns of a reader, sends for them, is told by links."""

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import cycle
from pathlib import Path
from urllib.parse import quote

import pytest
from app import identity
from app.crypto.sealing import Passphrase
from app.kernel.clock import SystemClock, day_of
from playwright.sync_api import Browser

from tests.attacks.other_site import OtherSite, running_other_site
from tests.houses import open_at
from tests.journeys import chromium as chromium_driver
from tests.journeys import firefox as firefox_driver
from tests.journeys.bidi import Bidi
from tests.journeys.chromium import ChromiumWindow, new_context, running_chromium
from tests.journeys.firefox import FirefoxWindow, running_firefox
from tests.journeys.instance import Instance, serving
from tests.once import FULL_COST, ask_per_guess

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Pages that are others for somebody who is logged in, and one that is the same for all.
PATHS = ["/en/", "/en/persona", "/en/drafts", "/en/b/square/new", "/en/keys/records.jsonl"]
PATIENCE_S = 90.0
# Ten log-ins of one name in five minutes are enough; all tests together make more.
NAMES, PASSPHRASE = ("early harbour", "late harbour", "no harbour"), "four unrelated words"
AnyWindow = ChromiumWindow | FirefoxWindow


@pytest.fixture(scope="module")
def ours(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance with a few personas who log in by passphrase."""
    data = tmp_path_factory.mktemp("instance") / "data"
    shutil.copytree(template, data)
    # The server, a process of its own, stretches at the full cost.
    with (
        pytest.MonkeyPatch.context() as patch,
        closing((house := open_at(data, SystemClock())).db),
        house.db.write() as work,
    ):
        ask_per_guess(patch, FULL_COST)
        for name in NAMES:
            new = identity.prepare_persona(work.randomness, name, Passphrase(PASSPHRASE))
            identity.register_persona(work, house.door, new, day_of(work.now))
    logins = tuple((name, PASSPHRASE) for name in NAMES)
    with serving(data) as origin:
        yield Instance(origin=origin, data=data, logins=logins)


@pytest.fixture(scope="module")
def names() -> Iterator[str]:
    """Whoever is next to log in."""
    return cycle(NAMES)


@pytest.fixture(scope="module")
def other() -> Iterator[OtherSite]:
    with running_other_site() as site:
        yield site


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not chromium_driver.EXECUTABLE.exists():
        pytest.skip("Chromium is not installed")
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bidi]:
    if not firefox_driver.EXECUTABLE.exists():
        pytest.skip("Firefox is not installed")
    wants = {"dom.disable_open_during_load": False}
    with running_firefox(tmp_path_factory.mktemp("firefox"), wants) as running:
        yield running


@pytest.fixture(params=["chromium", "firefox"])
def window(request: pytest.FixtureRequest) -> Iterator[AnyWindow]:
    """A window with scripts, in which two sites can be opened by their whole addresses."""
    browser = request.getfixturevalue(request.param)
    if isinstance(browser, Bidi):
        opened = FirefoxWindow(browser, "", has_scripts=True)
        yield opened
        opened.close()
        return
    with new_context(browser, "http://127.0.0.1") as context:
        yield ChromiumWindow(context.new_page(), has_scripts=True)


@pytest.fixture
def name(names: Iterator[str]) -> str:
    """Who logs in for the length of one test."""
    return next(names)


def log_in(window: AnyWindow, ours: Instance, name: str) -> None:
    window.open(f"{ours.origin}/en/login")
    window.fill("#f-name", name)
    window.fill("#f-passphrase", PASSPHRASE)
    window.press('form[action$="/login"] button')
    assert name in window.text("header")


def is_logged_in(window: AnyWindow, ours: Instance, name: str) -> bool:
    window.open(f"{ours.origin}/en/boards")
    return name in window.text("header")


def probe(window: AnyWindow, ours: Instance, other: OtherSite) -> dict[str, str]:
    """Let a page of the other site find out what it can; return what it was told."""
    window.open(other.probing(ours.origin, PATHS))
    deadline = time.monotonic() + PATIENCE_S
    while not (told := window.text("#told")):
        assert time.monotonic() < deadline, "the probes never ended"
        time.sleep(0.2)
    if isinstance(window, FirefoxWindow):
        # What was opened stands in front, and takes the keyboard.
        window._firefox.ask("browsingContext.activate", context=window._tab)
    return dict(json.loads(told))


def test_other_site_cannot_tell_a_reader_who_is_logged_in_from_one_who_is_not(
    window: AnyWindow, ours: Instance, other: OtherSite, name: str
) -> None:
    """By pictures, scripts, sheets, frames, requests and windows that it opens (XS-leaks)."""
    before = probe(window, ours, other)
    log_in(window, ours, name)
    after = probe(window, ours, other)

    assert is_logged_in(window, ours, name)
    assert after == before
    assert len(before) == 9 * len(PATHS)
    # Nor does it hold on to a page of ours that it opened, or get one into a frame.
    assert {how for what, how in before.items() if what.startswith("window")} == {"closed"}
    assert not [how for what, how in before.items() if ours.origin in how]


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain"])
@pytest.mark.parametrize("path", ["/en/settings", "/en/logout", "/en/b/square/new"])
def test_form_of_another_site_does_nothing_for_a_reader_who_is_logged_in(
    window: AnyWindow, ours: Instance, other: OtherSite, name: str, path: str, kind: str
) -> None:
    log_in(window, ours, name)
    window.open(other.sending(f"{ours.origin}{path}", kind))
    window.press("button")

    assert window.path == path
    assert window.count("main h1"), "we say what was refused"
    assert "theme" not in window.cookies()
    assert is_logged_in(window, ours, name)
    window.open(f"{ours.origin}/en/latest")
    assert "forged" not in window.source()


def test_link_that_leads_out_tells_nobody_where_it_was_followed(
    window: AnyWindow, ours: Instance, other: OtherSite, name: str
) -> None:
    """Neither by the page that shows it, nor where the page itself says nothing of referrers."""
    log_in(window, ours, name)
    other.asked.clear()
    window.open(f"{ours.origin}/en/leaving?to={quote(f'{other.origin}/by-link', safe='')}")
    window.press(f'a[href="{other.origin}/by-link"]')
    window.open(f"{ours.origin}/en/boards")
    go_by_script(window, f"{other.origin}/by-script")

    heard = {asked.path: asked.headers for asked in other.asked}
    for path in ("/by-link", "/by-script"):
        headers = heard[path]
        assert "referer" not in headers
        assert "cookie" not in headers


def go_by_script(window: AnyWindow, address: str) -> None:
    """Leave a page of ours as a script of it would: the header alone says what goes along."""
    if isinstance(window, ChromiumWindow):
        with window.page.expect_event("load"):
            window.page.evaluate("address => { location.href = address; }", address)
        return
    window._firefox.events.clear()
    window._evaluate(
        "address => { location.href = address; }", {"type": "string", "value": address}
    )
    window._firefox.wait_for("browsingContext.load", window._tab)


def test_page_that_runs_scripts_has_no_camera_and_no_place(
    chromium: Browser, ours: Instance
) -> None:
    with new_context(chromium, ours.origin) as context:
        page = context.new_page()
        page.goto("/en/join")
        allowed = page.evaluate(
            "['camera', 'microphone', 'geolocation', 'payment', 'usb']"
            ".filter(name => document.featurePolicy.allowsFeature(name))"
        )
        opener = page.evaluate("window.opener")

    assert allowed == []
    assert opener is None

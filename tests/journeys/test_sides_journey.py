"""The question where a voter lives and the lot, in a browser: without scripts, and looked at by axe."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from app import worker
from app.opinion.model import Conversation
from app.wiring import House
from playwright.sync_api import Browser, Page, Route
from starlette.testclient import TestClient

from tests.forms.languages import LANGUAGES
from tests.forms.test_sides import invite_all, kept
from tests.opinion.booths import open_booth
from tests.tiers import rest_by_night
from tests.visitor import ORIGIN, Visitor

from .chromium import new_context
from .test_pages import _AXE, _axe, _facts

pytestmark = pytest.mark.slow

_LOOKS = (("fa", 320, False), ("en", 1280, True))


@contextmanager
def browsing(
    chromium: Browser, client: TestClient, *, width: int, dark: bool, scripts: bool
) -> Iterator[Page]:
    """Open a window whose requests a test's own instance answers; its session is the client's."""

    def answer(route: Route) -> None:
        asked = route.request
        told = {name: value for name, value in asked.headers.items() if name != "cookie"}
        # Browsers say it of a form; an intercepted one comes without.
        said = {"origin": ORIGIN, "sec-fetch-site": "same-origin"} if asked.post_data else {}
        found = client.request(
            asked.method, asked.url, content=asked.post_data_buffer, headers={**told, **said}
        )
        while found.is_redirect:
            found = client.get(found.headers["location"])
        headers = {name: found.headers[name] for name in ("content-type",)}
        route.fulfill(status=found.status_code, headers=headers, body=found.content)

    with new_context(chromium, ORIGIN, scripts=scripts, width=width, dark=dark) as context:
        page = context.new_page()
        page.route("**/*", answer)
        yield page


@pytest.fixture
def drawn(house: House, client: TestClient) -> Conversation:
    """A consultation that Mina, who is logged in, was drawn for."""
    _, conversation = open_booth(house, 6)
    Visitor(client).join("Mina")
    invite_all(house)
    worker.draw_panels(house)
    return conversation


@pytest.mark.parametrize(("language", "width", "dark"), _LOOKS)
def test_side_is_answered_without_scripts(
    house: House, client: TestClient, chromium: Browser, drawn: Conversation,
    language: str, width: int, dark: object,
) -> None:  # fmt: skip
    consultation = f"/{language}/t/{drawn.thread}/consultation"
    with browsing(chromium, client, width=width, dark=bool(dark), scripts=False) as page:
        page.goto(f"/{language}/consultations")
        page.click(f'a[href="{consultation}"]')
        page.wait_for_selector('a[href$="/consultations/panel"]')
        page.click('button[value="agree"]')
        page.click('a[href$="/consultation/side"]')
        page.check('input[value="abroad"]')
        page.click("main form .button")
        said = page.inner_text("main")

    back = LANGUAGES[language].gettext("Back to the statements")
    assert back in said
    assert kept(house) == ["abroad"]


@pytest.mark.parametrize(("language", "width", "dark"), rest_by_night(_LOOKS, 1))
def test_pages_are_sound(
    client: TestClient, chromium: Browser, drawn: Conversation,
    language: str, width: int, dark: object,
) -> None:  # fmt: skip
    """Asked, answered with nothing, answered; the lot, and where it is told."""
    place = f"/{language}/t/{drawn.thread}/consultation"
    with browsing(chromium, client, width=width, dark=bool(dark), scripts=True) as page:

        def look(name: str) -> None:
            page.evaluate(_AXE)
            facts = _facts(page)
            assert (facts["headings"], facts["scripts"]) == (1, 0), name
            assert facts["width"] <= width, name
            assert _axe(page) == [], name

        for path in (place, f"/{language}/consultations", f"/{language}/consultations/panel"):
            page.goto(path)
            look(path)
        page.goto(f"{place}/side")
        look("before a vote")
        page.goto(place)
        page.click('button[value="agree"]')
        look("asked quietly")
        page.goto(f"{place}/side")
        look("asked")
        page.eval_on_selector_all("input", "all => all.forEach(one => one.required = false)")
        page.click("main form .button")
        page.wait_for_selector("#errors")
        look("answered with nothing")
        page.check('input[value="inside"]')
        page.click("main form .button")
        page.wait_for_selector(".slip.done")
        look("answered")

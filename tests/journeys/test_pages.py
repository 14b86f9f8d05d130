"""What holds on every page in every language: accessible, narrow enough, quiet, self-contained."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

from tests.tiers import PROFILE

from .gallery import Gallery, Room, Stop
from .instance import Instance
from .sheet import Album
from .stops import STOPS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_AXE: Final = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
_AXE_OPTIONS: Final = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # Off unless asked for by name.
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
_RUN_AXE: Final = """options => axe.run(document, options).then(results => results.violations.map(
    v => `${v.id}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`))"""
_LOOKS: Final[tuple[tuple[int, Literal["light", "dark"]], ...]] = ((320, "light"), (1280, "dark"))
_HEIGHT: Final = 800
# What CI keeps to be looked at: the narrowest page of the first language, on both papers.
_SHEET: Final = Path(__file__).parents[2] / "build" / "sheet-fa-320.jpg"
_PICTURED: Final = ("fa", 320)


def languages_of(number: int, stop: Stop) -> tuple[str, ...]:
    """Return in which languages a page is tried: all of them by night.

    In the gate every second page is tried in the first, whose lines run from right to left, and the
    others in one of the other languages: all of them share one frame, one sheet and their parts.
    """
    first, *others = stop.tested
    if PROFILE == "nightly" or not others:
        return stop.tested
    return (first,) if number % 2 == 0 else (others[number // 2 % len(others)],)


class Watched:
    """A room whose pages are listened to: what they asked for, and what the console said."""

    def __init__(self, room: Room, origin: str) -> None:
        self.room = room
        self._origin = origin
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        self.status = 0
        for page in (
            room.visitor, room.persona, room.newcomer, room.desk, room.tired, room.beginner,
        ):  # fmt: skip
            page.on("request", self._note_request)
            page.on("response", self._note_response)
            page.on("console", self._note_message)
            page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, stop: Stop, language: str) -> Page:
        """Reach a page and forget what was heard before."""
        self.foreign.clear()
        self.complaints.clear()
        return self.room.go(stop, language)

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith(f"{self._origin}/"):
            self.foreign.append(request.url)

    def _note_response(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.status = response.status

    def _note_message(self, message: ConsoleMessage) -> None:
        # An error page that was asked for on purpose is a complaint of Chromium's as well.
        if message.type in {"error", "warning"} and "Failed to load" not in message.text:
            self.complaints.append(message.text)


@pytest.fixture(scope="module")
def gallery(chromium: Browser, instance: Instance) -> Gallery:
    return Gallery(chromium, instance)


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Album]:
    """Pictures of what the tests look at; their contact sheet outlives the run."""
    album = Album(tmp_path_factory.mktemp("album"))
    yield album
    album.keep_sheet(_SHEET)


@pytest.fixture(scope="module")
def watched(gallery: Gallery, instance: Instance) -> Iterator[Watched]:
    with gallery.room(width=_LOOKS[-1][0], dark=_LOOKS[-1][1] == "dark") as room:
        yield Watched(room, instance.origin)


@pytest.mark.parametrize(
    ("number", "stop", "language"),
    [
        pytest.param(number // 2, stop, language, id=f"{stop.name}-{language}")
        for number, stop in enumerate(STOPS)
        for language in languages_of(number, stop)
    ],
)
def test_a_page_is_sound(
    watched: Watched, album: Album, number: int, stop: Stop, language: str
) -> None:
    """In the gate rules of access are looked at in one look of each page, by night in both."""
    page = watched.go(stop, language)
    if stop.is_followed:
        # Else what comes next takes the place of what is looked at.
        page.evaluate("window.stop()")
    page.evaluate(_AXE)
    # One page in each look in turn: reaching it takes longer than looking at it.
    for width, theme in _LOOKS:
        page.set_viewport_size({"width": width, "height": _HEIGHT})
        page.emulate_media(color_scheme=theme)
        facts = _facts(page)
        assert facts["language"] == language
        assert facts["direction"] == ("rtl" if language == "fa" else "ltr")
        assert facts["headings"] == 1
        assert facts["window"] == width
        assert facts["width"] <= width, "the page scrolls sideways"
        may_run = stop.may_sign or stop.may_check or stop.may_make or stop.is_followed
        assert may_run or not facts["scripts"], "a page that is only read carries no script"
        if PROFILE == "nightly" or (width, theme) == _LOOKS[number % 2]:
            assert _axe(page) == [], (width, theme)
        if (language, width) == _PICTURED:
            album.take(page, stop.name)
    assert watched.status == stop.status
    assert not watched.foreign
    assert not watched.complaints


def test_a_chosen_theme_reaches_browsers_that_hide_theirs(
    gallery: Gallery, instance: Instance
) -> None:
    with gallery.room(width=320, dark=False) as room:
        page = room.visitor
        page.goto("/fa/settings?next=/fa/safety")
        before = _paper(page)
        page.click('button[value="dark"]')
        page.wait_for_url("**/fa/safety")
        assert page.get_attribute("html", "data-theme") == "dark"
        assert _paper(page) != before
        page.evaluate(_AXE)
        assert _axe(page) == []


def _facts(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        page.evaluate(
            """() => JSON.stringify({
                language: document.documentElement.lang,
                direction: document.documentElement.dir,
                headings: document.querySelectorAll('h1').length,
                width: document.documentElement.scrollWidth,
                window: innerWidth,
                scripts: document.scripts.length,
            })"""
        )
    )
    return found


def _axe(page: Page) -> list[str]:
    """Return what axe finds; its script is on the page already."""
    found: list[str] = page.evaluate(_RUN_AXE, _AXE_OPTIONS)
    return found


def _paper(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

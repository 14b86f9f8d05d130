"""A thread followed live in real browsers: with its script, and without any."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from secrets import token_hex
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from .chromium import ChromiumWindow, new_context
from .citizen import Citizen, send
from .firefox import FirefoxWindow
from .instance import Instance
from .places import log_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# The frame is held open until there is a new post; a busy machine may take its time.
_FRAME_S: Final = 45.0
_POLL_S: Final = 0.1


@dataclass
class Author:
    """Somebody who writes in a thread of a live board while others follow it."""

    citizen: Citizen
    thread: str

    def answer(self) -> tuple[str, str]:
        """Answer the thread's opening; return the text and the digest."""
        text = f"پاسخ {token_hex(8)}"
        window = self.citizen.window
        window.open(self.thread)
        window.press('article .menu a[href*="/reply?to="]')
        window.fill("#f-text", text)
        return text, send(self.citizen)

    def erase(self, digest: str) -> None:
        """Take a post away."""
        self.citizen.window.open(f"/fa/p/{digest}/erase")
        self.citizen.window.press('form[action$="/erase"] button')


@pytest.fixture
def author(chromium: Browser, instance: Instance) -> Iterator[Author]:
    with new_context(chromium, instance.origin) as context:
        page = context.new_page()
        log_in(page, instance.logins[0])
        window = ChromiumWindow(page, has_scripts=True)
        window.open("/fa/boards")
        window.press("main .index li:nth-child(2) a")
        window.press("main .items h3 a")
        yield Author(Citizen(window=window, language="fa", name=""), window.path)


@pytest.fixture
def reader(chromium: Browser, instance: Instance, author: Author) -> Iterator[Page]:
    """Somebody who follows that thread in English, with scripts."""
    with new_context(chromium, instance.origin) as context:
        page = context.new_page()
        page.goto(f"{author.thread.replace('/fa/', '/en/')}/live")
        expect(page.locator('[data-link="open"]')).to_be_visible()
        page.evaluate("window.wasNeverLeft = true")
        yield page


def test_a_new_post_comes_in_and_an_erased_one_goes(author: Author, reader: Page) -> None:
    text, digest = author.answer()
    letter = reader.locator("article", has_text=text)
    expect(letter).to_be_visible()
    number = letter.get_attribute("id")
    assert reader.get_attribute("[data-newest]", "href") == f"#{number}"
    assert reader.locator("article").last.get_attribute("id") == number
    expect(letter.locator('a[href*="/reply?to="]').first).to_be_visible()

    # Somebody who reads on the letter by keyboard stays where they are.
    letter.locator("a").last.focus()
    author.erase(digest)
    expect(reader.locator(f"#{number} .slip")).to_be_visible()
    assert text not in reader.content()
    assert reader.evaluate("document.activeElement.id") == number
    assert reader.evaluate("window.wasNeverLeft")


def test_a_reader_can_pause_and_misses_nothing(author: Author, reader: Page) -> None:
    reader.locator("[data-pause] button").click()
    expect(reader.locator('[data-link="paused"]')).to_be_visible()
    assert reader.evaluate("document.activeElement.parentElement.dataset.resume") == ""
    text, _ = author.answer()
    # What another reader sees meanwhile, this one does not.
    other = reader.context.new_page()
    other.goto(reader.url)
    expect(other.locator("article", has_text=text)).to_be_visible()
    assert not reader.locator("article", has_text=text).count()

    reader.locator("[data-resume] button").click()
    expect(reader.locator("article", has_text=text)).to_be_visible()


def test_a_refused_reader_is_told_and_comes_again(
    chromium: Browser, instance: Instance, author: Author
) -> None:
    with new_context(chromium, instance.origin) as context:
        page = context.new_page()
        page.clock.install()
        # As when as many follow already as the host bears.
        page.route("**/events?*", lambda route: route.fulfill(status=503), times=1)
        page.goto(f"{author.thread}/live")
        expect(page.locator('[data-link="lost"]')).to_be_visible()
        page.clock.fast_forward(31_000)
        expect(page.locator('[data-link="open"]')).to_be_visible()
        expect(page.locator('[data-link="lost"]')).to_be_hidden()


def test_the_frame_shows_a_new_post_where_no_script_runs(
    chromium: Browser, safest: FirefoxWindow, instance: Instance, author: Author
) -> None:
    """In both browsers at once: each waits for the frame to load itself anew."""
    with new_context(chromium, instance.origin, scripts=False) as context:
        page = context.new_page()
        page.goto(f"{author.thread}/live")
        safest.open(f"{author.thread}/live")
        page.locator("#new").scroll_into_view_if_needed()
        place = page.evaluate("scrollY")
        assert place > 0
        text, _ = author.answer()
        frame = page.frame_locator("iframe")
        expect(frame.locator("article", has_text=text)).to_be_visible(timeout=_FRAME_S * 1000)
        assert page.evaluate("scrollY") == place, "the page around it stays where it is"

        _see_in_frame(safest, author, text)
        frame.locator('a[href$="/still"]').click()
        expect(frame.locator('a[href$="/still"]')).to_have_count(0)
        frame.locator('article .menu a[href*="#verify"]').first.click()
        page.wait_for_url("**/p/*")


def _see_in_frame(safest: FirefoxWindow, author: Author, text: str) -> None:
    deadline = time.monotonic() + _FRAME_S
    while text not in safest.frame_text():
        assert time.monotonic() < deadline, "the frame never showed it"
        time.sleep(_POLL_S)
    assert safest.path == f"{author.thread}/live"

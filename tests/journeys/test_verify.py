"""A post's page checks itself in the reader's browser, and turns red when the host lies."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from .chromium import ChromiumWindow, new_context
from .firefox import FirefoxWindow
from .instance import Instance
from .places import longest_thread

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_OTHER_LOG: Final = "goftogu/test+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
# Where a post's words begin on its page: as they are read, and as they were signed.
_POST: Final = r'(<div class="prose flow">\s*<div class="flow"[^>]*>\s*<p[^>]*>)'
_WORDS: Final = r"(data-words[^>]*>)"


@dataclass
class Reader:
    """Somebody who opened a post by its "verify"."""

    page: Page
    path: str

    def check(self) -> None:
        """Follow a post's "verify"."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.path}#verify")

    def expect_verdict(self, state: str) -> None:
        """Wait for what the page says in the end, and make sure that it says nothing else."""
        expect(self.page.locator(f'[data-state="{state}"]')).to_be_visible()
        for other in {"asking", "good", "bad", "lost"} - {state}:
            expect(self.page.locator(f'[data-state="{other}"]')).to_be_hidden()

    def expect_steps(self, **outcomes: str) -> None:
        """Make sure how each step came out."""
        for name, outcome in outcomes.items():
            step = self.page.locator(f'[data-step="{name}"]')
            expect(step.locator(f'[data-is="{outcome}"]')).to_be_visible()

    def lie_in_page(self, *changes: tuple[str, str]) -> None:
        """Let the host send this page with something changed."""

        def answer(route: Route) -> None:
            fetched = route.fetch()
            text = fetched.text()
            for old, new in changes:
                assert re.search(old, text)
                text = re.sub(old, new, text, count=1)
            route.fulfill(response=fetched, body=text)

        self.page.route(f"**{self.path}", answer)

    def lie_in(self, pattern: str, old: bytes, new: bytes) -> None:
        """Let the host send a file with something changed."""

        def answer(route: Route) -> None:
            fetched = route.fetch()
            assert old in fetched.body()
            route.fulfill(response=fetched, body=fetched.body().replace(old, new, 1))

        self.page.route(pattern, answer)


@pytest.fixture
def reader(chromium: Browser, instance: Instance) -> Iterator[Reader]:
    with new_context(chromium, instance.origin) as context:
        page = context.new_page()
        page.goto(f"/en{longest_thread(instance)}")
        # An answer: its words are plain.
        link = page.locator('article .menu a[href*="#verify"]').nth(1).get_attribute("href")
        assert link
        yield Reader(page, link.removesuffix("#verify"))


def test_an_honest_post_is_found_to_hold(reader: Reader) -> None:
    complaints: list[str] = []
    reader.page.on("console", lambda message: complaints.append(message.text))
    reader.page.on("pageerror", lambda error: complaints.append(str(error)))

    reader.check()

    reader.expect_verdict("good")
    reader.expect_steps(record="good", words="good", log="good")
    assert complaints == []


def test_nothing_is_fetched_before_somebody_asks(reader: Reader) -> None:
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url))
    reader.page.goto(reader.path)
    expect(reader.page.locator("[data-check] button")).to_be_visible()
    assert not [url for url in asked if "/records/" in url or "noble" in url]

    reader.page.locator("[data-check] button").click()

    reader.expect_verdict("good")


@pytest.mark.parametrize(
    "lies", [(_POST,), (_WORDS,), (_POST, _WORDS)], ids=["post", "words", "both"]
)
def test_changed_words_turn_the_check_red(reader: Reader, lies: tuple[str, ...]) -> None:
    reader.lie_in_page(*((place, r"\1نه ") for place in lies))

    reader.check()

    reader.expect_verdict("bad")
    reader.expect_steps(record="good", words="bad", log="good")


def test_a_changed_record_turns_the_check_red(reader: Reader) -> None:
    reader.lie_in("**/records/*", b'"mediaType":"text/markdown"', b'"mediaType":"text/markdowm"')

    reader.check()

    reader.expect_verdict("bad")
    reader.expect_steps(record="bad", words="bad", log="good")


def test_the_page_of_another_post_turns_the_check_red(reader: Reader, instance: Instance) -> None:
    """All that it says of itself holds; it is not what the reader asked for."""
    thread = reader.page.request.get(f"/en{longest_thread(instance)}").text()
    digests = re.findall(r'href="/en/p/([0-9a-f]{64})#verify"', thread)
    other = next(digest for digest in digests if digest not in reader.path)
    reader.page.route(
        f"**{reader.path}",
        lambda route: route.fulfill(response=route.fetch(url=f"{instance.origin}/en/p/{other}")),
    )

    reader.check()

    reader.expect_verdict("bad")
    reader.expect_steps(record="bad")


def test_a_record_of_the_hosts_own_turns_the_check_red(reader: Reader) -> None:
    """It is signed well, but by another key than the page names."""
    other = reader.page.request.get("/.well-known/goftogu").body()
    reader.page.route(
        "**/records/*",
        lambda route: route.fulfill(status=200, body=other, content_type="application/json"),
    )

    reader.check()

    reader.expect_verdict("bad")
    reader.expect_steps(record="bad")


def test_a_proof_of_another_place_turns_the_check_red(reader: Reader) -> None:
    reader.lie_in("**/*.tlog-proof", b"\nindex ", b"\nindex 1")

    reader.check()

    reader.expect_verdict("bad")
    reader.expect_steps(record="good", words="good", log="bad")


def test_another_key_of_the_log_turns_the_check_red(reader: Reader) -> None:
    reader.lie_in_page((r'data-log-key="[^"]*"', f'data-log-key="{_OTHER_LOG}"'))

    reader.check()

    reader.expect_verdict("bad")
    reader.expect_steps(log="bad")


@pytest.mark.parametrize("pattern", ["**/records/*", "**/*.tlog-proof"])
def test_files_that_are_withheld_prove_nothing(reader: Reader, pattern: str) -> None:
    reader.page.route(pattern, lambda route: route.fulfill(status=404, body="no"))
    reader.check()
    reader.expect_verdict("lost")

    reader.page.unroute_all()
    reader.page.locator("[data-check] button").click()

    reader.expect_verdict("good")


def test_without_scripts_the_page_says_the_same_and_promises_no_check(
    reader: Reader, unscripted: ChromiumWindow, safest: FirefoxWindow
) -> None:
    for window in (unscripted, safest):
        window.open(reader.path)
        assert "exactly what the holder of this key signed" in window.text("#verify")
        assert "It stands in the log" in window.text("#verify")
        assert "goftogu verify" in window.text("main pre")
        assert window.count("[data-check][hidden]") == 1

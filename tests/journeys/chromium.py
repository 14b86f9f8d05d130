"""Debian's Chromium, driven by Playwright."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, Route, sync_playwright

from tests.tiers import PROFILE

WHOLE: Final = Path("/usr/bin/chromium")
"""The browser as it is on somebody's desk, with all that it keeps."""
# The same engine without what is around its pages, for which a page takes half the time.
_BARE: Final = Path("/usr/bin/chromium-headless-shell")
EXECUTABLE: Final = WHOLE if PROFILE == "nightly" else _BARE
WAIT_MS: Final = 15_000
_FLAGS: Final = (
    "--no-sandbox",
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
)


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Run one headless Chromium for the length of a block."""
    with sync_playwright() as playwright, launched(playwright.chromium) as browser:
        yield browser


@contextmanager
def launched(kind: BrowserType) -> Iterator[Browser]:
    """Start one more process that has seen nothing yet."""
    browser = kind.launch(executable_path=EXECUTABLE, args=_FLAGS)
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def new_context(
    browser: Browser,
    origin: str,
    *,
    scripts: bool = True,
    width: int = 1280,
    dark: bool = False,
    **options: Any,
) -> Iterator[BrowserContext]:
    """Open a cookie jar of its own."""
    context = browser.new_context(
        base_url=origin,
        java_script_enabled=scripts,
        viewport={"width": width, "height": 800},
        color_scheme="dark" if dark else "light",
        **options,
    )
    context.set_default_timeout(WAIT_MS)
    try:
        yield context
    finally:
        context.close()


class ChromiumWindow:
    """A `Window` of Chromium."""

    def __init__(self, page: Page, *, has_scripts: bool) -> None:
        self.page = page
        self.has_scripts = has_scripts

    def open(self, path: str) -> None:
        self.page.goto(path)

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def press(self, css: str) -> None:
        with self.page.expect_event("load"):
            self.click(css)

    def click(self, css: str) -> None:
        self.page.locator(css).first.click()

    def tick(self, css: str) -> None:
        self.page.locator(css).first.check()

    def fill(self, css: str, text: str) -> None:
        self.page.locator(css).first.fill(text)

    def text(self, css: str) -> str:
        return self.page.locator(css).first.text_content() or ""

    def texts(self, css: str) -> list[str]:
        return self.page.locator(css).all_text_contents()

    def value(self, css: str) -> str:
        return self.page.locator(css).first.input_value()

    def link(self, css: str) -> str:
        return self.page.locator(css).first.get_attribute("href") or ""

    def count(self, css: str) -> int:
        return self.page.locator(css).count()

    def source(self) -> str:
        return self.page.content()

    def cookies(self) -> set[str]:
        return {cookie["name"] for cookie in self.page.context.cookies()}

    def name_another_issuer(self, purpose: str) -> None:
        """Let the host's card, as this page is shown it, name another key for a purpose."""

        def change(route: Route) -> None:
            answer = route.fetch()
            card = json.loads(answer.text())
            card["urn:goftogu:issuers"] = [f"{purpose} 2026-11 " + "A" * 43]
            route.fulfill(response=answer, body=json.dumps(card))

        self.page.route("**/.well-known/goftogu", change)

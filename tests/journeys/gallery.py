"""Every page, and how to reach it: once for the tests of pages and once for their pictures."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from typing import Final

from playwright.sync_api import Page

from .chromium import ChromiumWindow
from .citizen import ANSWERS, REVISED, TEXTS, TITLES, Citizen, open_composer, send, see_released
from .instance import Instance

LANGUAGES: Final = ("fa", "en", "fr")
_DIRECTIONS: Final = {"fa": "rtl", "en": "ltr", "fr": "ltr"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Paths without their language that a seeded instance has once its persona has written."""

    thread: str
    tombstone: str
    post: str
    released: str
    waiting: str
    waiting_thread: str
    stranger: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One page of the gallery."""

    name: str
    reach: Callable[[Page, Places, str], object]
    by_persona: bool = False
    """Whether a persona has to be logged in."""
    may_sign: bool = False
    """Whether the page may carry the script that signs."""
    status: int = 200


def direction_of(language: str) -> str:
    """Return the direction of a language's pages."""
    return _DIRECTIONS[language]


def log_in(page: Page, instance: Instance) -> None:
    """Log the village's Persian demo persona in."""
    name, passphrase = instance.logins[0]
    page.goto("/fa/login")
    page.fill("#f-name", name)
    page.fill("#f-passphrase", passphrase)
    page.click('form[action$="/login"] button')
    page.wait_for_url("**/boards")


def settle(page: Page, instance: Instance) -> Places:
    """Write what a gallery needs, as the logged-in persona; return where everything is."""
    threads = _threads(instance)
    persona = Citizen(window=ChromiumWindow(page, has_scripts=True), language="fa", name="")
    open_composer(persona)
    page.fill("#f-text", ANSWERS["fa"])
    digest = send(persona)
    see_released(persona, digest)
    page.goto(f"/fa/p/{digest}/revise")
    page.fill("#f-text", REVISED["fa"])
    send(persona)
    page.goto("/fa/boards")
    page.locator("main .index a").last.click()
    page.locator("main .items h3 a").first.click()
    waiting_thread = page.locator("main .menu a[href$='/print']").get_attribute("href") or ""
    page.locator('article .menu a[href*="/reply?to="]').first.click()
    page.fill("#f-text", TEXTS["fa"])
    waiting = send(persona)
    return Places(
        thread=max(threads, key=lambda thread: threads[thread].count("<article")),
        tombstone=next(t for t, html in threads.items() if 'class="prose flow slip"' in html),
        post=f"/p/{digest}",
        released=f"/receipts/{digest}",
        waiting=f"/receipts/{waiting}",
        waiting_thread=waiting_thread.removeprefix("/fa").removesuffix("/print"),
        stranger=_find(instance, "/fa/latest", r'"/fa(/t/[^"?]+)"')[0],
    )


def _threads(instance: Instance) -> dict[str, str]:
    """Return the village's threads as their paths and pages."""
    found = {}
    for board in _find(instance, "/fa/boards", r'"/fa(/b/[^"/?]+)"'):
        for thread in _find(instance, f"/fa{board}", r'"/fa(/t/[^"/?]+)"'):
            found[thread] = instance.get(f"/fa{thread}")[1].decode()
    return found


def _find(instance: Instance, path: str, pattern: str) -> list[str]:
    return re.findall(pattern, instance.get(path)[1].decode())


def _at(path: str) -> Callable[[Page, Places, str], object]:
    """Reach a page by its address; `{thread}` and the like stand for places."""

    def reach(page: Page, places: Places, language: str) -> None:
        known = {name: getattr(places, name) for name in Places.__slots__}
        page.goto(f"/{language}{path.format(**known)}")

    return reach

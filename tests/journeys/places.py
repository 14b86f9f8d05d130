"""Where things are in a seeded instance, once its demo persona has written a little."""

import re
from dataclasses import dataclass

from playwright.sync_api import Page

from .chromium import ChromiumWindow
from .citizen import ANSWERS, REVISED, TEXTS, Citizen, open_composer, see_released, send
from .instance import Instance


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Paths without their language."""

    board: str
    thread: str
    """The longest thread: more than one page of posts in Persian."""
    tombstone: str
    """A thread with an erased post."""
    waiting_thread: str
    """A thread in which a post of the persona waits."""
    post: str
    """A revised post of the persona."""
    stranger: str
    """Another persona's page."""
    released: str
    waiting: str


def log_in(page: Page, instance: Instance) -> None:
    """Log the village's first demo persona in."""
    name, passphrase = instance.logins[0]
    page.goto("/fa/login")
    page.fill("#f-name", name)
    page.fill("#f-passphrase", passphrase)
    page.click('form[action$="/login"] button')
    page.wait_for_url("**/boards")


def write_a_little(page: Page, instance: Instance) -> Places:
    """Answer, revise and wait as the persona who is logged in; return where everything is."""
    threads = _read_threads(instance)
    persona = Citizen(window=ChromiumWindow(page, has_scripts=True), language="fa", name="")
    window = persona.window

    open_composer(persona)
    window.fill("#f-text", ANSWERS["fa"])
    post = send(persona)
    see_released(persona, post)
    window.open(f"/fa/p/{post}/revise")
    window.fill("#f-text", REVISED["fa"])
    send(persona)

    window.open("/fa/boards")
    window.press("main .index li:last-child a")
    window.press("main .items h3 a")
    waiting_thread = window.path.removeprefix("/fa")
    window.press('article .menu a[href*="/reply?to="]')
    window.fill("#f-text", TEXTS["fa"])
    waiting = send(persona)

    return Places(
        board=_find(instance, "/fa/boards", r'"/fa(/b/[^"/?]+)"')[0],
        thread=_longest(threads),
        tombstone=next(path for path, html in threads.items() if 'flow slip"' in html),
        waiting_thread=waiting_thread,
        post=f"/p/{post}",
        stranger=_find(instance, f"/fa{_longest(threads)}", r'"/fa(/persona/[^"]+)"')[0],
        released=f"/receipts/{post}",
        waiting=f"/receipts/{waiting}",
    )


def longest_thread(instance: Instance) -> str:
    """Return the thread whose first page has the most posts."""
    return _longest(_read_threads(instance))


def _longest(threads: dict[str, str]) -> str:
    return max(threads, key=lambda path: threads[path].count("<article"))


def _read_threads(instance: Instance) -> dict[str, str]:
    """Return the first page of every thread by its path."""
    return {
        thread: instance.get(f"/fa{thread}")[1].decode()
        for board in _find(instance, "/fa/boards", r'"/fa(/b/[^"/?]+)"')
        for thread in _find(instance, f"/fa{board}", r'"/fa(/t/[^"/?]+)"')
    }


def _find(instance: Instance, path: str, pattern: str) -> list[str]:
    return re.findall(pattern, instance.get(path)[1].decode())

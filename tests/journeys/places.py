"""Where things are in a seeded instance, once its demo persona has written a little."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

from .acting import Official, seat_official
from .chromium import ChromiumWindow
from .citizen import (
    ANSWERS,
    PASSPHRASE,
    REVISED,
    TEXTS,
    TITLES,
    Citizen,
    open_composer,
    read_number,
    see_released,
    send,
)
from .instance import Instance, run_command
from .moderated import moderate
from .moderating import hide, shield_opening
from .staff import Staff, seat_staff
from .texts import Texts, write_texts

_BOARDS: Final = {
    "fa": ("ساحل", "باد و موج و آنچه دریا پس می‌دهد."),
    "en": ("Shore", "Wind, waves and what the sea gives back."),
    "fr": ("Rivage", "Le vent, les vagues et ce que la mer rend."),
}
_TAGS: Final = "قایق\nharbour\nmarée"


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
    waiting_post: str
    """The page of the post that waits."""
    draft: str
    """A draft of the persona, open in the composer."""
    shore: str
    """A board with tags and rules, founded by the persona."""
    old_board: str
    """An archived board."""
    locked: str
    """A thread that is pinned and takes no more replies."""
    archived: str
    login: tuple[str, str]
    """Name and passphrase of another persona: a name may try ten times in five minutes."""
    texts: Texts
    revised_post: str
    """A post that waits, and a revision of it that waits as well."""
    receipt_erased: str
    own_act: str
    """The reasons for an action on a post of the persona."""
    shielded: str
    """The form for an answer to somebody who has a shield."""
    named_post: str
    """A post of the persona under a name for one thread."""
    name_for_thread: str
    """The page of that name."""
    act: str
    """An act of moderation, undone."""
    official: Official
    data: Path
    """The instance's folder."""
    staff: Staff


def log_in(page: Page, login: tuple[str, str]) -> None:
    """Log one of the village's demo personas in."""
    name, passphrase = login
    page.goto("/fa/login")
    page.fill("#f-name", name)
    page.fill("#f-passphrase", passphrase)
    page.click('form[action$="/login"] button')
    page.wait_for_url("**/boards")


def write_a_little(page: Page, instance: Instance) -> Places:
    """Log a persona in, who answers, revises, waits, and as a steward founds boards and settles threads.

    Returns where everything is.
    """
    texts = write_texts(instance)
    log_in(page, instance.logins[0])
    run_command(instance.data, "steward", "grant", page.inner_text(".masthead .fp"))
    threads = _read_threads(instance)
    window = ChromiumWindow(page, has_scripts=True)
    persona = Citizen(window=window, language="fa", name="")

    open_composer(persona)
    window.fill("#f-text", ANSWERS["fa"])
    post = send(persona)
    see_released(persona, post)
    window.open(f"/fa/p/{post}/revise")
    window.fill("#f-text", f"{ANSWERS['fa']} {TITLES['fa']}")
    send(persona)

    window.open("/fa/boards")
    window.press('main .index a[href$="/b/square"]')
    window.press("main .items h3 a")
    waiting_thread = window.path.removeprefix("/fa")
    waiting = _answer(persona, waiting_thread)
    revised = _answer(persona, waiting_thread)
    window.open(f"/fa/p/{revised}/revise")
    window.fill("#f-text", REVISED["fa"])
    page.select_option("#f-wait", "24")
    send(persona)
    window.open(f"/fa/p/{_answer(persona, waiting_thread)}/erase")
    window.press('form[action$="/erase"] button')
    receipt_erased = window.path.removeprefix("/fa")
    named = _answer(persona, texts.hard, by_name=True, hours=0)
    see_released(persona, named)

    window.open(f"/fa{_longest(threads)}")
    window.press('form[action$="/save"] button')
    draft = _keep_draft(window)
    found_board(page, "fa", "shore")
    found_board(page, "fa", "old-shore")
    window.open("/fa/boards/manage/old-shore")
    window.click("#f-archived")
    window.press("main form .button")
    # No journey goes to these two boards.
    locked = _settle(window, "elections", "locked", is_pinned=True)
    archived = _settle(window, "rights", "archived", is_pinned=False)

    return Places(
        board=_find(instance, "/fa/boards", r'"/fa(/b/[^"/?]+)"')[0],
        thread=_longest(threads),
        tombstone=next(path for path, html in threads.items() if 'flow slip"' in html),
        waiting_thread=waiting_thread,
        post=f"/p/{post}",
        stranger=_mute_somebody(window, instance, _longest(threads)),
        released=f"/receipts/{post}",
        waiting=f"/receipts/{waiting}",
        waiting_post=f"/p/{waiting}",
        staff=seat_staff(instance, "Gallery"),
        draft=draft,
        shore="/b/shore",
        old_board="/b/old-shore",
        locked=locked,
        archived=archived,
        login=instance.logins[1],
        texts=texts,
        revised_post=f"/p/{revised}",
        receipt_erased=receipt_erased,
        own_act=f"/notices/acts/{hide(instance.data, _answer(persona, waiting_thread))}",
        shielded=f"{waiting_thread}/reply?to={shield_opening(instance.data, waiting_thread)}",
        named_post=f"/p/{named}",
        name_for_thread=_find(instance, f"/fa/p/{named}", r'"/fa(/persona/[^"]+)"')[0],
        act=moderate(instance),
        official=seat_official(instance),
        data=instance.data,
    )


def join(page: Page, name: str) -> None:
    """Join without an invitation, with a key that the server keeps locked."""
    page.goto("/fa/join")
    page.fill("#f-name", name)
    page.fill("#f-passphrase", PASSPHRASE)
    page.click('form[action$="/join"] .by-host button')
    page.wait_for_selector("#f-word_first")
    words = page.locator('ol.words [lang="en"]').all_text_contents()
    for field in ("word_first", "word_second"):
        number = read_number(page.inner_text(f'label[for="f-{field}"]'))
        page.fill(f"#f-{field}", words[number - 1])
    page.click('form[action$="/join/confirm"] button')
    page.wait_for_url("**/welcome")


def found_board(page: Page, language: str, slug: str) -> None:
    """Found a board as a steward; ends where its key is shown."""
    page.goto(f"/{language}/boards/manage/new")
    page.fill("#f-slug", slug)
    for code, (name, purpose) in _BOARDS.items():
        page.fill(f"#f-name_{code}", name)
        page.fill(f"#f-purpose_{code}", purpose)
        page.fill(f"#f-rules_{code}", purpose)
    page.fill("#f-tags", _TAGS)
    page.click("main form .button")
    page.wait_for_selector(f'main a[href$="/b/{slug}"]')


def _answer(persona: Citizen, thread: str, *, by_name: bool = False, hours: int = 24) -> str:
    """Answer the opening of a thread; return the answer's digest.

    What is to wait, waits a day: the next batch could be shown while pages are looked at.
    """
    window = persona.window
    assert isinstance(window, ChromiumWindow)
    window.open(f"/fa{thread}/reply")
    window.fill("#f-text", ANSWERS["fa"])
    window.page.select_option("#f-wait", str(hours))
    if by_name:
        window.tick("#f-hand")
    return send(persona)


def _keep_draft(window: ChromiumWindow) -> str:
    window.open("/fa/b/rights/new")
    window.fill("#f-title", TITLES["fa"])
    window.fill("#f-text", TEXTS["fa"])
    window.press('button[value="keep"]')
    window.open("/fa/drafts")
    return window.link("main .items h3 a").removeprefix("/fa")


def _mute_somebody(window: ChromiumWindow, instance: Instance, thread: str) -> str:
    """Mute somebody who wrote in a thread; return their page's path."""
    stranger = _find(instance, f"/fa{thread}", r'"/fa(/persona/[^"]+)"')[0]
    window.open(f"/fa{stranger}")
    window.press('form[action$="/mutes"] button')
    return stranger


def _settle(window: ChromiumWindow, board: str, state: str, *, is_pinned: bool) -> str:
    """Set the first thread of a board as a steward; return its path."""
    window.open(f"/fa/b/{board}")
    window.press("main .items h3 a")
    if is_pinned:
        window.click("#f-pinned")
    window.page.select_option("#f-state", state)
    window.press('form[action$="/state"] button')
    return window.path.removeprefix("/fa")


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

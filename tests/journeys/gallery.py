"""Who looks at the pages, once for their tests and once for their pictures."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal

from playwright.sync_api import Browser, Page

from .chromium import ChromiumWindow, new_context
from .instance import Instance
from .places import Places, join, write_a_little
from .staff import begin, come

LANGUAGES: Final = ("fa", "en", "fr")
Reach = Callable[[Page, Places, str], object]
_NEWCOMER: Final = "هزارتوی‌نشینِ خاموشِ کوچهٔ پشتیِ میدان"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One page of the gallery."""

    name: str
    reach: Reach
    by: Literal["visitor", "persona", "newcomer", "desk", "tired", "beginner"] = "visitor"
    """Who looks at it."""
    tested: tuple[str, ...] = LANGUAGES
    """Where it is only filled otherwise than another page, one language is enough for its test."""
    is_followed: bool = False
    """Whether it changes while it is open: by its own script, or by loading itself anew."""
    may_sign: bool = False
    """Whether the page may carry the script that signs."""
    may_check: bool = False
    """Whether it may carry the one that checks a post."""
    may_make: bool = False
    """Whether it may carry the one that makes invitations."""
    status: int = 200


@dataclass(slots=True, kw_only=True)
class Room:
    """A page of each who looks, all with one look."""

    visitor: Page
    """Nobody is logged in here."""
    persona: Page
    """A demo persona, who is a steward and wrote a little."""
    newcomer: Page
    """Somebody who has just come without an invitation, and did nothing yet."""
    desk: Page
    """Somebody at a desk."""
    tired: Page
    """Somebody at a desk who has seen much today."""
    beginner: Page
    """Somebody at a desk without a passphrase."""
    places: Places

    def go(self, stop: Stop, language: str) -> Page:
        """Reach a page."""
        page: Page = getattr(self, stop.by)
        stop.reach(page, self.places, language)
        return page


class Gallery:
    """Rooms of one browser before one instance; who looks logs in and writes only once."""

    def __init__(self, browser: Browser, instance: Instance) -> None:
        self._browser = browser
        self._instance = instance
        self._states: dict[str, Any] = {"visitor": None}
        with new_context(browser, instance.origin) as context:
            page = context.new_page()
            self.places = write_a_little(page, instance)
            self._states["persona"] = context.storage_state()
        with new_context(browser, instance.origin) as context:
            join(context.new_page(), _NEWCOMER)
            self._states["newcomer"] = context.storage_state()
        staff = self.places.staff
        for who, number, words in (
            ("desk", staff.number, staff.words),
            ("tired", staff.tired, staff.tired_words),
        ):
            with new_context(browser, instance.origin) as context:
                begin(ChromiumWindow(context.new_page(), has_scripts=True), "fa", number, words)
                self._states[who] = context.storage_state()
        with new_context(browser, instance.origin) as context:
            window = ChromiumWindow(context.new_page(), has_scripts=True)
            come(window, "fa", staff.fresh, staff.fresh_words)
            self._states["beginner"] = context.storage_state()

    @contextmanager
    def room(self, *, width: int, dark: bool) -> Iterator[Room]:
        """Open a room."""
        with ExitStack() as stack:
            pages = {
                who: stack.enter_context(
                    new_context(
                        self._browser,
                        self._instance.origin,
                        width=width,
                        dark=dark,
                        storage_state=state,
                    )
                ).new_page()
                for who, state in self._states.items()
            }
            yield Room(**pages, places=self.places)

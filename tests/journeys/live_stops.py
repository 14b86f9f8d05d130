"""A thread that is followed live: by a script, and in a frame where there is none."""

from typing import Final

from playwright.sync_api import Page

from .gallery import Stop
from .places import Places


def _following(page: Page, places: Places, language: str) -> None:
    page.goto(f"/{language}{places.thread}/live")
    page.wait_for_selector("[data-pause]:not([hidden])")


def _framed(page: Page, places: Places, language: str) -> None:
    """Look at a frame that stays: its next page would take its place while it is looked at."""
    page.route("**/live/1?after=*", lambda route: route.abort("aborted"))
    page.goto(f"/{language}{places.thread}/live/1")


def _still(page: Page, places: Places, language: str) -> None:
    page.goto(f"/{language}{places.thread}/live/1/still")


LIVE: Final = (
    Stop(name="live", reach=_following, is_followed=True),
    Stop(name="live-frame", reach=_framed, is_followed=True),
    Stop(name="live-frame-still", reach=_still),
)

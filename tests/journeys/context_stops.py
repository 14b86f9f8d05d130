"""Pages of readers' context, and how to reach them."""

from typing import Final

from playwright.sync_api import Page

from .gallery import Reach, Stop
from .places import Places

_ONE: Final = ("fa",)


def _context(page: Page, places: Places, language: str) -> None:
    page.goto(f"/{language}{places.post}/context")


def _without_source(page: Page, places: Places, language: str) -> None:
    _context(page, places, language)
    page.fill("#f-text", "—")
    with page.expect_navigation():
        page.click('#propose button[value="send"]')
    page.wait_for_selector("#f-text-error")


def _at(path: str) -> Reach:
    def reach(page: Page, _places: Places, language: str) -> None:
        page.goto(f"/{language}{path}")

    return reach


CONTEXT: Final = (
    Stop(name="context", reach=_context),
    Stop(name="context-propose", reach=_context, by="persona", tested=_ONE),
    Stop(name="context-error", reach=_without_source, by="persona", status=400),
    Stop(name="context-to-rate", reach=_at("/context/rate"), by="persona"),
    Stop(name="context-explained", reach=_at("/context")),
)

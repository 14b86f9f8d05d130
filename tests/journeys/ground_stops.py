"""Pages that show what helps readers, and how to reach them."""

from typing import Final

from playwright.sync_api import Page

from .gallery import Reach, Stop
from .places import Places


def _by_ground(place: str) -> Reach:
    def reach(page: Page, places: Places, language: str) -> None:
        page.goto(f"/{language}{getattr(places, place)}?sort=common-ground")

    return reach


def _rated(page: Page, places: Places, language: str) -> None:
    """Say of two posts whether they help, unless it was done in another language; look at it."""
    page.goto(f"/{language}{places.thread}")
    for number, said in ((1, "yes"), (2, "no")):
        button = page.locator(f'#p{number} button[value="{said}"]')
        if button.count():
            with page.expect_navigation():
                button.click()
    page.goto(f"/{language}{places.thread}")


def _rated_alone(page: Page, places: Places, language: str) -> None:
    _rated(page, places, language)
    with page.expect_navigation():
        page.locator('#p1 a[href*="#verify"]').click()


GROUND: Final = (
    Stop(name="board-common-ground", reach=_by_ground("board")),
    Stop(name="thread-common-ground", reach=_by_ground("thread")),
    Stop(name="thread-rated", reach=_rated, by="newcomer"),
    Stop(name="post-rated", reach=_rated_alone, by="newcomer", may_check=True),
)

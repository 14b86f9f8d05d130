"""Pages of hearings, and how to reach them: the village has one whose questions wait."""

from typing import Final

from playwright.sync_api import Page

from .gallery import Reach, Stop
from .places import Places

_ONE: Final = ("fa",)


def _list(page: Page, _places: Places, language: str) -> None:
    page.goto(f"/{language}/hearings")


def _at(path: str) -> Reach:
    """Reach a page of the village's hearing."""

    def reach(page: Page, places: Places, language: str) -> None:
        _list(page, places, language)
        found = page.get_attribute('main h3 a[href$="/hearing"]', "href")
        page.goto(f"{found}{path}")

    return reach


HEARING: Final = (
    Stop(name="hearings", reach=_list),
    Stop(name="hearing", reach=_at("")),
    Stop(name="hearing-questions", reach=_at("/questions"), tested=_ONE),
    Stop(name="hearing-deciding", reach=_at("/questions"), by="persona", tested=_ONE),
    Stop(name="hearing-charter", reach=_at("/charter"), tested=_ONE),
    Stop(name="hearing-changing", reach=_at("/new"), by="persona", tested=_ONE),
    Stop(name="hearing-asking", reach=_at("/ask"), by="persona", tested=_ONE, may_sign=True),
)

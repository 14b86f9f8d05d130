"""Pages of hearings, and how to reach them: the village has one that is answered, and one that is over."""

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


def _closed(path: str, link: str = "") -> Reach:
    """Reach a page of the village's closed hearing, and one that it leads to."""

    def reach(page: Page, places: Places, language: str) -> None:
        _list(page, places, language)
        found = page.get_attribute('main section:last-of-type h3 a[href$="/hearing"]', "href")
        page.goto(f"{found}{path}")
        if link:
            page.locator(f'main a[href$="{link}"]').first.click()
            page.wait_for_url(f"**{link}")

    return reach


def _commitments(page: Page, _places: Places, language: str) -> None:
    page.goto(f"/{language}/commitments")


def _commitment(page: Page, places: Places, language: str) -> None:
    """Reach the one beside which somebody has put evidence."""
    _commitments(page, places, language)
    page.locator("main .items h3 a").last.click()
    page.wait_for_selector("main article")


def _promise(page: Page, places: Places, language: str) -> None:
    _closed("/answers", "/heard")(page, places, language)
    page.goto(page.url.replace("/heard", "/promise"))


def _release(page: Page, _places: Places, language: str) -> None:
    page.goto(f"/{language}/listening")
    page.locator("main h3 a").first.click()
    page.wait_for_selector("#card")


def _bound(page: Page, places: Places, language: str) -> None:
    """Reach, as an official whose key is on a device, the page on which they sign an act."""
    page.goto(f"/{language}/hearings")
    session = {"name": "s", "value": places.official.session, "url": page.url}
    page.context.add_cookies([session])  # type: ignore[list-item]  # A cookie's parts are all text.
    page.goto(f"/{language}{places.official.thread}/hearing/bind")
    page.click('button[value="bind"]')
    page.wait_for_selector("#f-record")
    page.context.clear_cookies()


HEARING: Final = (
    Stop(name="hearings", reach=_list),
    Stop(name="hearing", reach=_at("")),
    Stop(name="hearing-questions", reach=_at("/questions"), tested=_ONE),
    Stop(name="hearing-deciding", reach=_at("/questions"), by="persona", tested=_ONE),
    Stop(name="hearing-charter", reach=_at("/charter"), tested=_ONE),
    Stop(name="hearing-changing", reach=_at("/new"), by="persona", tested=_ONE),
    Stop(name="hearing-live", reach=_at("/live"), tested=_ONE, is_followed=True),
    Stop(name="hearing-closed", reach=_closed(""), tested=("fr",)),
    Stop(name="hearing-answers", reach=_closed("/answers"), tested=_ONE),
    Stop(name="hearing-heard", reach=_closed("/answers", "/heard"), tested=("en",)),
    Stop(name="hearing-report", reach=_closed("/report"), tested=_ONE),
    Stop(name="commitments", reach=_commitments, tested=("fr",)),
    Stop(name="commitment", reach=_commitment, tested=_ONE),
    Stop(name="promise", reach=_promise, by="persona", tested=("en",), may_sign=True),
    Stop(name="release", reach=_release, tested=("fr",)),
    Stop(name="hearing-act", reach=_bound, tested=("fr",), may_sign=True),
    Stop(name="hearing-asking", reach=_at("/ask"), by="persona", tested=_ONE, may_sign=True),
)

"""Pages on which people vote and look after consultations, and how to reach them."""

from typing import Final

from playwright.sync_api import Page

from .gallery import Reach, Stop
from .places import Places

_ONE: Final = ("fa",)
_LIST: Final = 'main section:nth-of-type({n}) h3 a[href*="/consultation"]'


def _at(path: str, *, is_open: bool = True) -> Reach:
    """Reach a page of the village's open consultation, or of its closed one."""

    def reach(page: Page, _places: Places, language: str) -> None:
        page.goto(f"/{language}/consultations")
        found = page.get_attribute(_LIST.format(n=1 if is_open else 2), "href")
        page.goto(f"{found}{path}")

    return reach


def _results(path: str, *, is_open: bool) -> Reach:
    """Reach a page of results."""

    def reach(page: Page, _places: Places, language: str) -> None:
        page.goto(f"/{language}/consultations")
        found = page.get_attribute(_LIST.format(n=1 if is_open else 2), "href") or ""
        page.goto(f"{found.removesuffix('/consultation')}/results{path}")

    return reach


def _list(page: Page, _places: Places, language: str) -> None:
    page.goto(f"/{language}/consultations")


def _panel(page: Page, _places: Places, language: str) -> None:
    page.goto(f"/{language}/consultations/panel")


def _own(page: Page, places: Places, language: str) -> None:
    _at("?number=1")(page, places, language)
    with page.expect_navigation():
        page.click('button[value="agree"]')
    _at("/own")(page, places, language)


def _side(page: Page, places: Places, language: str) -> None:
    _own(page, places, language)
    _at("/side")(page, places, language)


def _about(page: Page, places: Places, language: str) -> None:
    _own(page, places, language)
    _at("/about")(page, places, language)


def _about_error(page: Page, places: Places, language: str) -> None:
    _about(page, places, language)
    page.click("main form .button")
    page.wait_for_selector("#errors")


def _listening(page: Page, _places: Places, language: str) -> None:
    page.goto(f"/{language}/listening")


def _side_error(page: Page, places: Places, language: str) -> None:
    _side(page, places, language)
    page.eval_on_selector_all("input", "all => all.forEach(one => one.required = false)")
    page.click("main form .button")
    page.wait_for_selector("#errors")


def _unfit(page: Page, places: Places, language: str) -> None:
    _at("/say")(page, places, language)
    page.fill("#f-text", "www.example.org")
    page.click('button[value="send"]')
    page.wait_for_selector("#errors")


def _open(page: Page, places: Places, language: str) -> None:
    page.goto(f"/{language}{places.waiting_thread}/consultation/manage")


VOTING: Final = (
    Stop(name="consultations", reach=_list),
    Stop(name="consultation-stranger", reach=_at("")),
    Stop(name="consultation-closed", reach=_at("", is_open=False)),
    Stop(name="results", reach=_results("", is_open=False)),
    Stop(name="results-hidden", reach=_results("", is_open=True), status=403),
    Stop(name="vote", reach=_at(""), by="newcomer"),
    Stop(name="vote-ten", reach=_at("/ten"), by="newcomer"),
    Stop(name="votes-own", reach=_own, by="newcomer"),
    Stop(name="votes-none", reach=_at("/own"), by="persona", tested=_ONE),
    Stop(name="side", reach=_side, by="newcomer"),
    Stop(name="side-error", reach=_side_error, by="newcomer", status=400, tested=_ONE),
    Stop(name="side-early", reach=_at("/side"), by="persona", tested=_ONE),
    Stop(name="about-oneself", reach=_about, by="newcomer"),
    Stop(name="about-oneself-error", reach=_about_error, by="newcomer", status=400, tested=_ONE),
    Stop(name="listening", reach=_listening),
    Stop(name="panel", reach=_panel),
    Stop(name="statement", reach=_at("/say"), by="newcomer", may_sign=True),
    Stop(name="statement-error", reach=_unfit, by="newcomer", may_sign=True, status=403),
    Stop(name="consultation-open", reach=_open, by="persona"),
    Stop(name="consultation-manage", reach=_at("/manage"), by="persona"),
)  # fmt: skip

"""Pages of whoever reports, and how to reach them."""

from typing import Final

from playwright.sync_api import Page

from .citizen import TEXTS
from .gallery import Reach, Stop
from .places import Places

_ONE: Final = ("fa",)
_LAW: Final = {
    "fa": ("قانون جرایم رایانه‌ای، مادهٔ ۱۶", "ایران"),
    "en": ("Criminal Code, section 264", "Canada"),
    "fr": ("Code pénal, article 226-1", "France"),
}


def _form(place: str) -> Reach:
    def reach(page: Page, places: Places, language: str) -> None:
        page.goto(f"/{language}{getattr(places, place)}/report")

    return reach


def _path(path: str) -> Reach:
    def reach(page: Page, _places: Places, language: str) -> None:
        page.goto(f"/{language}{path}")

    return reach


def _report_error(page: Page, places: Places, language: str) -> None:
    page.goto(f"/{language}{places.thread}/report")
    page.fill("#f-report", TEXTS[language if language in TEXTS else "en"])
    page.click('button[value="send"]')
    page.wait_for_selector("#f-rule-error")


def _reports(page: Page, places: Places, language: str) -> None:
    """Report two threads, unless it was done in another language, and look at the list."""
    for place in (places.locked, places.archived):
        page.goto(f"/{language}{place}/report")
        if page.locator("#rule-spam").count():
            page.check("#rule-spam")
            with page.expect_navigation():
                page.click('button[value="send"]')
    page.goto(f"/{language}/reports")


def _done(page: Page, places: Places, language: str) -> None:
    """Go to report once more what was reported."""
    _reports(page, places, language)
    page.goto(f"/{language}{places.locked}/report")


def _send_notice(page: Page, places: Places, language: str, law: str) -> None:
    page.goto(f"/{language}/legal-notice?place={places.post}")
    page.fill("#f-law", law)
    page.fill("#f-country", _LAW[language][1])
    page.fill("#f-report", TEXTS[language if language in TEXTS else "en"])
    page.check("#f-good_faith")
    with page.expect_navigation():
        page.click('button[value="send"]')


def _notice_error(page: Page, places: Places, language: str) -> None:
    _send_notice(page, places, language, " ")
    page.wait_for_selector("#f-law-error")


def _notice_words(page: Page, places: Places, language: str) -> None:
    _send_notice(page, places, language, _LAW[language][0])
    page.wait_for_selector(".question")


def _ask(page: Page, language: str, words: str) -> None:
    page.goto(f"/{language}/legal-notice/outcome")
    page.fill("#f-words", words)
    with page.expect_navigation():
        page.click("main form .button")


def _notice_outcome(page: Page, places: Places, language: str) -> None:
    _notice_words(page, places, language)
    _ask(page, language, page.inner_text(".question"))


def _notice_outcome_error(page: Page, _places: Places, language: str) -> None:
    _ask(page, language, "legal winner thank yaer")
    page.wait_for_selector("#f-words-error")


def _go_on(page: Page, places: Places, language: str) -> None:
    """Log in with a report that came along, as after a session that ended."""
    page.goto(f"/{language}/login")
    carried = {"place": f"{places.thread}/report", "report": TEXTS["en"], "rule": "spam"}
    page.evaluate(
        """(carried) => { for (const [name, value] of Object.entries(carried)) {
            const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
            document.querySelector('form[action$="/login"]').append(field);
        } }""",
        carried,
    )
    name, passphrase = places.login
    page.fill("#f-name", name)
    page.fill("#f-passphrase", passphrase)
    page.click('form[action$="/login"] button')
    page.wait_for_selector('button[value="look"]')
    page.context.clear_cookies()


REPORTING: Final = (
    Stop(name="report", reach=_form("thread"), by="newcomer"),
    Stop(name="report-error", reach=_report_error, by="newcomer", status=400),
    Stop(name="report-persona", reach=_form("stranger"), by="newcomer", tested=_ONE),
    Stop(name="report-nobody", reach=_form("post")),
    Stop(name="report-carried", reach=_go_on, tested=_ONE),
    Stop(name="reports", reach=_reports, by="newcomer"),
    Stop(name="report-done", reach=_done, by="newcomer", tested=_ONE),
    Stop(name="reports-empty", reach=_path("/reports"), by="persona", tested=_ONE),
    Stop(name="legal-notice", reach=_path("/legal-notice")),
    Stop(name="legal-notice-error", reach=_notice_error, status=400),
    Stop(name="legal-notice-words", reach=_notice_words),
    Stop(name="legal-notice-outcome", reach=_notice_outcome),
    Stop(name="legal-notice-outcome-error", reach=_notice_outcome_error, status=400, tested=_ONE),
)

"""Pages of translations and summaries, and how to reach them."""

from typing import Final

from playwright.sync_api import Page

from .gallery import Stop
from .places import Places

_TITLES: Final = {
    "fa": "اعلامیهٔ جهانی حقوق بشر\n\nشناسایی حیثیت ذاتی همهٔ آدمیان، پایهٔ آزادی و داد است.",
    "en": "The Universal Declaration\n\nRecognition of inherent dignity is the foundation of freedom.",
    "fr": "La Déclaration universelle\n\nLa reconnaissance de la dignité est le fondement de la liberté.",
}
_SUMMARY: Final = {
    "fa": "همهٔ آدمیان آزاد زاده می‌شوند [۱، ۲]. کسی نباید برده شود [۴]. «آیا چنین است؟» [۳]",
    "en": "All are born free [1, 2]. Nobody may be held in slavery [4]. “Is it so?” [3]",
    "fr": "Tous naissent libres [1, 2]. Nul ne sera tenu en esclavage [4]. « Est-ce ainsi ? » [3]",
}
_TRIES: Final = 40
_POLL_MS: Final = 500


def _opening(page: Page, places: Places, language: str) -> str:
    """Return the path of the post that opened a thread in Persian, on a live board."""
    page.goto(f"/{language}{places.texts.declaration}")
    reply = page.locator('main a.button[href*="reply?to="]').get_attribute("href") or ""
    return f"/{language}/p/{reply.rpartition('=')[2]}"


def _see(page: Page, path: str, selector: str) -> None:
    """Look at a page until something stands on it: a live board's tick is a second."""
    for _ in range(_TRIES):
        page.goto(path)
        if page.locator(selector).count():
            return
        page.wait_for_timeout(_POLL_MS)
    raise AssertionError(path)


def _translate(page: Page, places: Places, language: str) -> None:
    page.goto(f"{_opening(page, places, language)}/translate")


def _translate_error(page: Page, places: Places, language: str) -> None:
    """Leave the title out."""
    _translate(page, places, language)
    page.fill("#f-text", _TITLES[language].partition("\n")[0])
    page.click('button[value="send"]')
    page.wait_for_selector("#errors")


def _write_translation(page: Page, places: Places, language: str) -> str:
    """Translate the opening, unless it was done in another language; return its path."""
    path = _opening(page, places, language)
    page.goto(f"{path}/translations")
    if not page.locator("main .items li").count():
        page.goto(f"{path}/translate")
        page.select_option("#f-language", "en")
        page.fill("#f-text", _TITLES["en"])
        page.click('button[value="send"]')
        page.wait_for_url("**/receipts/**")
        _see(page, f"{path}/translations", "main .items li")
    return path


def _translations(page: Page, places: Places, language: str) -> None:
    path = _write_translation(page, places, language)
    page.goto(f"{path}/translations")


def _read_in_english(page: Page, places: Places, _language: str) -> None:
    _write_translation(page, places, "en")
    page.goto(f"/en{places.texts.declaration}?in=en")
    page.wait_for_selector("article details")


def _summarise(page: Page, places: Places, language: str) -> None:
    page.goto(f"/{language}{places.texts.declaration}/summarise")


def _summarise_error(page: Page, places: Places, language: str) -> None:
    """Leave a source out."""
    _summarise(page, places, language)
    page.fill("#f-text", f"{_SUMMARY[language]} {_TITLES[language].partition(chr(10))[0]}.")
    page.click('button[value="send"]')
    page.wait_for_selector("#errors")


def _summary(page: Page, places: Places, language: str) -> None:
    thread = f"/{language}{places.texts.declaration}"
    page.goto(f"{thread}/summary")
    if page.locator(f'main ol.items [lang="{language}"]').count() == 0:
        page.goto(f"{thread}/summarise")
        page.select_option("#f-language", language)
        page.fill("#f-text", _SUMMARY[language])
        page.click('button[value="send"]')
        page.wait_for_url("**/receipts/**")
        _see(page, f"{thread}/summary", f'main ol.items [lang="{language}"]')


TONGUES: Final = (
    Stop(name="translate", reach=_translate, by="persona", may_sign=True),
    Stop(name="translate-error", reach=_translate_error, by="persona", may_sign=True, status=403),
    Stop(name="translations", reach=_translations, by="persona"),
    Stop(name="thread-translated", reach=_read_in_english, by="persona", tested=("en",)),
    Stop(name="summarise", reach=_summarise, by="persona", may_sign=True),
    Stop(name="summarise-error", reach=_summarise_error, by="persona", may_sign=True, status=403),
    Stop(name="summary", reach=_summary, by="persona"),
)

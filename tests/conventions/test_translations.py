"""Every sentence exists in every language, with the same placeholders and the right plurals."""

import importlib.util
import re
import unicodedata
from functools import cache
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest
from app.kernel import errors
from app.web import error_pages
from app.web.languages import load_languages
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
TRANSLATIONS = ROOT / "translations"
LANGUAGES = sorted(path.parent.name for path in TRANSLATIONS.glob("*/messages.po"))
PROSE = ("about", "context", "help", "reach", "rules", "safety")
BIDI = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
PLACEHOLDER = re.compile(r"%\(\w+\)s")


@cache
def template() -> Catalog:
    """Return the sentences that the pages can show now."""
    loader = SourceFileLoader("update", str(TRANSLATIONS / "update"))
    spec = importlib.util.spec_from_loader("update", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    collected: Catalog = module.collect()
    return collected


def catalog(language: str) -> Catalog:
    """Return a language's sentences."""
    with (TRANSLATIONS / language / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def forms(message: Message) -> list[str]:
    """Return every form of a translated sentence."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_catalog_has_exactly_the_sentences_of_the_pages(language: str) -> None:
    wanted = {str(message.id) for message in template() if message.id}
    present = {str(message.id) for message in catalog(language) if message.id}

    assert wanted == present, "run `make translations`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_with_its_placeholders(language: str) -> None:
    for message in catalog(language):
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        assert len(forms(message)) == len(ids)
        # "revised once" says its number in words; every other form must hold what its id holds.
        for form, source in zip(forms(message), ids, strict=True):
            assert form, f"not translated: {ids[0]}"
            assert set(PLACEHOLDER.findall(form)) == set(PLACEHOLDER.findall(source)), ids[0]
            assert unicodedata.is_normalized("NFC", form)
            assert not BIDI.search(form)


def test_french_signs_stay_on_the_line_of_their_words() -> None:
    texts = [form for message in catalog("fr") if message.id for form in forms(message)]
    texts += [(TRANSLATIONS / "fr" / f"{slug}.md").read_text(encoding="utf-8") for slug in PROSE]

    # French sets a space before these, and no line may end at it.
    assert [text for text in texts if re.search(r" [:;?!»](?!\S)|« ", text)] == []


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
@pytest.mark.parametrize("slug", PROSE)
def test_prose_has_the_same_headings_everywhere(language: str, slug: str) -> None:
    def levels(code: str) -> list[str]:
        text = (TRANSLATIONS / code / f"{slug}.md").read_text(encoding="utf-8")
        return re.findall(r"^#+ ", text, re.MULTILINE)

    assert levels(language) == levels("en")


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [("fa", 0, 0), ("fa", 1, 0), ("fa", 2, 1), ("fr", 0, 0), ("fr", 1, 0), ("fr", 2, 1)],
)
def test_plural_form_when_counting(language: str, count: int, expected: int) -> None:
    loaded = load_languages(TRANSLATIONS)[language]
    message = next(item for item in catalog(language) if isinstance(item.id, tuple))

    assert loaded.ngettext(message.id[0], message.id[1], count) == forms(message)[expected]


def subclasses(family: type[errors.AppError]) -> list[type[errors.AppError]]:
    """Return a class and all below it."""
    found = [family]
    for child in family.__subclasses__():
        found += subclasses(child)
    return found


def test_every_error_code_has_its_sentences() -> None:
    importlib.import_module("app.main")
    silent = {
        "corrupt-state",
        "not-initialised",
        "worker-running",
        "village-taken",
        "refused",
        "socket-place",
        "tor-unavailable",
    }
    codes = {item.code for item in subclasses(errors.AppError)} - silent

    assert codes <= error_pages.known_codes()

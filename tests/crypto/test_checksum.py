"""Four words for an address: fixed for good, in the reader's language, another four for another address."""

import unicodedata
from importlib.resources import files

import pytest
from app.crypto.checksum import checksum_words

ADDRESS = "goftogu7" * 7 + ".onion"
WORDS = {
    "en": ("front", "bulk", "wood", "abuse"),
    "fa": ("جلو", "حجم\u200cزیاد", "چوب", "سوءرفتار"),
    "fr": ("étrange", "biscuit", "vivipare", "abreuver"),
}


@pytest.mark.parametrize("language", ["en", "fa", "fr"])
def test_words_of_an_address_never_change(language: str) -> None:
    """They are printed on paper and remembered by people."""
    assert checksum_words(ADDRESS, language) == WORDS[language]


def test_lists_are_paired_by_their_places() -> None:
    lists = {
        name: files("app.crypto").joinpath(f"{name}.txt").read_text(encoding="utf-8").split("\n")
        for name in ("english", "french", "persian")
    }
    for words in lists.values():
        assert words.pop() == ""
        assert len(set(words)) == len(words) == 2048
        assert words == [unicodedata.normalize("NFC", word).strip() for word in words]
    places = [
        [lists[name].index(word) for word in WORDS[code]]
        for name, code in (("english", "en"), ("french", "fr"), ("persian", "fa"))
    ]
    assert places[0] == places[1] == places[2]


def test_case_does_not_matter_and_a_letter_does() -> None:
    assert checksum_words(ADDRESS.upper(), "en") == WORDS["en"]
    assert checksum_words("a" + ADDRESS[1:], "en") != WORDS["en"]


def test_language_without_a_list_has_the_english_one() -> None:
    assert checksum_words(ADDRESS, "de") == WORDS["en"]

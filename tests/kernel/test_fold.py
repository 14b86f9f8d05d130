"""Fifty ways in which one person writes and another asks; and some that are other words."""

import pytest
from app.kernel.fold import count_words, fold, questions_of, words_of
from hypothesis import given
from hypothesis import strategies as st

FOUND = [
    # Arabic keyboards: ye, kaf, he.
    ("کتاب", "كتاب"),
    ("ايران", "ایران"),
    ("علی", "على"),
    ("یک", "يك"),
    ("خانه", "خانۀ پدری"),
    ("مدرسه", "مدرسة"),
    ("مدرسهٔ ما", "مدرسه ما"),
    ("آزادی", "ازادی"),
    ("اقا", "آقا"),
    ("تاکید", "تأکید"),
    ("سوال", "سؤال"),
    ("سئوال", "سیوال"),
    ("مسئله", "مسیله"),
    ("رییس", "رئیس"),
    ("کرد", "ڪرد"),
    # Marks that are rarely written, and lines that only stretch.
    ("محمد", "مُحَمَّد"),
    ("کِشوَر", "کشور"),
    ("حتما", "حتماً"),
    ("ســـلام", "سلام"),
    ("قران", "قرآن"),
    # The joiner, a space, or nothing.
    ("می‌خواهیم", "می خواهیم"),
    ("می‌خواهیم", "میخواهیم"),
    ("می خواهیم", "می‌خواهیم"),
    ("می خواهیم", "میخواهیم"),
    ("میخواهیم", "می‌خواهیم"),
    ("میخواهیم", "می خواهیم"),
    ("نمی‌دانم", "نمی دانم"),
    ("نمیدانم", "نمی دانم"),
    ("آب‌وهوا", "آبوهوا"),
    ("شناسی", "زبان‌شناسی"),
    ("دانشگاه‌ها", "دانشگاهها"),
    ("دانشگاهها", "دانشگاه ها"),
    ("خانه‌ای", "خانه‌ای در کوه"),
    # One and many, and how much.
    ("کتاب", "کتاب‌هایشان"),
    ("کتاب‌های", "کتاب"),
    ("کتابها", "کتاب‌هایم"),
    ("شهرهایی", "شهرهای کوچک"),
    ("بزرگ", "بزرگ‌ترین"),
    ("بزرگتر", "بزرگترین"),
    # Three sets of digits.
    ("۱۴۰۴", "1404"),
    ("1404", "١٤٠٤"),
    ("١٤٠٤", "۱۴۰۴"),
    ("۵۰٪", "50 درصد"),
    # French and English.
    ("ecole", "École"),
    ("ÉCOLES", "écoles"),
    ("l'eau", "L’eau est rare"),
    ("coeur", "cœur"),
    ("œuvre", "ŒUVRE"),
    ("WATER", "Water"),
    ("strasse", "Straße"),
    # What nobody sees.
    ("سلام", "\u200fسلام\u200e"),
    ("water", "wa\u00adter"),
    ("ﻛﺘﺎﺏ", "کتاب"),
]
NOT_FOUND = [
    ("کتاب", "مکتب"),
    ("آب", "آبان"),
    ("شیر", "شهر"),
    ("۱۴۰۴", "۱۴۰۵"),
    ("می‌خواهیم", "خواهیم رفت"),
    ("می‌خواهم", "نمی‌خواهم"),
    ("کتاب نفت", "کتاب آب"),
    ("ترس", "تر"),
    ("اب", "ابها"),
    ("water", "waters"),
]


def is_found(question: str, text: str) -> bool:
    """Whether a text has, for each word of the question, one of its forms: what search asks."""
    words = set(words_of(text))
    return all(words & set(forms) for forms in questions_of(question))


@pytest.mark.parametrize(("question", "text"), FOUND)
def test_word_is_found_in_the_other_spelling(question: str, text: str) -> None:
    assert questions_of(question)
    assert is_found(question, text)


@pytest.mark.parametrize(("question", "text"), NOT_FOUND)
def test_other_word_is_not_found(question: str, text: str) -> None:
    assert not is_found(question, text)


@given(st.text())
def test_fold_of_a_folded_text_is_itself(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters(categories=["L", "N", "Zs"]), max_size=40))
def test_every_text_is_found_by_itself(text: str) -> None:
    assert is_found(text, text)


def test_words_are_counted_in_any_of_their_forms() -> None:
    counted = count_words("کتاب‌ها، كتاب و کتابهای نو: می خواهیم و می‌خواهیم.")

    assert counted["کتاب"] == 3
    assert counted["میخواهیم"] == counted["و"] == 2
    assert counted["ها"] == counted["نو"] == 1
    assert counted["شهر"] == 0

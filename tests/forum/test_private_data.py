"""What looks like somebody's private data: found as people write it, and hardly anywhere else."""

import json
from time import process_time

import pytest
from app.forum.rules import find_private
from app.forum.rules.private_data import MOST_FOUND, PrivateKind, is_card, is_iban, is_national_id
from app.settings import ROOT
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import texts


def kinds(text: str) -> list[str]:
    return [found.kind.value for found in find_private(text)]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("شماره‌اش ۰۹۱۲ ۳۴۵ ۶۷۸۹ است", "phone", "۰۹۱۲ ۳۴۵ ۶۷۸۹"),
        ("٠٩١٢٣٤٥٦٧٨٩", "phone", "٠٩١٢٣٤٥٦٧٨٩"),
        ("call +98 912-345-6789.", "phone", "+98 912-345-6789"),
        ("00989123456789", "phone", "00989123456789"),
        ("989123456789", "phone", "989123456789"),
        ("تلفن خانه: ۰۲۱-۸۸۷۷۶۶۵۵", "phone", "۰۲۱-۸۸۷۷۶۶۵۵"),
        ("call 514-555-0123 tonight", "phone", "514-555-0123"),
        ("mon numéro : 06 12 34 56 78", "phone", "06 12 34 56 78"),
        ("+33 6 12 34 56 78", "phone", "+33 6 12 34 56 78"),
        ("write to sara.k@post.example now", "email", "sara.k@post.example"),
        ("IR06 2960 0000 0010 0324 2000 01", "account", "IR06 2960 0000 0010 0324 2000 01"),
        ("شبا IR۰۶۲۹۶۰۰۰۰۰۰۰۱۰۰۳۲۴۲۰۰۰۰۱", "account", "IR۰۶۲۹۶۰۰۰۰۰۰۰۱۰۰۳۲۴۲۰۰۰۰۱"),
        ("کارت ۶۰۳۷-۹۹۱۵-۱۲۳۴-۵۶۷۸", "card", "۶۰۳۷-۹۹۱۵-۱۲۳۴-۵۶۷۸"),
        ("کد ملی ۰۴۹۹۳۷۰۸۹۹ دارد", "national-id", "۰۴۹۹۳۷۰۸۹۹"),
        ("049-937089-9", "national-id", "049-937089-9"),
        ("تهران، خیابان بهار، کوچه سوم، پلاک ۱۲", "address", "خیابان بهار، کوچه سوم، پلاک ۱۲"),
        ("پلاك ۷ طبقه سوم", "address", "پلاك ۷"),
        ("کد پستی: ۱۱۳۶۹-۱۴۷۱۲", "address", "کد پستی: ۱۱۳۶۹-۱۴۷۱۲"),
        ("She lives at 221B Baker Street.", "address", "221B Baker Street"),
        ("il habite 12 bis, rue de la Paix", "address", "12 bis, rue de la Paix"),
        ("Montréal H2X 1Y4", "address", "H2X 1Y4"),
    ],
)
def test_private_data_is_found_as_it_is_written(text: str, kind: str, words: str) -> None:
    if kind == "card":
        text, words = (
            value.replace("۵۶۷۸", _with_check("603799151234567")) for value in (text, words)
        )
    assert [(found.kind.value, found.words) for found in find_private(text)] == [(kind, words)]


def _with_check(fifteen: str) -> str:
    """Return the last four digits of a card with these first fifteen, in Persian digits."""
    last = next(digit for digit in "0123456789" if is_card(fifteen + digit))
    return "".join(chr(0x06F0 + int(digit)) for digit in fifteen[12:] + last)


@pytest.mark.parametrize(
    "text",
    [
        "در سال ۱۳۵۷ و ۱۳۸۸ و ۱۴۰۱",
        "قانون شماره ۱۲۳۴، ماده ۱۹، بند ۳",
        "۱۲٬۳۴۵٬۶۷۸٬۹۰۱ ریال",
        "between 2019-11-15 and 2026-11-22, at 10:07",
        "3.14159265358979 and 0.4993708990",
        "1,234,567,890 people in 2024/2025",
        "goftogu:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH",
        "https://example.org/articles/0499370899?id=09123456789",
        "ISBN 978-3-16-148410-0",
        "the IPv6 address 2001:0db8:85a3:0000:0000:8a2e:0370:7334",
        "version 10.15.7 of 2024-03-01",
        "a@b, c @ d and @sara",
        "در خیابان‌ها و کوچه‌های شهر",
        "میدان آزادی پر بود و خیابان‌ها بسته",
        "the road to Wall Street in 3 weeks",
        "les 3 places de la rue",
        "Article 12 of the Universal Declaration",
        "0000000000 and 1111111111",
        "110 و ۱۱۵ را بگیرید",
        "0123 4567",
        "IR12 is a rule, FR76 another",
    ],
)
def test_numbers_and_places_that_are_nobodys_are_not_asked_about(text: str) -> None:
    assert kinds(text) == []


@given(st.integers(0, 999_999_999))
def test_one_check_digit_of_eleven_makes_a_national_number(nine: int) -> None:
    first = f"{nine:09}"
    fitting = [digit for digit in "0123456789" if is_national_id(first + digit)]
    assert len(fitting) == 1 or set(first) == {first[0]}


def test_check_digits_are_those_of_the_published_examples() -> None:
    assert is_national_id("0499370899")
    assert not is_national_id("0499370898")
    assert is_card("4111111111111111")
    assert not is_card("4111111111111112")
    assert is_iban("GB82WEST12345698765432")
    assert not is_iban("GB82WEST12345698765433")


@given(texts)
def test_any_text_is_looked_through_and_what_is_found_stands_in_it(text: str) -> None:
    found = find_private(text)
    assert len(found) <= MOST_FOUND
    assert all(item.words in text and item.kind in PrivateKind for item in found)


@pytest.mark.parametrize(
    "sign", ["0", "۹", "0 ", "+", "09", "a@", "خیابان ", "1 A ", "a.", "(", "12-"]
)
def test_long_texts_made_to_be_slow_are_looked_through_in_a_moment(sign: str) -> None:
    began = process_time()
    find_private(sign * (20_000 // len(sign)))
    assert process_time() - began < 1


def test_nobody_in_the_village_is_asked_about_anything() -> None:
    """Hundreds of posts in three languages, on water, elections, work and rights: none is a match."""
    files = sorted((ROOT / "app/cli/village").glob("threads-*.json"))
    said = [text for file in files for text in _texts_in(json.loads(file.read_text("utf-8")))]

    assert len(said) > 500
    assert [text for text in said if find_private(text)] == []


def _texts_in(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in inner for text in _texts_in(item)]

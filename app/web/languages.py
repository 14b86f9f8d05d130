"""Languages: one folder under `translations/` each. Adding a language is adding a folder.

A folder holds `language.toml` (own name, direction, calendar, digits, months), `messages.po` (not
for the language of the message ids, English) and the prose pages as Markdown.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from functools import cached_property, lru_cache
from gettext import GNUTranslations, NullTranslations
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from persiantools import digits
from persiantools.jdatetime import JalaliDate

from app.kernel.errors import CorruptStateError
from app.kernel.fold import fold

SOURCE_LANGUAGE: Final = "en"
_FIRST_GREGORIAN_YEAR: Final = 1700
_JALALI_MONTHS: Final = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
    "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
_LATIN_JALALI_MONTHS: Final = (
    "Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar",
    "Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand",
)  # fmt: skip
CALENDARS: Final = ("gregorian", "jalali")
DIGITS: Final = ("latin", "persian")


@dataclass(frozen=True, eq=False)
class Language:
    """One language of the pages: its messages, its numbers, its calendar."""

    code: str
    name: str
    direction: str
    calendar: str
    """`gregorian` or `jalali`."""
    digits: str
    """`latin` or `persian`."""
    thousands: str
    """What stands between each three digits of a number in latin digits."""
    point: str
    """What stands before its fraction."""
    months: tuple[str, ...]
    """Of the Gregorian calendar, as they stand in a day of this language."""
    position: int
    name_parts: tuple[tuple[str, ...], tuple[str, ...]]
    """Words that proposed names are made of."""
    folder: Path

    @cached_property
    def _translations(self) -> NullTranslations:
        """The catalog as the standard library reads it; the source language needs none."""
        path = self.folder / "messages.po"
        if not path.exists():
            return NullTranslations()
        compiled = BytesIO()
        with path.open("rb") as file:
            # `Locale.parse` would load what Babel knows of every territory: two megabytes.
            write_mo(compiled, read_po(file, locale=Locale(self.code)))
        compiled.seek(0)
        return GNUTranslations(compiled)

    @cached_property
    def _readings(self) -> dict[tuple[str, str], "Language"]:
        return {}

    def read_with(self, calendar: str, digits: str) -> "Language":
        """Return this language with a reader's calendar and digits; empty ones stay."""
        wanted = (calendar or self.calendar, digits or self.digits)
        if wanted == (self.calendar, self.digits):
            return self
        if wanted not in self._readings:
            self._readings[wanted] = replace(self, calendar=wanted[0], digits=wanted[1])
        return self._readings[wanted]

    def gettext(self, message: str) -> str:
        """Return a message in this language, or in English where it has none yet."""
        return self._translations.gettext(message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Return the plural form for `count`."""
        return self._translations.ngettext(one, many, count)

    def number(self, value: float) -> str:
        """Return a number with this language's grouping and digits."""
        return _number(self, value)

    def _write_number(self, value: float) -> str:
        is_latin = self.digits == "latin"
        thousands, point = (self.thousands, self.point) if is_latin else ("٬", "٫")
        whole, _, part = f"{value:,.3f}".partition(".")
        rest = part.rstrip("0")
        text = whole.replace(",", thousands) + (f"{point}{rest}" if rest else "")
        return self._with_digits(text)

    def day(self, value: date) -> str:
        """Return a day in this language's calendar, written out."""
        return _day(self, value)

    def _write_day(self, value: date) -> str:
        if self.calendar == "jalali":
            return f"{self.short_day(value)} {self._with_digits(str(_jalali(value).year))}"
        return f"{self.short_day(value)} {self._with_digits(str(value.year))}"

    def short_day(self, value: date) -> str:
        """Return a day without its year."""
        if self.calendar == "jalali":
            jalali = _jalali(value)
            return f"{self._with_digits(str(jalali.day))} {self._jalali_month(jalali)}"
        return f"{self._with_digits(str(value.day))} {self.months[value.month - 1]}"

    def month(self, value: date) -> str:
        """Return the month that a day is in, with its year."""
        if self.calendar == "jalali":
            jalali = _jalali(value)
            return f"{self._jalali_month(jalali)} {self._with_digits(str(jalali.year))}"
        return f"{self.months[value.month - 1]} {self._with_digits(str(value.year))}"

    def start_of_month(self, value: date) -> date:
        """Return the first day of the month that a day is in, in this language's calendar."""
        passed = _jalali(value).day if self.calendar == "jalali" else value.day
        return value - timedelta(days=passed - 1)

    def clock(self, value: time) -> str:
        """Return an hour and its minutes."""
        return self._with_digits(f"{value:%H:%M}")

    def numeric_day(self, value: date) -> str:
        """Return a day as readers of this language type it, in their calendar."""
        if self.calendar == "jalali":
            jalali = _jalali(value)
            return f"{jalali.year}-{jalali.month:02}-{jalali.day:02}"
        return value.isoformat()

    def name_of(self, mark: str) -> str:
        """Return the name by which people call a key that nobody named, from its fingerprint."""
        first, second = self.name_parts
        drawn = sha256(mark.encode()).digest()
        return f"{first[drawn[0] % len(first)]} {second[drawn[1] % len(second)]}"

    def prose(self, slug: str) -> str:
        """Return the Markdown of a prose page."""
        return (self.folder / f"{slug}.md").read_text(encoding="utf-8")

    def _jalali_month(self, jalali: JalaliDate) -> str:
        months = _JALALI_MONTHS if self.direction == "rtl" else _LATIN_JALALI_MONTHS
        return months[jalali.month - 1]

    def _with_digits(self, text: str) -> str:
        return str(digits.en_to_fa(text)) if self.digits == "persian" else text


def load_languages(folder: Path) -> dict[str, Language]:
    """Read every language folder, in the order they want to be listed.

    Raises:
        CorruptStateError: there is no folder for the source language.

    """
    languages = []
    for path in folder.glob("*/language.toml"):
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
        languages.append(Language(code=path.parent.name, folder=path.parent, **settings))
    languages.sort(key=lambda language: language.position)
    by_code = {language.code: language for language in languages}
    if SOURCE_LANGUAGE not in by_code:
        raise CorruptStateError("no translations folder for the source language")
    return by_code


def choose_language(languages: Mapping[str, Language], accepted: str) -> str:
    """Return the first language of an Accept-Language header that we have, or our first."""
    for part in accepted.split(","):
        code = part.split(";")[0].strip().split("-")[0].lower()
        if code in languages:
            return code
    return next(iter(languages))


def parse_day(typed: str) -> date:
    """Return a typed day of either calendar, in any digits; their years are 621 apart.

    Raises:
        ValueError: it is none.

    """
    year, month, day = (int(part) for part in fold(typed.strip()).split("-"))
    if max(year, month, day) > date.max.year:
        # The calendars would fail with an error of another kind.
        raise ValueError("no calendar goes that far")
    if year < _FIRST_GREGORIAN_YEAR:
        return JalaliDate(year, month, day).to_gregorian()  # type: ignore[no-untyped-call]  # comes without types
    return date(year, month, day)


# A page writes the same few numbers and days again and again.
@lru_cache(maxsize=4096)
def _number(language: Language, value: float) -> str:
    return language._write_number(value)  # noqa: SLF001 (its own memory)


@lru_cache(maxsize=4096)
def _day(language: Language, value: date) -> str:
    return language._write_day(value)  # noqa: SLF001


def _jalali(value: date) -> JalaliDate:
    return JalaliDate(value)  # type: ignore[no-untyped-call]  # comes without types

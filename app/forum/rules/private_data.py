"""What in a text looks like a private person's number or address, so that its author is asked once.

A guess, and only a question: nothing is refused, kept or counted for it. Where numbers have check
digits, those are looked at, so that few other numbers are taken for them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_FOUND: Final = 5
"""So many are shown; who has more of them in a text knows it."""

# Each is one character for another: what is found stands at the same place in the text.
_PLAIN: Final = str.maketrans(
    {
        "ي": "ی",
        "ك": "ک",
        "\xa0": " ",
        "\u200c": " ",
        "\u2011": "-",
        "\u2013": "-",
        **{chr(0x06F0 + digit): str(digit) for digit in range(10)},
        **{chr(0x0660 + digit): str(digit) for digit in range(10)},
    }
)


class PrivateKind(StrEnum):
    """What something in a text looks like."""

    EMAIL = "email"
    ACCOUNT = "account"
    """An IBAN."""
    CARD = "card"
    PHONE = "phone"
    NATIONAL_ID = "national-id"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something in a text that may be private, as it stands there."""

    kind: PrivateKind
    words: str


def find_private(text: str) -> tuple[Finding, ...]:
    """Return what in a text may be a private person's, in its order, each once."""
    plain = _link.sub(lambda link: " " * len(link.group()), text.translate(_PLAIN))
    taken: dict[int, tuple[int, PrivateKind]] = {}
    for kind, pattern, holds in _SORTS:
        for match in pattern.finditer(plain):
            start, end = match.span()
            overlaps = any(start < last and first < end for first, (last, _) in taken.items())
            if not overlaps and holds(match.group()):
                taken[start] = (end, kind)
    found = dict.fromkeys(
        Finding(kind=kind, words=text[start:end]) for start, (end, kind) in sorted(taken.items())
    )
    return tuple(found)[:MOST_FOUND]


def is_national_id(digits: str) -> bool:
    """Return whether ten digits end in the check digit of an Iranian national number."""
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    weighed = sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return int(digits[9]) == (weighed if weighed < 2 else 11 - weighed)


def is_card(digits: str) -> bool:
    """Return whether sixteen digits keep to Luhn's check of bank cards."""
    if len(digits) != 16 or len(set(digits)) == 1:
        return False
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def is_iban(account: str) -> bool:
    """Return whether letters and digits are an account's number by ISO 13616's check."""
    moved = account[4:] + account[:4]
    return int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1


def _digits(text: str) -> str:
    return "".join(_digit_run.findall(text))


def _always(_words: str) -> bool:
    return True


def _holds_iban(words: str) -> bool:
    return is_iban(re.sub(r"[ -]", "", words).upper())


_digit_run = re.compile(r"[0-9]+")
# A long number in the address of a page is the page's.
_link = re.compile(r"https?://\S+", re.IGNORECASE)
_email = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}(?![\w@])")
_account = re.compile(
    r"(?<![\w])(?:IR(?:[ -]?[0-9]){24}|FR[0-9]{2}(?:[ -]?[0-9A-Z]){23}|(?:DE(?:[ -]?[0-9]){20})"
    r"|GB[0-9]{2}[ -]?[A-Z]{4}(?:[ -]?[0-9]){14})(?![\w])",
    re.IGNORECASE,
)
_card = re.compile(r"(?<![0-9.,+])[0-9]{4}([ .-]?)[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?![0-9]|[.,][0-9])")
_begin, _end = r"(?<![0-9.,/+#_])", r"(?![0-9]|[.,/][0-9])"
_mobile = rf"(?:(?:\+|00)98[ -]?\(?0?\)?[ -]?|(?<![0-9])98(?=9)|0)9[0-9](?:[ .-]?[0-9]){{8}}{_end}"
_landline = rf"0[1-8][0-9](?:[ -]?\)?[ -]?)[0-9](?:[ -]?[0-9]){{7}}{_end}"
_abroad = rf"(?:\+|(?<![0-9])00)[1-9](?:[ .()-]{{0,2}}[0-9]){{8,13}}{_end}"
_america = rf"\(?[2-9][0-9]{{2}}(?:\) ?|([ .-]))[2-9][0-9]{{2}}[ .-][0-9]{{4}}{_end}"
_france = rf"0[1-79](?:[ .-]?[0-9]{{2}}){{4}}{_end}"
_phone = re.compile(rf"{_begin}(?:{_mobile}|\(?{_landline}|{_abroad}|{_america}|{_france})")
_national_id = re.compile(r"(?<![0-9.,/+#_=-])[0-9]{3}(-?)[0-9]{6}\1[0-9](?![0-9-]|[.,/][0-9])")
_address = re.compile(
    r"""
    (?:(?:خیابان|خ\.|کوچه|بلوار|بن\ ?بست|میدان|اتوبان|شهرک)\ [^\n.؟!]{1,80}?
       (?:پلاک|واحد|شماره)\ {0,2}:?\ {0,2}[0-9]{1,5})
    |پلاک\ {0,2}:?\ {0,2}[0-9]{1,5}\b
    |کد\ ?پستی\ {0,2}:?\ {0,2}[0-9]{5}[ -]?[0-9]{5}
    |\b[0-9]{1,5}[A-Za-z]?,?\ (?:(?:[NSEW]|North|South|East|West)\.?\ )?
       (?:[A-Z][\w'’-]{0,30}\ ){1,3}
       (?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Crescent|Cres|Terrace)\b
    |\b[0-9]{1,4}(?:\ ?(?:bis|ter|[A-D]))?,?
       \ (?:rue|avenue|boulevard|bd|chemin|allée|impasse|quai)\b\ ?
       (?:(?:de|du|des|la|le|les)\ |[dl]['’]){0,3}[A-ZÀ-Ý0-9][\w'’-]{0,40}
    |\b[ABCEGHJ-NPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z]\ [0-9][ABCEGHJ-NPRSTV-Z][0-9]\b
    """,
    re.VERBOSE,
)
_SORTS: Final[tuple[tuple[PrivateKind, re.Pattern[str], Callable[[str], bool]], ...]] = (
    (PrivateKind.EMAIL, _email, _always),
    (PrivateKind.ACCOUNT, _account, _holds_iban),
    (PrivateKind.CARD, _card, lambda words: is_card(_digits(words))),
    (PrivateKind.ADDRESS, _address, _always),
    (PrivateKind.NATIONAL_ID, _national_id, lambda words: is_national_id(_digits(words))),
    (PrivateKind.PHONE, _phone, _always),
)

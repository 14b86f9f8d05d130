"""Shapes of members: each looks at one value and raises MalformedError."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, TypeAlias

from app.kernel.errors import MalformedError
from app.records.model import CONSENT, CUSTODY, Custody

Shape: TypeAlias = Callable[[Any], None]

MAX_POST_BYTES: Final = 20_000
MOST_KEYS: Final = 40
MAX_TITLE_CHARACTERS: Final = 200
MAX_NAME_CHARACTERS: Final = 40
MAX_TAG_CHARACTERS: Final = 30
MOST_TAGS: Final = 12
MAX_FILTER_CHARACTERS: Final = 60
MOST_FILTERS: Final = 50
MOST_ISSUERS: Final = 12
MOST_VERSIONS: Final = 1_000_000
"""Of a card, and of a page in one language."""
_LANGUAGES_AT_MOST: Final = 20
_DID: Final = r"did:key:z6Mk[1-9A-HJ-NP-Za-km-z]{44}"

_did = re.compile(_DID)
_actor = re.compile(rf"ap://({_DID})/actor")
_object = re.compile(rf"ap://({_DID})/objects/[a-z2-7]{{26}}")
_language = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_slug = re.compile(r"[a-z][a-z0-9-]{0,39}")
_day = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)
_digest = re.compile(r"zQm[1-9A-HJ-NP-Za-km-z]{44}")
_multibase_signature = re.compile(r"z[1-9A-HJ-NP-Za-km-z]{64,88}")
_onion = re.compile(r"[a-z2-7]{56}\.onion")
_issuer = re.compile(r"[a-z][a-z-]{0,19} [0-9]{4}-(0[1-9]|1[0-2]) [A-Za-z0-9_-]{43}")
# Control characters and bidirectional overrides and isolates: they can make a line read as another.
_tricks = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufdd0-\ufdef\ufffe\uffff]"
)
_text_tricks = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef\ufffe\uffff]"
)
# Characters that show nothing, but for the joiners that Persian words need between letters.
_unseen = re.compile(
    "[\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\ufff0-\uffff"
    "\U000e0000-\U000e0fff]|(?<!\\w)[\u200c\u200d]|[\u200c\u200d](?!\\w)"
)
_base64 = re.compile(r"[A-Za-z0-9_-]+")
_country = re.compile(r"[A-Z]{2}")
_letter = re.compile(r"[^\W_]")
_domain = re.compile(
    r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
)
_link = re.compile(r"(https?://[^\s/]+\.[^\s]+|ap://[^\s]+)")


def _require(condition: object, message: str) -> None:
    if not condition:
        raise MalformedError(message)


def matching(pattern: re.Pattern[str], what: str) -> Shape:
    """Return the shape of a string that matches `pattern` as a whole."""

    def shape(value: Any) -> None:
        _require(isinstance(value, str) and pattern.fullmatch(value), f"not {what}")

    return shape


def line(limit: int) -> Shape:
    """Return the shape of one line of at most `limit` characters, without tricks of direction."""

    def shape(value: Any) -> None:
        _require(
            isinstance(value, str) and 0 < len(value) <= limit,
            "a line is empty or too long",
        )
        _require(value == value.strip() and "  " not in value, "a line has stray white space")
        _require(not _tricks.search(value), "a line has control or direction characters")

    return shape


def name(value: Any) -> None:
    """Check a persona's name: one line of characters that show, a letter or digit among them."""
    line(MAX_NAME_CHARACTERS)(value)
    _require(not _unseen.search(value), "a name has characters that do not show")
    _require(_letter.search(value), "a name has no letter")


def yes_or_no(value: Any) -> None:
    """Check a boolean."""
    _require(isinstance(value, bool), "neither true nor false")


def one_of(*values: str) -> Shape:
    """Return the shape of a closed choice."""

    def shape(value: Any) -> None:
        _require(value in values, "not one of the known values")

    return shape


def whole(least: int, most: int) -> Shape:
    """Return the shape of an integer within bounds."""

    def shape(value: Any) -> None:
        _require(isinstance(value, int) and not isinstance(value, bool), "not an integer")
        _require(least <= value <= most, "an integer is out of bounds")

    return shape


def base64_text(limit: int) -> Shape:
    """Return the shape of bytes in base64url without padding, of at most `limit` characters."""

    def shape(value: Any) -> None:
        _require(isinstance(value, str) and _base64.fullmatch(value), "not base64url")
        _require(len(value) <= limit, "too many bytes")

    return shape


def text(value: Any) -> None:
    """Check the text of a post: not empty, within the limit, no control or override characters."""
    _require(isinstance(value, str) and value.strip(), "a text is empty")
    _require(len(value.encode()) <= MAX_POST_BYTES, "a text is too long")
    _require(not _text_tricks.search(value), "a text has control or direction characters")


def in_one_language(value: Any) -> None:
    """Check a map of exactly one language to a text."""
    _require(isinstance(value, dict) and len(value) == 1, "not exactly one language")
    for language, content in value.items():
        _require(_language.fullmatch(language), "not a BCP 47 language")
        text(content)


def in_languages(each: Shape) -> Shape:
    """Return the shape of a map of languages to `each`."""

    def shape(value: Any) -> None:
        _require(
            isinstance(value, dict) and 0 < len(value) <= _LANGUAGES_AT_MOST,
            "no languages",
        )
        for language, content in value.items():
            _require(_language.fullmatch(language), "not a BCP 47 language")
            each(content)

    return shape


def list_of(each: Shape, most: int, least: int = 0) -> Shape:
    """Return the shape of an array with bounds on its length."""

    def shape(value: Any) -> None:
        _require(isinstance(value, list) and least <= len(value) <= most, "not such an array")
        for item in value:
            each(item)

    return shape


def members(required: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> Shape:
    """Return the shape of an object with exactly these members."""
    allowed = {**required, **(optional or {})}

    def shape(value: Any) -> None:
        _require(isinstance(value, dict), "not an object")
        _require(required.keys() <= value.keys(), "a member is missing")
        _require(value.keys() <= allowed.keys(), "an unknown member")
        for name, content in value.items():
            allowed[name](content)

    return shape


did = matching(_did, "an Ed25519 did:key")
actor = matching(_actor, "an actor")
record_id = matching(_object, "a record id: one begins with ap:// and stands on the post's page")
slug = matching(_slug, "a short name")
tags = list_of(line(MAX_TAG_CHARACTERS), MOST_TAGS)
filters = list_of(line(MAX_FILTER_CHARACTERS), MOST_FILTERS)
digest = matching(_digest, "a digest")
custody = one_of(*Custody)
signature = matching(_multibase_signature, "a signature")
onion = matching(_onion, "a v3 onion address")
language = matching(_language, "a BCP 47 language")
_like_day = matching(_day, "a day")


def day(value: Any) -> None:
    """Check that a string is a day of the calendar: there is no 31st of February."""
    _like_day(value)
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise MalformedError("not a day") from error


country = matching(_country, "a country of ISO 3166")
domain = matching(_domain, "a domain in small letters of ASCII")
_like_link = matching(_link, "a link")


def link(value: Any) -> None:
    """Check a link to a page or a record: one line of at most 500 characters."""
    line(500)(value)
    _like_link(value)


def _hashtag_name(value: Any) -> None:
    _require(isinstance(value, str) and value.startswith("#"), "not a hashtag")
    line(MAX_TAG_CHARACTERS)(value[1:])


_issuers = list_of(matching(_issuer, "an issuer's key of a month"), MOST_ISSUERS, 1)


def issuers(value: Any) -> None:
    """Check a list of issuers' keys: each purpose and month has one, so that all see the same."""
    _issuers(value)
    months = {item.rpartition(" ")[0] for item in value}
    _require(len(months) == len(value), "a month has two issuer's keys")


hashtag = members({"type": one_of("Hashtag"), "name": _hashtag_name})

imported = members(
    {"day": day, "source": line(MAX_TITLE_CHARACTERS)},
    {"author": line(MAX_TITLE_CHARACTERS)},
)

posting_key = members(
    {
        "id": did,
        CUSTODY: custody,
        "urn:goftogu:state": one_of("active", "retired", "revoked"),
        CONSENT: signature,
    }
)

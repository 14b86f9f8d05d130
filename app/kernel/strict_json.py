"""The strict JSON profile of records: one value has one byte form, and nothing else is read.

The profile: UTF-8 without byte-order mark; ASCII member names, none twice in one object; strings in
NFC with LF line ends and no lone surrogates; integers within ±(2^53−1); no floats, no null; at most
`MAX_DEPTH` levels. Within it the canonical bytes of RFC 8785 are what `json` writes with sorted
keys (ASCII names sort alike by code point and by UTF-16 unit), five times faster than a general
implementation; a property test holds it to the `rfc8785` package. ADR-0006 argues it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from json import JSONEncoder
from typing import Any, Final, NoReturn, TypeAlias
from unicodedata import is_normalized

from .errors import MalformedError

Json: TypeAlias = "str | int | bool | Sequence[Json] | Mapping[str, Json]"
JsonObject: TypeAlias = dict[str, Any]

MAX_DEPTH: Final = 8
MAX_INTEGER: Final = 2**53 - 1
MAX_INTEGER_DIGITS: Final = 16

_encoder = JSONEncoder(
    ensure_ascii=False,
    check_circular=False,
    allow_nan=False,
    sort_keys=True,
    separators=(",", ":"),
)
# Deeper nesting than MAX_DEPTH is refused before the parser recurses into it.
_bracket_run = re.compile(rb"[\[{]")


def encode(value: Json) -> bytes:
    """Return the canonical bytes of a value of the profile.

    Raises:
        MalformedError: a string holds a lone surrogate.

    """
    try:
        return _encoder.encode(value).encode()
    except UnicodeEncodeError as error:
        raise MalformedError("a string holds a lone surrogate") from error


def decode(raw: bytes) -> JsonObject:
    """Read one JSON object of the profile, exactly as received.

    Raises:
        MalformedError: the bytes are not the canonical form of an object of the profile.

    """
    try:
        text = raw.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise MalformedError("not UTF-8") from error
    if len(_bracket_run.findall(raw)) > MAX_DEPTH:
        _require_shallow(text)
    try:
        value = _decoder.decode(text)
    except (ValueError, RecursionError) as error:
        raise MalformedError("not JSON of the strict profile") from error
    if not isinstance(value, dict):
        raise MalformedError("not a JSON object")
    if encode(value) != raw:
        raise MalformedError("not in canonical form")
    # The bytes are canonical: only control characters are escaped, so the text speaks for its
    # strings. Where it might mislead (an accent behind a written `\n` falls on the n), ask them.
    if "\\r" in text or "null" in text or not is_normalized("NFC", text):
        _require_plain(value)
    return value


def _require_shallow(text: str) -> None:
    """Refuse nesting beyond MAX_DEPTH without recursing: brackets inside strings do not count."""
    depth, in_string, escaped = 0, False, False
    for character in text:
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise MalformedError("nested too deep")
        elif character in "]}":
            depth -= 1


def _require_plain(value: object) -> None:
    """Refuse null, carriage returns and what is not NFC, where the text may hold one."""
    match value:
        case None:
            raise MalformedError("null is not part of the profile")
        case str() if "\r" in value:
            raise MalformedError("a string has a carriage return")
        case str() if not is_normalized("NFC", value):
            raise MalformedError("a string is not NFC")
        case list():
            for item in value:
                _require_plain(item)
        case dict():
            for item in (*value, *value.values()):
                _require_plain(item)
        case _:
            pass


def _object(pairs: list[tuple[str, Json]]) -> JsonObject:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a member stands twice")
    if not "".join(value).isascii():
        raise ValueError("a member name is not ASCII")
    return value


def _integer(digits: str) -> int:
    if len(digits) > MAX_INTEGER_DIGITS + 1 or abs(int(digits)) > MAX_INTEGER:
        raise ValueError("an integer is beyond 2^53-1")
    return int(digits)


def _refuse(_text: str) -> NoReturn:
    raise ValueError("floats, NaN and Infinity are not part of the profile")


_decoder = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=_refuse,
    parse_int=_integer,
    parse_constant=_refuse,
)

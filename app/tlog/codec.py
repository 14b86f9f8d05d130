"""What the log's text files have in common: sizes, hashes, one a line."""

import re
from base64 import b64encode
from collections.abc import Iterable
from typing import Final

from app.crypto.note_keys import decode_base64
from app.kernel.errors import MalformedError

from .tree import HASH_BYTES

MAX_SIZE: Final = 2**63 - 1
_decimal = re.compile("0|[1-9][0-9]{0,18}")


def parse_size(text: str) -> int:
    """Read a number of entries, or the place of one: decimal, no leading zeros, below 2^63.

    Raises:
        MalformedError: anything else.

    """
    number = int(text) if _decimal.fullmatch(text) else MAX_SIZE + 1
    if number > MAX_SIZE:
        raise MalformedError("not a size: a decimal number without leading zeros")
    return number


def parse_hash(line: str) -> bytes:
    """Read the 32 bytes of a hash in base64.

    Raises:
        MalformedError: anything else.

    """
    value = decode_base64(line)
    if len(value) != HASH_BYTES:
        raise MalformedError("not a hash: 32 bytes in base64")
    return value


def encode_hash(value: bytes) -> str:
    """Return a hash as base64."""
    return b64encode(value).decode()


def encode_hashes(values: Iterable[bytes]) -> str:
    """Return hashes as lines."""
    return "".join(f"{encode_hash(value)}\n" for value in values)


def decode_text(raw: bytes) -> str:
    """Return text.

    Raises:
        MalformedError: not UTF-8.

    """
    try:
        return raw.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise MalformedError("not UTF-8") from error

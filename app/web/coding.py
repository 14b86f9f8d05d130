"""Content codings and entity tags: what travels instead of a body, and when nothing has to."""

import gzip
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Final

import brotli

IDENTITY: Final = "identity"
BROTLI: Final = "br"
GZIP: Final = "gzip"
COMPRESS_FROM_BYTES: Final = 500
# On a thread of 24 posts 5 takes as long as gzip's 6 and saves a tenth; 9 takes fifteen times that.
_BROTLI_QUALITY: Final = 5
_GZIP_LEVEL: Final = 6
# Sizes of pages: up to so many bytes, in steps of so many.
_STEPS: Final = ((16_384, 2_048), (65_536, 4_096))
_LARGEST_STEP: Final = 16_384
# A gzip header's flag for an extra field; its length, and the head of the one subfield in it.
_HAS_FIELD: Final = 4
_FIELD_NAME: Final = b"PA"
_FIELD_BYTES: Final = 6
_ENCODERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    IDENTITY: lambda body: body,
    BROTLI: lambda body: brotli.compress(body, mode=brotli.MODE_TEXT, quality=_BROTLI_QUALITY),
    GZIP: lambda body: gzip.compress(body, _GZIP_LEVEL, mtime=0),
}
_DECODERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    IDENTITY: lambda body: body,
    BROTLI: brotli.decompress,
    GZIP: gzip.decompress,
}


@lru_cache(maxsize=256)
def choose_coding(accepted: bytes, offered: Sequence[str]) -> str:
    """Return the coding for an Accept-Encoding header (RFC 9110, section 12.5.3).

    The one that the client likes best, of equal ones the first that is offered; `identity` where
    none is both offered and accepted.
    """
    weights: dict[str, float] = {}
    for item in accepted.decode("latin-1").lower().split(","):
        name, _, parameter = item.partition(";")
        key, _, value = parameter.partition("=")
        try:
            weights[name.strip()] = float(value) if key.strip() == "q" else 1.0
        except ValueError:
            weights[name.strip()] = 0.0
    best, chosen = 0.0, IDENTITY
    for coding in offered:
        weight = weights.get(coding, weights.get("*", 0.0))
        if weight > best:
            best, chosen = weight, coding
    return chosen


def encode(body: bytes, coding: str) -> bytes:
    """Return a body in a coding."""
    return _ENCODERS[coding](body)


def decode(body: bytes, coding: str) -> bytes:
    """Return the body that a coding of ours holds."""
    return _DECODERS[coding](body)


def pad(body: bytes, coding: str) -> bytes:
    """Return a page's body filled up to the next of a few sizes, without a change in what it says.

    In gzip the filling is an extra field of its header (RFC 1952, section 2.3.1), which readers
    skip; a page in no coding gets blank lines at its end.
    """
    if coding == GZIP:
        missing = _padded_size(len(body) + _FIELD_BYTES) - len(body)
        field = _FIELD_NAME + (missing - _FIELD_BYTES).to_bytes(2, "little")
        field += bytes(missing - _FIELD_BYTES)
        flags = bytes([body[3] | _HAS_FIELD])
        return body[:3] + flags + body[4:10] + len(field).to_bytes(2, "little") + field + body[10:]
    return body + b"\n" * (_padded_size(len(body)) - len(body))


def _padded_size(size: int) -> int:
    """Return the next of the sizes that pages come in: steps grow with what they are part of."""
    step = next((step for most, step in _STEPS if size <= most), _LARGEST_STEP)
    return -(-size // step) * step


def etag_of(body: bytes) -> str:
    """Return a weak entity tag: the same content, in whichever coding it travels."""
    return etag_by_sum(sha256(body).hexdigest())


def etag_by_sum(digest: str) -> str:
    """Return the same of a body whose SHA-256 is known, in hex."""
    return f'W/"{digest[:32]}"'


def is_known(etag: str, asked: str) -> bool:
    """Whether an If-None-Match header names an entity tag (RFC 9110, section 13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in asked.split(",")]
    return "*" in tags or etag.removeprefix("W/") in tags

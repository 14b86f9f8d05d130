"""Decisions about the instance's own card, from values alone."""

import re
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from app.kernel.errors import MalformedError, TooLargeError
from app.records.codec import encode_nonce

MOST_CARD_BYTES: Final = 2000
"""What a QR code of ours holds (`web.qr`): the card is handed on on paper."""
MOST_ADDRESS_CHARACTERS: Final = 200
_ID_BYTES: Final = 16
_v3_host: Final = re.compile(r"(?:[a-z0-9-]+\.)*[a-z2-7]{56}\.onion")
"""Onion services of today; names before the address are the service's own."""


def parse_mirror(typed: str) -> str:
    """Return a mirror's address as the card lists it: scheme, host and path, no slash at its end.

    Raises:
        MalformedError: something else, or an address that says more than where.

    """
    try:
        parts = urlsplit(typed)
        # Only asked for because it raises where there is no number.
        _ = parts.port
    except ValueError as error:
        raise MalformedError("not an address") from error
    is_plain = typed.isascii() and typed.isprintable() and " " not in typed
    says_more = parts.query or parts.fragment or "@" in parts.netloc or typed.endswith(("?", "#"))
    if parts.scheme not in {"http", "https"} or not parts.hostname or not is_plain or says_more:
        raise MalformedError(
            "a mirror's address is like https://mirror.example/path or http://….onion, with nothing"
            " after it; a folder is served by a web server first"
        )
    if parts.hostname.endswith(".onion") and not _v3_host.fullmatch(parts.hostname):
        raise MalformedError("an onion address has 56 letters and digits before .onion")
    if len(typed) > MOST_ADDRESS_CHARACTERS:
        raise MalformedError(f"an address has at most {MOST_ADDRESS_CHARACTERS} characters")
    return typed.rstrip("/")


def require_small_card(raw: bytes) -> None:
    """Refuse a card that does not fit into a QR code.

    Raises:
        TooLargeError: more than `MOST_CARD_BYTES`.

    """
    if len(raw) > MOST_CARD_BYTES:
        raise TooLargeError(
            f"the card would have {len(raw)} bytes, and {MOST_CARD_BYTES} fit into its QR code: "
            "take a mirror off it first"
        )


def name_page(did: str, slug: str, language: str, sequence: int) -> str:
    """Return the id that a version of a page of a host has.

    It says which version it is, so that the newest is found by asking for ids, and two stewards who
    change one version at once cannot both be taken.
    """
    said = f"goftogu/v1/page\0{slug}\0{language}\0{sequence}"
    return f"ap://{did}/objects/{encode_nonce(sha256(said.encode()).digest()[:_ID_BYTES])}"

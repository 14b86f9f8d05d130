"""What a site decides from values alone."""

import pytest
from app.kernel.errors import MalformedError, TooLargeError
from app.site.rules import (
    MOST_ADDRESS_CHARACTERS,
    MOST_CARD_BYTES,
    parse_mirror,
    require_small_card,
)

_BEGINNING = "https://mirror.example/"


def test_address_of_a_mirror_has_its_longest() -> None:
    longest = _BEGINNING.ljust(MOST_ADDRESS_CHARACTERS, "x")

    assert parse_mirror(longest) == longest
    with pytest.raises(MalformedError, match="at most"):
        parse_mirror(longest + "x")


def test_card_that_is_too_large_for_its_picture_is_refused() -> None:
    require_small_card(bytes(MOST_CARD_BYTES))

    with pytest.raises(TooLargeError, match="take a mirror off"):
        require_small_card(bytes(MOST_CARD_BYTES + 1))

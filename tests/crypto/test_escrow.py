"""A text for any two of three: opened with `age` keys in every pair, and by none alone."""

from itertools import combinations

import pyrage
import pytest
from app.crypto.escrow import open_by_two, seal_to_two
from app.kernel.errors import MalformedError, VerificationError

TEXT = b"did:key:z6MkholderOfADesk"
KEYS = [pyrage.x25519.Identity.generate() for _ in range(4)]
SECRETS = [str(key) for key in KEYS]
RECIPIENTS = [str(key.to_public()) for key in KEYS[:3]]


@pytest.mark.parametrize("pair", list(combinations(range(3), 2)))
def test_any_two_open_it_in_either_order(pair: tuple[int, int]) -> None:
    sealed = seal_to_two(TEXT, RECIPIENTS)
    first, second = (SECRETS[number] for number in pair)

    assert open_by_two(sealed, [first, second]) == TEXT
    assert open_by_two(sealed, [second, first]) == TEXT


@pytest.mark.parametrize("keys", [[0], [1], [2], [0, 3], [1, 3], [2, 3], [0, 0]])
def test_one_alone_or_with_a_stranger_does_not(keys: list[int]) -> None:
    sealed = seal_to_two(TEXT, RECIPIENTS)

    with pytest.raises(VerificationError):
        open_by_two(sealed, [SECRETS[number] for number in keys])


def test_each_file_opens_layer_by_layer_without_this_software() -> None:
    outer, *_ = seal_to_two(TEXT, RECIPIENTS)

    inner = pyrage.decrypt(outer, [KEYS[0]])

    assert inner.startswith(b"age-encryption.org/v1\n")
    assert pyrage.decrypt(inner, [KEYS[1]]) == TEXT


@pytest.mark.parametrize(
    "recipients",
    [
        RECIPIENTS[:2],
        [*RECIPIENTS, RECIPIENTS[0]],
        [RECIPIENTS[0]] * 3,
        ["age1no", *RECIPIENTS[1:]],
        [],
    ],
    ids=["two", "four", "one three times", "no key", "none"],
)
def test_what_are_not_three_keys_is_refused(recipients: list[str]) -> None:
    with pytest.raises(MalformedError):
        seal_to_two(TEXT, recipients)


def test_secret_that_is_no_key_is_refused() -> None:
    with pytest.raises(MalformedError):
        open_by_two(seal_to_two(TEXT, RECIPIENTS), ["AGE-SECRET-KEY-1NO"])

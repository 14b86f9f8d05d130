"""The persona's seed: recovery words (BIP39) and the keys that come from them (HKDF)."""

import hmac
import pickle
from hashlib import sha256

import pytest
from app.crypto.sealing import derive_key
from app.crypto.seed import Seed, find_unknown_words, parse_words, word_list
from app.kernel.errors import MalformedError
from hypothesis import given
from hypothesis import strategies as st

from tests import vectors

BIP39: list[tuple[str, str]] = [
    (entropy, words) for entropy, words, *_ in vectors.read_json("bip39/vectors.json")["english"]
]
TWELVE = [(entropy, words) for entropy, words in BIP39 if len(words.split()) == 12]
LONGER = [words for _, words in BIP39 if len(words.split()) > 12]
HKDF = vectors.read_blocks("kdf/rfc-5869-HKDF-SHA256.txt")

entropies = st.binary(min_size=16, max_size=16)


def hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869, written from its text: a second opinion about our derivations."""
    key = hmac.digest(salt, secret, "sha256")
    output, block = b"", b""
    while len(output) < length:
        block = hmac.digest(key, block + info + bytes([len(output) // 32 + 1]), "sha256")
        output += block
    return output[:length]


@pytest.mark.parametrize(("entropy", "words"), TWELVE)
def test_bip39_vector_gives_its_words_and_back(entropy: str, words: str) -> None:
    assert " ".join(Seed(bytes.fromhex(entropy)).words()) == words
    assert parse_words(words).entropy().hex() == entropy


@pytest.mark.parametrize("words", LONGER)
def test_bip39_vector_of_another_length_is_refused(words: str) -> None:
    with pytest.raises(MalformedError):
        parse_words(words)


def test_word_list_is_bip39s() -> None:
    words = word_list()

    assert len(set(words)) == 2048
    assert list(words) == sorted(words)
    assert len({word[:4] for word in words}) == 2048
    assert {word for _, line in BIP39 for word in line.split()} <= set(words)


@given(entropies)
def test_words_bring_the_seed_back(entropy: bytes) -> None:
    assert parse_words(" ".join(Seed(entropy).words())).entropy() == entropy


@given(entropies, st.sampled_from(["{}", "  {}\n", "{}\u00a0"]), st.booleans())
def test_words_are_read_in_any_case_and_spacing(entropy: bytes, frame: str, is_upper: bool) -> None:  # noqa: FBT001
    text = frame.format("\t ".join(Seed(entropy).words()))

    assert parse_words(text.upper() if is_upper else text).entropy() == entropy


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="none"),
        pytest.param("abandon " * 11, id="eleven"),
        pytest.param("abandon " * 12, id="a wrong checksum"),
        pytest.param("abandon " * 11 + "about about", id="thirteen"),
        pytest.param("about " + "abandon " * 11, id="in another order"),
        pytest.param("abandon " * 11 + "abou", id="a word cut short"),
        pytest.param("abandon " * 11 + "abоut", id="a Cyrillic letter"),
        pytest.param("abandon-" * 11 + "about", id="hyphens"),
    ],
)
def test_words_that_are_no_seed_are_refused(text: str) -> None:
    with pytest.raises(MalformedError) as refusal:
        parse_words(text)

    assert "aband" not in str(refusal.value)


@pytest.mark.parametrize("vector", HKDF, ids=lambda vector: f"case {vector['COUNT']}")
def test_hkdf_vector_holds_for_the_second_opinion(vector: dict[str, str]) -> None:
    secret, salt, info = (bytes.fromhex(vector[name]) for name in ("IKM", "salt", "info"))

    assert hkdf(secret, salt, info, int(vector["L"])).hex() == vector["OKM"]


@given(entropies, st.integers(0, 10_000))
def test_keys_are_hkdf_of_the_entropy(entropy: bytes, number: int) -> None:
    seed = Seed(entropy)

    root, posting = b"goftogu/v1/root", f"goftogu/v1/posting\0{number}".encode()
    assert seed.root_key().seed() == hkdf(entropy, b"", root, 32)
    assert seed.posting_key(number).seed() == hkdf(entropy, b"", posting, 32)


@given(st.binary(min_size=1, max_size=64), st.text(max_size=20))
def test_derive_key_is_hkdf_of_the_secret(secret: bytes, context: str) -> None:
    assert derive_key(secret, context) == hkdf(secret, b"", context.encode(), 32)


def test_words_that_are_not_on_the_list_are_named_as_they_were_written() -> None:
    assert find_unknown_words(["Abandon", "zoo", "Zebraa", "abando"]) == ["Zebraa", "abando"]


def test_keys_of_one_seed_are_all_different() -> None:
    seed = Seed(bytes(16))
    keys = [seed.root_key(), *(seed.posting_key(number) for number in range(20))]

    assert len({key.public for key in keys}) == 21


def test_root_and_posting_key_of_no_entropy_stay_what_they_are() -> None:
    """Words on paper must give the same keys for ever: these two may never change."""
    seed = Seed(bytes(16))

    assert (
        seed.root_key().public.raw.hex()
        == "39600e61178ed0da547b27d7625e77329e43753feb50700a96358f1a2f47db72"
    )
    assert (
        seed.posting_key().public.raw.hex()
        == "71bfed5db14ef4cb8c7291ce1a375b62f7523b7033c5791242c042a28716dbca"
    )


@pytest.mark.parametrize("size", [0, 15, 17, 32])
def test_seed_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(MalformedError):
        Seed(bytes(size))


def test_seed_does_not_leave_by_accident() -> None:
    seed = Seed(sha256(b"secret").digest()[:16])

    assert seed.entropy().hex() not in f"{seed} {seed!r}"
    with pytest.raises(TypeError):
        pickle.dumps(seed)
    with pytest.raises(TypeError):
        assert seed == Seed(bytes(16))

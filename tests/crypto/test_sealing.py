"""Secrets at rest: stretched passphrases and sealed boxes."""

import pytest
from app.crypto.sealing import Passphrase, StretchCost, derive_key, open_box, seal, stretch
from app.kernel.errors import MalformedError, VerificationError
from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import strategies, vectors

ARGON2 = vectors.read_blocks("kdf/argon2id-rfc9106.txt")
KEY, NONCE = bytes(32), bytes(12)
CHEAP = StretchCost(memory_kib=64, passes=1)


@pytest.mark.parametrize("vector", ARGON2, ids=lambda vector: f"case {vector['COUNT']}")
def test_argon2id_vector_holds_for_the_second_opinion(vector: dict[str, str]) -> None:
    key = Argon2id(
        salt=bytes.fromhex(vector["salt"]),
        length=int(vector["length"]),
        iterations=int(vector["iter"]),
        lanes=int(vector["lanes"]),
        memory_cost=int(vector["memcost"]),
        ad=bytes.fromhex(vector.get("ad", "")) or None,
        secret=bytes.fromhex(vector.get("secret", "")) or None,
    )

    assert key.derive(bytes.fromhex(vector["pass"])).hex() == vector["output"]


@pytest.mark.parametrize(
    "vector",
    [vector for vector in ARGON2 if "secret" not in vector],
    ids=lambda vector: f"case {vector['COUNT']}",
)
def test_argon2id_vector_holds_for_the_package_we_stretch_with(vector: dict[str, str]) -> None:
    output = hash_secret_raw(
        bytes.fromhex(vector["pass"]),
        bytes.fromhex(vector["salt"]),
        int(vector["iter"]),
        int(vector["memcost"]),
        int(vector["lanes"]),
        int(vector["length"]),
        Type.ID,
    )

    assert output.hex() == vector["output"]


@given(st.text(max_size=40), st.binary(min_size=16, max_size=16))
@settings(max_examples=20)
def test_stretch_is_argon2id(text: str, salt: bytes) -> None:
    other = Argon2id(salt=salt, length=32, iterations=1, lanes=1, memory_cost=64)

    assert stretch(Passphrase(text), salt, CHEAP) == other.derive(text.encode())


def test_usual_stretch_costs_32_mib_and_three_passes() -> None:
    other = Argon2id(salt=bytes(16), length=32, iterations=3, lanes=1, memory_cost=32 * 1024)

    assert stretch(Passphrase("correct horse"), bytes(16), StretchCost()) == other.derive(
        b"correct horse"
    )


def test_passphrase_does_not_leave_by_accident() -> None:
    passphrase = Passphrase("correct horse")

    assert len(passphrase) == 13
    assert "horse" not in f"{passphrase} {passphrase!r} {[passphrase]}"


@given(st.binary(max_size=100), st.text(max_size=20))
def test_box_opens_with_its_key_and_context(plain: bytes, context: str) -> None:
    box = seal(KEY, plain, context=context, nonce=NONCE)

    assert open_box(KEY, box, context=context) == plain


@given(st.data(), st.binary(max_size=40))
def test_flipping_any_bit_of_a_box_is_refused(data: st.DataObject, plain: bytes) -> None:
    box = seal(KEY, plain, context="login", nonce=NONCE)

    with pytest.raises(VerificationError):
        open_box(KEY, data.draw(strategies.flipped(box)), context="login")


def test_box_of_another_purpose_is_refused() -> None:
    box = seal(KEY, b"seed", context="goftogu/v1/login\0did:key:a", nonce=NONCE)

    for context in ("goftogu/v1/session\0did:key:a", "goftogu/v1/login\0did:key:b", ""):
        with pytest.raises(VerificationError):
            open_box(KEY, box, context=context)


def test_box_under_another_key_is_refused() -> None:
    box = seal(KEY, b"seed", context="login", nonce=NONCE)

    with pytest.raises(VerificationError):
        open_box(derive_key(b"other", "login"), box, context="login")


@pytest.mark.parametrize("size", range(12))
def test_box_shorter_than_a_nonce_is_malformed(size: int) -> None:
    with pytest.raises(MalformedError):
        open_box(KEY, bytes(size), context="login")


@pytest.mark.parametrize("size", range(12, 28))
def test_box_shorter_than_its_tag_is_refused(size: int) -> None:
    with pytest.raises(VerificationError):
        open_box(KEY, bytes(size), context="login")

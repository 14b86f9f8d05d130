"""ML-DSA-44: what signs verifies, nothing else does, and secrets stay where they are."""

import pickle

import pytest
from app.crypto import mldsa
from app.kernel.errors import MalformedError, VerificationError

KEY = mldsa.MldsaSigningKey(b"a witness".ljust(32))


def test_signature_verifies_and_no_changed_one_does() -> None:
    signature = KEY.sign(b"message")
    mldsa.verify_signature(KEY.public, b"message", signature)

    for message, value in (
        (b"massage", signature),
        (b"message", bytes([signature[0] ^ 1]) + signature[1:]),
        (b"message", signature[:-1]),
        (b"message", signature + b"\0"),
        (b"message", b""),
    ):
        with pytest.raises(VerificationError):
            mldsa.verify_signature(KEY.public, message, value)
    other = mldsa.MldsaSigningKey(bytes(32)).public
    with pytest.raises(VerificationError):
        mldsa.verify_signature(other, b"message", signature)


def test_key_has_its_length() -> None:
    assert mldsa.require_key(KEY.public.raw) == KEY.public
    for raw in (b"", KEY.public.raw[:-1], KEY.public.raw + b"\0"):
        with pytest.raises(VerificationError):
            mldsa.require_key(raw)
    with pytest.raises(MalformedError):
        mldsa.MldsaSigningKey(bytes(31))


def test_same_seed_gives_the_same_key() -> None:
    assert mldsa.MldsaSigningKey(b"a witness".ljust(32)).public == KEY.public


def test_secret_is_not_shown_pickled_or_compared() -> None:
    assert repr(KEY) == "MldsaSigningKey(…)"
    assert len(repr(KEY.public)) < 40
    with pytest.raises(TypeError):
        pickle.dumps(KEY)
    with pytest.raises(TypeError):
        assert KEY == KEY  # noqa: PLR0124

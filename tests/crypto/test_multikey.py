"""Keys and digests as text."""

from typing import Any

import pytest
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import (
    decode_base58,
    decode_did,
    decode_digest,
    decode_multibase,
    encode_base58,
    encode_did,
    encode_digest,
    encode_multibase,
    fingerprint,
    verification_method,
)
from app.kernel.errors import MalformedError, VerificationError
from hypothesis import given
from hypothesis import strategies as st

from tests import vectors

DID_KEYS: dict[str, Any] = vectors.read_json("did-key/ed25519-x25519.json")
A_DID = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"

digests = st.binary(min_size=32, max_size=32)


@pytest.mark.parametrize(("did", "vector"), DID_KEYS.items(), ids=list(DID_KEYS))
def test_did_key_vector_is_derived_and_read(did: str, vector: dict[str, Any]) -> None:
    public = SigningKey(bytes.fromhex(vector["seed"])).public

    assert encode_did(public) == did
    assert decode_did(did) == public


@pytest.mark.parametrize("vector", list(DID_KEYS.values())[:4], ids=list(DID_KEYS)[:4])
def test_did_key_vector_has_its_base58(vector: dict[str, Any]) -> None:
    text = vector["verificationKeyPair"]["publicKeyBase58"]

    assert encode_base58(SigningKey(bytes.fromhex(vector["seed"])).public.raw) == text
    assert encode_base58(decode_base58(text)) == text


@given(st.binary(max_size=64))
def test_base58_returns_what_was_encoded(data: bytes) -> None:
    assert decode_base58(encode_base58(data)) == data


@given(
    st.text(
        st.sampled_from("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"), max_size=60
    )
)
def test_base58_has_one_text_for_one_value(text: str) -> None:
    assert encode_base58(decode_base58(text)) == text


@pytest.mark.parametrize(
    "text",
    ["0", "O", "I", "l", "a b", "+", "é", "１", "z" * 97, "1" * 100_000],
    ids=[
        "zero",
        "capital O",
        "capital I",
        "small l",
        "blank",
        "plus",
        "accent",
        "wide digit",
        "97",
        "huge",
    ],
)
def test_base58_refuses_what_it_never_writes(text: str) -> None:
    with pytest.raises(MalformedError):
        decode_base58(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("z", id="nothing behind the letter"),
        pytest.param("f" + "00" * 32, id="base 16"),
        pytest.param("m" + "A" * 43, id="base 64"),
        pytest.param("Z" + encode_base58(bytes(32)), id="a capital letter"),
        pytest.param(encode_base58(bytes(32)), id="no letter"),
        pytest.param(encode_multibase(bytes(31)), id="31 bytes"),
        pytest.param(encode_multibase(bytes(33)), id="33 bytes"),
        pytest.param(" " + encode_multibase(bytes(32)), id="a blank before it"),
    ],
)
def test_multibase_refuses_another_base_or_length(text: str) -> None:
    with pytest.raises(MalformedError):
        decode_multibase(text, 32)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param(A_DID.removeprefix("did:key:"), id="without its scheme"),
        pytest.param("DID:KEY:" + A_DID[8:], id="in capitals"),
        pytest.param(A_DID + "#" + A_DID[8:], id="a verification method"),
        pytest.param(A_DID + "?", id="with a query"),
        pytest.param("did:web:example.org", id="another method"),
        pytest.param(
            "did:key:z6LSeu9HkTHSfLLeUs2nnzUSNedgDUevfNQgQjQC23ZCit6F", id="an X25519 key"
        ),
        pytest.param("did:key:" + encode_multibase(b"\xed\x01" + bytes(31)), id="31 bytes"),
        pytest.param("did:key:" + encode_multibase(bytes(32)), id="no codec"),
    ],
)
def test_did_that_is_no_ed25519_key_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        decode_did(text)


def test_did_of_a_low_order_key_is_refused() -> None:
    with pytest.raises(VerificationError):
        decode_did("did:key:" + encode_multibase(b"\xed\x01" + bytes(32)))


def test_verification_method_repeats_the_key() -> None:
    assert verification_method(A_DID) == f"{A_DID}#{A_DID[8:]}"


@given(digests)
def test_digest_returns_what_was_encoded(digest: bytes) -> None:
    text = encode_digest(digest)

    assert text.startswith("zQm")
    assert decode_digest(text) == digest


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(encode_multibase(bytes(34)), id="no hash function"),
        pytest.param(encode_multibase(b"\x13\x20" + bytes(32)), id="SHA-512"),
        pytest.param(encode_multibase(b"\x12\x1f" + bytes(32)), id="another length"),
        pytest.param(encode_multibase(b"\x12\x20" + bytes(31)), id="31 bytes"),
    ],
)
def test_digest_of_another_hash_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        decode_digest(text)


def test_fingerprint_is_four_groups_of_four() -> None:
    key = decode_did(A_DID)

    # What coreutils say: xxd -r -p | sha256sum | cut -c1-20 | xxd -r -p | base32
    assert fingerprint(key) == "copd sqhg jnkj c4ra"

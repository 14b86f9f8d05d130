"""One acceptance rule for signatures, at the edges where libraries differ (ADR-0007)."""

import pickle
from hashlib import sha512
from typing import Any

import pytest
from app.crypto.ed25519 import PublicKey, SigningKey, require_key, verify_signature
from app.kernel.errors import MalformedError, VerificationError
from hypothesis import given
from hypothesis import strategies as st
from nacl.bindings import crypto_core_ed25519_add

from tests import strategies, vectors

L = 2**252 + 27742317777372353535851937790883648493
P = 2**255 - 19

RFC_8032: list[dict[str, str]] = vectors.read_json("ed25519/rfc8032-section7.1.json")
CCTV: list[dict[str, Any]] = vectors.read_json("ed25519/cctv-ed25519vectors.json")
SPECCHECK: list[dict[str, str]] = vectors.read_json("ed25519/speccheck-cases.json")
WYCHEPROOF = [
    (group["publicKey"]["pk"], test)
    for group in vectors.read_json("ed25519/wycheproof-ed25519_test.json")["testGroups"]
    for test in group["tests"]
]
# Points of order 1, 2, 4, 4, 8, 8, 8, 8: https://eprint.iacr.org/2020/1244, table 1.
LOW_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
]

seeds = st.binary(min_size=32, max_size=32)


def accepts(key: bytes, message: bytes, signature: bytes) -> bool:
    """Return the verdict of the rule on raw bytes."""
    try:
        verify_signature(require_key(key), message, signature)
    except VerificationError:
        return False
    return True


@pytest.mark.parametrize("vector", RFC_8032, ids=lambda vector: str(vector["name"]))
def test_rfc_8032_vector_signs_and_verifies(vector: dict[str, str]) -> None:
    key = SigningKey(bytes.fromhex(vector["secret"]))
    message = bytes.fromhex(vector["message"])

    assert key.public.raw.hex() == vector["public"]
    assert key.sign(message).hex() == vector["signature"]
    verify_signature(key.public, message, bytes.fromhex(vector["signature"]))


def test_cctv_accepts_exactly_one_of_914() -> None:
    accepted = [
        vector["number"]
        for vector in CCTV
        if accepts(
            bytes.fromhex(vector["key"]), vector["msg"].encode(), bytes.fromhex(vector["sig"])
        )
    ]

    assert len(CCTV) == 914
    assert accepted == [305]


def test_speccheck_accepts_none_of_12() -> None:
    """Libraries accept between one and nine of them: mixed and low orders, S above L, odd encodings."""
    accepted = [
        number
        for number, case in enumerate(SPECCHECK)
        if accepts(*(bytes.fromhex(case[part]) for part in ("pub_key", "message", "signature")))
    ]

    assert len(SPECCHECK) == 12
    assert accepted == []


def test_wycheproof_gives_the_published_verdict_on_all_151() -> None:
    disagreed = [
        test["tcId"]
        for key, test in WYCHEPROOF
        if accepts(bytes.fromhex(key), bytes.fromhex(test["msg"]), bytes.fromhex(test["sig"]))
        != (test["result"] == "valid")
    ]

    assert len(WYCHEPROOF) == 151
    assert disagreed == []


@given(seeds, st.binary(max_size=200))
def test_signature_verifies(seed: bytes, message: bytes) -> None:
    key = SigningKey(seed)

    verify_signature(require_key(key.public.raw), message, key.sign(message))


@given(st.data(), seeds, st.binary(min_size=1, max_size=50))
def test_flipping_any_bit_is_refused(data: st.DataObject, seed: bytes, message: bytes) -> None:
    key = SigningKey(seed)
    public, signature = key.public.raw, key.sign(message)

    assert not accepts(public, message, data.draw(strategies.flipped(signature)))
    assert not accepts(public, data.draw(strategies.flipped(message)), signature)
    assert not accepts(data.draw(strategies.flipped(public)), message, signature)


@given(seeds, st.binary(max_size=50))
def test_adding_the_order_to_s_is_refused(seed: bytes, message: bytes) -> None:
    key = SigningKey(seed)
    signature = key.sign(message)
    s = int.from_bytes(signature[32:], "little")

    for multiple in range(1, (2**256 - s) // L + 1):
        malleated = signature[:32] + (s + multiple * L).to_bytes(32, "little")
        assert not accepts(key.public.raw, message, malleated)


@pytest.mark.parametrize("size", [0, 32, 63, 65, 96])
def test_signature_of_another_length_is_refused(size: int) -> None:
    key = SigningKey(bytes(32))

    assert not accepts(key.public.raw, b"x", (key.sign(b"x") * 2)[:size])


@pytest.mark.parametrize("point", LOW_ORDER)
def test_key_of_low_order_is_refused(point: str) -> None:
    with pytest.raises(VerificationError):
        require_key(bytes.fromhex(point))


@pytest.mark.parametrize("point", LOW_ORDER)
def test_low_order_r_made_by_the_key_holder_is_refused(point: str) -> None:
    key, r = SigningKey(bytes(32)), bytes.fromhex(point)
    head = bytearray(sha512(key.seed()).digest()[:32])
    head[0], head[31] = head[0] & 248, head[31] & 63 | 64
    a = int.from_bytes(head, "little")
    h = int.from_bytes(sha512(r + key.public.raw + b"x").digest(), "little")

    # S·B = h·A + R then holds with the identity as R, and up to the cofactor with the other seven.
    signature = r + (h * a % L).to_bytes(32, "little")

    assert not accepts(key.public.raw, b"x", signature)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="empty"),
        pytest.param(bytes(31), id="31 bytes"),
        pytest.param(SigningKey(bytes(32)).public.raw + b"\0", id="33 bytes"),
        pytest.param(P.to_bytes(32, "little"), id="y = p, which is 0"),
        pytest.param((P + 1).to_bytes(32, "little"), id="y = p + 1, which is the identity"),
        pytest.param(b"\x01" + bytes(30) + b"\x80", id="the identity with a sign"),
        pytest.param(b"\xff" * 32, id="all ones"),
        pytest.param(b"\x02" + bytes(31), id="not on the curve"),
    ],
)
def test_key_that_is_no_canonical_point_is_refused(raw: bytes) -> None:
    with pytest.raises(VerificationError):
        require_key(raw)


@pytest.mark.parametrize("point", LOW_ORDER[1:])
def test_key_outside_the_prime_order_subgroup_is_refused(point: str) -> None:
    good = SigningKey(bytes(32)).public.raw

    mixed = crypto_core_ed25519_add(good, bytes.fromhex(point))

    with pytest.raises(VerificationError):
        require_key(mixed)


def test_secret_does_not_leave_by_accident() -> None:
    key = SigningKey(b"\x42" * 32)

    assert "42" * 4 not in repr(key)
    assert "42" * 4 not in f"{key} {key!r} {[key]}"
    with pytest.raises(TypeError):
        pickle.dumps(key)
    with pytest.raises(TypeError):
        assert key == SigningKey(b"\x42" * 32)
    with pytest.raises(TypeError):
        hash(key)


def test_seed_returns_what_the_key_was_made_from() -> None:
    assert SigningKey(b"\x42" * 32).seed() == b"\x42" * 32


@pytest.mark.parametrize("size", [0, 16, 31, 33, 64])
def test_seed_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(MalformedError):
        SigningKey(bytes(size))


def test_public_key_shows_its_beginning_only() -> None:
    assert repr(PublicKey(b"\xab" * 32)) == "PublicKey(abababab…)"

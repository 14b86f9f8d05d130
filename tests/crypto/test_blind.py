"""Blind signatures: published vectors, nothing else verifies, and the issuer's notes lead nowhere."""

import pickle
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from math import gcd
from typing import Any

import pytest
from app.crypto import blind
from app.kernel.errors import CorruptStateError, MalformedError, VerificationError
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key
from hypothesis import given
from hypothesis import strategies as st

from tests import strategies
from tests.crypto.issuers import (
    KEY,
    OTHER,
    PUBLIC,
    RFC_9474,
    RFC_9578,
    encode_private,
    encode_public,
    factor,
    issuer_of,
    key_of,
    numbered,
    stretched,
)


def begin(message: bytes, seed: bytes = b"") -> tuple[bytes, blind.Blinded]:
    """Return a prepared message and what a holder makes of it."""
    prepared = blind.prepare(message, prefix=stretched(b"prefix" + seed, 32))
    salt = stretched(b"salt" + seed, 48)
    return prepared, blind.blind(PUBLIC, prepared, salt=salt, factor=factor(seed))


def issue(message: bytes, seed: bytes = b"") -> tuple[bytes, bytes]:
    """Return a prepared message and its signature."""
    prepared, blinded = begin(message, seed)
    answer = KEY.blind_sign(blinded.message, factor=factor(b"mask" + seed))
    return prepared, blind.finalize(PUBLIC, prepared, answer, blinded.secret)


def run_protocol(
    key: blind.BlindSigningKey, prepared: bytes, salt: bytes, drawn: int
) -> Iterator[bytes]:
    """Yield a run's blinded message, answer and signature."""
    public = key.public
    blinded = blind.blind(public, prepared, salt=salt, factor=drawn.to_bytes(public.factor_bytes))
    yield blinded.message
    answer = key.blind_sign(blinded.message, factor=factor(b"mask", public))
    yield answer
    yield blind.finalize(public, prepared, answer, blinded.secret)


@pytest.mark.parametrize(
    "name", ["RSABSSA-SHA384-PSS-Randomized", "RSABSSA-SHA384-PSS-Deterministic"]
)
def test_vector_of_the_standard_holds(name: str) -> None:
    vector = {
        name: bytes.fromhex(value) for name, value in RFC_9474[name].items() if name != "name"
    }
    key = key_of(RFC_9474[name])
    prepared = vector["prepared_msg"]
    if vector["msg_prefix"]:
        assert blind.prepare(vector["msg"], prefix=vector["msg_prefix"]) == prepared

    drawn = pow(int.from_bytes(vector["inv"]), -1, key.public.modulus)
    steps = tuple(run_protocol(key, prepared, vector["salt"], drawn))

    assert steps == (vector["blinded_msg"], vector["blind_sig"], vector["sig"])


@pytest.mark.parametrize("vector", RFC_9578, ids=lambda vector: vector["name"][-1])
def test_token_of_privacy_pass_comes_out_byte_for_byte(vector: dict[str, str]) -> None:
    key, token = issuer_of(vector), bytes.fromhex(vector["token"])
    prepared, signature = token[:98], token[98:]

    drawn = int(vector["blind"], 16)
    steps = tuple(run_protocol(key, prepared, bytes.fromhex(vector["salt"]), drawn))

    request, answer = (
        bytes.fromhex(vector["token_request"]),
        bytes.fromhex(vector["token_response"]),
    )
    assert steps == (request[3:], answer, signature)
    assert prepared[-32:] == sha256(bytes.fromhex(vector["pkS"])).digest()


@given(st.binary(max_size=200), st.binary(min_size=8, max_size=8))
def test_token_verifies_and_its_issuer_saw_neither_part(message: bytes, seed: bytes) -> None:
    prepared, blinded = begin(message, seed)
    answer = KEY.blind_sign(blinded.message, factor=factor(b"mask" + seed))
    signature = blind.finalize(PUBLIC, prepared, answer, blinded.secret)

    blind.verify_signature(PUBLIC, prepared, signature)
    assert len(blinded.message) == len(answer) == len(signature) == PUBLIC.size == 256
    assert signature not in {blinded.message, answer}


@given(st.binary(min_size=1, max_size=8), st.binary(min_size=1, max_size=8))
def test_mask_changes_nothing_in_the_answer(first: bytes, second: bytes) -> None:
    _, blinded = begin(b"message")

    answers = {KEY.blind_sign(blinded.message, factor=factor(seed)) for seed in (first, second)}

    assert len(answers) == 1


@given(st.binary(min_size=8, max_size=8), st.binary(min_size=8, max_size=8))
def test_same_message_is_blinded_anew_each_time(first: bytes, second: bytes) -> None:
    prepared, salt = blind.prepare(b"message", prefix=bytes(32)), bytes(48)

    one, other = (
        blind.blind(PUBLIC, prepared, salt=salt, factor=factor(seed)) for seed in (first, second)
    )

    assert (one.message == other.message) == (first == second)


@given(st.data(), st.binary(max_size=40))
def test_any_flipped_bit_is_refused(data: st.DataObject, message: bytes) -> None:
    prepared, signature = issue(message)

    with pytest.raises(VerificationError):
        blind.verify_signature(PUBLIC, data.draw(strategies.flipped(prepared)), signature)
    with pytest.raises(VerificationError):
        blind.verify_signature(PUBLIC, prepared, data.draw(strategies.flipped(signature)))


@given(st.data())
def test_answer_with_a_flipped_bit_makes_no_token(data: st.DataObject) -> None:
    prepared, blinded = begin(b"message")
    answer = KEY.blind_sign(blinded.message, factor=factor(b"mask"))

    with pytest.raises(VerificationError):
        blind.finalize(PUBLIC, prepared, data.draw(strategies.flipped(answer)), blinded.secret)


def test_every_flipped_bit_of_one_token_is_refused() -> None:
    prepared, signature = issue(b"one token")

    for position in range(8 * len(prepared)):
        with pytest.raises(VerificationError):
            blind.verify_signature(PUBLIC, flip(prepared, position), signature)
    for position in range(8 * len(signature)):
        with pytest.raises(VerificationError):
            blind.verify_signature(PUBLIC, prepared, flip(signature, position))


def flip(raw: bytes, position: int) -> bytes:
    return (int.from_bytes(raw) ^ 1 << position).to_bytes(len(raw))


def test_signature_has_one_form_and_one_key() -> None:
    prepared, signature = issue(b"message")

    beyond = int.from_bytes(signature) + PUBLIC.modulus
    for other in (b"", signature[:-1], signature + b"\0", b"\0" + signature, bytes(256)):
        with pytest.raises(VerificationError):
            blind.verify_signature(PUBLIC, prepared, other)
    with pytest.raises(VerificationError):
        blind.verify_signature(PUBLIC, prepared, beyond.to_bytes(257))
    with pytest.raises(VerificationError):
        blind.verify_signature(OTHER, prepared, signature)


def test_message_without_a_prefix_does_not_verify() -> None:
    bare = b"no prefix"
    *_, signature = run_steps_unchecked(bare)

    with pytest.raises(VerificationError):
        blind.verify_signature(PUBLIC, bare, signature)


def run_steps_unchecked(prepared: bytes) -> tuple[bytes, bytes]:
    """Return an answer and a signature without `finalize`, which would refuse such a message."""
    blinded = blind.blind(PUBLIC, prepared, salt=bytes(48), factor=factor(b""))
    answer = KEY.blind_sign(blinded.message, factor=factor(b"mask"))
    return answer, (int.from_bytes(answer) * blinded.secret % PUBLIC.modulus).to_bytes(256)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_prefix_has_its_length(size: int) -> None:
    with pytest.raises(MalformedError):
        blind.prepare(b"message", prefix=bytes(size))


@pytest.mark.parametrize("size", [0, 47, 49])
def test_salt_has_its_length(size: int) -> None:
    with pytest.raises(MalformedError):
        blind.blind(PUBLIC, bytes(40), salt=bytes(size), factor=factor(b""))


# Too short to be uniform below the modulus, too long, nothing to mask with, a multiple of a prime.
BAD_FACTORS = (
    factor(b"")[:-1],
    factor(b"") + b"\0",
    bytes(PUBLIC.factor_bytes),
    PUBLIC.modulus.to_bytes(PUBLIC.factor_bytes),
    KEY._numbers.p.to_bytes(PUBLIC.factor_bytes),
)


@pytest.mark.parametrize("bad", BAD_FACTORS, ids=["short", "long", "zero", "modulus", "prime"])
def test_factor_is_wide_and_has_an_inverse(bad: bytes) -> None:
    with pytest.raises(MalformedError):
        blind.blind(PUBLIC, bytes(40), salt=bytes(48), factor=bad)
    with pytest.raises(MalformedError):
        KEY.blind_sign(bytes(255) + b"\2", factor=bad)


def test_issuer_signs_nothing_but_blinded_messages_of_its_key() -> None:
    largest = PUBLIC.modulus - 1
    KEY.blind_sign(largest.to_bytes(256), factor=factor(b""))

    for message in (
        b"",
        bytes(255),
        bytes(257),
        PUBLIC.modulus.to_bytes(256),
        (PUBLIC.modulus + 2).to_bytes(256),
    ):
        with pytest.raises(MalformedError):
            KEY.blind_sign(message, factor=factor(b""))


def test_answer_of_another_length_is_malformed() -> None:
    prepared, blinded = begin(b"message")
    answer = KEY.blind_sign(blinded.message, factor=factor(b"mask"))

    for other in (b"", answer[:-1], answer + b"\0", b"\0" + answer):
        with pytest.raises(MalformedError):
            blind.finalize(PUBLIC, prepared, other, blinded.secret)


def test_answer_of_another_key_makes_no_token() -> None:
    prepared, blinded = begin(b"message")
    other = blind.make_key()
    message = (int.from_bytes(blinded.message) % other.public.modulus).to_bytes(256)

    answer = other.blind_sign(message, factor=factor(b"mask"))

    with pytest.raises(VerificationError):
        blind.finalize(PUBLIC, prepared, answer, blinded.secret)


def test_wrong_computation_does_not_leave_the_issuer() -> None:
    """With one half wrong, the greatest common divisor of the error and the modulus is a prime."""
    key = issuer_of(RFC_9578[0])
    p, q, d = key._numbers.p, key._numbers.q, key._numbers.d
    key._numbers = numbered(p, q, d, blind.EXPONENT, dmp1=key._numbers.dmp1 ^ 4)
    value = 0xFEED
    wrong = key._raise_to_secret(value)
    assert gcd(pow(wrong, blind.EXPONENT, p * q) - value, p * q) == q

    with pytest.raises(CorruptStateError):
        key.blind_sign(value.to_bytes(256), factor=factor(b""))


def test_time_of_an_answer_tells_nothing_of_the_message() -> None:
    """Python raises 1 to the private power 300 times as fast as other numbers: masked, nothing of it shows."""

    def cost(message: bytes) -> float:
        started = time.thread_time()
        KEY.blind_sign(message, factor=factor(b"mask"))
        return time.thread_time() - started

    _, blinded = begin(b"message")
    one = (1).to_bytes(256)
    rounds = [(cost(one), cost(blinded.message)) for _ in range(9)]

    plain, usual = (min(costs) for costs in zip(*rounds, strict=True))
    assert 1 / 2 < usual / plain < 2


# Who holds the issuer's notes and all tokens that came back: how near is a token to a note?
GUESSES: dict[str, Callable[[bytes, bytes, bytes, bytes], float]] = {
    "bits of the signature": lambda asked, answer, token, signature: -differing(answer, signature),
    "bits of the padded message": lambda asked, answer, token, signature: (
        -differing(
            asked, pow(int.from_bytes(signature), blind.EXPONENT, PUBLIC.modulus).to_bytes(256)
        )
    ),
    "quotient": lambda asked, answer, token, signature: (
        -(
            int.from_bytes(answer)
            * pow(int.from_bytes(signature), -1, PUBLIC.modulus)
            % PUBLIC.modulus
        ).bit_length()
    ),
    "common bytes": lambda asked, answer, token, signature: len(set(asked) & set(token)),
}


def differing(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


@pytest.fixture(scope="module")
def issued() -> list[tuple[bytes, bytes, bytes, bytes]]:
    """Return what the issuer noted of 24 tokens, and the tokens, in the same order."""
    found = []
    for number in range(24):
        seed = bytes([number])
        prepared, blinded = begin(b"invitation", seed)
        answer = KEY.blind_sign(blinded.message, factor=factor(b"mask" + seed))
        signature = blind.finalize(PUBLIC, prepared, answer, blinded.secret)
        found.append((blinded.message, answer, prepared, signature))
    return found


@pytest.mark.parametrize("guess", GUESSES)
def test_issuers_notes_lead_to_tokens_no_better_than_chance(
    guess: str, issued: list[tuple[bytes, bytes, bytes, bytes]]
) -> None:
    """By chance one of them is right, and seven once in 10,000 times."""
    right = 0
    for number, (asked, answer, _, _) in enumerate(issued):
        nearness = [GUESSES[guess](asked, answer, token, made) for _, _, token, made in issued]
        right += nearness.index(max(nearness)) == number

    assert right < 7


def test_every_note_fits_every_token(issued: list[tuple[bytes, bytes, bytes, bytes]]) -> None:
    """For each pair a holder's blinding factor exists: the notes exclude nothing at all."""
    modulus = PUBLIC.modulus
    drawn = set()
    for asked, answer, _, _ in issued:
        for _, _, _, signature in issued:
            made = int.from_bytes(signature)
            fits = int.from_bytes(answer) * pow(made, -1, modulus) % modulus
            padded = pow(made, blind.EXPONENT, modulus)
            assert padded * pow(fits, blind.EXPONENT, modulus) % modulus == int.from_bytes(asked)
            drawn.add(fits)

    assert len(drawn) == len(issued) ** 2
    assert 1 not in drawn


def test_key_that_is_not_sound_blinds_nothing() -> None:
    """A modulus with the factor 3 would tell of every third message which it was."""
    modulus = 3 * ((1 << 2047) // 3 | 1)
    public = blind.require_key(
        encode_public(rsa.RSAPublicNumbers(blind.EXPONENT, modulus).public_key())
    )
    one = (1).to_bytes(public.factor_bytes)
    refused = 0
    for number in range(24):
        try:
            found = blind.blind(public, bytes(40), salt=number.to_bytes(48), factor=one)
        except VerificationError:
            refused += 1
        else:
            assert int.from_bytes(found.message) % 3

    assert refused


def test_public_key_has_one_form() -> None:
    assert blind.require_key(PUBLIC.raw) == PUBLIC
    for raw in (b"", PUBLIC.raw[:-1], PUBLIC.raw + b"\0", b"\0" + PUBLIC.raw):
        with pytest.raises(VerificationError):
            blind.require_key(raw)
    # The same numbers under the name of RSASSA-PSS: the library reads them, and they are refused.
    pss = bytes.fromhex(RFC_9578[0]["pkS"])
    read = load_der_public_key(pss)
    assert isinstance(read, rsa.RSAPublicKey)
    assert encode_public(read) == PUBLIC.raw
    with pytest.raises(VerificationError):
        blind.require_key(pss)


def public_of(bits: int, exponent: int = 65_537) -> bytes:
    """Return a public key with a modulus of so many bits, of which nobody knows the factors."""
    modulus = (1 << bits - 1) + int.from_bytes(stretched(b"modulus", 128)) | 1
    return encode_public(rsa.RSAPublicNumbers(exponent, modulus).public_key())


@pytest.mark.parametrize("bits", [2048, 2056, 3072, 4096])
def test_key_of_a_usual_size_is_taken(bits: int) -> None:
    assert blind.require_key(public_of(bits)).size == bits // 8


@pytest.mark.parametrize("bits", [1024, 2040, 2047, 2049, 4095, 4104, 8192])
def test_key_of_another_size_is_refused(bits: int) -> None:
    with pytest.raises(VerificationError):
        blind.require_key(public_of(bits))


@pytest.mark.parametrize("exponent", [3, 17, 65_539])
def test_key_with_another_exponent_is_refused(exponent: int) -> None:
    with pytest.raises(VerificationError):
        blind.require_key(public_of(2048, exponent))


def test_key_of_another_kind_is_refused() -> None:
    curve = ec.derive_private_key(7, ec.SECP256R1())

    with pytest.raises(VerificationError):
        blind.require_key(encode_public(curve.public_key()))
    with pytest.raises(MalformedError):
        blind.BlindSigningKey(encode_private(curve))


def test_private_key_is_read_whole_or_not_at_all() -> None:
    raw = KEY.encode()
    assert blind.BlindSigningKey(raw).public == PUBLIC
    changed = raw.replace(KEY._numbers.d.to_bytes(256), (KEY._numbers.d ^ 4).to_bytes(256))
    assert changed != raw

    small = rsa.generate_private_key(65_537, 1024)
    for other in (b"", raw[:-1], changed, encode_private(small)):
        with pytest.raises(MalformedError):
            blind.BlindSigningKey(other)


def test_new_key_issues_tokens_of_its_own() -> None:
    key = blind.make_key()
    prepared = blind.prepare(b"message", prefix=bytes(32))

    *_, signature = run_protocol(key, prepared, bytes(48), 2)

    blind.verify_signature(key.public, prepared, signature)
    assert key.public.modulus.bit_length() == 2048
    assert key.public != PUBLIC


def test_secrets_are_not_shown_pickled_or_compared() -> None:
    _, blinded = begin(b"message")

    assert repr(KEY) == "BlindSigningKey(…)"
    assert str(blinded.secret) not in repr(blinded)
    with pytest.raises(TypeError):
        pickle.dumps(KEY)
    with pytest.raises(TypeError):
        assert KEY == KEY  # noqa: PLR0124


def test_vectors_are_whole() -> None:
    variants: list[Any] = list(RFC_9474)

    assert len(variants) == 4
    assert len(RFC_9578) == 5

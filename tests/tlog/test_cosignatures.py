"""Cosignatures of both kinds: what a witness said, about which tree, and when."""

import struct
from dataclasses import replace

import pytest
from app.crypto import mldsa
from app.crypto.note_keys import COSIGNATURE, COSIGNATURE_MLDSA, VerifierKey, parse_verifier_key
from app.crypto.notes import NoteSignature, UnverifiedNote, sign_note
from app.kernel.clock import Instant
from app.kernel.errors import MalformedError, VerificationError
from app.tlog.checkpoints import VerifiedCheckpoint, parse_checkpoint, with_signatures
from app.tlog.cosignatures import (
    AnySigningKey,
    Cosignature,
    add_cosignatures,
    cosign,
    verify_cosignatures,
)
from app.tlog.errors import BadSignatureError
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import flipped
from tests.tlog import logs
from tests.vectors import read_json

NOW = Instant(1_679_315_147)
SIGNED = logs.log_of(5).checkpoint()
MLDSA_KEY = mldsa.MldsaSigningKey(b"pq".ljust(32))
ED25519 = logs.WITNESSES[0]
MLDSA = VerifierKey("pq.example", COSIGNATURE_MLDSA, MLDSA_KEY.public)
KINDS: list[tuple[VerifierKey, AnySigningKey]] = [
    (ED25519, logs.WITNESS_KEYS[0]),
    (MLDSA, MLDSA_KEY),
]
IDS = ["ed25519", "ml-dsa-44"]


def cosigned(*signatures: NoteSignature) -> VerifiedCheckpoint:
    return with_signatures(SIGNED, signatures)


@pytest.mark.parametrize(("witness", "key"), KINDS, ids=IDS)
def test_cosignature_verifies_and_gives_its_time(witness: VerifierKey, key: AnySigningKey) -> None:
    signature = cosign(SIGNED, witness.name, key, NOW)

    assert verify_cosignatures(cosigned(signature), [witness]) == (Cosignature(witness, NOW),)


def test_message_is_the_one_of_the_specification() -> None:
    signature = cosign(SIGNED, ED25519.name, logs.WITNESS_KEYS[0], NOW)
    text = "cosignature/v1\ntime 1679315147\n" + SIGNED.note.text

    expected = struct.pack(">Q", NOW) + logs.WITNESS_KEYS[0].sign(text.encode())
    assert signature == NoteSignature(ED25519.name, ED25519.key_id, expected)


def mldsa_message(name: str) -> bytes:
    """Return the `cosigned_message` of the specification for `SIGNED` at `NOW`."""
    origin = logs.ORIGIN.encode()
    return (
        b"subtree/v1\n\0"
        + bytes([len(name)])
        + name.encode()
        + struct.pack(">Q", NOW)
        + bytes([len(origin)])
        + origin
        + struct.pack(">QQ", 0, 5)
        + SIGNED.tree.root
    )


def test_mldsa_message_is_the_one_of_the_specification() -> None:
    signature = cosign(SIGNED, MLDSA.name, MLDSA_KEY, NOW)
    message = mldsa_message(MLDSA.name)

    mldsa.verify_signature(MLDSA_KEY.public, message, signature.value[8:])


def test_published_mldsa_checkpoint_verifies_and_no_changed_one_does() -> None:
    vector = read_json("tlog-notes/mldsa-checkpoint.json")
    key = parse_verifier_key(vector["vkey"])
    raw = vector["note"].encode()

    assert verify_cosignatures(parse_checkpoint(raw), [key]) == (Cosignature(key, Instant(0)),)
    for old, new in ((b"mldsa-log\n1\n", b"mldsa-log\n2\n"), (b"+zoE", b"+zoF")):
        assert old in raw
        with pytest.raises(BadSignatureError):
            verify_cosignatures(parse_checkpoint(raw.replace(old, new, 1)), [key])


@pytest.mark.parametrize(("witness", "key"), KINDS, ids=IDS)
def test_cosignature_of_another_tree_time_or_log_does_not_hold(
    witness: VerifierKey, key: AnySigningKey
) -> None:
    signature = cosign(SIGNED, witness.name, key, NOW)
    later = replace(signature, value=struct.pack(">Q", NOW + 1) + signature.value[8:])

    with pytest.raises(BadSignatureError):
        verify_cosignatures(cosigned(later), [witness])
    for other in (logs.log_of(6).checkpoint(), logs.log_of(5).checkpoint(origin="goftogu/other")):
        with pytest.raises(BadSignatureError, match="does not hold"):
            verify_cosignatures(with_signatures(other, [signature]), [witness])


@given(st.sampled_from(KINDS), st.data())
def test_cosignature_with_any_bit_flipped_does_not_hold(
    kind: tuple[VerifierKey, AnySigningKey], data: st.DataObject
) -> None:
    witness, key = kind
    signature = cosign(SIGNED, witness.name, key, NOW)
    bent = replace(signature, value=data.draw(flipped(signature.value)))

    with pytest.raises(BadSignatureError) as caught:
        verify_cosignatures(cosigned(bent), [witness])
    assert caught.value.name == witness.name


@pytest.mark.parametrize("value", [b"\0", bytes(8), bytes(71), bytes(73), b"\x80" + bytes(71)])
@pytest.mark.parametrize("witness", [ED25519, MLDSA], ids=IDS)
def test_cosignature_of_another_length_or_time_does_not_hold(
    witness: VerifierKey, value: bytes
) -> None:
    with pytest.raises(BadSignatureError):
        verify_cosignatures(cosigned(NoteSignature(witness.name, witness.key_id, value)), [witness])


def test_time_beyond_the_specification_is_refused_though_it_is_signed() -> None:
    key = logs.WITNESS_KEYS[0]
    for time in (2**63, 2**64 - 1):
        text = f"cosignature/v1\ntime {time}\n{SIGNED.note.text}"
        value = struct.pack(">Q", time) + key.sign(text.encode())

        with pytest.raises(BadSignatureError):
            verify_cosignatures(
                cosigned(NoteSignature(ED25519.name, ED25519.key_id, value)), [ED25519]
            )


def test_signature_over_the_text_alone_is_no_cosignature() -> None:
    """Who signs notes with a key must not have cosigned by it, and the other way round."""
    plain = sign_note(SIGNED.note.text, ED25519.name, logs.WITNESS_KEYS[0])

    assert verify_cosignatures(cosigned(plain), [ED25519]) == ()
    forged = replace(plain, key_id=ED25519.key_id, value=struct.pack(">Q", NOW) + plain.value)
    with pytest.raises(BadSignatureError):
        verify_cosignatures(cosigned(forged), [ED25519])


def test_strangers_are_passed_over() -> None:
    signature = cosign(SIGNED, ED25519.name, logs.WITNESS_KEYS[0], NOW)
    stranger = NoteSignature("stranger.example", ED25519.key_id, bytes(72))
    namesake = NoteSignature(ED25519.name, b"\0\0\0\0", bytes(72))

    found = verify_cosignatures(cosigned(stranger, signature, namesake), logs.WITNESSES)

    assert found == (Cosignature(ED25519, NOW),)


@pytest.mark.parametrize("name", ["x" * 256, "ف" * 128])
def test_name_that_the_mldsa_form_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(VerificationError):
        cosign(SIGNED, name, MLDSA_KEY, NOW)
    assert cosign(SIGNED, "x" * 255, MLDSA_KEY, NOW).name == "x" * 255
    with pytest.raises(VerificationError):
        cosign(logs.log_of(1).checkpoint(origin=name), "w", MLDSA_KEY, NOW)


def test_key_of_a_log_cosigns_nothing() -> None:
    line = sign_note(SIGNED.note.text, logs.ORIGIN, logs.KEY)
    text = f"cosignature/v1\ntime {NOW}\n{SIGNED.note.text}".encode()

    with pytest.raises(BadSignatureError):
        verify_cosignatures(cosigned(line), [logs.LOG])
    for message in (text, mldsa_message(logs.ORIGIN)):
        value = struct.pack(">Q", NOW) + logs.KEY.sign(message)
        with pytest.raises(BadSignatureError):
            verify_cosignatures(cosigned(replace(line, value=value)), [logs.LOG])


def test_answer_of_a_witness_gets_its_place_under_the_checkpoint() -> None:
    signature = cosign(SIGNED, ED25519.name, logs.WITNESS_KEYS[0], NOW)
    stranger = NoteSignature("stranger.example", b"\0\0\0\0", bytes(72))
    answer = (stranger.encode() + signature.encode()).encode()

    found = add_cosignatures(SIGNED, answer, ED25519)

    assert found.note.signatures == (*SIGNED.note.signatures, signature)
    assert add_cosignatures(found, answer, ED25519) == found
    newer = cosign(SIGNED, ED25519.name, logs.WITNESS_KEYS[0], Instant(NOW + 60))
    assert add_cosignatures(found, newer.encode().encode(), ED25519).note.signatures[1:] == (newer,)


def test_answer_that_is_none_is_refused() -> None:
    other = logs.log_of(6).checkpoint()
    for_other = cosign(other, ED25519.name, logs.WITNESS_KEYS[0], NOW).encode().encode()
    of_other = cosign(SIGNED, logs.WITNESSES[1].name, logs.WITNESS_KEYS[1], NOW).encode().encode()

    with pytest.raises(BadSignatureError):
        add_cosignatures(SIGNED, for_other, ED25519)
    with pytest.raises(VerificationError, match="no cosignature of this witness"):
        add_cosignatures(SIGNED, of_other, ED25519)
    for raw in (b"", b"\n", b"hello\n", for_other[:-1]):
        with pytest.raises(MalformedError):
            add_cosignatures(SIGNED, raw, ED25519)


def test_cosigned_checkpoint_is_still_a_note_that_others_read() -> None:
    signature = cosign(SIGNED, ED25519.name, logs.WITNESS_KEYS[0], NOW)
    raw = cosigned(signature).note.encode()

    assert parse_checkpoint(raw).note == UnverifiedNote(
        SIGNED.note.text, (*SIGNED.note.signatures, signature)
    )
    assert VerifierKey(ED25519.name, COSIGNATURE, logs.WITNESS_KEYS[0].public) == ED25519

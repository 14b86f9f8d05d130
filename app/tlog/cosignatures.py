"""Cosignatures: a witness's word, at a time, that a log only grew (C2SP tlog-cosignature).

The Ed25519 form signs the checkpoint's text after two lines of its own; the ML-DSA-44 form signs a
structure with the witness's name, the log's origin, size and root, and no extension lines. Both
carry the second at which they were made: it bounds from outside when the log was that large.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from app.crypto import ed25519, mldsa
from app.crypto.note_keys import COSIGNATURE, COSIGNATURE_MLDSA, VerifierKey
from app.crypto.notes import NoteSignature, find_signatures, parse_signatures
from app.kernel.clock import Instant
from app.kernel.errors import VerificationError

from .checkpoints import UnverifiedCheckpoint, VerifiedCheckpoint, with_signatures
from .errors import BadSignatureError

_TIME_BYTES: Final = 8
_MAX_TIME: Final = 2**63 - 1
_LABEL_MLDSA: Final = b"subtree/v1\n\0"
_MAX_NAME_BYTES: Final = 255

AnyCheckpoint: TypeAlias = UnverifiedCheckpoint | VerifiedCheckpoint
AnySigningKey: TypeAlias = ed25519.SigningKey | mldsa.MldsaSigningKey


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A cosignature that holds. Made by `verify_cosignatures` only."""

    witness: VerifierKey
    time: Instant


def cosign(
    checkpoint: VerifiedCheckpoint, name: str, key: AnySigningKey, now: Instant
) -> NoteSignature:
    """Return a witness's cosignature of the whole tree of a checkpoint.

    `witness.decide_cosigning` has decided that this may be said, and that the checkpoint is stored.

    Raises:
        VerificationError: the witness's or the log's name is too long for the ML-DSA-44 form.

    """
    is_mldsa = isinstance(key, mldsa.MldsaSigningKey)
    witness = VerifierKey(name, COSIGNATURE_MLDSA if is_mldsa else COSIGNATURE, key.public)
    signature = key.sign(_message(witness, checkpoint, now))
    return NoteSignature(name, witness.key_id, now.to_bytes(_TIME_BYTES, "big") + signature)


def verify_cosignatures(
    checkpoint: AnyCheckpoint, witnesses: Iterable[VerifierKey]
) -> tuple[Cosignature, ...]:
    """Verify every cosignature under a checkpoint that names one of these witnesses.

    Others are passed over: everybody may sign. They say that the log only grew, never that the
    log's own signature holds.

    Raises:
        BadSignatureError: one with a known witness's name and key id does not hold.

    """
    return tuple(
        Cosignature(witness, _verify_one(witness, checkpoint, signature))
        for witness in witnesses
        for signature in find_signatures(checkpoint.note.signatures, witness)
    )


def add_cosignatures(
    checkpoint: VerifiedCheckpoint, answer: bytes, witness: VerifierKey
) -> VerifiedCheckpoint:
    """Return the checkpoint with a witness's answer under it: its own signatures and no others.

    Raises:
        MalformedError, TooLargeError: the answer is not lines of signatures.
        BadSignatureError: a signature does not hold for this checkpoint.
        VerificationError: the answer has no signature of this witness.

    """
    found = find_signatures(parse_signatures(answer), witness)
    if not found:
        raise VerificationError("the answer has no cosignature of this witness")
    cosigned = with_signatures(checkpoint, found)
    verify_cosignatures(cosigned, [witness])
    return cosigned


def _verify_one(
    witness: VerifierKey, checkpoint: AnyCheckpoint, signature: NoteSignature
) -> Instant:
    time = Instant(int.from_bytes(signature.value[:_TIME_BYTES], "big"))
    value = signature.value[_TIME_BYTES:]
    try:
        message = _message(witness, checkpoint, time)
        if isinstance(witness.key, mldsa.MldsaPublicKey):
            mldsa.verify_signature(witness.key, message, value)
        else:
            ed25519.verify_signature(witness.key, message, value)
    except VerificationError as error:
        raise BadSignatureError(witness.name) from error
    return time


def _message(witness: VerifierKey, checkpoint: AnyCheckpoint, time: Instant) -> bytes:
    if not 0 <= time <= _MAX_TIME:
        raise VerificationError("a cosignature's time is out of range")
    if witness.algorithm == COSIGNATURE:
        return f"cosignature/v1\ntime {time}\n{checkpoint.note.text}".encode()
    if witness.algorithm != COSIGNATURE_MLDSA:
        raise VerificationError("this key does not cosign")
    tree = checkpoint.tree
    return b"".join(
        (
            _LABEL_MLDSA,
            _prefixed(witness.name),
            time.to_bytes(_TIME_BYTES, "big"),
            _prefixed(checkpoint.origin),
            bytes(_TIME_BYTES),  # the first entry of a whole tree is number 0
            tree.size.to_bytes(_TIME_BYTES, "big"),
            tree.root,
        )
    )


def _prefixed(name: str) -> bytes:
    raw = name.encode()
    if not 1 <= len(raw) <= _MAX_NAME_BYTES:
        raise VerificationError("a name is too long to be cosigned")
    return bytes([len(raw)]) + raw

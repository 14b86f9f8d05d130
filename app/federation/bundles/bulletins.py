"""A bulletin: an instance's day in 8,192 bytes of text, for channels that carry no more.

    Goftogu · گفتگو <day>
    <what people read: name, fingerprint and addresses of the host, the day's threads>

    <did:key of the host>
    <verifier key of its log>

    <origin of the log, its size and its root hash>

    — <origin> <signature of the log's key>

    — <origin>/host <signature of the host's key, over all of the above>

The whole is a signed note (C2SP signed-note), and so is its end but for the last line: the log's
checkpoint, without cosignatures, which would take the room of the threads. What is read by programs
is counted from the end, where no author's words can stand.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import decode_did, encode_did, fingerprint
from app.crypto.note_keys import SIGNATURE, VerifierKey, parse_verifier_key
from app.crypto.notes import UnverifiedNote, parse_note, sign_note, verify_note
from app.kernel.errors import MalformedError, TooLargeError, VerificationError
from app.tlog.checkpoints import VerifiedCheckpoint, parse_checkpoint, verify_checkpoint

MAX_BULLETIN_BYTES: Final = 8192
_TITLE: Final = "Goftogu · گفتگو"
_ADDRESSES_BYTES: Final = 600
_LEAST_BLOCKS: Final = 4
_first_line = re.compile(rf"{_TITLE} ([12]\d{{3}}-\d\d-\d\d)\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """What a bulletin says besides its threads; every string is one line."""

    day: date
    name: str
    """The host's, as its card says."""
    addresses: tuple[str, ...]
    """The onion address and the mirrors, the most useful first; as many as there is room for."""
    summary: str
    left_out: str
    """What stands at the end where not all threads found room."""
    advice: str
    """How it is checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """A bulletin whose signatures hold. Made by `verify_bulletin` only."""

    day: date
    host: str
    """did:key; whether it is the host that the reader means is the reader's to say."""
    checkpoint: VerifiedCheckpoint


def write_bulletin(
    issue: Issue,
    threads: Sequence[tuple[str, ...]],
    checkpoint: VerifiedCheckpoint,
    log_key: VerifierKey,
    key: SigningKey,
) -> bytes:
    """Return a bulletin of the first threads that find room, each given as its lines.

    Raises:
        TooLargeError: not even the rest fits, as with a name of the log that no host of ours has.

    """
    head = f"{_TITLE} {issue.day.isoformat()}\n{issue.name} · {fingerprint(key.public)}\n"
    head += _fitting(issue.addresses)
    head += f"\n{issue.summary}\n"
    did = encode_did(key.public)
    own = [line for line in checkpoint.note.signatures if line.name == checkpoint.origin]
    names = f"{did}\n{log_key.encode()}\n"
    bare = UnverifiedNote(checkpoint.note.text, tuple(own)).encode().decode()
    foot = f"\n{issue.advice}\n\n{names}\n{bare}"
    room = MAX_BULLETIN_BYTES - len(_sign(head + foot, checkpoint.origin, key))
    told, rest = "", f"\n{issue.left_out}\n"
    for number, lines in enumerate(threads):
        more = told + "\n" + "".join(f"{line}\n" for line in lines)
        is_last = number + 1 == len(threads)
        if len((more if is_last else more + rest).encode()) > room:
            told += rest
            break
        told = more
    raw = _sign(head + told + foot, checkpoint.origin, key)
    if len(raw) > MAX_BULLETIN_BYTES:
        raise TooLargeError(f"a bulletin has at most {MAX_BULLETIN_BYTES} bytes")
    return raw


def is_bulletin(raw: bytes) -> bool:
    """Whether a file may be a bulletin."""
    return raw.startswith(f"{_TITLE} ".encode())


def verify_bulletin(raw: bytes) -> Bulletin:
    """Verify a bulletin: its host signed all of it, and its log the checkpoint in it.

    Raises:
        MalformedError: no bulletin.
        TooLargeError: more than `MAX_BULLETIN_BYTES`.
        VerificationError: a signature does not hold, or is not the host's or its log's.

    """
    if len(raw) > MAX_BULLETIN_BYTES:
        raise TooLargeError(f"a bulletin has at most {MAX_BULLETIN_BYTES} bytes")
    note = parse_note(raw)
    opening = _first_line.match(note.text)
    blocks = note.text.split("\n\n")
    if not opening or len(blocks) < _LEAST_BLOCKS:
        raise MalformedError("not a bulletin")
    names, body, signatures = blocks[-3:]
    did, _, log_key = names.partition("\n")
    key = parse_verifier_key(log_key)
    _verify_host(note, VerifierKey(_name_host(key.name), SIGNATURE, decode_did(did)))
    claimed = parse_checkpoint(f"{body}\n\n{signatures}".encode())
    return Bulletin(
        day=_parse_day(opening[1]), host=did, checkpoint=verify_checkpoint(claimed, [key])
    )


def _verify_host(note: UnverifiedNote, host: VerifierKey) -> None:
    if len(note.signatures) != 1 or not verify_note(note, host):
        raise VerificationError("the host that the bulletin names did not sign it")


def _fitting(addresses: Sequence[str]) -> str:
    lines = ""
    for address in addresses:
        if len(f"{lines}{address}\n".encode()) > _ADDRESSES_BYTES:
            break
        lines += f"{address}\n"
    return lines


def _sign(text: str, origin: str, key: SigningKey) -> bytes:
    return UnverifiedNote(text, (sign_note(text, _name_host(origin), key),)).encode()


def _name_host(origin: str) -> str:
    """Return the name under which the host of a log signs."""
    return f"{origin}/host"


def _parse_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise MalformedError("not a day") from error

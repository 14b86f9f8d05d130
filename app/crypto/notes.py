"""Signed notes: a text, an empty line, and lines of signatures (C2SP signed-note).

    <text, ending in a newline>
                                        one empty line; a text may have others
    — <key name> <base64 of key id and signature>
    …

What a signature covers depends on its algorithm: here the text itself (Ed25519, 0x01); what
witnesses sign is the log's matter. Notes are read strictly: writing what was read gives the same
bytes. Golang's x/mod skips the second signature of one key; here each one must hold.
"""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.kernel.errors import MalformedError, TooLargeError

from .ed25519 import PublicKey, SigningKey, verify_signature
from .note_keys import (
    KEY_ID_BYTES,
    SIGNATURE,
    VerifierKey,
    decode_base64,
    require_key_name,
)

MAX_NOTE_BYTES: Final = 1_000_000
MAX_SIGNATURES: Final = 100
_DASH: Final = "— "


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One line under a note: whose signature it says it is, and the signature."""

    name: str
    key_id: bytes
    value: bytes

    def encode(self) -> str:
        """Return the line."""
        encoded = b64encode(self.key_id + self.value).decode()
        return f"{_DASH}{self.name} {encoded}\n"


@dataclass(frozen=True, slots=True)
class UnverifiedNote:
    """A note that parses. Nothing in it may be believed yet."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def encode(self) -> bytes:
        """Return the note's bytes."""
        lines = "".join(signature.encode() for signature in self.signatures)
        return f"{self.text}\n{lines}".encode()


def parse_note(raw: bytes) -> UnverifiedNote:
    """Read a note.

    Raises:
        MalformedError: not UTF-8, control characters, no signature, or a line that is none.
        TooLargeError: more than `MAX_NOTE_BYTES` or `MAX_SIGNATURES`.

    """
    if len(raw) > MAX_NOTE_BYTES:
        raise TooLargeError("a note is too long")
    text, separator, lines = _decode(raw).rpartition("\n\n")
    if not separator:
        raise MalformedError("a note has no empty line before its signatures")
    return UnverifiedNote(text + "\n", _parse_lines(lines))


def parse_signatures(raw: bytes) -> tuple[NoteSignature, ...]:
    """Read signature lines alone, as a witness answers with.

    Raises:
        MalformedError, TooLargeError: as `parse_note`.

    """
    if len(raw) > MAX_NOTE_BYTES:
        raise TooLargeError("signature lines are too long")
    return _parse_lines(_decode(raw))


def sign_note(text: str, name: str, key: SigningKey) -> NoteSignature:
    """Return the Ed25519 signature of a named key over a text that ends in a newline."""
    key_id = VerifierKey(name, SIGNATURE, key.public).key_id
    return NoteSignature(name, key_id, key.sign(text.encode()))


def find_signatures(
    signatures: Iterable[NoteSignature], key: VerifierKey
) -> tuple[NoteSignature, ...]:
    """Return the signatures that say they are this key's: name and id both match."""
    key_id = key.key_id
    return tuple(found for found in signatures if (found.name, found.key_id) == (key.name, key_id))


def verify_note(note: UnverifiedNote, key: VerifierKey) -> tuple[NoteSignature, ...]:
    """Verify every signature over the text that says it is this key's, and return them.

    None is an answer too: what it means that a key did not sign is the caller's to say. A key of
    another algorithm than 0x01 signs no texts, so that nothing here is its.

    Raises:
        VerificationError: a signature with this key's name and id does not hold.

    """
    if key.algorithm != SIGNATURE or not isinstance(key.key, PublicKey):
        return ()
    found = find_signatures(note.signatures, key)
    for signature in found:
        verify_signature(key.key, note.text.encode(), signature.value)
    return found


def _decode(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise MalformedError("a note is not UTF-8") from error
    if any(character < " " and character != "\n" for character in text):
        raise MalformedError("a note has control characters")
    return text


def _parse_lines(text: str) -> tuple[NoteSignature, ...]:
    # Not `splitlines`: it would also end a line at characters that a name or a text may hold.
    *lines, rest = text.split("\n")
    if not lines or rest:
        raise MalformedError("a note's signatures do not end with a line's end")
    if len(lines) > MAX_SIGNATURES:
        raise TooLargeError("a note has too many signatures")
    return tuple(map(_parse_line, lines))


def _parse_line(line: str) -> NoteSignature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH):
        raise MalformedError("a line under a note is no signature")
    require_key_name(name)
    value = decode_base64(encoded)
    if len(value) <= KEY_ID_BYTES:
        raise MalformedError("a signature under a note is too short")
    return NoteSignature(name, value[:KEY_ID_BYTES], value[KEY_ID_BYTES:])

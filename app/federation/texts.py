"""One post as text: to be read on any telephone, sent in any message, and checked anywhere.

    <title>

    <text>

    <day> · <fingerprint of the key that signed>
    <the signed bytes, one line>

The words above come from the signed line alone, so that whoever has the file can make them anew: a
courier who changes them is found as surely as one who changes the line.
"""

from typing import Final

from app.crypto.multikey import fingerprint
from app.kernel.errors import MalformedError, TooLargeError, VerificationError
from app.records.codec import MAX_RECORD_BYTES, parse_record, verify_record
from app.records.model import VerifiedRecord

_UTTERED: Final = {"Note", "Update"}
MAX_TEXT_BYTES: Final = 2 * MAX_RECORD_BYTES
"""The words stand twice."""


def encode_text(record: VerifiedRecord) -> bytes:
    """Return a post, or a revision of one, as text; its words first.

    Raises:
        MalformedError: another record, which says nothing.

    """
    document = record.document
    if record.type not in _UTTERED:
        raise MalformedError("only posts and revisions are texts")
    (words,) = document["contentMap"].values()
    signed = f"{record.day.isoformat()} · {fingerprint(record.key)}"
    parts = [document["name"], words, signed] if "name" in document else [words, signed]
    return "\n\n".join(parts).encode() + b"\n" + record.raw + b"\n"


def is_text(raw: bytes) -> bool:
    """Whether a file may be a post as text: it ends with a signed line, and something is above."""
    above, _, line = _unwrapped(raw).rpartition(b"\n")
    return bool(above) and line.startswith(b"{") and line.endswith(b"}")


def verify_text(raw: bytes) -> VerifiedRecord:
    """Verify a post as text: the signed line, and that the words above it are the signed ones.

    Messengers and mail change the ends of lines; nothing else is forgiven.

    Raises:
        MalformedError, VerificationError: the line is no signed post, or other words stand above.
        TooLargeError: more than any post as text.

    """
    if len(raw) > MAX_TEXT_BYTES:
        raise TooLargeError("too long for a post as text")
    plain = _unwrapped(raw)
    record = verify_record(parse_record(plain.rpartition(b"\n")[2]))
    if _unwrapped(encode_text(record)) != plain:
        raise VerificationError("the words above the signed line are not those that were signed")
    return record


def _unwrapped(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").strip(b"\n")

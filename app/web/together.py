"""Several published files in one answer: over Tor a round trip takes as long as many kilobytes.

    asked      records/<digest>             answered   731        how many bytes, or - for nothing
               receipts/<digest>.json                  {"@con…    as many bytes
               …                                       -

The answer has the order of what was asked, and may end early; who wants the rest asks for it. What
comes so is believed as little as a file that came by itself.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from app.kernel.errors import MalformedError

FILES_PATH: Final = "api/v1/files"
FILES_TYPE: Final = "application/octet-stream"
FOLDERS: Final = ("records/", "receipts/")
"""Whose files are handed out so."""
MOST_FILES: Final = 256
MOST_BYTES: Final = 1_000_000
"""After as many an answer ends; with the longest record on top it is within what is read of one."""
_MOST_PATH_BYTES: Final = 100
_NOTHING: Final = b"-"


def encode_paths(paths: Iterable[str]) -> bytes:
    """Return what asks for some files."""
    return "".join(f"{path}\n" for path in paths).encode("ascii")


def parse_paths(raw: bytes) -> list[str]:
    """Read which files somebody asks for, 256 at most.

    Raises:
        MalformedError: something else.

    """
    if len(raw) > MOST_FILES * _MOST_PATH_BYTES:
        raise MalformedError("more files than one answer holds")
    try:
        paths = raw.decode("ascii").splitlines()
    except UnicodeDecodeError as error:
        raise MalformedError("not paths of files") from error
    if not 1 <= len(paths) <= MOST_FILES:
        raise MalformedError("more files than one answer holds, or none")
    if not all(path.startswith(FOLDERS) for path in paths):
        raise MalformedError("neither records nor receipts")
    return paths


def encode_files(files: Iterable[bytes | None]) -> bytes:
    """Return files as one answer, the first of them at least; None for one that is not there."""
    answer = bytearray()
    for raw in files:
        answer += _NOTHING if raw is None else b"%d" % len(raw)
        answer += b"\n" + (raw or b"")
        if len(answer) >= MOST_BYTES:
            break
    return bytes(answer)


def parse_files(raw: bytes, asked: Sequence[str], most: int) -> list[bytes | None]:
    """Read an answer about files that were asked for: the first ones of them, one at least.

    Raises:
        MalformedError: something else, or a file of more than `most` bytes.

    """
    found: list[bytes | None] = []
    start = 0
    while start < len(raw) and len(found) <= len(asked):
        end = raw.find(b"\n", start, start + len(str(most)) + 1)
        length, start = raw[start : max(end, start)], end + 1
        if length == _NOTHING:
            found.append(None)
            continue
        if not length.isdigit() or int(length) > min(most, len(raw) - start):
            raise MalformedError("not several files in one answer")
        found.append(raw[start : start + int(length)])
        start += int(length)
    if not 1 <= len(found) <= len(asked):
        raise MalformedError("other files than were asked for")
    return found

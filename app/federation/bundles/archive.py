"""The ZIP file that carries a bundle, written and read in one form only (PKWARE APPNOTE 6.3.10).

Any program opens it. We read what we write and nothing else: names in order, each entry right
behind the one before, deflated, without links, passwords, comments or extra fields, all of it dated
to the first day that the format knows. So there is no second way to say the same, and what an
archive says of itself is compared, never believed. Python's own reader would build an object for
each of a million entries before anyone could count them.

The comment at the end is a digest of all before it: damage on the way is found in any bit, also in
those that no reader looks at.
"""

import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from app.kernel.errors import TooLargeError

from .errors import DamagedBundleError, NotABundleError

MAX_ARCHIVE_BYTES: Final = 32 * 2**20
MAX_TOTAL_BYTES: Final = 48 * 2**20
"""All files together, as they are inflated."""
MOST_FILES: Final = 16
MOST_RATIO: Final = 1032
"""How many times larger than its deflated form a file can be (RFC 1951): who claims more lies."""
MAX_NAME: Final = 120

_LOCAL: Final = struct.Struct("<4s5H3I2H")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_END: Final = struct.Struct("<4s4H2IH")
_VERSION: Final = 20
_DEFLATED: Final = 8
_FIRST_DAY: Final = 1 << 5 | 1
"""1 January 1980."""
_UNIX: Final = 3 << 8 | _VERSION
_PLAIN_FILE: Final = 0o100644 << 16
_COMMENT: Final = b"sha256 "
_COMMENT_BYTES: Final = len(_COMMENT) + 64
_LEVEL: Final = 9

_name = re.compile(r"[a-z0-9][a-z0-9.-]*(/[a-z0-9][a-z0-9.-]*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A file as the archive tells of it."""

    name: str
    crc: int
    packed: int
    """Bytes of its deflated form."""
    size: int

    def local(self) -> bytes:
        """Return the header before the file."""
        name = self.name.encode()
        return (
            _LOCAL.pack(
                b"PK\3\4", _VERSION, 0, _DEFLATED, 0, _FIRST_DAY, *self._sizes, len(name), 0
            )
            + name
        )

    def central(self, offset: int) -> bytes:
        """Return the line of the directory at the archive's end."""
        name = self.name.encode()
        head = (b"PK\1\2", _UNIX, _VERSION, 0, _DEFLATED, 0, _FIRST_DAY)
        return _CENTRAL.pack(*head, *self._sizes, len(name), 0, 0, 0, 0, _PLAIN_FILE, offset) + name

    @property
    def _sizes(self) -> tuple[int, int, int]:
        return self.crc, self.packed, self.size


def write_archive(files: Mapping[str, bytes]) -> bytes:
    """Return files as an archive: the same bytes for the same files.

    Raises:
        TooLargeError: `read_archive` would refuse it.

    """
    body, directory = bytearray(), bytearray()
    for name in sorted(files):
        content = files[name]
        deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = deflate.compress(content) + deflate.flush()
        entry = _Entry(name=name, crc=zlib.crc32(content), packed=len(packed), size=len(content))
        _require_bounds(entry)
        directory += entry.central(len(body))
        body += entry.local() + packed
    total = sum(map(len, files.values()))
    if len(files) > MOST_FILES or total > MAX_TOTAL_BYTES or len(body) > MAX_ARCHIVE_BYTES:
        raise TooLargeError("too much for one bundle: export a day, or less at a time")
    end = _end(len(files), len(directory), len(body))
    whole = bytes(body + directory + end)
    return whole + _comment(whole)


def read_archive(raw: bytes) -> dict[str, bytes]:
    """Return the files of an archive by name; no name leads anywhere.

    1. The end stands where it must, and its comment is the digest of all before it.
    2. It counts few entries, and their directory stands right before it.
    3. Each line of the directory and each header is what we would have written for such a file.
    4. All declared sizes are within bounds: only now is anything inflated, to no more.

    Raises:
        NotABundleError: no archive in this form.
        DamagedBundleError: it is not what was written.
        TooLargeError: too many files, or too much in them.

    """
    if len(raw) > MAX_ARCHIVE_BYTES:
        raise TooLargeError("the file is too large for a bundle")
    start, count = _read_end(raw)
    entries = list(_read_directory(raw, start, count))
    if sum(entry.size for entry, _ in entries) > MAX_TOTAL_BYTES:
        raise TooLargeError("the files of the bundle are too large")
    return {entry.name: _inflate(entry, raw, offset) for entry, offset in entries}


def _read_end(raw: bytes) -> tuple[int, int]:
    """Return where the directory starts and how many entries it has."""
    place = len(raw) - _COMMENT_BYTES - _END.size
    if place < 0 or raw[place : place + 4] != b"PK\5\6":
        raise NotABundleError("no bundle, or one that was cut off on its way")
    _, _, _, _, count, length, start, _ = _END.unpack_from(raw, place)
    if count > MOST_FILES:
        raise TooLargeError("the archive has too many entries for a bundle")
    end = _end(count, length, start)
    if start + length != place or raw[place : place + _END.size] != end:
        raise NotABundleError("the end of the archive is not in the one form of a bundle")
    if raw[-_COMMENT_BYTES:] != _comment(memoryview(raw)[:-_COMMENT_BYTES]):
        raise DamagedBundleError("the archive is not the one that was written")
    return start, count


def _read_directory(raw: bytes, start: int, count: int) -> Iterator[tuple[_Entry, int]]:
    """Yield each file, and where its deflated form begins."""
    place, offset, last = start, 0, ""
    for _ in range(count):
        if place + _CENTRAL.size > len(raw):
            raise NotABundleError("the directory of the archive ends too early")
        fields = _CENTRAL.unpack_from(raw, place)
        crc, packed, size, length = fields[7:11]
        name = raw[place + _CENTRAL.size : place + _CENTRAL.size + length]
        entry = _Entry(name=name.decode("latin-1"), crc=crc, packed=packed, size=size)
        _require_name(entry.name, last)
        _require_bounds(entry)
        line, header = entry.central(offset), entry.local()
        if raw[place : place + len(line)] != line or raw[offset : offset + len(header)] != header:
            raise NotABundleError(
                "an entry is not in the one form of a bundle, which has no links, no passwords, no "
                "extra fields and nothing between two files"
            )
        yield entry, offset + len(header)
        place, offset, last = place + len(line), offset + len(header) + packed, entry.name
    if offset != start or place != len(raw) - _COMMENT_BYTES - _END.size:
        raise NotABundleError("the archive holds something that is in no file of it")


def _require_name(name: str, last: str) -> None:
    if len(name) > MAX_NAME or not _name.fullmatch(name):
        raise NotABundleError("a file has a name that no file of a bundle has")
    if name <= last:
        raise NotABundleError("a file is there twice, or out of order")


def _require_bounds(entry: _Entry) -> None:
    if entry.size > MAX_TOTAL_BYTES or entry.size > entry.packed * MOST_RATIO:
        raise TooLargeError("a file would become too large when it is inflated")


def _inflate(entry: _Entry, raw: bytes, start: int) -> bytes:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        # One byte more than declared shows whether it would go on; nothing larger is ever made.
        content = inflate.decompress(memoryview(raw)[start : start + entry.packed], entry.size + 1)
    except zlib.error as error:
        raise DamagedBundleError("a file of the archive cannot be inflated") from error
    is_whole = inflate.eof and not inflate.unused_data and not inflate.unconsumed_tail
    if len(content) != entry.size or not is_whole or zlib.crc32(content) != entry.crc:
        raise DamagedBundleError("a file of the archive is not as long as it says, or another one")
    return content


def _end(count: int, length: int, start: int) -> bytes:
    return _END.pack(b"PK\5\6", 0, 0, count, count, length, start, _COMMENT_BYTES)


def _comment(whole: bytes | memoryview) -> bytes:
    return _COMMENT + sha256(whole).hexdigest().encode()

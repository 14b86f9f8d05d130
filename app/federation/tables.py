"""Tables of results beside the records that name them by their SHA-256.

They are no part of the log: one that is missing proves nothing, since hosts did not always hand
them out, and one that is there must be the one that the record names, byte for byte.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

from app.crypto.multikey import encode_digest
from app.records import VerifiedRecord

from .erasures import Entry
from .errors import TableDiffersError
from .folders import Source, path_of_table

MAX_TABLE_BYTES: Final = 32 * 2**20
"""Ten thousand statements of five groups with three answers, counted twice: 300,000 lines of a
hundred bytes."""
_NAMES: Final = "urn:goftogu:table"


def fetch_tables(
    source: Source, entries: Sequence[Entry], host: str
) -> Iterator[tuple[Entry, bytes]]:
    """Yield each entry that names a table which a source has, with that, verified.

    `host` is the did:key of the instance, whose records alone name tables.

    Raises:
        TableDiffersError: one is not the table that its record names.

    """
    for entry in entries:
        record = entry.record
        if record is None or not _names_table(record, host):
            continue
        raw = source.read(path_of_table(entry.digest), MAX_TABLE_BYTES)
        if raw is None:
            continue
        if encode_digest(sha256(raw).digest()) != record.document[_NAMES]:
            raise TableDiffersError(entry.digest)
        yield entry, raw


def require_tables(source: Source, entries: Sequence[Entry], host: str) -> None:
    """Require of each table that a source has that its record names it.

    Raises:
        TableDiffersError: see `fetch_tables`.

    """
    for _ in fetch_tables(source, entries, host):
        pass


def _names_table(record: VerifiedRecord, host: str) -> bool:
    return record.signer == host and _NAMES in record.document

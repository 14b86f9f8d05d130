"""Receipts beside the records of a copy: the host's signed promises of when each would be logged.

They are no part of the log: one that is missing proves nothing, and one that is there must hold.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from app.crypto.multikey import encode_digest
from app.kernel import strict_json
from app.kernel.clock import Instant
from app.kernel.errors import AppError, MalformedError
from app.records import verify_receipt
from app.records.codec import MAX_RECORD_BYTES, actor_did

from .erasures import Entry
from .errors import ReceiptDiffersError
from .folders import Source, path_of_receipt


def fetch_receipts(
    source: Source, entries: Sequence[Entry], host: str
) -> Iterator[tuple[Entry, bytes]]:
    """Yield each entry that a source has a receipt of, with that, verified with `host`'s did:key.

    Raises:
        ReceiptDiffersError: one is not this host's promise about that record.

    """
    paths = [path_of_receipt(entry.digest) for entry in entries]
    raws = source.read_many(paths, MAX_RECORD_BYTES)
    for entry, raw in zip(entries, raws, strict=True):
        if raw is not None:
            _require_promise(raw, entry, host)
            yield entry, raw


def include_by_of(receipt: bytes) -> Instant:
    """Return the hour that a receipt promises.

    Raises:
        MalformedError: it names none.

    """
    try:
        promised = strict_json.decode(receipt)["urn:goftogu:includeBy"]
        moment = datetime.strptime(promised, "%Y-%m-%dT%H:00:00Z").replace(tzinfo=UTC)
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedError("a receipt names no hour") from error
    return Instant(int(moment.timestamp()))


def _require_promise(raw: bytes, entry: Entry, host: str) -> None:
    try:
        receipt = verify_receipt(raw)
    except AppError as error:
        raise ReceiptDiffersError(entry.digest, str(error)) from error
    if actor_did(receipt["attributedTo"]) != host:
        raise ReceiptDiffersError(entry.digest, "another host's promise")
    said = (receipt["urn:goftogu:digest"], receipt["urn:goftogu:recordType"])
    if said != (encode_digest(entry.digest), entry.kind):
        raise ReceiptDiffersError(entry.digest, "a promise about another record")

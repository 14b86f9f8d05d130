"""Every statement of the door."""

from collections.abc import Iterable

from sqlalchemy import insert, select, update

from app.db import Work
from app.kernel.clock import Instant

from .model import StoredRecord, VerifiedRecord
from .tables import RecordRow


def add_record(work: Work, record: VerifiedRecord, include_by: Instant) -> None:
    """Keep a record's signed bytes."""
    work.session.execute(
        insert(RecordRow).values(
            digest=record.digest,
            id=record.id,
            type=record.type,
            signer=record.signer,
            raw=record.raw,
            include_by=include_by,
            is_public=False,
        )
    )


def find_by_id(work: Work, record_id: str) -> StoredRecord | None:
    """Return the record with this id, or None."""
    return _stored(work.session.scalar(select(RecordRow).where(RecordRow.id == record_id)))


def find_by_digest(work: Work, digest: bytes) -> StoredRecord | None:
    """Return the record with this digest, or None."""
    return _stored(work.session.get(RecordRow, digest, populate_existing=True))


def list_digests(work: Work) -> list[bytes]:
    """Return the digests of all records."""
    return list(work.session.scalars(select(RecordRow.digest)))


def set_public(work: Work, digests: Iterable[bytes]) -> None:
    """Mark records as integrated: from now on anyone may read them."""
    work.session.execute(
        update(RecordRow).where(RecordRow.digest.in_(list(digests))).values(is_public=True)
    )


def erase_bytes(work: Work, digests: Iterable[bytes]) -> None:
    """Forget the signed bytes of records; their digests and places stay."""
    work.session.execute(
        update(RecordRow).where(RecordRow.digest.in_(list(digests))).values(raw=None)
    )


def _stored(row: RecordRow | None) -> StoredRecord | None:
    if row is None:
        return None
    return StoredRecord(
        digest=row.digest,
        id=row.id,
        type=row.type,
        signer=row.signer,
        raw=row.raw,
        include_by=row.include_by,
        is_public=row.is_public,
    )

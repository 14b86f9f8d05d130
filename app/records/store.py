"""Every statement of the door."""

from collections.abc import Iterable

from sqlalchemy import bindparam, insert, select, update

from app.db import Work
from app.db.tables import columns_of
from app.kernel.clock import Instant

from .model import StoredRecord, VerifiedRecord
from .tables import RecordRow

_RECORD = columns_of(RecordRow)
_ADD = insert(_RECORD)
_FIND_BY_ID = select(_RECORD).where(_RECORD.c.id == bindparam("record_id"))
_FIND_KNOWN = select(_RECORD).where(
    (_RECORD.c.id == bindparam("record_id")) | (_RECORD.c.digest == bindparam("key"))
)
_FIND_BY_DIGEST = select(_RECORD).where(_RECORD.c.digest == bindparam("key"))
_LIST_BY_DIGEST = select(_RECORD).where(_RECORD.c.digest.in_(bindparam("keys", expanding=True)))
_LIST_READABLE = select(_RECORD.c.digest).where(
    _RECORD.c.digest.in_(bindparam("keys", expanding=True)),
    _RECORD.c.is_public,
    _RECORD.c.raw.is_not(None),
)
_SET_PUBLIC = update(_RECORD).where(_RECORD.c.digest == bindparam("key")).values(is_public=True)


def add_record(work: Work, record: VerifiedRecord, include_by: Instant) -> None:
    """Keep a record's signed bytes."""
    values = {
        "digest": record.digest,
        "id": record.id,
        "type": record.type,
        "signer": record.signer,
        "raw": record.raw,
        "include_by": include_by,
        "is_public": False,
    }
    work.run(_ADD, values)


def add_erased(work: Work, digest: bytes, kind: str, include_by: Instant) -> None:
    """Keep that a record was here and was erased: its id and its signer went with its words."""
    values = {
        "digest": digest,
        "id": f"erased:{digest.hex()}",
        "type": kind,
        "signer": "",
        "raw": None,
        "include_by": include_by,
        "is_public": True,
    }
    work.run(_ADD, values)


def find_by_id(work: Work, record_id: str) -> StoredRecord | None:
    """Return the record with this id, or None."""
    row = work.run(_FIND_BY_ID, {"record_id": record_id}).mappings().first()
    return None if row is None else StoredRecord(**row)


def find_known(work: Work, record: VerifiedRecord) -> StoredRecord | None:
    """Return the record with this one's id, or this one itself if its id went with its words."""
    values = {"record_id": record.id, "key": record.digest}
    row = work.run(_FIND_KNOWN, values).mappings().first()
    return None if row is None else StoredRecord(**row)


def find_record(work: Work, digest: bytes) -> StoredRecord | None:
    """Return a record as kept, pending or public, or None."""
    row = work.run(_FIND_BY_DIGEST, {"key": digest}).mappings().first()
    return None if row is None else StoredRecord(**row)


def find_signed(work: Work, signer: str, kind: str) -> StoredRecord | None:
    """Return the record of a type that a key signs once, or None."""
    signed = (_RECORD.c.signer == signer) & (_RECORD.c.type == kind)
    row = work.run(select(_RECORD).where(signed)).mappings().first()
    return None if row is None else StoredRecord(**row)


def list_digests(work: Work) -> list[bytes]:
    """Return the digests of all records."""
    return list(work.session.scalars(select(RecordRow.digest)))


def list_erased(work: Work) -> list[bytes]:
    """Return the digests of the records whose bytes were erased."""
    return list(work.session.scalars(select(RecordRow.digest).where(RecordRow.raw.is_(None))))


def list_by_signers(work: Work, dids: Iterable[str], kind: str = "") -> list[tuple[bytes, bytes]]:
    """Return (digest, signed bytes) of what some keys signed and nobody erased."""
    query = select(RecordRow.digest, RecordRow.raw).where(
        RecordRow.signer.in_(list(dids)), RecordRow.raw.is_not(None)
    )
    if kind:
        query = query.where(RecordRow.type == kind)
    rows = work.session.execute(query.order_by(RecordRow.include_by, RecordRow.digest))
    return [(digest, raw) for digest, raw in rows if raw is not None]


def list_records(work: Work, digests: Iterable[bytes]) -> list[StoredRecord]:
    """Return the records with these digests, in no order."""
    keys = list(digests)
    rows = work.run(_LIST_BY_DIGEST, {"keys": keys}).mappings().all() if keys else []
    return [StoredRecord(**row) for row in rows]


def list_readable(work: Work, digests: Iterable[bytes]) -> set[bytes]:
    """Return which of these digests are of records that anyone may read now."""
    rows = work.run(_LIST_READABLE, {"keys": list(digests)})
    return set(rows.scalars())


def set_public(work: Work, digests: Iterable[bytes]) -> None:
    """Mark records as integrated: from now on anyone may read them."""
    work.run(_SET_PUBLIC, [{"key": digest} for digest in digests])


def erase_bytes(work: Work, digests: Iterable[bytes]) -> None:
    """Forget the signed bytes of records; their digests and places stay."""
    work.session.execute(
        update(RecordRow).where(RecordRow.digest.in_(list(digests))).values(raw=None)
    )

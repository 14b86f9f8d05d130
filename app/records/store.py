"""Every statement of the door."""

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256

from sqlalchemy import bindparam, delete, func, insert, select, update

from app.db import Work
from app.db.tables import columns_of
from app.kernel.clock import Instant

from .model import StoredRecord, VerifiedRecord
from .tables import RecordRow, WithheldRow

_RECORD, _WITHHELD = columns_of(RecordRow), columns_of(WithheldRow)
_MEMBERS = StoredRecord.__slots__
_ADD = insert(_RECORD)
_FIND_BY_ID = select(_RECORD).where(_RECORD.c.id == bindparam("record_id"))
_FIND_KNOWN = select(_RECORD).where(
    (_RECORD.c.id == bindparam("record_id")) | (_RECORD.c.digest == bindparam("key"))
)
_LIST_KNOWN = select(_RECORD).where(
    _RECORD.c.id.in_(bindparam("ids", expanding=True))
    | _RECORD.c.digest.in_(bindparam("keys", expanding=True))
)
_FIND_BY_DIGEST = select(_RECORD).where(_RECORD.c.digest == bindparam("key"))
_LIST_BY_DIGEST = select(_RECORD).where(_RECORD.c.digest.in_(bindparam("keys", expanding=True)))
_LIST_READABLE = select(_RECORD.c.digest).where(
    _RECORD.c.digest.in_(bindparam("keys", expanding=True)),
    _RECORD.c.is_public,
    _RECORD.c.raw.is_not(None),
)
_OF_WITHHELD = _WITHHELD.join(_RECORD, _RECORD.c.digest == _WITHHELD.c.digest)
_LIST_WITHHELD = select(_WITHHELD).select_from(_OF_WITHHELD).where(_RECORD.c.raw.is_(None))
_LIST_HIDDEN = select(_WITHHELD.c.digest).select_from(_OF_WITHHELD).where(_RECORD.c.raw.is_(None))
_LIST_GIVEN_BACK = (
    select(_WITHHELD.c.digest).select_from(_OF_WITHHELD).where(_RECORD.c.raw.is_not(None))
)
_SET_PUBLIC = (
    update(_RECORD)
    .where(_RECORD.c.digest.in_(bindparam("keys", expanding=True)))
    .values(is_public=True)
)


def add_record(
    work: Work, record: VerifiedRecord, include_by: Instant, home: str | None = None
) -> StoredRecord:
    """Keep a record's signed bytes; `home` is the instance whose log proves it, if another."""
    stored = StoredRecord(
        digest=record.digest,
        id=record.id,
        type=record.type,
        signer=record.signer,
        raw=record.raw,
        include_by=include_by,
        is_public=False,
        home=home,
    )
    work.add(_ADD, {name: getattr(stored, name) for name in _MEMBERS})
    return stored


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
        "home": None,
    }
    work.run(_ADD, values)


def find_by_id(work: Work, record_id: str) -> StoredRecord | None:
    """Return the record with this id, or None."""
    row = work.run(_FIND_BY_ID, {"record_id": record_id}).mappings().first()
    return None if row is None else StoredRecord(**row)


def find_known(work: Work, record: VerifiedRecord) -> StoredRecord | None:
    """Return the record with this one's id, or this one itself if its id went with its words."""
    rows = work.ask_foreseen(_FIND_KNOWN, {"record_id": record.id, "key": record.digest})
    return None if not rows else StoredRecord(**{n: getattr(rows[0], n) for n in _MEMBERS})


def look_ahead(work: Work, some: Sequence[VerifiedRecord]) -> None:
    """Look up with one statement what `find_known` will be asked about some records.

    Of two with one id or digest it says nothing: whether the second is known, the first decides.
    """
    counts = Counter([*(one.id for one in some), *(one.digest for one in some)])
    alone = [one for one in some if counts[one.id] == counts[one.digest] == 1]
    if not alone:
        return
    values = {"ids": [one.id for one in alone], "keys": [one.digest for one in alone]}
    found = work.run(_LIST_KNOWN, values).all()
    for one in alone:
        rows = [row for row in found if row.id == one.id or row.digest == one.digest]
        work.foresee(_FIND_KNOWN, {"record_id": one.id, "key": one.digest}, rows)


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
    is_gone = RecordRow.raw.is_(None) & RecordRow.digest.not_in(select(WithheldRow.digest))
    return list(work.session.scalars(select(RecordRow.digest).where(is_gone)))


def list_by_signers(
    work: Work, dids: Iterable[str], kind: str = "", *, with_hidden: bool = False
) -> list[tuple[bytes, bytes]]:
    """Return (digest, signed bytes) of what some keys signed and nobody erased.

    What a desk hid is among it for who asks for that, as its author may.
    """
    raw = func.coalesce(RecordRow.raw, WithheldRow.raw) if with_hidden else RecordRow.raw
    query = select(RecordRow.digest, raw).where(RecordRow.signer.in_(list(dids)), raw.is_not(None))
    if with_hidden:
        query = query.outerjoin(WithheldRow, WithheldRow.digest == RecordRow.digest)
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
    work.run(_SET_PUBLIC, {"keys": list(digests)})


def bring_home(work: Work, digest: bytes, include_by: Instant) -> None:
    """Keep that our own log will prove a record, by an hour."""
    values = {"home": None, "include_by": include_by}
    work.session.execute(update(RecordRow).where(RecordRow.digest == digest).values(values))


def change_home(work: Work, digest: bytes, home: str) -> None:
    """Keep that a record waits for another home than it did: its board has moved there."""
    work.session.execute(update(RecordRow).where(RecordRow.digest == digest).values(home=home))


def erase_bytes(work: Work, digests: Iterable[bytes]) -> None:
    """Forget the signed bytes of records, withheld ones too; their digests and places stay."""
    keys = list(digests)
    work.session.execute(update(RecordRow).where(RecordRow.digest.in_(keys)).values(raw=None))
    work.session.execute(delete(WithheldRow).where(WithheldRow.digest.in_(keys)))


def withhold_bytes(work: Work, digests: Iterable[bytes]) -> None:
    """Take the signed bytes of records from readers, to where only `give_back_bytes` finds them."""
    keys = list(digests)
    forget_given_back(work, keys)
    has_bytes = RecordRow.digest.in_(keys) & RecordRow.raw.is_not(None)
    bytes_of = select(RecordRow.digest, RecordRow.raw).where(has_bytes)
    work.session.execute(insert(WithheldRow).from_select(["digest", "raw"], bytes_of))
    work.session.execute(update(RecordRow).where(has_bytes).values(raw=None))


def give_back_bytes(work: Work, digests: Iterable[bytes]) -> None:
    """Let readers read again what was withheld, as it was.

    A copy of it stays until its file is published again: a crash before that must not lose the file
    (`list_given_back`, `forget_given_back`).
    """
    for digest, raw in list_withheld(work, digests).items():
        work.session.execute(update(RecordRow).where(RecordRow.digest == digest).values(raw=raw))


def list_given_back(work: Work) -> list[bytes]:
    """Return the digests of the records that were given back and may have no file yet."""
    return list(work.run(_LIST_GIVEN_BACK).scalars())


def forget_given_back(work: Work, digests: Iterable[bytes]) -> None:
    """Forget that records were given back; one that was withheld again since stays so."""
    there = select(RecordRow.digest).where(RecordRow.raw.is_not(None))
    rows = WithheldRow.digest.in_(list(digests)) & WithheldRow.digest.in_(there)
    work.session.execute(delete(WithheldRow).where(rows))


def list_withheld(work: Work, digests: Iterable[bytes]) -> dict[bytes, bytes]:
    """Return the signed bytes of those of some records that are withheld, by their digests."""
    query = _LIST_WITHHELD.where(_WITHHELD.c.digest.in_(list(digests)))
    return {row.digest: row.raw for row in work.run(query)}


def list_hidden(work: Work) -> list[bytes]:
    """Return the digests of all records that are withheld."""
    return [row.digest for row in work.run(_LIST_HIDDEN)]


def empty_withheld(work: Work, digests: Iterable[bytes]) -> None:
    """Forget the bytes of what is withheld; that it is withheld stays known."""
    rows = update(WithheldRow).where(WithheldRow.digest.in_(list(digests)))
    work.session.execute(rows.values(raw=b""))


def fill_withheld(work: Work, raws: Iterable[bytes]) -> None:
    """Bring back the bytes of what is withheld, by their digests."""
    for raw in raws:
        of = WithheldRow.digest == sha256(raw).digest()
        work.session.execute(update(WithheldRow).where(of).values(raw=raw))

"""The one door: every record of every type and every carrier comes in here."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

from sqlalchemy.exc import InterfaceError, OperationalError

from app import tlog
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did, encode_digest
from app.db import Database, Work
from app.kernel.clock import HOUR_S, Instant, round_up
from app.kernel.errors import GoneError, MalformedError, NotFoundError

from . import codec, rules, store
from .errors import HiddenRecordError, IdTakenError, UnknownTypeError
from .model import Receipt, Shown, StoredRecord, VerifiedRecord

RELAY_S: Final = 6 * HOUR_S
"""Within so long a record for another instance is handed over, if that answers."""
_AT_ONCE: Final = 500
"""A statement takes a bounded number of values; a tick can have any number of records."""


Effect = Callable[[Work, Sequence[tuple[bytes, int]]], None]


def _acted_already(_work: Work, _shown: Sequence[tuple[bytes, int]]) -> None:
    """Do nothing more: such records act when they come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """What the room that owns a type does with its records; `wiring` registers one a type."""

    accept: Callable[[Work, VerifiedRecord], tlog.Lane]
    """Decide and store, or raise; return the lane that the entry waits in. What acts at once names
    the pages that it changes in `work.changed`."""
    publish: Effect = _acted_already
    """Show what the records with these digests did, now that each has its place in the log, and
    name the pages that change in `work.changed`."""


Guard = Callable[[Work, VerifiedRecord], None]
"""Looks at a record that is new here before it is taken in: raises, or counts it, and says in
`work.undo` how that is taken back if nothing comes of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Where a record belongs that this instance does not log, but hands over."""

    home: str
    """The instance's did:key."""
    owners: Mapping[str, Owner]
    """They decide as that instance's would, as far as it can be known here."""
    keep: Callable[[Work, VerifiedRecord], None]
    """Keeps the record until it was handed over."""


Relay = Callable[[Work, VerifiedRecord], Elsewhere | None]
"""Says where a record belongs, if not here; raises if it may not be handed over."""


class Door:
    """Takes records in, and shows them at their tick. There is no second way to write."""

    def __init__(
        self,
        owners: Mapping[str, Owner],
        key: SigningKey,
        guards: Sequence[Guard] = (),
        relay: Relay = lambda _work, _record: None,
    ) -> None:
        self._owners = owners
        self._guards = guards
        self._relay = relay
        self.key = key
        """The instance's own: it signs receipts, and the settings of boards whose home is here."""
        self.instance_did = encode_did(key.public)

    def guarded(self, *guards: Guard) -> "Door":
        """Return the same door with other guards, or with none."""
        return Door(self._owners, self.key, guards, self._relay)

    def submit(self, work: Work, raw: bytes, wait_h: int = 0) -> Receipt:
        """Take in one signed record: store it and queue it for the log, or do neither.

        The same bytes again give the same receipt. `wait_h` is how many hours its author chose to
        wait at least; it is no part of what is signed.

        Raises:
            MalformedError, VerificationError: see `codec`.
            IdTakenError: another record has this id.
            AppError: the owner of the type refuses it.

        """
        return self.accept(work, codec.verify_record(codec.parse_record(raw)), wait_h)

    def accept(
        self, work: Work, record: VerifiedRecord, wait_h: int = 0, *, relay: str = ""
    ) -> Receipt:
        """Take in a record that was verified already, like `submit`.

        Verifying needs no transaction: who has many submitters does it before their turn to write.
        `relay` is the instance that hands it over; the receipt names it.
        """
        stored, is_new = self._take(work, record, wait_h)
        return self._receipt(stored, is_new=is_new, relay=relay)

    def queue(self, db: Database, record: VerifiedRecord, wait_h: int = 0) -> Future[Receipt]:
        """Queue a verified record to be taken in with others, like `accept`.

        Its receipt is there once it is durable.
        """
        return db.queue(lambda work: self.accept(work, record, wait_h), (store.look_ahead, record))

    def take(self, work: Work, record: VerifiedRecord, wait_h: int = 0) -> tuple[Instant, bool]:
        """Take in a record like `accept`, for who brings so many that receipts would be of no use.

        Returns by when it is in the log, and whether it is new here.
        """
        stored, is_new = self._take(work, record, wait_h)
        return stored.include_by, is_new

    def _take(self, work: Work, record: VerifiedRecord, wait_h: int) -> tuple[StoredRecord, bool]:
        known = store.find_known(work, record)
        if known is not None:
            if known.digest != record.digest:
                raise IdTakenError("another record has this id")
            return known, False
        rules.require_past_day(record, work.now)
        elsewhere = self._relay(work, record)
        owner = (elsewhere.owners if elsewhere else self._owners).get(record.type)
        if owner is None:
            raise UnknownTypeError("no room owns this type")
        # Also for who hears of a refusal and goes on in the same work.
        with work.told_only_if_done():
            for guard in self._guards:
                guard(work, record)
            wait_s = rules.decide_wait(record.type, wait_h)
            if wait_s:
                work.patient.add(record.digest)
            lane = owner.accept(work, record)
            # Same transaction as the owner's rows: a crash before the commit leaves nothing, a
            # crash after it leaves a pending entry that the next tick integrates.
            if elsewhere is None:
                leaf = codec.encode_leaf(record.digest, record.type)
                wait_s, after = max(wait_s, lane.wait_s), _find_waiting(work, record)
                include_by = tlog.append(work, leaf, lane, wait_s, after=after)
            else:
                elsewhere.keep(work, record)
                include_by = round_up(Instant(work.now + RELAY_S), HOUR_S)
            stored = store.add_record(
                work, record, include_by, elsewhere.home if elsewhere else None
            )
            work.accepted.append(record.type)
        return stored, True

    def take_back(self, work: Work, record: VerifiedRecord, include_by: Instant) -> None:
        """Take in a record that the signed log holds and an older database has lost.

        Its entry is put back by whoever calls, and `show` does what it did at its tick. One that is
        here already is left as it is.

        Raises:
            AppError: the owner of the type refuses it, and nothing was done.

        """
        take_logged(work, self._owners, record, include_by)

    def show(self, work: Work, size: int) -> Shown:
        """Show what the entries of the signed log did, as far as nothing has yet.

        An effect that raises is set aside and told: its entry stays in the log, and those beside it
        are shown.
        """
        entries = tlog.list_unshown(work, size)
        shown = self._show(work, entries, tlog.get_state(work).beside)
        tlog.set_shown(work, size)
        return shown

    def show_aside(self, work: Work) -> Shown:
        """Try those again that were set aside, as after this program was mended."""
        entries = tlog.list_aside(work)
        failures: list[Exception] = []
        for entry in entries:
            tlog.remove_aside(work, entry.index)
            before = tlog.take_place(work) - entry.index
            failures += self._show(work, [entry], before).failures
        return Shown(entries=len(entries), failures=tuple(failures))

    def _show(self, work: Work, entries: Sequence[tlog.IntegratedEntry], before: int) -> Shown:
        """Show entries; `before` is how many places others have among theirs."""
        failures: list[Exception] = []
        kinds: dict[str, list[tuple[bytes, int]]] = {}
        for entry in entries:
            try:
                digest, kind = codec.decode_leaf(entry.leaf)
            except (MalformedError, ValueError) as error:
                failures.append(error)
                tlog.add_aside(work, entry.index)
                continue
            kinds.setdefault(kind, []).append((digest, entry.index))
        for kind, records in kinds.items():
            for start in range(0, len(records), _AT_ONCE):
                failures += self._show_some(work, kind, records[start : start + _AT_ONCE], before)
        return Shown(entries=len(entries), failures=tuple(failures))

    def _show_some(
        self, work: Work, kind: str, some: Sequence[tuple[bytes, int]], before: int
    ) -> list[Exception]:
        placed = [(digest, index + before) for digest, index in some]
        failures = show_logged(work, self._owners, kind, placed)
        for place, _ in failures:
            tlog.add_aside(work, place - before)
        return [error for _, error in failures]

    def get_receipt(self, work: Work, digest: bytes) -> Receipt:
        """Return the receipt of a record that was taken in.

        Raises:
            NotFoundError: no such record.

        """
        record = store.find_record(work, digest)
        if record is None:
            raise NotFoundError("no such record")
        return self.make_receipt(record)

    def make_receipt(self, record: StoredRecord) -> Receipt:
        """Return the receipt of a record that is kept: the same as when it was taken in."""
        return self._receipt(record, is_new=False)

    def _receipt(self, record: StoredRecord, *, is_new: bool, relay: str = "") -> Receipt:
        raw = codec.sign_receipt(
            self.key,
            digest=encode_digest(record.digest),
            kind=record.type,
            include_by=record.include_by,
            home=record.home or "",
            relay=relay,
        )
        return Receipt(digest=record.digest, include_by=record.include_by, raw=raw, is_new=is_new)


def take_logged(
    work: Work,
    owners: Mapping[str, Owner],
    record: VerifiedRecord,
    include_by: Instant,
    home: str | None = None,
) -> None:
    """Take in a record that a signed log holds, without an entry of its own here.

    One that is here already is left as it is.

    Raises:
        IdTakenError: another record has its id: who signed both is shown with the first.
        UnknownTypeError: no room owns its type.
        AppError: the owner refuses it, and nothing was done.

    """
    known = store.find_known(work, record)
    if known is not None:
        if known.digest != record.digest:
            raise IdTakenError("another record has this id")
        return
    owner = owners.get(record.type)
    if owner is None:
        raise UnknownTypeError("no room owns this type")
    with work.attempt():
        owner.accept(work, record)
        store.add_record(work, record, include_by, home)


def show_logged(
    work: Work, owners: Mapping[str, Owner], kind: str, some: Sequence[tuple[bytes, int]]
) -> list[tuple[int, Exception]]:
    """Show records of one type together, each at its place in its log; if that fails, by itself.

    Returns the places whose effects raised, with what they raised.
    """
    try:
        with work.attempt():
            store.set_public(work, [digest for digest, _ in some])
            owners[kind].publish(work, some)
    except (InterfaceError, OperationalError):
        # The database's own trouble: nothing is wrong with the records, and all is tried again.
        raise
    except Exception as error:  # noqa: BLE001 (whatever it is must not keep the others waiting)
        if len(some) > 1:
            return [found for one in some for found in show_logged(work, owners, kind, [one])]
        return [(some[0][1], error)]
    return []


def bring_home(work: Work, record: VerifiedRecord, lane: tlog.Lane) -> None:
    """Queue a record for this log that waited to be handed over, now that its home is here."""
    leaf, after = codec.encode_leaf(record.digest, record.type), _find_waiting(work, record)
    include_by = tlog.append(work, leaf, lane, lane.wait_s, after=after)
    store.bring_home(work, record.digest, include_by)


def hasten(work: Work, digest: bytes, lane: tlog.Lane, *, after: bytes | None = None) -> None:
    """Let a record's entry go at the next tick of its lane; not before that of the record `after`.

    One that is in the log already stays where it is.
    """
    tlog.hasten(work, _leaf_of(work, digest), lane, after=_leaf_of(work, after) if after else None)


def _leaf_of(work: Work, digest: bytes) -> bytes:
    record = store.find_record(work, digest)
    return codec.encode_leaf(digest, record.type) if record else b""


def _find_waiting(work: Work, record: VerifiedRecord) -> bytes | None:
    """Return the leaf of the record that this one answers or revises, while that is unseen."""
    base = record.document.get("inReplyTo") or record.document.get("object")
    known = store.find_by_id(work, base) if base and rules.may_wait(record.type) else None
    if known is None or known.is_public:
        return None
    return codec.encode_leaf(known.digest, known.type)


def get_public_bytes(work: Work, digest: bytes) -> bytes:
    """Return the exact signed bytes of a record that its tick has shown.

    Raises:
        NotFoundError: no such record, or its tick has not come.
        GoneError: its text was erased.
        HiddenRecordError: a desk hid it.

    """
    record = store.find_record(work, digest)
    if record is None or not record.is_public:
        raise NotFoundError("no such record")
    if record.raw is None:
        if store.list_withheld(work, [digest]):
            raise HiddenRecordError("the record is hidden")
        raise GoneError("the record was erased")
    return record.raw


def find_place(work: Work, digest: bytes) -> int:
    """Return the place of a record's entry in the log.

    Raises:
        NotFoundError: no such record, or it waits for its tick.

    """
    index = tlog.find_index(work, _leaf_of(work, digest))
    if index is None:
        raise NotFoundError("no such record in the log")
    return index


def keep_bytes(work: Work, record: VerifiedRecord, include_by: Instant) -> None:
    """Keep the bytes of a logged record whose owner refuses it now: copies must not miss it."""
    store.add_record(work, record, include_by)
    store.set_public(work, [record.digest])


def keep_erased(work: Work, digest: bytes, kind: str, include_by: Instant) -> bool:
    """Keep that a logged record was erased, so that it never comes in again.

    Returns whether nothing was kept of it before.
    """
    is_new = store.find_record(work, digest) is None
    if is_new:
        store.add_erased(work, digest, kind, include_by)
    return is_new


def erase_bytes(work: Work, digests: list[bytes]) -> None:
    """Forget the signed bytes of records at once; erasing twice is no error."""
    store.erase_bytes(work, digests)
    work.erased.extend(digests)


def withhold_bytes(work: Work, digests: list[bytes]) -> None:
    """Take the signed bytes of records from readers at once, so that they can be given back."""
    store.withhold_bytes(work, digests)
    work.withheld.extend(digests)


def seal_off(work: Work, digests: list[bytes]) -> list[bytes]:
    """Take the bytes of what is withheld from this instance too, and return them, erased for it."""
    raws = [raw for raw in store.list_withheld(work, digests).values() if raw]
    store.empty_withheld(work, digests)
    # Their traces on the disk go as well, and no list of erasures names them.
    work.deleted.append("withheld")
    return raws

"""Every statement of the log."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from app.crypto.note_keys import parse_verifier_key
from app.db import Work
from app.db.tables import columns_of
from app.kernel.clock import Instant

from .errors import MissingEntryError
from .model import BATCH, LIVE_BATCH, AskedWitness, IntegratedEntry, Lane, LaneFacts, LogState
from .tables import AsideRow, EntryRow, LaneRow, PendingRow, StateRow, WitnessRow

_LANE, _PENDING = columns_of(LaneRow), columns_of(PendingRow)
_ADD_PENDING = insert(_PENDING)
_FIND_DUE_AT = select(_PENDING.c.due_at).where(_PENDING.c.leaf_hash == bindparam("key"))
_LIST_DUE_LANES = (
    select(_LANE.c.name, _LANE.c.tick_s, func.count(), func.min(_PENDING.c.due_at))
    .join(_LANE, _LANE.c.name == _PENDING.c.lane)
    .where(_PENDING.c.due_at <= bindparam("minute"))
    .group_by(_LANE.c.name, _LANE.c.tick_s)
    .order_by(_LANE.c.name)
)
_ENTRY, _STATE = columns_of(EntryRow), columns_of(StateRow)
_ADD_ENTRIES = insert(_ENTRY)
_COUNT_ENTRIES = select(func.max(_ENTRY.c.index))
_LIST_ENTRIES = (
    select(_ENTRY.c.index, _ENTRY.c.leaf)
    .where(_ENTRY.c.index >= bindparam("start"), _ENTRY.c.index < bindparam("end"))
    .order_by(_ENTRY.c.index)
)
_GET_STATE = select(_STATE.c.shown, _STATE.c.beside, _STATE.c.has_begun)


def add_lane(work: Work, lane: Lane) -> None:
    """Add a lane."""
    work.session.execute(insert(LaneRow).values(name=lane.name, tick_s=lane.tick_s))


def set_tick(work: Work, lane: Lane) -> None:
    """Change a lane's tick."""
    work.session.execute(
        update(LaneRow).where(LaneRow.name == lane.name).values(tick_s=lane.tick_s)
    )


def find_lane(work: Work, name: str) -> Lane | None:
    """Return a lane, or None."""
    row = work.session.get(LaneRow, name)
    return None if row is None else Lane(name=row.name, tick_s=row.tick_s)


def add_pending(work: Work, leaf_hash: bytes, leaf: bytes, lane: Lane, due_at: Instant) -> None:
    """Queue a leaf."""
    values = {"leaf_hash": leaf_hash, "leaf": leaf, "lane": lane.name, "due_at": due_at}
    work.add(_ADD_PENDING, values)


def find_due_at(work: Work, leaf_hash: bytes) -> Instant | None:
    """Return when a waiting leaf falls due, or None if it does not wait."""
    due_at: Instant | None = work.run(_FIND_DUE_AT, {"key": leaf_hash}).scalar()
    return due_at


def set_due_at(work: Work, leaf_hash: bytes, due_at: Instant) -> None:
    """Let a waiting leaf fall due at another time."""
    rows = update(PendingRow).where(PendingRow.leaf_hash == leaf_hash)
    work.session.execute(rows.values(due_at=due_at))


def list_due_lanes(work: Work) -> list[LaneFacts]:
    """Return the lanes that have due entries, with what a tick is decided from."""
    rows: Iterable[Any] = work.run(_LIST_DUE_LANES, {"minute": work.minute})
    return [
        LaneFacts(
            lane=Lane(name=name, tick_s=tick_s),
            due_entries=count,
            oldest_due_at=Instant(oldest),
        )
        for name, tick_s, count, oldest in rows
    ]


def count_pending(work: Work) -> dict[str, int]:
    """Return how many entries wait in each lane that has any."""
    query = select(PendingRow.lane, func.count()).group_by(PendingRow.lane)
    return {row[0]: row[1] for row in work.session.execute(query)}


def take_due(work: Work, lane: Lane) -> Sequence[tuple[bytes, bytes]]:
    """Remove a lane's due entries from the queue and return them as (leaf hash, leaf).

    As many as memory should hold, and of a live lane as many as a short tick can take: those with
    the lowest hashes, which say nothing of when they came.
    """
    due = (_PENDING.c.lane == lane.name) & (_PENDING.c.due_at <= work.minute)
    query = select(_PENDING.c.leaf_hash, _PENDING.c.leaf).where(due).order_by(_PENDING.c.leaf_hash)
    most = LIVE_BATCH if lane.is_live else BATCH
    taken: Sequence[Any] = work.run(query.limit(most)).all()
    if taken:
        work.run(delete(_PENDING).where(due & (_PENDING.c.leaf_hash <= taken[-1][0])))
    return taken


def drop_pending(work: Work, leaf_hashes: Sequence[bytes]) -> None:
    """Remove leaves from the queue, those that are in it."""
    work.session.execute(delete(PendingRow).where(PendingRow.leaf_hash.in_(leaf_hashes)))


def count_entries(work: Work) -> int:
    """Return the tree size: the number of integrated entries."""
    highest: int | None = work.run(_COUNT_ENTRIES).scalar()
    return 0 if highest is None else highest + 1


def has_every_index(work: Work) -> bool:
    """Return whether the entries' places run from 0 without a gap."""
    rows = work.session.scalar(select(func.count()).select_from(EntryRow))
    return rows == count_entries(work)


def add_entries(work: Work, entries: Sequence[tuple[bytes, IntegratedEntry]]) -> None:
    """Add integrated entries at their places."""
    if entries:
        values = [{"index": e.index, "leaf_hash": h, "leaf": e.leaf} for h, e in entries]
        work.run(_ADD_ENTRIES, values)


def find_index(work: Work, leaf_hash: bytes) -> int | None:
    """Return the place of a leaf, or None while it is pending."""
    query = select(EntryRow.index).where(EntryRow.leaf_hash == leaf_hash)
    return work.session.scalar(query)


def list_witnesses(work: Work) -> list[AskedWitness]:
    """Return the witnesses that the log asks, by their names."""
    query = select(WitnessRow.key, WitnessRow.url, WitnessRow.cosigned).order_by(WitnessRow.name)
    return [
        AskedWitness(key=parse_verifier_key(key), url=url, cosigned=cosigned)
        for key, url, cosigned in work.session.execute(query)
    ]


def add_witness(work: Work, witness: AskedWitness) -> None:
    """Add a witness, or put it in the place of one of the same name."""
    remove_witness(work, witness.name)
    values = {
        "name": witness.name,
        "key": witness.key.encode(),
        "url": witness.url,
        "cosigned": witness.cosigned,
    }
    work.session.execute(insert(WitnessRow).values(**values))


def remove_witness(work: Work, name: str) -> bool:
    """Remove a witness; returns whether it was there."""
    gone = delete(WitnessRow).where(WitnessRow.name == name).returning(WitnessRow.name)
    return work.session.scalar(gone) is not None


def set_cosigned(work: Work, witness: AskedWitness, cosigned: bytes) -> None:
    """Keep what a witness signed last, unless its key was replaced or removed meanwhile."""
    key = witness.key.encode()
    work.session.execute(
        update(WitnessRow)
        .where((WitnessRow.name == witness.name) & (WitnessRow.key == key))
        .values(cosigned=cosigned)
    )


def list_entries(work: Work, start: int, end: int) -> list[IntegratedEntry]:
    """Return the entries from one place up to before another, in their order, as far as there are.

    Raises:
        MissingEntryError: there is a gap.

    """
    rows: Sequence[Any] = work.run(_LIST_ENTRIES, {"start": start, "end": end}).all()
    if rows and rows[-1][0] != start + len(rows) - 1:
        raise MissingEntryError
    return [IntegratedEntry(index=index, leaf=leaf) for index, leaf in rows]


def get_state(work: Work) -> LogState:
    """Return how far the log is."""
    rows = work.recall(_GET_STATE, {})
    if not rows:
        return LogState()
    row = rows[0]
    return LogState(shown=row.shown, beside=row.beside, has_begun=bool(row.has_begun))


def set_state(work: Work, state: LogState) -> None:
    """Say how far the log is."""
    values = {
        "shown": state.shown,
        "beside": state.beside,
        "has_begun": state.has_begun,
    }
    if not work.recall(_GET_STATE, {}):
        work.run(insert(_STATE), {"id": 0, **values})
    else:
        work.run(update(_STATE).values(values))


def add_aside(work: Work, index: int) -> None:
    """Remember an entry whose effect failed."""
    work.run(insert(columns_of(AsideRow)), {"index": index})


def remove_aside(work: Work, index: int) -> None:
    """Forget such an entry: it is shown."""
    work.session.execute(delete(AsideRow).where(AsideRow.index == index))


def list_aside(work: Work) -> list[int]:
    """Return the places of the entries whose effects failed, in their order."""
    return list(work.session.scalars(select(AsideRow.index).order_by(AsideRow.index)))

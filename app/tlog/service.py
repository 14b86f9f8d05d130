"""The verbs of the log."""

from dataclasses import replace
from hashlib import sha256

from app.db import Work
from app.kernel.clock import Instant

from . import rules, store
from .model import IntegratedEntry, Lane, LaneFacts, TickPolicy

_POLICY = TickPolicy()


def leaf_hash(leaf: bytes) -> bytes:
    """Return the Merkle leaf hash of an entry (RFC 6962, section 2.1)."""
    return sha256(b"\0" + leaf).digest()


def open_lane(work: Work, lane: Lane) -> None:
    """Open a lane; opening it again is no error."""
    if store.find_lane(work, lane.name) is None:
        store.add_lane(work, lane)


def change_lane(work: Work, lane: Lane) -> None:
    """Give a lane another tick; what waits in it keeps the tick that it falls due at."""
    store.set_tick(work, lane)


def append(
    work: Work, leaf: bytes, lane: Lane, wait_s: int = 0, *, after: bytes | None = None
) -> Instant:
    """Queue a leaf in an open lane and return the hour by which it is in the log.

    Same transaction as the record it stands for: a crash after the commit leaves a pending entry
    that the next tick integrates; a crash before it leaves nothing at all. A leaf is appended once:
    the door knows its records by their ids, and a second place would break a key. It falls due no
    sooner than the waiting leaf `after`.
    """
    pending_due = store.find_due_at(work, leaf_hash(after)) if after else None
    if pending_due is not None:
        # What builds on a waiting entry is never shown before it.
        wait_s = max(wait_s, pending_due - 1 - work.now)
    store.add_pending(
        work, leaf_hash(leaf), leaf, lane, rules.decide_due_at(lane, work.now, wait_s)
    )
    return rules.decide_include_by(lane, work.now, _POLICY, wait_s)


def integrate_due(work: Work) -> list[IntegratedEntry]:
    """Give every due entry its place, each lane's batch in a random order.

    All of it is one transaction. What the entries did is shown in a later one, once they are in a
    signed log: after a crash the next run goes on there. Integrating when nothing is due is no
    error.
    """
    integrated: list[IntegratedEntry] = []
    size = store.count_entries(work)
    for facts in _list_due(work):
        due = list(store.take_due(work, facts.lane))
        # Sorting by a fresh random key is a uniform shuffle, and takes its randomness as a value.
        due.sort(key=lambda _: work.randomness.token_bytes(16))
        batch = [
            (digest, IntegratedEntry(index=size + offset, leaf=leaf))
            for offset, (digest, leaf) in enumerate(due)
        ]
        store.add_entries(work, batch)
        size += len(batch)
        integrated += [entry for _, entry in batch]
    return integrated


def has_due(work: Work) -> bool:
    """Return whether a tick would integrate anything now."""
    return bool(_list_due(work))


def list_unshown(work: Work, size: int) -> list[IntegratedEntry]:
    """Return the entries below a tree size whose effects have not been shown, in their order."""
    return store.list_entries(work, store.get_state(work).shown, size)


def set_shown(work: Work, size: int) -> None:
    """Say that all entries below a tree size had their effects, but those that were set aside."""
    state = store.get_state(work)
    if size > state.shown:
        store.set_state(work, replace(state, shown=size))


def list_aside(work: Work) -> list[IntegratedEntry]:
    """Return the entries that were set aside: in the log, but not shown."""
    return [
        entry
        for index in store.list_aside(work)
        for entry in store.list_entries(work, index, index + 1)
    ]


def require_checkpoint(work: Work) -> None:
    """Let the log sign no more without its last checkpoint."""
    store.set_state(work, replace(store.get_state(work), has_begun=True))


def forgo_checkpoint(work: Work) -> None:
    """Let the log sign without one: only where it has never signed can that contradict nothing."""
    store.set_state(work, replace(store.get_state(work), has_begun=False))


def find_index(work: Work, leaf: bytes) -> int | None:
    """Return a leaf's place in the log, or None while it is pending."""
    return store.find_index(work, leaf_hash(leaf))


def _list_due(work: Work) -> list[LaneFacts]:
    lanes = store.list_due_lanes(work)
    return [facts for facts in lanes if rules.decide_tick(facts, work.now, _POLICY)]

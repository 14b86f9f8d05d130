"""The verbs of the log."""

from collections.abc import Sequence
from dataclasses import replace

from app.crypto.note_keys import COSIGNATURE, COSIGNATURE_MLDSA, VerifierKey
from app.db import Work
from app.kernel.clock import Instant
from app.kernel.errors import ConflictError, MalformedError, NotFoundError

from . import rules, store
from .checkpoints import VerifiedCheckpoint, parse_checkpoint
from .cosignatures import verify_cosignatures
from .model import LOG, AskedWitness, IntegratedEntry, Lane, LaneFacts, TickPolicy, Witnessed
from .policies import NONE, Policy, PolicyGroup, PolicyLog, PolicyWitness, Quorum
from .tree import hash_leaf

_POLICY = TickPolicy()
_KEY_BYTES = 16


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
    pending_due = store.find_due_at(work, hash_leaf(after)) if after else None
    if pending_due is not None:
        # What builds on a waiting entry is never shown before it.
        wait_s = max(wait_s, pending_due - 1 - work.now)
    store.add_pending(
        work, hash_leaf(leaf), leaf, lane, rules.decide_due_at(lane, work.now, wait_s)
    )
    return rules.decide_include_by(lane, work.now, _POLICY, wait_s)


def hasten(work: Work, leaf: bytes, lane: Lane, *, after: bytes | None = None) -> None:
    """Let a waiting leaf fall due at the next tick of its lane; another does not wait any more.

    It falls due no sooner than the waiting leaf `after`. What was promised of it stays true.
    """
    due = rules.decide_due_at(lane, work.now)
    base = store.find_due_at(work, hash_leaf(after)) if after else None
    present = store.find_due_at(work, hash_leaf(leaf))
    if present is not None:
        store.set_due_at(work, hash_leaf(leaf), min(present, max(due, base or due)))


def integrate_due(work: Work) -> list[IntegratedEntry]:
    """Give every due entry its place, each lane's batch in a random order.

    All of it is one transaction. What the entries did is shown in a later one, once they are in a
    signed log: after a crash the next run goes on there. Integrating when nothing is due is no
    error.
    """
    integrated: list[IntegratedEntry] = []
    size = store.count_entries(work)
    for facts in _list_due(work):
        due = store.take_due(work, facts.lane)
        # Sorting by fresh random keys is a uniform shuffle, and takes its randomness as a value.
        keys = work.randomness.token_bytes(_KEY_BYTES * len(due))
        order = sorted(range(len(due)), key=lambda n: keys[n * _KEY_BYTES : (n + 1) * _KEY_BYTES])
        batch = [
            (due[place][0], IntegratedEntry(index=size + offset, leaf=due[place][1]))
            for offset, place in enumerate(order)
        ]
        store.add_entries(work, batch)
        size += len(batch)
        integrated += [entry for _, entry in batch]
    return integrated


def put_back(work: Work, entries: Sequence[IntegratedEntry]) -> None:
    """Give entries that the signed log holds their places again, after an older database came back.

    Whoever calls has verified them against the log's own checkpoint.
    """
    placed = [(hash_leaf(entry.leaf), entry) for entry in entries]
    store.drop_pending(work, [leaf_hash for leaf_hash, _ in placed])
    store.add_entries(work, placed)


def set_aside(work: Work, index: int) -> None:
    """Say of an entry, the next to be shown, that what it did cannot be."""
    store.add_aside(work, index)
    set_shown(work, index + 1)


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
        work.changed.add(LOG)


def take_place(work: Work, count: int = 1) -> int:
    """Return the first of some places after all that readers here were shown, of no entry here.

    The order in which readers came to see things has no gaps: an entry's place is its index and
    all such places before it.
    """
    state = store.get_state(work)
    store.set_state(work, replace(state, beside=state.beside + count))
    work.changed.add(LOG)
    return state.shown + state.beside


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
    return store.find_index(work, hash_leaf(leaf))


def begin_asking(work: Work, key: VerifierKey, url: str) -> None:
    """Have a witness asked for cosignatures of this log, or know one by a new key or address.

    Raises:
        MalformedError: not a key that cosigns, or not an address.
        ConflictError: the key is known by another name: it would count twice. Or the name is known
            with another key at another address: somebody may want its place.

    """
    if key.algorithm not in {COSIGNATURE, COSIGNATURE_MLDSA}:
        raise MalformedError("this is not the key of a witness")
    prefix = url.rstrip("/")
    is_plain = prefix.isprintable() and " " not in prefix
    if not is_plain or not prefix.startswith(("https://", "http://")):
        raise MalformedError("a witness's address begins with https:// or http://")
    cosigned = b""
    for known in store.list_witnesses(work):
        if known.key.key == key.key:
            if known.name != key.name:
                raise ConflictError("this key is on the list under another name")
            cosigned = known.cosigned if known.key == key else b""
        elif known.name == key.name and known.url != prefix:
            raise ConflictError("a witness of this name is on the list already: remove it first")
    store.add_witness(work, AskedWitness(key=key, url=prefix, cosigned=cosigned))


def is_asking(work: Work, key: VerifierKey, url: str) -> bool:
    """Return whether a witness is asked by this key at this address."""
    return any(known.key == key and known.url == url for known in store.list_witnesses(work))


def stop_asking(work: Work, name: str) -> None:
    """Ask a witness no more.

    Raises:
        NotFoundError: it was not asked.

    """
    if not store.remove_witness(work, name):
        raise NotFoundError("no witness of this name is asked")


def list_witnessed(work: Work) -> list[Witnessed]:
    """Return what each witness that is asked signed last of this log, by their names."""
    return [_describe(witness) for witness in store.list_witnesses(work)]


def find_cosigners(work: Work, checkpoint: VerifiedCheckpoint) -> dict[VerifierKey, Instant]:
    """Return which of the witnesses that are asked cosigned a checkpoint, each with its second.

    Raises:
        BadSignatureError: a cosignature with the name and key id of one of them does not hold.

    """
    keys = [witness.key for witness in store.list_witnesses(work)]
    return {found.witness: found.time for found in verify_cosignatures(checkpoint, keys)}


def make_policy(work: Work, log: VerifierKey, url: str) -> Policy:
    """Return the policy that a log offers: believe it when most of its witnesses signed.

    It is an offer, no more: a reader who trusts the host to choose its witnesses may take it.
    """
    witnesses = tuple(
        PolicyWitness(name=f"w{number}", key=witness.key, url=witness.url)
        for number, witness in enumerate(store.list_witnesses(work), 1)
    )
    names = tuple(witness.name for witness in witnesses)
    most = PolicyGroup(name="most", threshold=rules.count_most(len(names)), members=names)
    return Policy(
        logs=(PolicyLog(key=log, url=url),),
        witnesses=witnesses,
        groups=(most,) if names else (),
        quorum=most.name if names else NONE,
    )


def count_witnesses(work: Work, index: int) -> Quorum:
    """Return how many of our policy's witnesses have signed a log with this entry in it."""
    witnesses = list_witnessed(work)
    signed = sum(each.tree_size > index for each in witnesses)
    is_met = bool(witnesses) and signed >= rules.count_most(len(witnesses))
    return Quorum(signed=signed, witnesses=len(witnesses), is_met=is_met)


def _describe(witness: AskedWitness) -> Witnessed:
    if not witness.cosigned:
        return Witnessed(name=witness.name, url=witness.url, tree_size=0, signed_at=None)
    checkpoint = parse_checkpoint(witness.cosigned)
    times = [cosignature.time for cosignature in verify_cosignatures(checkpoint, [witness.key])]
    return Witnessed(
        name=witness.name,
        url=witness.url,
        tree_size=checkpoint.tree.size,
        signed_at=max(times, default=None),
    )


def _list_due(work: Work) -> list[LaneFacts]:
    lanes = store.list_due_lanes(work)
    return [facts for facts in lanes if rules.decide_tick(facts, work.now, _POLICY)]

"""A partner's log, replayed in this instance's database (ADR-0052).

    copy (a mirror's folder: verified) ─► entries ─► granted? ─► owner, with the partner as home
                                                        │              │ refused
                                                        └──── set aside ◄─┘   tried again twice

Entries are replayed bundle by bundle, each in a transaction that moves the cursor: a crash leaves
what was committed, and the next run goes on from there.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.exc import InterfaceError, OperationalError

from app import forum, records, tlog
from app.crypto.multikey import decode_digest
from app.db import Work
from app.federation.erasures import Entry
from app.federation.folders import Source
from app.federation.monitor import Shown, walk
from app.kernel.clock import HOUR_S, Instant, day_of, round_up
from app.kernel.errors import AppError
from app.records import Owner
from app.records.codec import actor_did
from app.records.model import PREVIOUS, REASONS

from . import receipts, store
from .errors import ForeignEntryError
from .model import Partner, Replayed, Right
from .quotas import count_brought

MOST_TRIES: Final = 3
# Its pages, its demands and its listening post are not among them: a partner shows those itself.
_OF_THE_HOUSE: Final = frozenset(
    {
        "Person", "Application", "Offer", "Offer/partner", "Accept/partner", "Undo/partner",
        "Accept/erasure", "Flag", "Move", "Update/succession", "Delete/instance",
        "Offer/official", "Accept/official", "Undo/official", "Announce/shutdown",
    }
)  # fmt: skip


def replay(
    write: Callable[[], AbstractContextManager[Work]],
    owners: Mapping[str, Owner],
    own_did: str,
    partner: Partner,
    copy: Source,
    shown: Shown,
) -> Replayed:
    """Replay what a partner's log holds since the last run, from a copy that was verified.

    `owners` are built with the partner as home. What they refuse is set aside with its reason; the
    cursor goes on. What no grant covers is passed over; a new grant reads the log from its start.

    Raises:
        QuotaError: it brought as much as it may today; what came before that was replayed.
        MalformedError, VerificationError: the copy was damaged since it was verified.
        ForeignEntryError: the log holds what was signed for a board of ours.

    """
    run = _Run(owners, partner, own_did)
    with write() as work:
        start = run.begin(work, own_did, shown)
    for entries in walk(copy, shown, start):
        with write() as work:
            count_brought(work, partner, len(entries))
            run.replay(work, entries)
            store.set_size(work, partner.did, entries[-1].index + 1)
    with write() as work:
        run.try_again(work, copy, shown)
        aside = store.count_aside(work, partner.did)
    return Replayed(size=shown.checkpoint.tree.size, taken=run.taken, set_aside=aside)


@dataclass(slots=True)
class _Run:
    owners: Mapping[str, Owner]
    partner: Partner
    own_did: str
    taken: int = 0
    _ours: dict[str, bool] = field(default_factory=dict)
    _readable: frozenset[str] = frozenset()
    """Boards of the partner that this instance may read, by their keys."""
    _finals: dict[str, int] = field(default_factory=dict)
    """Up to where its log counts for boards that left it."""

    def begin(self, work: Work, own_did: str, shown: Shown) -> int:
        """Return the place from which on the log is to be replayed."""
        rights = store.list_rights(
            work, giver=self.partner.did, taker=own_did, day=day_of(work.now)
        )
        self._readable = frozenset(board for board in rights if Right.READ in rights[board])
        size, root_at = shown.checkpoint.tree.size, shown.tiles.root_at
        for board, (final, root) in store.list_finals(work, self.partner.did).items():
            # Only the very tree that the successors signed: another history counts for nothing.
            if final <= size and root_at(final).hex() == root:
                self._finals[board] = final
        if store.set_boards(work, self.partner.did, self._readable):
            return 0
        return store.get_replica(work, self.partner.did).size

    def replay(self, work: Work, entries: Sequence[Entry]) -> None:
        """Do what some entries of the log did, as far as it can be done."""
        for_us = [entry for entry in entries if self._is_for_us(entry)]
        refused = self._take_all(work, for_us)
        for entry, reason in refused:
            store.put_aside(work, self.partner.did, entry.index, entry.digest, reason)
        for entry in for_us:
            if entry.kind == "Delete" and self._is_followed(work, entry):
                receipts.add_owed(work, entry.digest, self.partner.did)
        self._require_its_own(work, entries)

    def _require_its_own(self, work: Work, entries: Sequence[Entry]) -> None:
        """Require that no entry was signed for a board of ours: its log may not take those in.

        After the entries did what they do, for one of them may have moved the board.

        Raises:
            ForeignEntryError: one was.

        """
        for entry in entries:
            record = entry.record
            if record is None or "audience" not in record.document:
                continue
            did = actor_did(record.document["audience"])
            if did not in self._ours:
                board = forum.find_board(work, did=did)
                self._ours[did] = board is not None and board.home == self.own_did
            if self._ours[did] and did not in store.list_final_sizes(work, self.partner.did):
                raise ForeignEntryError(entry.digest, entry.index)

    def try_again(self, work: Work, copy: Source, shown: Shown) -> None:
        """Try those again that were set aside and not tried too often."""
        listed = store.list_aside(work, self.partner.did, most_tries=MOST_TRIES - 1)
        again = [entry for place in listed for entry in _find_entries(copy, shown, place)]
        refused = self._take_all(work, again)
        for entry, reason in refused:
            store.put_aside(work, self.partner.did, entry.index, entry.digest, reason)
        still = {entry.index for entry, _ in refused}
        store.take_from_aside(work, self.partner.did, set(listed) - still)

    def _is_followed(self, work: Work, entry: Entry) -> bool:
        """Return whether nothing is here any more of what an author erased.

        Of what was gone before it could come here nothing is kept: who signed that it is erased may
        have written another post, and nobody could bring this one any more.
        """
        if entry.record is None:
            return False
        post = forum.find_post(work, record_id=entry.record.document["object"])
        if post is not None:
            return post.erased_on is not None
        erased = decode_digest(entry.record.document[PREVIOUS])
        store.forget_aside(work, self.partner.did, [erased, entry.digest])
        return True

    def _take_all(self, work: Work, entries: Sequence[Entry]) -> list[tuple[Entry, str]]:
        """Take in what can be, and show it; return the others, each with the reason."""
        work.logged.update(entry.digest for entry in entries)
        work.proven.update(entry.digest for entry in entries if self._is_before_move(entry))
        waiting, reasons = list(entries), dict[int, str]()
        # An entry can need one that a tick has shuffled behind it.
        while waiting:
            taken = [entry for entry in waiting if self._is_taken(work, entry, reasons)]
            if not taken:
                break
            done = {entry.index for entry in taken}
            waiting = [entry for entry in waiting if entry.index not in done]
        return [(entry, reasons[entry.index]) for entry in waiting]

    def _is_before_move(self, entry: Entry) -> bool:
        if entry.record is None or "audience" not in entry.record.document:
            return False
        return entry.index < self._finals.get(actor_did(entry.record.document["audience"]), 0)

    def _is_taken(self, work: Work, entry: Entry, reasons: dict[int, str]) -> bool:
        include_by = Instant(round_up(work.now, HOUR_S))
        if entry.record is None:
            # Erased, or kept from readers by a desk of its home, which may give it back.
            reasons[entry.index] = store.MISSING
            return records.find_record(work, entry.digest) is not None
        known = records.find_record(work, entry.digest)
        if known is not None and known.is_public:
            return True
        if known is not None and known.home != self.partner.did:
            reasons[entry.index] = "another-home: it waits for its own tick"
            return False
        try:
            with work.attempt():
                records.require_past_day(entry.record, work.now)
                # What was carried from here is known, and waits to be shown.
                records.take_logged(work, self.owners, entry.record, include_by, self.partner.did)
                self._show(work, entry)
                store.forget_carried(work, entry.digest)
                if entry.record.type == "Undo":
                    # What an act kept from copies may come now, and what answers it.
                    store.revive_aside(work, self.partner.did)
        except (InterfaceError, OperationalError):
            # The database's own trouble: nothing is wrong with the entry.
            raise
        except AppError as error:
            reasons[entry.index] = f"{error.code}: {error}"
            return False
        except Exception as error:  # noqa: BLE001 (whatever it is must not keep the others waiting)
            reasons[entry.index] = f"failed: {type(error).__name__}"
            return False
        self.taken += 1
        return True

    def _show(self, work: Work, entry: Entry) -> None:
        placed = [(entry.digest, tlog.take_place(work))]
        for _, error in records.show_logged(work, self.owners, entry.kind, placed):
            raise error

    def _is_for_us(self, entry: Entry) -> bool:
        """Return whether an entry is of the partner's house, or for a board that we may read."""
        record = entry.record
        if record is None:
            return True
        if record.type == "Group":
            return record.signer in self._readable
        if "audience" not in record.document:
            return record.type in _OF_THE_HOUSE
        board = actor_did(record.document["audience"])
        if board == self.partner.did:
            # What its desks do for its own readers alone, on whosever board, is theirs.
            return REASONS not in record.document
        return board in self._readable


def _find_entries(copy: Source, shown: Shown, place: int) -> list[Entry]:
    return next(walk(copy, shown, place, place + 1))

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
from itertools import groupby
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
from app.tlog.tiles import WIDTH

from . import aside, receipts, store
from .errors import ForeignEntryError, PartnerFrozenError
from .model import Partner, PartnerState, Replayed, Right
from .quotas import count_brought
from .service import get_partner

MOST_TRIES: Final = 3
MOST_AGAIN: Final = 512
"""What was set aside is tried again in one transaction: it must not keep writers waiting."""
_MOST_BETWEEN: Final = 1 << 15
"""One tick gives so many places: what is further from a takeover is none of what came with it."""
_MOST_LATE: Final = 10_000
_SHOWN_TOGETHER: Final = 100
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
        PartnerFrozenError: it was frozen or ended meanwhile; what came before that was replayed.
        MalformedError, VerificationError: the copy was damaged since it was verified.
        ForeignEntryError: the log holds what was signed for a board of ours.

    """
    run = _Run(owners, partner, own_did)
    with write() as work:
        start = run.begin(work, own_did, shown)
    for entries in walk(copy, shown, start):
        with write() as work:
            _require_believed(work, partner)
            count_brought(work, partner, len(entries))
            run.replay(work, entries)
            size = entries[-1].index + 1
            run.require_its_own(work, size - _patience_with(partner))
            store.set_size(work, partner.did, run.judged(size))
    with write() as work:
        _require_believed(work, partner)
        run.try_again(work, copy, shown)
        run.require_its_own(work)
        store.set_size(work, partner.did, shown.checkpoint.tree.size)
        refused = sum(aside.count_aside(work, partner.did).values())
    return Replayed(size=shown.checkpoint.tree.size, taken=run.taken, set_aside=refused)


def _require_believed(work: Work, partner: Partner) -> None:
    """Require that nobody froze or ended a partner since its log began to be read.

    What retires is read to its end: the tree that its successors sign is the last one.
    """
    if get_partner(work, partner.did).state not in {partner.state, PartnerState.RETIRED}:
        raise PartnerFrozenError("frozen or ended while its log was read")


def _patience_with(partner: Partner) -> int:
    """Return how many entries may stand between one for a board of ours and the takeover.

    Fewer than a day may bring: a liar that logs on and on is judged all the same.
    """
    return max(min(_MOST_BETWEEN, partner.most_entries - WIDTH), 1)


@dataclass(slots=True)
class _Run:
    owners: Mapping[str, Owner]
    partner: Partner
    own_did: str
    taken: int = 0
    _late: dict[str, list[Entry]] = field(default_factory=dict)
    """What was set aside in this run, by the id of the post that it answers."""
    _ours: dict[str, bool] = field(default_factory=dict)
    _doubtful: dict[str, Entry] = field(default_factory=dict)
    """The first entry for each board of ours: its log took that in, or takes the board over."""
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
        refused, woken = self._take_all(work, for_us)
        for entry, reason in refused:
            aside.put(work, self.partner.did, entry.index, entry.digest, reason)
            answered = _answered(entry)
            if answered and len(self._late) < _MOST_LATE:
                self._late.setdefault(answered, []).append(entry)
        aside.take_from(work, self.partner.did, woken)
        self._owe(work, for_us)
        self._look_for_ours(work, entries)

    def _look_for_ours(self, work: Work, entries: Sequence[Entry]) -> None:
        """Remember the first entry that was signed for each board of ours."""
        for entry in entries:
            record = entry.record
            if record is None or "audience" not in record.document:
                continue
            did = actor_did(record.document["audience"])
            if did not in self._ours:
                self._ours[did] = self._is_ours(work, did)
            if self._ours[did]:
                self._doubtful.setdefault(did, entry)

    def _is_ours(self, work: Work, did: str) -> bool:
        """Return whether a board is at home here, and was never at home with the partner."""
        board = forum.find_board(work, did=did)
        is_here = board is not None and board.home == self.own_did
        return is_here and did not in store.list_final_sizes(work, self.partner.did)

    def judged(self, size: int) -> int:
        """Return from where on the next run replays the log, should this one end at `size`.

        What is not judged yet is looked at again, so that no lie is lost by a run that is cut off.
        """
        return min([size, *(entry.index for entry in self._doubtful.values())])

    def require_its_own(self, work: Work, before: int | None = None) -> None:
        """Require that no entry was signed for a board of ours: its log may not take those in.

        What the partner took over with a board may stand before the takeover itself: only entries
        `before` a place are judged, all of them once the last did what it does.

        Raises:
            ForeignEntryError: one was.

        """
        for did, entry in [*self._doubtful.items()]:
            if before is not None and entry.index >= before:
                continue
            if self._is_ours(work, did):
                raise ForeignEntryError(entry.digest, entry.index)
            del self._doubtful[did], self._ours[did]

    def try_again(self, work: Work, copy: Source, shown: Shown) -> None:
        """Try some again that were set aside and not tried too often.

        What is of a board that may not be read any more is forgotten: who may again reads it all.
        """
        listed = aside.list_due(work, self.partner.did, most_tries=MOST_TRIES - 1, most=MOST_AGAIN)
        entries = [e for e in _find_entries(copy, shown, listed) if self._is_for_us(e)]
        refused, _ = self._take_all(work, entries)
        for entry, reason in refused:
            aside.put(work, self.partner.did, entry.index, entry.digest, reason)
        still = {entry.index for entry, _ in refused}
        aside.take_from(work, self.partner.did, set(listed) - still)
        self._owe(work, entries)

    def _owe(self, work: Work, entries: Sequence[Entry]) -> None:
        """Keep that the home waits to hear of each author's erasure that was followed."""
        for entry in entries:
            if entry.kind == "Delete" and self._is_followed(work, entry):
                receipts.add_owed(work, entry.digest, self.partner.did)

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
        aside.forget(work, self.partner.did, [erased, entry.digest])
        return True

    def _take_all(
        self, work: Work, entries: Sequence[Entry]
    ) -> tuple[list[tuple[Entry, str]], set[int]]:
        """Take in what can be, and show it; return the others, each with the reason.

        With them come the places of what was set aside before, and was waiting for one of these.
        """
        work.logged.update(entry.digest for entry in entries)
        work.proven.update(entry.digest for entry in entries if self._is_before_move(entry))
        waiting, reasons, woken = list(entries), dict[int, str](), set[int]()
        # An entry can need one that a tick has shuffled behind it.
        while waiting:
            taken = self._take_some(work, waiting, reasons)
            if not taken:
                break
            done = {entry.index for entry in taken}
            late = [each for entry in taken for each in self._wake(entry)]
            woken |= {entry.index for entry in late}
            waiting = [entry for entry in waiting if entry.index not in done] + late
        refused = [(entry, reasons[entry.index]) for entry in waiting]
        return refused, woken - {entry.index for entry, _ in refused}

    def _is_before_move(self, entry: Entry) -> bool:
        if entry.record is None or "audience" not in entry.record.document:
            return False
        return entry.index < self._finals.get(actor_did(entry.record.document["audience"]), 0)

    def _wake(self, taken: Entry) -> list[Entry]:
        """Return what was set aside because it answers what has come now."""
        return self._late.pop(taken.record.id, []) if taken.record else []

    def _take_some(
        self, work: Work, waiting: Sequence[Entry], reasons: dict[int, str]
    ) -> list[Entry]:
        """Return what could be taken in; posts in a row are shown together."""
        taken: list[Entry] = []
        for is_post, group in groupby(waiting, lambda entry: entry.kind == "Note"):
            some = list(group)
            if is_post:
                taken += self._take_posts(work, some, reasons)
            else:
                taken += [entry for entry in some if self._is_taken(work, entry, reasons)]
        return taken

    def _take_posts(self, work: Work, posts: list[Entry], reasons: dict[int, str]) -> list[Entry]:
        """Take posts in and show them together; one by one if any of them cannot be shown."""
        new: list[Entry] = []
        try:
            with work.attempt():
                taken = [entry for entry in posts if self._is_taken(work, entry, reasons, new)]
                self._show(work, new)
        except (InterfaceError, OperationalError):
            raise
        except Exception:  # noqa: BLE001 (whose it is shows when they come one by one)
            return [entry for entry in posts if self._is_taken(work, entry, reasons)]
        self.taken += len(new)
        return taken

    def _is_taken(
        self,
        work: Work,
        entry: Entry,
        reasons: dict[int, str],
        later: list[Entry] | None = None,
    ) -> bool:
        """Return whether an entry is here now; what is taken in is shown, or kept for `later`."""
        is_here, reason = self._look(work, entry)
        if is_here or reason or entry.record is None:
            reasons[entry.index] = reason
            return is_here
        include_by = Instant(round_up(work.now, HOUR_S))
        try:
            with work.attempt():
                records.require_past_day(entry.record, work.now)
                # What was carried from here is known, and waits to be shown.
                records.take_logged(work, self.owners, entry.record, include_by, self.partner.did)
                if later is None:
                    self._show(work, [entry])
                if entry.record.type == "Undo":
                    # What an act kept from copies may come now, and what answers it.
                    aside.revive(work, self.partner.did)
        except (InterfaceError, OperationalError):
            # The database's own trouble: nothing is wrong with the entry.
            raise
        except AppError as error:
            reasons[entry.index] = f"{error.code}: {error}"
            return False
        except Exception as error:  # noqa: BLE001 (whatever it is must not keep the others waiting)
            reasons[entry.index] = f"failed: {type(error).__name__}"
            return False
        if later is None:
            self.taken += 1
        else:
            later.append(entry)
        return True

    def _look(self, work: Work, entry: Entry) -> tuple[bool, str]:
        """Return whether an entry is here already, and what keeps it from coming, if anything."""
        known = records.find_record(work, entry.digest)
        if entry.record is None:
            # Erased, or kept from readers by a desk of its home, which may give it back.
            return known is not None, aside.MISSING
        if known is not None:
            is_strange = not known.is_public and known.home != self.partner.did
            return known.is_public, "another-home: it waits for its own tick" if is_strange else ""
        answered = _answered(entry)
        is_early = bool(answered) and records.find_by_id(work, answered) is None
        return False, "unknown-post: what it answers is not here" if is_early else ""

    def _show(self, work: Work, entries: Sequence[Entry]) -> None:
        """Show entries of one type, in their order; raise what comes in the way of any."""
        for start in range(0, len(entries), _SHOWN_TOGETHER):
            some = entries[start : start + _SHOWN_TOGETHER]
            first = tlog.take_place(work, len(some))
            placed = [(entry.digest, first + number) for number, entry in enumerate(some)]
            for _, error in records.show_logged(work, self.owners, some[0].kind, placed):
                raise error
            store.forget_carried(work, [entry.digest for entry in some])

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


def _answered(entry: Entry) -> str:
    """Return the id of the post that an entry's record answers, or nothing."""
    return entry.record.document.get("inReplyTo", "") if entry.record else ""


def _find_entries(copy: Source, shown: Shown, places: Sequence[int]) -> list[Entry]:
    """Return the entries at some places, which are in their order."""
    found: list[Entry] = []
    for _, some in groupby(places, lambda place: place // WIDTH):
        wanted = set(some)
        for entries in walk(copy, shown, min(wanted), max(wanted) + 1):
            found += [entry for entry in entries if entry.index in wanted]
    return found

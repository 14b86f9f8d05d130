"""What desks did to posts, as a log tells it: which records they took away and did not give back.

1. An `Offer` that the host's key signed, with the consent of the desk's own, makes a key a desk:
   for its boards, until its term is over, or two desks or the host closed it.
2. A `Remove` by a desk that works on its board, or by the host where it says that it is automatic,
   keeps a post from readers. A `Delete/desk` takes it for good, with the consent of another desk.
3. An `Undo` gives back what it names. An automatic hiding ends by itself, too.

What a log holds besides, as by a key that is no desk's, takes nothing away: whatever is missing for
it is missing unlawfully.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from app.kernel.errors import AppError
from app.moderation import codec, require_hosts_own, require_role
from app.moderation.errors import NoDeskError
from app.moderation.model import Act, ActionKind, Desk, Named, Role
from app.records.codec import actor_did
from app.records.model import VerifiedRecord

_ACTS: Final = {"Remove", "Delete/desk", "Undo"}
KINDS: Final = frozenset({"Offer", *_ACTS})
"""The types of records that say who is a desk, and what it took or gave back."""
_TAKES_AWAY: Final = {ActionKind.HIDE, ActionKind.QUARANTINE, ActionKind.ERASE}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """An act, who signed it, and when."""

    digest: bytes
    signer: str
    day: date
    act: Act


@dataclass(frozen=True, slots=True, kw_only=True)
class _Term:
    """A desk and the day on which its term began."""

    desk: Desk
    from_day: date


@dataclass(slots=True)
class DeskActs:
    """What a walk saw of desks. It grows with what they do, not with the log."""

    host: str = ""
    """did:key of the instance whose log it is."""
    today: date | None = None
    """None: an automatic hiding that should have ended may have lasted until the log was read."""
    _terms: dict[str, _Term] = field(default_factory=dict)
    _offers: dict[bytes, str] = field(default_factory=dict)
    """Digests of attestations, and the did:keys of their desks."""
    _done: dict[bytes, _Done] = field(default_factory=dict)
    """By the digests of their records."""

    def add(self, record: VerifiedRecord) -> None:
        """Look at a record; of what is none of these, or does not hold, nothing is kept."""
        # The host let it in: what it does in spite of that is nothing.
        with suppress(AppError, ValueError):
            if record.type == "Offer" and record.signer == self.host:
                self._open(record)
            elif record.type in _ACTS:
                done = _Done(
                    digest=record.digest,
                    signer=record.signer,
                    day=record.day,
                    act=codec.decode_act(record),
                )
                self._done[done.digest] = done

    @property
    def gives_back(self) -> bool:
        """Whether something is given back: that may stand anywhere in the log."""
        return any(done.act.decision.kind is ActionKind.UNDO for done in self._done.values())

    @property
    def has_acts(self) -> bool:
        """Whether a desk did anything: who made it one may stand anywhere in the log."""
        return bool(self._done)

    def list_away(self) -> Iterator[Named]:
        """Yield the posts that are lawfully away: by their ids, and the versions that were seen."""
        self._close_terms()
        undone = {
            named.digest
            for done in self._done.values()
            if done.act.decision.kind is ActionKind.UNDO and self._may(done)
            for named in done.act.about
        }
        for done in self._done.values():
            is_taking = done.act.decision.kind in _TAKES_AWAY and done.digest not in undone
            if is_taking and self._may(done) and not self._is_over(done):
                yield from done.act.about

    def _open(self, record: VerifiedRecord) -> None:
        document, did = record.document, codec.verify_desk(record)
        desk = Desk(
            did=did,
            number=0,
            role=Role(document["urn:goftogu:role"]),
            boards=tuple(actor_did(board) for board in document["urn:goftogu:boards"]),
            person=b"",
            ends_on=date.fromisoformat(document["urn:goftogu:until"]),
        )
        self._terms[did] = _Term(desk=desk, from_day=record.day)
        self._offers[record.digest] = did

    def _close_terms(self) -> None:
        closings = [
            done for done in self._done.values() if done.act.decision.kind is ActionKind.CLOSE_DESK
        ]
        for done in [done for done in closings if self._may(done)]:
            for did in filter(None, (self._offers.get(named.digest) for named in done.act.about)):
                term = self._terms[did]
                # What it did earlier on that day stands: records know no hours.
                ends_on = min(term.desk.ends_on, done.day + timedelta(days=1))
                self._terms[did] = replace(term, desk=replace(term.desk, ends_on=ends_on))

    def _may(self, done: _Done) -> bool:
        """Whether whoever signed it could do it, by the rules of moderation."""
        act, by_two = done.act, bool(done.act.proposed_by)
        try:
            if done.signer == self.host:
                require_hosts_own(act.decision, done.day)
                return True
            if act.decision.kind in {ActionKind.ERASE, ActionKind.CLOSE_DESK} and not by_two:
                return False
            for did in filter(None, (done.signer, act.proposed_by)):
                self._require_desk(did, done)
        except AppError:
            return False
        return done.signer != act.proposed_by

    def _require_desk(self, did: str, done: _Done) -> None:
        term = self._terms.get(did)
        if term is None or done.day < term.from_day:
            raise NoDeskError("nobody attested this desk")
        board = "" if done.act.board == self.host else done.act.board
        require_role(term.desk, done.act.decision.kind, board, done.day)

    def _is_over(self, done: _Done) -> bool:
        """Whether it should have ended: the host had a day to give back what it took."""
        until = done.act.decision.reasons.until
        if until is None or self.today is None:
            return False
        return self.today > until + timedelta(days=1)

"""The public log: acts with their records, and a month counted from records alone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from app import records
from app.db import Work
from app.kernel.errors import NotFoundError
from app.kernel.fold import words_of
from app.moderation import store
from app.moderation.model import Action, ActionKind
from app.moderation.rules.ledger import Ledger, LoggedAct, read_act, read_ledger
from app.moderation.rules.numbers import Numbers, end_of_month
from app.moderation.rules.numbers import count_month as count_in
from app.records import VerifiedRecord

ACTS_PER_PAGE: Final = 20
_AT_ONCE: Final = 500
"""A statement takes a bounded number of values."""
_REMEMBERED: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """An action, its record, and whether the log's tick has come for it."""

    action: Action
    act: LoggedAct
    is_logged: bool


def read_acts(work: Work, actions: Sequence[Action]) -> list[Logged]:
    """Return actions with what their records say, in the same order."""
    kept = {
        record.digest: record
        for record in records.list_records(work, [action.digest for action in actions])
    }
    return [
        Logged(action=action, act=read_act(_verify(raw)), is_logged=record.is_public)
        for action in actions
        if (record := kept.get(action.digest)) and (raw := record.raw)
    ]


def get_act(work: Work, digest: bytes) -> Logged:
    """Return an action by the digest of its record.

    Raises:
        NotFoundError: there is none.

    """
    action = store.find_action(work, digest)
    found = read_acts(work, [action]) if action else []
    if not found:
        raise NotFoundError("no such act")
    return found[0]


def find_answer(work: Work, action: Action) -> LoggedAct | None:
    """Return the act that answered an appeal against an action, or None."""
    on_it = store.list_actions_on(work, action.subject)
    answers = [
        other
        for other in on_it
        if other.digest == action.undoing or other.kind is ActionKind.UPHOLD
    ]
    for logged in read_acts(work, answers):
        named = {named.digest for named in logged.act.act.about}
        if logged.act.act.appealed_on is not None and action.digest in named:
            return logged.act
    return None


def count_month(work: Work, instance_did: str, month: date) -> Numbers:
    """Count a month of the log as this database holds it; what waits for its tick is not in it.

    Only records that the month needs are read: its acts, what undid them since, and what closed
    desks.
    """
    taken = store.list_taken(work, month, end_of_month(month))
    needed = dict.fromkeys(digest for digest, _ in taken)
    needed |= dict.fromkeys(undoing for _, undoing in taken if undoing)
    needed |= dict.fromkeys(store.list_of_kind(work, ActionKind.CLOSE_DESK))
    return count_in(_ledger_of(work, needed, instance_did), month)


def read_terms_and_demands(work: Work, instance_did: str) -> Ledger:
    """Return all desks and demands of the log, and no acts."""
    return _ledger_of(work, (), instance_did)


def compare_with_log(work: Work, ledger: Ledger, instance_did: str) -> Iterator[str]:
    """Yield a sentence for each act of the log that this database does not tell as the log does.

    And for each action that it tells and the log does not.
    """
    rows = {action.digest: action for action in store.list_actions(work)}
    undone = {
        named.digest
        for logged in ledger.acts
        if logged.act.decision.kind is ActionKind.UNDO
        for named in logged.act.about
    }
    for logged in ledger.acts:
        row = rows.pop(logged.digest, None)
        if row is None:
            yield f"act {logged.digest.hex()} is in the log and not in the database"
        elif not _says_the_same(row, logged, instance_did):
            yield f"act {logged.digest.hex()} is told otherwise in the database than in the log"
        elif logged.digest in undone and row.undoing is None:
            yield f"act {logged.digest.hex()} was undone, and the database does not say so"
    # What a partner's desks did stands in the partner's log, and was replayed from there.
    elsewhere = {r.digest for r in records.list_records(work, rows) if r.home or not r.is_public}
    for digest in rows.keys() - elsewhere:
        yield f"act {digest.hex()} is in the database and not in the log"


def _says_the_same(row: Action, logged: LoggedAct, instance_did: str) -> bool:
    act, reasons = logged.act, logged.act.decision.reasons
    board = "" if act.board == instance_did else act.board
    words = " ".join(words_of(f"{reasons.facts} {reasons.law}"))
    logged_says = (
        act.decision.kind, logged.desk, act.proposed_by, board, logged.day,
        reasons.rule, reasons.until, words,
    )  # fmt: skip
    return logged_says == (
        row.kind, row.desk, row.second, row.board, row.day, row.rule, row.until, row.words
    )  # fmt: skip


def _ledger_of(work: Work, acts: Iterable[bytes], instance_did: str) -> Ledger:
    own = [
        digest
        for kind in ("Offer", "Announce")
        for digest, _ in records.list_by_signers(work, [instance_did], kind)
    ]
    return read_ledger(_list_logged(work, [*own, *acts]), instance_did)


def _list_logged(work: Work, digests: Sequence[bytes]) -> Iterator[VerifiedRecord]:
    for start in range(0, len(digests), _AT_ONCE):
        for record in records.list_records(work, digests[start : start + _AT_ONCE]):
            if record.is_public and record.raw is not None and record.home is None:
                yield _verify(record.raw)


@lru_cache(maxsize=_REMEMBERED)
def _verify(raw: bytes) -> VerifiedRecord:
    """Verify a record of moderation once: it holds nobody's words, and is never erased."""
    return records.verify_record(records.parse_record(raw))

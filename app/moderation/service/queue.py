"""The queue: which case a desk is given, and how it lets go of it."""

from datetime import date
from typing import Final

from app import forum
from app.db import Work
from app.kernel.clock import Instant, day_of
from app.moderation import rules, store
from app.moderation.errors import CaseDecidedError, NoSuchCaseError
from app.moderation.model import (
    Case,
    CaseState,
    Desk,
    Lease,
    Matter,
    Note,
    Role,
    Subject,
    SubjectKind,
)

from .reporting import find_or_open

_AMONG: Final = 20
"""So many of the first are as good as the first: nobody foresees who gets which."""


def claim(work: Work, desk: Desk) -> Case | None:
    """Give a desk the case that it holds already, or one of the first of the queue; or None.

    Cases of danger are given before all others; how many a desk opens in a day is counted. After
    what was reported come first posts that wait for somebody to look at them.
    """
    store.remove_ended_leases(work)
    held = store.find_lease(work, desk=desk.did)
    if held is None:
        waiting = store.list_waiting(
            work, desk.did, desk.person, boards=boards_of(desk), limit=_AMONG
        )
        dangerous = [case for case, is_dangerous in waiting if is_dangerous]
        among = dangerous or [case for case, _ in waiting] or _find_first_post(work, desk)
        if not among:
            return None
        if dangerous:
            store.add_exposure(work, desk.did, day_of(work.now))
        chosen = among[work.randomness.token_bytes(1)[0] % len(among)]
        held = Lease(case=chosen, desk=desk.did, ends_at=Instant(work.minute + rules.LEASE_S))
        store.add_lease(work, held)
    return store.find_case(work, held.case)


def _find_first_post(work: Work, desk: Desk) -> list[str]:
    """Return the case of a first post that waits and that nobody looks at; it opens one for it."""
    for post in forum.list_held(work, boards_of(desk)):
        subject = Subject(kind=SubjectKind.POST, name=post.digest.hex())
        board = forum.board_of(work, post).did
        case = find_or_open(work, Matter(subject=subject, board=board, version=post.version.digest))
        is_free = case.state is CaseState.OPEN and store.find_lease(work, case=case.id) is None
        if is_free and not store.has_skipped(work, case.id, desk.did):
            return [case.id]
    return []


def skip(work: Work, desk: Desk, case_id: str) -> None:
    """Let go of a case and do not be given it again. Nothing is counted against the desk."""
    rules.require_lease(store.find_lease(work, case=case_id), desk, work.now)
    store.add_skipped(work, case_id, desk.did)
    store.remove_lease(work, case_id)


def find_held(work: Work, desk: Desk) -> Lease | None:
    """Return the lease that a desk has now, or None."""
    held = store.find_lease(work, desk=desk.did)
    return held if held is not None and held.ends_at > work.now else None


def require_held(work: Work, desk: Desk, case_id: str) -> Case:
    """Return an open case that a desk holds now.

    Raises:
        NoSuchCaseError, CaseDecidedError: there is none, or it was decided meanwhile.
        CaseTakenError, LeaseEndedError: the desk does not hold it.

    """
    case = require_open_case(work, case_id)
    rules.require_lease(store.find_lease(work, case=case_id), desk, work.now)
    return case


def require_open_case(work: Work, case_id: str) -> Case:
    """Return a case that nobody has decided.

    Raises:
        NoSuchCaseError: there is none.
        CaseDecidedError: somebody has.

    """
    case = store.find_case(work, case_id)
    if case is None:
        raise NoSuchCaseError("no such case")
    if case.state is not CaseState.OPEN:
        raise CaseDecidedError("decided meanwhile")
    return case


def hand_over(work: Work, desk: Desk, case_id: str, note: str) -> None:
    """Let go of a case with a note for whoever is given it next; this desk is not.

    Raises:
        CaseTakenError, LeaseEndedError: the desk does not hold it.

    """
    rules.require_lease(store.find_lease(work, case=case_id), desk, work.now)
    line = f"{day_of(work.now).isoformat()} {desk.number} {' '.join(note.split())}"
    store.set_memo(work, case_id, f"{store.read_memo(work, case_id)}{line}\n")
    store.add_skipped(work, case_id, desk.did)
    store.remove_lease(work, case_id)


def list_notes(work: Work, case_id: str) -> list[Note]:
    """Return what desks noted about a case, the first first."""
    lines = store.read_memo(work, case_id).splitlines()
    parts = (line.split(" ", 2) for line in lines)
    return [
        Note(day=date.fromisoformat(day), desk=int(desk), text=text) for day, desk, text in parts
    ]


def boards_of(desk: Desk) -> tuple[str, ...] | None:
    """Return the boards whose cases a desk works on, None for all."""
    return None if desk.role is Role.STEWARD else desk.boards

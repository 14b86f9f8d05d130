"""Measures on threads: locking, slowing, moving; and labels.

Each can be taken back, by whom it concerns or by its day. What holds then is what holds without it:
the newest act of its kind that nobody took back, or nothing.
"""

from collections.abc import Sequence

from app import forum
from app.db import Work
from app.forum.model import ThreadId
from app.kernel.clock import day_of
from app.kernel.errors import MalformedError, NotFoundError
from app.moderation import store
from app.moderation.errors import NotAllowedError
from app.moderation.model import Action, ActionKind, Decision, Desk, Subject, SubjectKind

from .subjects import list_same, read_act


def require_measure(work: Work, desk: Desk, decision: Decision, subject: Subject) -> None:
    """Refuse a measure that lacks what its kind needs, or that goes beyond the desk's boards.

    Raises:
        MalformedError: a label, a delay or a board is missing.
        NotAllowedError: the desk does not work on the board that a thread is moved to.
        ConflictError: the thread cannot go there; see `forum.require_movable`.

    """
    kind = decision.kind
    needed = {
        ActionKind.LABEL: decision.label,
        ActionKind.SLOW: decision.delay_s,
        ActionKind.MOVE: decision.target,
    }
    if kind in needed and not needed[kind]:
        raise MalformedError("the act does not say which label, how long, or where to")
    if kind is ActionKind.MOVE:
        if not desk.covers(decision.target):
            raise NotAllowedError("the desk does not work on that board")
        forum.require_movable(work, forum.get_thread(work, subject.name), decision.target)


def apply(work: Work, decision: Decision, subject: Subject, act: bytes) -> None:
    """Do to a thread what an act says."""
    thread = forum.get_thread(work, subject.name)
    if decision.kind is ActionKind.LOCK:
        forum.lock_thread(work, thread, act)
    elif decision.kind is ActionKind.SLOW:
        forum.slow_thread(work, thread, decision.delay_s, act)
    else:
        forum.move_thread(work, thread, decision.target, act)
        _bring_cases(work, thread.id)


def take_back(work: Work, action: Action, standing: Sequence[Action]) -> None:
    """Take back what an action does to a thread; `standing` are the others on it, newest first.

    Where a later one of its kind holds, nothing changes. What stewards set since stays: a desk's
    lock was never part of it.
    """
    thread = forum.get_thread(work, action.subject.name)
    held = thread.measures
    present = {
        ActionKind.LOCK: held.lock, ActionKind.SLOW: held.slow, ActionKind.MOVE: held.move,
    }  # fmt: skip
    if present[action.kind] != action.digest:
        return
    earlier = next((other for other in standing if other.kind is action.kind), None)
    if earlier is not None:
        apply(work, read_act(work, earlier).decision, action.subject, earlier.digest)
    elif action.kind is ActionKind.LOCK:
        forum.lock_thread(work, thread, None)
    elif action.kind is ActionKind.SLOW:
        forum.slow_thread(work, thread, 0, None)
    else:
        forum.move_back(work, thread)
        _bring_cases(work, thread.id)


def _bring_cases(work: Work, thread_id: ThreadId) -> None:
    """Let the cases of a thread, and of what is shown in it, go where it stands now."""
    shown = forum.list_shown_in(work, thread_id)
    subjects = [Subject(kind=SubjectKind.THREAD, name=thread_id)]
    subjects += [Subject(kind=SubjectKind.POST, name=digest.hex()) for digest, _ in shown]
    store.move_cases(work, subjects, forum.get_thread(work, thread_id).board)


def label_standing(work: Work, standing: Sequence[Action]) -> str:
    """Return the label that the newest of the standing acts says; empty if none does."""
    labelling = next((one for one in standing if one.kind is ActionKind.LABEL), None)
    return "" if labelling is None else read_act(work, labelling).decision.label


def list_standing(work: Work, action: Action) -> list[Action]:
    """Return what holds today on the words of an action that does not, the newest first."""
    today = day_of(work.now)
    return [
        other
        for other in store.list_actions_on(work, *list_same(work, action.subject))
        if other.binds and other.undoing is None and (other.until is None or today < other.until)
    ]


def require_there(work: Work, board: str, post: bytes, instance_did: str) -> None:
    """Refuse an act that names another board than the one that its post stands on.

    A desk reaches what stands on its boards, and says itself on which board it acts. What it does
    to a partner's post holds on this host alone, which it names instead of the board.

    Raises:
        NotFoundError: no such post.
        NotAllowedError: it stands elsewhere.

    """
    found = forum.find_post(work, digest=post)
    if found is None:
        raise NotFoundError("no such post")
    stands_on = forum.board_of(work, found)
    own = stands_on.did if stands_on.home == instance_did else instance_did
    if own != board:
        raise NotAllowedError("the post stands on another board")

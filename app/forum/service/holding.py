"""First posts of those for whom nobody answers: they wait for a desk, for hours and no longer.

accepted ─► held (a desk may clear or hide it) ─cleared─► next tick, shown as any other
└─ nobody looked ─► its tick, four hours later ─► shown, marked
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from app import identity, records, tlog
from app.db import Work
from app.forum import rules, store
from app.forum.model import Board, Post
from app.forum.store import measures
from app.identity.model import Author
from app.records import VerifiedRecord

from .boards import lane_of, subjects_of
from .measures import board_of

IsUnderAttack = Callable[[Work, str], bool]
"""Says whether first posts on a board (did:key) wait, whatever its settings say."""


def is_first(
    work: Work,
    record: VerifiedRecord,
    board: Board,
    author: Author,
    is_under_attack: IsUnderAttack,
) -> bool:
    """Return whether what an author posts on a board now is a first post, which a desk looks at.

    Where the board is under attack, that a partner answers for its author is not enough.
    """
    is_answered = record.digest in work.answered
    if not ((board.holds_first and not is_answered) or is_under_attack(work, board.did)):
        return False
    if not identity.is_on_probation(work, author.did):
        return False
    rows = identity.list_keys(work, author.root) if author.root else []
    keys = [author.did, *(did for did, *_ in rows)]
    return measures.count_first(work, keys, rules.FIRST_POSTS) < rules.FIRST_POSTS


def lane_of_held(board: Board) -> tlog.Lane:
    """Return the lane that a held post waits in, for as long as it waits for a desk."""
    return replace(lane_of(board), wait_s=rules.decide_hold(board.tick_s))


def list_held(work: Work, boards: Collection[str] | None = None) -> Iterator[Post]:
    """Yield the first posts that wait and that no desk has looked at, by their days.

    `boards` are the did:keys of the boards that a desk looks after; None for all of them. A post
    that was hidden or erased meanwhile is not among them.
    """
    digests = measures.list_unreviewed(work, boards)
    return filter(None, (store.find_post(work, digest=digest) for digest in digests))


def count_held(work: Work, boards: Collection[str] | None = None) -> int:
    """Return how many posts `list_held` would yield."""
    return len(measures.list_unreviewed(work, boards))


def clear_post(work: Work, post: Post) -> None:
    """Say that somebody at a desk has looked at a first post; a held one goes at its next tick.

    One whose author chose to wait goes no sooner for it.
    """
    store.change_post(work, post.digest, is_unreviewed=False, is_held=False)
    board = board_of(work, post)
    if post.is_held and post.number is None:
        records.hasten(work, post.digest, lane_of(board), after=post.parent)
    work.changed.update(subjects_of(post.thread, board.did))

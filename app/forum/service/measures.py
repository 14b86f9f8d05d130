"""What desks do to threads: locking, slowing and moving them, each to be taken back as it was.

Whoever calls has decided that a desk may (room `moderation`); here is only what it does. A desk's
lock stands beside what stewards set: they go on pinning, locking and opening the thread in their
own line, and it takes no answers while either of them keeps it closed. So what a desk takes back
leaves the thread as its stewards have set it by then.
"""

from app.db import Work
from app.forum import rules, search, store
from app.forum.model import Board, Post, Thread
from app.forum.store import measures
from app.records import VerifiedRecord
from app.records.codec import audience_of

from .boards import require_board, subjects_of
from .finding import put_in_index


def lock_thread(work: Work, thread: Thread, act: bytes | None) -> None:
    """Let a thread take no answers, by the act with this digest; without one, take that back."""
    measures.set_lock(work, thread.id, act)
    work.changed.update(subjects_of(thread.id, thread.board))


def slow_thread(work: Work, thread: Thread, delay_s: int, act: bytes | None) -> None:
    """Have every name wait between two posts in a thread; 0 without an act takes it back."""
    measures.set_delay(work, thread.id, delay_s, act)
    work.changed.update(subjects_of(thread.id, thread.board))


def move_thread(work: Work, thread: Thread, board: str, act: bytes | None) -> None:
    """Put a thread on another board of this home: lists, feeds, counts and search have it there.

    Its address stays, and so does the board inside its posts' signatures: answers are signed for
    that one too. The board of the opening, without an act, takes it back.

    Raises:
        UnknownBoardError: there is no such board here.

    """
    target = require_board(work, board)
    measures.set_board(work, thread.id, target.did, act)
    shown = measures.list_shown_in(work, thread.id)
    # Of a thread that is older than the index, what is not in it yet comes with its part.
    indexed = [digest for digest, place in shown if search.remove_from_index(work, [place])]
    put_in_index(work, indexed)
    for did in (thread.board, target.did):
        work.changed.update(subjects_of(thread.id, did))


def move_back(work: Work, thread: Thread) -> None:
    """Put a thread on the board that its posts were signed for."""
    opening = store.find_post(work, digest=thread.opening)
    is_moved = thread.measures.move is not None
    if opening is not None and (is_moved or opening.board != thread.board):
        move_thread(work, thread, opening.board, None)


def require_movable(work: Work, thread: Thread, board: str) -> None:
    """Refuse to move a thread where it cannot go.

    Raises:
        UnknownBoardError: there is no such board here.
        BoardArchivedError: it takes no more posts.
        SamePlaceError: the thread is there.

    """
    rules.require_movable(thread, require_board(work, board))


def list_delays(work: Work, record: VerifiedRecord) -> dict[str, int]:
    """Return how many seconds have to lie between two posts of one name where a post goes.

    By the thread's id and by its board's key, where they ask for any; nothing for what goes nowhere
    here: that is refused by itself.
    """
    document = record.document
    if "inReplyTo" in document:
        delays = measures.find_delays(work, document["inReplyTo"])
    else:
        board = store.find_board(work, did=audience_of(document))
        delays = {board.did: board.delay_s} if board else {}
    return {name: delay_s for name, delay_s in delays.items() if delay_s}


def board_of(work: Work, post: Post) -> Board:
    """Return the board that a post's thread stands on, shown or waiting."""
    return require_board(work, measures.get_place(work, post.thread).board)

"""Where a post goes: the thread that it opens or answers in, the post that it answers."""

from app import identity
from app.db import Work
from app.forum import codec, rules, store
from app.forum.errors import UnknownPostError
from app.forum.model import THREAD_ID_CHARACTERS, Board, Openers, Post, Thread, ThreadId
from app.forum.store import measures
from app.records import VerifiedRecord
from app.records.model import IMPORTED

from .boards import require_board


def open_thread(
    work: Work, record: VerifiedRecord, board: Board, author: identity.Author
) -> ThreadId:
    """Open the thread of a post that answers none, if its author may.

    Raises:
        BoardArchivedError, UnknownTagError, ThreadClosedError: the board does not take it.

    """
    document, tags = record.document, codec.decode_tags(record.document)
    if record.digest not in work.logged:
        rules.require_living(board)
        rules.require_tags(board, tags, is_opening=True)
        # The host's key alone may mark an import, as was just required.
        if board.openers is not Openers.ANYONE and IMPORTED not in document:
            rules.require_opener(board, is_steward=identity.holds_stewardship(work, author.hand))
    thread_id = ThreadId(record.digest.hex()[:THREAD_ID_CHARACTERS])
    store.add_thread(work, thread_id, board.did, record.digest, record.day, tags)
    return thread_id


def require_opening(work: Work, record_id: str, board: str) -> Thread:
    """Return the thread that a post opened on a board.

    Raises:
        UnknownPostError: it is none of the board's posts, or opened no thread.

    """
    post = store.find_post(work, record_id=record_id)
    thread = store.find_thread(work, post.thread) if post and post.board == board else None
    if post is None or thread is None or thread.opening != post.digest:
        raise UnknownPostError("the post opened no thread of this board")
    return thread


def find_parent(work: Work, record: VerifiedRecord, board: Board, hand: str) -> Post:
    """Return the post that a record answers, if its author can see it.

    Raises:
        UnknownPostError: it is not on the board that the record is for, or waits for its tick.

    """
    found = store.find_post(work, record_id=record.document["inReplyTo"])
    is_carried = record.digest in work.logged or (
        found is not None and found.digest in work.carried
    )
    return rules.require_visible(
        rules.require_same_board(found, board.did), hand, is_carried=is_carried
    )


def require_answerable(work: Work, record: VerifiedRecord, thread_id: ThreadId) -> Board:
    """Return the board that a thread stands on, if both take the answer that a record is.

    Raises:
        BoardArchivedError, ThreadLockedError: one of them takes none.

    """
    place = measures.get_place(work, thread_id)
    board = require_board(work, place.board)
    if record.digest not in work.logged:
        rules.require_living(board)
        rules.require_tags(board, codec.decode_tags(record.document), is_opening=False)
        rules.require_open(place.state)
    return board

"""What can be made again of posts that are gone, after an older backup was put in place."""

from app import identity, records
from app.crypto.multikey import decode_digest
from app.db import Work
from app.forum import store
from app.forum.errors import UnknownPostError
from app.forum.model import THREAD_ID_CHARACTERS, Text, ThreadId, Version
from app.records import VerifiedRecord
from app.records.codec import actor_did, audience_of
from app.records.model import CUSTODY, PREVIOUS, REASONS, Custody

from .boards import require_board, subjects_of


def taken_away(record: VerifiedRecord) -> tuple[bytes, str]:
    """Return which version and which post an erasure, or a desk's act, takes away.

    Raises:
        MalformedError: it names no digest.

    """
    named = record.document["object"]
    if isinstance(named, str):
        return decode_digest(record.document[PREVIOUS]), named
    return decode_digest(named["digestMultibase"]), named["id"]


def place_erased(work: Work, erasure: VerifiedRecord) -> None:
    """Make a place for a post that was written and erased since the backup: answers to it need one.

    Of one that a desk hid nobody has the words any more: it is erased, under the desk's act.

    The thread that it stood in went with its words, so that it opens one of its own. The log holds
    it: `records.keep_erased` came before.

    Raises:
        UnknownBoardError: the board's home is elsewhere.
        UnknownPostError: its author was never here.

    """
    document = erasure.document
    board = require_board(work, audience_of(document))
    digest, post = taken_away(erasure)
    author, is_by_desk = actor_did(post), REASONS in document
    if erasure.signer == author:
        identity.require_author(work, erasure)
    elif identity.find_author(work, author) is None:
        raise UnknownPostError("nothing is known of the author")
    thread = ThreadId(digest.hex()[:THREAD_ID_CHARACTERS])
    store.add_thread(work, thread, board.did, digest, erasure.day, ())
    nothing = Text(language=next(iter(board.name)), markdown="", title="")
    store.add_post(
        work,
        Version(digest=digest, number=1, text=nothing, day=erasure.day),
        {
            "record_id": post,
            "thread": thread,
            "board": board.did,
            "parent": None,
            "author": author,
            # What it was signed with is not known of a desk's: a tombstone does not say it.
            "custody": document.get(CUSTODY, Custody.DEVICE.value),
            "erased_on": erasure.day,
            "act": erasure.digest if is_by_desk else None,
            "act_rule": document[REASONS]["rule"] if is_by_desk else "",
        },
    )
    store.publish_posts(work, [(digest, records.find_place(work, digest))])
    work.changed.update(subjects_of(thread, board.did))

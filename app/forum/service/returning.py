"""What can be made again of posts that are gone, after an older backup was put in place."""

from app import identity, records
from app.crypto.multikey import decode_digest
from app.db import Work
from app.forum import store
from app.forum.errors import UnknownPostError
from app.forum.model import THREAD_ID_CHARACTERS, Text, ThreadId, Version
from app.records import VerifiedRecord
from app.records.codec import actor_did, audience_of
from app.records.model import CUSTODY, PREVIOUS

from .boards import require_board, subjects_of


def place_erased(work: Work, erasure: VerifiedRecord) -> None:
    """Make a place for a post that was written and erased since the backup: answers to it need one.

    The thread that it stood in went with its words, so that it opens one of its own. The log holds
    it: `records.keep_erased` came before.

    Raises:
        UnknownBoardError: the board's home is elsewhere.
        UnknownPostError: its author was never here.

    """
    document = erasure.document
    board = require_board(work, audience_of(document))
    digest, author = decode_digest(document[PREVIOUS]), actor_did(document["object"])
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
            "record_id": document["object"],
            "thread": thread,
            "board": board.did,
            "parent": None,
            "author": author,
            "custody": document[CUSTODY],
            "erased_on": erasure.day,
        },
    )
    store.publish_posts(work, [(digest, records.find_place(work, digest))])
    work.changed.update(subjects_of(thread, board.did))

"""Boards: founding them, changing their settings, setting their threads."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from app import identity, records, tlog
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did, encode_digest
from app.db import Work
from app.forum import codec, rules, store
from app.forum.errors import BoardTakenError, UnknownBoardError, UnknownPostError
from app.forum.model import Board, Thread, ThreadMark
from app.kernel.clock import day_of
from app.kernel.errors import CorruptStateError, NotFoundError
from app.records import StoredRecord, VerifiedRecord, sign_record
from app.records.codec import audience_of
from app.records.model import PREVIOUS

FRONT: Final = "front"
"""What pages over all boards are about."""

Accept = Callable[[Work, VerifiedRecord], tlog.Lane]


def accept_board(
    work: Work, record: VerifiedRecord, *, instance_did: str, within: str = ""
) -> tlog.Lane:
    """Found a board; a partner's (`within` its name) is called by both names.

    Raises:
        UnknownBoardError: its home is elsewhere.
        BoardTakenError: its key or short name has founded one already.

    """
    board = codec.decode_board(record)
    if board.home != instance_did:
        raise UnknownBoardError("the board's home is elsewhere")
    if within:
        board = replace(board, slug=f"{within}-{board.slug}")
    known = store.find_board(work, did=board.did) or store.find_board(work, slug=board.slug)
    if known is not None:
        raise BoardTakenError("this key or short name has founded a board")
    store.add_board(work, board)
    tlog.open_lane(work, lane_of(board))
    work.changed.add(FRONT)
    return tlog.HOUSE_LANE


def at_home(accept: Accept, instance_did: str) -> Accept:
    """Return what takes records in for boards whose home is this instance, and no other's.

    A record that is good for one home is worth nothing in another's log (SECURITY.md D4).
    """

    def accept_here(work: Work, record: VerifiedRecord) -> tlog.Lane:
        if "audience" in record.document:
            did = audience_of(record.document)
            is_known = did == instance_did or record.digest in work.proven
            board = None if is_known else store.find_board(work, did=did)
            if board is not None and board.home != instance_did:
                raise UnknownBoardError("the board's home is elsewhere")
        return accept(work, record)

    return accept_here


def is_at_home(work: Work, did: str, instance_did: str) -> bool:
    """Return whether a board's home is this instance: what is done by itself is done there."""
    board = store.find_board(work, did=did)
    return board is not None and board.home == instance_did


def accept_settings(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Change a board's settings: they act at once, so that a rule never waits for a tick.

    Raises:
        WrongSignerError: another key than the home instance's signed it.
        UnknownBoardError: the record is about no board here.
        StaleSettingsError: it was built on other settings than the present ones.

    """
    rules.require_home(record.signer, instance_did)
    document = record.document
    board = require_board(work, audience_of(document))
    founding = _founding_of(work, board)
    if document["object"] != founding.id:
        raise UnknownBoardError("the record names another board than its audience")
    rules.require_settled(document[PREVIOUS], board.head or founding.digest)
    changed = codec.decode_settings(document, board, record.digest)
    store.change_board(work, changed)
    tlog.change_lane(work, lane_of(changed))
    work.changed.update({FRONT, f"board:{board.did}", settings_of(board.did)})
    return tlog.HOUSE_LANE


def accept_mark(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Pin, lock or archive a thread, or undo it, at once.

    Raises:
        WrongSignerError: another key than the home instance's signed it.
        UnknownPostError: it names no post that opened a thread which readers can see.
        StaleSettingsError: it was built on another state than the present one.

    """
    rules.require_home(record.signer, instance_did)
    document = record.document
    board = require_board(work, audience_of(document))
    found = store.find_post(work, record_id=document["object"])
    post = rules.require_same_board(found, board.did)
    thread = store.find_thread(work, post.thread)
    # Of one that a desk moved, the record still names the board that its posts were signed for.
    if thread is None or thread.opening != post.digest:
        raise UnknownPostError("the post opened no thread that readers can see")
    rules.require_settled(document.get(PREVIOUS, ""), store.get_mark(work, thread.id).head)
    store.set_mark(work, thread.id, codec.decode_mark(document, record.digest))
    work.changed.update(subjects_of(thread.id, thread.board))
    return tlog.HOUSE_LANE


def found_board(
    work: Work, door: records.Door, board: Board, key: SigningKey, home: SigningKey
) -> Board:
    """Found a board here, signed by its own key, which the caller keeps offline or destroys."""
    members = codec.board_members(board, home)
    raw = sign_record(key, "Group", members, nonce=identity.encode_id(work), day=board.founded_on)
    door.submit(work, raw)
    return require_board(work, encode_did(key.public))


def change_board(work: Work, door: records.Door, board: Board, *, previous: str = "") -> None:
    """Sign a board's settings with the instance's key and hand them in.

    `previous` is what they were built on; without it, whatever holds now.
    """
    founding = _founding_of(work, board)
    members = codec.settings_members(board, founding.id, previous or settings_head(work, board))
    _submit(work, door, members)


def move_home(work: Work, board: Board, home: str) -> None:
    """Let a board be kept by another instance from now on."""
    store.set_home(work, board.did, home)
    work.changed.update({FRONT, f"board:{board.did}", settings_of(board.did)})


def move_board(work: Work, door: records.Door, slug: str, step: int) -> None:
    """Move a board up (-1) or down (1) in the list; at an end it stays where it is."""
    boards = [board for board, _ in store.list_boards(work)]
    place = boards.index(get_board(work, slug))
    target = min(max(place + step, 0), len(boards) - 1)
    boards.insert(target, boards.pop(place))
    for position, board in enumerate(boards):
        if board.position != position:
            change_board(work, door, replace(board, position=position))


def mark_thread(
    work: Work, door: records.Door, thread: Thread, mark: ThreadMark, *, previous: str
) -> None:
    """Sign a thread's state with the instance's key and hand it in."""
    opening = store.find_post(work, digest=thread.opening)
    if opening is None:
        raise CorruptStateError("a thread without its opening")
    members = codec.mark_members(opening.board, opening.record_id, mark, previous)
    _submit(work, door, members)


def settings_head(work: Work, board: Board) -> str:
    """Return the digest that the next settings of a board must name."""
    return encode_digest(board.head or _founding_of(work, board).digest)


def require_board(work: Work, did: str) -> Board:
    """Return a board whose home is here.

    Raises:
        UnknownBoardError: it is not.

    """
    board = store.find_board(work, did=did)
    if board is None:
        raise UnknownBoardError("the board's home is elsewhere")
    return board


def get_board(work: Work, slug: str) -> Board:
    """Return a board by its short name.

    Raises:
        NotFoundError: no such board.

    """
    board = store.find_board(work, slug=slug)
    if board is None:
        raise NotFoundError("no such board")
    return board


def subjects_of(thread_id: str, board: str) -> frozenset[str]:
    """Return what a thread's pages are about, and the pages that list it."""
    return frozenset({FRONT, f"thread:{thread_id}", f"board:{board}"})


def settings_of(board: str) -> str:
    """Return what every page that names a board is about, whatever is posted there."""
    return f"settings:{board}"


def lane_of(board: Board) -> tlog.Lane:
    """Return the lane that a board's entries wait in."""
    return tlog.Lane(name=board.did, tick_s=board.tick_s)


def _founding_of(work: Work, board: Board) -> StoredRecord:
    found = records.find_signed(work, board.did, "Group")
    if found is None:
        raise CorruptStateError("a board without its founding record")
    return found


def _submit(work: Work, door: records.Door, members: dict[str, object]) -> None:
    nonce = identity.encode_id(work)
    door.submit(work, sign_record(door.key, "Update", members, nonce=nonce, day=day_of(work.now)))

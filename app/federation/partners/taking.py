"""Taking a board over, from what is here of its home's log.

    the copy, replayed to its end ─► the tree that counts ─► successors sign it ─► `Move`
        ─► what waited here for the old home goes into this log

Nobody needs the old home for any of it. What it promised and its copied log does not show is lost
to this host, unless its authors hand the same bytes in here: they are for the board, whoever keeps
it.
"""

from collections.abc import Mapping
from pathlib import Path

from app import forum, records
from app.db import Database, Work
from app.federation.bundles.bringing import order_by_needs
from app.federation.folders import Folder
from app.federation.monitor import Shown, look
from app.forum import Board
from app.kernel.errors import AppError
from app.kernel.strict_json import JsonObject
from app.records import Door, Owner, parse_record, verify_record
from app.records.codec import audience_of
from app.tlog.publication import CHECKPOINT_PATH

from . import store
from .consents import agree
from .errors import SuccessionError
from .model import Partner, PartnerState, Replayed, Takeover
from .replicas import replay
from .succession import find_order, take_over


def complete(
    db: Database, copy: Path, owners: Mapping[str, Owner], own_did: str, partner: Partner
) -> Replayed:
    """Replay all that was copied of a partner's log; it is not asked, and may be gone or frozen.

    Raises:
        SuccessionError: nothing was copied.
        MalformedError, VerificationError, MissingFileError: the copy is damaged.
        MirrorBusyError: the worker copies it just now.
        QuotaError: it holds more than the partner may bring today.

    """
    if not (copy / CHECKPOINT_PATH).exists():
        raise SuccessionError("nothing of that home's log was copied here")
    with Folder(copy) as files, files.hold():
        return replay(db.write, owners, own_did, partner, files, look(files))


def plan(copy: Path, board: Board, to: str, size: int | None = None) -> Takeover:
    """Return what successors sign: all of the copied log counts, or as much as another has.

    Raises:
        SuccessionError: less than that was copied.
        MalformedError, VerificationError, MissingFileError: the copy is damaged.

    """
    with Folder(copy) as files:
        shown = look(files)
        return _plan(shown, board, to, shown.checkpoint.tree.size if size is None else size)


def _plan(shown: Shown, board: Board, to: str, size: int) -> Takeover:
    if size > shown.checkpoint.tree.size:
        raise SuccessionError("less of the old log was copied here")
    root = shown.tiles.root_at(size).hex()
    return Takeover(board=board.did, to=to, origin=shown.checkpoint.origin, size=size, root=root)


def copied_size(copy: Path) -> int:
    """Return how many entries of a log were copied into a folder, or 0."""
    if not (copy / CHECKPOINT_PATH).exists():
        return 0
    with Folder(copy) as files:
        return look(files).checkpoint.tree.size


def take(work: Work, door: Door, takeover: Takeover, consents: list[JsonObject]) -> int:
    """Take a board over, with what waited here for its old home; return how much that was.

    Raises:
        SuccessionError: see `accept_move`.

    """
    board = forum.find_board(work, did=takeover.board)
    former = board.home if board else ""
    take_over(work, door, takeover, consents)
    by_bytes = {each.raw: each for each in store.list_undelivered(work, former)}
    home: list[bytes] = []
    for raw in order_by_needs(list(by_bytes)):
        record = verify_record(parse_record(raw))
        if board is not None and audience_of(record.document) == board.did:
            records.bring_home(work, record, forum.lane_of(board))
            home.append(record.digest)
    store.forget_carried(work, home)
    return len(home)


def list_left(work: Work, own_did: str, home: str) -> list[Board]:
    """Return boards of a home that this instance may take over alone, and before all others."""
    left = []
    for board, _ in forum.list_boards(work):
        if board.home != home:
            continue
        try:
            order = find_order(work, board.did)
        except SuccessionError:
            continue
        if order.quorum == 1 and order.successors[0] == own_did:
            left.append(board)
    return left


def take_left(
    db: Database, door: Door, copy: Path, partner: Partner, owners: Mapping[str, Owner]
) -> list[str]:
    """Take over what a home left to this instance when it retired; return the short names.

    A board that cannot be taken now is left, and tried again in the next round.

    Raises:
        AppError: see `complete`, `plan`; the next round does it.

    """
    taken: list[str] = []
    if partner.state is not PartnerState.RETIRED:
        return taken
    with db.read() as work:
        left = list_left(work, door.instance_did, partner.did)
    if left:
        # A crash can have come after the record by which it ends, and before the log's last entry.
        complete(db, copy, owners, door.instance_did, partner)
    for board in left:
        takeover = plan(copy, board, door.instance_did)
        try:
            with db.write() as work:
                take(work, door, takeover, [agree(work, door.key, door.instance_did, takeover)])
        except AppError:
            continue
        taken.append(board.slug)
    return taken

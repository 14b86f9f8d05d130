"""Taking a board over when its home is gone.

Who may is said in advance: by the record that founded the board, or a later one by its key. A
takeover names the last tree of the old log that counts; as many successors as it takes sign that.
What the old home logs after that tree is void here and at every partner that reads this log.
"""

from datetime import date
from pathlib import Path
from typing import Final

from app import forum, identity, records, tlog
from app.crypto.ed25519 import SigningKey, verify_signature
from app.crypto.multikey import decode_did, decode_multibase, encode_did, encode_multibase
from app.db import Work
from app.forum import Board
from app.forum.errors import UnknownBoardError
from app.kernel import strict_json
from app.kernel.clock import day_of
from app.kernel.strict_json import JsonObject
from app.records import Door, VerifiedRecord, sign_record
from app.records.codec import actor_did, audience_of
from app.records.errors import WrongSignerError
from app.web.at_home import PARTNERS

from . import store
from .errors import SuccessionError
from .model import Order, Takeover
from .service import AT_ONCE
from .trees import require_tree

_TAKEOVER: Final = b"goftogu/v1/takeover\n"


def accept_order(work: Work, record: VerifiedRecord) -> tlog.Lane:
    """Take in who may take a board over from now on: its own key says so.

    Raises:
        WrongSignerError: another key than the board's signed it.
        SuccessionError: more are asked for than are named; or a later day's order is here, or
            one of the same day, so that none that somebody kept replaces another.

    """
    document = record.document
    board = actor_did(document["audience"])
    if record.signer != board or actor_did(document["object"]) != board:
        raise WrongSignerError("another key than the board's")
    _require_board(work, board)
    if document["urn:goftogu:quorum"] > len(set(document["urn:goftogu:successors"])):
        raise SuccessionError("more successors are asked for than are named")
    if any(other["published"] >= document["published"] for other in _list_orders(work, board)):
        raise SuccessionError("the board's key said something else on that day, or later")
    work.changed.add(PARTNERS)
    return tlog.HOUSE_LANE


def sign_order(
    key: SigningKey, successors: list[str], quorum: int, *, nonce: str, day: date
) -> bytes:
    """Return who may take a board over, signed by the board's key; it needs no instance."""
    actor = f"ap://{encode_did(key.public)}/actor"
    members: JsonObject = {
        "audience": actor,
        "object": actor,
        "urn:goftogu:successors": successors,
        "urn:goftogu:quorum": quorum,
    }
    return sign_record(key, "Update", members, nonce=nonce, day=day)


def find_order(work: Work, board: str) -> Order:
    """Return who may take a board over: as said last by its key.

    Raises:
        SuccessionError: nobody may.

    """
    for document in (_list_orders(work, board) or _list_founded(work, board))[-1:]:
        order = Order(
            successors=tuple(document["urn:goftogu:successors"]),
            quorum=document["urn:goftogu:quorum"],
        )
        if order.quorum and order.successors:
            return order
    raise SuccessionError("nobody was named in advance who may take this board over")


def _list_orders(work: Work, board: str) -> list[JsonObject]:
    """Return what a board's key said later, by its days: a log's order is its host's to choose."""
    found = [raw for _, raw in records.list_by_signers(work, [board], "Update/succession")]
    return sorted(map(strict_json.decode, found), key=lambda document: document["published"])


def _list_founded(work: Work, board: str) -> list[JsonObject]:
    return [strict_json.decode(raw) for _, raw in records.list_by_signers(work, [board], "Group")]


def consent(key: SigningKey, takeover: Takeover) -> JsonObject:
    """Return a successor's signature over a takeover, as its record holds it."""
    signature = key.sign(_TAKEOVER + strict_json.encode(takeover.members()))
    return {"by": encode_did(key.public), "consent": encode_multibase(signature)}


def take_over(work: Work, door: Door, takeover: Takeover, consents: list[JsonObject]) -> None:
    """Sign a takeover with this instance's key, and hand it in.

    Raises:
        SuccessionError: see `accept_move`.

    """
    members = {**takeover.members(), "urn:goftogu:consents": consents}
    nonce, day = identity.encode_id(work), day_of(work.now)
    door.submit(work, sign_record(door.key, "Move", members, nonce=nonce, day=day))


def accept_move(
    work: Work,
    record: VerifiedRecord,
    *,
    instance_did: str,
    data: Path,
    must_be_here: bool = True,
) -> tlog.Lane:
    """Give a board a new home, at once.

    `data` is the instance's folder. `must_be_here` says that the new home is this instance, which
    takes over what it has alone; a partner's takeover may not contradict what is here.

    Raises:
        WrongSignerError: another instance signed it than the new home.
        SuccessionError: too few successors signed, one that is none, or the tree that they signed
            is not the old log's.
        UnknownBoardError: there is no such board here.

    """
    takeover, consents = decode_takeover(record.document)
    if record.signer != instance_did or takeover.to != instance_did:
        raise WrongSignerError("another instance than the new home")
    board = _require_board(work, takeover.board)
    order = find_order(work, board.did)
    message = _TAKEOVER + strict_json.encode(takeover.members())
    signed = set()
    for by, signature in consents.items():
        if by not in order.successors:
            raise SuccessionError("somebody signed who is no successor")
        verify_signature(decode_did(by), message, decode_multibase(signature, 64))
        signed.add(by)
    if len(signed) < order.quorum or takeover.to not in order.successors:
        raise SuccessionError(f"{order.quorum} successors must sign, and take it over")
    if board.home == takeover.to:
        raise SuccessionError("the board is at home here")
    if takeover.origin not in _list_origins(work, board.home):
        raise SuccessionError("the tree that is named is of another log than the former home's")
    before = store.list_final_sizes(work, board.home).get(board.did)
    if before is not None and takeover.size <= before:
        raise SuccessionError("it was taken over from that log already, up to that tree or a later")
    # What our own log holds was looked at when it was taken in: an old backup has no copies.
    if not must_be_here or record.digest not in work.logged:
        require_tree(work, board.home, takeover, data, must_be_here=must_be_here)
    store.put_move(work, board.home, takeover, record.digest)
    forum.move_home(work, board, takeover.to)
    if not must_be_here:
        _lead_on(work, board.home, takeover)
    work.changed.add(PARTNERS)
    tlog.open_lane(work, AT_ONCE)
    return AT_ONCE


def _lead_on(work: Work, former: str, takeover: Takeover) -> None:
    """Let what waits here for the old home go to the new one: its bytes name the board alone."""
    for waiting in store.list_undelivered(work, former):
        if (
            waiting.receipt is None
            and audience_of(strict_json.decode(waiting.raw)) == takeover.board
        ):
            store.set_partner(work, waiting.digest, takeover.to)
            records.change_home(work, waiting.digest, takeover.to)


def _list_origins(work: Work, home: str) -> set[str]:
    """Return what the log of an instance is called: of a partner, or of this one by its card."""
    partner = store.find_partner(work, did=home)
    if partner is not None:
        return {partner.log_origin}
    cards = records.list_by_signers(work, [home], "Application")
    return {strict_json.decode(raw)["urn:goftogu:logOrigin"] for _, raw in cards}


def decode_takeover(document: JsonObject) -> tuple[Takeover, dict[str, str]]:
    """Read the members of a takeover: what was signed, and by whom."""
    final = document["urn:goftogu:final"]
    takeover = Takeover(
        board=actor_did(document["object"]),
        to=actor_did(document["target"]),
        origin=final["origin"],
        size=final["size"],
        root=final["root"],
    )
    return takeover, {each["by"]: each["consent"] for each in document["urn:goftogu:consents"]}


def _require_board(work: Work, did: str) -> Board:
    board = forum.find_board(work, did=did)
    if board is None:
        raise UnknownBoardError("there is no such board here")
    return board

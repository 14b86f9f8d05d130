"""What is taken away at a home, as far as it binds here, and who has said that it is gone.

    its author erased it    everybody erases: rows, bytes, index, files of the copy; then says so
    a desk, by the rules    advice: followed, unless this host's operator set otherwise
    a desk, by a law        binds the home alone: it is read here, with the reasons beside it
    a persona's limit       holds at the home, which refuses what is carried for it

A host says that it erased by `Accept/erasure` in its own log; the home keeps until when it asked
each partner for that, and what was said (ADR-0054).
"""

from collections.abc import Callable, Mapping
from typing import Final

from app import forum, identity, tlog
from app.crypto.multikey import decode_digest, encode_digest
from app.db import Work
from app.kernel.clock import DAY_S, HOUR_S, Instant, day_of, round_up
from app.moderation.model import Act, ActionKind, Ground, Subject, SubjectKind
from app.records import Door, VerifiedRecord, sign_record
from app.records.codec import audience_of
from app.records.errors import WrongSignerError
from app.records.registry import MOST_ERASED

from . import receipts
from .errors import NotItsOwnError
from .model import ErasureAsked, Partner, Right
from .store import list_takers

Accept = Callable[[Work, VerifiedRecord], tlog.Lane]
_ERASED: Final = "urn:goftogu:erased"
_OF_WORDS: Final = frozenset({ActionKind.HIDE, ActionKind.QUARANTINE, ActionKind.ERASE})
_OF_POSTS: Final = frozenset({SubjectKind.POST, SubjectKind.THREAD})


def binds(work: Work, act: Act, subject: Subject, *, partner: Partner) -> bool:
    """Return whether an act in a partner's log does anything here.

    Raises:
        NotItsOwnError: it is about a post on another home's board.

    """
    if subject.kind in _OF_POSTS:
        stands_on = _board_of(work, subject)
        board = forum.find_board(work, did=stands_on) if stands_on else None
        if board is None or board.home != partner.did:
            raise NotItsOwnError("a desk acts on its own host's boards")
    kind, reasons = act.decision.kind, act.decision.reasons
    if kind is ActionKind.LIMIT:
        return False
    if kind not in _OF_WORDS:
        return True
    return reasons.ground is not Ground.LAW and partner.follows_rules


def _board_of(work: Work, subject: Subject) -> str:
    """Return the board on which a post or a thread stands, or nothing."""
    if subject.kind is SubjectKind.THREAD:
        return forum.get_thread(work, subject.name).board
    post = forum.find_post(work, digest=bytes.fromhex(subject.name))
    return forum.board_of(work, post).did if post else ""


def asking(accept: Accept, instance_did: str) -> Accept:
    """Return what takes in an author's erasure, and asks each partner that shows the board."""

    def accept_and_ask(work: Work, record: VerifiedRecord) -> tlog.Lane:
        lane = accept(work, record)
        board = forum.find_board(work, did=audience_of(record.document))
        post = forum.find_post(work, record_id=record.document["object"])
        if board is not None and post is not None and board.home == instance_did:
            takers = list_takers(work, giver=instance_did, board=board.did, right=Right.READ)
            due_at = Instant(round_up(Instant(work.now + lane.tick_s), HOUR_S) + DAY_S)
            for taker in takers:
                receipts.add_asked(work, record.digest, taker, post.digest, due_at)
        return lane

    return accept_and_ask


def accept_erased(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Take in that an instance erased what it was asked to.

    Raises:
        WrongSignerError: another key than the instance's signed it.

    """
    if record.signer != instance_did:
        raise WrongSignerError("another key than the instance's")
    erased = list(map(decode_digest, record.document[_ERASED]))
    for post in receipts.confirm(work, erased, record.signer, record.day):
        found = forum.find_post(work, digest=post)
        if found is not None:
            work.changed.add(f"thread:{found.thread}")
    return tlog.HOUSE_LANE


def say_erased(work: Work, door: Door) -> int:
    """Sign that everything is gone here that authors erased at their boards' homes.

    Returns for how many erasures. What they took went in a transaction before this one.
    """
    owed = receipts.list_owed(work, MOST_ERASED)
    by_home: dict[str, list[bytes]] = {}
    for digest, home in owed:
        by_home.setdefault(home, []).append(digest)
    for home, digests in by_home.items():
        members = {
            "object": f"ap://{home}/actor",
            _ERASED: [encode_digest(digest) for digest in digests],
        }
        nonce, day = identity.encode_id(work), day_of(work.now)
        door.submit(work, sign_record(door.key, "Accept", members, nonce=nonce, day=day))
        receipts.remove_owed(work, digests)
    return len(owed)


def list_late(work: Work) -> Mapping[str, int]:
    """Return by partner how many erasures it has not confirmed within a day of their entry."""
    return receipts.count_late(work, work.minute)


def list_asked(work: Work, post: bytes) -> list[ErasureAsked]:
    """Return who was asked to erase a post, and what they said."""
    return receipts.list_asked(work, post)

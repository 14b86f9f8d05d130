"""The lot: three have a part in it, and none of them knows the others' when giving their own.

    Event ─ the host seals a secret ─► votes end ─► the log's root hash ─► Accept/lot ─► the choice
            (its SHA-256)                          (public)               (the official) tells it

The host knows its secret and cannot change it; the official signs once voting has ended and does
not know it. Whoever waits for a better draw waits in vain: after two days it is drawn without the
official's part, and pages say so (Blum, "Coin flipping by telephone", 1981; ADR-0061).
"""

from hashlib import sha256

from app import forum, identity, opinion, records, tlog
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import decode_digest
from app.db import Work
from app.hearings import rules, store
from app.hearings.codec import choices
from app.hearings.errors import ChoiceUnfitError, NoHearingError
from app.hearings.model import Hearing
from app.kernel.clock import day_of
from app.opinion import ConversationState
from app.records import VerifiedRecord, sign_record
from app.records.codec import audience_of
from app.records.errors import WrongSignerError

from .charters import derive_part, tell_changed


def accept_draw(work: Work, record: VerifiedRecord) -> tlog.Lane:
    """Take the official's part in the lot.

    Raises:
        NoHearingError: it names none of this board.
        WrongSignerError: another than the official signed it, or it draws nothing.
        KeyInactiveError: the key is no longer in use.
        ChoiceUnfitError: voting has not ended, or the lot is drawn.

    """
    named = record.document["object"]
    hearing = store.find_hearing(work, record_id=named["id"])
    if hearing is None or hearing.board != audience_of(record.document):
        raise NoHearingError("no such hearing on this board")
    hand = identity.require_hand(work, record)
    if hand != hearing.official or not record.document[choices.DRAWS]:
        raise WrongSignerError("the official alone has that part")
    if hearing.drawn is not None:
        raise ChoiceUnfitError("the official has drawn before")
    if record.digest not in work.logged:
        ended = require_drawing(work, hearing)
        if decode_digest(named["digestMultibase"]) != ended:
            raise ChoiceUnfitError("another record than the one by which voting ended")
    store.set_drawn(work, hearing.thread, record.digest)
    tell_changed(work, hearing.thread)
    return tlog.HOUSE_LANE


def may_be_drawn(work: Work, hearing: Hearing) -> bool:
    """Return whether the official can have their part in the lot now: voting has ended."""
    conversation = opinion.find_conversation(work, thread=hearing.thread)
    has_ended = conversation is not None and conversation.state is not ConversationState.OPEN
    return has_ended and rules.awaits_draw(hearing)


def require_drawing(work: Work, hearing: Hearing) -> bytes:
    """Require that the official's part is waited for; return the record by which voting ended.

    Raises:
        ChoiceUnfitError: voting has not ended, or nothing is drawn, or it is drawn.

    """
    if not may_be_drawn(work, hearing):
        raise ChoiceUnfitError("nothing waits to be drawn")
    return opinion.get_conversation(work, hearing.thread).head


def sign_draw(work: Work, key: SigningKey, hearing: Hearing) -> bytes:
    """Return the record by which an official with this posting key has their part in the lot.

    Raises:
        ChoiceUnfitError: see `require_drawing`.

    """
    nonce, day = identity.encode_id(work), day_of(work.now)
    members = choices.draw_members(hearing, require_drawing(work, hearing))
    return sign_record(key, "Accept", members, nonce=nonce, day=day)


def find_part(work: Work, key: SigningKey, hearing: Hearing) -> bytes:
    """Return the host's part in a lot; empty where another host sealed it, or nobody did."""
    thread = forum.get_thread(work, hearing.thread)
    part = derive_part(key, forum.get_post(work, thread.opening).record_id)
    return part if sha256(part).digest() == hearing.lot else b""


def require_parts(work: Work, hearing: Hearing, record: VerifiedRecord) -> bytes:
    """Require that a choice tells the parts that its hearing's lot has; return them together.

    A host that took the board over cannot tell what the former one sealed.

    Raises:
        ChoiceUnfitError: it leaves one out, tells another, or does not wait for the official.

    """
    told, drawn = choices.decode_parts(record.document)
    if drawn != (hearing.drawn or b""):
        raise ChoiceUnfitError("the official drew otherwise")
    if rules.awaits_draw(hearing, day_of(work.now)):
        raise ChoiceUnfitError("the official's part is waited for")
    try:
        part = bytes.fromhex(told)
    except ValueError as error:
        raise ChoiceUnfitError("the host's part is no bytes") from error
    is_told = hearing.lot == sha256(part).digest() if part else not _sealed(work, hearing, record)
    if not is_told:
        raise ChoiceUnfitError("another part of the host's than it sealed")
    return part + drawn


def _sealed(work: Work, hearing: Hearing, record: VerifiedRecord) -> bool:
    """Return whether who signed a record sealed a part when they offered this hearing."""
    own = records.list_by_signers(work, [record.signer], "Event")
    named = hearing.record_id.encode()
    return hearing.lot is not None and any(named in raw for _, raw in own)

"""Votes of personas: who is logged in votes under a ballot that nothing kept here joins to them."""

from collections.abc import Mapping
from typing import NamedTuple

from app import identity
from app.crypto.ed25519 import SigningKey
from app.db import Work
from app.identity import LoginSession, SignedBallot
from app.identity.model.ballots import Ballot, BallotKind
from app.opinion import codec, rules, store
from app.opinion.errors import DeviceBallotError
from app.opinion.model import Conversation, Sheet, Vote
from app.records.model import Custody

from .panel import is_drawn
from .voting import cast_votes, get_sheet, require_voting, take_back_vote


class Voter(NamedTuple):
    """Whoever looks at a consultation: their ballot and votes, as far as this session can tell."""

    ballot: str | None
    sheet: Sheet


def find_voter(work: Work, conversation: Conversation, session: LoginSession | None) -> Voter:
    """Return the ballot and the votes of who is logged in; none where they have not voted.

    It takes the session's cookie: with the database alone nobody finds out.
    """
    found = None
    if session is not None:
        found = identity.find_own_ballot(work, session, conversation.record_id)
    ballot = found.name if found else None
    return Voter(ballot, get_sheet(work, conversation, ballot))


def sees_results(work: Work, conversation: Conversation, sheet: Sheet) -> bool:
    """Return whether who cast these votes sees results now: what every page of results asks."""
    if not conversation.is_open:
        return True
    asked = {each.number for each in store.list_weights(work, conversation.thread)}
    cast = asked & sheet.keys()
    if not rules.sees_results(conversation, len(cast), len(asked)):
        return False
    # Only now: what a desk hid since or its author took back is told by the posts themselves.
    found = store.list_some(work, conversation.thread, cast)
    still = {each.number for each in found if each.is_asked}
    return rules.sees_results(conversation, len(still), len(asked - cast | still))


def vote_as(
    work: Work, conversation: Conversation, session: LoginSession, votes: Mapping[int, Vote | None]
) -> bool:
    """Cast votes of who is logged in under the ballot that they have; None takes a vote back.

    Returns whether they were cast: a first vote takes its ballot, which is signed before
    (`sign_first`) and comes with it (`vote_first`). No row of the persona's is written: PostgreSQL
    says of each row which transaction wrote it, and a session that was extended beside a sheet
    would name its voter.

    Raises:
        ConversationClosedError, NoStatementError: see `cast_votes`.
        DeviceBallotError: the key is on the persona's device.
        LockedKeyError: see `identity.unlock_session`.
        PersonaLimitedError: the persona may read only.

    """
    posting = _unlock(work, conversation, session)
    root = session.viewer.root
    ballot = identity.find_usable_ballot(work, root, posting, conversation.record_id)
    if ballot is not None:
        vote_with(work, conversation, ballot, votes)
    return ballot is not None


def sign_first(
    work: Work,
    instance: SigningKey,
    marks_key: bytes,
    conversation: Conversation,
    session: LoginSession,
) -> SignedBallot:
    """Sign the ballot of who is logged in, for `vote_first`. It only reads.

    Raises:
        ConversationClosedError, DeviceBallotError, LockedKeyError: see `vote_as`.
        PersonaLimitedError, BallotsClosedError, MayNotTakeBallotError, BallotTakenError: see
            `identity.sign_own_ballot`.

    """
    return identity.sign_own_ballot(
        work,
        instance,
        session.viewer.root,
        _unlock(work, conversation, session),
        conversation.record_id,
        named=named_keys(conversation),
        is_invited=is_drawn(work, marks_key, session.viewer.root, conversation),
    )


def vote_first(
    work: Work,
    instance: SigningKey,
    marks_key: bytes,
    conversation: Conversation,
    session: LoginSession,
    votes: Mapping[int, Vote | None],
    signed: SignedBallot,
) -> None:
    """Let a ballot in and cast the first votes under it: one transaction, so all of it or nothing.

    Raises:
        ConversationClosedError, NoStatementError, DeviceBallotError, LockedKeyError: see `vote_as`.
        PersonaLimitedError, BallotsClosedError, MayNotTakeBallotError, BallotKindError,
        BallotTakenError: see `identity.take_ballot`.

    """
    ballot = identity.take_ballot(
        work,
        instance,
        session.viewer.root,
        _unlock(work, conversation, session),
        signed,
        named=named_keys(conversation),
        is_invited=is_drawn(work, marks_key, session.viewer.root, conversation),
    )
    vote_with(work, conversation, ballot, votes)


def _unlock(work: Work, conversation: Conversation, session: LoginSession) -> SigningKey:
    require_voting(work, conversation)
    if session.viewer.custody is Custody.DEVICE:
        raise DeviceBallotError("the ballot of a device's key is made on the device")
    return identity.unlock_session(session)


def vote_with(
    work: Work, conversation: Conversation, ballot: Ballot, votes: Mapping[int, Vote | None]
) -> None:
    """Cast votes under a ballot that was let in; None takes one back.

    Raises:
        ConversationClosedError, NoStatementError: see `cast_votes`.

    """
    cast = {number: vote for number, vote in votes.items() if vote is not None}
    if cast:
        cast_votes(work, conversation, ballot.name, cast)
    for number in votes.keys() - cast.keys():
        take_back_vote(work, conversation, ballot.name, number)


def named_keys(conversation: Conversation) -> dict[BallotKind, str]:
    """Return what a consultation's record says of the keys that let ballots in."""
    return codec.decode_keys(conversation.keys)

"""Votes of personas: who is logged in votes under a ballot that nothing kept here joins to them."""

from collections.abc import Mapping
from typing import NamedTuple

from app import identity
from app.crypto.ed25519 import SigningKey
from app.db import Work
from app.identity import Viewer
from app.identity.model.ballots import Ballot, BallotKind
from app.opinion import codec, rules, store
from app.opinion.errors import DeviceBallotError
from app.opinion.model import Conversation, Sheet, Vote
from app.records.model import Custody

from .voting import cast_votes, get_sheet, require_voting, take_back_vote


class Voter(NamedTuple):
    """Whoever looks at a consultation: their ballot and votes, as far as this session can tell."""

    ballot: str | None
    sheet: Sheet


def find_voter(work: Work, conversation: Conversation, viewer: Viewer | None, token: str) -> Voter:
    """Return the ballot and the votes of who is logged in; none where they have not voted.

    `token` is the session's cookie: with the database alone nobody finds out.
    """
    found = None
    if viewer is not None:
        found = identity.find_own_ballot(work, viewer, token, conversation.record_id)
    ballot = found.name if found else None
    return Voter(ballot, get_sheet(work, conversation, ballot))


def sees_results(work: Work, conversation: Conversation, sheet: Sheet) -> bool:
    """Return whether who cast these votes sees results now: what every page of results asks."""
    asked = len(store.list_weights(work, conversation.thread)) if conversation.is_open else 0
    return rules.sees_results(conversation, sheet, asked)


def require_results(work: Work, conversation: Conversation, sheet: Sheet) -> None:
    """Require that who cast these votes sees results now.

    Raises:
        ResultsHiddenError: not yet.

    """
    asked = len(store.list_weights(work, conversation.thread)) if conversation.is_open else 0
    rules.require_results(conversation, sheet, asked)


def vote_as(
    work: Work,
    instance: SigningKey,
    conversation: Conversation,
    viewer: Viewer,
    token: str,
    votes: Mapping[int, Vote | None],
    *,
    is_invited: bool = False,
) -> None:
    """Cast votes of who is logged in, under their ballot, which the first vote takes.

    None takes a vote back. No row of the persona's is written: PostgreSQL says of each row which
    transaction wrote it, and a session that was extended beside a sheet would name its voter.

    Raises:
        ConversationClosedError, NoStatementError: see `cast_votes`.
        DeviceBallotError: the key is on the persona's device.
        WrongPassphraseError, LockedKeyError: see `identity.unlock_posting_key`.
        PersonaLimitedError, BallotsClosedError, MayNotTakeBallotError, BallotTakenError: see
            `identity.take_ballot`.

    """
    require_voting(work, conversation)
    if viewer.custody is Custody.DEVICE:
        raise DeviceBallotError("the ballot of a device's key is made on the device")
    posting = identity.unlock_posting_key(work, token)
    ballot = identity.take_ballot(
        work,
        instance,
        viewer.root,
        posting,
        conversation.record_id,
        named=codec.decode_keys(conversation.keys),
        is_invited=is_invited,
    )
    vote_with(work, conversation, ballot, votes)


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

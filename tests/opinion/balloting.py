"""A consultation in which visitors of the forum vote, with real ballots."""

from dataclasses import replace
from functools import cache

from app import identity
from app.crypto import blind
from app.identity.model.ballots import Ballot, BallotKind
from app.opinion import cast_votes, get_conversation
from app.opinion.model import Conversation, Vote
from app.wiring import House

from tests.crypto import issuers
from tests.houses import publish
from tests.opinion.samples import BABAK, QUESTION, open_conversation, statement


@cache
def made_keys() -> dict[BallotKind, blind.BlindSigningKey]:
    """Return keys that all tests share: drawing primes takes its time."""
    keys = (issuers.KEY, blind.make_key(), blind.make_key())
    return dict(zip(BallotKind, keys, strict=True))


def ask_water(house: House, statements: int = 3, *, asks_side: bool = True) -> Conversation:
    """Open a consultation that takes ballots, with statements to vote on."""
    opening, conversation = open_conversation(house, replace(QUESTION, asks_side=asks_side))
    with house.db.write() as work:
        instance = house.keys["instance"]
        identity.open_ballots(work, instance, conversation.record_id, made_keys())
    for number in range(statements):
        publish(house, statement(BABAK, opening, f"Statement number {number} of ours."))
    with house.db.read() as work:
        return get_conversation(work, conversation.thread)


def vote(
    house: House, session: str, conversation: Conversation, *, is_invited: bool = False
) -> Ballot:
    """Let who holds a session agree to the first statement; return their ballot."""
    with house.db.write() as work:
        viewer = identity.find_viewer(work, session)
        assert viewer is not None
        posting = identity.unlock_posting_key(work, session)
        named = identity.ballot_keys(work, conversation.record_id)
        ballot = identity.take_ballot(
            work, house.keys["instance"], viewer.root, posting, conversation.record_id,
            named=named, is_invited=is_invited,
        )  # fmt: skip
        cast_votes(work, conversation, ballot.name, {1: Vote.AGREE})
    return ballot

"""A consultation that people vote in: with statements, and with keys that let ballots in."""

from functools import cache

from app import forum, opinion
from app.crypto import blind
from app.identity.model.ballots import BallotKind
from app.opinion.model import Conversation, Question
from app.wiring import House

from tests import factories
from tests.crypto import issuers
from tests.houses import publish, require_post
from tests.opinion.samples import AVA, BABAK, QUESTION, statement

WORDS = (
    "Rivers belong to those who drink from them.", "Every dam needs a vote.", "آب حق همه است.",
    "Farmers should pay for water.", "Cities come first.", "The lake must be filled again.",
)  # fmt: skip


@cache
def ballot_keys() -> dict[BallotKind, blind.BlindSigningKey]:
    """Return keys that all tests share: drawing primes takes its time."""
    made = {kind: blind.make_key() for kind in list(BallotKind)[1:]}
    return {BallotKind.VOUCHED: issuers.KEY, **made}


def open_booth(
    house: House, count: int = 6, question: Question = QUESTION, title: str = "Water"
) -> tuple[bytes, Conversation]:
    """Open a consultation with some statements; return its opening post as well."""
    opening = factories.note(AVA, board=factories.LIVE, title=title)
    publish(house, opening)
    conversation = open_on(house, opening, question)
    for words in WORDS[:count]:
        publish(house, statement(BABAK, opening, words))
    return opening, conversation


def open_on(house: House, opening: bytes, question: Question = QUESTION) -> Conversation:
    """Open a consultation on the thread of a post."""
    with house.db.write() as work:
        thread = forum.get_thread(work, require_post(house, opening).thread)
        return opinion.open_with_ballots(work, house.door, thread, question, ballot_keys())

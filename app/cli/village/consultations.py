"""The village's consultations: their statements, and votes of people who are only ballots.

Nobody's ballot is signed here: names are let in as if rights to them had been verified, and votes
are cast under them. Who votes how follows from names, so that two villages vote alike.
"""

from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from typing import Any, Final

from app import forum, identity, opinion, worker
from app.crypto.ed25519 import SigningKey
from app.identity.model.ballots import BallotKind, VerifiedBallot
from app.kernel.clock import HOUR_S, FixedClock, day_of
from app.listening import open_listener
from app.listening.jobs.apart import count
from app.opinion.jobs.analysing import analyse
from app.opinion.model import (
    TOSSES,
    Change,
    Conversation,
    ConversationState,
    ResultsShown,
    Side,
    Vote,
)
from app.records.model import Custody
from app.wiring import House

_SEEN: Final = 85
"""Of a hundred statements, so many a voter votes on."""
_PASSES: Final = 8
_VOUCHED: Final = 65
_ANSWERS: Final = 90
"""Of a hundred voters, so many answer where they live."""
_INSIDE: Final = (80, 25)
"""Of a hundred of each group, so many live inside the country."""

Author = Callable[[str], tuple[SigningKey, Custody]]
Nonce = Callable[..., str]


def consult(
    house: House,
    clock: FixedClock,
    item: dict[str, Any],
    boards: Mapping[str, forum.Board],
    author: Author,
    nonce: Nonce,
) -> None:
    """Open a thread with a consultation, let people speak and vote, and perhaps close it."""
    board = boards[item["board"]].did
    opening = _say(house, item, board, author, nonce, title=item["title"])
    _show(house, clock)
    keys = identity.make_ballot_keys()
    with house.db.write() as work:
        post = forum.get_post(work, opening)
        question = opinion.Question(
            question=item["question"],
            language=item["language"],
            results=ResultsShown(item["results"]),
            asks_side=item["sides"],
        )
        thread = forum.get_thread(work, post.thread)
        conversation = opinion.open_with_ballots(work, house.door, thread, question, keys)
    for number, said in enumerate(item["statements"]):
        slug = {**said, "slug": f"{item['slug']}-{number}"}
        _say(house, slug, board, author, nonce, reply_to=post.record_id)
    _show(house, clock)
    _vote(house, conversation, item)
    if item["is_closed"]:
        closed = Change(state=ConversationState.CLOSED, until=None, merged={})
        with house.db.write() as work:
            opinion.change_conversation(work, house.door, conversation, closed)
        _show(house, clock)


def _say(
    house: House,
    item: dict[str, Any],
    board: str,
    author: Author,
    nonce: Nonce,
    *,
    title: str | None = None,
    reply_to: str | None = None,
) -> bytes:
    key, custody = author(item["by"])
    draft = forum.Draft(
        text=forum.Text(language=item["language"], markdown=item["text"], title=title),
        board=board,
        reply_to=reply_to,
        quotes=(),
        custody=custody,
        kind=forum.PostKind.STATEMENT if reply_to else forum.PostKind.POST,
    )
    with house.db.write() as work:
        raw = forum.sign_post(key, draft, nonce=nonce("post", item["slug"]), day=day_of(work.now))
        return house.door.submit(work, raw).digest


def _show(house: House, clock: FixedClock) -> None:
    clock.advance(2 * HOUR_S)
    worker.tick(house)


def _vote(house: House, conversation: Conversation, item: dict[str, Any]) -> None:
    """Cast the votes of two groups, which agree with each statement by so many in a hundred."""
    shares = {each["text"]: each["agree"] for each in item["statements"]}
    with house.db.write() as work:
        statements = opinion.list_asked(work, conversation.thread)
        for voter in range(item["voters"]):
            name = sha256(f"goftogu village/{item['slug']}/{voter}".encode()).hexdigest()
            is_vouched = _draw(name, "vouched") < _VOUCHED
            kind = BallotKind.VOUCHED if is_vouched else BallotKind.UNVOUCHED
            identity.admit_ballot(work, VerifiedBallot(name, conversation.record_id, kind))
            votes = {
                each.number: _choose(name, each.text, shares[each.text][voter % 2])
                for each in statements
                if _draw(name, f"seen {each.text}") < _SEEN
            }
            opinion.cast_votes(work, conversation, name, votes)
            if item["sides"] and _draw(name, "answers") < _ANSWERS:
                opinion.say_side(work, conversation, name, _toss(name, voter))


def _toss(name: str, voter: int) -> Side:
    """Return what a voter answers whose two coins fall as follows from their name."""
    _, _, said = TOSSES[_draw(name, "coins") % len(TOSSES)]
    lives = Side.INSIDE if _draw(name, "lives") < _INSIDE[voter % 2] else Side.ABROAD
    return lives if said is None else said


def _choose(name: str, text: str, agree: int) -> Vote:
    if _draw(name, f"pass {text}") < _PASSES:
        return Vote.PASS
    return Vote.AGREE if _draw(name, text) < agree else Vote.DISAGREE


def _draw(name: str, of: str) -> int:
    """Return a number under a hundred that follows from a voter and what it is about."""
    return int.from_bytes(sha256(f"{name}/{of}".encode()).digest()[:4]) % 100


def look_at_votes(house: House) -> None:
    """Do what the worker soon would: results and a release are there from the first page on."""
    analyst = opinion.Analyst(house.db, house.door, partial(analyse, house.db))
    # First the figures, then the table of what is closed.
    for _ in range(2):
        worker.look_after(house, analyst)
    # Counted here, where arrays are loaded already, and not in processes apart.
    url, folder = house.settings.database_url, house.settings.data
    worker.look_after(
        house, open_listener(house.db, house.door, url, folder, count=partial(count, house.db))
    )
    worker.tick(house)

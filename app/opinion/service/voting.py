"""Votes: kept under ballots, of which nothing tells whose they are (ADR-0044)."""

from collections.abc import Iterator, Mapping
from hashlib import shake_256
from math import log
from struct import iter_unpack
from typing import Final

from app.db import Work
from app.forum import ThreadId
from app.kernel.clock import day_of
from app.opinion import rules, store
from app.opinion.errors import ConversationClosedError
from app.opinion.model import Conversation, Sheet, Side, Statement, Vote

_ROUND: Final = 10


def get_sheet(work: Work, conversation: Conversation, ballot: str | None) -> dict[int, Vote]:
    """Return the votes of a ballot, none where there is no ballot."""
    kept = store.find_sheet(work, conversation.thread, ballot) if ballot else None
    return rules.decode_sheet(kept or b"")


def require_voting(work: Work, conversation: Conversation) -> None:
    """Require that a consultation takes votes today, whether or not it was closed in time.

    Raises:
        ConversationClosedError: it is closed, or its last day has passed.

    """
    rules.require_open(conversation)
    if rules.is_over(conversation, day_of(work.now)):
        raise ConversationClosedError("the consultation's last day has passed")


def cast_votes(work: Work, conversation: Conversation, ballot: str, votes: Sheet) -> None:
    """Add votes to a ballot that was let in; a vote on the same statement replaces the earlier.

    Raises:
        ConversationClosedError: the consultation takes no votes.
        NoStatementError: one of the votes is on nothing that voters are asked about.

    """
    require_voting(work, conversation)
    rules.require_votable(votes, store.list_asked_among(work, conversation.thread, votes))
    sheet = get_sheet(work, conversation, ballot)
    if (changed := {**sheet, **votes}) != sheet:
        store.set_sheet(work, conversation.thread, ballot, rules.encode_sheet(changed))


def take_back_vote(work: Work, conversation: Conversation, ballot: str, number: int) -> None:
    """Take a vote back, as if the statement had never been seen.

    Raises:
        ConversationClosedError: the consultation takes no votes.

    """
    require_voting(work, conversation)
    sheet = get_sheet(work, conversation, ballot)
    if sheet.pop(number, None) is not None:
        store.set_sheet(work, conversation.thread, ballot, rules.encode_sheet(sheet))


def _draw(priorities: list[int], sheet: Sheet, ballot: str | None) -> list[int]:
    """Return places of a list in an order drawn in proportion to their priorities."""
    drawn = shake_256(f"{len(sheet)} {ballot or ''}".encode()).digest(4 * len(priorities))
    # Exponential clocks: the first to ring are a draw without replacement by weight.
    clocks = [
        -log((number + 1) / 2**32) / max(weight, 1)
        for (number,), weight in zip(iter_unpack("<I", drawn), priorities, strict=True)
    ]
    return sorted(range(len(clocks)), key=clocks.__getitem__)


def ask_next(
    work: Work, conversation: Conversation, sheet: Sheet, ballot: str | None, count: int = _ROUND
) -> list[Statement]:
    """Return the statements to ask a voter about next.

    Whoever may see results gets them drawn in proportion to their priority, which is made from all
    votes; whoever may not, as if all were alike: else the order would tell how others voted. What
    is drawn follows from ballot and votes: asked again, the same page has the same ones.
    """
    weights = store.list_weights(work, conversation.thread)
    is_told = rules.sees_results(conversation, len(sheet), len(weights))
    left = [each for each in weights if each.number not in sheet]
    order = _draw([each.priority if is_told else 1 for each in left], sheet, ballot)
    asked = list[Statement]()
    while order and len(asked) < count:
        # Those that are withdrawn are passed over; the words of all others are never read.
        drawn, order = order[:count], order[count:]
        found = {each.number: each for each in store.list_some(
            work, conversation.thread, [left[index].number for index in drawn]
        )}  # fmt: skip
        asked += [each for index in drawn if (each := found[left[index].number]).is_asked]
    return asked[:count]


def list_sheets(
    work: Work, thread: ThreadId
) -> Iterator[tuple[str, Mapping[int, Vote], Side | None]]:
    """Yield the ballots of a consultation with their votes and sides."""
    for ballot, kept, side in store.list_sheets(work, thread):
        yield ballot, rules.decode_sheet(kept), None if side is None else Side(side)

"""Votes: kept under ballots, of which nothing tells whose they are (ADR-0044)."""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from app.db import Work
from app.forum import ThreadId
from app.opinion import rules, store
from app.opinion.model import Conversation, Sheet, Side, Statement, Vote

_ROUND: Final = 10


def get_sheet(work: Work, conversation: Conversation, ballot: str | None) -> dict[int, Vote]:
    """Return the votes of a ballot, none where there is no ballot."""
    kept = store.find_sheet(work, conversation.thread, ballot) if ballot else None
    return rules.decode_sheet(kept or b"")


def cast_votes(work: Work, conversation: Conversation, ballot: str, votes: Sheet) -> None:
    """Add votes to a ballot that was let in; a vote on the same statement replaces the earlier.

    Raises:
        ConversationClosedError: the consultation takes no votes.
        NoStatementError: one of the votes is on nothing that voters are asked about.

    """
    rules.require_open(conversation)
    statements = store.list_statements(work, conversation.thread)
    rules.require_votable(votes, {each.number: each for each in statements})
    sheet = get_sheet(work, conversation, ballot)
    if (changed := {**sheet, **votes}) != sheet:
        store.set_sheet(work, conversation.thread, ballot, rules.encode_sheet(changed))


def take_back_vote(work: Work, conversation: Conversation, ballot: str, number: int) -> None:
    """Take a vote back, as if the statement had never been seen.

    Raises:
        ConversationClosedError: the consultation takes no votes.

    """
    rules.require_open(conversation)
    sheet = get_sheet(work, conversation, ballot)
    if sheet.pop(number, None) is not None:
        store.set_sheet(work, conversation.thread, ballot, rules.encode_sheet(sheet))


def list_next(
    statements: list[Statement], sheet: Sheet, ballot: str | None, count: int = _ROUND
) -> list[Statement]:
    """Return the statements to ask a voter about next, drawn in proportion to their priority.

    What is drawn follows from ballot and votes: asked again, the same page has the same ones.
    """
    unseen = [each for each in statements if each.is_asked and each.number not in sheet]
    if not unseen:
        return []
    seed = [len(sheet), *(ballot or "").encode()[:32]]
    weights = np.array([max(each.priority, 1) for each in unseen])
    # Exponential clocks: the first to ring are a draw without replacement by weight.
    clocks = np.random.default_rng(seed).standard_exponential(len(unseen)) / weights
    return [unseen[index] for index in np.argsort(clocks)[:count]]


def list_sheets(
    work: Work, thread: ThreadId
) -> Iterator[tuple[str, Mapping[int, Vote], Side | None]]:
    """Yield the ballots of a consultation with their votes and sides."""
    for ballot, kept, side in store.list_sheets(work, thread):
        yield ballot, rules.decode_sheet(kept), None if side is None else Side(side)

"""Where voters say to live, behind the noise of their coins: said once, told of many at once.

An answer stands beside the votes of a ballot and nowhere else. Whoever steals it learns little (no
answer makes one truth more than twice as likely as another), and of whom not at all.
"""

from collections.abc import Mapping

import numpy as np

from app.db import Work
from app.opinion import rules, store
from app.opinion.errors import SideSaidError, SideTooEarlyError
from app.opinion.maths import sides
from app.opinion.maths.votes import Votes
from app.opinion.model import SIDES, Conversation, Side

from .conversations import is_over
from .voting import list_sheets


def say_side(work: Work, conversation: Conversation, ballot: str | None, side: Side) -> None:
    """Keep what a voter said of where they live, behind the noise of their coins; once.

    Once, because coins tossed anew for a second answer would be averaged: of ten answers of one
    person the truth is nearly certain.

    Raises:
        SideNotAskedError: the consultation does not ask.
        ConversationClosedError: it takes no more answers.
        SideTooEarlyError: the voter has no votes here.
        SideSaidError: it was said already.

    """
    rules.require_side_asked(conversation, is_over=is_over(work, conversation))
    if ballot is None or store.find_sheet(work, conversation.thread, ballot) is None:
        raise SideTooEarlyError("a side stands beside votes")
    if not store.set_side(work, conversation.thread, ballot, side.value):
        raise SideSaidError("a side is said once")


def has_said_side(work: Work, conversation: Conversation, ballot: str) -> bool:
    """Return whether a ballot's voter said where they live; what they said is for nobody."""
    return store.find_side(work, conversation.thread, ballot) is not None


def describe_sides(
    work: Work, conversation: Conversation, last: Mapping[int, sides.SidesOf]
) -> tuple[sides.SidesOf, ...]:
    """Tell how both sides vote on the statements that voters are asked about: for the worker.

    `last` is what this returned before, by number (see `maths.sides`).
    """
    people, numbers, cast, answers = list[int](), list[int](), list[int](), list[int]()
    for person, (_, sheet, side) in enumerate(list_sheets(work, conversation.thread)):
        answers.append(sides.UNANSWERED if side is None else SIDES.index(side))
        if side is not None:
            people += [person] * len(sheet)
            numbers += sheet.keys()
            cast += sheet.values()
    asked = [
        each.number for each in store.list_statements(work, conversation.thread) if each.is_asked
    ]
    votes = Votes.from_rows(
        people, numbers, cast, people=len(answers), statements=max([0, *numbers, *asked]) + 1
    )
    counts = sides.tally_sides(votes, np.array(answers, dtype=np.int64))
    chosen = np.array(asked, dtype=np.int64)
    return sides.describe_sides(counts[chosen], chosen, last)

"""Where voters say to live, behind the noise of their coins: said once, and kept for sums.

An answer stands beside the votes of a ballot and nowhere else. Whoever steals it learns little (no
answer makes one truth more than twice as likely as another), and of whom not at all.
"""

from typing import Final

from app.db import Work
from app.opinion import rules, store
from app.opinion.errors import SideSaidError, SideTooEarlyError
from app.opinion.model import Conversation, Side

from .ballots import Voter
from .conversations import is_over

_FIRST_ROUND: Final = 10
"""Votes of whoever has sent one page of ten."""


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


def asks_side_now(
    work: Work, conversation: Conversation, voter: Voter, *, is_ten: bool = False
) -> bool:
    """Return whether a voter is asked where they live: on one page, after their first votes.

    Whoever passes over it is asked no more; that they did stands nowhere.
    """
    is_first = len(voter.sheet) == 1 or (is_ten and 0 < len(voter.sheet) <= _FIRST_ROUND)
    if voter.ballot is None or not (conversation.asks_side and is_first):
        return False
    return not has_said_side(work, conversation, voter.ballot)


def has_said_side(work: Work, conversation: Conversation, ballot: str) -> bool:
    """Return whether a ballot's voter said where they live; what they said is for nobody."""
    return store.find_side(work, conversation.thread, ballot) is not None

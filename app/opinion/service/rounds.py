"""Asked again: a second round, days after the last vote, and answers about oneself behind coins.

Nothing tells when somebody voted, so nobody can be asked 72 hours after their vote. The round of a
consultation opens on the fourth day after it was found closed: whoever voted did so 72 hours ago
(ADR-0051); of a hearing, some days after its answers have come (ADR-0053). The first votes stay as
they are; what is said now stands beside them, under the ballot.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app import identity
from app.db import Work
from app.forum import ThreadId
from app.identity.model.ballots import BallotKind
from app.kernel.clock import day_of
from app.opinion import rules, store
from app.opinion.errors import (
    AboutSaidError,
    NoRoundError,
    NotVotedError,
    SideTooEarlyError,
)
from app.opinion.model import ABOUT, SKIPPED, Conversation, Round, Sheet

from .conversations import get_conversation, is_over

WAITS_DAYS: Final = 4
"""Three whole days lie between the last vote and the round: 72 hours, whatever the hour was."""
LASTS_DAYS: Final = 7
ASKED_AGAIN: Final = 5
"""Statements: enough for a change to be seen, few enough to come back for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """All ballots of a consultation, as what was heard is counted from them.

    Lists have a place for each ballot, in the order of names, which says nothing; `target` and
    `asked` one for each statement (see `results.Kept`).
    """

    sheets: list[bytes]
    kinds: list[BallotKind]
    sides: list[str | None]
    abouts: list[str | None]
    again: list[bytes | None]
    target: list[int]
    asked: list[bool]
    posts: list[str]
    """Digests, hexadecimal."""
    round: Round | None


def open_rounds(work: Work, *, later: Collection[ThreadId] = ()) -> int:
    """Say of each closed consultation when its voters are asked again; return of how many.

    Those of the threads in `later` wait, whatever for.
    """
    due = [thread for thread in store.list_without_round(work) if thread not in later]
    first = day_of(work.now) + timedelta(days=WAITS_DAYS)
    for thread in due:
        store.add_round(work, thread, first, first + timedelta(days=LASTS_DAYS - 1))
    return len(due)


def find_round(work: Work, thread: ThreadId) -> Round | None:
    """Return when a consultation's voters are asked again, and about what; None while it is open.

    They are asked about the statements that were asked first, which most people saw.
    """
    found = store.find_round(work, thread)
    if found is None:
        return None
    asked = [each.number for each in store.list_statements(work, thread) if each.is_asked]
    return Round(opens_on=found[0], ends_on=found[1], numbers=tuple(asked[:ASKED_AGAIN]))


def require_round(work: Work, thread: ThreadId) -> Round:
    """Return a round that is open today.

    Raises:
        NoRoundError: there is none, or today is none of its days.

    """
    found = find_round(work, thread)
    if found is None or not found.opens_on <= day_of(work.now) <= found.ends_on:
        raise NoRoundError("nobody is asked again today")
    return found


def get_second(work: Work, thread: ThreadId, ballot: str) -> Sheet:
    """Return what a ballot said when it was asked again, nothing where it was not."""
    return rules.decode_sheet(store.find_second(work, thread, ballot) or b"")


def vote_again(work: Work, conversation: Conversation, ballot: str | None, votes: Sheet) -> None:
    """Keep what a ballot says now of what it voted on; a later answer replaces an earlier one.

    Raises:
        NoRoundError: today nobody is asked.
        NotVotedError: the ballot has no vote on one of these statements.

    """
    asked = require_round(work, conversation.thread)
    first = rules.decode_sheet(
        (ballot and store.find_sheet(work, conversation.thread, ballot)) or b""
    )
    if ballot is None or not votes.keys() <= first.keys() & set(asked.numbers):
        raise NotVotedError("asked again are those who voted")
    said = {**get_second(work, conversation.thread, ballot), **votes}
    if said:
        store.set_second(work, conversation.thread, ballot, rules.encode_sheet(said))


def say_about(
    work: Work, conversation: Conversation, ballot: str | None, answers: Sequence[int | None]
) -> None:
    """Keep what a voter said of themselves behind coins; once, for the reasons of `say_side`.

    `answers` has a place for each of `ABOUT`: which of its three, or None for a skipped one.

    Raises:
        SideNotAskedError: the consultation does not ask.
        ConversationClosedError: it takes no more answers.
        SideTooEarlyError: the voter has no votes here.
        AboutSaidError: it was said already.

    """
    rules.require_side_asked(conversation, is_over=is_over(work, conversation))
    if ballot is None or store.find_sheet(work, conversation.thread, ballot) is None:
        raise SideTooEarlyError("answers stand beside votes")
    kept = "".join(SKIPPED if each is None else str(each) for each in answers)
    if len(kept) != len(ABOUT) or not store.set_about(work, conversation.thread, ballot, kept):
        raise AboutSaidError("answers are given once")


def has_said_about(work: Work, conversation: Conversation, ballot: str) -> bool:
    """Return whether a ballot's voter answered; what they answered is for nobody."""
    return store.find_about(work, conversation.thread, ballot) is not None


def collect_said(work: Work, thread: ThreadId) -> Collected:
    """Return everything that a closed consultation's figures are counted from."""
    conversation = get_conversation(work, thread)
    kinds = identity.kinds_of(work, conversation.record_id)
    statements = store.list_statements(work, thread)
    size = max((each.number for each in statements), default=0)
    target, asked, posts = list(range(size)), [False] * size, [""] * size
    for each in statements:
        target[each.number - 1] = (each.merged_into or each.number) - 1
        asked[each.number - 1] = each.is_asked
        posts[each.number - 1] = each.post.hex()
    said = list(store.list_said(work, thread))
    return Collected(
        sheets=[each.votes for each in said],
        kinds=[kinds.get(each.ballot, BallotKind.UNVOUCHED) for each in said],
        sides=[each.side for each in said],
        abouts=[each.about for each in said],
        again=[each.again for each in said],
        target=target,
        asked=asked,
        posts=posts,
        round=find_round(work, thread),
    )


def list_heard(work: Work) -> list[Conversation]:
    """Return the consultations that everybody may see results of, the oldest first."""
    found = [each for each in store.list_conversations(work) if not each.is_open]
    return sorted(found, key=lambda each: (each.opened_on, each.thread))

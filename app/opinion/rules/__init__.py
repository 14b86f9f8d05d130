"""What holds of consultations, from values alone."""

import re
import struct
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final

from app.forum.model import Post, PostKind, Text
from app.kernel.fold import words_of
from app.opinion.errors import (
    ContextUnfitError,
    ConversationClosedError,
    NoStatementError,
    SelfMergeError,
    SideNotAskedError,
    StaleConversationError,
    StatementKnownError,
    StatementUnfitError,
    TooManyStatementsError,
    TooMuchContextError,
)
from app.opinion.model import (
    Conversation,
    ConversationState,
    ResultsShown,
    Sheet,
    Standing,
    Vote,
    Why,
)

MAX_STATEMENT_CHARACTERS: Final = 280
MAX_QUESTION_CHARACTERS: Final = 280
MOST_STATEMENTS: Final = 10_000
MOST_STATEMENTS_OF_ONE: Final = 20
ENOUGH_VOTES: Final = 5
"""So many votes, or one on every statement, before a voter sees results: a first look costs a view
of one's own."""
MAX_CONTEXT_CHARACTERS: Final = 600
MOST_CONTEXT: Final = 20
"""So much context that can be read may one post have; each name gives one."""
_source = re.compile(r"\bhttps?://[^\s/]+\.[^\s]|/p/[0-9a-f]{64}\b", re.IGNORECASE)
_link = re.compile(r"\b(https?|hxxps?|ap)://|\bwww\.", re.IGNORECASE)


def require_open(conversation: Conversation) -> Conversation:
    """Return a consultation that takes votes.

    Raises:
        ConversationClosedError: it is closed.

    """
    if not conversation.is_open:
        raise ConversationClosedError("the consultation is closed")
    return conversation


def require_side_asked(conversation: Conversation, *, is_over: bool) -> None:
    """Require that a consultation asks its voters where they live, and still takes answers.

    Raises:
        SideNotAskedError: it does not ask.
        ConversationClosedError: it is closed, or its last day has passed.

    """
    if not conversation.asks_side:
        raise SideNotAskedError("the consultation does not ask where people live")
    if not conversation.is_open or is_over:
        raise ConversationClosedError("the consultation is closed")


def is_over(conversation: Conversation, today: date) -> bool:
    """Return whether an open consultation's last day has passed."""
    return conversation.is_open and conversation.until is not None and conversation.until < today


def fold_statement(markdown: str) -> str:
    """Return what is the same of two statements that say the same."""
    return " ".join(words_of(markdown))


def require_statement(text: Text) -> str:
    """Return the folded words of a statement, by which statements are compared.

    Raises:
        StatementUnfitError: it is long, has several lines, a title or a link, or no words.

    """
    words = fold_statement(text.markdown)
    is_short = len(text.markdown) <= MAX_STATEMENT_CHARACTERS and "\n" not in text.markdown
    if not words or not is_short or text.title is not None or _link.search(text.markdown):
        raise StatementUnfitError("a statement is one short sentence without links")
    return words


def require_new(words: str, known: Collection[str], own: int) -> None:
    """Require that a statement says something new, and is not one too many.

    Raises:
        StatementKnownError, TooManyStatementsError: see there.

    """
    if words in known:
        raise StatementKnownError("the same words are a statement already")
    if len(known) >= MOST_STATEMENTS or own >= MOST_STATEMENTS_OF_ONE:
        raise TooManyStatementsError("as many statements as there may be")


def require_head(named: str, head: str) -> None:
    """Require that a change was built on how a consultation is.

    Raises:
        StaleConversationError: it was built on something else.

    """
    if named != head:
        raise StaleConversationError("the consultation has changed since")


def require_onward(state: ConversationState, asked: ConversationState) -> None:
    """Require that what was closed stays closed: its results were seen, its ballots' keys are gone.

    Raises:
        ConversationClosedError: it would take votes again.

    """
    if asked is ConversationState.OPEN and state is not ConversationState.OPEN:
        raise ConversationClosedError("the consultation is closed for good")


def require_counted_alike(
    conversation: Conversation, merged: Mapping[str, str], asked: Mapping[str, str]
) -> None:
    """Require that what was closed stays counted as it was: its results were seen and published.

    Raises:
        ConversationClosedError: other statements would be merged than those that are.

    """
    if not conversation.is_open and dict(asked) != dict(merged):
        raise ConversationClosedError("the consultation is closed for good")


def require_merged(merged: Mapping[str, str]) -> None:
    """Require that each merged statement names one that stands for itself.

    Raises:
        SelfMergeError: it names itself, or one that is merged as well.

    """
    if set(merged) & set(merged.values()):
        raise SelfMergeError("a statement that is merged stands for no other")


PANELS_OF_ONE: Final = 2
"""So often somebody is drawn in a week, at most."""
PANEL_FROM_STATEMENTS: Final = 5
LEAST_PANEL: Final = 10
"""Fewer would not hide one another: ballots of those who were drawn are of a kind of their own."""
MOST_PANEL: Final = 200
_PANEL_PART: Final = 4


def asks_panel(statements: int) -> bool:
    """Return whether people are drawn for a consultation that asks about so many statements."""
    return statements >= PANEL_FROM_STATEMENTS


def panel_size(people: int) -> int:
    """Return how many of these people are drawn: a quarter, ten at least, 200 at most."""
    if people < LEAST_PANEL:
        return 0
    return min(max(people // _PANEL_PART, LEAST_PANEL), MOST_PANEL)


def require_votable(votes: Collection[int], asked: Collection[int]) -> None:
    """Require that votes are on statements that voters are asked about; both by their numbers.

    Raises:
        NoStatementError: one is not.

    """
    if not set(votes) <= set(asked):
        raise NoStatementError("no such statement to vote on")


def sees_results(conversation: Conversation, votes: int, statements: int) -> bool:
    """Return whether who cast so many votes sees results, of so many statements to vote on."""
    if not conversation.is_open:
        return True
    needed = min(ENOUGH_VOTES, statements)
    return conversation.results is ResultsShown.VOTED and 0 < needed <= votes


def require_context(text: Text, *, cites: bool) -> None:
    """Require of context that it is short and names a source: a link, or a post that it `cites`.

    Raises:
        ContextUnfitError: it is long, has a title, no words or no source.

    """
    is_short = len(text.markdown) <= MAX_CONTEXT_CHARACTERS
    has_source = cites or names_source(text.markdown)
    if not words_of(text.markdown) or not is_short or text.title is not None or not has_source:
        raise ContextUnfitError("context is a short text with a source")


def names_source(markdown: str) -> bool:
    """Return whether a text holds a link, or the address of a post."""
    return _source.search(markdown) is not None


def require_context_of(post: Post, about: bytes | None, versions: Collection[bytes]) -> None:
    """Require of context that it is about a version of a post that readers can read.

    Raises:
        ContextUnfitError: the post is hidden, erased or context itself, or has no such version.

    """
    can_have_it = post.number is not None and post.has_words and post.kind is not PostKind.CONTEXT
    if not can_have_it or about not in versions:
        raise ContextUnfitError("no such version of a post that takes context")


def require_room(others: int, own: int) -> None:
    """Require that a post has room for one more context, and this author for one about it.

    Raises:
        TooMuchContextError: it has not.

    """
    if others >= MOST_CONTEXT or own:
        raise TooMuchContextError("as much context as there may be")


def decide_standing(before: Sequence[Standing], now: Standing) -> Standing | None:
    """Return what is to be added to a history of standings, or None where nothing changes.

    A status holds for the day on which it came: what a few ratings at night turn over and a few
    turn back is no news to readers. A first one can be shown at once; few ratings are none yet.
    """
    last = before[-1] if before else None
    if last is None:
        return None if now.reason is Why.FEW_RATINGS else now
    return now if last.status is not now.status and last.day < now.day else None


_CODES: Final = {Vote.AGREE: 1, Vote.PASS: 2, Vote.DISAGREE: 3}
_VOTES: Final = {code: vote for vote, code in _CODES.items()}
_BITS: Final = 2


def encode_sheet(sheet: Sheet) -> bytes:
    """Return a ballot's votes as they are kept: two bytes a vote, by the numbers of statements.

    The number stands in the upper fourteen bits, 1, 2 or 3 for agree, pass or disagree in the lower
    two, little end first. One row a ballot, in which nothing tells when or in what order votes
    came.
    """
    kept = [number << _BITS | _CODES[vote] for number, vote in sorted(sheet.items())]
    return struct.pack(f"<{len(kept)}H", *kept)


def decode_sheet(kept: bytes) -> dict[int, Vote]:
    """Return the votes that `encode_sheet` kept."""
    votes = struct.unpack(f"<{len(kept) // 2}H", kept)
    return {each >> _BITS: _VOTES[each & (1 << _BITS) - 1] for each in votes}

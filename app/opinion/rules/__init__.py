"""What holds of consultations, from values alone."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

from app.forum.model import Text
from app.kernel.fold import words_of
from app.opinion.errors import (
    ConversationClosedError,
    NoStatementError,
    ResultsHiddenError,
    SelfMergeError,
    StaleConversationError,
    StatementKnownError,
    StatementUnfitError,
    TooManyStatementsError,
)
from app.opinion.model import Conversation, ResultsShown, Sheet, Statement, Vote

MAX_STATEMENT_CHARACTERS: Final = 280
MAX_QUESTION_CHARACTERS: Final = 280
MOST_STATEMENTS: Final = 10_000
MOST_STATEMENTS_OF_ONE: Final = 20
ENOUGH_VOTES: Final = 5
"""So many votes, or one on every statement, before a voter sees results: a first look costs a view
of one's own."""
_link = re.compile(r"\b(https?|hxxps?|ap)://|\bwww\.", re.IGNORECASE)


def require_open(conversation: Conversation) -> Conversation:
    """Return a consultation that takes votes.

    Raises:
        ConversationClosedError: it is closed.

    """
    if not conversation.is_open:
        raise ConversationClosedError("the consultation is closed")
    return conversation


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


def require_merged(merged: Mapping[str, str]) -> None:
    """Require that each merged statement names one that stands for itself.

    Raises:
        SelfMergeError: it names itself, or one that is merged as well.

    """
    if set(merged) & set(merged.values()):
        raise SelfMergeError("a statement that is merged stands for no other")


def require_votable(votes: Sheet, statements: Mapping[int, Statement]) -> None:
    """Require that votes are on statements that voters are asked about.

    Raises:
        NoStatementError: one is not.

    """
    if not all(number in statements and statements[number].is_asked for number in votes):
        raise NoStatementError("no such statement to vote on")


def sees_results(conversation: Conversation, sheet: Sheet, statements: int) -> bool:
    """Return whether who cast these votes sees results, of so many statements to vote on."""
    if not conversation.is_open:
        return True
    needed = min(ENOUGH_VOTES, statements)
    return conversation.results is ResultsShown.VOTED and 0 < needed <= len(sheet)


def require_results(conversation: Conversation, sheet: Sheet, statements: int) -> None:
    """Require that who cast these votes sees results.

    Raises:
        ResultsHiddenError: not yet.

    """
    if not sees_results(conversation, sheet, statements):
        raise ResultsHiddenError("results are hidden until one has voted, or until the close")


_CODES: Final = {Vote.AGREE: 1, Vote.PASS: 2, Vote.DISAGREE: 3}
_VOTES: Final = {code: vote for vote, code in _CODES.items()}


def encode_sheet(sheet: Sheet) -> bytes:
    """Return a ballot's votes as it is kept: a byte for each statement, zero where unseen.

    One row a ballot, in which nothing tells when or in what order its votes came.
    """
    numbers = range(1, max(sheet, default=0) + 1)
    return bytes(_CODES[sheet[number]] if number in sheet else 0 for number in numbers)


def decode_sheet(kept: bytes) -> dict[int, Vote]:
    """Return the votes that `encode_sheet` kept."""
    return {number: _VOTES[code] for number, code in enumerate(kept, 1) if code}

"""Statements: posts of a thread that its consultation asks about."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final

from app import forum, tlog
from app.db import Work
from app.forum import PostKind
from app.kernel.errors import AppError
from app.opinion import rules, store
from app.opinion.errors import (
    ContextUnfitError,
    NoConversationError,
    RatedWordsError,
    StatementUnfitError,
)
from app.records import Owner, VerifiedRecord
from app.records.model import KIND

from .context import accept_context
from .keys import keys_of
from .summaries import accept_summary
from .translations import accept_translation

_MOST_MARKS: Final = 50_000
_marks: dict[str, str] = {}
"""Hashes of lines, with the hashes of their folded words."""


def accept_note(work: Work, record: VerifiedRecord, *, of_forum: Owner) -> tlog.Lane:
    """Take in a post, and what it is to its thread's consultation.

    Raises:
        AppError: the forum refuses it.
        NoConversationError, ConversationClosedError: its thread asks for no statements.
        StatementUnfitError, StatementKnownError, TooManyStatementsError: see `rules`.
        ContextUnfitError, TooMuchContextError: see `rules`.
        TranslationUnfitError, TranslationTitleError, TranslationKnownError: it is no translation.
        SummaryUnfitError, UncitedError, CitesNothingError: it is no summary.

    """
    if KIND not in record.document:
        return of_forum.accept(work, record)
    # Whoever brings many goes on after one that is refused: nothing of it may stay.
    with work.attempt():
        return _accept_kind(work, record, of_forum)


def _accept_kind(work: Work, record: VerifiedRecord, of_forum: Owner) -> tlog.Lane:
    lane = of_forum.accept(work, record)
    post = forum.find_post(work, digest=record.digest)
    if post is not None and (accept := _ACCEPT.get(post.kind)) is not None:
        accept(work, record, post)
    return lane


def accept_revision(work: Work, record: VerifiedRecord, *, of_forum: Owner) -> tlog.Lane:
    """Take in a revision; what is voted on or rated keeps its words.

    Raises:
        AppError: the forum refuses it.
        StatementUnfitError, ContextUnfitError: it revises a statement, or context.
        RatedWordsError: it revises a translation or a summary.

    """
    post = forum.find_post(work, record_id=record.document["object"])
    refusal = None if post is None else _REFUSALS.get(post.kind)
    if refusal is not None and record.digest not in work.logged:
        raise refusal("what people vote on or rate cannot be revised")
    return of_forum.accept(work, record)


def publish_notes(work: Work, shown: Sequence[tuple[bytes, int]], *, of_forum: Owner) -> None:
    """Let readers see posts, and voters the statements among them."""
    of_forum.publish(work, shown)
    store.number_statements(work, (digest for digest, _ in shown))


def _accept_statement(work: Work, record: VerifiedRecord, post: forum.Post) -> None:
    is_known = record.digest in work.logged
    admit_statement(
        work, record, post, "" if is_known else rules.require_statement(post.version.text)
    )


def admit_statement(work: Work, record: VerifiedRecord, post: forum.Post, words: str) -> None:
    """Let a post be voted on in its thread's consultation; its folded `words` must be new there.

    Raises:
        NoConversationError, ConversationClosedError: its thread asks for no statements.
        StatementUnfitError: it answers another post than the one that opened its thread.
        StatementKnownError, TooManyStatementsError: see `rules`.

    """
    conversation = store.find_conversation(work, thread=post.thread)
    if conversation is None:
        raise NoConversationError("the thread has no consultation")
    if record.digest not in work.logged:
        rules.require_open(conversation)
        thread = forum.get_thread(work, post.thread)
        if post.parent != thread.opening:
            raise StatementUnfitError("a statement answers the post that opened its thread")
        said = forum.list_said(work, thread.opening, post.kind)
        others = [each for each in said if each.digest != post.digest]
        known = {_mark_of(store.shown_of(each)) for each in others if each.has_words}
        keys = keys_of(work, post)
        rules.require_new(_hash(words), known, sum(each.did in keys for each in others))
    store.add_statement(work, post.digest, post.thread, is_seed=_is_seed(work, post))


def _mark_of(line: str) -> str:
    """Return the hash of a line's folded words, folded once: 5,000 take 230 ms each time else.

    Kept are hashes of words, and no words: what is erased must not outlive it here.
    """
    own = _hash(line)
    mark = _marks.get(own)
    if mark is None:
        if len(_marks) >= _MOST_MARKS:
            _marks.clear()
        mark = _marks[own] = _hash(rules.fold_statement(line))
    return mark


def _hash(words: str) -> str:
    return sha256(words.encode()).hexdigest()


def leave_out(work: Work, post: bytes, *, is_left_out: bool = True) -> None:
    """Ask voters about a statement no more, or again; it stays readable, and its votes are kept."""
    store.set_left_out(work, post, is_left_out=is_left_out)


def _is_seed(work: Work, post: forum.Post) -> bool:
    """Return whether nobody has voted yet and whoever opened the thread says it."""
    opening = forum.get_post(work, forum.get_thread(work, post.thread).opening)
    return post.author.hand == opening.author.hand and not store.count_sheets(work, post.thread)


_ACCEPT: Final[dict[PostKind, Callable[[Work, VerifiedRecord, forum.Post], None]]] = {
    PostKind.STATEMENT: _accept_statement,
    PostKind.CONTEXT: accept_context,
    PostKind.TRANSLATION: accept_translation,
    PostKind.SUMMARY: accept_summary,
}
_REFUSALS: Final[dict[PostKind, type[AppError]]] = {
    PostKind.STATEMENT: StatementUnfitError,
    PostKind.QUESTION: StatementUnfitError,
    PostKind.FOLLOW_UP: StatementUnfitError,
    PostKind.CONTEXT: ContextUnfitError,
    PostKind.TRANSLATION: RatedWordsError,
    PostKind.SUMMARY: RatedWordsError,
}

"""What the forum decides from values alone."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from app.crypto.multikey import encode_digest
from app.forum.errors import (
    BoardArchivedError,
    FilteredError,
    HiddenPostError,
    SamePlaceError,
    StaleRevisionError,
    StaleSettingsError,
    ThreadClosedError,
    ThreadLockedError,
    UnknownPostError,
    UnknownTagError,
)
from app.forum.model import Board, Openers, Post, PostKind, Text, Thread, ThreadSort, ThreadState
from app.identity.errors import NameElsewhereError
from app.kernel.clock import HOUR_S, MINUTE_S
from app.kernel.errors import MalformedError
from app.kernel.fold import count_words
from app.records.errors import WrongSignerError
from app.records.registry import MAX_TITLE_CHARACTERS

from .filters import find_filter
from .private_data import find_private

__all__ = ["find_filter", "find_private"]

FIRST_POSTS: Final = 3
"""How many posts of one name are first posts."""
HOLD_S: Final = 4 * HOUR_S
"""For how long a first post waits for a desk at most; then it goes with its board's next batch."""
_RATED: Final = {PostKind.POST, PostKind.SUMMARY}
_TITLE_COUNTS: Final = 3
_USUAL_WORDS: Final = 100
_MOST_WEIGHED: Final = 2_000
"""Characters of a text: few posts have more."""


def require_opener(board: Board, *, is_steward: bool) -> None:
    """Refuse a new thread where only stewards open them.

    Raises:
        ThreadClosedError: they do.

    """
    if board.openers is not Openers.ANYONE and not is_steward:
        raise ThreadClosedError("only stewards open threads here")


def require_living(board: Board) -> None:
    """Refuse a post where the board is archived.

    Raises:
        BoardArchivedError: it is.

    """
    if board.is_archived:
        raise BoardArchivedError("the board is archived")


def require_open(state: ThreadState) -> None:
    """Refuse an answer where the thread takes none.

    Raises:
        ThreadLockedError: it is locked or archived.

    """
    if state is not ThreadState.OPEN:
        raise ThreadLockedError("the thread takes no more answers")


def require_movable(thread: Thread, target: Board) -> None:
    """Refuse to move a thread where it stands, or where nobody could answer in it.

    Raises:
        SamePlaceError, BoardArchivedError: it would be.

    """
    if thread.board == target.did:
        raise SamePlaceError("the thread stands there")
    require_living(target)


def require_unfiltered(board: Board, text: Text) -> None:
    """Refuse a text that holds one of a board's filters.

    Raises:
        FilteredError: it does.

    """
    word = find_filter(board.filters, text)
    if word:
        raise FilteredError("a filter of the board", word=word)


def decide_hold(tick_s: int) -> int:
    """Return for how many seconds a first post is held on a board with this tick.

    On a board without batches what waits falls due at a full hour.
    """
    return HOLD_S - HOUR_S if tick_s < MINUTE_S else HOLD_S


def decide_state(thread: Thread, board: Board) -> str:
    """Return whether a thread takes answers, and if not, what keeps it from it."""
    if thread.state is ThreadState.OPEN and board.is_archived:
        return "board-archived"
    return thread.state.value


def require_home(signer: str, instance: str) -> None:
    """Refuse settings that the home instance did not sign.

    Raises:
        WrongSignerError: another key did.

    """
    if signer != instance:
        raise WrongSignerError("another key than the home instance's")


def require_settled(previous: str, head: bytes | None) -> None:
    """Refuse settings that are not built on the present ones (`head`; None: nothing was set yet).

    Raises:
        StaleSettingsError: they are not.

    """
    if previous != (encode_digest(head) if head else ""):
        raise StaleSettingsError("built on other settings than the present ones")


def require_tags(board: Board, tags: Collection[str], *, is_opening: bool) -> None:
    """Refuse tags that the board has not, and tags of an answer.

    Raises:
        UnknownTagError: the board has no such tag.
        MalformedError: an answer has tags, or a tag stands twice.

    """
    if tags and not (is_opening and len(set(tags)) == len(tags)):
        raise MalformedError("a tag that does not belong there")
    if not set(tags) <= set(board.tags):
        raise UnknownTagError("the board has no such tag")


def require_place(title: str | None, reply_to: str | None) -> None:
    """Refuse a post that claims both to open a thread and to answer a post.

    Raises:
        MalformedError: it does.

    """
    if title is not None and reply_to is not None:
        raise MalformedError("a post has a title or answers a post, not both")


def require_same_board(parent: Post | None, board: str) -> Post:
    """Return the post answered or changed, if it is on the board that the record is for.

    A record for one board is worth nothing on another: the board is inside the signature.

    Raises:
        UnknownPostError: it is not there.

    """
    if parent is None or parent.board != board:
        raise UnknownPostError("the post is not on this board")
    return parent


def require_visible(parent: Post, hand: str, *, is_carried: bool = False) -> Post:
    """Return the post answered, if the answerer can see it: nobody learns of others' waiting posts.

    Who brought the post itself along (`is_carried`) learns nothing.

    Raises:
        UnknownPostError: it waits for its tick and is another's.

    """
    if parent.number is None and parent.author.hand != hand and not is_carried:
        raise UnknownPostError("the post is not shown yet")
    return parent


def require_in_thread(name_is_for: str | None, thread: str) -> None:
    """Refuse a post of a name for one thread in another; of other keys it is None.

    Raises:
        NameElsewhereError: it is for another thread.

    """
    if name_is_for not in {None, thread}:
        raise NameElsewhereError("a name for another thread")


def require_own(post: Post, *, hand: str) -> None:
    """Refuse a change by another hand.

    Raises:
        WrongSignerError: another persona signed it.

    """
    if hand != post.author.hand:
        raise WrongSignerError("another hand than the author's")


def require_newest(post: Post, previous: str) -> None:
    """Refuse a revision that is not built on the newest version.

    Raises:
        HiddenPostError: a desk hid it.
        StaleRevisionError: the post has a newer version, or was erased.

    """
    require_unhidden(post)
    if post.erased_on is not None or previous != encode_digest(post.head):
        raise StaleRevisionError("built on another version than the newest")


def require_unhidden(post: Post) -> None:
    """Refuse to revise what a desk hid.

    Raises:
        HiddenPostError: it did.

    """
    if post.is_hidden:
        raise HiddenPostError("a desk hid the post")


def require_version(post: Post, previous: str, versions: Collection[bytes]) -> None:
    """Refuse an erasure that names none of a post's versions; any of them will do.

    Raises:
        StaleRevisionError: it names none, or the post was erased before.

    """
    known = {encode_digest(digest) for digest in versions}
    if post.erased_on is not None or previous not in known:
        raise StaleRevisionError("not a version of the post")


def decide_text(text: Text, *, is_opening: bool) -> Text:
    """Return the words of a version: an opening without a title is titled by its first line.

    Raises:
        MalformedError: a reply has a title.

    """
    if not is_opening and text.title is not None:
        raise MalformedError("a reply has no title")
    if not is_opening or text.title is not None:
        return text
    first = " ".join(text.markdown.strip().split("\n", 1)[0].split())
    return replace(text, title=first.lstrip("#>*- ")[:MAX_TITLE_CHARACTERS] or "…")


def parse_sort(text: str) -> ThreadSort:
    """Return the order that an address asks for; anything unknown is the usual one."""
    return ThreadSort(text) if text in set(ThreadSort) else ThreadSort.REPLY


def takes_rating(post: Post) -> bool:
    """Return whether readers may say that a post helps them: they can read it.

    Statements are voted on, and context has a page of its own.
    """
    return post.number is not None and post.has_words and post.kind in _RATED


def page_of(number: int, per_page: int) -> int:
    """Return the page on which the post with this number stands."""
    return max(1, -(-number // per_page))


def weigh(asked: Sequence[tuple[str, ...]], text: Text) -> float:
    """Return how well a text fits a question: from 0 to less than 1 for each word asked for.

    After BM25 (Robertson and Zaragoza 2009): each further time that a word stands in the text adds
    less, in a long text all of them add less, and a time in the title counts as three. How rare a
    word is does not count, because every post that is compared holds all of them. A long text is
    judged by its beginning: anybody may ask, and hundreds of texts are weighed for one answer.
    """
    body, title = count_words(text.markdown[:_MOST_WEIGHED]), count_words(text.title or "")
    length = body.total() / _USUAL_WORDS
    times = (max(body[form] + _TITLE_COUNTS * title[form] for form in forms) for forms in asked)
    return sum(number / (number + 1 + length) for number in times)

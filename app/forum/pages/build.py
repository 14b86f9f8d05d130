"""Nouns of the forum to view models, in a reader's language."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from app import identity
from app.forum.model import Board, Post, ThreadSummary, Version
from app.kernel.clock import MINUTE_S
from app.records.model import Custody
from app.web.error_pages import gettext_noop as _
from app.web.languages import SOURCE_LANGUAGE, Language
from app.web.markup import direction_of, render_difference, render_post
from app.web.pages import Markup

from . import AuthorLine, BoardLine, OriginLine, PostItem, ReplyLine, RevisionLine, ThreadLine

_IMPORTED_BY: Final = _("Imported: written by %(name)s on %(day)s, from %(source)s.")
_FOR_THREAD: Final = _("%(name)s (a name for this thread alone)")
_IMPORTED: Final = _("Imported: written on %(day)s, from %(source)s.")


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Return a board's text in a language, or in English, or in whatever it has."""
    return texts.get(language) or texts.get(SOURCE_LANGUAGE) or next(iter(texts.values()))


def author_line(post: Post) -> AuthorLine:
    """Show who signed, how the key was kept as the post says, and who wrote what was imported."""
    author, origin = post.author, None
    if post.origin:
        origin = OriginLine(
            author=post.origin.author or "", day=post.origin.day, source=post.origin.source
        )
    return AuthorLine(
        name=author.name,
        fingerprint=author.fingerprint,
        custody=post.custody.value,
        path=f"/persona/{author.fingerprint.replace(' ', '')}",
        origin=origin,
        is_for_thread=author.thread is not None,
    )


def name_line(mark: str) -> AuthorLine:
    """Show a name for one thread, by its fingerprint, as who signs what is being written."""
    return AuthorLine(
        name=None,
        fingerprint=mark,
        custody=Custody.UNLOCKED.value,
        path=f"/persona/{mark.replace(' ', '')}",
        is_for_thread=True,
    )


def viewer_line(viewer: identity.Viewer) -> AuthorLine:
    """Show the viewer as the author of what they are writing."""
    return AuthorLine(
        name=viewer.name,
        fingerprint=viewer.fingerprint,
        custody=viewer.custody.value,
        path=f"/persona/{viewer.fingerprint.replace(' ', '')}",
    )


def post_item(post: Post, viewer: identity.Viewer | None) -> PostItem:
    """Show a post with its current version."""
    is_erased = post.erased_on is not None
    text = post.version.text
    reply = None
    if post.parent is not None and post.parent_number is not None:
        reply = ReplyLine(digest=post.parent.hex(), number=post.parent_number)
    waiting = "pending" if post.number is None else "visible"
    return PostItem(
        digest=post.digest.hex(),
        number=post.number,
        text=text,
        direction=direction_of(text.markdown),
        html=Markup() if is_erased else render_post(text.markdown),
        author=author_line(post),
        day=post.day,
        reply=reply,
        state="erased" if is_erased else waiting,
        erased_on=post.erased_on,
        revisions=post.version.number - 1,
        is_own=viewer is not None and viewer.wrote(post.author),
    )


def byline(post: Post, language: Language) -> str:
    """Return who wrote a post, as plain text: who signed it, or where it was imported from."""
    origin = post.origin
    if origin is None:
        return name_in(language, post.author) or post.author.fingerprint
    sentence = _IMPORTED_BY if origin.author else _IMPORTED
    told = {"name": origin.author, "day": language.day(origin.day), "source": origin.source}
    return language.gettext(sentence) % told


def name_in(language: Language, author: identity.Author) -> str:
    """Return an author's name as plain text; empty for a key that has none."""
    if author.thread is None:
        return author.name or ""
    return language.gettext(_FOR_THREAD) % {"name": language.name_of(author.fingerprint)}


def thread_line(summary: ThreadSummary, boards: Mapping[str, Board], language: str) -> ThreadLine:
    """Show a thread in a list."""
    thread, opening = summary.thread, summary.opening
    title, board = opening.version.text.title or "", boards[thread.board]
    return ThreadLine(
        id=thread.id,
        title=title,
        language=opening.version.text.language,
        direction=direction_of(title),
        board_slug=board.slug,
        board_name=in_language(board.name, language),
        author=author_line(opening),
        day=thread.started_on,
        last_day=thread.last_day,
        reply_count=thread.post_count - 1,
        tags=thread.tags,
        is_pinned=thread.is_pinned,
        state=thread.state.value,
    )


def board_line(board: Board, thread_count: int, language: str) -> BoardLine:
    """Show a board in a list."""
    return BoardLine(
        slug=board.slug,
        name=in_language(board.name, language),
        purpose=in_language(board.purpose, language),
        thread_count=thread_count,
        is_live=is_live(board),
        is_archived=board.is_archived,
    )


def tag_query(tag: str) -> str:
    """Return the query of a board's address that lists what is under a tag; empty for none."""
    return f"?tag={quote(tag)}" if tag else ""


def is_live(board: Board) -> bool:
    """Whether a board holds nothing back, so that the time of posting can be seen there."""
    return board.tick_s < MINUTE_S


def tick_minutes(board: Board) -> int:
    """Return how many minutes lie between a board's ticks; 0 on a live one."""
    return board.tick_s // MINUTE_S


def revision_lines(versions: list[Version], current: Version) -> tuple[RevisionLine, ...]:
    """Show how a post came to say what it says, newest first."""
    lines = []
    for index, version in enumerate(versions):
        before = versions[index - 1].text.markdown if index else ""
        difference = render_difference(before, version.text.markdown) if index else Markup()
        lines.append(
            RevisionLine(
                number=version.number,
                digest=version.digest.hex(),
                day=version.day,
                is_current=version.digest == current.digest,
                is_waiting=version.number > current.number,
                difference=difference,
            )
        )
    return tuple(reversed(lines))

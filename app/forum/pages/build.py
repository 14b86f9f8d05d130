"""Nouns of the forum to view models, in a reader's language."""

from collections.abc import Container, Iterable, Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from app import identity
from app.forum.model import Board, Measures, Post, PostKind, Said, ThreadSummary, Version
from app.kernel.clock import MINUTE_S
from app.records.model import Custody
from app.web.languages import SOURCE_LANGUAGE, Language
from app.web.markup import direction_of, render_difference, render_post
from app.web.pages import Markup, OfficeLine
from app.web.rules import LABEL_NAMES, RULE_NAMES, rule_name
from app.web.sentences import gettext_noop as _

from . import (
    AuthorLine,
    BesideLine,
    BoardLine,
    MeasuresLine,
    OriginLine,
    PostItem,
    ReplyLine,
    RevisionLine,
    ThreadLine,
)

_NONE: Final = MappingProxyType[str, OfficeLine]({})
_IMPORTED_BY: Final = _("Imported: written by %(name)s on %(day)s, from %(source)s.")
_FOR_THREAD: Final = _("%(name)s (a name for this thread alone)")
_ERASED: Final = _("Erased by its author")
_ERASED_BY_DESK: Final = _("Erased under the rule on %(rule)s")
_HIDDEN: Final = _("Hidden under the rule on %(rule)s")
_UNREVIEWED: Final = _("not reviewed")
_CONTEXT: Final = _("Context that a reader proposed for post %(n)s")
_LOST: Final = _("A translation; what it translates was erased or hidden")
_TRANSLATION: Final = _("A translation of post %(n)s: not its author’s own words.")
_BESIDE: Final = _("Context from readers")
_OFFICIAL: Final = _(
    "Official: %(title)s, %(institution)s. "
    "Signed for by %(domain)s and by %(university)s, until %(day)s."
)
_WAS_OFFICIAL: Final = _("Held an office that is over: %(title)s, %(institution)s.")
_NOT_THE_OFFICIAL: Final = _(
    "Not the official that this name reads like: the official’s fingerprint is %(fingerprint)s."
)
_IMPORTED: Final = _("Imported: written on %(day)s, from %(source)s.")


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Return a board's text in a language, or in English, or in whatever it has."""
    return texts.get(language) or texts.get(SOURCE_LANGUAGE) or next(iter(texts.values()))


def author_line(post: Post, offices: Mapping[str, OfficeLine] = _NONE) -> AuthorLine:
    """Show who signed, how the key was kept as the post says, and who wrote what was imported.

    `offices` has what is said of an author's office, by fingerprints.
    """
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
        office=None if origin else offices.get(author.fingerprint),
    )


def office_words(line: OfficeLine, language: Language) -> str:
    """Return what stands beside a name of an office, as plain text."""
    told = {
        "title": line.title,
        "institution": line.institution,
        "domain": line.domain,
        "university": line.attested_by,
        "day": language.day(line.until),
        "fingerprint": line.reads_like,
    }
    if line.reads_like:
        return language.gettext(_NOT_THE_OFFICIAL) % told
    return language.gettext(_OFFICIAL if line.is_held else _WAS_OFFICIAL) % told


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


def post_item(
    post: Post,
    viewer: identity.Viewer | None,
    beside: Iterable[Said] = (),
    offices: Mapping[str, OfficeLine] = _NONE,
) -> PostItem:
    """Show a post with its current version, and readers' context that stands under it."""
    text = post.version.text
    reply = None
    if post.parent is not None and post.parent_number is not None:
        reply = ReplyLine(digest=post.parent.hex(), number=post.parent_number)
    return PostItem(
        digest=post.digest.hex(),
        number=post.number,
        text=text,
        direction=direction_of(text.markdown),
        html=Markup() if post.erased_on else render_post(text.markdown),
        author=author_line(post, offices),
        day=post.day,
        reply=reply,
        state=_state_of(post),
        erased_on=post.erased_on,
        revisions=post.version.number - 1,
        is_own=viewer is not None and viewer.wrote(post.author),
        act=post.act.hex() if post.act else "",
        rule=RULE_NAMES.get(post.act_rule, ""),
        label=LABEL_NAMES.get(post.label, ""),
        is_sensitive=post.is_sensitive,
        is_unreviewed=post.is_unreviewed,
        kind=post.kind.value,
        lost_original=post.lost_original,
        beside=tuple(_beside_line(said, post) for said in beside),
    )


def _beside_line(said: Said, post: Post) -> BesideLine:
    return BesideLine(
        html=render_post(said.text),
        language=said.language,
        direction=direction_of(said.text),
        is_older=said.about != post.version.digest,
    )


def muted_posts(posts: Iterable[Post], hands: Container[str]) -> frozenset[str]:
    """Return the digests of the posts that are folded up for whoever muted some hands."""
    return frozenset(post.digest.hex() for post in posts if post.author.hand in hands)


def plain_words(post: Post, language: Language, beside: Iterable[Said] = ()) -> str:
    """Return a post as plain text, below what a desk says of it; or why it has no words.

    Readers' context stands under the post that it is about, once it is shown, and nowhere else.
    """
    said = {"rule": rule_name(language.gettext, post.act_rule)}
    if post.lost_original:
        return language.gettext(_LOST)
    if post.is_hidden and post.erased_on is None:
        return language.gettext(_HIDDEN) % said
    if post.erased_on is not None:
        return language.gettext(_ERASED if post.act is None else _ERASED_BY_DESK) % said
    if post.kind is PostKind.CONTEXT:
        return language.gettext(_CONTEXT) % {"n": language.number(post.parent_number or 0)}
    label = language.gettext(LABEL_NAMES[post.label]) if post.label else ""
    marks = [label] if label else []
    if post.kind is PostKind.TRANSLATION:
        marks.append(
            language.gettext(_TRANSLATION) % {"n": language.number(post.parent_number or 0)}
        )
    if post.is_unreviewed:
        marks.append(language.gettext(_UNREVIEWED))
    shown = [f"[{language.gettext(_BESIDE)}] {said.text}" for said in beside]
    return "\n\n".join([*(f"[{mark}]" for mark in marks), post.version.text.markdown, *shown])


def _state_of(post: Post) -> str:
    if post.erased_on is not None:
        return "erased"
    if post.is_hidden:
        return "hidden"
    if post.number is None:
        return "held" if post.is_held else "pending"
    return "visible"


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


def thread_line(
    summary: ThreadSummary,
    boards: Mapping[str, Board],
    language: str,
    hands: Container[str] = (),
) -> ThreadLine:
    """Show a thread in a list; `hands` are those whom the viewer muted."""
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
        label=LABEL_NAMES.get(opening.label, "") if opening.has_words else "",
        is_muted=opening.has_words and opening.author.hand in hands,
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


def measures_line(measures: Measures, opened_on: Board, language: str) -> MeasuresLine:
    """Show what desks did to a thread that was opened on a board."""
    lock, slow, move = (
        "" if act is None else act.hex() for act in (measures.lock, measures.slow, measures.move)
    )
    return MeasuresLine(
        lock=lock,
        slow=slow,
        delay_minutes=minutes(measures.delay_s),
        move=move,
        moved_from=in_language(opened_on.name, language),
        moved_from_slug=opened_on.slug,
    )


def minutes(seconds: int) -> int:
    """Return a time in whole minutes, rounded up."""
    return -(-seconds // MINUTE_S)


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

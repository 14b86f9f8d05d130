"""Search: a form that asks by GET, so that a question can be linked and needs no session."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from app import forum, identity
from app.db import Work
from app.forum.pages import build
from app.kernel.clock import day_of
from app.kernel.fold import words_of
from app.site.pages import Hit, SearchPage
from app.web.languages import parse_day
from app.web.markup import direction_of, highlight
from app.web.pages import FieldErrors, Markup
from app.web.rules import LABEL_NAMES
from app.web.sentences import gettext_noop as _
from app.web.visit import VisitDep

router = APIRouter()

HITS_PER_PAGE: Final = 20
BY_FIT: Final = "fit"
_PASSAGE_CHARACTERS: Final = 320
Typed = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What an address asks for, as it was typed."""

    q: Typed = ""
    board: Typed = ""
    author: Typed = ""
    day: Typed = ""
    sort: Typed = ""
    before: Annotated[int | None, Query(ge=0, le=2**53)] = None
    skip: Annotated[int, Query(ge=0, le=forum.MOST_COMPARED)] = 0

    @property
    def mark(self) -> str:
        """The author's fingerprint without spaces."""
        return "".join(self.author.lower().split())

    @property
    def is_by_fit(self) -> bool:
        """Whether the posts that fit best are to come first."""
        return self.sort == BY_FIT


@router.get("/{language}/search")
def search_page(visit: VisitDep, asked: Annotated[Question, Depends()]) -> Response:
    on, errors = _parse_day(asked.day)
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        boards = forum.list_boards(work)
        slug = asked.board if any(item.slug == asked.board for item, _n in boards) else ""
        mark = asked.mark if asked.mark.isalnum() else ""
        was_asked = bool(asked.q.strip() or slug or asked.mark or on) and not errors
        found, onward = list[forum.Post](), dict[str, str | int]()
        if was_asked:
            find = _find_best if asked.is_by_fit else _find_newest
            found, onward = find(work, asked, forum.Facets(board=slug, author=mark, day=on))
        names = {item.did: build.in_language(item.name, visit.language.code) for item, _n in boards}
        titles = forum.list_titles(work, [post.thread for post in found])
        homes = forum.list_homes(work, titles)
    words = frozenset(words_of(asked.q))
    again = {"q": asked.q, "board": slug, "author": asked.mark, "day": asked.day}
    query = urlencode({**{name: value for name, value in again.items() if value}, **onward})
    page = SearchPage(
        question=asked.q,
        board=slug,
        author=asked.author,
        day_text=asked.day,
        is_by_fit=asked.is_by_fit,
        compared=forum.MOST_COMPARED,
        boards=tuple(build.board_line(item, n, visit.language.code) for item, n in boards),
        was_asked=was_asked,
        hits=tuple(
            _hit(post, titles[post.thread], words, names[homes[post.thread]]) for post in found
        ),
        older=visit.address(f"/search?{query}") if onward else "",
        today=day_of(work.now),
        errors=FieldErrors(by_field={name: visit.translate(text) for name, text in errors.items()}),
    )
    return visit.render(page, viewer, section="search", status=400 if errors else 200)


def _find_newest(
    work: Work, asked: Question, facets: forum.Facets
) -> tuple[list[forum.Post], dict[str, str | int]]:
    """Return one page of posts, newest first, and what the address of the next one adds."""
    found = forum.find_posts(work, asked.q, facets, before=asked.before, limit=HITS_PER_PAGE + 1)
    shown = found[:HITS_PER_PAGE]
    return shown, {"before": _place(shown[-1])} if len(found) > HITS_PER_PAGE else {}


def _find_best(
    work: Work, asked: Question, facets: forum.Facets
) -> tuple[list[forum.Post], dict[str, str | int]]:
    """Return one page of posts, those that fit best first, and what the next address adds.

    After the last page of those that were compared come older ones, compared among themselves.
    """
    found = forum.find_best(work, asked.q, facets, before=asked.before)
    last = asked.skip + HITS_PER_PAGE
    onward: dict[str, str | int] = {}
    if len(found) > last:
        # Posts that come meanwhile do not change which ones are compared.
        onward = {"sort": BY_FIT, "before": max(map(_place, found)) + 1, "skip": last}
    elif len(found) == forum.MOST_COMPARED:
        onward = {"sort": BY_FIT, "before": min(map(_place, found))}
    return found[asked.skip : last], onward


def _place(post: forum.Post) -> int:
    return post.log_index or 0


def _parse_day(typed: str) -> tuple[date | None, dict[str, str]]:
    if not typed.strip():
        return None, {}
    try:
        return parse_day(typed), {}
    except ValueError:
        return None, {"day": _("This is not a day. Write it as the line above shows.")}


def _hit(post: forum.Post, opening: forum.Text, words: frozenset[str], board_name: str) -> Hit:
    text = post.version.text
    return Hit(
        digest=post.digest.hex(),
        number=post.number or 0,
        title=opening.title or "",
        title_language=opening.language,
        title_direction=direction_of(opening.title or ""),
        board_name=board_name,
        author=build.author_line(post),
        day=post.day,
        language=text.language,
        direction=direction_of(text.markdown),
        passage=Markup()
        if post.is_sensitive
        else highlight(text.markdown, words, _PASSAGE_CHARACTERS),
        label=LABEL_NAMES.get(post.label, ""),
    )

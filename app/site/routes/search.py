"""Search: a form that asks by GET, so that a question can be linked and needs no session."""

from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response

from app import forum, identity
from app.forum.pages import build
from app.kernel.clock import day_of
from app.kernel.fold import words_of
from app.site.pages import Hit, SearchPage
from app.web.error_pages import gettext_noop as _
from app.web.languages import parse_day
from app.web.markup import direction_of, highlight
from app.web.pages import FieldErrors
from app.web.visit import VisitDep

router = APIRouter()

HITS_PER_PAGE: Final = 20
_PASSAGE_CHARACTERS: Final = 320
Typed = Annotated[str, Query(max_length=200)]


@router.get("/{language}/search")
def search_page(
    visit: VisitDep,
    q: Typed = "",
    board: Typed = "",
    author: Typed = "",
    day: Typed = "",
    before: Annotated[int | None, Query(ge=0, le=2**53)] = None,
) -> Response:
    on, errors = _parse_day(day)
    mark = "".join(author.lower().split())
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        boards = forum.list_boards(work)
        slug = board if any(item.slug == board for item, _count in boards) else ""
        facets = forum.Facets(board=slug, author=mark if mark.isalnum() else "", day=on)
        was_asked = bool(q.strip() or slug or mark or on) and not errors
        found = []
        if was_asked:
            found = forum.find_posts(work, q, facets, before=before, limit=HITS_PER_PAGE + 1)
        names = {item.did: build.in_language(item.name, visit.language.code) for item, _c in boards}
        titles = forum.list_titles(work, [post.thread for post in found])
    words = frozenset(words_of(q))
    hits = tuple(_hit(post, titles[post.thread], words, names) for post in found[:HITS_PER_PAGE])
    older = ""
    if len(found) > HITS_PER_PAGE:
        asked = {"q": q, "board": slug, "author": mark, "day": day}
        last = found[HITS_PER_PAGE - 1].log_index
        query = urlencode({**{k: v for k, v in asked.items() if v}, "before": last})
        older = visit.address(f"/search?{query}")
    page = SearchPage(
        question=q,
        board=slug,
        author=author,
        day_text=day,
        boards=tuple(build.board_line(item, n, visit.language.code) for item, n in boards),
        was_asked=was_asked,
        hits=hits,
        older=older,
        today=day_of(work.now),
        errors=FieldErrors(by_field={name: visit.translate(text) for name, text in errors.items()}),
    )
    return visit.render(page, viewer, section="search", status=400 if errors else 200)


def _parse_day(typed: str) -> tuple[date | None, dict[str, str]]:
    if not typed.strip():
        return None, {}
    try:
        return parse_day(typed), {}
    except ValueError:
        return None, {"day": _("This is not a day. Write it as the line above shows.")}


def _hit(
    post: forum.Post, opening: forum.Text, words: frozenset[str], names: dict[str, str]
) -> Hit:
    text = post.version.text
    return Hit(
        digest=post.digest.hex(),
        number=post.number or 0,
        title=opening.title or "",
        title_language=opening.language,
        title_direction=direction_of(opening.title or ""),
        board_name=names[post.board],
        author=build.author_line(post),
        day=post.day,
        language=text.language,
        direction=direction_of(text.markdown),
        passage=highlight(text.markdown, words, _PASSAGE_CHARACTERS),
    )

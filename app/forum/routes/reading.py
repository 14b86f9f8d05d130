"""Pages that are read: boards, threads, also as plain text and on paper, and the latest."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import PlainTextResponse, Response

from app import identity
from app.crypto.multikey import encode_digest
from app.db import Work
from app.forum import forms, rules, service, store
from app.forum.model import (
    POSTS_PER_PAGE,
    Around,
    Board,
    Post,
    Said,
    Thread,
    ThreadSort,
    ThreadSummary,
)
from app.forum.pages import (
    BoardPage,
    BoardsPage,
    LatestPage,
    PostItem,
    SummaryLine,
    ThreadLine,
    ThreadPage,
    ThreadPrintPage,
    TranslationItem,
    build,
)
from app.forum.service import beside, shielding
from app.forum.store import keeping as kept
from app.kernel.errors import NotFoundError
from app.web.at_home import PARTNERS
from app.web.markup import direction_of, render_post
from app.web.pages import OfficeLine, Pager
from app.web.visit import Visit, VisitDep

from .heard import tell_hearings
from .kinds import choose_reading, show_in
from .rated import find_rated, offer_ratings

router = APIRouter()

Wanted = Annotated[str, Query(alias="in", max_length=3)]
PageNumber = Annotated[int, Query(alias="page", ge=1, le=100_000)]
_MOST_INDEX: Final = 2**31 - 1


@router.get("/{language}/boards")
def boards_page(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        boards = store.list_boards(work)
        may_manage = visit.listener.has_staff_pages and identity.is_steward(work, viewer)
    visit.share(service.FRONT)
    lines = tuple(build.board_line(board, count, visit.language.code) for board, count in boards)
    return visit.render(BoardsPage(boards=lines, may_manage=may_manage), viewer, section="boards")


@router.get("/{language}/b/{slug}")
def board_page(
    visit: VisitDep,
    slug: str,
    page: PageNumber = 1,
    sort: str = "",
    asked: Annotated[str, Query(alias="tag")] = "",
) -> Response:
    order, tag = rules.parse_sort(sort), forms.parse_tag(asked)
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        board = service.get_board(work, slug)
        may_open = board.openers == "anyone" or identity.is_steward(work, viewer)
        threads, pages = service.list_threads(work, board=board.did, sort=order, page=page, tag=tag)
        hands = shielding.list_hands_muted(work, viewer)
        boxes = () if tag or page > 1 else visit.site.show_consultations(work, board.did)
        former = visit.site.find_former_home(work, board.did)
    if threads or not tag:
        # Of tags that nobody uses there are endlessly many: their pages are not kept.
        about_former = (PARTNERS,) if former else ()
        visit.share(f"board:{board.did}", identity.NAMES, *about_former)
    require_page(page, pages)
    query = build.tag_query(tag)
    if order != "reply":
        query += f"{'&' if query else '?'}sort={order}"
    return visit.render(
        BoardPage(
            slug=board.slug,
            name=build.in_language(board.name, visit.language.code),
            purpose=build.in_language(board.purpose, visit.language.code),
            rules=render_post(build.in_language(board.rules, visit.language.code)),
            fingerprint=board.fingerprint,
            did=board.did,
            is_live=build.is_live(board),
            tick_minutes=build.tick_minutes(board),
            anyone_opens=board.openers == "anyone",
            filters=board.filters,
            holds_first=board.holds_first,
            delay_minutes=build.minutes(board.delay_s),
            may_open=may_open,
            is_archived=board.is_archived,
            sort=order.value,
            tags=board.tags,
            tag=tag,
            threads=thread_lines(threads, {board.did: board}, visit, hands),
            consultations=tuple(boxes),
            pager=Pager(page=page, pages=pages, base=visit.address(f"/b/{slug}{query}")),
            former=former,
        ),
        viewer,
        section="boards",
    )


@router.get("/{language}/latest")
def latest_page(
    visit: VisitDep,
    page: PageNumber = 1,
    since: Annotated[int, Query(ge=-1, le=_MOST_INDEX)] = -1,
) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        boards = {board.did: board for board, _ in store.list_boards(work)}
        threads, pages = service.list_threads(
            work, board=None, sort=rules.parse_sort(""), page=page, since=since
        )
        newest = kept.get_latest_index(work)
        hands = shielding.list_hands_muted(work, viewer)
    visit.share(service.FRONT, identity.NAMES)
    require_page(page, pages)
    base = visit.address("/latest")
    latest = LatestPage(
        threads=tuple(
            line for line in thread_lines(threads, boards, visit, hands) if line.has_words
        ),
        pager=Pager(page=page, pages=pages, base=base if since < 0 else f"{base}?since={since}"),
        is_since=since >= 0,
        since_path=f"{base}?since={newest}",
    )
    return visit.render(latest, viewer, section="latest")


@router.get("/{language}/t/{thread_id}.txt")
def thread_text(visit: VisitDep, thread_id: str) -> Response:
    with visit.read() as work:
        thread, board, posts = _whole_thread(work, thread_id)
        found = beside.list_beside(work, posts)
        offices = visit.site.find_offices(work, [post.author for post in posts])
    visit.share(f"thread:{thread.id}", service.settings_of(board.did), identity.NAMES)
    blocks = [
        posts[0].version.text.title or "",
        build.in_language(board.name, visit.language.code),
    ]
    for post in posts:
        day = visit.language.day(post.day)
        # Where the words are gone, nobody is named either.
        name = build.name_in(visit.language, post.author) or "—" if post.has_words else ""
        by = f" {name} ({post.author.fingerprint})" if name else ""
        blocks.append(f"[{post.number}]{by} {day}")
        if post.origin:
            blocks.append(build.byline(post, visit.language))
        elif name and post.author.fingerprint in offices:
            said = build.office_words(offices[post.author.fingerprint], visit.language)
            blocks.append(said)
        blocks.append(build.plain_words(post, visit.language, found.get(post.digest, ())))
    return PlainTextResponse("\n\n".join(blocks) + f"\n\n{thread.id}\n")


@router.get("/{language}/t/{thread_id}/print")
def thread_print_page(visit: VisitDep, thread_id: str) -> Response:
    with visit.read() as work:
        thread, board, posts = _whole_thread(work, thread_id)
        found = beside.list_beside(work, posts)
        offices = visit.site.find_offices(work, [post.author for post in posts])
    visit.share(f"thread:{thread.id}", service.settings_of(board.did), identity.NAMES)
    title = posts[0].version.text.title or ""
    page = ThreadPrintPage(
        title=title,
        language=posts[0].version.text.language,
        direction=direction_of(title),
        board_name=build.in_language(board.name, visit.language.code),
        started_on=thread.started_on,
        posts=_items(posts, None, found, offices),
        id=thread.id,
    )
    return visit.render(page)


@router.get("/{language}/t/{thread_id}")
def thread_page(
    visit: VisitDep, thread_id: str, page: PageNumber = 1, sort: str = "", wanted: Wanted = ""
) -> Response:
    by_ground = sort == ThreadSort.GROUND
    with visit.read() as work:
        head = service.get_head(work, thread_id)
        thread, board, mark = head.thread, head.board, head.mark
        opening, posts = service.list_page(work, thread, page, by_ground=by_ground)
        viewer, waiting = _look_in(work, visit, thread)
        posts = service.see_own(work, posts, viewer)
        may_settle = visit.listener.has_staff_pages and identity.is_steward(work, viewer)
        opened_on = _opened_on(work, opening, board)
        is_saved = viewer is not None and kept.has_saved(work, viewer.root, thread.id)
        hands = shielding.list_hands_muted(work, viewer)
        authors = [post.author for post in posts]
        boxes, offices = visit.site.look_beside(work, thread.id, authors)
        around = beside.look_around(work, thread, posts, visit.language.code)
        items = tell_hearings(work, visit, _items(posts, viewer, around.beside, offices))
        items = offer_ratings(items, find_rated(work, visit, viewer, posts))
        translated, summary = _find_more(work, visit, thread, posts, around)
    _share(visit, thread, wanted)
    title = opening.version.text.title or ""
    reading = choose_reading(visit, thread.id, wanted, by_ground=by_ground)
    return visit.render(
        ThreadPage(
            id=thread.id,
            title=title,
            language=opening.version.text.language,
            direction=direction_of(title),
            board_slug=board.slug,
            board_name=build.in_language(board.name, visit.language.code),
            is_live=build.is_live(board),
            tick_minutes=build.tick_minutes(board),
            started_on=thread.started_on,
            post_count=thread.post_count,
            author_count=head.author_count,
            opening=thread.opening.hex(),
            posts=show_in(items, translated) if reading.language else items,
            reads_in=reading.language,
            reading_path=reading.other if translated or reading.language else "",
            summary=summary,
            by_ground=by_ground,
            waiting=_items(waiting, viewer),
            state=thread.state.value,
            own_state=mark.state.value,
            measures=build.measures_line(thread.measures, opened_on, visit.language.code),
            is_pinned=thread.is_pinned,
            tags=thread.tags,
            is_board_archived=board.is_archived,
            may_settle=may_settle,
            previous=encode_digest(mark.head) if mark.head else "",
            is_saved=is_saved,
            muted=build.muted_posts(posts, hands),
            consultation=boxes[0] if boxes else None,
            may_consult=may_settle or (viewer is not None and viewer.wrote(opening.author)),
            pager=_pager(thread, page, reading.here),
        ),
        viewer,
        section="boards",
    )


def _share(visit: Visit, thread: Thread, wanted: str) -> None:
    """Let the cache keep a thread's page that is asked for in its own language."""
    if wanted in {"", visit.language.code}:
        shown = (f"thread:{thread.id}", service.settings_of(thread.board), identity.NAMES)
        visit.share(*shown)


def _pager(thread: Thread, page: int, base: str) -> Pager:
    pages = rules.page_of(thread.post_count, POSTS_PER_PAGE)
    require_page(page, pages)
    return Pager(page=page, pages=pages, base=base)


def _opened_on(work: Work, opening: Post, board: Board) -> Board:
    """Return the board on which a thread was opened: another than its own where a desk moved it."""
    return board if opening.board == board.did else service.require_board(work, opening.board)


def _find_more(
    work: Work, visit: Visit, thread: Thread, posts: list[Post], around: Around
) -> tuple[Mapping[bytes, TranslationItem], SummaryLine | None]:
    """Return the translations and the summary that a page shows: where there are none, unasked."""
    language = visit.language.code
    originals = [post for post in posts if post.digest in around.translated]
    translated = visit.site.find_translations(work, originals, language) if originals else {}
    summary = visit.site.find_summary(work, thread.id, language) if around.has_summary else None
    return translated, summary


def _look_in(work: Work, visit: Visit, thread: Thread) -> tuple[identity.Viewer | None, list[Post]]:
    """Return the viewer as they are known in a thread, and what of theirs waits there."""
    viewer = identity.find_viewer(work, visit.session_token)
    if viewer is None:
        return None, []
    viewer = identity.look_in_thread(work, viewer, visit.session_token, thread.id)
    own = (viewer.posting_did, viewer.thread_did)
    return viewer, store.list_waiting(work, thread.id, own)


def thread_lines(
    threads: list[ThreadSummary],
    boards: dict[str, Board],
    visit: Visit,
    hands: frozenset[str] = frozenset(),
) -> tuple[ThreadLine, ...]:
    """Show a list of threads; `hands` are those whom the viewer muted."""
    return tuple(build.thread_line(item, boards, visit.language.code, hands) for item in threads)


def _items(
    posts: list[Post],
    viewer: identity.Viewer | None,
    found: Mapping[bytes, Sequence[Said]] = MappingProxyType({}),
    offices: Mapping[str, OfficeLine] = MappingProxyType({}),
) -> tuple[PostItem, ...]:
    return tuple(
        build.post_item(post, viewer, found.get(post.digest, ()), offices) for post in posts
    )


def _find_thread(work: Work, thread_id: str) -> tuple[Thread, Board]:
    thread = service.get_thread(work, thread_id)
    return thread, service.require_board(work, thread.board)


def _whole_thread(work: Work, thread_id: str) -> tuple[Thread, Board, list[Post]]:
    thread, board = _find_thread(work, thread_id)
    return thread, board, store.list_posts(work, thread.id, 1, thread.post_count)


def require_page(page: int, pages: int) -> None:
    if page > pages:
        raise NotFoundError("beyond the last page")

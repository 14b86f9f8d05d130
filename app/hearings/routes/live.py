"""A hearing followed live: questions and answers as they come, as any thread is (ADR-0019).

A script gets them as events; where there is none, a frame is held open until there are some.
"""

from collections.abc import Hashable
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Header, Path, Query
from starlette.responses import Response

from app import forum, identity
from app.db import Work
from app.forum import Post, PostKind, Thread
from app.forum.model import POSTS_PER_PAGE, Glance, News
from app.forum.pages import PostItem, build
from app.forum.pages.live import LiveFramePage
from app.forum.routes.live import (
    MOST_HELD,
    FindOffices,
    FramedThread,
    LiveThread,
    glance,
    last_held,
    mark_of,
    settings_of,
)
from app.hearings import service
from app.hearings.model import Hearing
from app.hearings.pages.answers import LiveHearingPage
from app.hearings.pages.notes import find_hearing_notes
from app.kernel.errors import ForbiddenError, NotFoundError
from app.web.holding import refresh_to
from app.web.markup import direction_of
from app.web.streams import EventStream
from app.web.visit import Visit, VisitDep

router = APIRouter()

_KINDS: Final = frozenset({PostKind.QUESTION, PostKind.ANSWER, PostKind.FOLLOW_UP})
_MOST: Final = 2**31 - 1
Number = Annotated[int, Path(ge=0, le=_MOST)]
Held = Annotated[int, Query(ge=0, le=_MOST)]
LastId = Annotated[str, Header(alias="last-event-id")]


class LiveHearing(LiveThread):
    """A hearing as its followers read it in one language: the thread without all else."""

    @property
    def key(self) -> Hashable:
        """Apart from the thread's own followers."""
        return "hearing", super().key

    def show(self, work: Work, news: News) -> tuple[PostItem, ...]:
        """Show what belongs to the hearing, with what the official says beside an answer."""
        posts = [post for post in news.posts if post.kind in _KINDS]
        return _show(work, posts, self._find_offices)


class FramedHearing(FramedThread):
    """A hearing as its frames show it: what else is said in the thread is no news to them."""

    @property
    def key(self) -> Hashable:
        """Apart from the thread's own frames."""
        return "hearing", super().key

    def look(self, work: Work) -> Glance:
        """Look at what belongs to the hearing."""
        return _of_hearing(super().look(work))


@router.get("/{language}/t/{thread_id}/hearing/live")
def live_hearing_page(visit: VisitDep, thread_id: str) -> Response:
    with visit.read() as work:
        _hearing, thread = _find(work, thread_id)
        viewer = identity.find_viewer(work, visit.session_token)
        opening = forum.get_post(work, thread.opening)
        hands = forum.list_hands_muted(work, viewer)
        newest = _newest(work, thread, 0)
        # The opening first: a script puts what comes behind the last that it finds.
        posts = newest if opening in newest else [opening, *newest]
        items = _show(work, posts, visit.site.find_offices)
        state = glance(work, thread.id).state
        board = forum.board_of(work, opening)
    visit.share(f"thread:{thread.id}", settings_of(board.did), identity.NAMES)
    text = opening.version.text
    title = text.title or ""
    page = LiveHearingPage(
        id=thread.id,
        base=f"/t/{thread.id}/hearing",
        title=title,
        language=text.language,
        direction=direction_of(title),
        is_live=build.is_live(board),
        tick_minutes=build.tick_minutes(board),
        opening=thread.opening.hex(),
        posts=items,
        last=thread.post_count,
        most_held=MOST_HELD,
        state=state,
        muted=build.muted_posts(posts, hands),
        by_frame=bool(hands),
    )
    return visit.render(page, viewer, section="hearings")


@router.get("/{language}/t/{thread_id}/hearing/live/{since}")
def live_hearing_frame(visit: VisitDep, thread_id: str, since: Number) -> Response:
    return _frame(visit, thread_id, since, is_still=False)


@router.get("/{language}/t/{thread_id}/hearing/live/{since}/still")
def still_hearing_frame(visit: VisitDep, thread_id: str, since: Number) -> Response:
    return _frame(visit, thread_id, since, is_still=True)


@router.get("/{language}/t/{thread_id}/hearing/events")
async def hearing_events(
    visit: VisitDep, thread_id: str, first: Held = 1, since: Held = 0, last_id: LastId = ""
) -> Response:
    """Tell questions and answers to a page that holds those from `first` to `since`.

    Raises:
        ForbiddenError: a page of another site asked, whose visitors would take all the streams.

    """
    if not visit.is_from_here():
        raise ForbiddenError("a stream for another site")
    held = last_held(last_id, since)
    feed = LiveHearing(thread_id, visit.language, visit.site.templates, visit.site.find_offices)

    def catch_up(work: Work, joined: LiveHearing) -> tuple[list[bytes], bool]:
        return joined.catch_up(work, first, held)

    return EventStream(visit.site.streams, feed, (first, held), catch_up)


def _frame(visit: Visit, thread_id: str, since: int, *, is_still: bool) -> Response:
    with visit.read() as work:
        _hearing, thread = _find(work, thread_id)
        if since > thread.post_count:
            # No page holds what is not there yet; and the cache would keep any number of these.
            raise NotFoundError("beyond the newest post")
        posts = _newest(work, thread, since)
        viewer = identity.find_viewer(work, visit.session_token)
        hands = forum.list_hands_muted(work, viewer)
        items = _show(work, posts, visit.site.find_offices)
        seen = _of_hearing(glance(work, thread.id))
    visit.share(f"thread:{thread.id}", settings_of(thread.board), identity.NAMES)
    page = LiveFramePage(
        id=thread.id,
        base=f"/t/{thread.id}/hearing",
        since=since,
        posts=items[::-1],
        is_cut=thread.post_count - since > POSTS_PER_PAGE,
        state=seen.state,
        muted=build.muted_posts(posts, hands),
        is_still=is_still,
    )
    answer = visit.render(page, viewer)
    if not is_still:
        path = visit.address(f"{page.base}/live/{since}")
        answer.headers["Refresh"] = refresh_to(path, mark_of(seen))
    return answer


def _of_hearing(seen: Glance) -> Glance:
    posts = {number: shown for number, shown in seen.posts.items() if shown[0] in _KINDS}
    return replace(seen, last=max(posts, default=0), posts=posts)


def _find(work: Work, thread_id: str) -> tuple[Hearing, Thread]:
    return service.get_hearing(work, thread_id), forum.get_thread(work, thread_id)


def _newest(work: Work, thread: Thread, since: int) -> list[Post]:
    first = max(since, thread.post_count - POSTS_PER_PAGE) + 1
    posts = forum.list_posts(work, thread.id, first, thread.post_count)
    return [post for post in posts if post.kind in _KINDS]


def _show(work: Work, posts: list[Post], find_offices: FindOffices) -> tuple[PostItem, ...]:
    """Show posts as everybody sees them."""
    notes = find_hearing_notes(work, [post.digest for post in posts])
    offices = find_offices(work, [post.author for post in posts])
    return tuple(
        replace(build.post_item(post, None, offices=offices), hearing=notes.get(post.digest))
        for post in posts
    )

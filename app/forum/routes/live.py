"""Following a thread live: a page, a stream of events for its script, a frame for who has none."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Annotated, Final

from fastapi import APIRouter, Header, Path, Query
from fastapi.sse import format_sse_event
from starlette.responses import Response

from app import identity
from app.db import Work
from app.forum import service, store
from app.forum.model import POSTS_PER_PAGE, Glance, News, Post, Thread, ThreadId
from app.forum.pages import PostItem, build
from app.forum.pages.live import LiveFramePage, LivePage, LivePost
from app.forum.rules import decide_state
from app.forum.service import beside, live, settings_of, shielding
from app.forum.service.live import MOST_HELD, glance
from app.kernel.errors import ForbiddenError, NotFoundError
from app.web.holding import refresh_to
from app.web.languages import Language
from app.web.markup import direction_of
from app.web.pages import OfficeLine
from app.web.streams import EventStream
from app.web.templating import Templates
from app.web.visit import Visit, VisitDep

router = APIRouter()

__all__ = [
    "MOST_HELD",
    "FramedThread",
    "LiveThread",
    "glance",
    "last_held",
    "mark_of",
    "router",
    "settings_of",
]

_MOST: Final = 2**31 - 1
_MOST_DIGITS: Final = 10
Number = Annotated[int, Path(ge=0, le=_MOST)]
FindOffices = Callable[[Work, Sequence[identity.Author]], Mapping[str, OfficeLine]]
Held = Annotated[int, Query(ge=0, le=_MOST)]
LastId = Annotated[str, Header(alias="last-event-id")]


class LiveThread:
    """A thread as its followers read it in one language."""

    def __init__(
        self, thread_id: str, language: Language, templates: Templates, find_offices: FindOffices
    ) -> None:
        self._thread_id = thread_id
        self._language = language
        self._templates = templates
        self._find_offices = find_offices
        self._seen: Glance | None = None

    @property
    def key(self) -> Hashable:
        """The thread and the language, with the reader's calendar and digits."""
        return self._thread_id, self._language

    @property
    def subjects(self) -> frozenset[str]:
        """The thread, and the settings of its board."""
        settings = {settings_of(self._seen.board)} if self._seen else set()
        return frozenset({f"thread:{self._thread_id}", *settings})

    def read(self, work: Work) -> list[bytes] | None:
        """Return events of what changed since the last call, or None if it is too much."""
        before, now = self._seen, glance(work, self._thread_id)
        self._seen = now
        if before is None:
            return []
        news = live.find_news(work, self._thread_id, before, now)
        if not news.is_whole:
            return None
        items = self.show(work, news)
        return self._encode(news, items, before.last, with_state=news.state != before.state)

    def catch_up(self, work: Work, first: int, since: int) -> tuple[list[bytes], bool]:
        """Return what a page with the posts from `first` to `since` lacks, and if that is all."""
        news = live.catch_up(work, self._thread_id, first, since)
        items = self.show(work, news)
        return self._encode(news, items, since, with_state=True), news.is_whole

    def show(self, work: Work, news: News) -> tuple[PostItem, ...]:
        """Show news as everybody sees them."""
        return _items(work, news.posts, self._find_offices)

    def _encode(
        self, news: News, items: Iterable[PostItem], since: int, *, with_state: bool
    ) -> list[bytes]:
        state = [format_sse_event(event="state", data_str=news.state)] if with_state else []
        return state + [self._encode_post(item, since, news.state) for item in items]

    def _encode_post(self, item: PostItem, since: int, state: str) -> bytes:
        piece = LivePost(post=item, thread_id=self._thread_id if state == "open" else "")
        html = self._templates.render_piece(piece, self._language)
        # What has only changed leaves the reader's place in the stream where it is.
        is_new = item.number is not None and item.number > since
        place = str(item.number) if is_new else None
        return format_sse_event(event="post", data_str=html.strip(), id=place)


class FramedThread:
    """A thread as its frames show it in every language: for those who wait for what is new."""

    def __init__(self, thread_id: str) -> None:
        self._thread_id = thread_id
        self._board = ""
        self.mark = ""

    @property
    def key(self) -> Hashable:
        """Apart from who is told what is new, and not only that something is."""
        return "frame", self._thread_id

    @property
    def subjects(self) -> frozenset[str]:
        """As those of who follows by events."""
        settings = {settings_of(self._board)} if self._board else set()
        return frozenset({f"thread:{self._thread_id}", *settings})

    def look(self, work: Work) -> Glance:
        """Look at what frames show."""
        return glance(work, self._thread_id)

    def read(self, work: Work) -> list[bytes] | None:
        """Return one event of no words if frames show anything else since the last call."""
        seen, before = self.look(work), self.mark
        self._board, self.mark = seen.board, mark_of(seen)
        return [b"."] if before and before != self.mark else []


def mark_of(seen: Glance) -> str:
    """Return what stands for a glance in addresses: 16 hex digits, the same in every process."""
    shown = repr((seen.state, seen.last, sorted(seen.posts.items())))
    return sha256(shown.encode()).hexdigest()[:16]


@router.get("/{language}/t/{thread_id}/live")
def live_page(visit: VisitDep, thread_id: str) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        thread = service.get_thread(work, thread_id)
        board = service.require_board(work, thread.board)
        posts = _newest(work, thread, 0)
        items = _items(work, posts, visit.site.find_offices)
        hands = shielding.list_hands_muted(work, viewer)
        text = service.get_title(work, thread.id)
    visit.share(f"thread:{thread.id}", settings_of(board.did), identity.NAMES)
    title = text.title or ""
    page = LivePage(
        id=thread.id,
        base=f"/t/{thread.id}",
        title=title,
        language=text.language,
        direction=direction_of(title),
        is_live=build.is_live(board),
        tick_minutes=build.tick_minutes(board),
        opening=thread.opening.hex(),
        posts=items,
        last=thread.post_count,
        most_held=MOST_HELD,
        state=decide_state(thread, board),
        muted=build.muted_posts(posts, hands),
        by_frame=bool(hands),
    )
    return visit.render(page, viewer, section="boards")


@router.get("/{language}/t/{thread_id}/live/{since}")
def live_frame(visit: VisitDep, thread_id: str, since: Number) -> Response:
    return _frame(visit, thread_id, since, is_still=False)


@router.get("/{language}/t/{thread_id}/live/{since}/still")
def still_frame(visit: VisitDep, thread_id: str, since: Number) -> Response:
    return _frame(visit, thread_id, since, is_still=True)


@router.get("/{language}/t/{thread_id}/events")
async def thread_events(
    visit: VisitDep, thread_id: str, first: Held = 1, since: Held = 0, last_id: LastId = ""
) -> Response:
    """Tell what changes in a thread to a page that holds the posts from `first` to `since`.

    Without a thread: of a crowd that comes at once, each would wait for one among the requests.

    Raises:
        ForbiddenError: a page of another site asked, whose visitors would take all the streams.

    """
    if not visit.is_from_here():
        raise ForbiddenError("a stream for another site")
    held = last_held(last_id, since)
    feed = LiveThread(thread_id, visit.language, visit.site.templates, visit.site.find_offices)

    def catch_up(work: Work, joined: LiveThread) -> tuple[list[bytes], bool]:
        return joined.catch_up(work, first, held)

    return EventStream(visit.site.streams, feed, (first, held), catch_up)


def last_held(last_id: str, since: int) -> int:
    """Return the newest post that a browser holds: as it says when it comes again, or came."""
    is_number = last_id.isascii() and last_id.isdigit() and len(last_id) <= _MOST_DIGITS
    return int(last_id) if is_number else since


def _frame(visit: Visit, thread_id: str, since: int, *, is_still: bool) -> Response:
    with visit.read() as work:
        thread = service.get_thread(work, thread_id)
        board = service.require_board(work, thread.board)
        if since > thread.post_count:
            # No page holds what is not there yet; and the cache would keep any number of these.
            raise NotFoundError("beyond the newest post")
        posts = _newest(work, thread, since)
        items = _items(work, posts, visit.site.find_offices)
        viewer = identity.find_viewer(work, visit.session_token)
        hands = shielding.list_hands_muted(work, viewer)
        mark = mark_of(glance(work, thread.id))
    visit.share(f"thread:{thread.id}", settings_of(board.did), identity.NAMES)
    page = LiveFramePage(
        id=thread.id,
        base=f"/t/{thread.id}",
        since=since,
        posts=items[::-1],
        is_cut=thread.post_count - since > POSTS_PER_PAGE,
        state=decide_state(thread, board),
        muted=build.muted_posts(posts, hands),
        is_still=is_still,
    )
    answer = visit.render(page, viewer)
    if not is_still:
        path = visit.address(f"{page.base}/live/{since}")
        answer.headers["Refresh"] = refresh_to(path, mark)
    return answer


def _newest(work: Work, thread: Thread, since: int) -> list[Post]:
    first = max(since, thread.post_count - POSTS_PER_PAGE) + 1
    return store.list_posts(work, ThreadId(thread.id), first, thread.post_count)


def _items(work: Work, posts: Sequence[Post], find_offices: FindOffices) -> tuple[PostItem, ...]:
    """Show posts as everybody sees them, with the context that stands under them."""
    found = beside.list_beside(work, posts)
    offices = find_offices(work, [post.author for post in posts])
    return tuple(build.post_item(post, None, found.get(post.digest, ()), offices) for post in posts)

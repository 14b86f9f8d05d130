"""Pages of threads and of posts."""

from app.db import Work
from app.forum import rules, store
from app.forum.model import (
    POSTS_PER_PAGE,
    THREADS_PER_PAGE,
    Post,
    Thread,
    ThreadSort,
    ThreadSummary,
)

from . import ground


def list_page(
    work: Work, thread: Thread, page: int, *, by_ground: bool = False
) -> tuple[Post, list[Post]]:
    """Return the post that opened a thread, and one page of its posts."""
    if by_ground:
        return ground.list_posts(work, thread, page)
    first = (page - 1) * POSTS_PER_PAGE + 1
    posts = store.list_posts(work, thread.id, first, first + POSTS_PER_PAGE - 1, also=1)
    return posts[0], posts if page == 1 else posts[1:]


def list_threads(
    work: Work,
    *,
    board: str | None,
    sort: ThreadSort,
    page: int,
    since: int = -1,
    tag: str = "",
) -> tuple[list[ThreadSummary], int]:
    """Return one page of threads and the number of pages.

    The order of common ground is each board's own; of all boards there is none.
    """
    count = store.count_threads(work, board=board, sort=sort, since=since, tag=tag)
    pages = rules.page_of(count, THREADS_PER_PAGE)
    offset, limit = (page - 1) * THREADS_PER_PAGE, THREADS_PER_PAGE
    if board is not None and sort is ThreadSort.GROUND:
        return ground.list_threads(work, board, tag, offset=offset, limit=limit), pages
    found = store.list_threads(
        work, board=board, sort=sort, offset=offset, limit=limit, since=since, tag=tag
    )
    return found, pages

"""Following a thread: what changed since somebody looked."""

from typing import Final

from app.db import Work
from app.forum import rules, store
from app.forum.model import Glance, News, Post
from app.forum.store import live as live_store

from . import get_thread, require_board

MOST_HELD: Final = 200
"""How many posts a page that follows a thread may hold: it drops the oldest beyond."""
MOST_AT_ONCE: Final = 100
_WATCHED: Final = MOST_HELD + 240
"""A reader may lag behind by so many before it is let go; of all that it holds it must hear."""


def glance(work: Work, thread_id: str) -> Glance:
    """Look at a thread.

    Raises:
        NoSuchThreadError: there is none, or its tick has not come.

    """
    thread = get_thread(work, thread_id)
    board = require_board(work, thread.board)
    first = thread.post_count - _WATCHED + 1
    return Glance(
        board=board.did,
        state=rules.decide_state(thread, board),
        last=thread.post_count,
        posts=live_store.list_versions_shown(work, thread.id, first),
    )


def find_news(work: Work, thread_id: str, before: Glance, now: Glance) -> News:
    """Return what changed between two glances; not whole if too much did to tell it at once."""
    changed = {number for number, shown in now.posts.items() if before.posts.get(number) != shown}
    if len(changed) > MOST_AT_ONCE:
        return News(state=now.state, posts=(), is_whole=False)
    if not changed:
        return News(state=now.state, posts=())
    thread = get_thread(work, thread_id)
    posts = store.list_posts(work, thread.id, min(changed), max(changed))
    return News(state=now.state, posts=tuple(post for post in posts if post.number in changed))


def catch_up(work: Work, thread_id: str, first: int, since: int) -> News:
    """Return what a page lacks that holds the posts from `first` to `since`.

    Of those what does not read as it came; and newer ones in steps, the oldest first.

    Raises:
        NoSuchThreadError: there is no such thread.

    """
    thread = get_thread(work, thread_id)
    state = rules.decide_state(thread, require_board(work, thread.board))
    since = min(since, thread.post_count)
    first = min(max(first, since - MOST_HELD + 1), since + 1)
    last = since + MOST_AT_ONCE
    posts = store.list_posts(work, thread.id, first, last)
    noted = live_store.list_with_context(work, thread.id, first)
    lacking = tuple(
        post
        for post in posts
        # Whether context stood there when the page came, nobody knows.
        if (post.number or 0) > since or post.number in noted or _has_changed(post)
    )
    return News(state=state, posts=lacking, is_whole=last >= thread.post_count)


def _has_changed(post: Post) -> bool:
    # With the rule it was hidden once, and a page can hold it so.
    is_told_more = bool(post.label) or post.is_unreviewed or bool(post.act_rule)
    return not post.has_words or post.version.number > 1 or is_told_more

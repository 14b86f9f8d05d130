"""The order of common ground, as far as the forum knows it: a place for few posts.

Who rated what, and what comes of it, is the business of the room above.
"""

from collections.abc import Sequence

from app.db import Work
from app.forum import store
from app.forum.model import POSTS_PER_PAGE, Placing, Post, Thread, ThreadSort, ThreadSummary
from app.forum.store import ground

from .boards import subjects_of


def list_placings(work: Work, board: str) -> list[Placing]:
    """Return the posts of a board that have a place, in their order."""
    return ground.list_placings(work, board)


def rate_board(work: Work, board: str, placings: Sequence[Placing]) -> bool:
    """Put a board's order in place of the former one; return whether that changed anything.

    What changes is named, so that the page cache forgets it; what does not is not written.
    """
    before = ground.list_placings(work, board)
    if before == list(placings):
        return False
    ground.set_placings(work, board, placings)
    changed = set(before) ^ set(placings)
    for thread in {one.thread for one in changed}:
        found = store.find_thread(work, thread)
        if found is not None:
            work.changed.update(subjects_of(thread, found.board))
    work.changed.add(f"ground:{board}")
    return True


def list_threads(
    work: Work, board: str, tag: str, *, offset: int, limit: int
) -> list[ThreadSummary]:
    """Return threads of a board by the places of their openings; the newest in between.

    The few that have a place are read whole, and of all others one page.
    """
    ranked = ground.list_ranked_threads(work, board, tag)
    first = [thread for thread, place in ranked if place < 0]
    last = [thread for thread, place in ranked if place > 0]
    found = first[offset : offset + limit]
    if len(found) < limit:
        skipped = max(0, offset - len(first))
        found += ground.list_plain_threads(work, board, tag, skipped, limit - len(found))
    if last and len(found) < limit:
        # Behind all others: how many those are is asked on the last pages alone.
        count = store.count_threads(work, board=board, sort=ThreadSort.GROUND, tag=tag)
        others = count - len(ranked)
        begun = max(0, offset - len(first) - others)
        found += last[begun : begun + limit - len(found)]
    return ground.list_threads(work, found)


def list_posts(work: Work, thread: Thread, page: int) -> tuple[Post, list[Post]]:
    """Return the post that opened a thread, and one page of its posts by their places."""
    offset = (page - 1) * POSTS_PER_PAGE
    digests = ground.list_in_thread(work, thread.id, offset, POSTS_PER_PAGE)
    posts = {post.digest: post for post in store.list_named(work, [thread.opening, *digests])}
    return posts[thread.opening], [posts[digest] for digest in digests]

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


def list_placeable(work: Work, digests: Sequence[bytes]) -> dict[bytes, str]:
    """Return the threads of those of some posts that can have a place.

    Readers can read them, and they are nothing but posts: all else is voted on, or rated elsewhere.
    """
    return ground.list_placeable(work, digests)


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
    """Return the post that opened a thread, and one page of its posts by their places.

    The opening is first wherever it would stand: it is what all the others are about.
    """
    ranked = [pair for pair in ground.list_ranked_posts(work, thread.id) if pair[0] != 1]
    first = [number for number, place in ranked if place < 0]
    last = [number for number, place in ranked if place > 0]
    others = sorted({*range(2, thread.post_count + 1)}.difference(first, last))
    offset = (page - 1) * POSTS_PER_PAGE
    numbers = [1, *first, *others, *last][offset : offset + POSTS_PER_PAGE]
    found = store.list_numbered(work, thread.id, {1, *numbers})
    posts = {post.number: post for post in found}
    return posts[1], [posts[number] for number in numbers]

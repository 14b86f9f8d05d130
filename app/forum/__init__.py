"""Room `forum`: boards, threads, posts, revisions, tombstones.

Lives here: what a post, a revision, an erasure and a board's founding record do, their pages, and
the index of words; what a persona keeps for itself: drafts, saved threads, notices; threads that
are followed live.
Does not: verify signatures (records), know who may sign (identity), order the log (tlog).

    accepted ─► waiting (its author sees it, marked) ─tick─► shown, with its number
    shown ─► revised (every version stays, with its difference) ─► erased (a tombstone stays)

Invariants:
- a post is on exactly one board, and that board is inside its signature;
- numbers are given at the tick, are never reused and never change; the opening is number 1;
- a text goes whole, with all its lines, wherever it goes;
- an erasure empties every version's text, the signed bytes and the index in the transaction that
  accepts it;
- a board's settings and a thread's state are the home instance's, form a line, and act at once;
- who follows a thread hears of posts at their tick, of erasures at once, and of nobody's presence;
- words for a name that a device makes never come with a session: a form with the tick is refused;
- revisions form a line: each names the version it replaces, and the newest alone can be replaced.
"""

from .model import LINES, Board, Draft, Openers, Post, Text, Thread, ThreadSort, ThreadSummary
from .search import Facets, remove_from_index
from .service import (
    FRONT,
    MOST_COMPARED,
    accept_board,
    accept_erasure,
    accept_mark,
    accept_post,
    accept_revision,
    accept_settings,
    erase_again,
    fill_index,
    find_best,
    find_posts,
    found_board,
    get_post,
    get_thread,
    list_changed,
    list_threads,
    publish_posts,
    publish_revisions,
    sign_erasure,
    sign_post,
    sign_revision,
)
from .service.keeping import (
    count_unread,
    forget_kept,
    forget_old_drafts,
    forget_old_notices,
    keep_words,
)
from .service.returning import place_erased
from .store import (
    count_by_authors,
    find_board,
    find_post,
    list_at_places,
    list_boards,
    list_by_authors,
    list_unerased,
)
from .store.counting import count_by_day, count_erased_by_day
from .store.titles import list_titles

__all__ = [
    "FRONT",
    "LINES",
    "MOST_COMPARED",
    "Board",
    "Draft",
    "Facets",
    "Openers",
    "Post",
    "Text",
    "Thread",
    "ThreadSort",
    "ThreadSummary",
    "accept_board",
    "accept_erasure",
    "accept_mark",
    "accept_post",
    "accept_revision",
    "accept_settings",
    "count_by_authors",
    "count_by_day",
    "count_erased_by_day",
    "count_unread",
    "erase_again",
    "fill_index",
    "find_best",
    "find_board",
    "find_post",
    "find_posts",
    "forget_kept",
    "forget_old_drafts",
    "forget_old_notices",
    "found_board",
    "get_post",
    "get_thread",
    "keep_words",
    "list_at_places",
    "list_boards",
    "list_by_authors",
    "list_changed",
    "list_threads",
    "list_titles",
    "list_unerased",
    "place_erased",
    "publish_posts",
    "publish_revisions",
    "remove_from_index",
    "sign_erasure",
    "sign_post",
    "sign_revision",
]

"""Room `forum`: boards, threads, posts, revisions, tombstones.

Lives here: what a post, a revision, an erasure and a board's founding record do, their pages, and
the index of words; what a persona keeps for itself: drafts, saved threads, notices, whom it mutes,
its shield; threads that are followed live.
Does not: verify signatures (records), know who may sign (identity), order the log (tlog).

    accepted ─► waiting (its author sees it, marked) ─tick─► shown, with its number
          └─ held (a first post: a desk looks, four hours at most) ─► as above
    shown ─► revised (every version stays, with its difference) ─► erased (a tombstone stays)
    shown ─► hidden by a desk (its author alone reads it, marked) ─► shown as it was, or erased

Invariants:
- a post is on exactly one board, and that board is inside its signature; a thread that a desk moved
  stands on another, whose rules and releases its answers keep to;
- what desks do to a thread stands beside what stewards set: neither undoes the other;
- no row says when anybody wrote: delays between posts are counted in memory;
- numbers are given at the tick, are never reused and never change; the opening is number 1;
- a text goes whole, with all its lines, wherever it goes;
- an erasure empties every version's text, the signed bytes and the index in the transaction that
  accepts it;
- what a desk hid is nowhere for readers, comes back byte for byte, and is marked for its author;
- a board's settings and a thread's state are the home instance's, form a line, and act at once;
- who follows a thread hears of posts at their tick, of erasures at once, and of nobody's presence;
- words for a name that a device makes never come with a session: a form with the tick is refused;
- a shield says that it is up before anybody writes, and ends by itself;
- what a persona muted is folded up for it alone, and never taken away;
- revisions form a line: each names the version it replaces, and the newest alone can be replaced.
"""

from .model import (
    LINES,
    Board,
    Draft,
    Openers,
    Placing,
    Post,
    PostKind,
    Said,
    Text,
    Thread,
    ThreadId,
    ThreadSort,
    ThreadSummary,
)
from .rules import find_filter, find_private, require_home, takes_rating
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
    at_home,
    board_of,
    clear_post,
    count_held,
    erase_again,
    erase_for_desk,
    fill_index,
    find_best,
    find_posts,
    found_board,
    get_post,
    get_thread,
    get_words,
    give_post_back,
    hide_post,
    is_at_home,
    label_post,
    lane_of,
    list_changed,
    list_held,
    list_placeable,
    list_placings,
    list_threads,
    lock_thread,
    move_back,
    move_home,
    move_thread,
    note_act,
    publish_posts,
    publish_revisions,
    rate_board,
    require_movable,
    require_opening,
    sign_erasure,
    sign_post,
    sign_revision,
    slow_thread,
)
from .service.beside import list_beside, put_beside
from .service.boards import subjects_of
from .service.keeping import (
    DRAFT_DAYS,
    NOTICE_DAYS,
    count_unread,
    delete_draft,
    forget_kept,
    forget_old_drafts,
    forget_old_notices,
    get_draft,
    keep_words,
)
from .service.returning import place_erased, taken_away
from .service.shielding import (
    SHIELD_DAYS,
    find_shield,
    forget_ended_shields,
    has_muted,
    list_hands_muted,
)
from .store import (
    find_board,
    find_post,
    find_post_of_version,
    find_thread,
    has_boards_elsewhere,
    list_boards,
    list_by_authors,
    list_named,
    list_posts,
    list_posts_at,
    list_unerased,
    list_version_digests,
    list_versions,
)
from .store.authorship import list_digests_by_authors, list_threads_opened_by
from .store.beside import list_of_kind
from .store.counting import count_by_authors, count_by_day, count_erased_by_day
from .store.kinds import list_readable, list_said, list_said_by
from .store.measures import list_shown_in
from .store.titles import list_homes, list_titles
from .store.voices import Voice, list_voices

__all__ = [
    "DRAFT_DAYS",
    "FRONT",
    "LINES",
    "MOST_COMPARED",
    "NOTICE_DAYS",
    "SHIELD_DAYS",
    "Board",
    "Draft",
    "Facets",
    "Openers",
    "Placing",
    "Post",
    "PostKind",
    "Said",
    "Text",
    "Thread",
    "ThreadId",
    "ThreadSort",
    "ThreadSummary",
    "Voice",
    "accept_board",
    "accept_erasure",
    "accept_mark",
    "accept_post",
    "accept_revision",
    "accept_settings",
    "at_home",
    "board_of",
    "clear_post",
    "count_by_authors",
    "count_by_day",
    "count_erased_by_day",
    "count_held",
    "count_unread",
    "delete_draft",
    "erase_again",
    "erase_for_desk",
    "fill_index",
    "find_best",
    "find_board",
    "find_filter",
    "find_post",
    "find_post_of_version",
    "find_posts",
    "find_private",
    "find_shield",
    "find_thread",
    "forget_ended_shields",
    "forget_kept",
    "forget_old_drafts",
    "forget_old_notices",
    "found_board",
    "get_draft",
    "get_post",
    "get_thread",
    "get_words",
    "give_post_back",
    "has_boards_elsewhere",
    "has_muted",
    "hide_post",
    "is_at_home",
    "keep_words",
    "label_post",
    "lane_of",
    "list_beside",
    "list_boards",
    "list_by_authors",
    "list_changed",
    "list_digests_by_authors",
    "list_hands_muted",
    "list_held",
    "list_homes",
    "list_named",
    "list_of_kind",
    "list_placeable",
    "list_placings",
    "list_posts",
    "list_posts_at",
    "list_readable",
    "list_said",
    "list_said_by",
    "list_shown_in",
    "list_threads",
    "list_threads_opened_by",
    "list_titles",
    "list_unerased",
    "list_version_digests",
    "list_versions",
    "list_voices",
    "lock_thread",
    "move_back",
    "move_home",
    "move_thread",
    "note_act",
    "place_erased",
    "publish_posts",
    "publish_revisions",
    "put_beside",
    "rate_board",
    "remove_from_index",
    "require_home",
    "require_movable",
    "require_opening",
    "sign_erasure",
    "sign_post",
    "sign_revision",
    "slow_thread",
    "subjects_of",
    "taken_away",
    "takes_rating",
]

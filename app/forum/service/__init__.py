"""The verbs of the forum: what the door's records do here, and what pages ask for."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from app import identity, records, tlog
from app.crypto.ed25519 import SigningKey
from app.db import Work
from app.forum import codec, rules, search, store
from app.forum.errors import NoSuchThreadError, UnknownPostError
from app.forum.model import (
    POSTS_PER_PAGE,
    THREAD_ID_CHARACTERS,
    THREADS_PER_PAGE,
    Board,
    Draft,
    Openers,
    Post,
    Text,
    Thread,
    ThreadId,
    ThreadSort,
    ThreadSummary,
    Version,
)
from app.kernel.clock import day_of
from app.kernel.errors import AppError, NotFoundError
from app.records import VerifiedRecord, parse_record, sign_record
from app.records.codec import audience_of
from app.records.errors import WrongSignerError
from app.records.model import IMPORTED, PREVIOUS

from . import keeping
from .boards import (
    FRONT,
    accept_board,
    accept_mark,
    accept_settings,
    change_board,
    found_board,
    get_board,
    lane_of,
    mark_thread,
    move_board,
    require_board,
    settings_head,
    settings_of,
    subjects_of,
)
from .finding import MOST_COMPARED, find_best, find_posts

__all__ = [
    "FRONT",
    "MOST_COMPARED",
    "accept_board",
    "accept_mark",
    "accept_settings",
    "change_board",
    "find_best",
    "find_posts",
    "found_board",
    "get_board",
    "mark_thread",
    "move_board",
    "require_board",
    "settings_head",
    "settings_of",
]

FEED_LENGTH: Final = 20
INDEXED_TOGETHER: Final = 500


def accept_post(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Take in a post, unseen until its board's tick.

    Raises:
        UnknownBoardError: the board's home is elsewhere.
        BoardArchivedError: the board takes no more posts.
        ThreadClosedError, ThreadLockedError: only stewards open threads, or this one is closed.
        UnknownTagError, UnknownPostError: the board has no such tag, or not the post answered.
        NameElsewhereError: a name for one thread posts in another, or opens one.

    """
    document = record.document
    board = require_board(work, audience_of(document))
    author = identity.require_author(work, record, host=instance_did)
    words, tags = codec.decode_text(document), codec.decode_tags(document)
    rules.require_place(words.title, reply_to := document.get("inReplyTo"))
    if not (is_logged := record.digest in work.logged):
        rules.require_living(board)
        rules.require_tags(board, tags, is_opening=reply_to is None)
    text = rules.decide_text(words, is_opening=reply_to is None)
    parent: Post | None = None
    if reply_to is None:
        # The host's key alone may mark an import, as was just required.
        if board.openers is not Openers.ANYONE and not (is_logged or IMPORTED in document):
            rules.require_opener(board, is_steward=identity.holds_stewardship(work, author.hand))
        thread_id = ThreadId(record.digest.hex()[:THREAD_ID_CHARACTERS])
        store.add_thread(work, thread_id, board.did, record.digest, record.day, tags)
    else:
        found = store.find_post(work, record_id=reply_to)
        parent = rules.require_visible(
            rules.require_same_board(found, board.did),
            author.hand,
            is_carried=is_logged or (found is not None and found.digest in work.carried),
        )
        thread_id = parent.thread
        identity.bring_back_name(work, record, author, thread_id)
        if not is_logged:
            rules.require_open(store.get_mark(work, thread_id))
    rules.require_in_thread(author.thread, thread_id)
    store.add_post(
        work,
        Version(digest=record.digest, number=1, text=text, day=record.day),
        {
            "record_id": record.id,
            "thread": thread_id,
            "board": board.did,
            "parent": parent and parent.digest,
            "author": author.did,
            "custody": author.custody.value,
            "erased_on": None,
        },
    )
    return lane_of(board)


def publish_posts(work: Work, shown: Sequence[tuple[bytes, int]]) -> None:
    """Let readers see posts, now that each stands at its place in the log."""
    for thread, board in store.publish_posts(work, shown):
        work.changed.update(subjects_of(thread, board))
    keeping.notify_of_posts(work, shown)
    _put_in_index(work, [digest for digest, _ in shown])


def accept_revision(work: Work, record: VerifiedRecord) -> tlog.Lane:
    """Take in a revision, unseen until its board's tick.

    Raises:
        UnknownPostError, WrongSignerError, StaleRevisionError: see `rules`.

    """
    post, board = _require_changeable(work, record)
    rules.require_newest(post, record.document[PREVIOUS])
    words = codec.decode_text(record.document)
    text = rules.decide_text(words, is_opening=post.version.text.title is not None)
    number = store.count_versions(work, post.digest) + 1
    version = Version(digest=record.digest, number=number, text=text, day=record.day)
    store.add_version(work, post.digest, version)
    store.set_head(work, post.digest, record.digest)
    return lane_of(board)


def publish_revisions(work: Work, shown: Sequence[tuple[bytes, int]]) -> None:
    """Let readers see revisions; of an erased post they show nothing, its words are gone."""
    for digest, _ in shown:
        post, thread, board = store.publish_version(work, digest)
        work.changed.update(subjects_of(thread, board))
        _put_in_anew(work, post)


def accept_erasure(work: Work, record: VerifiedRecord) -> tlog.Lane:
    """Erase a post at once: words, title and signed bytes of every version.

    Whichever version it was built on: an erasure always wins.

    Only the erasure's own entry waits for the tick: what protects people does not.

    Raises:
        UnknownPostError, WrongSignerError, StaleRevisionError: see `rules`.

    """
    post, board = _require_changeable(work, record)
    versions = store.list_version_digests(work, post.digest)
    rules.require_version(post, record.document[PREVIOUS], versions)
    _erase(work, post, record.day)
    return lane_of(board)


def erase_again(work: Work, digests: Iterable[bytes]) -> int:
    """Erase the posts whose versions are named, as a restored backup needs it; returns how many.

    Their erasures were accepted after the backup was made and are not in it, so that the words
    would come back. What is not here, or erased already, is passed over.
    """
    erased = 0
    for digest in digests:
        key = store.find_post_of_version(work, digest)
        post = None if key is None else store.find_post(work, digest=key)
        if post is not None and post.erased_on is None:
            _erase(work, post, today(work))
            erased += 1
    return erased


def fill_index(work: Work) -> int:
    """Index the newest posts below those that are indexed; returns how many, none once all are.

    A part at a time, so that writers wait for none of it long and readers find the newest first.
    """
    posts = search.list_below(work, search.find_oldest(work), INDEXED_TOGETHER)
    _index(work, posts)
    return len(posts)


def get_thread(work: Work, thread_id: str) -> Thread:
    """Return a thread that readers can see.

    Raises:
        NoSuchThreadError: there is none, or its tick has not come.

    """
    thread = store.find_thread(work, thread_id)
    if thread is None:
        raise NoSuchThreadError("no such thread")
    return thread


def get_title(work: Work, thread_id: str) -> Text:
    """Return the words that opened a thread; the title is among them."""
    return get_post(work, get_thread(work, thread_id).opening).version.text


def get_post(work: Work, digest: bytes, *, viewer: identity.Viewer | None = None) -> Post:
    """Return a post that this viewer can see: everyone's shown ones, one's own waiting ones.

    Raises:
        NotFoundError: there is none.

    """
    post = store.find_post(work, digest=digest)
    is_own = post is not None and viewer is not None and viewer.wrote(post.author)
    if post is None or (post.number is None and not is_own):
        raise NotFoundError("no such post")
    return post


def get_own_post(work: Work, digest: bytes, viewer: identity.Viewer) -> Post:
    """Return a post that this viewer may change.

    Raises:
        NotFoundError: there is none.
        WrongSignerError: another persona wrote it.

    """
    post = get_post(work, digest, viewer=viewer)
    if not viewer.wrote(post.author):
        raise WrongSignerError("another persona wrote it")
    return post


def holds(work: Work, version: Version) -> bool:
    """Return whether a version's signature holds and its words are the signed ones, looked at anew.

    The door verified it when it came; this is for those who ask whether the host changed it since.
    """
    record = records.find_record(work, version.digest)
    if record is None or record.raw is None:
        return False
    try:
        document = records.verify_record(records.parse_record(record.raw)).document
    except AppError:
        return False
    is_opening = version.text.title is not None
    return rules.decide_text(codec.decode_text(document), is_opening=is_opening) == version.text


def list_changed(work: Work) -> list[bytes]:
    """Return the shown posts whose words are not the signed ones."""
    posts = [store.find_post(work, digest=digest) for digest in store.list_shown(work)]
    return [post.digest for post in posts if post and not holds(work, post.version)]


def list_page(work: Work, thread: Thread, page: int) -> tuple[Post, list[Post]]:
    """Return the post that opened a thread, and one page of its posts."""
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
    """Return one page of threads and the number of pages."""
    count = store.count_threads(work, board=board, sort=sort, since=since, tag=tag)
    offset, limit = (page - 1) * THREADS_PER_PAGE, THREADS_PER_PAGE
    found = store.list_threads(
        work, board=board, sort=sort, offset=offset, limit=limit, since=since, tag=tag
    )
    return found, rules.page_of(count, THREADS_PER_PAGE)


def find_subject(work: Work, record: records.StoredRecord) -> Post | None:
    """Return the post that a record opens, revises or erases, or None."""
    if record.type == "Delete" and record.raw:
        return store.find_post(work, record_id=parse_record(record.raw).document["object"])
    digest = store.find_post_of_version(work, record.digest)
    return store.find_post(work, digest=digest) if digest else None


def sign_post(key: SigningKey, draft: Draft, *, nonce: str, day: date) -> bytes:
    """Return the signed record of a new post."""
    return sign_record(key, "Note", codec.note_members(draft), nonce=nonce, day=day)


def sign_revision(key: SigningKey, draft: Draft, post: Post, *, nonce: str, day: date) -> bytes:
    """Return the signed record of a revision."""
    members = codec.update_members(draft, post.record_id, post.head)
    return sign_record(key, "Update", members, nonce=nonce, day=day)


def sign_erasure(key: SigningKey, post: Post, custody: str, *, nonce: str, day: date) -> bytes:
    """Return the signed record of an erasure."""
    members = codec.delete_members(post.board, post.record_id, post.head, custody)
    return sign_record(key, "Delete", members, nonce=nonce, day=day)


def today(work: Work) -> date:
    """Return the day that a record written now carries."""
    return day_of(work.now)


def _put_in_index(work: Work, digests: Sequence[bytes]) -> None:
    """Put shown posts' current words into the index; of an erased one nothing is left to find."""
    _index(work, search.list_indexable(work, digests))


def _index(work: Work, posts: Sequence[search.Indexable]) -> None:
    authors = identity.list_authors(work, list({post.author for post in posts}))
    marks = {author.did: author.fingerprint for author in authors}
    search.add_posts(work, [(post, marks[post.author]) for post in posts])


def _put_in_anew(work: Work, digest: bytes) -> None:
    """Put other words of a post into the index; one that is not in it yet comes with its part."""
    post = store.find_post(work, digest=digest)
    place = None if post is None else post.log_index
    if place is not None and search.remove_from_index(work, [place]):
        _put_in_index(work, [digest])


def _erase(work: Work, post: Post, day: date) -> None:
    digests = store.erase_post(work, post.digest, day)
    if post.log_index is not None:
        search.remove_from_index(work, [post.log_index])
    records.erase_bytes(work, digests)
    work.changed.update(subjects_of(post.thread, post.board))


def _require_changeable(work: Work, record: VerifiedRecord) -> tuple[Post, Board]:
    """Return the post that a revision or erasure may change, and its board."""
    document = record.document
    board = require_board(work, audience_of(document))
    post = store.find_post(work, record_id=document["object"])
    if post is None:
        raise UnknownPostError("no such post")
    rules.require_same_board(post, board.did)
    hand = identity.find_hand(work, record.signer)
    rules.require_own(post, hand=hand)
    if record.signer != post.author.root:
        # A posting key must be in use; the root may sign whatever the state of its keys.
        identity.require_author(work, record)
    return post, board

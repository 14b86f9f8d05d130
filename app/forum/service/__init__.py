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
    Board,
    Draft,
    Post,
    Text,
    Thread,
    ThreadHead,
    Version,
)
from app.kernel.clock import day_of
from app.kernel.errors import AppError, NotFoundError
from app.records import VerifiedRecord, parse_record, sign_record
from app.records.codec import audience_of
from app.records.errors import WrongSignerError
from app.records.model import IMPORTED, PREVIOUS

from . import holding, keeping
from .boards import (
    FRONT,
    accept_board,
    accept_mark,
    accept_settings,
    at_home,
    change_board,
    found_board,
    get_board,
    is_at_home,
    lane_of,
    mark_thread,
    move_board,
    move_home,
    require_board,
    settings_head,
    settings_of,
    subjects_of,
)
from .finding import (
    MOST_COMPARED,
    fill_index,
    find_best,
    find_posts,
    put_in_index,
)
from .ground import list_placeable, list_placings, rate_board
from .hiding import (
    erase_for_desk,
    erase_post,
    get_words,
    give_post_back,
    hide_post,
    label_post,
    note_act,
    see_own,
    see_own_versions,
)
from .holding import IsUnderAttack, clear_post, count_held, list_held
from .listing import list_page, list_threads
from .measures import (
    board_of,
    list_delays,
    lock_thread,
    move_back,
    move_thread,
    require_movable,
    slow_thread,
)
from .placing import find_parent, open_thread, require_answerable, require_opening
from .shielding import require_may_answer

__all__ = [
    "FRONT",
    "MOST_COMPARED",
    "accept_board",
    "accept_mark",
    "accept_settings",
    "at_home",
    "board_of",
    "change_board",
    "clear_post",
    "count_held",
    "erase_for_desk",
    "fill_index",
    "find_best",
    "find_posts",
    "found_board",
    "get_board",
    "get_words",
    "give_post_back",
    "hide_post",
    "is_at_home",
    "label_post",
    "lane_of",
    "list_delays",
    "list_held",
    "list_page",
    "list_placeable",
    "list_placings",
    "list_threads",
    "lock_thread",
    "mark_thread",
    "move_back",
    "move_board",
    "move_home",
    "move_thread",
    "note_act",
    "rate_board",
    "require_board",
    "require_movable",
    "require_opening",
    "see_own",
    "see_own_versions",
    "settings_head",
    "settings_of",
    "slow_thread",
]

FEED_LENGTH: Final = 20


def accept_post(
    work: Work,
    record: VerifiedRecord,
    *,
    instance_did: str,
    is_under_attack: IsUnderAttack,
) -> tlog.Lane:
    """Take in a post, unseen until its board's tick, or until a desk has looked at a first one.

    Raises:
        UnknownBoardError: the board's home is elsewhere.
        BoardArchivedError, ThreadClosedError, ThreadLockedError: the place takes no such post.
        UnknownTagError, UnknownPostError: the board has no such tag, or not the post answered.
        NameElsewhereError: a name for one thread posts in another, or opens one.
        FilteredError: the board does not take one of its words.
        PersonaLimitedError: its author may read only.
        ShieldedError: it answers somebody who has a shield and never answered its author.

    """
    document = record.document
    board = require_board(work, audience_of(document))
    author = identity.require_author(work, record, host=instance_did)
    is_new = record.digest not in work.logged
    if is_new:
        identity.require_unlimited(work, author.hand)
    words, parent = codec.decode_text(document), None
    rules.require_place(words.title, reply_to := document.get("inReplyTo"))
    text = rules.decide_text(words, is_opening=reply_to is None)
    if reply_to is None:
        thread_id, place = open_thread(work, record, board, author), board
    else:
        parent = find_parent(work, record, board, author.hand)
        thread_id = parent.thread
        identity.bring_back_name(work, record, author, thread_id)
        place = require_answerable(work, record, thread_id)
        if is_new:
            require_may_answer(work, parent, author)
    rules.require_in_thread(author.thread, thread_id)
    if is_new:
        rules.require_unfiltered(place, text)
    is_first = is_new and IMPORTED not in document
    is_first = is_first and holding.is_first(work, record, place, author, is_under_attack)
    is_held = is_first and record.digest not in work.patient
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
            "is_unreviewed": is_first,
            "is_held": is_held,
            **codec.kind_values(document),
        },
    )
    return holding.lane_of_held(place) if is_held else lane_of(place)


def publish_posts(work: Work, shown: Sequence[tuple[bytes, int]]) -> None:
    """Let readers see posts, now that each stands at its place in the log."""
    for thread, board in store.publish_posts(work, shown):
        work.changed.update(subjects_of(thread, board))
    keeping.notify_of_posts(work, shown)
    put_in_index(work, [digest for digest, _ in shown])


def accept_revision(work: Work, record: VerifiedRecord) -> tlog.Lane:
    """Take in a revision, unseen until its board's tick.

    Raises:
        UnknownPostError, WrongSignerError, StaleRevisionError, HiddenPostError: see `rules`.

    """
    post, board = _require_changeable(work, record)
    rules.require_newest(post, record.document[PREVIOUS])
    if record.digest not in work.logged:
        identity.require_unlimited(work, post.author.hand)
    words = codec.decode_text(record.document)
    text = rules.decide_text(words, is_opening=post.version.text.title is not None)
    if record.digest not in work.logged:
        rules.require_unfiltered(board, text)
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
    erase_post(work, post, record.day)
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
            erase_post(work, post, today(work))
            erased += 1
    return erased


def get_thread(work: Work, thread_id: str) -> Thread:
    """Return a thread that readers can see.

    Raises:
        NoSuchThreadError: there is none, or its tick has not come.

    """
    thread = store.find_thread(work, thread_id)
    if thread is None:
        raise NoSuchThreadError("no such thread")
    return thread


def get_head(work: Work, thread_id: str) -> ThreadHead:
    """Return what stands over the pages of a thread that readers can see.

    Raises:
        NoSuchThreadError: there is none, or its tick has not come.

    """
    head = store.find_head(work, thread_id)
    if head is None:
        raise NoSuchThreadError("no such thread")
    return head


def get_title(work: Work, thread_id: str) -> Text:
    """Return the words that opened a thread; the title is among them."""
    return get_post(work, get_thread(work, thread_id).opening).version.text


def get_post(work: Work, digest: bytes, *, viewer: identity.Viewer | None = None) -> Post:
    """Return a post that this viewer can see: everyone's shown ones, one's own waiting ones.

    What a desk hid has its words for who wrote it alone.

    Raises:
        NotFoundError: there is none.

    """
    post = store.find_post(work, digest=digest)
    is_own = post is not None and viewer is not None and viewer.wrote(post.author)
    if post is None or (post.number is None and not is_own):
        raise NotFoundError("no such post")
    return see_own(work, [post], viewer)[0]


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
    shown = [post for post in posts if post and post.has_words]
    return [post.digest for post in shown if not holds(work, post.version)]


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


def _put_in_anew(work: Work, digest: bytes) -> None:
    """Put other words of a post into the index; one that is not in it yet comes with its part."""
    post = store.find_post(work, digest=digest)
    place = None if post is None else post.log_index
    if place is not None and search.remove_from_index(work, [place]):
        put_in_index(work, [digest])


def _require_changeable(work: Work, record: VerifiedRecord) -> tuple[Post, Board]:
    """Return the post that a revision or erasure may change, and the board that it stands on."""
    document = record.document
    signed_for = require_board(work, audience_of(document))
    post = store.find_post(work, record_id=document["object"])
    if post is None:
        raise UnknownPostError("no such post")
    rules.require_same_board(post, signed_for.did)
    hand = identity.find_hand(work, record.signer)
    rules.require_own(post, hand=hand)
    if record.signer != post.author.root:
        # A posting key must be in use; the root may sign whatever the state of its keys.
        identity.require_author(work, record)
    return post, board_of(work, post)

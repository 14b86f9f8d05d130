"""The verbs of what a persona keeps for itself: drafts, saved threads, notices."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from app import identity, records
from app.db import Work
from app.forum import rules, store
from app.forum.errors import TooManyDraftsError, TooManySavedError
from app.forum.model import (
    LINES,
    NOTICES_PER_PAGE,
    THREADS_PER_PAGE,
    KeptDraft,
    Notice,
    NoticeKind,
    PostKind,
    Text,
    Thread,
    ThreadSummary,
)
from app.forum.store import keeping as kept
from app.forum.store import shielding
from app.kernel import strict_json
from app.kernel.clock import day_of
from app.kernel.errors import NotFoundError
from app.kernel.strict_json import JsonObject
from app.records.model import KIND, QUOTES, WAITS_H

MOST_DRAFTS: Final = 20
_MOST_WITH_CARRIED: Final = 30
"""A log-in whose words were refused for want of room would be refused itself."""
DRAFT_DAYS: Final = 7
MOST_SAVED: Final = 200
MOST_NOTICES: Final = 200
NOTICE_DAYS: Final = 90
_NAMING: Final = (b'"inReplyTo":', f'"{QUOTES}":'.encode())
"""What the signed bytes of a post hold that answers or quotes another."""


def keep_draft(work: Work, viewer: identity.Viewer, draft: KeptDraft) -> None:
    """Keep words for later, in place of the draft that they were begun from if it is still there.

    Raises:
        TooManyDraftsError: the persona has as many as one may have.

    """
    if kept.find_draft(work, viewer.root, draft.id) is not None:
        kept.replace_draft(work, draft)
        work.deleted.append(draft.id)
    elif kept.count_drafts(work, viewer.root) >= MOST_DRAFTS:
        raise TooManyDraftsError("as many drafts as one may have")
    else:
        # Whatever id the form named, a new draft gets one of ours.
        kept.add_draft(work, viewer.root, replace(draft, id=identity.encode_id(work)))


def keep_words(work: Work, root: str, fields: Mapping[str, str]) -> str:
    """Keep what a composer held when its author's session ended; return where it is opened again.

    Nothing is looked at before the draft is sent: no word is lost because it would be refused.

    Raises:
        TooManyDraftsError: the persona has as many as one may have.

    """
    if kept.count_drafts(work, root) >= _MOST_WITH_CARRIED:
        raise TooManyDraftsError("as many drafts as one may have")
    place, wait = fields["place"], fields.get("wait", "")
    draft = KeptDraft(
        id=identity.encode_id(work),
        place=place,
        text=Text(
            language=fields.get("language", ""),
            markdown=fields["text"],
            **{name: fields.get(name) for name in LINES},
        ),
        previous=fields.get("previous", ""),
        wait_h=int(wait) if wait in map(str, WAITS_H) else 0,
        tags=tuple(fields[name] for name in ("tag_1", "tag_2", "tag_3") if name in fields),
        day=day_of(work.now),
    )
    kept.add_draft(work, root, draft)
    return f"{place}{'&' if '?' in place else '?'}draft={draft.id}"


def get_draft(work: Work, viewer: identity.Viewer, draft_id: str) -> KeptDraft:
    """Return one of the viewer's drafts.

    Raises:
        NotFoundError: there is none.

    """
    draft = kept.find_draft(work, viewer.root, draft_id)
    if draft is None:
        raise NotFoundError("no such draft")
    return draft


def delete_draft(work: Work, viewer: identity.Viewer, draft_id: str) -> None:
    """Delete a draft of the viewer; deleting one that is not there is no error."""
    if draft_id and kept.find_draft(work, viewer.root, draft_id) is not None:
        kept.remove_draft(work, draft_id)
        work.deleted.append(draft_id)


def forget_old_drafts(work: Work) -> None:
    """Delete drafts that nobody came back to for a week."""
    for draft_id in kept.list_old_drafts(work, day_of(work.now) - timedelta(days=DRAFT_DAYS)):
        kept.remove_draft(work, draft_id)
        work.deleted.append(draft_id)


def forget_old_notices(work: Work) -> None:
    """Delete notices of posts that carry a day long past: no other time of a notice is known."""
    kept.remove_old_notices(work, day_of(work.now) - timedelta(days=NOTICE_DAYS))


def forget_kept(work: Work, root: str) -> None:
    """Forget all that a persona kept for itself: drafts, saved threads, notices, mutes, shield."""
    work.deleted.extend(draft.id for draft in kept.list_drafts(work, root))
    kept.remove_kept(work, root)
    shielding.remove_all(work, root)


def save_thread(work: Work, viewer: identity.Viewer, thread: Thread) -> None:
    """Save a thread; saving it twice is no error.

    Raises:
        TooManySavedError: the persona saved as many as one may save.

    """
    if kept.has_saved(work, viewer.root, thread.id):
        return
    if kept.count_saved(work, viewer.root) >= MOST_SAVED:
        raise TooManySavedError("as many saved threads as one may have")
    kept.save_thread(work, viewer.root, thread.id)


def drop_thread(work: Work, viewer: identity.Viewer, thread: Thread) -> None:
    """Forget that a thread was saved; one that was not is no error."""
    kept.drop_thread(work, viewer.root, thread.id)
    work.deleted.append("saved_thread")


def list_saved(work: Work, viewer: identity.Viewer, page: int) -> tuple[list[ThreadSummary], int]:
    """Return one page of the threads that the viewer saved and the number of pages."""
    pages = rules.page_of(kept.count_saved(work, viewer.root), THREADS_PER_PAGE)
    offset = (page - 1) * THREADS_PER_PAGE
    return kept.list_saved(work, viewer.root, offset=offset, limit=THREADS_PER_PAGE), pages


def notify_of_posts(work: Work, shown: Iterable[tuple[bytes, int]]) -> None:
    """Tell the personas whose posts shown ones answer or quote; nobody is told of their own.

    Nor of those whom they muted.

    Of very many notices the oldest are forgotten: whoever answers a thousand times fills no disk.
    """
    places = dict(shown)
    for record in records.list_records(work, places):
        # Canonical bytes say it in one way, so those that name no post need not be read.
        if record.raw is not None and any(mark in record.raw for mark in _NAMING):
            _notify_of_post(work, record, strict_json.decode(record.raw), places[record.digest])


def _notify_of_post(
    work: Work, record: records.StoredRecord, document: JsonObject, index: int
) -> None:
    if document.get(KIND) == PostKind.STATEMENT.value:
        # They all answer the opening: hundreds of them would push out what was said to its author.
        return
    named = [(document.get("inReplyTo"), NoticeKind.ANSWER)]
    named += [(quoted, NoticeKind.QUOTE) for quoted in document.get(QUOTES, ())]
    own = identity.find_hand(work, record.signer) if any(item for item, _ in named) else ""
    told = {own}
    for record_id, kind in named:
        author = kept.find_author_of(work, record_id) if record_id else None
        root = identity.find_hand(work, author) if author else None
        # A key without a card stands for itself and can have no notices.
        if root is None or root == author or root in told:
            continue
        told.add(root)
        if not shielding.has_muted(work, root, own):
            kept.add_notice(work, root, record.digest, kind.value, index)
            kept.trim_notices(work, root, MOST_NOTICES)


def list_notices(work: Work, viewer: identity.Viewer, page: int) -> tuple[list[Notice], int]:
    """Return one page of the viewer's notices, newest first, and the number of pages."""
    pages = rules.page_of(kept.count_notices(work, viewer.root), NOTICES_PER_PAGE)
    offset = (page - 1) * NOTICES_PER_PAGE
    found = kept.list_notices(work, viewer.root, offset=offset, limit=NOTICES_PER_PAGE)
    posts = {post.digest: post for post in store.list_at_places(work, [row[2] for row in found])}
    last_read = kept.get_last_read(work, viewer.root)
    notices = [
        Notice(post=posts[digest], kind=NoticeKind(kind), is_new=index > last_read)
        for digest, kind, index in found
    ]
    return notices, pages


def count_unread(work: Work, root: str) -> int:
    """Return how many notices a persona has not read."""
    return kept.count_unread(work, root)


def mark_read(work: Work, viewer: identity.Viewer, index: int) -> None:
    """Say that the viewer has read its notices up to a place in the log; it never moves back."""
    newest = kept.list_notices(work, viewer.root, offset=0, limit=1)
    index = min(index, newest[0][2] if newest else -1)
    if index > kept.get_last_read(work, viewer.root):
        kept.set_last_read(work, viewer.root, index)

"""Every statement about what a persona keeps for itself: drafts, saved threads, notices."""

from datetime import date

from sqlalchemy import bindparam, delete, exists, func, insert, select, update

from app.db import Work
from app.db.tables import columns_of
from app.forum.model import KeptDraft, ThreadId, ThreadSummary
from app.forum.store import summarise
from app.forum.tables import DraftRow, NoticeRow, NoticesReadRow, PostRow, SavedThreadRow, ThreadRow

from .texts import read_text, text_values

_POST, _THREAD, _SAVED = columns_of(PostRow), columns_of(ThreadRow), columns_of(SavedThreadRow)
_NOTICE, _READ = columns_of(NoticeRow), columns_of(NoticesReadRow)
_ADD_NOTICE = insert(_NOTICE)
_OLDEST_KEPT = (
    select(_NOTICE.c.log_index)
    .where(_NOTICE.c.root == bindparam("key"))
    .order_by(_NOTICE.c.log_index.desc())
    .offset(bindparam("kept"))
    .limit(1)
)
_TRIM_NOTICES = delete(_NOTICE).where(
    _NOTICE.c.root == bindparam("key"), _NOTICE.c.log_index < _OLDEST_KEPT.scalar_subquery()
)
_LAST_READ = select(_READ.c.last_index).where(_READ.c.root == bindparam("key")).scalar_subquery()
_COUNT_UNREAD = select(func.count()).where(
    _NOTICE.c.root == bindparam("key"), _NOTICE.c.log_index > func.coalesce(_LAST_READ, -1)
)
_FIND_AUTHOR = select(_POST.c.author).where(_POST.c.record_id == bindparam("key"))


def add_draft(work: Work, root: str, draft: KeptDraft) -> None:
    """Add a draft."""
    work.session.execute(insert(DraftRow).values(id=draft.id, root=root, **_words(draft)))


def replace_draft(work: Work, draft: KeptDraft) -> None:
    """Put other words in the place of a draft's."""
    work.session.execute(update(DraftRow).where(DraftRow.id == draft.id).values(**_words(draft)))


def find_draft(work: Work, root: str, draft_id: str) -> KeptDraft | None:
    """Return a persona's draft, or None."""
    query = select(DraftRow).where(DraftRow.id == draft_id, DraftRow.root == root)
    row = work.session.scalar(query)
    return None if row is None else _draft(row)


def list_drafts(work: Work, root: str) -> list[KeptDraft]:
    """Return a persona's drafts, newest day first."""
    query = select(DraftRow).where(DraftRow.root == root)
    rows = work.session.scalars(query.order_by(DraftRow.day.desc(), DraftRow.id))
    return [_draft(row) for row in rows]


def count_drafts(work: Work, root: str) -> int:
    """Return how many drafts a persona has."""
    query = select(func.count()).select_from(DraftRow).where(DraftRow.root == root)
    return work.session.scalar(query) or 0


def list_old_drafts(work: Work, before: date) -> list[str]:
    """Return the ids of the drafts that were last kept before a day."""
    return list(work.session.scalars(select(DraftRow.id).where(DraftRow.day < before)))


def remove_draft(work: Work, draft_id: str) -> None:
    """Delete a draft."""
    work.session.execute(delete(DraftRow).where(DraftRow.id == draft_id))


def remove_kept(work: Work, root: str) -> None:
    """Delete every row about what a persona keeps for itself."""
    for row in (DraftRow, SavedThreadRow, NoticeRow, NoticesReadRow):
        work.session.execute(delete(row).where(row.root == root))


def save_thread(work: Work, root: str, thread: ThreadId) -> None:
    """Save a thread."""
    work.session.execute(insert(SavedThreadRow).values(root=root, thread=thread))


def drop_thread(work: Work, root: str, thread: ThreadId) -> None:
    """Forget that a thread was saved."""
    where = (SavedThreadRow.root == root) & (SavedThreadRow.thread == thread)
    work.session.execute(delete(SavedThreadRow).where(where))


def has_saved(work: Work, root: str, thread: ThreadId) -> bool:
    """Whether a persona saved a thread."""
    where = (SavedThreadRow.root == root) & (SavedThreadRow.thread == thread)
    return work.session.scalar(select(SavedThreadRow.thread).where(where)) is not None


def count_saved(work: Work, root: str) -> int:
    """Return how many threads a persona saved."""
    query = select(func.count()).select_from(SavedThreadRow).where(SavedThreadRow.root == root)
    return work.session.scalar(query) or 0


def list_saved(work: Work, root: str, *, offset: int, limit: int) -> list[ThreadSummary]:
    """Return the threads that a persona saved, the latest reply first."""
    query = select(_THREAD).join(_SAVED, _SAVED.c.thread == _THREAD.c.id)
    query = query.where(_SAVED.c.root == root).order_by(_THREAD.c.last_index.desc())
    return summarise(work, query.offset(offset).limit(limit))


def get_latest_index(work: Work) -> int:
    """Return the place in the log of the latest post of any thread; -1 if there is none."""
    query = select(func.max(ThreadRow.last_index)).where(ThreadRow.is_public)
    found = work.session.scalar(query)
    return -1 if found is None else found


def find_author_of(work: Work, record_id: str) -> str | None:
    """Return the key that wrote a post, by its record id, or None."""
    found: str | None = work.run(_FIND_AUTHOR, {"key": record_id}).scalar()
    return found


def add_notice(work: Work, root: str, post: bytes, kind: str, index: int) -> None:
    """Tell a persona of a post."""
    values = {"root": root, "post": post, "kind": kind, "log_index": index}
    work.run(_ADD_NOTICE, values)


def trim_notices(work: Work, root: str, most: int) -> None:
    """Delete the oldest notices of a persona, if it has more than this."""
    work.run(_TRIM_NOTICES, {"key": root, "kept": most - 1})


def remove_old_notices(work: Work, before: date) -> None:
    """Delete the notices of posts that carry a day before this one."""
    is_old = exists().where(PostRow.digest == NoticeRow.post, PostRow.day < before)
    work.session.execute(delete(NoticeRow).where(is_old))


def list_notices(work: Work, root: str, *, offset: int, limit: int) -> list[tuple[bytes, str, int]]:
    """Return a persona's notices, newest first: the post, the kind, the log index."""
    columns = (NoticeRow.post, NoticeRow.kind, NoticeRow.log_index)
    query = select(*columns).where(NoticeRow.root == root).order_by(NoticeRow.log_index.desc())
    rows = work.session.execute(query.offset(offset).limit(limit))
    return [(row.post, row.kind, row.log_index) for row in rows]


def count_notices(work: Work, root: str) -> int:
    """Return how many notices a persona has."""
    query = select(func.count()).select_from(NoticeRow).where(NoticeRow.root == root)
    return work.session.scalar(query) or 0


def get_last_read(work: Work, root: str) -> int:
    """Return the log index up to which a persona has read its notices; -1 if it never said."""
    query = select(NoticesReadRow.last_index).where(NoticesReadRow.root == root)
    found = work.session.scalar(query)
    return -1 if found is None else found


def count_unread(work: Work, root: str) -> int:
    """Return how many notices a persona has not read."""
    count: int = work.run(_COUNT_UNREAD, {"key": root}).scalar_one()
    return count


def set_last_read(work: Work, root: str, index: int) -> None:
    """Say how far a persona has read its notices."""
    work.session.execute(delete(NoticesReadRow).where(NoticesReadRow.root == root))
    work.session.execute(insert(NoticesReadRow).values(root=root, last_index=index))


def _words(draft: KeptDraft) -> dict[str, object]:
    return {
        "place": draft.place,
        # A draft knows no difference between a line that is empty and none.
        **{name: value or "" for name, value in text_values(draft.text).items()},
        "previous": draft.previous,
        "wait_h": draft.wait_h,
        "tags": list(draft.tags),
        "day": draft.day,
    }


def _draft(row: DraftRow) -> KeptDraft:
    return KeptDraft(
        id=row.id,
        place=row.place,
        text=read_text(row),
        previous=row.previous,
        wait_h=row.wait_h,
        tags=tuple(row.tags),
        day=row.day,
    )

"""Every statement about what a persona keeps for itself: drafts, saved threads, notices."""

from datetime import date

from sqlalchemy import delete, func, insert, select, update

from app.db import Work
from app.forum.model import KeptDraft
from app.forum.tables import DraftRow


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


def _words(draft: KeptDraft) -> dict[str, object]:
    return {
        "place": draft.place,
        "title": draft.title,
        "text": draft.text,
        "language": draft.language,
        "previous": draft.previous,
        "day": draft.day,
    }


def _draft(row: DraftRow) -> KeptDraft:
    return KeptDraft(
        id=row.id,
        place=row.place,
        title=row.title,
        text=row.text,
        language=row.language,
        previous=row.previous,
        day=row.day,
    )

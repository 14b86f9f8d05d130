"""The verbs of what a persona keeps for itself: drafts, saved threads, notices."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from app import identity
from app.db import Work
from app.forum.errors import TooManyDraftsError
from app.forum.model import KeptDraft
from app.forum.store import keeping as store
from app.kernel.clock import day_of
from app.kernel.errors import NotFoundError

MOST_DRAFTS: Final = 20
DRAFT_DAYS: Final = 7


def keep_draft(work: Work, viewer: identity.Viewer, draft: KeptDraft) -> None:
    """Keep words for later, in place of the draft that they were begun from if it is still there.

    Raises:
        TooManyDraftsError: the persona has as many as one may have.

    """
    if store.find_draft(work, viewer.root, draft.id) is not None:
        store.replace_draft(work, draft)
        _scrub(work, draft.id)
    elif store.count_drafts(work, viewer.root) >= MOST_DRAFTS:
        raise TooManyDraftsError("as many drafts as one may have")
    else:
        # Whatever id the form named, a new draft gets one of ours.
        store.add_draft(work, viewer.root, replace(draft, id=identity.encode_id(work)))


def get_draft(work: Work, viewer: identity.Viewer, draft_id: str) -> KeptDraft:
    """Return one of the viewer's drafts.

    Raises:
        NotFoundError: there is none.

    """
    draft = store.find_draft(work, viewer.root, draft_id)
    if draft is None:
        raise NotFoundError("no such draft")
    return draft


def delete_draft(work: Work, viewer: identity.Viewer, draft_id: str) -> None:
    """Delete a draft of the viewer; deleting one that is not there is no error."""
    if draft_id and store.find_draft(work, viewer.root, draft_id) is not None:
        store.remove_draft(work, draft_id)
        _scrub(work, draft_id)


def forget_old_drafts(work: Work) -> None:
    """Delete drafts that nobody came back to for a week."""
    for draft_id in store.list_old_drafts(work, day_of(work.now) - timedelta(days=DRAFT_DAYS)):
        store.remove_draft(work, draft_id)
        _scrub(work, draft_id)


def _scrub(work: Work, draft_id: str) -> None:
    work.erased.append(draft_id.encode())

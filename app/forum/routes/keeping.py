"""Pages of what a persona keeps for itself."""

from datetime import timedelta
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app.db import Work
from app.forum import service
from app.forum.model import KeptDraft, Notice
from app.forum.pages import build
from app.forum.pages.writing import DraftLine, DraftsPage, NoticeLine, NoticesPage, SavedPage
from app.forum.service import keeping
from app.forum.store import keeping as store
from app.forum.store import list_boards
from app.identity.routes.common import require_viewer
from app.kernel.errors import MalformedError
from app.web.markup import direction_of, excerpt
from app.web.pages import Pager
from app.web.visit import PostedDep, Visit, VisitDep

from .reading import PageNumber, require_page, thread_lines

router = APIRouter()

_EXCERPT_CHARACTERS: Final = 160
_MOST_DIGITS: Final = 9


@router.get("/{language}/drafts")
def drafts_page(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = require_viewer(work, visit)
        drafts = store.list_drafts(work, viewer.root)
    lines = tuple(_draft_line(visit, draft) for draft in drafts)
    page = DraftsPage(drafts=lines, most=keeping.MOST_DRAFTS, days=keeping.DRAFT_DAYS)
    return visit.render(page, viewer, section="persona")


@router.post("/{language}/drafts")
def draft_delete(visit: PostedDep) -> Response:
    with visit.write() as work:
        viewer = require_viewer(work, visit)
        keeping.delete_draft(work, viewer, visit.fields["draft"])
    return visit.see_other(visit.address("/drafts"))


@router.get("/{language}/saved")
def saved_page(visit: VisitDep, page: PageNumber = 1) -> Response:
    with visit.read() as work:
        viewer = require_viewer(work, visit)
        threads, pages = keeping.list_saved(work, viewer, page)
        boards = {board.did: board for board, _ in list_boards(work)}
    require_page(page, pages)
    pager = Pager(page=page, pages=pages, base=visit.address("/saved"))
    lines = thread_lines(threads, boards, visit)
    saved = SavedPage(most=keeping.MOST_SAVED, threads=lines, pager=pager)
    return visit.render(saved, viewer, section="persona")


@router.post("/{language}/t/{thread_id}/save")
def thread_save(visit: PostedDep, thread_id: str) -> Response:
    with visit.write() as work:
        viewer = require_viewer(work, visit)
        thread = service.get_thread(work, thread_id)
        act = keeping.drop_thread if visit.fields["do"] == "drop" else keeping.save_thread
        act(work, viewer, thread)
    # What was pressed says now that it was done, and stands at the foot of the page.
    return visit.see_other(visit.address(f"/t/{thread.id}#thread"))


@router.get("/{language}/notices")
def notices_page(visit: VisitDep, page: PageNumber = 1) -> Response:
    with visit.read() as work:
        viewer = require_viewer(work, visit)
        notices, pages = keeping.list_notices(work, viewer, page)
        lines = tuple(_notice_line(work, notice) for notice in notices)
        acts_unread = visit.site.count_acts_unread(work, viewer.root)
        reminders = tuple(visit.site.list_reminders(work, viewer.root))
    require_page(page, pages)
    pager = Pager(page=page, pages=pages, base=visit.address("/notices"))
    newest = (notices[0].post.log_index if notices else None) or 0
    return visit.render(
        NoticesPage(
            most=keeping.MOST_NOTICES,
            days=keeping.NOTICE_DAYS,
            notices=lines,
            pager=pager,
            newest=newest,
            acts_unread=acts_unread,
            reminders=reminders,
        ),
        viewer,
        section="notices",
    )


@router.post("/{language}/notices")
def notices_mark_read(visit: PostedDep) -> Response:
    typed = visit.fields["newest"]
    if not typed.isascii() or not typed.isdecimal() or len(typed) > _MOST_DIGITS:
        raise MalformedError("not a place in the log")
    with visit.write() as work:
        keeping.mark_read(work, require_viewer(work, visit), int(typed))
    return visit.see_other(visit.address("/notices"))


def _notice_line(work: Work, notice: Notice) -> NoticeLine:
    post = notice.post
    words = service.get_title(work, post.thread)
    return NoticeLine(
        digest=post.digest.hex(),
        kind=notice.kind.value,
        title=words.title or "",
        title_language=words.language,
        title_direction=direction_of(words.title or ""),
        author=build.author_line(post),
        day=post.day,
        is_new=notice.is_new,
        has_words=post.has_words,
    )


def _draft_line(visit: Visit, draft: KeptDraft) -> DraftLine:
    text, joint = draft.text, "&" if "?" in draft.place else "?"
    return DraftLine(
        id=draft.id,
        title=text.title or "",
        language=text.language,
        direction=direction_of(text.title or text.markdown),
        excerpt=excerpt(text.markdown, _EXCERPT_CHARACTERS),
        href=visit.address(f"{draft.place}{joint}draft={draft.id}"),
        forgotten_on=draft.day + timedelta(days=keeping.DRAFT_DAYS + 1),
    )

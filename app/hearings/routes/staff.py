"""Who writes drafts for an official, and what waits for an answer."""

from dataclasses import replace
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app import forum, identity
from app.db import Work
from app.forum.pages import PostItem, build
from app.hearings import rules, service, store
from app.hearings.errors import NotTheirHearingError
from app.hearings.model import Hearing
from app.hearings.pages.answers import StaffLine, StaffPage
from app.hearings.service.drafting import MOST_STAFF
from app.identity.routes.common import require_viewer
from app.kernel.errors import NotFoundError
from app.web.pages import FieldErrors
from app.web.sentences import gettext_noop as _
from app.web.visit import Posted, PostedDep, Visit, VisitDep

from .common import find_place, show_head

router = APIRouter()

_UNKNOWN: Final = _(
    "No name here has this fingerprint. It stands on the page of each name, beside the name."
)


@router.get("/{language}/t/{thread_id}/hearing/staff")
def staff_page(visit: VisitDep, thread_id: str) -> Response:
    with visit.read() as work:
        viewer, hearing = _find(work, visit, thread_id)
        page = _page(work, visit, hearing, viewer)
    return visit.render(page, viewer, section="hearings")


@router.post("/{language}/t/{thread_id}/hearing/staff")
def staff_submit(visit: PostedDep, thread_id: str) -> Response:
    """Let a persona write drafts, or no more."""
    typed = visit.fields["fingerprint"].strip()
    with visit.write() as work:
        viewer, hearing = _find(work, visit, thread_id)
        if viewer.root != hearing.official:
            raise NotTheirHearingError("the official says who drafts")
        is_known = _change(work, visit, hearing, typed)
        page = _page(work, visit, hearing, viewer)
    if not is_known:
        errors = FieldErrors(by_field={"fingerprint": visit.translate(_UNKNOWN)})
        page = replace(page, fingerprint=typed, errors=errors)
        return visit.render(page, viewer, section="hearings", status=400)
    return visit.see_other(visit.address(f"/t/{hearing.thread}/hearing/staff"))


def _change(work: Work, visit: Posted, hearing: Hearing, typed: str) -> bool:
    """Do what the form says; return whether it names somebody."""
    try:
        persona = identity.get_persona(work, typed)
    except NotFoundError:
        return False
    key = visit.site.marks_key
    act = service.stop_drafting if visit.fields["do"] == "stop" else service.let_draft
    act(work, key, hearing, persona.root)
    return True


def _find(work: Work, visit: Visit, thread_id: str) -> tuple[identity.Viewer, Hearing]:
    viewer = require_viewer(work, visit)
    hearing = service.get_hearing(work, thread_id)
    service.require_staff(work, visit.site.marks_key, hearing, viewer.root)
    return viewer, hearing


def _page(work: Work, visit: Visit, hearing: Hearing, viewer: identity.Viewer) -> StaffPage:
    is_official = viewer.root == hearing.official
    staff = service.list_staff(work, visit.site.marks_key, hearing) if is_official else []
    return StaffPage(
        head=show_head(work, find_place(work, visit, hearing.thread)),
        action=visit.address(f"/t/{hearing.thread}/hearing/staff"),
        is_official=is_official,
        staff=tuple(
            StaffLine(
                name=each.name,
                fingerprint=each.fingerprint,
                path=f"/persona/{each.fingerprint.replace(' ', '')}",
            )
            for each in staff
        ),
        most=MOST_STAFF,
        waiting=_list_waiting(work, hearing),
        fingerprint="",
        errors=FieldErrors(),
    )


def _list_waiting(work: Work, hearing: Hearing) -> tuple[tuple[PostItem, bool], ...]:
    """Return what waits for an answer, the oldest first, and whether a draft of it is kept."""
    drafted = set(store.list_drafted(work))
    waiting = [
        each.follow_up or each.post
        for each in store.list_questions(work, hearing.thread)
        if rules.has_clock(each.state)
    ]
    posts = [forum.find_post(work, digest=digest) for digest in waiting]
    return tuple(
        (build.post_item(post, None), post.digest in drafted)
        for post in posts
        if post is not None and post.number is not None
    )

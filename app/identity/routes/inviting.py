"""Inviting, and coming with an invitation: by forms alone, or blinded on the device."""

from base64 import b64encode
from typing import Final

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from app.db import Work
from app.identity import service
from app.identity.codec import tokens
from app.identity.model import Viewer
from app.identity.pages.inviting import InvitationPage, InvitationsPage
from app.identity.rules import cohorts
from app.kernel.clock import day_of
from app.kernel.errors import AppError
from app.web.error_pages import sentences_of, status_of
from app.web.pages import FieldErrors
from app.web.qr import paint_qr
from app.web.sentences import gettext_noop as _
from app.web.tokens import decode_bytes, encode_bytes
from app.web.visit import LoginNeededError, Posted, PostedDep, Visit, VisitDep

from .common import explained, require_usable, require_viewer, translated

router = APIRouter()

_NOTHING_TYPED: Final = _("Type or paste an invitation first.")


@router.get("/{language}/invitations")
def invitations_page(visit: VisitDep, done: str = "") -> Response:
    with visit.read() as work:
        viewer = require_viewer(work, visit)
        page = _page(visit, work, viewer, is_done=bool(done))
    return visit.render(page, viewer, section="persona")


@router.post("/{language}/invitations")
def make_submit(visit: PostedDep) -> Response:
    """Make an invitation and show it once: the next page would not know it any more."""
    try:
        with visit.write() as work:
            viewer = require_viewer(work, visit)
            named = visit.site.list_issuers(work)
            invitation = service.make_invitation(
                work, visit.site.instance_key, viewer.root, named=named
            )
            wants_words = visit.fields["words"] != ""
            words = service.keep_in_words(work, invitation).words() if wants_words else ()
    except LoginNeededError:
        raise
    except AppError as error:
        return _refuse(visit, "make", error)
    text = tokens.encode_invitation(invitation)
    picture = b64encode(paint_qr((" ".join(words) or text).encode())).decode()
    page = InvitationPage(
        text=text,
        words=words,
        picture=f"data:image/png;base64,{picture}",
        good_until=cohorts.last_day_of_use(invitation.cohort),
        origin=visit.listener.origin,
    )
    return visit.render(page, viewer, section="persona")


@router.post("/{language}/invitations/sign")
def sign_submit(visit: PostedDep) -> Response:
    """Sign what a device blinded; the answer is for the page's script, as is what went wrong."""
    try:
        with visit.write() as work:
            viewer = require_viewer(work, visit)
            answer = service.sign_invitation(
                work,
                visit.site.instance_key,
                viewer.root,
                decode_bytes(visit.fields["blinded"]),
                named=visit.site.list_issuers(work),
            )
    except AppError as error:
        status = status_of(error)
        title, explanation = map(visit.translate, sentences_of(error.code, status))
        return PlainTextResponse(f"{title}. {explanation}", status)
    return PlainTextResponse(encode_bytes(answer))


@router.post("/{language}/invitations/redeem")
def redeem_submit(visit: PostedDep) -> Response:
    """Let the viewer be invited; whatever is wrong, what was typed stays in the form."""
    try:
        with visit.write() as work:
            viewer = require_viewer(work, visit)
            shared, errors = require_usable(visit, work, visit.fields["invitation"])
            if shared:
                service.redeem(work, viewer.root, shared)
    except LoginNeededError:
        raise
    except AppError as error:
        return _refuse(visit, "invitation", error)
    if not shared:
        if not errors:
            return _show(visit, translated(visit, {"invitation": _NOTHING_TYPED}), 400)
        return _show(visit, FieldErrors(by_field=errors), 400)
    return visit.see_other(visit.address("/invitations?done=1"))


def _refuse(visit: Posted, field: str, error: AppError) -> Response:
    return _show(visit, explained(visit, field, error), status_of(error))


def _show(visit: Posted, errors: FieldErrors, status: int) -> Response:
    with visit.read() as work:
        viewer = require_viewer(work, visit)
        page = _page(visit, work, viewer, errors=errors)
    return visit.render(page, viewer, section="persona", status=status)


def _page(
    visit: Visit,
    work: Work,
    viewer: Viewer,
    *,
    errors: FieldErrors | None = None,
    is_done: bool = False,
) -> InvitationsPage:
    can = service.describe_inviting(work, viewer.root, visit.site.list_issuers(work))
    issuer = can.issuer if can.left else None
    return InvitationsPage(
        can_make=issuer is not None,
        left=can.left,
        may_from=can.may_from,
        has_begun=can.may_from is not None and can.may_from <= day_of(work.now),
        is_invited=can.is_invited,
        next_month=can.next_month,
        month=issuer.name if issuer else "",
        issuer=encode_bytes(issuer.key.raw) if issuer else "",
        instance_did=visit.site.instance_did,
        invitation=visit.fields["invitation"] if isinstance(visit, Posted) else "",
        limit=service.find_limit(work, viewer.root),
        is_done=is_done and can.is_invited,
        errors=errors or FieldErrors(),
    )

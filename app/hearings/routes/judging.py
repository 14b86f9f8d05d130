"""Confirming a commitment, changing its status, putting evidence beside it."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app import forum, identity
from app.db import Work
from app.forum import PostKind
from app.forum.routes.handing import explain, explain_filter
from app.forum.routes.writing import NEEDS_SIGNATURE, parse_nonce
from app.hearings import codec
from app.hearings.errors import EvidenceMissingError, StaleCommitmentError
from app.hearings.forms import commitments as forms
from app.hearings.model import CommitmentState
from app.hearings.pages.commitments import EvidenceForm, StatusForm
from app.hearings.rules import commitments as rules
from app.hearings.service import commitments as service
from app.identity import Viewer
from app.identity.routes.common import require_viewer
from app.kernel.errors import AppError
from app.records import Door
from app.records.model import Custody
from app.records.routes import DoorDep
from app.web.error_pages import status_of
from app.web.pages import FieldErrors
from app.web.sentences import gettext_noop as _
from app.web.visit import Posted, PostedDep

from .acting import Act, perform
from .commitments import Place, empty_status, find_place, show_page
from .signing import empty_evidence, private_lines, sign_note

router = APIRouter()

_OWN: Final = _("Confirm it as mine")
_CHANGE: Final = _("Change the status")


@router.post("/{language}/commitments/{digest}/own")
def own(visit: PostedDep, digest: str, door: DoorDep) -> Response:
    """Let the official stand by a commitment."""
    return perform(visit, door, lambda work: _find_owning(work, visit, digest))


@router.post("/{language}/commitments/{digest}/status")
def change_status(visit: PostedDep, digest: str, door: DoorDep) -> Response:
    """Change a status, on evidence; whatever is wrong, the words stay in the form."""
    form = forms.parse_change(visit.fields)
    errors = {name: visit.translate(sentence) for name, sentence in form.errors.items()}
    try:
        with visit.write() as work:
            require_viewer(work, visit)
            place = find_place(work, visit, digest)
            if not place.may_change:
                rules.require_owner(place.commitment, "")
            if errors or form.state is None:
                return _refuse_status(work, visit, place, FieldErrors(by_field=errors), 400)
            rules.require_present(place.commitment, visit.fields["previous"])
            if place.is_steward:
                _set_as_host(work, visit, door, place, form, form.state)
                return visit.see_other(visit.address(place.path))
        return perform(visit, door, lambda work: _find_change(work, visit, digest, form))
    except (StaleCommitmentError, EvidenceMissingError) as error:
        with visit.read() as work:
            place = find_place(work, visit, digest)
            return _refuse_status(work, visit, place, explain(visit, error), status_of(error))


@router.post("/{language}/commitments/{digest}/evidence")
def put_evidence(visit: PostedDep, digest: str, door: DoorDep) -> Response:
    """Sign and send; whatever is wrong, the words stay in the form."""
    with visit.read() as work:
        viewer, place = require_viewer(work, visit), find_place(work, visit, digest)
        is_device = viewer.custody is Custody.DEVICE
        form = forms.parse_shown(visit.fields, list(visit.site.languages))
        errors = {name: visit.translate(sentence) for name, sentence in form.errors.items()}
        if is_device and not form.record and not errors:
            errors["record"] = visit.translate(NEEDS_SIGNATURE)
        if word := forum.find_filter(forum.board_of(work, place.post).filters, form.text):
            errors["text"] = explain_filter(visit, word)
        private = private_lines(form.text.markdown, has_asked=form.has_asked)
        nonce = parse_nonce(visit, work)
        if errors or private or form.shows is None:
            typed = _typed(work, visit, viewer, place, form, nonce)
            page = show_page(work, visit, place, form=typed, errors=FieldErrors(by_field=errors))
            status = 400 if errors else 200
            return visit.render(page, viewer, section="hearings", status=status)
    try:
        with visit.write() as work:
            viewer, place = require_viewer(work, visit), find_place(work, visit, digest)
            raw = form.record.encode()
            if not is_device:
                raw = sign_note(
                    work,
                    visit,
                    viewer,
                    answers=place.post,
                    kind=PostKind.EVIDENCE,
                    text=form.text,
                    members=codec.evidence_members(form.link, form.shows),
                    nonce=nonce,
                )
            receipt = door.submit(work, raw)
            identity.extend_session(work, visit.session_token)
    except AppError as error:
        with visit.read() as work:
            typed = _typed(work, visit, viewer, place, form, nonce)
            page = show_page(work, visit, place, form=typed, errors=explain(visit, error))
        return visit.render(page, viewer, section="hearings", status=status_of(error))
    return visit.see_other(visit.address(f"/receipts/{receipt.digest.hex()}"))


def _find_owning(work: Work, visit: Posted, digest: str) -> tuple[Viewer, Act]:
    """Return who confirms a commitment, and what they sign."""
    viewer, place = require_viewer(work, visit), find_place(work, visit, digest)
    rules.require_owner(place.commitment, viewer.root)
    return viewer, Act(
        type="Accept",
        members=codec.own_members(place.commitment),
        title=_OWN,
        path=f"{place.path}/own",
        back=place.path,
    )


def _find_change(
    work: Work, visit: Posted, digest: str, form: forms.ChangeForm
) -> tuple[Viewer, Act]:
    """Return the official who changes a commitment's status, and what they sign."""
    viewer, place = require_viewer(work, visit), find_place(work, visit, digest)
    rules.require_present(place.commitment, visit.fields["previous"])
    state = form.state or place.commitment.state
    rules.require_status(place.commitment.state, state, form.evidence)
    return viewer, Act(
        type="Update",
        members=codec.status_members(place.commitment, state, form.evidence, form.why),
        title=_CHANGE,
        path=f"{place.path}/status",
        back=place.path,
        typed=("previous", "state", "evidence", "why"),
    )


def _set_as_host(
    work: Work,
    visit: Posted,
    door: Door,
    place: Place,
    form: forms.ChangeForm,
    state: CommitmentState,
) -> None:
    """Change a status with the host's key, as a steward may."""
    key, evidence, why = visit.site.instance_key, form.evidence, form.why
    service.set_status(work, door, key, place.commitment, state, evidence=evidence, why=why)
    identity.extend_session(work, visit.session_token)


def _refuse_status(
    work: Work, visit: Posted, place: Place, errors: FieldErrors, status: int
) -> Response:
    empty = empty_status(place)
    typed = StatusForm(
        previous=empty.previous,
        states=empty.states,
        state=visit.fields["state"],
        evidence=visit.fields["evidence"],
        why=visit.fields["why"],
    )
    page = show_page(work, visit, place, status=typed, errors=errors)
    return visit.render(page, place.viewer, section="hearings", status=status)


def _typed(
    work: Work, visit: Posted, viewer: Viewer, place: Place, form: forms.ShownForm, nonce: str
) -> EvidenceForm:
    return empty_evidence(
        work,
        visit,
        viewer,
        place.post,
        text=form.text,
        typed=visit.fields,
        nonce=nonce,
        private=private_lines(form.text.markdown, has_asked=form.has_asked),
        has_asked=form.has_asked,
    )

"""Asking a question: a signed post, by the host for an unlocked key, else by the device."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app import forum, identity
from app.db import Work
from app.forum import Draft, PostKind
from app.forum.model import Text
from app.forum.pages import build
from app.forum.pages.writing import PrivateLine, SignerHints
from app.forum.routes.handing import explain
from app.forum.routes.writing import NEEDS_SIGNATURE, parse_nonce
from app.hearings import rules
from app.hearings.forms.question import QuestionForm, parse_question
from app.hearings.pages.halls import AskPage
from app.identity import Viewer
from app.identity.routes.common import require_viewer
from app.identity.routes.probation import posts_left
from app.kernel.clock import day_of
from app.kernel.errors import AppError
from app.records.model import KIND, Custody
from app.records.routes import DoorDep
from app.web.error_pages import status_of
from app.web.pages import FieldErrors
from app.web.visit import Posted, PostedDep, Visit, VisitDep

from .common import Place, find_place, show_head

router = APIRouter()

DraftId = Annotated[str, Query(alias="draft", max_length=26)]


@router.get("/{language}/t/{thread_id}/hearing/ask")
def ask_form(visit: VisitDep, thread_id: str, draft: DraftId = "") -> Response:
    with visit.read() as work:
        viewer, place = require_viewer(work, visit), find_place(work, visit, thread_id)
        language, taken = visit.language.code, place.hearing.charter.languages
        text = Text(language=language if language in taken else taken[0], markdown="")
        if draft:
            text = replace(forum.get_draft(work, viewer, draft).text, title=None)
        form = QuestionForm(text=text, nonce=identity.encode_id(work), draft=draft)
        return visit.render(_page(work, visit, place, viewer, form), viewer, section="hearings")


@router.post("/{language}/t/{thread_id}/hearing/ask")
def ask_submit(visit: PostedDep, thread_id: str, door: DoorDep) -> Response:
    """Sign and send; whatever is wrong, the words stay in the form."""
    with visit.read() as work:
        viewer, place = require_viewer(work, visit), find_place(work, visit, thread_id)
        form = _read_form(visit, work, viewer, place)
        if form.errors or _asks(form):
            page = _page(work, visit, place, viewer, form)
            status = 400 if form.errors else 200
            return visit.render(page, viewer, section="hearings", status=status)
    try:
        with visit.write() as work:
            viewer, place = require_viewer(work, visit), find_place(work, visit, thread_id)
            is_device = viewer.custody is Custody.DEVICE
            raw = form.record.encode() if is_device else _sign(work, visit, place, viewer, form)
            receipt = door.submit(work, raw)
            forum.delete_draft(work, viewer, form.draft)
            identity.extend_session(work, visit.session_token)
    except AppError as error:
        with visit.read() as work:
            page = _page(work, visit, place, viewer, form, explain(visit, error))
        return visit.render(page, viewer, section="hearings", status=status_of(error))
    return visit.see_other(visit.address(f"/receipts/{receipt.digest.hex()}"))


def _sign(work: Work, visit: Visit, place: Place, viewer: Viewer, form: QuestionForm) -> bytes:
    """Return the question signed with the viewer's unlocked key.

    Raises:
        WrongPassphraseError, LockedKeyError: see `identity.unlock_posting_key`.

    """
    draft = Draft(
        text=form.text,
        board=place.opening.board,
        reply_to=place.opening.record_id,
        quotes=(),
        custody=viewer.custody,
        kind=PostKind.QUESTION,
    )
    key = identity.unlock_posting_key(work, visit.session_token)
    return forum.sign_post(key, draft, nonce=form.nonce, day=day_of(work.now))


def _read_form(visit: Posted, work: Work, viewer: Viewer, place: Place) -> QuestionForm:
    languages = place.hearing.charter.languages
    form = parse_question(visit.fields, parse_nonce(visit, work), languages)
    if viewer.custody is Custody.DEVICE and not form.record and not form.errors:
        form.errors["record"] = NEEDS_SIGNATURE
    errors = {name: visit.translate(sentence) for name, sentence in form.errors.items()}
    return replace(form, errors=errors)


def _asks(form: QuestionForm) -> tuple[PrivateLine, ...]:
    """Return what the author is to be asked about before it is sent: once, as of a post."""
    if form.has_asked or form.errors:
        return ()
    found = forum.find_private(form.text.markdown)
    return tuple(PrivateLine(kind=one.kind.value, words=one.words) for one in found)


def _page(
    work: Work,
    visit: Visit,
    place: Place,
    viewer: Viewer,
    form: QuestionForm,
    refusal: FieldErrors | None = None,
) -> AskPage:
    board = forum.board_of(work, place.opening)
    private = _asks(form) if form.text.markdown else ()
    here = visit.address(f"/t/{place.hearing.thread}/hearing/ask")
    known = visit.site.languages
    return AskPage(
        head=show_head(work, place),
        text=form.text,
        most=rules.MAX_QUESTION_CHARACTERS,
        most_reasons=rules.MAX_REASONS_CHARACTERS,
        excluded=place.hearing.charter.excluded,
        languages=tuple(
            (code, known[code].name if code in known else code)
            for code in place.hearing.charter.languages
        ),
        author=build.viewer_line(viewer),
        signer=_hints(work, place, viewer, form),
        unlock_path=visit.address(f"/login?next={here}") if viewer.is_locked_out else "",
        draft_id=form.draft,
        is_live=build.is_live(board),
        tick_minutes=build.tick_minutes(board),
        private=private,
        has_asked=form.has_asked or bool(private),
        limit=identity.find_limit(work, viewer.root),
        posts_left=posts_left(work, visit.site.gate, viewer.root),
        errors=refusal or FieldErrors(by_field=form.errors),
    )


def _hints(work: Work, place: Place, viewer: Viewer, form: QuestionForm) -> SignerHints:
    return SignerHints(
        kind="note",
        board_did=place.opening.board,
        day=day_of(work.now),
        nonce=form.nonce,
        reply=place.opening.record_id,
        object="",
        previous="",
        # What the post is travels as its lines do: a hidden field that is signed.
        lines=f"kind={KIND}",
        persona_key=viewer.posting_did,
        custody=viewer.custody.value,
    )

"""The composer of answers: drafted together, signed by the official alone; and of follow-ups."""

from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response

from app import forum, identity
from app.db import Work
from app.forum import PostKind
from app.forum.forms import PostForm
from app.forum.model import Text
from app.forum.pages import PostItem, build
from app.forum.pages.writing import PrivateLine, SignerHints
from app.forum.routes.composing import Composition
from app.forum.routes.handing import explain, explain_filter
from app.forum.routes.kinds import answer_to
from app.forum.routes.writing import NEEDS_SIGNATURE, compose, parse_nonce, submit
from app.hearings import codec, service
from app.hearings.errors import AnswerUnfitError
from app.hearings.forms.answers import AnswerForm, parse_answer
from app.hearings.model import Answer, Says, SpeaksAs
from app.hearings.model.drafts import AnswerDraft
from app.hearings.pages.answers import (
    SAYS_NAMES,
    SPEAKS_NAMES,
    AnswerPage,
    SigningAnswerPage,
)
from app.hearings.pages.notes import note_answer
from app.hearings.rules import answers as answer_rules
from app.hearings.service import Asked
from app.identity.routes.common import require_viewer
from app.kernel.clock import day_of
from app.kernel.errors import AppError
from app.records import sign_record
from app.records.model import KIND, SAYS, SPEAKS_AS, SPOKEN, Custody
from app.records.routes import DoorDep, parse_hex
from app.web.error_pages import sentences_of, status_of
from app.web.markup import direction_of, render_post
from app.web.pages import FieldErrors, HearingNote
from app.web.sentences import Sentences
from app.web.visit import Posted, PostedDep, Visit, VisitDep

from .common import find_place, show_head

router = APIRouter()

DraftId = Annotated[str, Query(alias="draft", max_length=26)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What is to be answered, and who of those who may draft looks at it."""

    asked: Asked
    viewer: identity.Viewer

    @property
    def is_official(self) -> bool:
        """Whether they may sign it."""
        return self.viewer.root == self.asked.hearing.official

    @property
    def path(self) -> str:
        """The page's path, without the language."""
        return f"/p/{self.asked.post.digest.hex()}/answer"


@router.get("/{language}/p/{digest}/answer")
def answer_form(visit: VisitDep, digest: str, draft: DraftId = "") -> Response:
    with visit.read() as work:
        desk = _find_desk(work, visit, digest)
        form = _begin(work, visit, desk, draft)
        return visit.render(_page(work, visit, desk, form), desk.viewer, section="hearings")


@router.post("/{language}/p/{digest}/answer")
def answer_submit(visit: PostedDep, digest: str, door: DoorDep) -> Response:
    """Preview, keep as the shared draft, or sign and send; whatever is wrong, the words stay."""
    with visit.read() as work:
        desk = _find_desk(work, visit, digest)
        form = _read_form(visit, work, desk)
        if form.errors or form.post.is_preview or _asks(form):
            page = _page(work, visit, desk, form, shows_preview=not form.errors)
            status = 400 if form.errors else 200
            return visit.render(page, desk.viewer, section="hearings", status=status)
    try:
        with visit.write() as work:
            desk = _find_desk(work, visit, digest)
            if form.post.is_kept:
                place = _keep(work, visit, desk, form)
            else:
                is_device = desk.viewer.custody is Custody.DEVICE
                raw = form.post.record.encode() if is_device else _sign(work, visit, desk, form)
                place = f"/receipts/{door.submit(work, raw).digest.hex()}"
                forum.delete_draft(work, desk.viewer, form.post.draft)
            identity.extend_session(work, visit.session_token)
    except AppError as error:
        with visit.read() as work:
            page = _page(work, visit, desk, form, refusal=explain(visit, error))
        return visit.render(page, desk.viewer, section="hearings", status=status_of(error))
    return visit.see_other(visit.address(place))


@router.get("/{language}/p/{digest}/follow-up")
def follow_up_form(visit: VisitDep, digest: str, draft: DraftId = "") -> Response:
    with visit.read() as work:
        return compose(visit, work, _follow_up(work, visit, digest), draft)


@router.post("/{language}/p/{digest}/follow-up")
def follow_up_submit(visit: PostedDep, digest: str, door: DoorDep) -> Response:
    return submit(visit, door, lambda work: _follow_up(work, visit, digest))


def _follow_up(work: Work, visit: Visit, digest: str) -> Composition:
    _answer, post = service.get_answer(work, parse_hex(digest))
    return replace(
        answer_to(work, visit, post),
        kind="follow-up",
        action=visit.address(f"/p/{digest}/follow-up"),
        said=PostKind.FOLLOW_UP,
    )


def _find_desk(work: Work, visit: Visit, digest: str) -> Desk:
    viewer = require_viewer(work, visit)
    asked = service.get_asked(work, parse_hex(digest))
    service.require_staff(work, visit.site.marks_key, asked.hearing, viewer.root)
    return Desk(asked=asked, viewer=viewer)


def _begin(work: Work, visit: Visit, desk: Desk, draft: str) -> AnswerForm:
    """Return the form as it stands first: the shared draft, or words that a log-in carried."""
    text = Text(language=visit.language.code, markdown="")
    form = AnswerForm(
        post=PostForm(text=text, nonce=identity.encode_id(work), draft=draft),
        speaks_as=None,
        says=None,
        is_spoken=desk.asked.hearing.charter.is_live,
        version="",
    )
    found = service.find_draft(work, visit.site.marks_key, desk.asked.post.digest)
    if found is not None:
        kept, _day = found
        form = replace(
            form,
            post=replace(form.post, text=Text(language=kept.language, markdown=kept.text)),
            speaks_as=SpeaksAs(kept.speaks_as) if kept.speaks_as else None,
            says=Says(kept.says) if kept.says else None,
            is_spoken=kept.is_spoken,
            version=kept.version,
        )
    if draft:
        carried = replace(forum.get_draft(work, desk.viewer, draft).text, title=None)
        form = replace(form, post=replace(form.post, text=carried))
    return form


def _read_form(visit: Posted, work: Work, desk: Desk) -> AnswerForm:
    fields = type(visit.fields)({**visit.fields, "nonce": parse_nonce(visit, work)})
    form = parse_answer(fields, list(visit.site.languages))
    errors, post = dict(form.errors), form.post
    is_sent = not (post.is_preview or post.is_kept)
    if desk.viewer.custody is Custody.DEVICE and is_sent and not post.record and not errors:
        errors["record"] = NEEDS_SIGNATURE
    errors = {name: visit.translate(sentence) for name, sentence in errors.items()}
    board = forum.board_of(work, desk.asked.post)
    word = "" if post.is_kept else forum.find_filter(board.filters, post.text)
    if word:
        errors["text"] = explain_filter(visit, word)
    return replace(form, errors=errors)


def _asks(form: AnswerForm) -> tuple[PrivateLine, ...]:
    """Return what the author is to be asked about before it is sent: once, as of a post."""
    if form.post.has_asked or form.post.is_kept or form.errors:
        return ()
    found = forum.find_private(form.post.text.markdown)
    return tuple(PrivateLine(kind=one.kind.value, words=one.words) for one in found)


def _keep(work: Work, visit: Visit, desk: Desk, form: AnswerForm) -> str:
    """Keep the shared draft; return where it is opened again."""
    draft = AnswerDraft(
        text=form.post.text.markdown,
        language=form.post.text.language,
        speaks_as=form.speaks_as.value if form.speaks_as else "",
        says=form.says.value if form.says else "",
        is_spoken=form.is_spoken,
        by=desk.viewer.fingerprint,
        version="",
    )
    key, asked = visit.site.marks_key, desk.asked.post.digest
    service.keep_draft(work, key, asked, draft, previous=form.version)
    return desk.path


def _sign(work: Work, visit: Visit, desk: Desk, form: AnswerForm) -> bytes:
    if form.speaks_as is None or form.says is None:
        raise AnswerUnfitError("nothing is sent that lacks its label")
    members = codec.answer_members(
        form.post.text,
        board=desk.asked.post.board,
        reply_to=desk.asked.post.record_id,
        custody=desk.viewer.custody,
        speaks_as=form.speaks_as,
        says=form.says,
        is_spoken=form.is_spoken,
    )
    key = identity.unlock_posting_key(work, visit.session_token)
    return sign_record(key, "Note", members, nonce=form.post.nonce, day=day_of(work.now))


def _page(
    work: Work,
    visit: Visit,
    desk: Desk,
    form: AnswerForm,
    *,
    shows_preview: bool = False,
    refusal: FieldErrors | None = None,
) -> AnswerPage:
    asked, viewer, text = desk.asked, desk.viewer, form.post.text
    found = service.find_draft(work, visit.site.marks_key, asked.post.digest)
    private = _asks(form) if text.markdown and not refusal else ()
    back = urlencode({"next": visit.address(desk.path)})
    signs = desk.is_official and viewer.custody is Custody.DEVICE
    shape = SigningAnswerPage if signs else AnswerPage
    return shape(
        head=show_head(work, find_place(work, visit, asked.hearing.thread)),
        asked=build.post_item(asked.post, None),
        action=visit.address(desk.path),
        is_official=desk.is_official,
        refusal=_find_refusal(work, asked),
        text=text,
        speaks_as=form.speaks_as.value if form.speaks_as else "",
        says=form.says.value if form.says else "",
        is_spoken=form.is_spoken,
        version=form.version,
        kept_by=found[0].by if found else "",
        kept_on=found[1] if found else None,
        languages=tuple((item.code, item.name) for item in visit.site.languages.values()),
        speaks=tuple((each.value, name) for each, name in SPEAKS_NAMES.items()),
        statuses=tuple((each.value, name) for each, name in SAYS_NAMES.items()),
        preview=_preview(work, desk, form) if shows_preview else None,
        author=build.viewer_line(viewer),
        signer=_hints(work, desk, form),
        unlock_path=visit.address(f"/login?{back}") if viewer.is_locked_out else "",
        draft_id=form.post.draft,
        private=private,
        has_asked=form.post.has_asked or bool(private),
        errors=refusal or FieldErrors(by_field=form.errors),
    )


def _find_refusal(work: Work, asked: Asked) -> Sentences | None:
    """Return why the door would refuse an answer now, whatever it says."""
    try:
        answer_rules.decide_answer(asked.hearing, asked.question, asked.post.digest)
        service.require_office(work, asked.hearing.official, day_of(work.now))
    except AppError as error:
        return sentences_of(error.code, status_of(error))
    return None


def _preview(work: Work, desk: Desk, form: AnswerForm) -> PostItem:
    text = form.post.text
    return PostItem(
        digest="",
        number=None,
        text=text,
        direction=direction_of(text.markdown),
        html=render_post(text.markdown),
        author=build.viewer_line(desk.viewer),
        day=day_of(work.now),
        reply=None,
        state="preview",
        erased_on=None,
        revisions=0,
        is_own=False,
        hearing=_note(desk, form),
    )


def _note(desk: Desk, form: AnswerForm) -> HearingNote | None:
    """Return what will be said beside the answer."""
    if form.speaks_as is None or form.says is None:
        return None
    answer = Answer(
        post=b"",
        question=desk.asked.question.post,
        is_second=desk.asked.is_follow_up,
        speaks_as=form.speaks_as,
        says=form.says,
        is_spoken=form.is_spoken,
        share=0,
    )
    return note_answer(answer)


def _hints(work: Work, desk: Desk, form: AnswerForm) -> SignerHints:
    return SignerHints(
        kind="note",
        board_did=desk.asked.post.board,
        day=day_of(work.now),
        nonce=form.post.nonce,
        object="",
        previous="",
        reply=desk.asked.post.record_id,
        # What it is travels as lines do: fields that are signed as they are.
        lines=f"kind={KIND} speaks_as={SPEAKS_AS} says={SAYS} spoken={SPOKEN}",
        persona_key=desk.viewer.posting_did,
        custody=desk.viewer.custody.value,
    )

"""Pages on which readers propose context, rate it, and see what became of it."""

from dataclasses import dataclass, replace
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response

from app import forum, identity
from app.crypto.multikey import encode_digest
from app.db import Work
from app.forum import PostKind
from app.forum.forms import PostForm
from app.forum.model import Draft, Post, Text
from app.forum.pages import build
from app.forum.pages.writing import PrivateLine, SignerHints
from app.forum.routes.handing import explain, explain_filter
from app.forum.routes.writing import NEEDS_SIGNATURE, parse_nonce
from app.identity.routes.common import require_viewer
from app.kernel.clock import day_of
from app.kernel.errors import AppError
from app.opinion import rules, service
from app.opinion.model import Standing, Status, Why
from app.opinion.pages.context import (
    NOTE_REASONS,
    REASONS,
    STATUS_NAMES,
    ContextPage,
    NoteLine,
    Proposal,
    SigningContextPage,
    StandingLine,
)
from app.opinion.service.ratings import MOST_CONTEXT_A_WEEK
from app.records.model import ABOUT, KIND, Custody
from app.records.routes import DoorDep, parse_hex
from app.web.error_pages import status_of
from app.web.forms import Fields
from app.web.markup import direction_of
from app.web.pages import FieldErrors
from app.web.sentences import gettext_noop as _
from app.web.visit import Posted, PostedDep, Visit, VisitDep

from .context_form import parse_context, parse_rating

router = APIRouter()

DraftId = Annotated[str, Query(alias="draft", max_length=26)]
_LACKING: Final = _("Say how far it helps, and choose a reason. Nothing was kept.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A post, and who looks at what readers say beside it."""

    post: Post
    opening: Post
    viewer: identity.Viewer | None
    is_open: bool
    """Whether its thread takes posts."""

    @property
    def path(self) -> str:
        """The page's path, without the language."""
        return f"/p/{self.post.digest.hex()}/context"


@router.get("/{language}/p/{digest}/context")
def context_page(visit: VisitDep, digest: str, draft: DraftId = "") -> Response:
    with visit.read() as work:
        place = _find_place(work, visit, digest)
        if place.post.kind is PostKind.CONTEXT and place.post.parent is not None:
            return visit.see_other(visit.address(f"/p/{place.post.parent.hex()}/context"))
        text = Text(language=visit.language.code, markdown="")
        if draft and place.viewer is not None:
            text = replace(forum.get_draft(work, place.viewer, draft).text, title=None)
        form = PostForm(text=text, nonce=identity.encode_id(work), draft=draft)
        page = _page(work, visit, place, form)
    visit.share(f"thread:{place.post.thread}", f"settings:{place.post.board}", identity.NAMES)
    return visit.render(page, place.viewer, section="boards")


@router.post("/{language}/p/{digest}/context")
def context_submit(visit: PostedDep, digest: str, door: DoorDep) -> Response:
    """Sign and send; whatever is wrong, the words stay in the form."""
    with visit.read() as work:
        require_viewer(work, visit)
        place = _find_place(work, visit, digest)
        form = _read_form(visit, work, place)
        if form.errors or _asks(form):
            page = _page(work, visit, place, form)
            status = 400 if form.errors else 200
            return visit.render(page, place.viewer, section="boards", status=status)
    try:
        with visit.write() as work:
            viewer, place = require_viewer(work, visit), _find_place(work, visit, digest)
            is_device = viewer.custody is Custody.DEVICE
            raw = form.record.encode() if is_device else _sign(work, visit, place, form)
            receipt = door.submit(work, raw)
            forum.delete_draft(work, viewer, form.draft)
            identity.extend_session(work, visit.session_token)
    except AppError as error:
        with visit.read() as work:
            page = _page(work, visit, place, form, explain(visit, error))
        return visit.render(page, place.viewer, section="boards", status=status_of(error))
    return visit.see_other(visit.address(f"/receipts/{receipt.digest.hex()}"))


@router.post("/{language}/p/{digest}/context/rate")
def context_rate(visit: PostedDep, digest: str) -> Response:
    form, key = parse_rating(visit.fields), visit.site.marks_key
    with visit.read() as work:
        require_viewer(work, visit)
        place = _find_place(work, visit, digest)
        if not form.is_taken_back and (form.helps is None or form.reason is None):
            empty = _empty(work, visit)
            page = replace(
                _page(work, visit, place, empty),
                lacking=form.note.hex(),
                errors=FieldErrors(by_field={"helps": visit.translate(_LACKING)}),
            )
            return visit.render(page, place.viewer, section="boards", status=400)
    with visit.write() as work:
        viewer = require_viewer(work, visit)
        note = service.find_note(work, place.post, form.note)
        if form.is_taken_back:
            service.take_back(work, key, viewer.root, note)
        elif form.helps is not None and form.reason is not None:
            service.rate(work, key, viewer.root, note, form.helps, reason=form.reason.value)
    return visit.see_other(f"{visit.address(place.path)}#p{note.number}")


def _find_place(work: Work, visit: Visit, digest: str) -> Place:
    viewer = identity.find_viewer(work, visit.session_token)
    post = forum.get_post(work, parse_hex(digest), viewer=viewer)
    thread = forum.get_thread(work, post.thread)
    board = forum.board_of(work, post)
    return Place(
        post=post,
        opening=forum.get_post(work, thread.opening),
        viewer=viewer,
        is_open=thread.state.value == "open" and not board.is_archived,
    )


def _empty(work: Work, visit: Visit) -> PostForm:
    nothing = Text(language=visit.language.code, markdown="")
    return PostForm(text=nothing, nonce=identity.encode_id(work))


def _read_form(visit: Posted, work: Work, place: Place) -> PostForm:
    fields = Fields({**visit.fields, "nonce": parse_nonce(visit, work), "do": "send"})
    form = parse_context(fields, languages=list(visit.site.languages))
    is_device = place.viewer is not None and place.viewer.custody is Custody.DEVICE
    if is_device and not form.record and not form.errors:
        form.errors["record"] = NEEDS_SIGNATURE
    errors = {name: visit.translate(sentence) for name, sentence in form.errors.items()}
    word = forum.find_filter(forum.board_of(work, place.post).filters, form.text)
    if word:
        errors["text"] = explain_filter(visit, word)
    return replace(form, errors=errors)


def _asks(form: PostForm) -> tuple[PrivateLine, ...]:
    """Return what the author is to be asked about before it is sent: once, as of a post."""
    if form.has_asked or form.errors:
        return ()
    found = forum.find_private(form.text.markdown)
    return tuple(PrivateLine(kind=one.kind.value, words=one.words) for one in found)


def _sign(work: Work, visit: Visit, place: Place, form: PostForm) -> bytes:
    viewer = require_viewer(work, visit)
    draft = Draft(
        text=form.text,
        board=place.post.board,
        reply_to=place.post.record_id,
        quotes=(),
        custody=viewer.custody,
        kind=PostKind.CONTEXT,
        about=place.post.version.digest,
    )
    key = identity.unlock_posting_key(work, visit.session_token)
    return forum.sign_post(key, draft, nonce=form.nonce, day=day_of(work.now))


def _page(
    work: Work,
    visit: Visit,
    place: Place,
    form: PostForm,
    refusal: FieldErrors | None = None,
) -> ContextPage:
    post, viewer = place.post, place.viewer
    is_device = viewer is not None and viewer.custody is Custody.DEVICE
    shape = SigningContextPage if is_device else ContextPage
    title = place.opening.version.text.title or ""
    takes = post.number is not None and post.has_words
    left = 0
    if viewer is not None:
        key = visit.site.marks_key
        left = service.count_left(work, key, viewer.root, PostKind.CONTEXT)
    return shape(
        post=build.post_item(post, viewer),
        thread_id=post.thread,
        title=title,
        title_language=place.opening.version.text.language,
        title_direction=direction_of(title),
        notes=_show_notes(work, visit, place) if takes else (),
        takes=takes,
        is_open=place.is_open,
        left=left,
        most=MOST_CONTEXT_A_WEEK,
        proposal=_show_proposal(work, visit, place, form) if takes and place.is_open else None,
        errors=refusal or FieldErrors(by_field=form.errors),
    )


def _show_notes(work: Work, visit: Visit, place: Place) -> tuple[NoteLine, ...]:
    viewer, lines = place.viewer, []
    for note in service.list_context(work, place.post):
        own = None
        if viewer is not None:
            own = service.own_rating(work, visit.site.marks_key, viewer.root, note.post)
        history = tuple(_standing_line(standing) for standing in note.history)
        nothing = Standing(
            status=Status.NEEDS_MORE,
            reason=Why.FEW_RATINGS,
            named=None,
            day=note.post.day,
        )
        lines.append(
            NoteLine(
                item=build.post_item(note.post, viewer),
                is_shown=bool(note.history) and note.history[-1].status is Status.SHOWN,
                is_drawn=viewer is not None
                and service.is_asked_to_rate(work, visit.site.marks_key, viewer.root, note.post),
                is_older=note.post.about != place.post.version.digest,
                now=history[-1] if history else _standing_line(nothing),
                history=history,
                helps=str(own.helps.value) if own else "",
                reason=own.reason if own else "",
            )
        )
    return tuple(sorted(lines, key=lambda line: not line.is_shown))


def _standing_line(standing: Standing) -> StandingLine:
    return StandingLine(
        status=STATUS_NAMES[standing.status],
        reason=REASONS[standing.reason],
        named=NOTE_REASONS[standing.named] if standing.named else "",
        day=standing.day,
    )


def _show_proposal(work: Work, visit: Visit, place: Place, form: PostForm) -> Proposal | None:
    viewer, post = place.viewer, place.post
    if viewer is None:
        return None
    private = _asks(form) if form.text.markdown else ()
    back = urlencode({"next": visit.address(place.path)})
    return Proposal(
        text=form.text,
        languages=tuple((item.code, item.name) for item in visit.site.languages.values()),
        signer=SignerHints(
            kind="note",
            board_did=post.board,
            day=day_of(work.now),
            nonce=form.nonce,
            object="",
            previous="",
            reply=post.record_id,
            # What it is and what it is about travel as lines do: hidden fields that are signed.
            lines=f"kind={KIND} about={ABOUT}",
            persona_key=viewer.posting_did,
            custody=viewer.custody.value,
        ),
        about=encode_digest(post.version.digest),
        unlock_path=visit.address(f"/login?{back}") if viewer.is_locked_out else "",
        draft_id=form.draft,
        private=private,
        has_asked=form.has_asked or bool(private),
        most=rules.MAX_CONTEXT_CHARACTERS,
    )

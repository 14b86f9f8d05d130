"""Filing a commitment about what a post says: what an official answered, or promised elsewhere."""

from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from app import forum, identity
from app.db import Work
from app.forum import Post, PostKind
from app.forum.model import Text
from app.forum.pages import build
from app.forum.routes.handing import explain, explain_filter
from app.forum.routes.writing import NEEDS_SIGNATURE, parse_nonce
from app.hearings import codec
from app.hearings.errors import CommitmentUnfitError
from app.hearings.forms import commitments as forms
from app.hearings.pages.commitments import PromisePage
from app.hearings.rules import commitments as rules
from app.hearings.service import commitments as service
from app.identity import Viewer
from app.identity.routes.common import require_viewer
from app.kernel.clock import day_of
from app.kernel.errors import AppError
from app.records.model import DUE, KIND, MEASURE, OFFICIAL, PROMISED_BY, THEME, Custody
from app.records.routes import DoorDep, parse_hex
from app.web.error_pages import status_of
from app.web.forms import Fields
from app.web.pages import FieldErrors
from app.web.visit import Posted, PostedDep, Visit, VisitDep

from .commitments import name_of
from .signing import hints, languages_of, private_lines, sign_note, unlock_path

router = APIRouter()

Offered = Annotated[int, Query(alias="sentence", ge=0, le=10)]
_LINES: Final = " ".join(
    f"{field}={member}"
    for field, member in (
        ("kind", KIND), ("owner", PROMISED_BY), ("measure", MEASURE), ("due", DUE),
        ("theme", THEME), ("of", OFFICIAL),
    )
)  # fmt: skip


@router.get("/{language}/p/{digest}/promise")
def promise_form(visit: VisitDep, digest: str, sentence: Offered = 0) -> Response:
    with visit.read() as work:
        viewer = require_viewer(work, visit)
        post = _find_post(work, viewer, digest)
        offered = rules.find_promises(post.version.text.markdown)
        chosen = offered[sentence - 1] if 0 < sentence <= len(offered) else ""
        officials = service.list_officials(work, post.thread)
        # Who says it has promised it; an official files what they promise themselves.
        root = next((one for one in (viewer.root, post.author.root) if one in officials), "")
        typed = Fields(owner=name_of(work, root), of=f"ap://{root}/actor" if root else "")
        language = post.version.text.language if chosen else visit.language.code
        form = forms.PromiseForm(
            text=Text(language=language, markdown=chosen), typed=typed, promise=None
        )
        page = _page(work, visit, viewer, post, form, nonce=identity.encode_id(work))
        return visit.render(page, viewer, section="hearings")


@router.post("/{language}/p/{digest}/promise")
def promise_submit(visit: PostedDep, digest: str, door: DoorDep) -> Response:
    """Sign and send; whatever is wrong, the words stay in the form."""
    with visit.read() as work:
        viewer = require_viewer(work, visit)
        post, nonce = _find_post(work, viewer, digest), parse_nonce(visit, work)
        form = _read_form(visit, work, viewer, post)
        private = private_lines(form.text.markdown, has_asked=form.has_asked)
        if form.errors or private or form.promise is None:
            page = _page(work, visit, viewer, post, form, nonce=nonce)
            status = 400 if form.errors else 200
            return visit.render(page, viewer, section="hearings", status=status)
        promise = form.promise
    try:
        with visit.write() as work:
            viewer = require_viewer(work, visit)
            raw = form.record.encode()
            if viewer.custody is not Custody.DEVICE:
                raw = sign_note(
                    work,
                    visit,
                    viewer,
                    answers=post,
                    kind=PostKind.COMMITMENT,
                    text=form.text,
                    members=codec.promise_members(promise),
                    nonce=nonce,
                )
            receipt = door.submit(work, raw)
            identity.extend_session(work, visit.session_token)
    except AppError as error:
        with visit.read() as work:
            page = _page(
                work, visit, viewer, post, form, nonce=nonce, refusal=explain(visit, error)
            )
        return visit.render(page, viewer, section="hearings", status=status_of(error))
    return visit.see_other(visit.address(f"/receipts/{receipt.digest.hex()}"))


def _find_post(work: Work, viewer: Viewer, digest: str) -> Post:
    """Return the post that a commitment would answer.

    Raises:
        NotFoundError: there is none that can be read.
        CommitmentUnfitError: it is a commitment or evidence itself, or its words are gone.

    """
    post = forum.get_post(work, parse_hex(digest), viewer=viewer)
    if not post.has_words or post.kind in {PostKind.COMMITMENT, PostKind.EVIDENCE}:
        raise CommitmentUnfitError("nothing that promises")
    return post


def _read_form(visit: Posted, work: Work, viewer: Viewer, post: Post) -> forms.PromiseForm:
    officials = service.list_officials(work, post.thread)
    form = forms.parse_promise(
        visit.fields, list(visit.site.languages), officials, day_of(work.now)
    )
    errors = {name: visit.translate(sentence) for name, sentence in form.errors.items()}
    if viewer.custody is Custody.DEVICE and not form.record and not errors:
        errors["record"] = visit.translate(NEEDS_SIGNATURE)
    if word := forum.find_filter(forum.board_of(work, post).filters, form.text):
        errors["text"] = explain_filter(visit, word)
    return replace(form, errors=errors)


def _page(
    work: Work,
    visit: Visit,
    viewer: Viewer,
    post: Post,
    form: forms.PromiseForm,
    *,
    nonce: str,
    refusal: FieldErrors | None = None,
) -> PromisePage:
    board = forum.board_of(work, post)
    opening = forum.get_post(work, forum.get_thread(work, post.thread).opening)
    private = private_lines(form.text.markdown, has_asked=form.has_asked)
    typed = form.typed
    return PromisePage(
        post=build.post_item(post, viewer),
        thread_id=post.thread,
        thread_title=opening.version.text.title or "",
        offered=tuple(rules.find_promises(post.version.text.markdown)),
        text=form.text,
        owner=typed["owner"],
        measure=typed["measure"],
        due=typed["due"],
        theme=typed["theme"],
        of=typed["of"],
        officials=tuple(
            (f"ap://{root}/actor", name_of(work, root))
            for root in service.list_officials(work, post.thread)
        ),
        themes=tuple(service.list_themes(work)),
        most=rules.MAX_COMMITMENT_CHARACTERS,
        earliest=day_of(work.now),
        languages=languages_of(visit),
        author=build.viewer_line(viewer),
        signer=hints(work, viewer, post, nonce, _LINES),
        unlock_path=unlock_path(visit, viewer, f"/p/{post.digest.hex()}/promise"),
        is_live=build.is_live(board),
        tick_minutes=build.tick_minutes(board),
        private=private,
        has_asked=form.has_asked or bool(private),
        limit=identity.find_limit(work, viewer.root),
        errors=refusal or FieldErrors(by_field=form.errors),
    )

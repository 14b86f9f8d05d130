"""Pages that write: threads, replies, revisions."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response

from app import identity, records
from app.crypto.multikey import encode_digest
from app.db import Work
from app.forum import forms, rules, service, store
from app.forum.errors import StaleRevisionError
from app.forum.model import LINES, Draft, KeptDraft, Text
from app.forum.pages import build
from app.forum.pages.writing import ComposePage, NamingComposePage, PrivateLine, SignerHints
from app.forum.service import keeping, shielding
from app.identity.routes.common import require_viewer
from app.identity.routes.probation import posts_left
from app.kernel.errors import AppError
from app.records.model import ABOUT, KIND, Custody
from app.records.routes import DoorDep, parse_hex
from app.web.error_pages import status_of
from app.web.forms import Fields
from app.web.pages import FieldErrors
from app.web.sentences import gettext_noop as _
from app.web.visit import Posted, PostedDep, Visit, VisitDep

from . import hands
from .composing import Composition
from .handing import explain, explain_filter

router = APIRouter()

MAX_QUOTE_CHARACTERS: Final = 600
_nonce = re.compile(r"[a-z2-7]{26}")
Digest = Annotated[str, Query(max_length=64)]
DraftId = Annotated[str, Query(alias="draft", max_length=26)]


@router.get("/{language}/b/{slug}/new")
def new_thread_form(visit: VisitDep, slug: str, draft: DraftId = "") -> Response:
    with visit.read() as work:
        return compose(visit, work, _new_thread(work, visit, slug), draft)


@router.post("/{language}/b/{slug}/new")
def new_thread_submit(visit: PostedDep, slug: str, door: DoorDep) -> Response:
    return submit(visit, door, lambda work: _new_thread(work, visit, slug))


@router.get("/{language}/t/{thread_id}/reply")
def reply_form(
    visit: VisitDep, thread_id: str, to: Digest = "", quote: Digest = "", draft: DraftId = ""
) -> Response:
    with visit.read() as work:
        return compose(visit, work, _reply(work, visit, thread_id, to, quote), draft)


@router.post("/{language}/t/{thread_id}/reply")
def reply_submit(visit: PostedDep, thread_id: str, door: DoorDep) -> Response:
    to, quote = visit.fields["reply"], visit.fields["quote"]
    return submit(visit, door, lambda work: _reply(work, visit, thread_id, to, quote))


@router.get("/{language}/p/{digest}/revise")
def revise_form(visit: VisitDep, digest: str, draft: DraftId = "") -> Response:
    with visit.read() as work:
        return compose(visit, work, _revision(work, visit, digest), draft)


@router.post("/{language}/p/{digest}/revise")
def revise_submit(visit: PostedDep, digest: str, door: DoorDep) -> Response:
    return submit(visit, door, lambda work: _revision(work, visit, digest))


def _new_thread(work: Work, visit: Visit, slug: str) -> Composition:
    board = service.get_board(work, slug)
    rules.require_living(board)
    is_steward = identity.is_steward(work, identity.find_viewer(work, visit.session_token))
    rules.require_opener(board, is_steward=is_steward)
    viewer = require_viewer(work, visit)
    return Composition(
        kind="thread",
        action=visit.address(f"/b/{slug}/new"),
        board=board,
        viewer=viewer,
    )


def _reply(work: Work, visit: Visit, thread_id: str, to: str, quote: str) -> Composition:
    thread = service.get_thread(work, thread_id)
    board = service.require_board(work, thread.board)
    rules.require_living(board)
    rules.require_open(thread.state)
    viewer = require_viewer(work, visit)
    viewer = identity.look_in_thread(work, viewer, visit.session_token, thread.id)
    quoted = service.get_post(work, parse_hex(quote), viewer=viewer) if quote else None
    target = parse_hex(to) if to else quoted.digest if quoted else thread.opening
    return Composition(
        kind="reply",
        action=visit.address(f"/t/{thread_id}/reply"),
        board=board,
        viewer=viewer,
        thread=thread.id,
        parent=service.get_post(work, target, viewer=viewer),
        quoted=quoted,
    )


def _revision(work: Work, visit: Visit, digest: str) -> Composition:
    viewer = hands.look_at(work, visit, require_viewer(work, visit), parse_hex(digest))
    post = service.get_own_post(work, parse_hex(digest), viewer)
    rules.require_unhidden(post)
    if post.erased_on is not None:
        raise StaleRevisionError("the post was erased")
    return Composition(
        kind="revision",
        action=visit.address(f"/p/{digest}/revise"),
        board=service.board_of(work, post),
        viewer=viewer,
        thread=post.thread,
        revised=post,
    )


def compose(visit: Visit, work: Work, written: Composition, draft: str) -> Response:
    """Answer with an empty composer, or one that holds a draft, the quoted or the revised text."""
    languages = _languages(visit, written)
    own = visit.language.code if visit.language.code in languages else languages[0]
    nothing = Text(language=own, markdown="")
    form = forms.PostForm(text=nothing, nonce=identity.encode_id(work), draft=draft)
    if draft:
        kept = keeping.get_draft(work, written.viewer, draft)
        form = replace(
            form, text=kept.text, previous=kept.previous, wait=kept.wait_h, tags=kept.tags
        )
    elif written.revised is not None:
        # The newest one, even if readers do not see it yet: a revision takes its place.
        versions = store.list_versions(work, written.revised.digest, also_waiting=True)
        form = replace(form, text=versions[-1].text)
    elif written.quoted is not None and written.quoted.has_words:
        passage = written.quoted.version.text
        quotation = Text(language=passage.language, markdown=_quote(passage.markdown))
        form = replace(form, text=quotation)
    return visit.render(_page(visit, work, written, form), written.viewer, section="boards")


def submit(visit: Posted, door: records.Door, find: Callable[[Work], Composition]) -> Response:
    """Preview, or sign and send; whatever is wrong, the text stays in the form.

    Only signing and sending hold the writer's lock: others write while a preview is made.
    """
    with visit.read() as work:
        written = find(work)
        form = _read_form(visit, work, written)
        if form.errors or form.is_preview or _asks(form):
            status = 400 if form.errors else 200
            page = _page(visit, work, written, form, shows_preview=not form.errors)
            return visit.render(page, written.viewer, section="boards", status=status)
    try:
        with visit.write() as work:
            send = _keep if form.is_kept else _send
            place = send(visit, door, work, find(work), form)
            if not written.hand(form).is_by_name:
                # The session's row would bear the same transaction as the name's post.
                identity.extend_session(work, visit.session_token)
    except AppError as error:
        with visit.read() as work:
            page = _page(visit, work, find(work), form, refusal=explain(visit, error))
        return visit.render(page, written.viewer, section="boards", status=status_of(error))
    return visit.see_other(visit.address(place))


def _send(
    visit: Visit, door: records.Door, work: Work, written: Composition, form: forms.PostForm
) -> str:
    """Sign and send; return where its receipt is shown."""
    is_device = written.viewer.custody is Custody.DEVICE and not form.is_by_name
    raw = form.record.encode() if is_device else _sign(visit, door, work, written, form)
    receipt = door.submit(work, raw, form.wait)
    keeping.delete_draft(work, written.viewer, form.draft)
    return f"/receipts/{receipt.digest.hex()}"


def _keep(
    _visit: Visit, _door: records.Door, work: Work, written: Composition, form: forms.PostForm
) -> str:
    """Keep what was typed; return where it is listed."""
    draft = KeptDraft(
        id=form.draft,
        place=written.place,
        text=form.text,
        previous=form.previous,
        wait_h=form.wait,
        tags=form.tags,
        day=service.today(work),
    )
    keeping.keep_draft(work, written.viewer, draft)
    return "/drafts"


def _read_form(visit: Posted, work: Work, written: Composition) -> forms.PostForm:
    languages = _languages(visit, written)
    fields = Fields({**visit.fields, "nonce": parse_nonce(visit, work)})
    form = forms.parse_post(fields, has_title=written.has_title, languages=languages)
    is_device = written.viewer.custody is Custody.DEVICE
    is_sent = not form.is_preview and not form.is_kept
    if is_device and is_sent and not form.record and not form.errors:
        form.errors["record"] = NEEDS_SIGNATURE
    form.errors.update(hands.find_errors(work, visit, written.hand(form), form))
    errors = {name: visit.translate(sentence) for name, sentence in form.errors.items()}
    word = "" if form.is_kept else rules.find_filter(written.board.filters, form.text)
    if word:
        errors["text"] = explain_filter(visit, word)
    return replace(form, errors=errors)


def _asks(form: forms.PostForm) -> tuple[PrivateLine, ...]:
    """Return what the author is to be asked about before it is sent: once, and nothing is kept."""
    if form.has_asked or form.is_kept or form.errors:
        return ()
    found = rules.find_private(
        "\n".join(filter(None, (*form.text.lines.values(), form.text.markdown)))
    )
    return tuple(PrivateLine(kind=one.kind.value, words=one.words) for one in found)


def _sign(
    visit: Visit, door: records.Door, work: Work, written: Composition, form: forms.PostForm
) -> bytes:
    hand = written.hand(form)
    # A name for the thread that was taken before is no way around it.
    identity.require_unlimited(work, hand.viewer.root)
    if written.quoted:
        # What waits is known to its author alone, so that a quotation would give both hands away.
        rules.require_visible(written.quoted, hand.stands_for)
    key, nonce = hands.take(work, visit, door, hand, form.nonce)
    draft = Draft(
        text=form.text,
        board=written.signed_for,
        reply_to=written.parent.record_id if written.parent else None,
        quotes=(written.quoted.record_id,) if written.quoted else (),
        custody=written.viewer.custody,
        tags=form.tags if written.kind == "thread" else (),
        kind=written.said,
        about=written.about,
    )
    day = service.today(work)
    if written.revised is not None:
        # Begun from an older version, it would take back what was written in between.
        rules.require_newest(written.revised, form.previous)
        return service.sign_revision(key, draft, written.revised, nonce=nonce, day=day)
    return service.sign_post(key, draft, nonce=nonce, day=day)


def _page(
    visit: Visit,
    work: Work,
    written: Composition,
    form: forms.PostForm,
    *,
    shows_preview: bool = False,
    refusal: FieldErrors | None = None,
) -> ComposePage:
    thread = written.parent or written.revised
    opening = store.find_thread(work, thread.thread) if thread else None
    opening_post = store.find_post(work, digest=opening.opening) if opening else None
    choice = hands.choose(work, visit, written.hand(form), form)
    left = posts_left(work, visit.site.gate, written.viewer.root)
    delay_s = max(opening.measures.delay_s if opening else 0, written.board.delay_s)
    private = _asks(form) if shows_preview else ()
    languages = visit.site.languages
    shape = NamingComposePage if choice.made_on_device else ComposePage
    return shape(
        kind=written.kind,
        action=written.action,
        board_slug=written.board.slug,
        board_name=build.in_language(written.board.name, visit.language.code),
        thread_id=opening.id if opening else "",
        thread_title=(opening_post.version.text.title or "") if opening_post else "",
        is_live=build.is_live(written.board),
        tick_minutes=build.tick_minutes(written.board),
        has_title=written.has_title,
        board_tags=written.board.tags if written.kind == "thread" else (),
        tags=(*form.tags, "", "", "")[:3],
        text=form.text,
        wait=form.wait,
        languages=tuple((code, languages[code].name) for code in _languages(visit, written)),
        members=written.members,
        answers=build.post_item(written.parent, written.viewer) if written.parent else None,
        reply=written.parent.digest.hex() if written.parent else "",
        quote=written.quoted.digest.hex() if written.quoted else "",
        draft_id=form.draft,
        preview=hands.preview(work, choice, form) if shows_preview else None,
        author=choice.author,
        hand=choice.offered,
        device_hand=choice.made_on_device,
        is_by_name=choice.is_by_name,
        signer=_hints(work, written, form),
        unlock_path=_unlock_path(visit, written) if written.viewer.is_locked_out else "",
        holds_first=written.board.holds_first and left is not None and not written.revised,
        delay_minutes=0 if written.revised else build.minutes(delay_s),
        private=private,
        has_asked=form.has_asked or bool(private),
        posts_left=left,
        limit=identity.find_limit(work, written.viewer.root),
        shield=shielding.find_shield_of(work, written.parent),
        may_answer=_may_answer(work, written, is_by_name=choice.is_by_name),
        errors=refusal or FieldErrors(by_field=form.errors),
    )


def _may_answer(work: Work, written: Composition, *, is_by_name: bool) -> bool:
    viewer = written.viewer
    # A name that is not used yet has been answered by nobody.
    hand, did = (viewer.thread_did,) * 2 if is_by_name else (viewer.root, viewer.posting_did)
    return written.parent is None or shielding.may_answer(work, written.parent, hand, did)


def _unlock_path(visit: Visit, written: Composition) -> str:
    back = urlencode({"next": visit.address(written.place)})
    return visit.address(f"/login?{back}")


def _hints(work: Work, written: Composition, form: forms.PostForm) -> SignerHints:
    revised = written.revised
    return SignerHints(
        kind="update" if revised else "note",
        board_did=written.signed_for,
        day=service.today(work),
        nonce=form.nonce,
        reply=written.parent.record_id if written.parent else "",
        object=revised.record_id if revised else "",
        previous=(form.previous or encode_digest(revised.head)) if revised else "",
        quotes=written.quoted.record_id if written.quoted else "",
        # Of a post of a kind its hidden fields are signed as well, by the same rule as lines.
        lines=" ".join(f"{name}={member}" for name, member in _signed(written).items()),
        persona_key=written.viewer.posting_did,
        custody=written.viewer.custody.value,
    )


def _signed(written: Composition) -> dict[str, str]:
    """Return the fields that are signed beside the words, each with its member of the record."""
    of_kind = {"kind": KIND, "about": ABOUT}
    return {**LINES, **{name: of_kind[name] for name in written.members}}


def _languages(visit: Visit, written: Composition) -> list[str]:
    """Return the languages that a text can be in."""
    return [code for code in visit.site.languages if code != written.other_language]


def parse_nonce(visit: Posted, work: Work) -> str:
    """Return the nonce that a form brought, or another if that is none."""
    nonce = visit.fields["nonce"]
    return nonce if _nonce.fullmatch(nonce) else identity.encode_id(work)


def _quote(markdown: str) -> str:
    """Return a text as a quote to answer under."""
    passage = markdown[:MAX_QUOTE_CHARACTERS]
    return "\n".join(f"> {line}".rstrip() for line in passage.split("\n")) + "\n\n"


NEEDS_SIGNATURE: Final = _(
    "Your key is on your own device, so the text must be signed there: with scripts on, by this page; else with the command line, and then handed in."
)

"""Receipts, and records that were signed elsewhere and are handed in here."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app import identity, records, tlog
from app.db import Work
from app.forum import service, store
from app.forum.errors import FilteredError, TooSoonError
from app.forum.model import Post, Text
from app.forum.pages import build
from app.forum.pages.writing import CarryPage, ReceiptPage
from app.kernel.errors import AppError
from app.records.routes import DoorDep, parse_hex
from app.web.error_pages import known_codes, sentences_of, status_of
from app.web.pages import CarriedLine, FieldErrors
from app.web.sentences import gettext_noop as _
from app.web.visit import PostedDep, Visit, VisitDep

from . import hands

router = APIRouter()

_FILTERED: Final = _("This board takes no posts that hold “%(word)s”: its rules list it.")
_ABOUT: Final = _("It is about this: “%(words)s”.")
_MOST_SHOWN: Final = 300
_REFUSED: Final = 403
_WAIT: Final = _("Minutes to wait until you can post here again: %(minutes)s.")


@router.get("/{language}/receipts/{digest}")
def receipt_page(visit: VisitDep, digest: str, door: DoorDep) -> Response:
    found = parse_hex(digest)
    with visit.read() as work:
        receipt = door.get_receipt(work, found)
        record = records.find_record(work, found)
        post = service.find_subject(work, record) if record else None
        viewer = hands.find_viewer(work, visit, post.digest if post else b"")
        board = service.board_of(work, post) if post else None
        shows = post is not None and (post.number is not None or _is_own(post, viewer))
        thread = store.find_thread(work, post.thread) if post and shows else None
        carried = visit.site.find_carried(work, found) if record and record.home else None
        is_ours = record is not None and record.is_public and not record.home
        quorum = tlog.count_witnesses(work, records.find_place(work, found)) if is_ours else None
        is_lost = carried is not None and bool(carried.refusal)
        kept = _words_of(work, found, post) if is_lost and _is_own(post, viewer) else None
    include_by = visit.reader.local(receipt.include_by)
    return visit.render(
        ReceiptPage(
            kind=record.type if record else "",
            digest=digest,
            is_public=bool(record and record.is_public),
            include_by_day=include_by.date(),
            include_by_time=include_by.time(),
            zone=visit.reader.zone,
            is_live=bool(board and build.is_live(board)),
            is_held=bool(post and post.is_held and shows),
            board_slug=board.slug if board and shows else "",
            thread_id=thread.id if thread else "",
            post_digest=post.digest.hex() if post and shows else "",
            receipt_path=f"/receipts/{digest}.json",
            proof_path=f"/receipts/{digest}.tlog-proof",
            origin=visit.listener.origin,
            quorum=quorum,
            carried=carried,
            refused=_explain_refusal(visit, carried) if carried and is_lost else ("", ""),
            kept=kept,
        ),
        viewer,
    )


def _explain_refusal(visit: Visit, carried: CarriedLine) -> tuple[str, str]:
    """Say why a home did not take a record: in the reader's language, if it told a code."""
    if carried.refusal not in known_codes():
        return carried.refusal, ""
    title, explanation = sentences_of(carried.refusal, _REFUSED)
    return visit.translate(title), visit.translate(explanation)


def _words_of(work: Work, digest: bytes, post: Post | None) -> Text | None:
    """Return the words of a post, or of the revision that was refused."""
    versions = store.list_versions(work, post.digest, also_waiting=True) if post else []
    return next((each.text for each in versions if each.digest == digest), None)


@router.get("/{language}/carry")
def carry_form(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        return visit.render(_carry_page(visit, work, ""), viewer)


@router.post("/{language}/carry")
def carry_submit(visit: PostedDep, door: DoorDep) -> Response:
    # Pasting may add blanks around a record; its own bytes hold none at either end.
    raw = visit.fields["record"].strip()
    try:
        with visit.write() as work:
            receipt = door.submit(work, raw.encode())
    except AppError as error:
        with visit.read() as work:
            viewer = identity.find_viewer(work, visit.session_token)
            page = _carry_page(visit, work, raw, explain(visit, error))
        return visit.render(page, viewer, status=status_of(error))
    return visit.see_other(visit.address(f"/receipts/{receipt.digest.hex()}"))


def explain(visit: Visit, error: AppError) -> FieldErrors:
    """Say in the reader's language why the door refused a record."""
    title, explanation = sentences_of(error.code, status_of(error))
    told = [f"{visit.translate(title)}.", visit.translate(explanation)]
    if isinstance(error, FilteredError):
        told.insert(0, explain_filter(visit, error.word))
    elif isinstance(error, TooSoonError):
        told.insert(1, _explain_wait(visit, error.wait_s))
    elif words := getattr(error, "words", ""):
        # What of the typed text a room above refuses.
        told.insert(1, visit.translate(_ABOUT) % {"words": words[:_MOST_SHOWN]})
    return FieldErrors(by_field={"record": " ".join(told)})


def explain_filter(visit: Visit, word: str) -> str:
    """Say in the reader's language which of a board's filters a text holds."""
    return visit.translate(_FILTERED) % {"word": word}


def _explain_wait(visit: Visit, wait_s: int) -> str:
    minutes = visit.language.number(build.minutes(wait_s))
    return visit.translate(_WAIT) % {"minutes": minutes}


def _carry_page(
    visit: Visit, work: Work, record: str, errors: FieldErrors | None = None
) -> CarryPage:
    lines = tuple(
        build.board_line(board, count, visit.language.code)
        for board, count in store.list_boards(work)
    )
    return CarryPage(record=record, boards=lines, errors=errors or FieldErrors())


def _is_own(post: Post | None, viewer: identity.Viewer | None) -> bool:
    return viewer is not None and post is not None and viewer.wrote(post.author)

"""Acts of a viewer that are records and no posts: signed by the host, or on the device.

A device cannot sign what a page does in one step: first the host says what the record would hold,
on a page of its own, then the device signs that very text, or `goftogu sign --act` does.
"""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from app import identity
from app.db import Work
from app.forum.pages import build
from app.forum.pages.writing import SignerHints
from app.forum.routes import hands
from app.forum.routes.handing import explain
from app.forum.routes.hands import Hand
from app.forum.routes.writing import NEEDS_SIGNATURE, parse_nonce
from app.hearings.pages.acting import ActPage
from app.identity import Viewer
from app.kernel import strict_json
from app.kernel.clock import day_of
from app.kernel.errors import AppError
from app.kernel.strict_json import JsonObject
from app.records import Door, sign_record
from app.records.model import Custody
from app.web.error_pages import status_of
from app.web.pages import FieldErrors
from app.web.visit import Posted


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody is about to sign, and where they are led before and after."""

    type: str
    """Of the wire, as `Update`."""
    members: JsonObject
    title: str
    """What is done, to be translated."""
    path: str
    """Where its form is sent, without the language."""
    back: str
    """Where what comes of it is shown, without the language."""
    typed: tuple[str, ...] = ()
    """Fields of its form that are sent again with the signature."""
    hand: Hand | None = None
    """Under whose name, where it may be one for a thread."""


def perform(visit: Posted, door: Door, find: Callable[[Work], tuple[Viewer, Act]]) -> Response:
    """Let a viewer act: sign with their unlocked key, take in what was signed, or ask for it.

    `find` says who acts and what is signed, and refuses what may not be done.

    Raises:
        AppError: `find` refuses it, or the door what the host signed.

    """
    pasted = visit.fields["record"].strip()
    try:
        with visit.write() as work:
            viewer, act = find(work)
            is_device = viewer.custody is Custody.DEVICE
            if is_device and not pasted:
                return _ask(visit, work, viewer, act)
            raw = pasted.encode() if is_device else _sign(visit, work, door, act)
            door.submit(work, raw)
            identity.extend_session(work, visit.session_token)
    except AppError as error:
        if not pasted:
            raise
        with visit.read() as work:
            viewer, act = find(work)
            return _ask(visit, work, viewer, act, error)
    return visit.see_other(visit.address(act.back))


def _sign(visit: Posted, work: Work, door: Door, act: Act) -> bytes:
    nonce = identity.encode_id(work)
    if act.hand is None:
        key = identity.unlock_posting_key(work, visit.session_token)
    else:
        key, nonce = hands.take(work, visit, door, act.hand, nonce)
    return sign_record(key, act.type, act.members, nonce=nonce, day=day_of(work.now))


def _ask(
    visit: Posted, work: Work, viewer: Viewer, act: Act, error: AppError | None = None
) -> Response:
    errors, status = FieldErrors(), 200
    if error is not None:
        errors, status = explain(visit, error), status_of(error)
    elif visit.fields["nonce"]:
        # Sent from the page that asks for it.
        errors, status = FieldErrors(by_field={"record": visit.translate(NEEDS_SIGNATURE)}), 400
    page = ActPage(
        title=act.title,
        action=visit.address(act.path),
        back=visit.address(act.back),
        document=strict_json.encode({"type": act.type, **act.members}).decode(),
        author=build.viewer_line(viewer),
        signer=SignerHints(
            kind="act",
            board_did="",
            day=day_of(work.now),
            nonce=parse_nonce(visit, work),
            object="",
            previous="",
            persona_key=viewer.posting_did,
            custody=viewer.custody.value,
        ),
        kept=tuple((name, visit.fields[name]) for name in act.typed),
        record=visit.fields["record"],
        errors=errors,
    )
    return visit.render(page, viewer, section="hearings", status=status)

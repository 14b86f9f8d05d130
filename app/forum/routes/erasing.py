"""Pages that erase a post."""

from fastapi import APIRouter
from starlette.responses import Response

from app import identity
from app.crypto.multikey import encode_digest
from app.db import Work
from app.forum import service
from app.forum.model import Post
from app.forum.pages import build
from app.forum.pages.writing import ErasePage, SignerHints
from app.identity.routes.common import require_viewer
from app.records.model import Custody
from app.records.routes import DoorDep, parse_hex
from app.web.pages import FieldErrors
from app.web.visit import PostedDep, Visit, VisitDep

from . import hands
from .writing import NEEDS_SIGNATURE, parse_nonce

router = APIRouter()


@router.get("/{language}/p/{digest}/erase")
def erase_form(visit: VisitDep, digest: str) -> Response:
    with visit.read() as work:
        viewer = hands.look_at(work, visit, require_viewer(work, visit), parse_hex(digest))
        post = service.get_own_post(work, parse_hex(digest), viewer)
        return visit.render(_erase_page(visit, work, viewer, post), viewer, section="boards")


@router.post("/{language}/p/{digest}/erase")
def erase_submit(visit: PostedDep, digest: str, door: DoorDep) -> Response:
    with visit.write() as work:
        viewer = hands.look_at(work, visit, require_viewer(work, visit), parse_hex(digest))
        post = service.get_own_post(work, parse_hex(digest), viewer)
        if viewer.custody is Custody.DEVICE:
            raw = visit.fields["record"].encode()
            if not raw:
                errors = FieldErrors(by_field={"record": visit.translate(NEEDS_SIGNATURE)})
                page = _erase_page(visit, work, viewer, post, errors)
                return visit.render(page, viewer, section="boards", status=400)
        else:
            hand = hands.Hand(
                viewer=viewer,
                thread=post.thread,
                is_by_name=hands.owns(viewer, post),
                is_fixed=True,
            )
            key, nonce = hands.take(work, visit, door, hand, parse_nonce(visit, work))
            raw = service.sign_erasure(
                key, post, viewer.custody.value, nonce=nonce, day=service.today(work)
            )
        receipt = door.submit(work, raw)
    return visit.see_other(visit.address(f"/receipts/{receipt.digest.hex()}"))


def _erase_page(
    visit: Visit,
    work: Work,
    viewer: identity.Viewer,
    post: Post,
    errors: FieldErrors | None = None,
) -> ErasePage:
    return ErasePage(
        post=build.post_item(post, viewer),
        action=visit.address(f"/p/{post.digest.hex()}/erase"),
        signer=SignerHints(
            kind="delete",
            board_did=post.board,
            day=service.today(work),
            nonce=identity.encode_id(work),
            object=post.record_id,
            previous=encode_digest(post.head),
            persona_key=viewer.posting_did,
            custody=viewer.custody.value,
        ),
        keeps_copy=visit.site.keeps_copy(work, post.digest),
        errors=errors or FieldErrors(),
    )

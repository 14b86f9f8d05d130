"""HTTP of the door: one address to hand records in, and static ones to read them back."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app.kernel.errors import NotFoundError
from app.tlog.routes import LogDep
from app.web.coding import etag_of
from app.web.limits import RECORDS_OF_KEY
from app.web.middleware import read_body
from app.web.site import Site
from app.web.visit import admit_writing

from .codec import parse_record, verify_record
from .service import Door, find_place, get_public_bytes

router = APIRouter()

_ACTIVITY = "application/activity+json"
_PROBLEM = "application/problem+json"
# Records live at most an hour in shared caches, so that an erasure holds (DESIGN.md §7).
_SHARED_HOUR = {"Cache-Control": "public, max-age=3600"}
# A proof stays true; a later one comes with a newer checkpoint.
_SHARED_MINUTE = {"Cache-Control": "public, max-age=60"}


async def get_door(request: Request) -> Door:
    """Deliver the door to a handler."""
    door: Door = request.app.state.door
    return door


DoorDep = Annotated[Door, Depends(get_door)]
WaitDep = Annotated[
    Literal["0", "6", "24"], Query(description="Hours that a post or revision waits at least.")
]


@router.post(
    "/api/v1/records",
    status_code=201,
    operation_id="submitRecord",
    tags=["records"],
    response_class=Response,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {_ACTIVITY: {"schema": {"type": "object"}}},
        }
    },
    responses={
        200: {
            "description": "The same record again: the same receipt.",
            "content": {_ACTIVITY: {}},
        },
        201: {"description": "The instance's signed promise.", "content": {_ACTIVITY: {}}},
        400: {"description": "Malformed, or it does not verify.", "content": {_PROBLEM: {}}},
        403: {"description": "This key may not do that.", "content": {_PROBLEM: {}}},
        409: {"description": "The state does not allow it.", "content": {_PROBLEM: {}}},
        413: {"description": "Too large.", "content": {_PROBLEM: {}}},
        429: {"description": "Too many in this time.", "content": {_PROBLEM: {}}},
    },
)
async def submit_record(request: Request, wait: WaitDep = "0") -> Response:
    """Take in one signed record of any type of the registry."""
    site: Site = request.app.state.site
    door: Door = request.app.state.door
    # Before its turn to write: while the disk syncs one group, the next is verified.
    admit_writing(request)
    record = verify_record(parse_record(await read_body(request)))
    # Once it verifies, and if it is new: nobody can fill the bucket of somebody else's key.
    with site.gate.filling(RECORDS_OF_KEY, record.signer, site.clock.now()) as say_new:
        promise = door.queue(site.db, record, int(wait))
        receipt = await site.db.arrival(promise)
        say_new(receipt.is_new)
    headers = {"Location": f"/records/{receipt.digest.hex()}"}
    return Response(receipt.raw, 201 if receipt.is_new else 200, headers, _ACTIVITY)


@router.get(
    "/records/{digest}",
    operation_id="readRecord",
    tags=["records"],
    response_class=Response,
    responses={200: {"content": {_ACTIVITY: {}}}},
)
def read_record(request: Request, digest: str) -> Response:
    """Return the exact signed bytes of a record, from its tick on."""
    site: Site = request.app.state.site
    with site.db.read() as work:
        raw = get_public_bytes(work, parse_hex(digest))
    headers = {**_SHARED_HOUR, "ETag": etag_of(raw)}
    return Response(raw, headers=headers, media_type=_ACTIVITY)


@router.get(
    "/receipts/{digest}.tlog-proof",
    operation_id="readProof",
    tags=["log"],
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}},
)
def read_proof(request: Request, digest: str, log: LogDep) -> Response:
    """Return what shows anyone, offline, that the log holds a record (C2SP tlog-proof)."""
    site: Site = request.app.state.site
    with site.db.read() as work:
        index = find_place(work, parse_hex(digest))
    raw = log.prove(index)
    headers = {**_SHARED_MINUTE, "ETag": etag_of(raw)}
    return Response(raw, headers=headers, media_type="text/plain; charset=utf-8")


@router.get(
    "/receipts/{digest}.json",
    operation_id="readReceipt",
    tags=["records"],
    response_class=Response,
    responses={200: {"content": {_ACTIVITY: {}}}},
)
def read_receipt(request: Request, digest: str, door: DoorDep) -> Response:
    """Return the instance's signed promise about a record."""
    site: Site = request.app.state.site
    with site.db.read() as work:
        receipt = door.get_receipt(work, parse_hex(digest))
    headers = {**_SHARED_HOUR, "ETag": etag_of(receipt.raw)}
    return Response(receipt.raw, headers=headers, media_type=_ACTIVITY)


def parse_hex(text: str) -> bytes:
    """Return the digest that an address names.

    Raises:
        NotFoundError: it names none.

    """
    try:
        digest = bytes.fromhex(text) if text.isascii() else b""
    except ValueError:
        digest = b""
    if len(digest) != 32 or digest.hex() != text:
        raise NotFoundError("not a digest")
    return digest

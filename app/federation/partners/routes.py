"""What partners hand over to this instance."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.records import Door
from app.web.limits import RECORDS_OF_KEY
from app.web.middleware import read_body
from app.web.site import Site

from .carrying import parse_handed, take_handed, verify_handed
from .service import get_partner, require_active

router = APIRouter()

_ACTIVITY = "application/activity+json"
_PROBLEM = "application/problem+json"


@router.post(
    "/api/v1/carried",
    status_code=201,
    operation_id="carryRecord",
    tags=["partners"],
    response_class=Response,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    },
    responses={
        200: {
            "description": "The same record again: the same receipt.",
            "content": {_ACTIVITY: {}},
        },
        201: {"description": "A receipt that names the relay.", "content": {_ACTIVITY: {}}},
        400: {"description": "Malformed, or it does not verify.", "content": {_PROBLEM: {}}},
        403: {"description": "No partner, or not granted.", "content": {_PROBLEM: {}}},
        404: {"description": "No such partner.", "content": {_PROBLEM: {}}},
        409: {"description": "The state does not allow it.", "content": {_PROBLEM: {}}},
        413: {"description": "Too large.", "content": {_PROBLEM: {}}},
        429: {"description": "Too many in this time.", "content": {_PROBLEM: {}}},
    },
)
async def carry_record(request: Request) -> Response:
    """Take in a record that a partner carries here for one of its readers."""
    site: Site = request.app.state.site
    door: Door = request.app.state.door
    claimed = parse_handed(await read_body(request))
    with site.db.read() as work:
        # Of a stranger nothing is verified, and nothing is counted as anybody's.
        require_active(get_partner(work, claimed.by))
    handed = verify_handed(claimed, door.instance_did)
    with site.gate.filling(RECORDS_OF_KEY, handed.record.signer, site.clock.now()) as say_new:
        receipt = await site.db.arrival(site.db.queue(lambda work: take_handed(work, door, handed)))
        say_new(receipt.is_new)
    return Response(
        receipt.raw,
        201 if receipt.is_new else 200,
        {"Location": f"/records/{receipt.digest.hex()}"},
        _ACTIVITY,
    )

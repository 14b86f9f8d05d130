"""Names for one thread that are made on a device: one answer to the persona, one to the name.

The first knows who asks and not what for, the second the other way round. A device asks for the
second without its cookie, and some time later.
"""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response

from app import identity
from app.forum import forms, service
from app.identity.routes.common import require_viewer
from app.kernel.errors import AppError
from app.records.model import Custody
from app.records.routes import DoorDep
from app.web.error_pages import sentences_of, status_of
from app.web.middleware import read_body
from app.web.site import Site
from app.web.visit import PostedDep, admit_writing

router = APIRouter()
record_router = APIRouter()

_PROBLEM = "application/problem+json"


@router.post("/{language}/keys/thread-name")
def thread_name_sign(visit: PostedDep, door: DoorDep) -> Response:
    """Sign what a device blinded; the answer is for the page's script, as is what went wrong."""
    try:
        blinded = forms.parse_blinded(visit.fields)
        with visit.write() as work:
            viewer = require_viewer(work, visit)
            named = visit.site.list_issuers(work)
            answer = identity.sign_name(work, door.key, viewer.root, blinded, named=named)
    except AppError as error:
        status = status_of(error)
        title, explanation = map(visit.translate, sentences_of(error.code, status))
        return PlainTextResponse(f"{title}. {explanation}", status)
    return PlainTextResponse(answer.hex())


@record_router.post(
    "/api/v1/thread-names",
    status_code=201,
    operation_id="admitThreadName",
    tags=["records"],
    response_class=Response,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "properties": {
                            "did": {"type": "string", "description": "The name, a did:key."},
                            "thread": {"type": "string", "description": "The thread's id."},
                            "token": {
                                "type": "string",
                                "description": "The right to it: month, full stop, base64url of "
                                "32 random bytes and a blind signature (RFC 9474).",
                            },
                        },
                        "required": ["did", "thread", "token"],
                        "additionalProperties": False,
                    }
                }
            },
        }
    },
    responses={
        201: {"description": "It may post in the thread."},
        400: {"description": "Malformed, or no right to this.", "content": {_PROBLEM: {}}},
        404: {"description": "No such thread.", "content": {_PROBLEM: {}}},
        409: {"description": "The key is known here already.", "content": {_PROBLEM: {}}},
        413: {"description": "Too large.", "content": {_PROBLEM: {}}},
        429: {"description": "Too many in this time.", "content": {_PROBLEM: {}}},
    },
)
async def admit_thread_name(request: Request) -> Response:
    """Let a key without a card post in one thread, for a right that its issuer signed unseen."""
    site: Site = request.app.state.site
    admit_writing(request)
    named = forms.parse_name(await read_body(request))
    # Before its turn to write: of what anybody sends only good rights come so far, each once.
    name = await run_in_threadpool(_verify, site, named)
    await site.db.arrival(
        site.db.queue(lambda work: identity.admit_name(work, name, Custody.DEVICE))
    )
    return Response(status_code=201)


def _verify(site: Site, named: forms.NameForm) -> identity.VerifiedName:
    with site.db.read() as work:
        thread = service.get_thread(work, named.thread)
        return identity.verify_name(work, named.did, thread.id, named.token)

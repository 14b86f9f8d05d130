"""HTTP of the log's files, of the witness (C2SP tlog-witness) and of the policy.

For programs: no cookie, no form. A front server may serve the log's folder itself.
"""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.kernel.errors import AppError, NotFoundError, ReadOnlyError
from app.web.coding import etag_of
from app.web.listener import listener_of
from app.web.middleware import read_body
from app.web.site import Site

from . import service
from .policies import encode_policy
from .published import PublishedLog
from .witness import TEXT_TYPE, Answer, answer_refused
from .witnessing import Witness

router = APIRouter()

# A log that ticks every second asks half as often; whoever repeats old requests is not counted.
_GROWS_AT_MOST = 120
_GROWS_PER_S = 60
_MINUTE = {"Cache-Control": "public, max-age=60"}


async def get_log(request: Request) -> PublishedLog:
    """Deliver the published log to a handler."""
    log: PublishedLog = request.app.state.log
    return log


LogDep = Annotated[PublishedLog, Depends(get_log)]


@router.get(
    "/tlog/{path:path}",
    operation_id="readLog",
    tags=["log"],
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}, "text/plain": {}}}},
)
def read_log(path: str, log: LogDep) -> Response:
    """Return the log's checkpoint, a tile or a bundle of entries (C2SP tlog-tiles)."""
    publication, raw = log.read(f"tlog/{path}")
    kept_s = publication.lifetime_s
    lifetime = "max-age=31536000, immutable" if kept_s is None else f"max-age={kept_s}"
    headers = {"Cache-Control": f"public, {lifetime}", "ETag": etag_of(raw)}
    return Response(raw, headers=headers, media_type=publication.media_type)


@router.post("/witness/add-checkpoint", include_in_schema=False)
async def add_checkpoint(request: Request) -> Response:
    """Cosign a checkpoint of a log that this instance looks after, or say why not."""
    try:
        body = await read_body(request)
        answer = await run_in_threadpool(_answer, request, body)
    except AppError as error:
        answer = answer_refused(error)
    return Response(answer.body, answer.status, {"Content-Type": answer.media_type})


@router.get("/witness/{origin_hash}/checkpoint", include_in_schema=False)
def latest_checkpoint(request: Request, origin_hash: str) -> Response:
    """Return the last checkpoint that was cosigned of a log, for monitors."""
    witness: Witness = request.app.state.witness
    latest = witness.memory.find_latest(origin_hash)
    if latest is None:
        raise NotFoundError("nothing was cosigned of this log")
    return Response(latest.note.encode(), headers=_MINUTE, media_type=TEXT_TYPE)


@router.get("/.well-known/goftogu-policy", include_in_schema=False)
def policy(request: Request, log: LogDep) -> Response:
    """Return the policy that this host offers for its log: its witnesses, and most of them."""
    site: Site = request.app.state.site
    origin = listener_of(request.scope).origin
    with site.db.read() as work:
        found = service.make_policy(work, log.key, f"{origin}/tlog")
    return Response(encode_policy(found), headers=_MINUTE, media_type=TEXT_TYPE)


def _answer(request: Request, body: bytes) -> Answer:
    site: Site = request.app.state.site
    witness: Witness = request.app.state.witness
    if site.db.is_read_only:
        raise ReadOnlyError("this host only reads now")
    now = site.clock.now()
    admit = partial(
        site.gate.pass_through, "witness", now=now, most=_GROWS_AT_MOST, per_s=_GROWS_PER_S
    )
    return witness.answer(body, now, admit)

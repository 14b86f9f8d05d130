"""HTTP of the log's files. A front server may serve the same folder itself."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.web.coding import etag_of

from .published import PublishedLog

router = APIRouter()


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

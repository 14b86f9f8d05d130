"""Published files for programs and partners: each board's order, each table of results."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app import forum, opinion
from app.kernel.errors import NotFoundError
from app.opinion import store
from app.opinion.errors import NoTableError
from app.records.routes import parse_hex
from app.web.coding import etag_of
from app.web.site import Site

router = APIRouter()

# As often as the order is made anew.
_LIFETIME = {"Cache-Control": "public, max-age=600"}


@router.get("/opinion/{slug}/ground.json", operation_id="readGround", tags=["opinion"])
def ground_file(request: Request, slug: str) -> Response:
    """Return how many of each side a board's posts help, and the order that follows from it.

    `goftogu opinion recompute` computes it anew. Counts of fewer than ten people are not published,
    and the others are rounded to five.
    """
    site: Site = request.app.state.site
    with site.db.read() as work:
        board = forum.find_board(work, slug=slug)
        if board is None:
            raise NotFoundError("no such board")
        raw = opinion.encode_ground(work, board.did)
    request.state.subjects = frozenset({f"ground:{board.did}"})
    headers = {**_LIFETIME, "ETag": etag_of(raw)}
    return Response(raw, media_type="application/json", headers=headers)


@router.get("/tables/{digest}.csv", operation_id="readTable", tags=["opinion"])
def table_file(request: Request, digest: str) -> Response:
    """Return the table of results that a signed record names, by the record's digest.

    It is what the record says by SHA-256, and stays as it is when a later one is published.
    """
    site: Site = request.app.state.site
    with site.db.read() as work:
        table = store.find_table(work, parse_hex(digest))
    if table is None:
        raise NoTableError("no record of ours names a table by this digest")
    raw = table.encode()
    headers = {**_LIFETIME, "ETag": etag_of(raw)}
    return Response(raw, media_type="text/csv", headers=headers)

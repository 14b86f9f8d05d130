"""The published order of common ground: a file a board, for programs and partners."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app import forum, opinion
from app.kernel.errors import NotFoundError
from app.web.coding import etag_of
from app.web.site import Site

router = APIRouter()

# As often as the order is made anew.
_LIFETIME = {"Cache-Control": "public, max-age=600"}


@router.get("/opinion/{slug}/ground.json", operation_id="readGround", tags=["opinion"])
def read_ground(request: Request, slug: str) -> Response:
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

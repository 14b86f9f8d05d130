"""Language-free answers about boards, for programs."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.forum import store
from app.kernel import strict_json
from app.web.site import Site

router = APIRouter()


@router.get("/api/v1/boards", operation_id="listBoards", tags=["boards"])
def list_boards(request: Request) -> Response:
    """List this instance's boards, with all that decides whether and when they take a post."""
    site: Site = request.app.state.site
    with site.db.read() as work:
        boards = store.list_boards(work)
    body = strict_json.encode(
        {
            "boards": [
                {
                    "slug": board.slug,
                    "did": board.did,
                    "nameMap": dict(board.name),
                    "tick": board.tick_s,
                    "openers": board.openers.value,
                    "tags": list(board.tags),
                    "archived": board.is_archived,
                    "filters": list(board.filters),
                    "holdsFirst": board.holds_first,
                    "delay": board.delay_s,
                }
                for board, _ in boards
            ]
        }
    )
    return Response(body, media_type="application/json")

"""A reader says of a post whether it helps, or takes that back."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app import forum, identity, opinion
from app.db import Work
from app.forum import Post, ThreadSort
from app.forum.errors import UnknownPostError
from app.identity.routes.common import require_viewer
from app.kernel.errors import MalformedError
from app.opinion.errors import OwnPostError
from app.opinion.model import Helps
from app.records.routes import parse_hex
from app.web.visit import Posted, PostedDep

router = APIRouter()

_SAYS: Final = {"yes": Helps.YES, "no": Helps.NO}
_NOTHING: Final = "none"
_MOST_DIGITS: Final = 6


@router.post("/{language}/p/{digest}/rate")
def rate_submit(visit: PostedDep, digest: str) -> Response:
    said = visit.fields["helps"]
    if said not in {*_SAYS, _NOTHING}:
        raise MalformedError("not what a reader can say of a post")
    with visit.write() as work:
        post = _rate(work, visit, parse_hex(digest), said)
    return visit.see_other(_way_back(visit, post))


def _rate(work: Work, visit: Posted, digest: bytes, said: str) -> Post:
    viewer, marks_key = require_viewer(work, visit), visit.site.marks_key
    post = opinion.find_rated(work, digest)
    if said == _NOTHING:
        opinion.take_back(work, marks_key, viewer.root, post)
        return post
    if not forum.takes_rating(post):
        raise UnknownPostError("no such post to rate here")
    viewer = identity.look_in_thread(work, viewer, visit.session_token, post.thread)
    if viewer.wrote(post.author):
        # Also under a name for this thread, as far as this session can know it.
        raise OwnPostError("nobody rates what they wrote")
    opinion.rate(work, marks_key, viewer.root, post, _SAYS[said])
    return post


def _way_back(visit: Posted, post: Post) -> str:
    """Return where the button stood: in the thread, on that page and in that order, or alone."""
    if visit.fields["from"] != "thread":
        return visit.address(f"/p/{post.digest.hex()}#rate")
    page, query = visit.fields["page"], []
    if page.isascii() and page.isdecimal() and 0 < len(page) <= _MOST_DIGITS and int(page) > 1:
        query.append(f"page={int(page)}")
    if visit.fields["sort"] == ThreadSort.GROUND:
        query.append(f"sort={ThreadSort.GROUND}")
    path = f"/t/{post.thread}" + (f"?{'&'.join(query)}" if query else "")
    return visit.address(f"{path}#p{post.number}")

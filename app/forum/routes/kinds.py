"""Translating a post, and summing a thread up: composers of posts that are more than posts.

What they must be is decided at the door (room `opinion`), whoever brings them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app import identity
from app.crypto.multikey import decode_digest
from app.db import Work
from app.forum import rules, service, store
from app.forum.model import Post, PostKind, ThreadSort
from app.forum.pages import PostItem, TranslationItem
from app.identity.routes.common import require_viewer
from app.kernel.errors import MalformedError, NotFoundError
from app.records.routes import DoorDep, parse_hex
from app.web.visit import PostedDep, Visit, VisitDep

from .composing import Composition
from .writing import DraftId, compose, submit

router = APIRouter()

About = Annotated[str, Query(max_length=64)]


@router.get("/{language}/p/{digest}/translate")
def translate_form(
    visit: VisitDep, digest: str, about: About = "", draft: DraftId = ""
) -> Response:
    with visit.read() as work:
        named = parse_hex(about) if about else b""
        return compose(visit, work, _translation(work, visit, digest, named), draft)


@router.post("/{language}/p/{digest}/translate")
def translate_submit(visit: PostedDep, digest: str, door: DoorDep) -> Response:
    try:
        named = decode_digest(visit.fields["about"])
    except MalformedError:
        named = b""
    return submit(visit, door, lambda work: _translation(work, visit, digest, named))


@router.get("/{language}/t/{thread_id}/summarise")
def summarise_form(visit: VisitDep, thread_id: str, draft: DraftId = "") -> Response:
    with visit.read() as work:
        return compose(visit, work, _summary(work, visit, thread_id), draft)


@router.post("/{language}/t/{thread_id}/summarise")
def summarise_submit(visit: PostedDep, thread_id: str, door: DoorDep) -> Response:
    return submit(visit, door, lambda work: _summary(work, visit, thread_id))


def show_in(
    items: Iterable[PostItem], translated: Mapping[bytes, TranslationItem]
) -> tuple[PostItem, ...]:
    """Return posts with their translations before their own words, where there are any."""
    by_digest = {digest.hex(): item for digest, item in translated.items()}
    return tuple(replace(item, translation=by_digest.get(item.digest)) for item in items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """In which language a thread is read."""

    language: str
    """That of the page, for posts that somebody translated; empty for their own."""
    here: str
    """The thread's address, read so."""
    other: str
    """The same, read the other way."""


def choose_reading(visit: Visit, thread: str, wanted: str, *, by_ground: bool) -> Reading:
    """Return how a thread is read: as written, unless the page's own language is asked for.

    No other is offered: whoever reads another changes that of the page.
    """
    language = visit.language.code if wanted == visit.language.code else ""
    order = [f"sort={ThreadSort.GROUND}"] if by_ground else []
    here, other = (
        "&".join([*order, *([f"in={code}"] if code else [])])
        for code in (language, "" if language else visit.language.code)
    )
    base = visit.address(f"/t/{thread}")
    return Reading(
        language=language,
        here=f"{base}?{here}" if here else base,
        other=f"{base}?{other}" if other else base,
    )


def _translation(work: Work, visit: Visit, digest: str, named: bytes) -> Composition:
    """Translate a version of a post: the named one, else the one that readers see."""
    post = service.get_post(work, parse_hex(digest))
    if not post.has_words or post.kind is PostKind.TRANSLATION:
        raise NotFoundError("nothing to translate")
    versions = {version.digest: version for version in store.list_versions(work, post.digest)}
    version = versions.get(named, post.version)
    return replace(
        answer_to(work, visit, replace(post, version=version)),
        kind="translation",
        action=visit.address(f"/p/{digest}/translate"),
        said=PostKind.TRANSLATION,
        about=version.digest,
    )


def _summary(work: Work, visit: Visit, thread_id: str) -> Composition:
    thread = service.get_thread(work, thread_id)
    return replace(
        answer_to(work, visit, service.get_post(work, thread.opening)),
        kind="summary",
        action=visit.address(f"/t/{thread_id}/summarise"),
        said=PostKind.SUMMARY,
    )


def answer_to(work: Work, visit: Visit, parent: Post) -> Composition:
    """Return what is written in answer to a post of a thread that takes posts."""
    thread = service.get_thread(work, parent.thread)
    board = service.require_board(work, thread.board)
    rules.require_living(board)
    rules.require_open(thread.state)
    viewer = require_viewer(work, visit)
    return Composition(
        kind="reply",
        action="",
        board=board,
        viewer=identity.look_in_thread(work, viewer, visit.session_token, thread.id),
        thread=thread.id,
        parent=parent,
    )

"""HTTP of what is taken along: the shelf's files, one post as text and as a QR code."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, BinaryIO, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from app import forum, identity, records
from app.db import Work
from app.federation.folders import path_of_receipt, path_of_record
from app.federation.health.routes import language_router as health_router
from app.federation.pages import ShelfDay, ShelfPage, ShelvedBundle, TakePage
from app.federation.shelf import Shelf, Shelved
from app.federation.texts import encode_text
from app.forum import Post
from app.forum.pages.build import in_language
from app.kernel.errors import NotFoundError
from app.records import Door
from app.records.routes import DoorDep, parse_hex
from app.web.atom import MOST_ENTRIES, FeedEntry, render_feed
from app.web.coding import etag_by_sum, etag_of, is_known
from app.web.limits import BusyCircuitError
from app.web.listener import listener_of
from app.web.markup import direction_of
from app.web.middleware import read_body
from app.web.pages import Pager
from app.web.qr import MOST_QR_BYTES, draw_qr
from app.web.sentences import gettext_noop as _
from app.web.site import Site
from app.web.together import FILES_PATH, FILES_TYPE, encode_files, parse_paths
from app.web.visit import VisitDep

router = APIRouter()
language_router = APIRouter()
language_router.include_router(health_router)

DAYS_PER_PAGE: Final = 14
_ZIP: Final = "application/zip"
_TEXT: Final = "text/plain; charset=utf-8"
_PNG: Final = "image/png"
_PROBLEM: Final = "application/problem+json"
_digests = re.compile("[0-9a-f]{64}")
_PIECE_BYTES: Final = 65_536
# An hour at most, so that an erasure holds (DESIGN.md §7).
_SHARED_HOUR: Final = {"Cache-Control": "public, max-age=3600"}


async def get_shelf(request: Request) -> Shelf:
    """Deliver the shelf to a handler."""
    shelf: Shelf = request.app.state.shelf
    return shelf


ShelfDep = Annotated[Shelf, Depends(get_shelf)]


@router.get(
    "/bundles/{path:path}",
    operation_id="readBundle",
    tags=["bundles"],
    response_class=Response,
    responses={200: {"content": {_ZIP: {}, "text/plain": {}}}},
)
def bundle_file(request: Request, path: str, shelf: ShelfDep) -> Response:
    """Return a board's day, a day's bulletin, or SHA256SUMS, which lists them all."""
    if path.endswith(".zip"):
        return _archive(request, path, shelf)
    raw = shelf.read(path)
    headers = {**_SHARED_HOUR, "ETag": etag_of(raw)}
    return Response(raw, headers=headers, media_type=_TEXT)


@router.post(
    f"/{FILES_PATH}",
    operation_id="readFiles",
    tags=["records"],
    response_class=Response,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"text/plain": {"schema": {"type": "string"}}},
        }
    },
    responses={
        200: {"description": "As many as fit.", "content": {FILES_TYPE: {}}},
        400: {"description": "Not such paths, or too many.", "content": {_PROBLEM: {}}},
        413: {"description": "Too large.", "content": {_PROBLEM: {}}},
        429: {"description": "Too many in this time.", "content": {_PROBLEM: {}}},
    },
)
async def hand_out_files(request: Request, door: DoorDep) -> Response:
    """Return several records and receipts at once, for who copies a log over Tor."""
    site: Site = request.app.state.site
    if getattr(request.state, "is_busy", False):
        raise BusyCircuitError("too many requests by a circuit")
    paths = parse_paths(await read_body(request))
    return Response(await run_in_threadpool(_gather, site, door, paths), media_type=FILES_TYPE)


@router.get(
    "/posts/{digest}.txt",
    operation_id="readPostAsText",
    tags=["posts"],
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}},
)
def post_as_text(request: Request, digest: str) -> Response:
    """Return a post as text, its signed bytes below its words: `goftogu verify` checks both."""
    post, raw = _get_signed(request, digest)
    _share(request, post)
    text = encode_text(records.verify_record(records.parse_record(raw)))
    headers = {**_SHARED_HOUR, "ETag": etag_of(text)}
    return Response(text, headers=headers, media_type=_TEXT)


@router.get(
    "/posts/{digest}.png",
    operation_id="readPostAsQr",
    tags=["posts"],
    response_class=Response,
    responses={200: {"content": {_PNG: {}}}},
)
def post_as_qr(request: Request, digest: str) -> Response:
    """Return a QR code of a post's signed bytes, or of their address where they are too long."""
    post, raw = _get_signed(request, digest)
    _share(request, post)
    address = f"{listener_of(request.scope).origin}/records/{post.version.digest.hex()}"
    picture = draw_qr(raw if len(raw) <= MOST_QR_BYTES else address.encode())
    headers = {**_SHARED_HOUR, "ETag": etag_of(picture)}
    return Response(picture, headers=headers, media_type=_PNG)


@language_router.get("/{language}/bundles")
def shelf_page(
    visit: VisitDep, shelf: ShelfDep, page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        boards = {board.slug: board for board, _bare in forum.list_boards(work)}
    by_day: dict[str, list[Shelved]] = {}
    for file in shelf.list_files():
        by_day.setdefault(file.day.isoformat(), []).append(file)
    pages = max(1, -(-len(by_day) // DAYS_PER_PAGE))
    if page > pages:
        raise NotFoundError("beyond the last page")
    shown = list(by_day.values())[(page - 1) * DAYS_PER_PAGE : page * DAYS_PER_PAGE]

    def show(file: Shelved) -> ShelvedBundle:
        board = boards.get(file.board)
        return ShelvedBundle(
            path=file.path,
            board_name=in_language(board.name, visit.language.code) if board else file.board,
            part=file.part,
            kilobytes=-(-shelf.size(file.path) // 1000),
        )

    days = tuple(
        ShelfDay(
            day=files[0].day,
            bulletin_path=next((file.path for file in files if not file.board), ""),
            bundles=tuple(show(file) for file in files if file.board),
        )
        for files in shown
    )
    pager = Pager(page=page, pages=pages, base=visit.address("/bundles"))
    return visit.render(ShelfPage(days=days, pager=pager), viewer, section="boards")


@language_router.get("/{language}/bundles/feed.atom")
def shelf_feed(visit: VisitDep, shelf: ShelfDep) -> Response:
    """Return the files to take along; one that was made anew is another entry."""
    with visit.read() as work:
        boards = {board.slug: board for board, _bare in forum.list_boards(work)}
    sums = shelf.list_sums()

    def name(file: Shelved) -> str:
        if not file.board:
            return visit.translate(_("The day in short"))
        board = boards.get(file.board)
        said = in_language(board.name, visit.language.code) if board else file.board
        part = visit.translate(_("part %(n)s")) % {"n": visit.language.number(file.part)}
        return f"{said} {part}" if file.part else said

    entries = [
        FeedEntry(
            mark=f"bundle:{visit.site.instance_did}:{file.path}:{sums.get(file.path, '')[:16]}",
            title=f"{name(file)}, {visit.language.day(file.day)}",
            day=file.day,
            path=f"/bundles/{file.path}",
        )
        for file in shelf.list_files()[:MOST_ENTRIES]
    ]
    title = visit.translate(_("To take along"))
    return render_feed(visit, "bundles", title, "/bundles", entries)


@language_router.get("/{language}/p/{digest}/take")
def take_page(visit: VisitDep, digest: str) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        post, raw = _find_signed(work, digest)
        words = forum.list_titles(work, [post.thread])[post.thread]
    visit.share(f"thread:{post.thread}")
    title = words.title or ""
    page = TakePage(
        digest=post.digest.hex(),
        post_number=post.number or 0,
        title=title,
        title_language=words.language,
        title_direction=direction_of(title),
        state="whole" if len(raw) <= MOST_QR_BYTES else "linked",
        record_bytes=len(raw),
        most_bytes=MOST_QR_BYTES,
    )
    return visit.render(page, viewer, section="boards")


def _gather(site: Site, door: Door, paths: Sequence[str]) -> bytes:
    """Return files that are each at an address of its own as well, and nothing for others."""
    digests = {bytes.fromhex(name) for path in paths for name in _digests.findall(path)}
    with site.db.read() as work:
        found = records.list_records(work, digests)
    by_path = {path_of_record(each.digest): each for each in found}
    promised = {path_of_receipt(each.digest): each for each in found}

    def read(path: str) -> bytes | None:
        if path in promised:
            return door.make_receipt(promised[path]).raw
        record = by_path.get(path)
        return record.raw if record and record.is_public else None

    # One by one: receipts are signed as far as the answer goes.
    return encode_files(map(read, paths))


def _archive(request: Request, path: str, shelf: Shelf) -> Response:
    """Return a bundle piece by piece: memory holds no megabytes for whoever reads slowly."""
    # Before the file is open: what fails here leaves none open.
    known = shelf.list_sums().get(path)
    file, size = shelf.open(path)
    headers = {**_SHARED_HOUR, "Content-Length": str(size)}
    if known:
        headers["ETag"] = etag_by_sum(known)
        if is_known(headers["ETag"], request.headers.get("if-none-match", "")):
            file.close()
            del headers["Content-Length"]
            return Response(status_code=304, headers=headers)
    return _ArchiveResponse(file, headers)


class _ArchiveResponse(StreamingResponse):
    """An open file piece by piece, closed also when its reader leaves before the first."""

    def __init__(self, file: BinaryIO, headers: Mapping[str, str]) -> None:
        super().__init__(iter(partial(file.read, _PIECE_BYTES), b""), 200, headers, _ZIP)
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._file:
            await super().__call__(scope, receive, send)


def _get_signed(request: Request, digest: str) -> tuple[Post, bytes]:
    site: Site = request.app.state.site
    with site.db.read() as work:
        return _find_signed(work, digest)


def _find_signed(work: Work, digest: str) -> tuple[Post, bytes]:
    """Return a shown post, and the signed bytes of what it says now.

    Raises:
        NotFoundError: no such post, or its tick has not come.
        GoneError: it was erased.

    """
    post = forum.get_post(work, parse_hex(digest))
    return post, records.get_public_bytes(work, post.version.digest)


def _share(request: Request, post: Post) -> None:
    """Let the page cache keep an answer until the post's thread changes: a code is slow to draw."""
    request.state.subjects = frozenset({f"thread:{post.thread}"})

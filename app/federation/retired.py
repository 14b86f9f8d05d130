"""What is left of an instance that wound itself down: files that anyone may copy, and a page.

It needs no key and no database. What is no published file is the page, and gone for good (410).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar, Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.forum import Board
from app.forum.pages.build import in_language
from app.kernel.errors import AppError
from app.web.languages import Language
from app.web.listener import web_listener
from app.web.middleware import Fence
from app.web.pages import Page
from app.web.templating import Templates

from .folders import Folder
from .mirror_page import PAGE_PATH, SHEET_PATH, frame_parts

NOTICE: Final = "retired.json"
"""The record that winds the instance down, with its proof: in its folder, and published."""
_MOST_BYTES: Final = 64 * 1024**2
_STEP: Final = "[A-Za-z0-9_-][A-Za-z0-9_.-]*"
_path = re.compile(rf"(?:\.well-known/)?{_STEP}(?:/{_STEP})*")
_KINDS: Final = {".css": "text/css", ".json": "application/json", ".html": "text/html"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardHome:
    """Where a board is kept now."""

    board: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetiredPage(Page):
    """What the page says, in one language."""

    template: ClassVar[str] = "federation/retired.html"

    direction: str
    language_name: str
    name: str
    on: date
    homes: tuple[BoardHome, ...]
    ended: tuple[str, ...]


def render_retired(
    name: str,
    on: date,
    homes: Sequence[tuple[Board, str]],
    ended: Sequence[Board],
    templates: Templates,
    languages: Iterable[Language],
) -> bytes:
    """Return the page that readers of a retired instance see, in all languages.

    `homes` are boards that live on, each with the address of the host that keeps it.
    """
    return frame_parts(
        templates.render_piece(
            RetiredPage(
                direction=language.direction,
                language_name=language.name,
                name=name,
                on=on,
                homes=tuple(
                    BoardHome(board=in_language(board.name, language.code), address=address)
                    for board, address in homes
                ),
                ended=tuple(in_language(board.name, language.code) for board in ended),
            ),
            language,
        )
        for language in languages
    )


def create_retired_app(public: Path, origin: str) -> ASGIApp:
    """Build what serves the folder of a retired instance."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        answer = _answer(public, scope["path"])
        if scope["method"] not in {"GET", "HEAD"}:
            answer = PlainTextResponse("This host was wound down.\n", HTTPStatus.GONE)
        await answer(scope, receive, send)

    def crash(_request: Request, _error: Exception) -> Response:
        return PlainTextResponse("failed\n", HTTPStatus.INTERNAL_SERVER_ERROR)

    return Fence(serve, web_listener(origin), crash)


def _answer(public: Path, asked: str) -> Response:
    path = asked.removeprefix("/")
    with Folder(public) as files:
        raw = _find_file(files, path)
        if raw is not None:
            kind = _KINDS.get(Path(path).suffix, "application/octet-stream")
            return Response(raw, media_type=kind)
        page = files.read(PAGE_PATH, _MOST_BYTES) or b""
    status = HTTPStatus.OK if path == "healthz" or not path else HTTPStatus.GONE
    return Response(page, status, media_type="text/html")


def _find_file(files: Folder, path: str) -> bytes | None:
    if path.rpartition("/")[2] == SHEET_PATH:
        # The page names its sheet as of its own folder.
        path = SHEET_PATH
    if not _path.fullmatch(path):
        return None
    try:
        return files.read(path, _MOST_BYTES)
    except (AppError, OSError):
        return None

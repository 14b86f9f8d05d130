"""The web process: the application and how it answers when something cannot be done."""

from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from sqlalchemy.exc import DatabaseError, OperationalError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp

from app import forum, onion, tlog, wiring
from app.db import Work
from app.federation import health
from app.federation.partners.routes import router as partner_router
from app.federation.routes import language_router as federation_language_router
from app.federation.routes import router as federation_router
from app.forum.routes import record_router as forum_record_router
from app.forum.routes import router as forum_router
from app.forum.routes.live import FramedThread
from app.forum.routes.pacing import Pacing
from app.furnishing import build_site
from app.hearings.routes import record_router as hearings_record_router
from app.hearings.routes import router as hearings_router
from app.hearings.routes.live import FramedHearing
from app.identity.routes import router as identity_router
from app.identity.routes.probation import Probation
from app.kernel.errors import AppError, CorruptStateError, LimitError, UnavailableError
from app.listening.routes import router as listening_router
from app.moderation.routes import router as moderation_router
from app.opinion.routes import record_router as opinion_record_router
from app.opinion.routes import router as opinion_router
from app.opinion.routes import vote_router
from app.records.routes import router as record_router
from app.site import Tally
from app.site.pages import ErrorPage
from app.site.routes import language_router
from app.site.routes import router as site_router
from app.tlog.routes import router as log_router
from app.web.circuits import H11ByCircuit, PatientH11
from app.web.error_pages import sentences_of, status_of
from app.web.forms import Fields, carried_words
from app.web.holding import Holding
from app.web.languages import choose_language
from app.web.limits import REQUESTS_OF_CIRCUIT
from app.web.listener import onion_listener, staff_listener, web_listener
from app.web.logs import log_crash
from app.web.metrics import MEDIA_TYPE, Counting, render_metrics
from app.web.middleware import Fence, Tor2webError
from app.web.page_cache import MOST_AGE_ALONE_S, MOST_AGE_S, PageCache, PageCacheMiddleware
from app.web.places import Places
from app.web.server import Beside, open_beside
from app.web.sharing import forget_words
from app.web.site import Site
from app.web.visit import LoginNeededError, Visit

_LOG_IN_AGAIN: Final = {"login-needed", "wrong-passphrase", "locked-key"}
_FOR_PROGRAMS: Final = {
    "api", "records", "receipts", "posts", "bundles", "opinion", "hearings", "tlog", ".well-known",
    "healthz", "witness",
}  # fmt: skip
_CODES: Final = {404: "not-found", 405: "not-found", 413: "too-large"}
# Spans name addresses and browsers, and variables of the environment alone would send them away.
_TOLD_TO_NOBODY: Final[TelemetryConfig] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def create_app(house: wiring.House, listening_at: str, *, is_alone: bool = True) -> FastAPI:
    """Build the application of an opened instance, for the clear web.

    `is_alone` says that nobody but this process writes to the instance, such as its own worker.
    What comes in by another socket than the web's passes an `Entry` first, which says so.
    """
    app = FastAPI(
        title="Goftogu",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        redirect_slashes=False,
        telemetry=_TOLD_TO_NOBODY,
    )
    site: Site = build_site(house)
    app.state.site = site
    # Commands, imports and copies come by the door itself: limits are for who is not asked in.
    app.state.door = house.door.guarded(Probation(site.gate, site.instance_did), Pacing(site.gate))
    app.state.log = house.sequencer.published
    app.state.witness = wiring.open_witness(house)
    app.state.shelf = wiring.open_shelf(house)
    app.state.tally = Tally()
    # Says how the onion service is doing, where this process keeps it published.
    app.state.tell_onion = None
    _include_routes(app)
    # Starlette has no type for a handler of one kind of error: it writes `Exception` for all.
    app.add_exception_handler(AppError, _answer_app_error)  # type: ignore[arg-type]
    app.add_exception_handler(StarletteHTTPException, _answer_http_error)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(OperationalError, _answer_unavailable)
    app.add_exception_handler(DatabaseError, _answer_damaged)
    cache = _open_cache(house, site, is_alone=is_alone)
    app.add_middleware(PageCacheMiddleware, cache=cache)
    feeds = {"": FramedThread, "/hearing": FramedHearing}
    app.add_middleware(Holding, streams=site.streams, feeds=feeds, randomness=site.randomness)
    app.add_middleware(Counting, counters=house.db.counters)
    app.add_middleware(Places)
    # Once stewards have a way of their own, nobody looks after boards by another.
    app.state.has_staff_pages = not house.settings.staff_origin
    listener = web_listener(house.settings.origin or listening_at, site.onion)
    listener = replace(listener, has_staff_pages=app.state.has_staff_pages)
    app.add_middleware(
        Fence,
        listener=listener,
        on_crash=_answer_crash,
        quotas_used=lambda circuit: site.circuits.count(circuit, site.clock.now()),
    )
    return app


def _include_routes(app: FastAPI) -> None:
    # Routes are tried in their order: those of most requests stand first.
    app.include_router(record_router)
    app.include_router(partner_router)
    app.include_router(vote_router, include_in_schema=False)
    app.include_router(forum_router, include_in_schema=False)
    app.include_router(opinion_router, include_in_schema=False)
    app.include_router(hearings_router, include_in_schema=False)
    app.include_router(moderation_router, include_in_schema=False)
    app.include_router(listening_router, include_in_schema=False)
    for router in (
        log_router, federation_router, forum_record_router, opinion_record_router,
        hearings_record_router, site_router,
    ):  # fmt: skip
        app.include_router(router)
    for router in (identity_router, federation_language_router, language_router):
        app.include_router(router, include_in_schema=False)


def _open_cache(house: wiring.House, site: Site, *, is_alone: bool) -> PageCache:
    """Return the page cache, which hears of every change: here, and in other processes."""
    shared = house.shared

    def most_age_s() -> float:
        return MOST_AGE_S if shared is not None and shared.is_heard else MOST_AGE_ALONE_S

    cache = PageCache(
        most_age_s=None if is_alone and shared is None else most_age_s,
        is_shut=lambda: site.sign.line is not None,
    )
    house.db.listeners += [cache.forget, site.streams.hear]

    def hear(subjects: set[str], are_words_gone: bool) -> None:  # noqa: FBT001 (`shared.Heard`)
        house.db.hear(subjects)
        if are_words_gone:
            forget_words(site.templates)

    if shared is not None:
        shared.listen(hear, site.form_key)
    return cache


def open_onion(app: FastAPI, path: Path, *, tells_circuits: bool = True) -> Beside:
    """Open the socket that tor or its front reaches us by, for the address on the card.

    Where tor does not tell circuits, a line that does is a visitor's invention, and is not read.

    Raises:
        MalformedError: the card has none.
        OSError: the socket cannot be made there.

    """
    listener = onion_listener(app.state.site.onion)
    listener = replace(listener, has_staff_pages=app.state.has_staff_pages)
    return open_beside(app, listener, path, H11ByCircuit if tells_circuits else PatientH11)


def open_staff(app: FastAPI, origin: str, path: Path) -> Beside:
    """Open the stewards' socket: the same pages, and those by which boards are looked after.

    Raises:
        OSError: the socket cannot be made there.

    """
    return open_beside(app, staff_listener(origin), path, PatientH11)


def create_staff_app(
    house: wiring.House, listening_at: str, keeper: onion.Keeper | None = None
) -> ASGIApp:
    """Build what the operator's own programs ask, for a listener that nobody else can reach."""

    def metrics(_request: Request) -> Response:
        with house.db.read() as work:
            boards = {board.did: board.slug for board, _ in forum.list_boards(work)}
            waiting = tlog.count_pending(work)
            ages = {
                witness.name: witness.hours_since(work.now) for witness in tlog.list_witnessed(work)
            }
            red = _list_red(work)
        pending = dict.fromkeys(["house", *boards.values()], 0)
        for lane, count in waiting.items():
            pending[boards.get(lane, "house")] += count
        counts, service = house.db.counters.read(), _tell_onion(keeper)
        return Response(render_metrics(counts, pending, ages, service, red), media_type=MEDIA_TYPE)

    def healthz(_request: Request) -> Response:
        with house.db.read() as work:
            tlog.count_entries(work)
        return PlainTextResponse("ok\n")

    def crash(_request: Request, _error: Exception) -> Response:
        return PlainTextResponse("failed\n", 500)

    app = Starlette(routes=[Route("/metrics", metrics), Route("/healthz", healthz)])
    return Fence(app, staff_listener(listening_at), crash)


def _list_red(work: Work) -> dict[tuple[str, str], int]:
    """Return 1 for what the health page wants mended, 0 for the rest."""
    look = health.get_look(work)
    red = {(line.what, line.about): int(not line.is_good) for line in look.lines}
    return {**red, ("worker", ""): int(look.is_late(work.now))}


def _tell_onion(keeper: onion.Keeper | None) -> dict[str, int]:
    """Return how the onion service is doing, in numbers; nothing where we do not publish one."""
    if keeper is None:
        return {}
    status = keeper.status
    return {
        "onion_published": int(status.state is onion.State.PUBLISHED),
        "onion_introduction_points": status.introduction_points,
        "onion_effort": status.effort,
    }


def _answer_app_error(request: Request, error: AppError) -> Response:
    if isinstance(error, LoginNeededError) and request.method == "GET":
        code = _first_segment(request.scope["path"])
        back = request.scope["path"]
        if request.scope["query_string"]:
            back += "?" + request.scope["query_string"].decode("ascii", "ignore")
        return RedirectResponse(f"/{code}/login?next={quote(back)}", 303)
    if isinstance(error, UnavailableError):
        return _answer_unavailable(request, error)
    answer = _answer(request, status_of(error), error.code)
    if isinstance(error, LimitError) and error.wait_s:
        answer.headers["Retry-After"] = str(error.wait_s)
    return answer


def _answer_http_error(request: Request, error: HTTPException) -> Response:
    return _answer(request, error.status_code, _CODES.get(error.status_code, "failed"))


def _answer_invalid(request: Request, _error: Exception) -> Response:
    # The framework's own answer repeats the rejected value; ours says only that it was.
    # To a reader an address that says nothing we know is a page that is not there.
    if request.method == "GET":
        return _answer(request, 404, "not-found")
    return _answer(request, 400, "malformed")


def _answer_unavailable(request: Request, error: Exception) -> Response:
    code = error.code if isinstance(error, UnavailableError) else UnavailableError.code
    answer = _answer(request, 503, code)
    answer.headers["Retry-After"] = "5"
    return answer


def _answer_damaged(request: Request, error: Exception) -> Response:
    # SQLite names a disk that cannot be read so; the classes below it are mistakes of ours.
    if type(error) is not DatabaseError:
        raise error
    log_crash(error)
    return _answer_unavailable(request, error)


def _answer_crash(request: Request, error: Exception) -> Response:
    if isinstance(error, LimitError):
        answer = _answer_app_error(request, error)
        answer.headers["Retry-After"] = str(REQUESTS_OF_CIRCUIT.per_s)
        return answer
    if isinstance(error, Tor2webError):
        return _answer_app_error(request, error)
    if isinstance(error, CorruptStateError):
        return _answer(request, 500, error.code)
    return _answer(request, 500, "failed")


def _answer(request: Request, status: int, code: str) -> Response:
    """Answer a program with problem+json and a person with a page in their language."""
    site: Site = request.app.state.site
    path: str = request.scope["path"]
    sentences = sentences_of(code, status)
    site.db.counters.add("refusals", code)
    first = _first_segment(path)
    if first in _FOR_PROGRAMS:
        problem = {
            "type": f"urn:goftogu:error:{code}",
            "title": sentences.title,
            "status": status,
            "detail": sentences.explanation,
            "code": code,
        }
        return JSONResponse(problem, status, media_type="application/problem+json")
    code_of_language = first
    if first not in site.languages:
        accepted = request.headers.get("accept-language", "")
        code_of_language = choose_language(site.languages, accepted)
    language = site.languages[code_of_language]
    others = tuple(
        (
            other.code,
            other.direction,
            other.gettext(sentences.title),
            other.gettext(sentences.explanation),
        )
        for other in site.languages.values()
        if other.code != language.code
    )
    login_path = _login_path(request, first) if code in _LOG_IN_AGAIN else ""
    page = ErrorPage(
        status=status,
        code=code,
        title=language.gettext(sentences.title),
        explanation=language.gettext(sentences.explanation),
        others=others,
        kept_text=getattr(request.state, "kept_text", ""),
        login_path=login_path,
        carried=_carried(request) if "?" in login_path else {},
    )
    return Visit(request, language).render(page, status=status)


def _login_path(request: Request, language: str) -> str:
    """Return where to log in, leading back to the form that was sent, if its address has a page."""
    asked = {**request.scope, "method": "GET"}
    has_page = any(route.matches(asked)[0] is Match.FULL for route in request.app.routes)
    path = request.scope["path"]
    return f"/{language}/login" + (f"?next={quote(path)}" if has_page else "")


def _carried(request: Request) -> dict[str, str]:
    """Return what a composer held, and its place: where it is opened, without the language."""
    site: Site = request.app.state.site
    typed = Fields(getattr(request.state, "typed", {}))
    named = {"to": typed["reply"], "quote": typed["quote"]}
    query = urlencode({name: digest for name, digest in named.items() if digest})
    path = "/" + request.scope["path"].split("/", 2)[2]
    typed["place"] = f"{path}?{query}" if query else path
    return carried_words(typed, site.words)


def _first_segment(path: str) -> str:
    return path.removeprefix("/").split("/", 1)[0]

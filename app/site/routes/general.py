"""HTTP of the pages that belong to no single room."""

from contextlib import suppress
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import (
    HTMLResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)

from app import forum, identity, moderation
from app.db import Work
from app.forum.pages import build
from app.forum.routes.reading import thread_lines
from app.hearings.pages.boxes import list_boxes
from app.identity.pages.personas import KeyLine, PersonaPage, PersonaPost
from app.identity.routes import end_session
from app.identity.routes.probation import posts_left
from app.kernel.errors import NotFoundError, ReadOnlyError
from app.site import service
from app.site.pages import HomePage, LeavingPage, ProsePage, SettingsPage, Today
from app.web.coding import IDENTITY, choose_coding
from app.web.forms import parse_outgoing, safe_path
from app.web.languages import SOURCE_LANGUAGE, choose_language
from app.web.listener import Kind, listener_of
from app.web.markup import direction_of, excerpt, render_prose
from app.web.qr import draw_qr
from app.web.reader import READER_COOKIE, choose_reader
from app.web.sentences import gettext_noop as _
from app.web.site import Site
from app.web.visit import THEME_COOKIE, LeavingDep, Visit, VisitDep

router = APIRouter()
language_router = APIRouter()

YEAR_S: Final = 365 * 86_400
PERSONA_POSTS: Final = 20
_EXCERPT_CHARACTERS: Final = 280
_LATEST_ON_FRONT: Final = 6
MAX_OUTGOING_CHARACTERS: Final = 2_000
_PROSE: Final = {"safety", "about", "rules", "help", "context"}
_ACTIVITY: Final = "application/activity+json"
_SHARED_CARD: Final = {"Cache-Control": "public, max-age=300"}


@router.get("/", include_in_schema=False)
def front_door(request: Request) -> Response:
    """Lead to the front page in the reader's language, as far as the browser says it."""
    site: Site = request.app.state.site
    code = choose_language(site.languages, request.headers.get("accept-language", ""))
    return RedirectResponse(f"/{code}/", 302)


@router.get("/exit", include_in_schema=False)
def leave(request: Request) -> Response:
    """End the session and show a page that names nothing, without asking."""
    site: Site = request.app.state.site
    # In the browser's own language or in English: any other could tell where somebody was.
    languages = {SOURCE_LANGUAGE: site.languages[SOURCE_LANGUAGE], **site.languages}
    code = choose_language(languages, request.headers.get("accept-language", ""))
    visit = Visit(request, languages[code])
    desk = request.cookies.get(visit.listener.desk_cookie_name, "")
    with suppress(ReadOnlyError), site.db.write() as work:
        identity.close_session(work, visit.session_token)
        moderation.leave_desk(work, desk)
    is_onion = visit.listener.kind is Kind.ONION
    template = "site/exit_onion.html" if is_onion else "site/exit.html"
    answer = end_session(visit, HTMLResponse(site.templates.source(template, visit.language)))
    if desk:
        expired = visit.listener.set_cookie(visit.listener.desk_cookie_name, "", seconds=0)
        answer.headers.append("Set-Cookie", expired)
    return answer


@router.get(
    "/.well-known/goftogu",
    operation_id="instanceCard",
    tags=["instance"],
    response_class=Response,
    responses={200: {"content": {_ACTIVITY: {}}}},
)
def instance_card(request: Request) -> Response:
    """Return the instance's signed card."""
    site: Site = request.app.state.site
    with site.db.read() as work:
        raw = service.get_signed_card(work)
    return Response(raw, headers=_SHARED_CARD, media_type=_ACTIVITY)


@router.get(
    "/.well-known/goftogu.png",
    operation_id="instanceCardAsQr",
    tags=["instance"],
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}},
)
def instance_card_as_qr(request: Request) -> Response:
    """Return a QR code of the instance's signed card."""
    site: Site = request.app.state.site
    with site.db.read() as work:
        raw = service.get_signed_card(work)
    return Response(draw_qr(raw), headers=_SHARED_CARD, media_type="image/png")


@router.get("/healthz", operation_id="health", tags=["instance"], response_class=PlainTextResponse)
def health(request: Request) -> Response:
    """Say that the process answers and its database reads."""
    site: Site = request.app.state.site
    with site.db.read() as work:
        service.get_card(work)
    return PlainTextResponse("ok\n")


@router.get("/robots.txt", include_in_schema=False)
def robots() -> Response:
    """Ask crawlers to leave the forms alone; reading is free."""
    return PlainTextResponse("User-agent: *\nDisallow: /*/join\nDisallow: /*/login\n")


@router.get("/static/{version}/{name}", include_in_schema=False)
def static_file(request: Request, version: str, name: str) -> Response:  # noqa: ARG001 (the version names the set)
    site: Site = request.app.state.site
    file = site.static.find(name)
    if file is None:
        raise NotFoundError("no such file")
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "ETag": file.etag,
        "Vary": "Accept-Encoding",
    }
    accepted = ",".join(request.headers.getlist("accept-encoding"))
    coding = choose_coding(accepted.encode("latin-1"), listener_of(request.scope).codings)
    if coding != IDENTITY:
        headers["Content-Encoding"] = coding
    return Response(file.bodies[coding], headers=headers, media_type=file.media_type)


@language_router.get("/{language}/")
def home_page(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        boards = forum.list_boards(work)
        by_did = {board.did: board for board, _ in boards}
        newest, _ = forum.list_threads(work, board=None, sort=forum.ThreadSort.REPLY, page=1)
        hands = forum.list_hands_muted(work, viewer)
        consultations = list_boxes(visit.site.instance_did, work)
    visit.share(forum.FRONT, identity.NAMES)
    today, rest = _choose_today(newest, visit, hands), newest
    lines = thread_lines(rest, by_did, visit, hands)
    chosen = None
    if today is not None:
        line = lines[rest.index(today)]
        text = today.opening.version.text.markdown
        chosen = Today(thread=line, excerpt=excerpt(text, _EXCERPT_CHARACTERS))
    latest = [
        line for line in lines if line.has_words and (chosen is None or line.id != chosen.thread.id)
    ]
    code = visit.language.code
    page = HomePage(
        today=chosen,
        consultations=tuple(consultations),
        latest=tuple(latest[:_LATEST_ON_FRONT]),
        boards=tuple(build.board_line(board, count, code) for board, count in boards),
    )
    return visit.render(page, viewer)


@language_router.get("/{language}/settings")
def settings_form(
    visit: VisitDep, next_path: Annotated[str, Query(alias="next", max_length=300)] = ""
) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
    back = safe_path(next_path, fallback=visit.address("/"))
    page = SettingsPage(
        theme=visit.theme,
        calendar=visit.reader.calendar,
        digits=visit.reader.digits,
        size=visit.reader.size,
        zone=visit.reader.zone,
        next_path=back,
    )
    return visit.render(page, viewer)


@language_router.post("/{language}/settings")
def settings_submit(visit: LeavingDep) -> Response:
    response = visit.see_other(safe_path(visit.fields["next"], fallback=visit.address("/")))
    fields = visit.fields
    if "calendar" in fields:
        chosen = (fields[name] for name in ("calendar", "digits", "size", "zone"))
        value = choose_reader(*chosen).encode()
        cookie_name = READER_COOKIE
    else:
        cookie_name = THEME_COOKIE
        value = fields["theme"] if fields["theme"] in {"light", "dark"} else ""
    cookie = visit.listener.set_cookie(cookie_name, value, seconds=YEAR_S if value else 0)
    response.headers.append("Set-Cookie", cookie)
    return response


@language_router.get("/{language}/persona")
def own_persona(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
    if viewer is None:
        return visit.see_other(visit.address("/login"))
    return visit.see_other(visit.address(f"/persona/{viewer.fingerprint.replace(' ', '')}"))


@language_router.get("/{language}/persona/{mark}")
def persona_page(visit: VisitDep, mark: str) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        page = _persona(visit, work, viewer, mark)
    visit.share(forum.FRONT, identity.NAMES)
    return visit.render(page, viewer, section="persona" if page.is_own else "")


@language_router.get("/{language}/leaving")
def leaving_page(
    visit: VisitDep, to: Annotated[str, Query(max_length=MAX_OUTGOING_CHARACTERS)]
) -> Response:
    """Show where a link leads. It never leads there by itself: it serves nobody as a redirect."""
    host = parse_outgoing(to)
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
    return visit.render(LeavingPage(host=host, to=to, is_onion=host.endswith(".onion")), viewer)


@language_router.get("/{language}/{slug}")
def prose_page(visit: VisitDep, slug: str) -> Response:
    if slug not in _PROSE:
        raise NotFoundError("no such page")
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
    titles = {
        "safety": visit.translate(_("Safety")),
        "about": visit.translate(_("About")),
        "rules": visit.translate(_("Rules")),
        "help": visit.translate(_("Help")),
        "context": visit.translate(_("How context comes to be shown")),
    }
    body = render_prose(visit.language.prose(slug))
    visit.share("prose")
    return visit.render(ProsePage(slug=slug, title=titles[slug], body=body), viewer)


def _choose_today(
    newest: list[forum.ThreadSummary], visit: Visit, hands: frozenset[str]
) -> forum.ThreadSummary | None:
    """Return the liveliest of the newest threads, in the reader's language if there is one."""
    shown = [
        item
        for item in newest
        if item.opening.has_words
        and not item.opening.is_sensitive
        and item.opening.author.hand not in hands
    ]
    code = visit.language.code
    same = [item for item in shown if item.opening.version.text.language == code]
    return max(same or shown, key=lambda item: item.thread.post_count, default=None)


def _persona(visit: Visit, work: Work, viewer: identity.Viewer | None, mark: str) -> PersonaPage:
    """Show a persona, or a key that posts without a card, by its fingerprint."""
    lone = identity.find_lone_key(work, identity.spaced(mark))
    name: str | None = None
    card: str | None = None
    rows: list[tuple[str, str, str, str]] = []
    if lone is not None:
        did, dids = lone, [lone]
    else:
        persona = identity.get_persona(work, mark)
        rows = identity.list_keys(work, persona.root)
        name, did, dids = persona.name, persona.root, [row[0] for row in rows]
        # Of an erased persona neither the name is left nor the card.
        card = persona.card_digest.hex() if name else None
    authors = identity.list_authors(work, dids)
    is_for_thread = lone is not None and any(author.thread for author in authors)
    offices = visit.site.find_offices(work, authors)
    boards = {board.did: board for board, _ in forum.list_boards(work)}
    posts = forum.list_by_authors(work, dids, PERSONA_POSTS)
    used = {post.author.did for post in posts}
    # Keys that were revoked before they ever signed are nobody's concern.
    keys = tuple(
        KeyLine(fingerprint=mark_, custody=custody, state=state)
        for did_, mark_, custody, state in rows
        if state != "revoked" or did_ in used
    )
    titles = forum.list_titles(work, [post.thread for post in posts])
    homes = forum.list_homes(work, titles)
    is_own = viewer is not None and viewer.fingerprint == identity.spaced(mark)
    return PersonaPage(
        name=name,
        fingerprint=identity.spaced(mark),
        is_for_thread=is_for_thread,
        did=did,
        keys=keys,
        card_digest=card,
        posts=tuple(
            PersonaPost(
                digest=post.digest.hex(),
                number=post.number or 0,
                title=titles[post.thread].title or "",
                title_language=titles[post.thread].language,
                title_direction=direction_of(titles[post.thread].title or ""),
                board_name=build.in_language(boards[homes[post.thread]].name, visit.language.code),
                day=post.day,
                imported=(post.origin.author or "") if post.origin else None,
            )
            for post in posts
        ),
        post_count=forum.count_by_authors(work, dids),
        is_own=is_own,
        limit=identity.find_limit(work, did),
        is_muted=viewer is not None and forum.has_muted(work, viewer.root, did),
        office=offices.get(identity.spaced(mark)),
        posts_left=posts_left(work, visit.site.gate, did) if is_own else None,
    )

"""Pages for stewards: the list of boards, a board's settings, a thread's state."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, TypeVar

from fastapi import APIRouter
from starlette.responses import Response

from app import identity
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did, fingerprint
from app.db import Work
from app.forum import forms, service, store
from app.forum.model import Board, Openers, ThreadMark, ThreadState
from app.forum.pages import BoardKeyPage, BoardSettingsPage, BoardTexts, ManagePage, build
from app.identity.routes.common import require_viewer
from app.kernel.clock import DAY_S, HOUR_S, MINUTE_S
from app.kernel.errors import AppError, ForbiddenError, MalformedError, NotFoundError
from app.records.routes import DoorDep
from app.web.error_pages import status_of
from app.web.languages import Language
from app.web.pages import FieldErrors
from app.web.visit import Posted, PostedDep, Visit, VisitDep

from .handing import explain

router = APIRouter()

TICKS: Final = (1, 5 * MINUTE_S, 15 * MINUTE_S, 30 * MINUTE_S, HOUR_S)
DELAYS: Final = (MINUTE_S, 5 * MINUTE_S, 15 * MINUTE_S, HOUR_S, 6 * HOUR_S, DAY_S)
_KEY_BYTES: Final = 32
_Done = TypeVar("_Done", Response, BoardKeyPage)

_EMPTY: Final = forms.SettingsForm(
    slug="",
    name={},
    purpose={},
    rules={},
    tick_s=15 * MINUTE_S,
    openers=Openers.ANYONE,
    tags=(),
    filters=(),
    holds_first=False,
    delay_s=0,
    is_archived=False,
    previous="",
    errors={},
)


@router.get("/{language}/boards/manage")
def manage_page(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = require_steward(work, visit)
        boards = store.list_boards(work)
    lines = tuple(build.board_line(board, count, visit.language.code) for board, count in boards)
    return visit.render(ManagePage(boards=lines), viewer, section="boards")


@router.post("/{language}/boards/manage/move")
def move_submit(visit: PostedDep, door: DoorDep) -> Response:
    with visit.write() as work:
        require_steward(work, visit)
        step = -1 if visit.fields["do"] == "up" else 1
        service.move_board(work, door, visit.fields["slug"], step)
    return visit.see_other(visit.address("/boards/manage"))


@router.get("/{language}/boards/manage/new")
def new_board_form(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = require_steward(work, visit)
        form = _EMPTY
    return visit.render(_page(visit, form, None), viewer, section="boards")


@router.post("/{language}/boards/manage/new")
def new_board_submit(visit: PostedDep, door: DoorDep) -> Response:
    form = _read_form(visit, None)

    def found(work: Work) -> BoardKeyPage:
        key = SigningKey(work.randomness.token_bytes(_KEY_BYTES))
        board = Board(
            did=encode_did(key.public),
            slug=form.slug,
            fingerprint=fingerprint(key.public),
            name=form.name,
            purpose=form.purpose,
            rules=form.rules,
            tick_s=form.tick_s,
            openers=form.openers,
            founded_on=service.today(work),
            home=door.instance_did,
        )
        founded = service.found_board(work, door, board, key, door.key)
        asked = replace(
            founded,
            tags=form.tags,
            filters=form.filters,
            holds_first=form.holds_first,
            delay_s=form.delay_s,
        )
        if asked != founded:
            service.change_board(work, door, asked)
        return BoardKeyPage(
            slug=board.slug,
            name=build.in_language(board.name, visit.language.code),
            fingerprint=board.fingerprint,
            key=key.seed().hex(),
        )

    done = _act(visit, form, None, found)
    if isinstance(done, Response):
        return done
    with visit.read() as work:
        viewer = require_steward(work, visit)
    return visit.render(done, viewer, section="boards")


@router.get("/{language}/boards/manage/{slug}")
def settings_form(visit: VisitDep, slug: str) -> Response:
    with visit.read() as work:
        viewer = require_steward(work, visit)
        board = service.get_board(work, slug)
        previous = service.settings_head(work, board)
    form = forms.SettingsForm(
        slug=board.slug,
        name=dict(board.name),
        purpose=dict(board.purpose),
        rules=dict(board.rules),
        tick_s=board.tick_s,
        openers=board.openers,
        tags=board.tags,
        filters=board.filters,
        holds_first=board.holds_first,
        delay_s=board.delay_s,
        is_archived=board.is_archived,
        previous=previous,
        errors={},
    )
    return visit.render(_page(visit, form, board), viewer, section="boards")


@router.post("/{language}/boards/manage/{slug}")
def settings_submit(visit: PostedDep, slug: str, door: DoorDep) -> Response:
    with visit.read() as work:
        require_steward(work, visit)
        board = service.get_board(work, slug)
    form = _read_form(visit, board)

    def change(work: Work) -> Response:
        changed = replace(
            service.get_board(work, slug),
            # Texts in languages that this host has no pages in stay as they are.
            name=_with_others(board.name, form.name, visit),
            purpose=_with_others(board.purpose, form.purpose, visit),
            rules=_with_others(board.rules, form.rules, visit),
            tick_s=form.tick_s,
            openers=form.openers,
            tags=form.tags,
            filters=form.filters,
            holds_first=form.holds_first,
            delay_s=form.delay_s,
            is_archived=form.is_archived,
        )
        service.change_board(work, door, changed, previous=form.previous)
        return visit.see_other(visit.address("/boards/manage"))

    return _act(visit, form, board, change)


@router.post("/{language}/t/{thread_id}/state")
def thread_state_submit(visit: PostedDep, thread_id: str, door: DoorDep) -> Response:
    state = visit.fields["state"]
    if state not in set(ThreadState):
        raise MalformedError("not a state of threads")
    mark = ThreadMark(is_pinned=bool(visit.fields["pinned"]), state=ThreadState(state))
    with visit.write() as work:
        require_steward(work, visit)
        thread = service.get_thread(work, thread_id)
        service.mark_thread(work, door, thread, mark, previous=visit.fields["previous"])
    return visit.see_other(visit.address(f"/t/{thread_id}#stewards"))


def require_steward(work: Work, visit: Visit) -> identity.Viewer:
    """Return the steward who is logged in.

    Raises:
        NotFoundError: boards are looked after on another listener.
        LoginNeededError: nobody is logged in.
        ForbiddenError: whoever is, is no steward.

    """
    if not visit.listener.has_staff_pages:
        raise NotFoundError("stewards have a way in of their own")
    viewer = require_viewer(work, visit)
    if not identity.is_steward(work, viewer):
        raise ForbiddenError("no steward")
    return viewer


def _act(
    visit: Posted, form: forms.SettingsForm, board: Board | None, act: Callable[[Work], _Done]
) -> _Done | Response:
    """Do what the form asks for; whatever is wrong, what was typed stays in it."""
    with visit.read() as work:
        viewer = require_steward(work, visit)
    if form.errors:
        return visit.render(_page(visit, form, board), viewer, section="boards", status=400)
    try:
        with visit.write() as work:
            require_steward(work, visit)
            return act(work)
    except AppError as error:
        page = _page(visit, form, board, explain(visit, error))
        return visit.render(page, viewer, section="boards", status=status_of(error))


def _read_form(visit: Posted, board: Board | None) -> forms.SettingsForm:
    return forms.parse_settings(
        visit.fields,
        languages=[language.code for language in _languages(visit)],
        ticks=_ticks_of(board),
        delays=_delays_of(board),
        is_new=board is None,
    )


def _languages(visit: Visit) -> list[Language]:
    """Return the languages of a board's texts, the steward's own first."""
    own = visit.language
    return sorted(visit.site.languages.values(), key=lambda language: language.code != own.code)


def _with_others(before: Mapping[str, str], typed: dict[str, str], visit: Visit) -> dict[str, str]:
    kept = {code: text for code, text in before.items() if code not in visit.site.languages}
    return {**kept, **typed}


def _ticks_of(board: Board | None) -> tuple[int, ...]:
    """Return the ticks to choose from; a board may have been founded with another."""
    return tuple(sorted({*TICKS, *((board.tick_s,) if board else ())}))


def _delays_of(board: Board | None) -> tuple[int, ...]:
    return tuple(sorted({0, *DELAYS, *((board.delay_s,) if board else ())}))


def _page(
    visit: Visit,
    form: forms.SettingsForm,
    board: Board | None,
    refusal: FieldErrors | None = None,
) -> BoardSettingsPage:
    errors = {name: visit.translate(sentence) for name, sentence in form.errors.items()}
    texts = tuple(
        BoardTexts(
            code=language.code,
            language=language.name,
            direction=language.direction,
            name=form.name.get(language.code, ""),
            purpose=form.purpose.get(language.code, ""),
            rules=form.rules.get(language.code, ""),
        )
        for language in _languages(visit)
    )
    return BoardSettingsPage(
        is_new=board is None,
        action=visit.address(f"/boards/manage/{board.slug if board else 'new'}"),
        slug=form.slug,
        heading=build.in_language(board.name, visit.language.code) if board else "",
        texts=texts,
        ticks=tuple((tick_s, tick_s // MINUTE_S) for tick_s in _ticks_of(board)),
        tick_s=form.tick_s,
        openers=form.openers.value,
        tags="\n".join(form.tags),
        filters="\n".join(form.filters),
        holds_first=form.holds_first,
        delays=tuple((delay_s, delay_s // MINUTE_S) for delay_s in _delays_of(board)),
        delay_s=form.delay_s,
        is_archived=form.is_archived,
        previous=form.previous,
        errors=refusal or FieldErrors(by_field=errors),
    )

"""Undoing what a desk did, one's own or another's, and ending another desk's term."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.db import Work
from app.kernel.clock import day_of
from app.kernel.errors import NotFoundError
from app.moderation import service, store
from app.moderation.forms.deciding import (
    DecisionForm,
    empty_decision,
    parse_decision,
    reasons_errors,
)
from app.moderation.model import Action, Desk, DeskSession, Reasons, Role, Scope, Source
from app.moderation.pages.seconding import ActsPage
from app.records.registry.acts import MOST_UNDONE
from app.records.routes import DoorDep
from app.web.languages import parse_day
from app.web.pages import FieldErrors
from app.web.sentences import gettext_noop as _
from app.web.visit import DeskDep, DeskPosted, DeskPostedDep, Visit

from .common import Refill, act_at_desk, at_desk, desk_line, done, refuse_fields, rule_choices
from .desk import read_number
from .showing import action_line, can_be_undone

router = APIRouter()

_NO_DESK: Final = _("No desk has this number.")
_NO_DAY: Final = _("Write a day as 2026-11-22, in either calendar.")


@router.get("/{language}/desk/acts")
def acts_page(
    visit: DeskDep,
    desk: Annotated[str, Query(max_length=20)] = "",
    since: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    return at_desk(
        visit,
        lambda work, session: _page(
            work, visit, session, desk, since, empty_decision(), FieldErrors()
        ),
    )


@router.post("/{language}/desk/acts")
def acts_submit(visit: DeskPostedDep, door: DoorDep) -> Response:
    """Undo what is listed, or one act of it: a desk its own, or a proposal where others acted."""
    form = parse_decision(visit.fields, ())
    refill = _refill(visit, form)
    if errors := reasons_errors(form) | _day_errors(visit.fields["since"]):
        return refuse_fields(visit, errors, refill)

    def undo(work: Work, at: service.AtDesk) -> Response:
        acting = _find_desk(work, at.session.desk, visit.fields["desk"])
        listed = _list_acts(work, at.session.desk, acting, _read_day(work, visit.fields["since"]))
        one = visit.fields["act"]
        digests = [act.digest for act in listed if not one or act.digest.hex() == one]
        if not digests:
            raise NotFoundError("nothing to undo")
        found = service.undo(work, door, at, digests, _reasons(work, visit, form))
        return done(visit, "/desk", "undone" if isinstance(found, Action) else "proposed")

    return act_at_desk(visit, undo, refill)


@router.post("/{language}/desk/acts/close")
def close_submit(visit: DeskPostedDep, door: DoorDep) -> Response:
    """Propose to end another desk's term."""
    form = parse_decision(visit.fields, ())
    refill = _refill(visit, form)
    if errors := reasons_errors(form):
        return refuse_fields(visit, errors, refill)

    def close(work: Work, at: service.AtDesk) -> Response:
        other = _find_desk(work, at.session.desk, visit.fields["desk"])
        service.close_desk(work, door, at, other.did, _reasons(work, visit, form))
        return done(visit, "/desk", "proposed")

    return act_at_desk(visit, close, refill)


def _page(
    work: Work,
    visit: Visit,
    session: DeskSession,
    number: str,
    since: str,
    typed: DecisionForm,
    errors: FieldErrors,
) -> ActsPage:
    own = session.desk
    try:
        acting = _find_desk(work, own, number)
    except NotFoundError:
        acting = own
        errors = FieldErrors(by_field={**errors.by_field, "desk": visit.translate(_NO_DESK)})
    day = day_of(work.now) if _day_errors(since) else _read_day(work, since)
    acts = _list_acts(work, own, acting, day)
    return ActsPage(
        desk=desk_line(work, visit, own),
        desk_number=acting.number,
        since=day.isoformat(),
        is_own=acting.did == own.did,
        acts=tuple(action_line(work, visit, act) for act in acts),
        may_close=own.role is Role.STEWARD and acting.did != own.did,
        rules=rule_choices(visit),
        typed=typed if typed.rule or not acts else replace(typed, rule=acts[0].rule.value),
        errors=errors,
    )


def _refill(visit: DeskPosted, form: DecisionForm) -> Refill:
    def refill(work: Work, session: DeskSession, errors: FieldErrors) -> ActsPage:
        number, since = visit.fields["desk"], visit.fields["since"]
        return _page(work, visit, session, number, since, form, errors)

    return refill


def _find_desk(work: Work, own: Desk, typed: str) -> Desk:
    """Return the desk with a number; without one, the own.

    Raises:
        NotFoundError: there is none.

    """
    if not typed:
        return own
    number = read_number(typed)
    found = next((desk for desk in store.list_desks(work) if desk.number == number), None)
    if found is None:
        raise NotFoundError("no such desk")
    return found


def _list_acts(work: Work, own: Desk, acting: Desk, since: date) -> list[Action]:
    """Return what can be undone of a desk's acts, the newest first: as many as one act undoes."""
    found = [
        act
        for act in store.list_actions_of(work, acting.did, since=since)
        if can_be_undone(act) and own.covers(act.board)
    ]
    return found[:MOST_UNDONE]


def _reasons(work: Work, visit: DeskPosted, form: DecisionForm) -> Reasons:
    reasons = form.reasons(visit.language.code, day_of(work.now), Scope.INSTANCE, Source.OWN)
    return replace(reasons, until=None)


def _day_errors(typed: str) -> dict[str, str]:
    try:
        if typed:
            parse_day(typed)
    except ValueError:
        return {"since": _NO_DAY}
    return {}


def _read_day(work: Work, typed: str) -> date:
    return parse_day(typed) if typed else day_of(work.now)

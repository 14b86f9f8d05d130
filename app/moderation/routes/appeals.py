"""Appeals: reading what an author says against an act, and answering as somebody else."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app.db import Work
from app.kernel.clock import HOUR_S, day_of
from app.kernel.errors import NotFoundError
from app.moderation import service, store
from app.moderation.errors import CaseDecidedError
from app.moderation.forms.deciding import (
    DecisionForm,
    empty_decision,
    parse_decision,
    reasons_errors,
)
from app.moderation.model import Action, Appeal, Desk, DeskSession, Outcome, Reasons, SubjectKind
from app.moderation.pages.naming import KIND_NAMES, OUTCOME_NAMES
from app.moderation.pages.seconding import AppealLine, AppealPage, AppealsPage
from app.records.routes import DoorDep, parse_hex
from app.web.pages import FieldErrors
from app.web.rules import rule_name
from app.web.sentences import gettext_noop as _
from app.web.visit import DeskDep, DeskPosted, DeskPostedDep, Visit

from .common import (
    act_at_desk,
    at_desk,
    board_names,
    choices,
    desk_line,
    done,
    refuse_fields,
    rule_choices,
)
from .showing import action_line, reasons_line, subject_line

router = APIRouter()

MOST_ANSWER: Final = 2_000


@router.get("/{language}/desk/appeals")
def appeals_page(visit: DeskDep) -> Response:
    def make(work: Work, session: DeskSession) -> AppealsPage:
        names, waiting = board_names(work, visit), store.list_appeals(work)
        lines = (_line(work, visit, session.desk, appeal, names) for appeal in waiting)
        return AppealsPage(
            desk=desk_line(work, visit, session.desk),
            appeals=tuple(line for line in lines if line is not None),
        )

    return at_desk(visit, make)


@router.get("/{language}/desk/appeals/{digest}")
def appeal_page(visit: DeskDep, digest: str) -> Response:
    return at_desk(
        visit,
        lambda work, session: _page(work, visit, session, parse_hex(digest), None, FieldErrors()),
    )


@router.post("/{language}/desk/appeals/{digest}")
def appeal_submit(visit: DeskPostedDep, digest: str, door: DoorDep) -> Response:
    form, found = parse_decision(visit.fields, ()), parse_hex(digest)
    outcome, answer = visit.fields["outcome"], visit.fields["answer"].strip()

    def refill(work: Work, session: DeskSession, errors: FieldErrors) -> AppealPage:
        return _page(work, visit, session, found, form, errors)

    errors = reasons_errors(form)
    if outcome not in set(Outcome):
        errors["outcome"] = _("Choose an outcome.")
    if not 0 < len(answer) <= MOST_ANSWER:
        errors["answer"] = _("Tell the author what you found, in at most 2000 characters.")
    if errors:
        return refuse_fields(visit, errors, refill)

    def decide(work: Work, at: service.AtDesk) -> Response:
        appeal = store.find_appeal(work, found)
        if appeal is not None and appeal.outcome is not None:
            raise CaseDecidedError("somebody answered the appeal")
        acted = service.read_act(work, service.get_action(work, found)).decision.reasons
        reasons = form.reasons(visit.language.code, day_of(work.now), acted.scope, acted.source)
        reply = service.Answer(outcome=Outcome(outcome), reasons=_for_good(reasons), text=answer)
        service.decide_appeal(work, door, at, found, reply)
        return done(visit, "/desk", "answered")

    return act_at_desk(visit, decide, refill)


def _page(
    work: Work,
    visit: Visit,
    session: DeskSession,
    digest: bytes,
    form: DecisionForm | None,
    errors: FieldErrors,
) -> AppealPage:
    appeal, desk = store.find_appeal(work, digest), session.desk
    line = _line(work, visit, desk, appeal, board_names(work, visit)) if appeal else None
    if appeal is None or appeal.outcome is not None or line is None:
        raise NotFoundError("no such appeal that waits")
    action = service.get_action(work, digest)
    reasons = service.read_act(work, action).decision.reasons
    has_subject = action.subject.kind is not SubjectKind.BOARD
    fields = visit.fields if isinstance(visit, DeskPosted) else {"outcome": "", "answer": ""}
    return AppealPage(
        desk=desk_line(work, visit, desk),
        appeal=line,
        text=appeal.text,
        act=action_line(work, visit, action),
        reasons=reasons_line(visit, reasons),
        subject=subject_line(work, visit, action.subject) if has_subject else None,
        outcomes=choices(visit, OUTCOME_NAMES, Outcome),
        outcome=fields["outcome"],
        rules=rule_choices(visit),
        typed=form or empty_decision(rule=reasons.rule.value),
        answer=fields["answer"],
        errors=errors,
    )


def _line(
    work: Work, visit: Visit, desk: Desk, appeal: Appeal, names: Mapping[str, str]
) -> AppealLine | None:
    """Show an appeal in the list; None where the desk does not work on its board."""
    action = service.get_action(work, appeal.action)
    if not _sees(desk, action):
        return None
    return AppealLine(
        digest=appeal.action.hex(),
        kind=visit.translate(KIND_NAMES[action.kind]),
        rule=rule_name(visit.translate, action.rule.value),
        board=names.get(action.board, ""),
        due_h=(appeal.due_at - work.now) // HOUR_S,
        is_own=desk.person in appeal.actors,
    )


def _sees(desk: Desk, action: Action) -> bool:
    return desk.covers(action.board) or not action.board


def _for_good(reasons: Reasons) -> Reasons:
    """Return the reasons of an answer, which has no end."""
    return replace(reasons, until=None)

"""Pages by which readers report, and hear what became of it."""

from functools import partial
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app import identity
from app.db import Work
from app.forum.pages import build
from app.identity.routes.common import require_viewer
from app.kernel.clock import DAY_S
from app.moderation import service
from app.moderation.errors import TooManyReportsError
from app.moderation.forms.reporting import (
    MOST_REPORT_CHARACTERS,
    Place,
    ReportForm,
    parse_report,
)
from app.moderation.model import Rule, SubjectKind
from app.moderation.pages.reporting import RULE_HELP, ReportPage, ReportsPage, RuleLine
from app.web.limits import Bucket
from app.web.markup import render_post
from app.web.pages import FieldErrors, Markup
from app.web.rules import rule_name
from app.web.visit import Posted, PostedDep, Visit, VisitDep

from .targets import Target, explain, find_target, show_subject, show_told

router = APIRouter()

# More than somebody reads and minds in a day; a crowd gains nothing by more, its groups count once.
REPORTS_OF_PERSONA: Final = Bucket("reports of a persona", 30, DAY_S)


@router.get("/{language}/p/{digest}/report")
def report_post_form(visit: VisitDep, digest: str) -> Response:
    return _show_form(visit, Place(kind=SubjectKind.POST, name=digest))


@router.post("/{language}/p/{digest}/report")
def report_post_submit(visit: PostedDep, digest: str) -> Response:
    return _submit(visit, Place(kind=SubjectKind.POST, name=digest))


@router.get("/{language}/t/{thread_id}/report")
def report_thread_form(visit: VisitDep, thread_id: str) -> Response:
    return _show_form(visit, Place(kind=SubjectKind.THREAD, name=thread_id))


@router.post("/{language}/t/{thread_id}/report")
def report_thread_submit(visit: PostedDep, thread_id: str) -> Response:
    return _submit(visit, Place(kind=SubjectKind.THREAD, name=thread_id))


@router.get("/{language}/persona/{mark}/report")
def report_persona_form(visit: VisitDep, mark: str) -> Response:
    return _show_form(visit, Place(kind=SubjectKind.PERSONA, name=mark))


@router.post("/{language}/persona/{mark}/report")
def report_persona_submit(visit: PostedDep, mark: str) -> Response:
    return _submit(visit, Place(kind=SubjectKind.PERSONA, name=mark))


@router.get("/{language}/reports")
def reports_page(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = require_viewer(work, visit)
        lines = show_told(work, visit, service.mark_of(visit.site.marks_key, viewer.root))
        return visit.render(
            ReportsPage(reports=lines, most=service.MOST_TOLD), viewer, section="notices"
        )


@router.post("/{language}/reports")
def report_take_back(visit: PostedDep) -> Response:
    with visit.write() as work:
        viewer = require_viewer(work, visit)
        mark = service.mark_of(visit.site.marks_key, viewer.root)
        service.take_back(work, visit.fields["case"], mark)
    return visit.see_other(visit.address("/reports"))


def _show_form(visit: Visit, place: Place) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        target = find_target(work, place)
        page = _page(work, visit, target, ReportForm(), viewer)
        return visit.render(page, viewer, section="boards")


def _submit(visit: Posted, place: Place) -> Response:
    form = parse_report(visit.fields)
    if form.is_sent and form.rule and not form.faults:
        with visit.write() as work:
            viewer = require_viewer(work, visit)
            target = find_target(work, place)
            _count(work, visit, viewer)
            mark = service.mark_of(visit.site.marks_key, viewer.root)
            service.report(work, target.matter, form.rule, form.text, mark=mark)
        return visit.see_other(visit.address("/reports"))
    with visit.read() as work:
        viewer = require_viewer(work, visit)
        page = _page(work, visit, find_target(work, place), form, viewer)
        return visit.render(page, viewer, section="boards", status=400 if form.is_sent else 200)


def _count(work: Work, visit: Visit, viewer: identity.Viewer) -> None:
    """Count a report of a persona; if nothing comes of its work it was not counted.

    Raises:
        TooManyReportsError: it would be one too many of this day.

    """
    gate = visit.site.gate
    if not gate.take(REPORTS_OF_PERSONA, viewer.root, work.now):
        raise TooManyReportsError("enough reports for a day", wait_s=DAY_S - work.now % DAY_S)
    work.undo.append(partial(gate.give_back, REPORTS_OF_PERSONA, viewer.root, work.now))


def _page(
    work: Work, visit: Visit, target: Target, form: ReportForm, viewer: identity.Viewer | None
) -> ReportPage:
    language, board = visit.language.code, target.board
    mark = service.mark_of(visit.site.marks_key, viewer.root) if viewer else b""
    subject = show_subject(work, target.matter.subject)
    return ReportPage(
        subject=subject,
        action=visit.address(f"{subject.path}/report"),
        rules=tuple(_rule_line(visit, rule) for rule in Rule),
        board_name=build.in_language(board.name, language) if board else "",
        board_rules=render_post(build.in_language(board.rules, language)) if board else Markup(),
        is_reported=service.has_reported(work, target.matter, mark),
        rule=form.rule.value if form.rule else "",
        text=form.text,
        most=MOST_REPORT_CHARACTERS,
        most_of_day=REPORTS_OF_PERSONA.most,
        errors=explain(visit, form.faults) if form.is_sent else FieldErrors(),
    )


def _rule_line(visit: Visit, rule: Rule) -> RuleLine:
    name = rule_name(visit.translate, rule.value)
    return RuleLine(
        value=rule.value,
        name=name[:1].upper() + name[1:],
        help=visit.translate(RULE_HELP[rule]),
    )

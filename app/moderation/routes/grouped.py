"""Several cases that one group of reporters brought: one form, and a record for each of them."""

from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.db import Work
from app.kernel.clock import day_of
from app.moderation import service
from app.moderation.forms.deciding import DAYS, DecisionForm, empty_decision, parse_decision
from app.moderation.model import ActionKind, Case, DeskSession, Source
from app.moderation.model.crowds import Cluster
from app.moderation.pages.cases import GroupedCase, GroupedCasesPage
from app.moderation.pages.naming import EVIDENCE_NAMES, KIND_NAMES
from app.records.routes import DoorDep, parse_hex
from app.web.forms import Fields
from app.web.pages import FieldErrors
from app.web.sentences import gettext_noop as _
from app.web.visit import DeskDep, DeskPosted, DeskPostedDep, Visit

from .common import (
    act_at_desk,
    at_desk,
    choices,
    desk_line,
    done,
    main_rule,
    named,
    refuse_fields,
    rule_choices,
    told,
)
from .showing import find_post, words_line

router = APIRouter()

CASES_AT_ONCE: Final = 10
"""A form has few fields; with the reasons this many fit."""
KINDS: Final = (ActionKind.CLEAR, ActionKind.HIDE)
_TICK: Final = "case_"


@router.get("/{language}/desk/grouped")
def grouped_page(visit: DeskDep, done: Annotated[str, Query(max_length=20)] = "") -> Response:
    return at_desk(
        visit,
        lambda work, session: _page(
            work, visit, session, empty_decision(), told(visit, done), FieldErrors()
        ),
    )


@router.post("/{language}/desk/grouped")
def grouped_submit(visit: DeskPostedDep, door: DoorDep) -> Response:
    form, ticked = parse_decision(visit.fields, KINDS), _ticked(visit.fields)
    errors = form.errors if ticked else {"cases": _("Tick at least one case.")} | form.errors

    def refill(work: Work, session: DeskSession, errors: FieldErrors) -> GroupedCasesPage:
        return _page(work, visit, session, form, "", errors)

    if errors:
        return refuse_fields(visit, errors, refill)

    def decide(work: Work, at: service.AtDesk) -> Response:
        cases = {case_id: service.require_open_case(work, case_id) for case_id in ticked}
        service.require_grouped(work, at.session.desk, ticked)
        for case_id, case in cases.items():
            version = ticked[case_id]
            decision = form.decision(
                visit.language.code, day_of(work.now), case.subject.kind, Source.REPORT
            )
            looked_at = replace(decision, version=parse_hex(version) if version else b"")
            service.act_on(work, door, at, case.subject, looked_at)
        return done(visit, "/desk/grouped", "decided")

    return act_at_desk(visit, decide, refill)


def _ticked(fields: Fields) -> dict[str, str]:
    """Return which cases are ticked, each with the version of its post that the page showed."""
    return {name.removeprefix(_TICK): fields[name] for name in fields if name.startswith(_TICK)}


def _page(
    work: Work,
    visit: Visit,
    session: DeskSession,
    typed: DecisionForm,
    sentence: str,
    errors: FieldErrors,
) -> GroupedCasesPage:
    found = service.find_grouped_cases(work, session.desk)
    cluster, cases = found or (None, [])
    ticked = set(_ticked(visit.fields)) if isinstance(visit, DeskPosted) else None
    shown = [
        _line(work, visit, cluster, case, is_ticked=ticked is None or case.id in ticked)
        for case in cases[:CASES_AT_ONCE]
        if cluster
    ]
    rule = main_rule(cases[0].rules) if cases else None
    return GroupedCasesPage(
        desk=desk_line(work, visit, session.desk),
        told=sentence,
        members=cluster.reporters if cluster else 0,
        evidence=tuple(
            visit.translate(EVIDENCE_NAMES[kind]) for kind in (cluster.evidence if cluster else ())
        ),
        cases=tuple(shown),
        waiting=max(0, len(cases) - CASES_AT_ONCE),
        kinds=choices(visit, KIND_NAMES, KINDS),
        rules=rule_choices(visit),
        days=DAYS,
        typed=typed if typed.rule or not rule else empty_decision(rule=rule.value),
        errors=errors,
    )


def _line(
    work: Work, visit: Visit, cluster: Cluster, case: Case, *, is_ticked: bool
) -> GroupedCase:
    post = find_post(work, case.subject)
    return GroupedCase(
        case_id=case.id,
        version=post.version.digest.hex() if post else "",
        rule=named(visit, main_rule(case.rules)),
        words=words_line(work, visit, post) if post else None,
        reports=case.report_count,
        of_group=cluster.cases[case.id],
        is_ticked=is_ticked,
    )

"""One case: all that is known about it on one page, and letting go of it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from app import forum
from app.db import Work
from app.forum import Post
from app.kernel.clock import MINUTE_S, day_of
from app.moderation import service, store
from app.moderation.forms.deciding import (
    DAYS,
    DELAYS_S,
    DecisionForm,
    empty_decision,
    parse_decision,
)
from app.moderation.model import (
    Action,
    ActionKind,
    Case,
    DeskSession,
    Rule,
    Source,
    Subject,
    SubjectKind,
)
from app.moderation.pages.cases import ActionLine, CasePage, GroupLine, ReportLine, WordsLine
from app.moderation.pages.desk import Choice
from app.moderation.pages.naming import EVIDENCE_NAMES, KIND_NAMES
from app.records.routes import DoorDep, parse_hex
from app.web.pages import FieldErrors
from app.web.rules import rule_name
from app.web.visit import DeskDep, DeskPosted, DeskPostedDep, Visit

from .common import (
    Refill,
    act_at_desk,
    at_desk,
    board_names,
    choices,
    desk_line,
    done,
    label_choices,
    main_rule,
    named,
    refuse_fields,
    rule_choices,
    told,
)
from .showing import action_line, find_post, subject_line, words_line

router = APIRouter()

SIMILAR: Final = 5
NEIGHBOURS: Final = 2
MOST_SAID: Final = 50
"""Of what reports say: a crowd that says much makes no page that nobody can load."""
MOST_NOTE: Final = 600
_OF_POSTS: Final = (ActionKind.LABEL, ActionKind.HIDE, ActionKind.QUARANTINE, ActionKind.ERASE)
_OF_THREADS: Final = (ActionKind.LOCK, ActionKind.SLOW, ActionKind.MOVE)
KINDS: Final = {
    SubjectKind.POST: (ActionKind.CLEAR, *_OF_POSTS, ActionKind.LIMIT, *_OF_THREADS),
    SubjectKind.THREAD: (ActionKind.CLEAR, *_OF_THREADS, *_OF_POSTS, ActionKind.LIMIT),
    SubjectKind.PERSONA: (ActionKind.CLEAR, ActionKind.LIMIT),
    SubjectKind.BOARD: (ActionKind.CLEAR,),
}
"""What a page offers for each kind of subject; some of it is about the author or the thread."""


@router.get("/{language}/desk/case")
def case_page(visit: DeskDep, done: Annotated[str, Query(max_length=20)] = "") -> Response:
    def make(work: Work, session: DeskSession) -> CasePage | None:
        held = service.find_held(work, session.desk)
        case = held and store.find_case(work, held.case)
        if not case:
            return None
        typed = empty_decision(rule=main_rule(case.rules) or "")
        return show_case(work, visit, session, case, typed, sentence=told(visit, done))

    return at_desk(visit, make)


@router.post("/{language}/desk/case")
def decide_submit(visit: DeskPostedDep, door: DoorDep) -> Response:
    case_id = visit.fields["case"]
    form = parse_decision(visit.fields, KINDS[SubjectKind.POST])
    if form.errors:
        return refuse_fields(visit, form.errors, _refill(visit, case_id, form))

    def decide(work: Work, at: service.AtDesk) -> Response:
        case = service.require_held(work, at.session.desk, case_id)
        kind = ActionKind(form.kind)
        subject = _subject_of(work, case, kind)
        board = next((b.did for b, _ in forum.list_boards(work) if b.slug == form.board), "")
        decision = form.decision(
            visit.language.code, day_of(work.now), subject.kind, _source_of(work, case), board
        )
        if subject == case.subject and visit.fields["version"]:
            decision = replace(decision, version=parse_hex(visit.fields["version"]))
        if subject != case.subject:
            beside = service.act_on(work, door, at, subject, decision)
            said = "beside" if isinstance(beside, Action) else "proposed-beside"
            return done(visit, "/desk/case", said)
        found = service.decide(work, door, at, case.id, decision)
        return done(visit, "/desk", "decided" if isinstance(found, Action) else "proposed")

    return act_at_desk(visit, decide, _refill(visit, case_id, form))


@router.post("/{language}/desk/case/skip")
def skip_submit(visit: DeskPostedDep) -> Response:
    def skip(work: Work, at: service.AtDesk) -> Response:
        service.skip(work, at.session.desk, visit.fields["case"])
        return done(visit, "/desk", "skipped")

    return act_at_desk(visit, skip)


@router.post("/{language}/desk/case/hand-over")
def hand_over_submit(visit: DeskPostedDep) -> Response:
    def hand_over(work: Work, at: service.AtDesk) -> Response:
        note = visit.fields["note"][:MOST_NOTE]
        if not note.strip():
            service.skip(work, at.session.desk, visit.fields["case"])
            return done(visit, "/desk", "skipped")
        service.hand_over(work, at.session.desk, visit.fields["case"], note)
        return done(visit, "/desk", "handed")

    return act_at_desk(visit, hand_over)


def show_case(
    work: Work,
    visit: Visit,
    session: DeskSession,
    case: Case,
    typed: DecisionForm,
    *,
    sentence: str = "",
    errors: FieldErrors | None = None,
) -> CasePage:
    """Show a case to the desk that holds it."""
    held, rule = service.find_held(work, session.desk), main_rule(case.rules)
    names, post = board_names(work, visit), find_post(work, case.subject)
    said = store.list_said(work, case.id, limit=MOST_SAID)
    earlier = store.list_actions_on(work, *service.list_around(work, case.subject))
    similar = store.list_similar(work, case, rule, SIMILAR) if rule else []
    parent = forum.find_post(work, digest=post.parent) if post and post.parent else None
    return CasePage(
        desk=desk_line(work, visit, session.desk),
        case_id=case.id,
        version=post.version.digest.hex() if post else "",
        rule=named(visit, rule),
        board=names.get(case.board, ""),
        is_dangerous=case.is_dangerous,
        weight=case.weight,
        report_count=case.report_count,
        opened_on=day_of(case.opened_at),
        minutes_left=-(-(held.ends_at - work.now) // MINUTE_S) if held else 0,
        told=sentence,
        subject=subject_line(work, visit, case.subject),
        parent=words_line(work, visit, parent) if parent else None,
        neighbours=_neighbours(work, visit, post) if post else (),
        earlier=_lines(work, visit, earlier),
        earlier_cases=len(store.list_cases_on(work, case.subject)) - 1,
        similar=_lines(work, visit, similar),
        reports=_report_lines(visit, said),
        unsaid=case.report_count - sum(count for *_, count in said),
        groups=_group_lines(work, visit, case),
        notes=tuple(service.list_notes(work, case.id)),
        proposals=len(store.list_proposals(work, case=case.id)),
        kinds=choices(visit, KIND_NAMES, KINDS[case.subject.kind]),
        rules=rule_choices(visit),
        labels=label_choices(visit),
        boards=tuple(
            Choice(value=board.slug, name=names[board.did])
            for board, _ in forum.list_boards(work)
            if board.did != case.board
        ),
        delays=tuple((delay, delay // MINUTE_S) for delay in DELAYS_S),
        days=DAYS,
        typed=typed,
        note=visit.fields["note"] if isinstance(visit, DeskPosted) else "",
        errors=errors or FieldErrors(),
    )


def _refill(visit: DeskPosted, case_id: str, form: DecisionForm) -> Refill:
    """Make the page of the case again with what was typed, if the desk still holds it."""

    def refill(work: Work, session: DeskSession, errors: FieldErrors) -> CasePage:
        case = service.require_held(work, session.desk, case_id)
        return show_case(work, visit, session, case, form, errors=errors)

    return refill


def _subject_of(work: Work, case: Case, kind: ActionKind) -> Subject:
    """Return what an act of a kind is about: the case's own subject, its thread or its author."""
    post = find_post(work, case.subject)
    if post is None:
        return case.subject
    if kind is ActionKind.LIMIT:
        return Subject(kind=SubjectKind.PERSONA, name=post.author.hand)
    if kind in _OF_THREADS:
        return Subject(kind=SubjectKind.THREAD, name=post.thread)
    return case.subject


def _source_of(work: Work, case: Case) -> Source:
    is_notice = store.holds_notices_alone(work, case.id)
    return Source.LEGAL_NOTICE if is_notice else Source.REPORT


def _neighbours(work: Work, visit: Visit, post: Post) -> tuple[WordsLine, ...]:
    """Return the posts just before and after one, but for the one it answers."""
    if post.number is None:
        return ()
    near = forum.list_posts(
        work, post.thread, max(1, post.number - NEIGHBOURS), post.number + NEIGHBOURS
    )
    shown = (other for other in near if other.digest not in {post.digest, post.parent})
    return tuple(words_line(work, visit, other) for other in shown)


def _lines(work: Work, visit: Visit, actions: list[Action]) -> tuple[ActionLine, ...]:
    return tuple(action_line(work, visit, action) for action in actions)


def _report_lines(
    visit: Visit, said: Sequence[tuple[Rule, str, bool, int]]
) -> tuple[ReportLine, ...]:
    return tuple(
        ReportLine(
            rule=rule_name(visit.translate, rule.value), text=text, count=count, is_notice=notice
        )
        for rule, text, notice, count in said
    )


def _group_lines(work: Work, visit: Visit, case: Case) -> tuple[GroupLine, ...]:
    return tuple(
        GroupLine(
            members=cluster.cases[case.id],
            evidence=tuple(visit.translate(EVIDENCE_NAMES[kind]) for kind in cluster.evidence),
        )
        for cluster in service.find_clusters(work)
        if cluster.cases.get(case.id, 0) > 1
    )

"""Pages for whoever was acted on: the reasons, and an appeal. Nobody else can open them."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from app import forum, identity
from app.db import Work
from app.identity.routes.common import require_viewer
from app.kernel.clock import day_of
from app.kernel.errors import AppError, NotFoundError
from app.moderation import rules, service, store
from app.moderation.errors import AppealedError, AppealLateError, NothingToAppealError
from app.moderation.forms import author as forms
from app.moderation.model import Act, Action, Appeal, Ground, Subject, SubjectKind
from app.moderation.pages.author import AppealLine, OwnActLine, OwnActPage, OwnActsPage
from app.moderation.pages.reporting import SubjectLine
from app.records.routes import parse_hex
from app.web.error_pages import sentences_of, status_of
from app.web.markup import direction_of
from app.web.pages import FieldErrors, Pager
from app.web.rules import rule_name
from app.web.visit import PostedDep, Visit, VisitDep

from .targets import show_subject

router = APIRouter()

_PER_PAGE: Final = 20
PageNumber = Annotated[int, Query(alias="page", ge=1, le=100_000)]


@router.get("/{language}/notices/acts")
def own_acts_page(visit: VisitDep, page: PageNumber = 1) -> Response:
    with visit.read() as work:
        viewer = require_viewer(work, visit)
        actions, unread = service.list_own_actions(work, viewer)
        pages = max(1, -(-len(actions) // _PER_PAGE))
        if page > pages:
            raise NotFoundError("beyond the last page")
        shown = actions[(page - 1) * _PER_PAGE : page * _PER_PAGE]
        lines = tuple(
            _line(visit, work, action, is_new=action.digest in unread) for action in shown
        )
    acts = OwnActsPage(
        acts=lines,
        seen=",".join(line.digest for line in lines if line.is_new),
        pager=Pager(page=page, pages=pages, base=visit.address("/notices/acts")),
    )
    return visit.render(acts, viewer, section="notices")


@router.post("/{language}/notices/acts")
def own_acts_read(visit: PostedDep) -> Response:
    with visit.write() as work:
        service.say_read(work, require_viewer(work, visit), forms.parse_seen(visit.fields))
    return visit.see_other(visit.address("/notices/acts"))


@router.get("/{language}/notices/acts/{digest}")
def own_act_page(visit: VisitDep, digest: str) -> Response:
    with visit.read() as work:
        viewer = _find_viewer(work, visit, parse_hex(digest))
        page = _page(visit, work, viewer, parse_hex(digest))
    return visit.render(page, viewer, section="notices")


@router.post("/{language}/notices/acts/{digest}")
def appeal_submit(visit: PostedDep, digest: str) -> Response:
    """Take an appeal in; whatever is wrong with it, its words stay in the form."""
    found, form = parse_hex(digest), forms.parse_appeal(visit.fields)
    errors, status = dict(form.errors), 400
    if not errors:
        try:
            with visit.write() as work:
                viewer = _find_viewer(work, visit, found)
                service.appeal(work, viewer, found, form.text)
        except (AppealedError, AppealLateError, NothingToAppealError) as error:
            errors, status = {"text": _explain(error)}, status_of(error)
        else:
            return visit.see_other(visit.address(f"/notices/acts/{digest}#appeal"))
    wrong = FieldErrors(by_field={name: visit.translate(text) for name, text in errors.items()})
    with visit.read() as work:
        viewer = _find_viewer(work, visit, found)
        page = _page(visit, work, viewer, found, text=form.text, errors=wrong)
    return visit.render(page, viewer, section="notices", status=status)


def _explain(error: AppError) -> str:
    return sentences_of(error.code, status_of(error)).title


def _find_viewer(work: Work, visit: Visit, digest: bytes) -> identity.Viewer:
    """Return the viewer, as they are known in the thread that an action is about."""
    viewer = require_viewer(work, visit)
    thread = service.find_thread_of(work, digest)
    return identity.look_in_thread(work, viewer, visit.session_token, thread)


def _subject(work: Work, subject: Subject) -> SubjectLine:
    """Show what an action is about to who wrote it: under its own title, hidden or not."""
    line = show_subject(work, subject)
    if line.title or subject.kind is not SubjectKind.POST:
        return line
    post = forum.find_post(work, digest=bytes.fromhex(subject.name))
    return replace(line, title=(forum.get_words(work, post).title or "") if post else "")


def _line(visit: Visit, work: Work, action: Action, *, is_new: bool) -> OwnActLine:
    appeal = store.find_appeal(work, action.digest)
    decided = "" if appeal is None else appeal.outcome.value if appeal.outcome else "open"
    return OwnActLine(
        digest=action.digest.hex(),
        kind=action.kind.value,
        subject=_subject(work, action.subject),
        day=action.day,
        rule=rule_name(visit.translate, action.rule.value),
        is_new=is_new,
        is_undone=action.undoing is not None,
        appeal=decided,
    )


def _page(
    visit: Visit,
    work: Work,
    viewer: identity.Viewer,
    digest: bytes,
    *,
    text: str = "",
    errors: FieldErrors | None = None,
) -> OwnActPage:
    action, act = service.get_own_action(work, viewer, digest)
    reasons, appeal = act.decision.reasons, store.find_appeal(work, digest)
    words = service.read_words(work, action)
    is_post = action.subject.kind is SubjectKind.POST
    appeal_until = action.day + timedelta(days=rules.APPEAL_DAYS)
    return OwnActPage(
        digest=digest.hex(),
        kind=action.kind.value,
        taken_on=action.day,
        rule=rule_name(visit.translate, reasons.rule.value),
        is_by_law=reasons.ground is Ground.LAW,
        law=reasons.law,
        facts=reasons.facts,
        facts_language=reasons.language,
        facts_direction=direction_of(reasons.facts),
        scope=reasons.scope.value,
        until=reasons.until,
        is_automatic=reasons.is_automatic,
        source=reasons.source.value,
        desks=service.number_desks(work, action),
        post=action.subject.name if is_post else "",
        thread=service.find_thread_of(work, digest),
        words=words,
        words_direction=direction_of(words.markdown) if words else "",
        earlier=_earlier(work, viewer, action, act),
        undoing=action.undoing.hex() if action.undoing else "",
        is_new=service.is_unread(work, viewer, digest),
        can_appeal=_can_appeal(action, appeal, appeal_until, day_of(work.now)),
        appeal_until=appeal_until,
        can_erase=words is not None,
        appeal=None if appeal is None else _appeal_line(appeal),
        text=text,
        most_characters=rules.MAX_APPEAL_CHARACTERS,
        errors=errors or FieldErrors(),
    )


def _can_appeal(action: Action, appeal: Appeal | None, until: date, today: date) -> bool:
    is_standing = action.kind in rules.APPEALABLE and action.undoing is None
    return is_standing and appeal is None and today <= until


def _earlier(work: Work, viewer: identity.Viewer, action: Action, act: Act) -> tuple[str, ...]:
    if action.kind not in rules.ABOUT_ACTS:
        return ()
    return tuple(
        named.digest.hex() for named in act.about if service.is_own(work, viewer, named.digest)
    )


def _appeal_line(appeal: Appeal) -> AppealLine:
    return AppealLine(
        text=appeal.text,
        direction=direction_of(appeal.text),
        opened_on=day_of(appeal.opened_at),
        due_on=day_of(appeal.due_at),
        outcome=appeal.outcome.value if appeal.outcome else "",
        answer=appeal.answer,
        answer_direction=direction_of(appeal.answer),
    )

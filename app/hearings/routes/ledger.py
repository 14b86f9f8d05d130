"""The outcome ledger: a hearing's report, its close, and the report as a file."""

from datetime import date
from hashlib import sha256
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app import forum, identity
from app.crypto.multikey import encode_digest
from app.db import Work
from app.hearings import service, store
from app.hearings.errors import NotHostError
from app.hearings.forms.ledger import parse_verdicts
from app.hearings.model import Charter, Hearing, Verdict
from app.hearings.pages.ledger import (
    CODES,
    FOUND,
    MISSING_NAMES,
    SAYS,
    STATES,
    VERDICT_NAMES,
    VERDICT_SEALS,
    AgainLine,
    AimLine,
    ClosePage,
    Counted,
    Minds,
    ReportPage,
)
from app.hearings.rules import commitments as rules
from app.identity import Viewer
from app.identity.routes.common import require_viewer
from app.kernel import strict_json
from app.kernel.errors import NotFoundError
from app.records.routes import DoorDep
from app.web.forms import Fields
from app.web.markup import direction_of
from app.web.pages import FieldErrors
from app.web.site import Site
from app.web.visit import PostedDep, Visit, VisitDep

router = APIRouter()
record_router = APIRouter()


@router.get("/{language}/t/{thread_id}/hearing/report")
def report_page(visit: VisitDep, thread_id: str) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        hearing = service.get_hearing(work, thread_id)
        closed = store.find_outcome(work, thread_id)
        raw = closed.report.encode() if closed else b""
        report = strict_json.decode(raw or service.build_report(work, hearing, []))
        page = _report_page(work, visit, viewer, hearing, report, raw)
    return visit.render(page, viewer, section="hearings")


@record_router.get(
    "/hearings/{thread_id}/report.json", operation_id="readReport", tags=["hearings"]
)
def report_file(request: Request, thread_id: str) -> Response:
    """Return a closed hearing's report, byte for byte as the closing record names it by digest.

    Counts alone, in canonical JSON; anybody counts them again from the log.
    """
    site: Site = request.app.state.site
    with site.db.read() as work:
        closed = store.find_outcome(work, thread_id)
    if closed is None or not closed.report:
        raise NotFoundError("no report")
    return Response(closed.report.encode(), media_type="application/json")


@router.get("/{language}/t/{thread_id}/hearing/close")
def close_form(visit: VisitDep, thread_id: str) -> Response:
    with visit.read() as work:
        viewer = _require_host(work, visit)
        hearing = service.get_hearing(work, thread_id)
        return visit.render(_close_page(work, hearing, Fields()), viewer, section="hearings")


@router.post("/{language}/t/{thread_id}/hearing/close")
def close_submit(visit: PostedDep, thread_id: str, door: DoorDep) -> Response:
    """Close a hearing; while an aim is open nothing is closed, and the words stay in the form."""
    with visit.write() as work:
        viewer = _require_host(work, visit)
        hearing = service.get_hearing(work, thread_id)
        form = parse_verdicts(visit.fields, hearing.charter)
        if form.errors:
            errors = {name: visit.translate(sentence) for name, sentence in form.errors.items()}
            page = _close_page(work, hearing, visit.fields, FieldErrors(by_field=errors))
            return visit.render(page, viewer, section="hearings", status=400)
        service.close_hearing(work, door, hearing, form.verdicts)
        identity.extend_session(work, visit.session_token)
    return visit.see_other(visit.address(f"/t/{thread_id}/hearing/report"))


def _require_host(work: Work, visit: Visit) -> Viewer:
    """Return who is logged in, if they look after the host's boards.

    Raises:
        LoginNeededError: nobody is.
        NotHostError: they do not.

    """
    viewer = require_viewer(work, visit)
    if not (visit.listener.has_staff_pages and identity.is_steward(work, viewer)):
        raise NotHostError("no steward")
    return viewer


def _report_page(
    work: Work,
    visit: Visit,
    viewer: Viewer | None,
    hearing: Hearing,
    report: dict[str, Any],
    raw: bytes,
) -> ReportPage:
    opening = forum.get_post(work, forum.get_thread(work, hearing.thread).opening)
    title = opening.version.text.title or ""
    questions, promised = report["questions"], report["commitments"]
    chosen = questions["byVote"] + questions["byLot"]
    answers, heard = questions["answers"], report.get("heard", {})
    answered = sum(count for says, count in answers.items() if says != "declined")
    people = report["people"]
    is_steward = visit.listener.has_staff_pages and identity.is_steward(work, viewer)
    return ReportPage(
        thread_id=hearing.thread,
        thread_title=title,
        title_language=opening.version.text.language,
        title_direction=direction_of(title),
        day_counted=date.fromisoformat(report["day"]),
        closed_on=hearing.closed_on,
        digest=encode_digest(sha256(raw).digest()) if raw else "",
        aims=_show_aims(hearing.charter, report["aims"]),
        counts={
            **{name: questions[name] for name in ("asked", "merged", "byVote", "byLot", "waiting")},
            # Reports from before appeals were records say nothing of them.
            **{name: questions.get(name, 0) for name in ("appealed", "takenUp")},
            "chosen": chosen,
            "answered": answered,
            "declined": sum(questions["declined"].values()),
        },
        percent_answered=round(100 * answered / chosen) if chosen else None,
        median_days=questions.get("medianDays"),
        paused_days=questions.get("pausedDays", 0),
        answers=_named(answers, SAYS),
        declined=_named(questions["declined"], CODES),
        # Nor do those without one of contested commitments.
        commitments={
            name: promised.get(name, 0) for name in ("made", "confirmed", "overdue", "contested")
        },
        states=_named(promised["states"], STATES),
        heard=tuple((FOUND[name], heard["found"][name]) for name in FOUND) if heard else (),
        heard_answers=heard.get("answers", 0),
        minds=_show_minds(work, hearing.thread),
        answers_until=hearing.charter.ends_on,
        by_lot=people["byLot"],
        came=people["came"],
        lot_percent=_percent(people["byLot"], people["byLot"] + people["came"]),
        missing=tuple(MISSING_NAMES[each] for each in report["missing"]),
        may_close=is_steward and rules.may_close(hearing),
    )


def _show_minds(work: Work, thread: str) -> Minds | None:
    told = store.find_asked_again(work, thread)
    if told is None:
        return None
    lines = []
    for each in told["questions"]:
        post = forum.find_post(work, digest=bytes.fromhex(each["post"]))
        is_read = post is not None and post.has_words and post.number is not None
        text = post.version.text if post is not None and is_read else None
        line = text.markdown.partition("\n")[0] if text else ""
        lines.append(
            AgainLine(
                post=each["post"],
                text=line,
                language=text.language if text else "",
                direction=direction_of(line),
                first=each["first"],
                again=each["again"],
            )
        )
    return Minds(
        week=date.fromisoformat(told["week"]),
        lines=tuple(lines),
        votes=told.get("votes"),
        low=told.get("low", 0),
        high=told.get("high", 0),
        people=told.get("people", 0),
    )


def _show_aims(charter: Charter, verdicts: list[dict[str, Any]]) -> tuple[AimLine, ...]:
    said = {each["aim"]: each for each in verdicts}
    lines = []
    for number, aim in enumerate(charter.aims, 1):
        found = said.get(number)
        verdict = Verdict(found["verdict"]) if found else None
        lines.append(
            AimLine(
                number=number,
                text=aim.text,
                measure=aim.measure,
                verdict=VERDICT_NAMES[verdict] if verdict else "",
                seal=VERDICT_SEALS[verdict] if verdict else "",
                why=found["why"] if found else "",
            )
        )
    return tuple(lines)


def _close_page(
    work: Work, hearing: Hearing, typed: Fields, errors: FieldErrors | None = None
) -> ClosePage:
    if not rules.may_close(hearing):
        rules.require_closing(hearing, [])
    opening = forum.get_post(work, forum.get_thread(work, hearing.thread).opening)
    title = opening.version.text.title or ""
    return ClosePage(
        thread_id=hearing.thread,
        thread_title=title,
        title_language=opening.version.text.language,
        title_direction=direction_of(title),
        aims=tuple(
            AimLine(
                number=number,
                text=aim.text,
                measure=aim.measure,
                verdict=typed[f"verdict_{number}"],
                why=typed[f"why_{number}"],
            )
            for number, aim in enumerate(hearing.charter.aims, 1)
        ),
        verdicts=tuple((verdict.value, name) for verdict, name in VERDICT_NAMES.items()),
        errors=errors or FieldErrors(),
    )


def _named(counts: dict[str, int], names: dict[str, str]) -> Counted:
    return tuple((name, counts[value]) for value, name in names.items() if counts.get(value))


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None

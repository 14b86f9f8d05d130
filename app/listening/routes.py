"""HTTP of what was heard: a week, one consultation of it, and the files as they were signed."""

from datetime import date
from hashlib import sha256
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from app import identity, opinion
from app.db import Work
from app.kernel.errors import NotFoundError
from app.listening import service, store
from app.listening.model import Heard, Released
from app.listening.pages import Chart, HeardLine, HeardPage, ReleasePage
from app.opinion.model import Statement
from app.web.markup import direction_of
from app.web.pages import Pager
from app.web.visit import Visit, VisitDep

router = APIRouter()

FIGURES_PER_PAGE: Final = 20
PageNumber = Annotated[int, Query(alias="page", ge=1, le=1_000)]


@router.get("/{language}/listening")
def latest_page(visit: VisitDep) -> Response:
    with visit.read() as work:
        return _show_release(work, visit, service.find_latest(work))


@router.get("/{language}/listening/{week}.csv")
def release_table(visit: VisitDep, week: date) -> Response:
    with visit.read() as work:
        released = service.get_release(work, week)
    return _file(visit, released, released.table, "text/csv", "csv")


@router.get("/{language}/listening/{week}")
def release_page(visit: VisitDep, week: date) -> Response:
    with visit.read() as work:
        return _show_release(work, visit, service.get_release(work, week))


@router.get("/{language}/listening/{week}/codebook")
def release_codebook(visit: VisitDep, week: date) -> Response:
    with visit.read() as work:
        released = service.get_release(work, week)
    return _file(visit, released, released.codebook, "text/plain; charset=utf-8", "codebook.txt")


@router.get("/{language}/listening/{week}/file")
def release_file(visit: VisitDep, week: date) -> Response:
    with visit.read() as work:
        released = service.get_release(work, week)
    return _file(visit, released, released.page, "text/html; charset=utf-8", "html")


@router.get("/{language}/listening/{week}/{thread_id}")
def heard_page(visit: VisitDep, week: date, thread_id: str, page: PageNumber = 1) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        heard = _require_heard(service.get_release(work, week), thread_id)
        conversation = opinion.get_conversation(work, thread_id)
        pages = max(1, -(-len(heard.figures) // FIGURES_PER_PAGE))
        if page > pages:
            raise NotFoundError("no such page")
        start = (page - 1) * FIGURES_PER_PAGE
        shown = heard.figures[start : start + FIGURES_PER_PAGE]
        numbers = [figure.number for figure in shown]
        found = opinion.list_some(work, conversation.thread, numbers)
        statements = {each.number: each for each in found}
    visit.share(service.SUBJECT, f"thread:{thread_id}")
    view = HeardPage(
        week=week,
        thread=thread_id,
        question=conversation.question,
        language=conversation.language,
        direction=direction_of(conversation.question),
        card=heard.card,
        charts=tuple(
            _chart(heard, place, statements[figure.number])
            for place, figure in enumerate(shown, start)
            # What was erased or hidden since stands in no page.
            if figure.number in statements and not statements[figure.number].is_withdrawn
        ),
        gap=heard.gap if page == 1 else (),
        outcomes=heard.outcomes if page == 1 else (),
        pager=Pager(page=page, pages=pages, base=visit.address(f"/listening/{week}/{thread_id}")),
    )
    return visit.render(view, viewer, section="boards")


def _show_release(work: Work, visit: Visit, released: Released | None) -> Response:
    viewer = identity.find_viewer(work, visit.session_token)
    lines = [_line(work, heard) for heard in released.release.heard] if released else []
    view = ReleasePage(
        week=released.week if released else None,
        weeks=tuple(store.list_weeks(work)),
        lines=tuple(lines),
        overall=released.release.overall if released else (),
        record=released.digest.hex() if released else "",
        digests=_digests(released) if released else {},
    )
    visit.share(service.SUBJECT)
    return visit.render(view, viewer, section="boards")


def _line(work: Work, heard: Heard) -> HeardLine:
    conversation = opinion.get_conversation(work, heard.thread)
    return HeardLine(
        thread=heard.thread,
        question=conversation.question,
        language=conversation.language,
        direction=direction_of(conversation.question),
        card=heard.card,
    )


def _chart(heard: Heard, place: int, statement: Statement) -> Chart:
    return Chart(
        card=heard.card,
        figure=heard.figures[place],
        text=statement.text,
        language=statement.language,
        direction=direction_of(statement.text),
    )


def _require_heard(released: Released, thread: str) -> Heard:
    for heard in released.release.heard:
        if heard.thread == thread:
            return heard
    raise NotFoundError("nothing of this thread in that week")


def _digests(released: Released) -> dict[str, str]:
    files = {"table": released.table, "codebook": released.codebook, "page": released.page}
    return {name: sha256(text.encode()).hexdigest() for name, text in files.items()}


def _file(visit: Visit, released: Released, text: str, media_type: str, suffix: str) -> Response:
    """Answer with a file, byte for byte what the record names."""
    visit.share(service.SUBJECT)
    name = f"heard-{released.week.isoformat()}.{suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode(), media_type=media_type, headers=headers)

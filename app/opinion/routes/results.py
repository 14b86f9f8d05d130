"""HTTP of results: who may see them, sees what ten people or more say together."""

from hashlib import sha256
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Query
from starlette.responses import Response

from app import forum, identity
from app.db import Work
from app.identity import Viewer
from app.kernel.errors import NotFoundError
from app.opinion import service, store
from app.opinion.maths.figures import LETTERS, Figures
from app.opinion.model import Conversation, Sheet, Statement
from app.opinion.pages import lines as telling
from app.opinion.pages.results import PlacePage, ResultsPage, StatementsPage
from app.opinion.pages.sides import sides_part
from app.web.markup import direction_of
from app.web.pages import Pager
from app.web.visit import Visit, VisitDep

router = APIRouter()

STATEMENTS_PER_PAGE: Final = 20
PageNumber = Annotated[int, Query(alias="page", ge=1, le=1_000)]


class _Seen(NamedTuple):
    """A consultation whose results this visitor may see."""

    viewer: Viewer | None
    conversation: Conversation
    sheet: Sheet
    statements: dict[int, Statement]
    """Those that voters are asked about, by number."""
    figures: Figures | None
    is_cut: bool
    """See `service.is_cut`."""


@router.get("/{language}/t/{thread_id}/results")
def results_page(visit: VisitDep, thread_id: str, page: PageNumber = 1) -> Response:
    with visit.read() as work:
        seen = _require_results(work, visit, thread_id)
        made = store.find_figures(work, seen.conversation.thread)
        has_map = bool(store.find_picture(work, seen.conversation.thread))
        released = store.find_release(work, seen.conversation.thread)
    _share(visit, seen.conversation)
    conversation, figures = seen.conversation, seen.figures
    lines = telling.statement_lines(figures, seen.statements) if figures else ()
    pages = 1 + -(-len(lines) // STATEMENTS_PER_PAGE)
    if page > pages:
        raise NotFoundError("no such page")
    pager = Pager(page=page, pages=pages, base=visit.address(f"/t/{conversation.thread}/results"))
    if page > 1:
        start = (page - 2) * STATEMENTS_PER_PAGE
        listed = StatementsPage(
            thread=conversation.thread,
            question=conversation.question,
            question_language=conversation.language,
            question_direction=direction_of(conversation.question),
            is_capped=figures is not None and figures.is_capped,
            statements=lines[start : start + STATEMENTS_PER_PAGE],
            pager=pager,
        )
        return visit.render(listed, seen.viewer, section="boards")
    report = ResultsPage(
        thread=conversation.thread,
        question=conversation.question,
        question_language=conversation.language,
        question_direction=direction_of(conversation.question),
        is_open=conversation.is_open,
        is_known=figures is not None,
        is_cut=seen.is_cut,
        made_on=made[2] if made else None,
        people=figures.people if figures else 0,
        votes=figures.votes if figures else 0,
        passes=figures.passes if figures else 0,
        unseen=figures.unseen if figures else 0,
        in_groups=figures.in_groups if figures else 0,
        unvouched=figures.unvouched if figures else 0,
        invited=figures.invited if figures else 0,
        groups=telling.group_lines(figures, seen.statements) if figures else (),
        hidden_groups=figures.hidden_groups if figures else 0,
        reason=figures.reason if figures else "",
        agreement=figures.agreement if figures else 0,
        is_capped=figures is not None and figures.is_capped,
        has_map=has_map,
        parts=telling.parts_of(lines),
        sides=figures.sides if figures else None,
        asks_side=conversation.asks_side,
        both=sides_part(figures.sides.views, list(seen.statements.values()))
        if figures and figures.sides
        else None,
        table_digest=sha256(released.table.encode()).hexdigest() if released else "",
        record=released.record.hex() if released else "",
        pager=pager,
    )
    return visit.render(report, seen.viewer, section="boards")


@router.get("/{language}/t/{thread_id}/results/map.png")
def results_map(visit: VisitDep, thread_id: str) -> Response:
    with visit.read() as work:
        seen = _require_results(work, visit, thread_id)
        picture = store.find_picture(work, seen.conversation.thread)
    if not picture:
        raise NotFoundError("no map of this consultation")
    _share(visit, seen.conversation)
    return Response(picture, media_type="image/png")


@router.get("/{language}/t/{thread_id}/results.csv")
def results_table(visit: VisitDep, thread_id: str) -> Response:
    with visit.read() as work:
        conversation = service.get_conversation(work, thread_id)
        released = service.get_release(work, conversation.thread)
    _share(visit, conversation)
    return Response(
        released.table.encode(),
        media_type="text/csv",
        headers={"Content-Disposition": 'attachment; filename="results.csv"'},
    )


@router.get("/{language}/t/{thread_id}/results/me")
def place_page(visit: VisitDep, thread_id: str) -> Response:
    """Tell a voter where their votes stand. It is nobody else's page, and no cache keeps it."""
    with visit.read() as work:
        seen = _require_results(work, visit, thread_id)
        group = service.find_group(work, seen.conversation.thread, seen.sheet)
    conversation, figures = seen.conversation, seen.figures
    lines = telling.statement_lines(figures, seen.statements) if figures else ()
    groups = telling.group_lines(figures, seen.statements) if figures else ()
    nearest = [each for each in groups if group is not None and each.letter == LETTERS[group]]
    shared, agrees = telling.shared_line(lines, seen.sheet)
    place = PlacePage(
        thread=conversation.thread,
        question=conversation.question,
        question_language=conversation.language,
        question_direction=direction_of(conversation.question),
        has_voted=bool(seen.sheet),
        has_groups=bool(groups),
        group=nearest[0] if nearest else None,
        shared=shared,
        agrees=agrees,
    )
    return visit.render(place, seen.viewer, section="boards")


def _require_results(work: Work, visit: Visit, thread_id: str) -> _Seen:
    session = identity.find_session(work, visit.session_token)
    thread = forum.get_thread(work, thread_id)
    conversation = service.get_conversation(work, thread.id)
    viewer, sheet = (
        session and session.viewer,
        service.find_voter(work, conversation, session).sheet,
    )
    figures = service.find_figures(work, thread.id)
    is_cut = service.is_cut(work, conversation, visit.site.instance_did)
    if figures is not None or not is_cut:
        # Where nothing is known and nobody can vote, there is nothing that a vote would open.
        service.require_results(work, conversation, sheet)
    statements = {each.number: each for each in service.list_asked(work, thread.id)}
    return _Seen(
        viewer,
        conversation,
        sheet,
        statements,
        figures,
        is_cut,
    )


def _share(visit: Visit, conversation: Conversation) -> None:
    """Let the page cache keep results once they are everybody's, and never before."""
    if not conversation.is_open:
        visit.share(service.results_of(conversation.thread), f"thread:{conversation.thread}")

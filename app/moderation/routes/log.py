"""HTTP of the public log of moderation: the same for everyone, and nothing in it is a text."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from app import forum, identity, records, tlog
from app.db import Work
from app.forum.pages import build
from app.kernel.clock import day_of
from app.kernel.errors import NotFoundError
from app.moderation import service, store
from app.moderation.forms.log import FIRST_MONTH, parse_act, parse_month, parse_words
from app.moderation.model import ActionKind
from app.moderation.pages.log import (
    Choice,
    DemandsPage,
    DesksPage,
    LogPage,
    NumbersPage,
)
from app.moderation.pages.naming import KIND_NAMES
from app.moderation.pages.telling import Teller
from app.moderation.rules.numbers import end_of_month
from app.moderation.service.desks import LOG
from app.web.atom import FeedEntry, render_feed
from app.web.pages import Pager
from app.web.rules import RULE_NAMES
from app.web.sentences import gettext_noop as _
from app.web.visit import Visit, VisitDep

language_router = APIRouter()

_MOST_PAGES: Final = 5_000
Typed = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the log is narrowed to, as an address says it."""

    q: Typed = ""
    kind: Typed = ""
    rule: Typed = ""
    board: Typed = ""
    desk: Typed = ""
    page: Annotated[int, Query(ge=1, le=_MOST_PAGES)] = 1


@language_router.get("/{language}/moderation")
def log_page(visit: VisitDep, asked: Annotated[Question, Depends()]) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        teller = _teller(work, visit)
        sought = _sought(asked, teller)
        found = store.count_found(work, sought)
        pages = min(max(1, -(-found // service.ACTS_PER_PAGE)), _MOST_PAGES)
        if asked.page > pages:
            raise NotFoundError("no such page")
        start = (asked.page - 1) * service.ACTS_PER_PAGE
        actions = store.list_found(work, sought, start=start, limit=service.ACTS_PER_PAGE)
        acts = service.read_acts(work, actions)
        sponsors = store.list_sponsors(work)
    kept = {name: getattr(asked, name) for name in ("q", "kind", "rule", "board", "desk")}
    query = urlencode({name: value for name, value in kept.items() if value})
    base = visit.address("/moderation") + (f"?{query}" if query else "")
    page = LogPage(
        acts=tuple(map(teller.act_line, acts)),
        found=found,
        pager=Pager(page=asked.page, pages=pages, base=base),
        question=asked.q,
        kinds=teller.choices({kind.value: name for kind, name in KIND_NAMES.items()}, asked.kind),
        rules=teller.choices(RULE_NAMES, asked.rule),
        boards=tuple(
            Choice(value=slug, text=name, is_chosen=slug == asked.board)
            for slug, name in teller.boards.values()
        ),
        desks=tuple(
            Choice(value=number, text=number, is_chosen=number == asked.desk)
            for number in (str(desk.number) for desk in teller.desks.values())
        ),
        is_narrowed=sought != store.Sought(),
        sponsors=tuple(sponsors),
        month=_month(visit),
    )
    _share(visit)
    return visit.render(page, viewer, section="moderation")


@language_router.get("/{language}/moderation/acts/{digest}")
def act_page(visit: VisitDep, digest: str) -> Response:
    named = parse_act(digest)
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        teller = _teller(work, visit)
        logged = service.get_act(work, named)
        closed = _closed_desk(work, visit, teller, logged)
        answer = service.find_answer(work, logged.action)
        page = teller.act_page(
            logged,
            about=teller.subject_link(logged.action, closed),
            appeal=teller.appeal_line(answer) if answer else None,
            place=records.find_place(work, named) + 1 if logged.is_logged else 0,
            origin=visit.listener.origin,
        )
    _share(visit)
    return visit.render(page, viewer, section="moderation")


@language_router.get("/{language}/moderation/desks")
def desks_page(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        teller, today = _teller(work, visit), day_of(work.now)
        ledger = service.read_terms_and_demands(work, visit.site.instance_did)
        counts = store.count_by_desk(work)
    terms = {term.did: term for term in ledger.terms}
    page = DesksPage(
        desks=tuple(
            teller.desk_line(desk, terms[did], counts.get(did, 0), is_over=desk.ends_on <= today)
            for did, desk in teller.desks.items()
            if did in terms
        ),
        automatic=counts.get(visit.site.instance_did, 0),
        month=_month(visit),
    )
    return visit.render(page, viewer, section="moderation")


@language_router.get("/{language}/moderation/demands/feed.atom")
def demands_feed(visit: VisitDep) -> Response:
    """Return each demand that may be told, and what came of it."""
    with visit.read() as work:
        teller = _teller(work, visit)
        ledger = service.read_terms_and_demands(work, visit.site.instance_did)
    told = [(each, teller.demand_line(each)) for each in ledger.demands if not each.is_sealed]
    _share(visit)
    entries = [
        FeedEntry(
            mark=f"demand:{line.digest}",
            title=" ".join(filter(None, (f"{line.who}: {line.asked}.", line.answer))),
            day=demand.logged_on,
            path=visit.address("/moderation/demands"),
            summary=line.text,
        )
        for demand, line in told
    ]
    title = visit.translate(_("Demands"))
    return render_feed(visit, "demands", title, "/moderation/demands", entries)


@language_router.get("/{language}/moderation/demands")
def demands_page(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        teller = _teller(work, visit)
        ledger = service.read_terms_and_demands(work, visit.site.instance_did)
    newest = sorted(ledger.demands, key=lambda demand: demand.received_on, reverse=True)
    page = DemandsPage(
        demands=tuple(teller.demand_line(demand) for demand in newest if not demand.is_sealed),
        sealed=sum(demand.counts_as_sealed for demand in newest),
        month=_month(visit),
    )
    _share(visit)
    return visit.render(page, viewer, section="moderation")


@language_router.get("/{language}/moderation/numbers/{month}")
def numbers_page(visit: VisitDep, month: str) -> Response:
    today = _today(visit)
    start = parse_month(month, today)
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        teller = _teller(work, visit)
        numbers = service.count_month(work, visit.site.instance_did, start)
    end = end_of_month(start)
    before = start - timedelta(days=1)
    page = NumbersPage(
        month=numbers.month,
        start=start,
        end=end - timedelta(days=1),
        totals=teller.totals(numbers),
        groups=teller.groups(numbers),
        appeal_days=numbers.appeal_days,
        earlier=f"{before:%Y-%m}" if before >= FIRST_MONTH else "",
        later=f"{end:%Y-%m}" if end <= today else "",
        origin=visit.listener.origin,
    )
    _share(visit)
    return visit.render(page, viewer, section="moderation")


def _teller(work: Work, visit: Visit) -> Teller:
    code = visit.language.code
    return Teller(
        language=visit.language,
        boards={
            board.did: (board.slug, build.in_language(board.name, code))
            for board, _ in forum.list_boards(work)
        },
        desks={desk.did: desk for desk in store.list_desks(work)},
    )


def _sought(asked: Question, teller: Teller) -> store.Sought:
    """Return what the log is narrowed to; a value that is on no list narrows it to nothing."""
    boards = {slug: did for did, (slug, _name) in teller.boards.items()}
    desks = {str(desk.number): did for did, desk in teller.desks.items()}
    return store.Sought(
        kind=asked.kind,
        rule=asked.rule,
        board=boards.get(asked.board, asked.board),
        desk=desks.get(asked.desk, asked.desk),
        words=parse_words(asked.q),
    )


def _closed_desk(work: Work, visit: Visit, teller: Teller, logged: service.Logged) -> int:
    """Return the number of the desk that an act closes; 0 if it closes none."""
    if logged.action.kind is not ActionKind.CLOSE_DESK:
        return 0
    named = logged.act.act.about[0].digest
    terms = service.read_terms_and_demands(work, visit.site.instance_did).terms
    return next((teller.desks[term.did].number for term in terms if term.digest == named), 0)


def _today(visit: Visit) -> date:
    return day_of(visit.site.clock.now())


def _month(visit: Visit) -> str:
    return f"{_today(visit):%Y-%m}"


def _share(visit: Visit) -> None:
    # A tick changes what waits, and a board's settings what it is called.
    visit.share(LOG, tlog.LOG, forum.FRONT)

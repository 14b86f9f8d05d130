"""Coming to a desk and leaving it, the queue, and being given a case."""

from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from app import forum
from app.crypto.sealing import Passphrase
from app.db import Work
from app.identity.forms import passphrase_errors
from app.identity.routes.common import count_attempt
from app.kernel.clock import DAY_S, HOUR_S, Instant, day_of
from app.kernel.errors import NotFoundError, ReadOnlyError
from app.kernel.fold import fold
from app.moderation import service, store
from app.moderation.errors import NoDeskError
from app.moderation.model import (
    ActionKind,
    Case,
    Decision,
    Desk,
    DeskSession,
    Ground,
    Reasons,
    Rule,
    Scope,
    Source,
    Subject,
    SubjectKind,
)
from app.moderation.pages.desk import (
    AttackLine,
    BreakPage,
    Choice,
    DeskBeginPage,
    DeskLoginPage,
    QueueLine,
    QueuePage,
)
from app.records.routes import DoorDep
from app.web.pages import FieldErrors, Pager
from app.web.sentences import gettext_noop as _
from app.web.visit import DeskDep, DeskLeavingDep, DeskPosted, DeskPostedDep, DeskVisit

from .common import (
    act_at_desk,
    at_desk,
    board_names,
    desk_line,
    done,
    has_begun,
    main_rule,
    named,
    rule_choices,
    told,
)
from .seconding import list_seen

router = APIRouter()

CASES_PER_PAGE: Final = 20
BREAK_AFTER: Final = 20
"""Cases of danger in a day, after which a break is offered."""
_MOST_PAGES: Final = 10_000
_WRONG: Final = _(
    "No desk has this number and these words. Look at both again; the desk’s term may be over."
)

_ATTACKED: Final = _(
    "%(reports)s reports in an hour, where %(usual)s are usual; %(largest)s of them by one group."
)

Done = Annotated[str, Query(max_length=20)]


@router.get("/{language}/desk/login")
def login_form(visit: DeskDep) -> Response:
    return visit.render(DeskLoginPage())


@router.post("/{language}/desk/login")
def login_submit(visit: DeskPostedDep) -> Response:
    typed, said = visit.fields["number"], visit.fields["passphrase"]
    number = read_number(typed)
    with visit.read() as work:
        count_attempt(visit, work, "desk", str(number))
        login = store.find_desk_login(work, number)
    # The first words are copied from paper: how they are spaced and capitalised says nothing.
    words = said if login is None or login.is_begun else " ".join(said.lower().split())
    try:
        with visit.site.gate.stretching(visit.listener.kind):
            key = service.unseal_desk(login, Passphrase(words))
        with visit.write() as work:
            service.leave_desk(work, visit.session_token)
            cookie = service.open_desk_session(work, key)
    except NoDeskError:
        errors = FieldErrors(by_field={"passphrase": visit.translate(_WRONG)})
        return visit.render(DeskLoginPage(typed=typed, errors=errors), status=403)
    return _come_in(visit, "/desk" if login and login.is_begun else "/desk/begin", cookie)


@router.get("/{language}/desk/begin")
def begin_form(visit: DeskDep) -> Response:
    with visit.read() as work:
        session = service.find_desk_session(work, visit.session_token)
        if session and has_begun(work, session.desk):
            return visit.see_other(visit.address("/desk"))
    if session is None:
        return visit.see_other(visit.address("/desk/login"))
    return visit.render(DeskBeginPage(desk_number=session.desk.number))


@router.post("/{language}/desk/begin")
def begin_submit(visit: DeskPostedDep) -> Response:
    typed = visit.fields["passphrase"]
    with visit.read() as work:
        session = service.find_desk_session(work, visit.session_token)
        # Also the same form, sent twice.
        if session and has_begun(work, session.desk):
            return visit.see_other(visit.address("/desk"))
    if session is None:
        return visit.see_other(visit.address("/desk/login"))
    if errors := passphrase_errors(typed, "passphrase"):
        told = {name: visit.translate(sentence) for name, sentence in errors.items()}
        page = DeskBeginPage(desk_number=session.desk.number, errors=FieldErrors(by_field=told))
        return visit.render(page, status=400)
    with visit.site.gate.stretching(visit.listener.kind):
        stretched = service.stretch_anew(Passphrase(typed), visit.site.randomness)
    with visit.write() as work:
        key = service.unlock_desk(work, visit.session_token)
        service.begin_desk(work, key, stretched)
        cookie = service.open_desk_session(work, key)
    return _come_in(visit, "/desk", cookie)


def _come_in(visit: DeskPosted, path: str, cookie: str) -> Response:
    """Lead to a page of desks with a new session."""
    response = visit.see_other(visit.address(path))
    # No Max-Age: the cookie ends with the browser and never reaches the disk.
    set_cookie = visit.listener.set_cookie(visit.listener.desk_cookie_name, cookie)
    response.headers.append("Set-Cookie", set_cookie)
    return response


@router.post("/{language}/desk/logout")
def logout_submit(visit: DeskLeavingDep) -> Response:
    # Where the host only reads, the session ends with its cookie.
    with suppress(ReadOnlyError), visit.write() as work:
        service.leave_desk(work, visit.session_token)
    response = visit.see_other(visit.address("/desk/login"))
    expired = visit.listener.set_cookie(visit.listener.desk_cookie_name, "", seconds=0)
    response.headers.append("Set-Cookie", expired)
    return response


@router.get("/{language}/desk")
def queue_page(
    visit: DeskDep,
    rule: Annotated[str, Query(max_length=20)] = "",
    board: Annotated[str, Query(max_length=40)] = "",
    page: Annotated[int, Query(ge=1, le=_MOST_PAGES)] = 1,
    done: Done = "",
) -> Response:
    return at_desk(
        visit,
        lambda work, session: _queue(work, visit, session, rule, board, page, told(visit, done)),
    )


@router.post("/{language}/desk/claim")
def claim_submit(visit: DeskPostedDep) -> Response:
    """Give the desk a case; after many of danger it is offered a break first, and goes on."""

    def give(work: Work, at: service.AtDesk) -> Response:
        desk = at.session.desk
        service.stay_at_desk(work, visit.session_token)
        seen = store.count_exposure(work, desk.did, day_of(work.now))
        if _offers_break(visit, work, desk, seen):
            return visit.render(BreakPage(desk=desk_line(work, visit, desk), seen_today=seen))
        if service.claim(work, desk) is None:
            return done(visit, "/desk", "none")
        return visit.see_other(visit.address("/desk/case"))

    return act_at_desk(visit, give)


@router.post("/{language}/desk/attack")
def attack_submit(visit: DeskPostedDep, door: DoorDep) -> Response:
    """Accept attack mode for a board, for a day at most; what was counted is its reason."""

    def accept(work: Work, at: service.AtDesk) -> Response:
        board = forum.find_board(work, slug=visit.fields["board"])
        attack = service.find_attack(work, [board.did]) if board else None
        if attack is None:
            raise NotFoundError("nothing speaks for attack mode there any more")
        told = {
            "reports": visit.language.number(attack.reports),
            "usual": visit.language.number(round(attack.usual)),
            "largest": visit.language.number(attack.of_largest),
        }
        reasons = Reasons(
            rule=Rule.SPAM,
            ground=Ground.RULE,
            law="",
            facts=visit.translate(_ATTACKED) % told,
            language=visit.language.code,
            scope=Scope.BOARD,
            until=day_of(work.now) + timedelta(days=2),
            is_automatic=False,
            source=Source.OWN,
        )
        subject = Subject(kind=SubjectKind.BOARD, name=attack.board)
        decision = Decision(kind=ActionKind.ATTACK_MODE, reasons=reasons)
        service.act_on(work, door, at, subject, decision)
        return done(visit, "/desk", "decided")

    return act_at_desk(visit, accept)


def _offers_break(visit: DeskPosted, work: Work, desk: Desk, seen: int) -> bool:
    is_due = seen > 0 and seen % BREAK_AFTER == 0 and visit.fields["go"] != "on"
    return is_due and service.find_held(work, desk) is None


def read_number(typed: str) -> int:
    """Return a desk's number, in any digits; 0, which no desk has, for what is none."""
    folded = fold(typed.strip())
    return int(folded) if folded.isdecimal() and len(folded) < 10 else 0


def _queue(
    work: Work,
    visit: DeskVisit,
    session: DeskSession,
    rule: str,
    slug: str,
    page: int,
    told: str,
) -> QueuePage:
    desk, boards = session.desk, service.boards_of(session.desk)
    known = [board for board, _ in forum.list_boards(work) if desk.covers(board.did)]
    names = board_names(work, visit)
    chosen = next((board.did for board in known if board.slug == slug), "")
    asked = [chosen] if chosen else boards
    filtered = Rule(rule) if rule in set(Rule) else None
    cases = store.list_open(
        work, boards=asked, rule=filtered, offset=(page - 1) * CASES_PER_PAGE, limit=CASES_PER_PAGE
    )
    taken = store.list_taken_cases(work)
    is_narrowed = bool(filtered or chosen)
    waiting = store.count_open(work, boards=boards)
    # Counting is what the page takes longest for.
    count = store.count_open(work, boards=asked, rule=filtered) if is_narrowed else waiting
    base = visit.address("/desk")
    if is_narrowed:
        base += f"?rule={filtered or ''}&board={slug if chosen else ''}"
    return QueuePage(
        desk=desk_line(work, visit, desk),
        told=told,
        open_count=waiting,
        danger_count=store.count_dangerous(work, boards=boards),
        appeals_due=store.count_appeals_due(work, Instant(work.minute + DAY_S), boards=boards),
        proposal_count=len(list_seen(work, visit, desk)),
        seen_today=store.count_exposure(work, desk.did, day_of(work.now)),
        first_count=forum.count_held(work, boards),
        attack=_attack(work, boards, names, {board.did: board.slug for board in known}),
        attacked=tuple(
            names[board.did] for board in known if service.is_under_attack(work, board.did)
        ),
        holds_one=service.find_held(work, desk) is not None,
        cases=tuple(_line(work, visit, case, names, is_taken=case.id in taken) for case in cases),
        pager=Pager(page=page, pages=-(-count // CASES_PER_PAGE), base=base),
        rules=rule_choices(visit),
        rule=filtered or "",
        boards=tuple(Choice(value=board.slug, name=names[board.did]) for board in known),
        board=slug if chosen else "",
    )


def _attack(
    work: Work, boards: Collection[str] | None, names: dict[str, str], slugs: dict[str, str]
) -> AttackLine | None:
    found = service.find_attack(work, boards)
    if found is None or found.board not in slugs:
        return None
    return AttackLine(
        slug=slugs[found.board],
        board=names[found.board],
        reports=found.reports,
        usual=round(found.usual),
        of_largest=found.of_largest,
    )


def _line(
    work: Work, visit: DeskVisit, case: Case, names: dict[str, str], *, is_taken: bool
) -> QueueLine:
    return QueueLine(
        rule=named(visit, main_rule(case.rules)),
        kind=case.subject.kind.value,
        board=names.get(case.board, ""),
        is_dangerous=case.is_dangerous,
        is_taken=is_taken,
        weight=case.weight,
        reports=case.report_count,
        age_h=max(0, work.now - case.opened_at) // HOUR_S,
    )

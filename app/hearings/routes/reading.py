"""Pages of hearings that everybody reads."""

from datetime import date
from hashlib import sha256
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from app import forum, identity, opinion
from app.db import Work
from app.forum.pages.build import in_language
from app.hearings import maths, store
from app.hearings.errors import NoChoiceError
from app.hearings.model import Hearing, HearingState, QuestionState
from app.hearings.pages.halls import (
    CODES,
    STATES,
    CharterPage,
    ChosenLine,
    HallHead,
    HearingLine,
    HearingPage,
    HearingsPage,
    QuestionLine,
    QuestionsPage,
    WaitingLine,
)
from app.hearings.service.charters import HEARINGS
from app.kernel.clock import day_of
from app.web.atom import FeedEntry, render_feed
from app.web.forms import Fields
from app.web.pages import FieldErrors, Pager
from app.web.sentences import gettext_noop
from app.web.visit import Visit, VisitDep

from .common import (
    Place,
    find_place,
    list_lines,
    name_languages,
    show_head,
    show_hearing,
    title_of,
)
from .tracker import list_of_hearing

router = APIRouter()

PER_PAGE: Final = 20
MOST_WAITING: Final = 10
"""So many of all hearings' questions that wait stand on their front page."""
MOST_NEWEST: Final = 5
PageNumber = Annotated[int, Query(alias="page", ge=1, le=1_000)]
_ANSWERED: Final = {QuestionState.ANSWERED, QuestionState.RATED, QuestionState.SETTLED}
_WAITING: Final = {QuestionState.WAITING, QuestionState.FOLLOWED_UP}
_SAID: Final = {
    "offered": (gettext_noop("Opens on %(day)s"), "opens_on"),
    "bound": (gettext_noop("Opens on %(day)s"), "opens_on"),
    "open": (gettext_noop("Questions are chosen on %(day)s"), "chooses_on"),
    "counting": (gettext_noop("Questions are chosen on %(day)s"), "chooses_on"),
    "chosen": (gettext_noop("Answers until %(day)s"), "ends_on"),
    "closed": (gettext_noop("Closed"), "ends_on"),
    "lapsed": (gettext_noop("Did not take place"), "ends_on"),
}
_GROUPS: Final = {
    "open": "open",
    "counting": "open",
    "chosen": "answering",
    "offered": "announced",
    "bound": "announced",
    "lapsed": "closed",
    "closed": "closed",
}


@router.get("/{language}/hearings")
def hearings_page(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        groups: dict[str, list[HearingLine]] = {name: [] for name in _GROUPS.values()}
        drawn = _list_drawn(work, visit, viewer)
        boards = {board.did: board for board, _ in forum.list_boards(work)}
        for hearing in store.list_hearings(work):
            if hearing.board not in boards:
                continue
            title = title_of(work, hearing.thread)
            counts = store.count_questions(work, hearing.thread)
            head = show_hearing(work, hearing, title)
            line = HearingLine(
                head=head,
                board_name=in_language(boards[hearing.board].name, visit.language.code),
                waiting=sum(counts.get(state, 0) for state in _WAITING),
                answered=sum(counts.get(state, 0) for state in _ANSWERED),
                is_drawn=hearing.thread in drawn,
            )
            groups[_GROUPS[head.state]].append(line)
        waiting = _list_waiting(work, visit)
        in_all = len(store.list_waiting(work))
    visit.share(HEARINGS, identity.NAMES)
    page = HearingsPage(
        waiting=waiting,
        waiting_in_all=in_all,
        open=tuple(sorted(groups["open"], key=lambda line: line.head.chooses_on)),
        answering=tuple(sorted(groups["answering"], key=lambda line: line.head.ends_on)),
        announced=tuple(sorted(groups["announced"], key=lambda line: line.head.opens_on)),
        closed=tuple(sorted(groups["closed"], key=lambda line: line.head.ends_on, reverse=True)),
    )
    return visit.render(page, viewer, section="hearings")


@router.get("/{language}/hearings/feed.atom")
def hearings_feed(visit: VisitDep) -> Response:
    """Return each hearing as it stands: another state of it is another entry."""
    with visit.read() as work:
        boards = {board.did for board, _ in forum.list_boards(work)}
        shown = [each for each in store.list_hearings(work) if each.board in boards]
        today = day_of(work.now)
        entries = [
            _entry(visit, each, show_hearing(work, each, title_of(work, each.thread)), today)
            for each in shown
        ]
    visit.share(HEARINGS, identity.NAMES)
    title = visit.translate(gettext_noop("Hearings"))
    return render_feed(visit, "hearings", title, "/hearings", entries)


def _entry(visit: Visit, hearing: Hearing, head: HallHead, today: date) -> FeedEntry:
    """Show a hearing in the feed, since the last of its days that has come."""
    days = (hearing.bound_on, head.opens_on, head.chooses_on, head.ends_on, hearing.closed_on)
    said, day = _SAID[head.state]
    return FeedEntry(
        mark=f"hearing:{head.thread_id}:{head.state}",
        title=head.text,
        day=max((each for each in days if each and each <= today), default=head.opens_on),
        path=visit.address(f"/t/{head.thread_id}/hearing"),
        summary=visit.translate(said) % {"day": visit.language.day(getattr(head, day))},
        language=head.language,
    )


def _list_drawn(work: Work, visit: Visit, viewer: identity.Viewer | None) -> set[str]:
    """Return the threads of hearings whose voters were drawn by lot, and the viewer among them.

    The page of somebody who is logged in is in no cache.
    """
    if viewer is None:
        return set()
    return {each.thread for each in opinion.list_drawn(work, visit.site.marks_key, viewer.root)}


def _list_waiting(work: Work, visit: Visit) -> tuple[WaitingLine, ...]:
    lines = []
    for question in store.list_waiting(work)[:MOST_WAITING]:
        place = find_place(work, visit, question.hearing)
        official = show_head(work, place).official
        lines += [
            WaitingLine(
                thread_id=question.hearing,
                institution=official.institution,
                question=line,
            )
            for line in list_lines(work, place, [question])
        ]
    return tuple(lines)


@router.get("/{language}/t/{thread_id}/hearing")
def hearing_page(visit: VisitDep, thread_id: str) -> Response:
    """What waits for the official stands first, the oldest first."""
    with visit.read() as work:
        place = find_place(work, visit, thread_id)
        head = show_head(work, place)
        thread = place.hearing.thread
        counts = store.count_questions(work, thread)
        # Of thousands that were asked, those alone that the page shows.
        waiting = store.list_questions(work, thread, _WAITING)
        answered = sorted(
            store.list_questions(work, thread, _ANSWERED),
            key=lambda each: (each.answered_on or each.asked_on, each.post),
            reverse=True,
        )
        newest = [] if waiting or answered else store.list_newest(work, thread, MOST_NEWEST)
        lines = list_lines(work, place, [*waiting, *answered, *newest])
        commitments = list_of_hearing(work, place.hearing.thread)
    by_post = {line.post: line for line in lines}

    def among(some: list[str]) -> tuple[QuestionLine, ...]:
        return tuple(by_post[post] for post in some if post in by_post)

    page = HearingPage(
        head=head,
        waiting=among([each.post.hex() for each in waiting]),
        answered=among([each.post.hex() for each in answered]),
        newest=among([each.post.hex() for each in newest]),
        counts=tuple((STATES[state], counts[state]) for state in STATES if counts.get(state)),
        commitments=commitments,
        charter=place.hearing.charter,
    )
    share(visit, place)
    return visit.render(page, place.viewer, section="hearings")


@router.get("/{language}/t/{thread_id}/hearing/questions")
def questions_page(
    visit: VisitDep,
    thread_id: str,
    page: PageNumber = 1,
    state: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    with visit.read() as work:
        place = find_place(work, visit, thread_id)
        shown = show_questions(work, place, visit, page, state)
    if shown.chosen == state:
        # Of states that there are not are endlessly many: their pages are not kept.
        share(visit, place)
    return visit.render(shown, place.viewer, section="hearings")


def show_questions(
    work: Work,
    place: Place,
    visit: Visit,
    page: int = 1,
    state: str = "",
    *,
    typed: Fields | None = None,
    errors: FieldErrors | None = None,
) -> QuestionsPage:
    """Show questions of a hearing, those in one state or all; `typed` is a form with `errors`."""
    lacking = typed["post"] if typed else ""
    thread = place.hearing.thread
    counts = store.count_questions(work, thread)
    chosen = state if state in set(QuestionState) else ""
    states = [QuestionState(chosen)] if chosen else []
    if lacking:
        among = [each.post.hex() for each in store.list_questions(work, thread, states)]
        page = (among.index(lacking) if lacking in among else 0) // PER_PAGE + 1
    in_all = counts.get(QuestionState(chosen), 0) if chosen else sum(counts.values())
    pages = max(1, -(-in_all // PER_PAGE))
    start = (min(page, pages) - 1) * PER_PAGE
    questions = store.list_questions(work, thread, states, offset=start, limit=PER_PAGE)
    base = visit.address(f"/t/{place.hearing.thread}/hearing/questions")
    return QuestionsPage(
        head=show_head(work, place),
        questions=tuple(list_lines(work, place, questions)),
        filters=tuple(
            (each.value, STATES[each], counts[each]) for each in STATES if counts.get(each)
        ),
        chosen=chosen,
        codes=tuple((code.value, words) for code, words in CODES.items()),
        lacking=lacking,
        typed=typed or Fields(),
        pager=Pager(
            page=min(page, pages), pages=pages, base=f"{base}?state={chosen}" if chosen else base
        ),
        errors=errors or FieldErrors(),
    )


@router.get("/{language}/t/{thread_id}/hearing/charter")
def charter_page(visit: VisitDep, thread_id: str) -> Response:
    with visit.read() as work:
        place = find_place(work, visit, thread_id)
        hearing = place.hearing
        lines = list_lines(work, place, store.list_chosen(work, hearing.thread))
        head = show_head(work, place)
    told = {
        post: ((counts[0], counts[1]), (counts[2], counts[3]))
        for _, post, counted, counts in maths.read_rows(hearing.tallies)
        if counted == maths.TOGETHER
    }
    page = CharterPage(
        head=head,
        charter=hearing.charter,
        language_names=name_languages(visit, hearing.charter.languages),
        record=hearing.head.hex(),
        bound_on=hearing.bound_on,
        codes=tuple(CODES.values()),
        chosen=tuple(
            ChosenLine(
                question=line,
                invited=told[line.post][0],
                came=told[line.post][1],
            )
            for line in lines
            if line.post in told
        ),
        seed=hearing.seed,
        table_digest=sha256(hearing.tallies.encode()).hexdigest() if hearing.seed else "",
    )
    share(visit, place)
    return visit.render(page, place.viewer, section="hearings")


@router.get("/{language}/t/{thread_id}/hearing/tallies.csv")
def tallies_table(visit: VisitDep, thread_id: str) -> Response:
    """The table that the choice was made from, byte for byte what the record names."""
    with visit.read() as work:
        place = find_place(work, visit, thread_id)
    if place.hearing.state not in {HearingState.CHOSEN, HearingState.CLOSED}:
        raise NoChoiceError("the questions are not chosen yet")
    share(visit, place)
    return Response(
        place.hearing.tallies.encode(),
        media_type="text/csv",
        headers={"Content-Disposition": 'attachment; filename="tallies.csv"'},
    )


def share(visit: Visit, place: Place) -> None:
    """Let the page cache keep what everybody sees of a hearing until it changes, or the day."""
    visit.share(f"thread:{place.hearing.thread}", HEARINGS, identity.NAMES)

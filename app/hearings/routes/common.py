"""What pages of hearings share: whose hearing, who looks, what stands at the head."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app import forum, identity, opinion
from app.crypto.multikey import decode_did, fingerprint
from app.db import Work
from app.forum import Post
from app.forum.pages import AuthorLine, build
from app.hearings import rules, service
from app.hearings.model import HeardQuestion, Hearing, HearingState, QuestionState
from app.hearings.pages.halls import CHOSEN, CODES, STATES, HallHead, OfficialLine, QuestionLine
from app.hearings.rules.pauses import Pause, count_days
from app.kernel.clock import day_of
from app.kernel.errors import NotFoundError
from app.opinion import Statement
from app.records.model import Custody
from app.web.markup import direction_of
from app.web.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A hearing, the post that opened its thread, and who looks at it."""

    hearing: Hearing
    opening: Post
    viewer: identity.Viewer | None
    is_steward: bool
    may_draft: bool
    """Whether the viewer is who answers, or writes drafts for them."""

    @property
    def is_official(self) -> bool:
        """Whether the viewer is who answers."""
        return self.viewer is not None and self.viewer.root == self.hearing.official


def find_place(work: Work, visit: Visit, thread_id: str) -> Place:
    """Return the hearing of a thread as this visit sees it.

    Raises:
        NotFoundError: no such thread.
        NoHearingError: it has no hearing.

    """
    thread = forum.get_thread(work, thread_id)
    hearing = service.get_hearing(work, thread.id)
    viewer = identity.find_viewer(work, visit.session_token)
    key = visit.site.marks_key
    if viewer is not None:
        # Under a name for this thread they may have asked, and appeal.
        viewer = identity.look_in_thread(work, viewer, visit.session_token, thread.id)
    is_staff = visit.listener.has_staff_pages and viewer is not None
    return Place(
        hearing=hearing,
        opening=forum.get_post(work, thread.opening),
        viewer=viewer,
        is_steward=is_staff and identity.is_steward(work, viewer),
        may_draft=viewer is not None and service.may_draft(work, key, hearing, viewer.root),
    )


def title_of(work: Work, thread_id: str) -> str:
    """Return the title of a thread; empty once its opening was erased or hidden."""
    opening = forum.get_post(work, forum.get_thread(work, thread_id).opening)
    return opening.version.text.title or ""


def show_head(work: Work, place: Place) -> HallHead:
    """Show what stands at the head of a hearing's pages."""
    title = place.opening.version.text.title or ""
    head = show_hearing(work, place.hearing, title)
    may_bind = place.is_official and head.state == HearingState.OFFERED
    return HallHead(
        **{name: getattr(head, name) for name in head.__slots__ if not name.startswith("may_")},
        may_bind=may_bind,
        may_draw=place.is_official and service.may_be_drawn(work, place.hearing),
        may_answer=place.may_draft and head.state == HearingState.CHOSEN,
        may_change=place.is_steward and head.state != HearingState.CLOSED,
    )


def show_hearing(work: Work, hearing: Hearing, thread_title: str) -> HallHead:
    """Show a hearing as everybody sees it."""
    today, charter = day_of(work.now), hearing.charter
    return HallHead(
        thread_id=hearing.thread,
        thread_title=thread_title,
        text=hearing.text,
        language=hearing.language,
        direction=direction_of(hearing.text),
        state=tell_state(hearing, today),
        official=show_official(work, hearing.official, today),
        opens_on=charter.opens_on,
        chooses_on=charter.chooses_on,
        ends_on=charter.ends_on,
        is_live=charter.is_live,
        asks=hearing.state is HearingState.OPEN and today < charter.chooses_on,
        lot=_tell_lot(hearing, today),
        draws_until=charter.chooses_on + rules.DRAW_WAITS,
        may_bind=False,
        may_draw=False,
        may_answer=False,
        may_change=False,
    )


def _tell_lot(hearing: Hearing, today: date) -> str:
    if hearing.lot is None or not hearing.charter.lot or today < hearing.charter.chooses_on:
        return ""
    if hearing.drawn is not None:
        return "drawn"
    return "waits" if rules.awaits_draw(hearing, today) else "alone"


def tell_state(hearing: Hearing, today: date) -> str:
    """Return where a hearing stands for readers: see `HallHead.state`."""
    charter = hearing.charter
    if hearing.state is HearingState.OPEN and today >= charter.chooses_on:
        return "counting"
    is_early = hearing.state in {HearingState.OFFERED, HearingState.BOUND}
    last = charter.chooses_on if hearing.state is HearingState.BOUND else charter.opens_on
    return "lapsed" if is_early and today >= last else hearing.state.value


def show_official(work: Work, root: str, today: date) -> OfficialLine:
    """Show who answers, with the office that they hold or held."""
    mark = fingerprint(decode_did(root))
    try:
        name: str | None = identity.get_persona(work, mark).name
    except NotFoundError:
        # Erased since: the office stays in the log, and the fingerprint.
        name = None
    office = service.find_office(work, root)
    return OfficialLine(
        author=AuthorLine(
            name=name,
            fingerprint=mark,
            custody=Custody.DEVICE.value,
            path=f"/persona/{mark.replace(' ', '')}",
        ),
        title=office.title if office else "",
        institution=office.institution if office else "",
        attested_by=office.attested_by if office else "",
        holds=office is not None and office.holds(today),
    )


def list_lines(work: Work, place: Place, questions: list[HeardQuestion]) -> list[QuestionLine]:
    """Show questions of a hearing that readers can see, with what the viewer may do about each."""
    digests = [each.post for each in questions]
    statements = {each.post: each for each in opinion.list_statements_of(work, digests)}
    shown = [each for each in questions if each.post in statements]
    posts = {each.digest: each for each in forum.list_named(work, statements)}
    stopped = service.list_pauses_of(work, place.hearing.board)
    return [
        show_question(
            each,
            posts[each.post],
            statements,
            day_of(work.now),
            stopped,
            offers=_offers(place, each, posts[each.post], visit_hosts=place.is_steward),
        )
        for each in shown
    ]


def show_question(
    question: HeardQuestion,
    post: Post,
    statements: Mapping[bytes, Statement],
    today: date,
    stopped: Sequence[Pause] = (),
    *,
    offers: tuple[str, ...] = (),
) -> QuestionLine:
    """Show where a question stands; `stopped` is when the clocks of its home stood still."""
    statement = statements.get(question.post)
    text = post.version.text.markdown.partition("\n")[0] if post.has_words else ""
    waits = question.waits_since if rules.has_clock(question.state) else None
    return QuestionLine(
        post=question.post.hex(),
        number=statement.number if statement else 0,
        text=text,
        language=post.version.text.language,
        direction=direction_of(text),
        author=build.author_line(post),
        state=question.state.value,
        told=STATES[question.state],
        asked_on=question.asked_on,
        code=CODES[question.code] if question.code else "",
        why=question.why,
        is_appealed=question.is_appealed,
        was_appealed=bool(question.appeals),
        chosen=CHOSEN.get(question.chosen, ""),
        waits_since=waits,
        waits_days=count_days(waits, today, stopped) if waits else 0,
        is_paused=bool(waits and stopped and stopped[-1].ended_on is None),
        merged_into=statement.merged_into if statement else None,
        answer=question.answer.hex() if question.answer else "",
        answered_on=question.answered_on,
        offers=offers,
    )


_BY_DESK = {
    QuestionState.ASKED: ("accept", "decline"),
    QuestionState.ACCEPTED: ("decline",),
    QuestionState.WAITING: ("decline",),
}


def _offers(
    place: Place, question: HeardQuestion, post: Post, *, visit_hosts: bool
) -> tuple[str, ...]:
    """Return what the viewer may do about a question."""
    if place.hearing.state not in {HearingState.OPEN, HearingState.CHOSEN} or not place.viewer:
        return ()
    if question.state is QuestionState.DECLINED:
        if question.is_appealed:
            is_officials_decline = question.decliner == place.hearing.official
            decides = place.is_official is not is_officials_decline and (
                place.is_official or visit_hosts
            )
            return ("accept", "decline") if decides else ()
        is_own = place.viewer.wrote(post.author)
        return ("appeal",) if is_own and not question.appeals else ()
    decides = place.is_official or visit_hosts
    # What was not chosen waits for nobody any more.
    is_settled = question.state is not QuestionState.WAITING and not _takes_more(place.hearing)
    return _BY_DESK.get(question.state, ()) if decides and not is_settled else ()


def _takes_more(hearing: Hearing) -> bool:
    return hearing.state is HearingState.OPEN


def name_languages(visit: Visit, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return languages by their own names, where this host has them."""
    known = visit.site.languages
    return tuple(known[code].name if code in known else code for code in codes)

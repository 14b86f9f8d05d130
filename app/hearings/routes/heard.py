"""All that was answered in a hearing, as a page and as plain text; and whether it was an answer."""

from dataclasses import replace
from typing import Final

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from app import identity
from app.db import Work
from app.forum import Post
from app.forum.pages import PostItem, build
from app.hearings import rules, service, store
from app.hearings.forms.answers import parse_found
from app.hearings.model import Answer, Found, Hearing
from app.hearings.pages.answers import (
    FOUND_NAMES,
    AnswerItem,
    AnswersPage,
    ExchangeItem,
    HeardPage,
    rated_line,
    sentences_of,
)
from app.hearings.pages.notes import note_answer
from app.hearings.rules import answers as answer_rules
from app.hearings.service import Exchange
from app.identity.routes.common import require_viewer
from app.kernel.errors import AppError
from app.records.routes import parse_hex
from app.web.languages import Language
from app.web.sentences import gettext_noop as _
from app.web.visit import PostedDep, Visit, VisitDep

from .common import Place, find_place, show_head, title_of

router = APIRouter()

_QUESTION: Final = _("Question")
_ANSWER: Final = _("Answer")
_FOLLOW_UP: Final = _("Asked once more")
_RATED: Final = _("Whoever asked and people drawn by lot, %(n)s of them:")
_FEW: Final = _("fewer than ten")
_WAITING: Final = _("Questions that wait for an answer: %(n)s")


@router.get("/{language}/t/{thread_id}/hearing/answers")
def answers_page(visit: VisitDep, thread_id: str) -> Response:
    with visit.read() as work:
        place = find_place(work, visit, thread_id)
        hearing = place.hearing
        viewer = _look(work, visit, place)
        exchanges = service.list_exchanges(work, hearing)
        waiting = _count_waiting(work, hearing)
        page = AnswersPage(
            head=show_head(work, place),
            exchanges=tuple(_exchange_item(each, viewer) for each in exchanges),
            waiting=waiting,
        )
    visit.share(f"thread:{hearing.thread}", identity.NAMES)
    return visit.render(page, viewer, section="hearings")


@router.get("/{language}/t/{thread_id}/hearing.txt")
def hearing_text(visit: VisitDep, thread_id: str) -> Response:
    """The whole hearing in a few kilobytes, for slow links."""
    with visit.read() as work:
        hearing = service.get_hearing(work, thread_id)
        title = title_of(work, hearing.thread)
        exchanges = service.list_exchanges(work, hearing)
        waiting = _count_waiting(work, hearing)
    visit.share(f"thread:{hearing.thread}", identity.NAMES)
    language = visit.language
    told = visit.translate(_WAITING) % {"n": language.number(waiting)}
    blocks = [title, hearing.text, told]
    for each in exchanges:
        blocks += _text_of(each, language)
    return PlainTextResponse("\n\n".join(blocks) + f"\n\n{hearing.thread}\n")


@router.get("/{language}/p/{digest}/heard")
def heard_page(visit: VisitDep, digest: str) -> Response:
    with visit.read() as work:
        answer, post = service.get_answer(work, parse_hex(digest))
        place = find_place(work, visit, post.thread)
        viewer = _look(work, visit, place)
        page = _heard(work, visit, replace(place, viewer=viewer), answer, post)
    return visit.render(page, viewer, section="hearings")


@router.post("/{language}/p/{digest}/heard")
def heard_submit(visit: PostedDep, digest: str) -> Response:
    """Keep how far an answer answers, as somebody says who asked or was drawn.

    The session is not extended: its row would bear the same transaction as the rating's.
    """
    said = parse_found(visit.fields)
    with visit.write() as work:
        viewer = require_viewer(work, visit)
        answer, post = service.get_answer(work, parse_hex(digest))
        viewer = identity.look_in_thread(work, viewer, visit.session_token, post.thread)
        service.rate_answer(work, visit.site.marks_key, viewer, answer, said)
    return visit.see_other(visit.address(f"/p/{digest}/heard#rating"))


def answer_item(post: Post, answer: Answer, viewer: identity.Viewer | None) -> AnswerItem:
    """Show an answer with what its official says beside it, and what others say of it."""
    item = build.post_item(post, viewer)
    return AnswerItem(
        item=_with_note(item, answer),
        digest=item.digest,
        rated=rated_line(answer.told),
        is_second=answer.is_second,
    )


def _with_note(item: PostItem, answer: Answer) -> PostItem:
    # Of an answer whose words are gone nothing is said either.
    return item if item.is_gone else replace(item, hearing=note_answer(answer))


def _exchange_item(exchange: Exchange, viewer: identity.Viewer | None) -> ExchangeItem:
    follow_up = exchange.follow_up
    return ExchangeItem(
        asked=build.post_item(exchange.asked, viewer),
        answers=tuple(answer_item(post, each, viewer) for each, post in exchange.answers),
        follow_up=build.post_item(follow_up, viewer) if follow_up else None,
    )


def _heard(work: Work, visit: Visit, place: Place, answer: Answer, post: Post) -> HeardPage:
    hearing, viewer = place.hearing, place.viewer
    exchange = service.get_exchange(work, answer)
    key = visit.site.marks_key
    may_rate = viewer is not None and service.may_rate(work, key, viewer, answer)
    own = viewer and may_rate and service.own_rating(work, key, viewer.root, answer)
    return HeardPage(
        head=show_head(work, place),
        exchange=_exchange_item(exchange, viewer),
        answer=answer_item(post, answer, viewer),
        action=visit.address(f"/p/{post.digest.hex()}/heard"),
        may_rate=may_rate,
        own=own.value if own else "",
        choices=tuple((found.value, FOUND_NAMES[found]) for found in Found),
        may_follow_up=_may_follow_up(hearing, exchange, viewer, answer),
    )


def _may_follow_up(
    hearing: Hearing, exchange: Exchange, viewer: identity.Viewer | None, answer: Answer
) -> bool:
    if viewer is None:
        return False
    try:
        answer_rules.require_answering(hearing)
        is_asker = viewer.wrote(exchange.asked.author)
        answer_rules.require_follow_up(exchange.question, answer.post, is_asker=is_asker)
    except AppError:
        return False
    return True


def _look(work: Work, visit: Visit, place: Place) -> identity.Viewer | None:
    """Return the viewer as they are known in the hearing's thread."""
    if place.viewer is None:
        return None
    thread = place.hearing.thread
    return identity.look_in_thread(work, place.viewer, visit.session_token, thread)


def _count_waiting(work: Work, hearing: Hearing) -> int:
    counts = store.count_questions(work, hearing.thread)
    return sum(count for state, count in counts.items() if rules.has_clock(state))


def _text_of(exchange: Exchange, language: Language) -> list[str]:
    """Return a question and what was answered, as blocks of plain text."""
    blocks = [_block(_QUESTION, exchange.asked, language)]
    for answer, post in exchange.answers:
        if answer.is_second and exchange.follow_up is not None:
            blocks.append(_block(_FOLLOW_UP, exchange.follow_up, language))
        blocks.append(_block(_ANSWER, post, language))
        if post.has_words:
            blocks.append("\n".join(language.gettext(each) for each in sentences_of(answer)))
        if answer.told:
            blocks.append(_tell(answer, language))
    if exchange.follow_up is not None and not any(each.is_second for each, _ in exchange.answers):
        blocks.append(_block(_FOLLOW_UP, exchange.follow_up, language))
    return blocks


def _block(what: str, post: Post, language: Language) -> str:
    name = build.name_in(language, post.author) or "—" if post.has_words else ""
    head = f"[{language.number(post.number or 0)}] {language.gettext(what)}"
    by = f" · {name} ({post.author.fingerprint})" if name else ""
    return f"{head}{by} · {language.day(post.day)}\n{build.plain_words(post, language)}"


def _tell(answer: Answer, language: Language) -> str:
    line = rated_line(answer.told)
    head = language.gettext(_RATED) % {"n": language.number(line.people)}
    few = language.gettext(_FEW)
    counts = (
        f"{language.gettext(name)}: {few if count is None else language.number(count)}"
        for name, count in line.counts
    )
    return "\n".join([head, *counts])

"""The legal notice: for whoever has no name here, answered under words of its own."""

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from app import identity
from app.db import Work
from app.identity import Viewer
from app.kernel.clock import HOUR_S, MINUTE_S
from app.kernel.errors import AppError, NotFoundError
from app.moderation import service
from app.moderation.errors import ReportedError, TooManyReportsError
from app.moderation.forms.reporting import (
    MOST_NOTICE_CHARACTERS,
    NONCE_BYTES,
    NOT_HERE,
    Fault,
    NoticeForm,
    parse_notice,
    parse_notice_words,
)
from app.moderation.model import Rule
from app.moderation.pages.reporting import LegalNoticePage, NoticeOutcomePage, NoticeWordsPage
from app.web.error_pages import sentences_of, status_of
from app.web.limits import Bucket
from app.web.sentences import gettext_noop as _
from app.web.visit import Posted, PostedDep, Visit, VisitDep

from .targets import Target, explain, find_target, show_told

router = APIRouter()

# Whoever sends one names nobody, so that all of them together get what a desk can read: sixty an
# hour, by tens, so that one sender who takes all of them keeps nobody waiting for an hour.
NOTICES: Final = Bucket("legal notices", 10, 10 * MINUTE_S)
NOTICES_OF_SENDER: Final = Bucket("legal notices of a sender", 10, HOUR_S)
TRIES_OF_WORDS: Final = Bucket("words of legal notices", 20, 5 * MINUTE_S)
NO_SUCH_WORDS: Final = _("No legal notice here has these words. Look at each of them again.")


@router.get("/{language}/legal-notice")
def legal_notice_form(
    visit: VisitDep, place: Annotated[str, Query(max_length=300)] = ""
) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        nonce = work.randomness.token_bytes(NONCE_BYTES)
        return visit.render(_page(visit, NoticeForm(typed_place=place, nonce=nonce)), viewer)


@router.post("/{language}/legal-notice")
def legal_notice_submit(visit: PostedDep) -> Response:
    form = parse_notice(visit.fields)
    with visit.write() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        target, form = _find(visit, work, form)
        if target is None or form.faults:
            return visit.render(_page(visit, form), viewer, status=400)
        words = service.words_of(visit.site.marks_key, form.nonce)
        mark = service.mark_of_words(visit.site.marks_key, words)
        # A form that comes again, because its answer was lost, finds its words again.
        with suppress(ReportedError):
            _count(visit, work, viewer)
            service.report(work, target.matter, Rule.LAW, form.whole, mark=mark, is_notice=True)
        first = show_told(work, visit, mark)[0]
        page = NoticeWordsPage(words=words, outcome=first.outcome, act=first.act)
        return visit.render(page, viewer)


@router.get("/{language}/legal-notice/outcome")
def notice_outcome_form(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        return visit.render(NoticeOutcomePage(typed="", reports=()), viewer)


@router.post("/{language}/legal-notice/outcome")
def notice_outcome_submit(visit: PostedDep) -> Response:
    """Show what became of a notice. Its words are in the form alone, and in no address."""
    visit.count_for_sender(TRIES_OF_WORDS)
    words, fault = parse_notice_words(visit.fields["words"])
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        mark = service.mark_of_words(visit.site.marks_key, words)
        lines = () if fault else show_told(work, visit, mark)
        if not lines and fault is None:
            fault = Fault(sentence=NO_SUCH_WORDS)
        errors = explain(visit, {"words": fault} if fault else {})
        page = NoticeOutcomePage(typed=visit.fields["words"], reports=lines, errors=errors)
        return visit.render(page, viewer, status=400 if fault else 200)


def _find(visit: Posted, work: Work, form: NoticeForm) -> tuple[Target | None, NoticeForm]:
    """Return what a notice is about, and the notice with what is wrong with its place."""
    if form.place is None:
        return None, form
    try:
        return find_target(work, form.place), form
    except NotFoundError:
        fault = Fault(sentence=NOT_HERE)
    except AppError as error:
        title, explanation = sentences_of(error.code, status_of(error))
        sentence = f"{visit.translate(title)}. {visit.translate(explanation)}"
        fault = Fault(sentence=sentence)
    return None, replace(form, faults={"place": fault, **form.faults})


def _count(visit: Posted, work: Work, viewer: Viewer | None) -> None:
    """Count a notice, for whoever sent it and for everybody; if nothing comes of it, it was not.

    A persona whom somebody answers for has its own number, which nobody else can use up.

    Raises:
        LimitError, TooManyReportsError: too many at a time.

    """
    visit.count_for_sender(NOTICES_OF_SENDER)
    if viewer and not identity.is_on_probation(work, viewer.root):
        visit.site.gate.fill(NOTICES_OF_SENDER, viewer.root, work.now)
        return
    if not visit.site.gate.take(NOTICES, "", work.now):
        wait_s = NOTICES.per_s - work.now % NOTICES.per_s
        raise TooManyReportsError("enough legal notices for now", wait_s=wait_s)
    work.undo.append(partial(visit.site.gate.give_back, NOTICES, "", work.now))


def _page(visit: Visit, form: NoticeForm) -> LegalNoticePage:
    return LegalNoticePage(
        contact=visit.site.contact,
        place=form.typed_place,
        law=form.law,
        country=form.country,
        text=form.text,
        is_true=form.is_true,
        nonce=form.nonce.hex(),
        most=MOST_NOTICE_CHARACTERS,
        errors=explain(visit, form.faults),
    )

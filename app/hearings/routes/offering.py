"""Offering a hearing on a thread, and changing its charter: for stewards."""

from hashlib import sha256

from fastapi import APIRouter
from starlette.responses import Response

from app import forum, hearings, identity, opinion
from app.crypto.multikey import encode_digest
from app.db import Work
from app.forum.routes.handing import explain
from app.forum.routes.managing import require_steward
from app.hearings import codec, rules, service, store
from app.hearings.errors import StaleCharterError
from app.hearings.forms.charter import CharterForm, parse_charter, type_charter
from app.hearings.model import Hearing
from app.hearings.pages.halls import OfferPage
from app.identity.routes.common import translated
from app.kernel.clock import day_of
from app.kernel.errors import AppError
from app.records import Door
from app.records.routes import DoorDep
from app.web.error_pages import status_of
from app.web.forms import Fields
from app.web.pages import FieldErrors
from app.web.visit import Posted, PostedDep, Visit, VisitDep

from .common import title_of

router = APIRouter()

_EMPTY = Fields(top="20", lot="10")


@router.get("/{language}/t/{thread_id}/hearing/new")
def offer_form(visit: VisitDep, thread_id: str) -> Response:
    with visit.read() as work:
        viewer = require_steward(work, visit)
        thread = forum.get_thread(work, thread_id)
        hearing = store.find_hearing(work, thread=thread.id)
        typed = _type(hearing, visit) if hearing else Fields(_EMPTY, language=visit.language.code)
        page = _page(work, visit, thread.id, typed)
        return visit.render(page, viewer, section="hearings")


@router.post("/{language}/t/{thread_id}/hearing/new")
def offer_submit(visit: PostedDep, thread_id: str, door: DoorDep) -> Response:
    with visit.read() as work:
        viewer = require_steward(work, visit)
        thread = forum.get_thread(work, thread_id)
        hearing = store.find_hearing(work, thread=thread.id)
        form = _read(work, visit, hearing)
    errors, status = translated(visit, form.errors), 400
    if not errors:
        try:
            with visit.write() as work:
                require_steward(work, visit)
                _submit(work, visit, door, thread.id, form)
                identity.extend_session(work, visit.session_token)
        except AppError as error:
            errors, status = explain(visit, error), status_of(error)
            errors = FieldErrors(by_field={"opens": " ".join(errors.by_field.values())})
        else:
            return visit.see_other(visit.address(f"/t/{thread.id}/hearing"))
    with visit.read() as work:
        page = _page(work, visit, thread.id, visit.fields, form, errors)
    return visit.render(page, viewer, section="hearings", status=status)


def _read(work: Work, visit: Posted, hearing: Hearing | None) -> CharterForm:
    officials = [root for root, _ in _list_officials(work)]
    fields, today = visit.fields, day_of(work.now)
    if hearing is not None:
        # Who answers, and what for, stays: another of either is another hearing.
        officials = [hearing.official]
        fixed = {"official": hearing.official, "text": hearing.text, "language": hearing.language}
        fields = Fields({**fields, **fixed})
        if rules.has_opened(hearing, today):
            # Its first day lies behind it.
            today = min(today, hearing.charter.opens_on - service.DAY)
    return parse_charter(fields, officials, list(visit.site.languages), today)


def _submit(work: Work, visit: Posted, door: Door, thread_id: str, form: CharterForm) -> None:
    hearing = store.find_hearing(work, thread=thread_id)
    if form.charter is None:
        return
    if hearing is None:
        service.offer_hearing(
            work,
            door,
            forum.get_thread(work, thread_id),
            official=form.official,
            text=form.text,
            language=form.language,
            charter=form.charter,
        )
        return
    if visit.fields["previous"] != encode_digest(hearing.head):
        raise StaleCharterError("the charter has changed")
    mandate = _find_mandate(work, hearing, visit.fields["mandate"].strip())
    service.change_charter(work, door, hearing, form.charter, mandate)


def _find_mandate(work: Work, hearing: Hearing, number: str) -> tuple[str, bytes] | None:
    """Return the question that was voted on, and the digest of the published table."""
    if not number:
        return None
    named = [
        each.record_id
        for each in opinion.list_statements(work, hearing.thread)
        if str(each.number) == number
    ]
    table = sha256(hearing.tallies.encode()).digest()
    return (named[0] if named else hearing.record_id, table)


def _type(hearing: Hearing, visit: Visit) -> Fields:
    return type_charter(
        hearing.charter,
        text=hearing.text,
        language=hearing.language,
        official=hearing.official,
        write_day=visit.language.numeric_day,
    )


def _list_officials(work: Work) -> list[tuple[str, str]]:
    """Return the roots of those who hold an office today, and who they are."""
    today = day_of(work.now)
    return [
        (office.root, f"{office.title}, {office.institution}")
        for office in hearings.list_attested(work)
        if office.holds(today)
    ]


def _page(
    work: Work,
    visit: Visit,
    thread_id: str,
    typed: Fields,
    form: CharterForm | None = None,
    errors: FieldErrors | None = None,
) -> OfferPage:
    hearing = store.find_hearing(work, thread=thread_id)
    today = day_of(work.now)
    is_open = hearing is not None and rules.has_opened(hearing, today)
    return OfferPage(
        thread_id=thread_id,
        thread_title=title_of(work, thread_id),
        is_new=hearing is None,
        is_open=is_open,
        officials=tuple(_list_officials(work)),
        languages=tuple((item.code, item.name) for item in visit.site.languages.values()),
        typed=typed,
        previous=encode_digest(hearing.head) if hearing else "",
        named=codec.digest_charter(form.charter) if is_open and form and form.charter else "",
        earliest=today + service.DAY,
        most=rules.MAX_TEXT_CHARACTERS,
        errors=errors or FieldErrors(),
    )

"""Officials: an office stands on two signatures, a ministry's and a university's (ADR-0045).

Offer/official (ministry) ─► offered, seen by nobody as an official
Accept/official (university) ─► holds, until the earlier of both last days
Undo/official (either of the two) or the last day ─► over; a new offer begins anew

While it holds, those who attest it answer for the persona: it is on no probation.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TypeAlias

from app import identity, tlog
from app.crypto.multikey import decode_digest
from app.db import Work
from app.hearings import rules, store
from app.hearings.errors import (
    AttesterKnownError,
    AttesterUnknownError,
    NoOfficeError,
    NotOfficialError,
    OfficeLanguageError,
    UnknownOfficialError,
)
from app.hearings.model import Attester, Office
from app.kernel.clock import day_of
from app.kernel.errors import NotFoundError
from app.records import VerifiedRecord
from app.records.codec import actor_did
from app.records.errors import WrongSignerError

OFFICIALS = "officials"
"""What the page of officials is about."""
_UNTIL = "urn:goftogu:until"

Accept: TypeAlias = Callable[[Work, VerifiedRecord], tlog.Lane]
RequireApart: TypeAlias = Callable[[Work, str, str], None]
"""Refuses a root and a domain that may not come together: who moderates, and who pays here."""


def accept_office(work: Work, record: VerifiedRecord) -> tlog.Lane:
    """Take in an office that a ministry offers. Readers see no official yet.

    Raises:
        AttesterUnknownError, NotMinistryError: the key is no ministry's that is believed here.
        WrongDomainKeyError: the office is of another domain than the key.
        UnknownOfficialError: no persona here has this root.
        OfficeOverError: its last day has passed.

    """
    office = _office_of(record)
    is_logged = record.digest in work.logged
    ministry = _find_believed(work, record.signer, is_logged=is_logged)
    rules.require_offer(office, ministry)
    if not is_logged:
        rules.require_not_over(office, day_of(work.now))
        if identity.find_persona(work, office.root) is None:
            raise UnknownOfficialError("no persona here has this root")
    store.add_office(work, office)
    _tell(work)
    return tlog.HOUSE_LANE


def accept_attestation(
    work: Work, record: VerifiedRecord, *, require_apart: RequireApart
) -> tlog.Lane:
    """Let an office hold: a university says that the root is the official's.

    Raises:
        AttesterUnknownError, NotUniversityError: the key is no university's that is believed here.
        NoOfficeError: it accepts no offer that is here, with these bytes.
        OfficeAttestedError, OfficeOverError: see `rules`.
        AppError: `require_apart` refuses it.

    """
    is_logged = record.digest in work.logged
    university = _find_believed(work, record.signer, is_logged=is_logged)
    office = _require_named(work, record)
    rules.require_attester(office, university)
    until = min(office.until, date.fromisoformat(record.document[_UNTIL]))
    if not is_logged:
        rules.require_not_over(replace(office, until=until), day_of(work.now))
        require_apart(work, office.root, office.domain)
    store.attest_office(
        work,
        office.offer,
        accept=record.digest,
        university=university.did,
        attested_by=record.document["urn:goftogu:attests"],
        until=until,
    )
    _answer_for(work, office.root)
    _tell(work)
    return tlog.HOUSE_LANE


def accept_office_end(work: Work, record: VerifiedRecord) -> tlog.Lane:
    """End an office at once; ending one that is over changes nothing.

    A key that is believed no more may still end what stands on it.

    Raises:
        NoOfficeError: it ends none that is here.
        WrongSignerError: neither of its two keys signed it.

    """
    office = _require_named(work, record)
    if record.signer not in {office.ministry, office.university}:
        raise WrongSignerError("neither of the two keys that the office stands on")
    store.end_office(work, office.offer, record.day, record.document["urn:goftogu:ends"])
    _answer_for(work, office.root)
    _tell(work)
    return tlog.HOUSE_LANE


def accept_logged_elsewhere(
    work: Work, record: VerifiedRecord, *, accept: Accept, require_apart: RequireApart
) -> tlog.Lane:
    """Take in an office that a partner's log holds: who is believed is decided here.

    Raises:
        AttesterUnknownError: its key is believed no more.
        AppError: see `accept`, `require_apart`.

    """
    _find_believed(work, record.signer, is_logged=False)
    lane = accept(work, record)
    named = record.document["object"]
    office = _require_named(work, record) if isinstance(named, dict) else _office_of(record)
    require_apart(work, office.root, office.domain)
    return lane


def find_office(work: Work, root: str) -> Office | None:
    """Return a persona's office: the one that holds today, else the last that did or could."""
    return rules.choose_office(store.list_offices_of(work, root), day_of(work.now))


def list_attested(work: Work, root: str = "") -> list[Office]:
    """Return every office that was ever attested: of one persona if it is given, else of all."""
    offices = store.list_offices_of(work, root) if root else store.list_offices(work)
    return [office for office in offices if office.attested_by]


def require_office(work: Work, root: str, day: date, *, language: str = "") -> Office:
    """Return the office that a persona holds on a day, in a language if one is given.

    Raises:
        NotOfficialError: it holds none by two signatures on that day.
        OfficeLanguageError: none that it holds covers the language.

    """
    held = [office for office in store.list_offices_of(work, root) if office.holds(day)]
    if not held:
        raise NotOfficialError("no office by two signatures on this day")
    fitting = [office for office in held if not language or office.speaks(language)]
    office = rules.choose_office(fitting, day)
    if office is None:
        raise OfficeLanguageError("the office does not cover this language")
    return office


def believe(work: Work, attester: Attester) -> None:
    """Believe a key about offices from now on; again is no change but of name and day.

    Raises:
        AttesterKnownError: it is believed as something else, or stands at another domain.

    """
    known = store.find_attester(work, attester.did)
    if known is None:
        store.add_attester(work, attester)
    elif (known.kind, known.domain) != (attester.kind, attester.domain):
        raise AttesterKnownError("the key is another attester's")
    else:
        store.change_attester(
            work, known.did, name=attester.name, checked_on=attester.checked_on, ended_on=None
        )
    _tell(work)


def doubt(work: Work, did: str) -> None:
    """Believe a key no more. What stands on it ends at once, as nothing else says who it is.

    Raises:
        NotFoundError: there is no such attester.

    """
    known = store.find_attester(work, did)
    if known is None:
        raise NotFoundError("no attester has this key: `goftogu official list` shows all")
    if known.ended_on is None:
        today = day_of(work.now)
        store.change_attester(
            work, did, name=known.name, checked_on=known.checked_on, ended_on=today
        )
        for root in store.end_offices_of(work, did, today):
            _answer_for(work, root)
    _tell(work)


def tell_ended(work: Work) -> None:
    """Let pages be made anew on which an office stands whose last day was yesterday.

    Called each hour: badges go within the first hour of the day, without a record.
    """
    today = day_of(work.now)
    if any(office.until == today for office in store.list_offices(work)):
        _tell(work)


def _office_of(record: VerifiedRecord) -> Office:
    document = record.document
    office = document["urn:goftogu:office"]
    return Office(
        offer=record.digest,
        record_id=record.id,
        root=actor_did(document["object"]),
        ministry=record.signer,
        title=office["title"],
        institution=office["institution"],
        domain=office["domain"],
        topics=office["topics"],
        languages=tuple(office["languages"]),
        until=date.fromisoformat(document[_UNTIL]),
    )


def _find_believed(work: Work, did: str, *, is_logged: bool) -> Attester:
    attester = store.find_attester(work, did)
    if attester is None or (attester.ended_on is not None and not is_logged):
        raise AttesterUnknownError("no attester that is believed here has this key")
    return attester


def _require_named(work: Work, record: VerifiedRecord) -> Office:
    """Return the office that a record names by its id and by its very bytes."""
    named = record.document["object"]
    office = store.find_office_by_record(work, named["id"])
    if office is None or office.offer != decode_digest(named["digestMultibase"]):
        raise NoOfficeError("no such office")
    return office


def _answer_for(work: Work, root: str) -> None:
    """Let the offices that a persona holds keep it off probation, and no longer than they hold."""
    today = day_of(work.now)
    held = [office.until for office in store.list_offices_of(work, root) if office.holds(today)]
    identity.answer_until(work, root, max(held, default=None))


def _tell(work: Work) -> None:
    # Beside every name that an office is shown with.
    work.changed.update({OFFICIALS, identity.NAMES})

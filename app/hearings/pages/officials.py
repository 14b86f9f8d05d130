"""View models of officials: who holds an office, and whom the host believes about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.db import Work
from app.hearings import service
from app.hearings.model import Attester, AttesterKind, Office
from app.hearings.service import Badge
from app.identity.model import Author, Persona
from app.web.pages import OfficeLine, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialLine:
    """One office of the list."""

    name: str
    """The persona's; empty where it was erased."""
    fingerprint: str
    path: str
    """The persona's page, without the language."""
    title: str
    institution: str
    domain: str
    topics: str
    languages: tuple[str, ...]
    attested_by: str
    """Empty while no university attests it."""
    until: date
    ended_on: date | None
    ended_why: str
    is_held: bool
    has_queue: bool
    """Whether it can be asked something now."""
    offer: str
    accept: str
    """Digests of the two records; the second is empty while there is none."""
    reads_like: str
    """Domain of another ministry, one of whose offices reads like this one; empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttesterLine:
    """A key that this host believes, or did."""

    kind: str
    name: str
    domain: str
    fingerprint: str
    did: str
    checked_on: date
    ended_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialsPage(Page):
    """Who speaks for an institution here, by whose signatures."""

    template: ClassVar[str] = "hearings/officials.html"

    held: tuple[OfficialLine, ...]
    offered: tuple[OfficialLine, ...]
    """By one signature so far."""
    over: tuple[OfficialLine, ...]
    ministries: tuple[AttesterLine, ...]
    universities: tuple[AttesterLine, ...]


def find_offices(work: Work, authors: Sequence[Author]) -> Mapping[str, OfficeLine]:
    """Return what stands beside authors' names of offices, by fingerprints."""
    return {mark: office_line(badge) for mark, badge in service.find_badges(work, authors).items()}


def office_line(badge: Badge) -> OfficeLine:
    """Show what stands beside a name."""
    office = badge.office
    return OfficeLine(
        title=office.title,
        institution=office.institution,
        domain=office.domain,
        attested_by=office.attested_by,
        until=office.ended_on or office.until,
        is_held=badge.is_held,
        reads_like=badge.official.fingerprint if badge.is_look_alike else "",
    )


def official_line(
    office: Office,
    persona: Persona | None,
    *,
    day: date,
    languages: tuple[str, ...],
    has_queue: bool,
    reads_like: str,
) -> OfficialLine:
    """Show an office in the list; `reads_like` is the domain of one that reads like it.

    `languages` are named as readers know them.
    """
    mark = persona.fingerprint if persona else ""
    return OfficialLine(
        name=persona.name if persona else "",
        fingerprint=mark,
        path=f"/persona/{mark.replace(' ', '')}",
        title=office.title,
        institution=office.institution,
        domain=office.domain,
        topics=office.topics,
        languages=languages,
        attested_by=office.attested_by,
        until=office.until,
        ended_on=office.ended_on,
        ended_why=office.ended_why,
        is_held=office.holds(day),
        has_queue=has_queue,
        offer=office.offer.hex(),
        accept=office.accept.hex() if office.accept else "",
        reads_like=reads_like,
    )


def attester_lines(
    attesters: Sequence[tuple[Attester, str]], kind: AttesterKind
) -> tuple[AttesterLine, ...]:
    """Show the attesters of one kind, each with its key's fingerprint."""
    return tuple(
        AttesterLine(
            kind=kind.value,
            name=attester.name,
            domain=attester.domain,
            fingerprint=mark,
            did=attester.did,
            checked_on=attester.checked_on,
            ended_on=attester.ended_on,
        )
        for attester, mark in attesters
        if attester.kind is kind
    )

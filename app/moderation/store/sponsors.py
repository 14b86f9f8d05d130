"""Statements about who pays for something here."""

from sqlalchemy import insert, select

from app.db import Work
from app.moderation.model import Role
from app.moderation.tables import DeskRow, SponsorDomainRow, SponsorRow


def add_sponsor(work: Work, person: bytes, name: str) -> None:
    """Keep a sponsor by its mark and the name that readers see."""
    work.session.execute(insert(SponsorRow).values(person=person, name=name))


def add_sponsor_domain(work: Work, domain: str, name: str) -> None:
    """Keep a sponsor by its domain and the name that readers see."""
    work.session.execute(insert(SponsorDomainRow).values(domain=domain, name=name))


def list_sponsors(work: Work) -> list[str]:
    """Return the names of all sponsors, each once."""
    names = select(SponsorRow.name).union(select(SponsorDomainRow.name))
    return sorted(work.session.scalars(names))


def list_sponsor_domains(work: Work) -> dict[str, str]:
    """Return the names of sponsors by their domains."""
    rows = work.session.scalars(select(SponsorDomainRow).order_by(SponsorDomainRow.domain))
    return {row.domain: row.name for row in rows}


def list_roles(work: Work, person: bytes) -> set[Role]:
    """Return the roles that somebody holds or ever held."""
    desks = work.session.scalars(select(DeskRow.role).where(DeskRow.person == person))
    roles = {Role(role) for role in desks}
    return roles | {Role.SPONSOR} if work.session.get(SponsorRow, person) else roles

"""What readers are told of offices beside names, and of names that read like an official's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app import identity
from app.db import Work
from app.hearings import rules, store
from app.hearings.model import Office
from app.hearings.rules import alike
from app.identity.model import Author, Persona
from app.kernel.clock import day_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """What stands beside a name."""

    office: Office
    """Its holder's; or the office of somebody else, whom the name reads like."""
    official: Persona
    is_held: bool
    """Whether the office holds today."""
    is_look_alike: bool
    """Whether the name is not the official's."""


def find_badges(
    work: Work, authors: Iterable[Author], offices: Iterable[Office] | None = None
) -> dict[str, Badge]:
    """Return what stands beside authors' names, by fingerprint; nothing for most of them.

    An author whose name reads like the name, the title, the institution or the domain of an
    official who holds an office today is told apart. `offices` are all of them, where they are
    known already.
    """
    if offices is None:
        offices = store.list_offices(work)
    offices = [office for office in offices if office.attested_by]
    if not offices:
        return {}
    today = day_of(work.now)
    personas = identity.list_personas(work, {office.root for office in offices})
    held: dict[str, list[Office]] = {}
    for office in offices:
        held.setdefault(office.root, []).append(office)
    found, read = dict[str, Badge](), dict[str, Badge]()
    for root, persona in sorted(personas.items()):
        chosen = rules.choose_office(held[root], today)
        if chosen is None:
            continue
        badge = Badge(
            office=chosen, official=persona, is_held=chosen.holds(today), is_look_alike=False
        )
        found[persona.fingerprint] = badge
        if badge.is_held:
            words = rules.names_of(chosen, persona.name)
            read.update({_at_a_glance(word): badge for word in words})
    return {
        author.fingerprint: said
        for author in authors
        if (said := found.get(author.fingerprint) or _find_alike(author, read))
    }


def list_look_alikes(work: Work, offices: Iterable[Office]) -> Mapping[bytes, Office]:
    """Return which of some offices read like another one, by the digests of their offers.

    Two of one root are its own, and two of one domain are the ministry's own.
    """
    shown = list(offices)
    personas = identity.list_personas(work, {office.root for office in shown})
    words = {
        office.offer: {
            _at_a_glance(word)
            for word in rules.names_of(
                office, personas[office.root].name if office.root in personas else ""
            )
        }
        for office in shown
    }
    return {
        one.offer: other
        for one in shown
        for other in shown
        if one.root != other.root
        and one.domain != other.domain
        and words[one.offer] & words[other.offer]
    }


def _find_alike(author: Author, read: Mapping[str, Badge]) -> Badge | None:
    badge = read.get(_at_a_glance(author.name)) if author.name else None
    if badge is None:
        return None
    return Badge(
        office=badge.office, official=badge.official, is_held=badge.is_held, is_look_alike=True
    )


def _at_a_glance(words: str) -> str:
    return alike.skeleton(identity.fold_name(words))

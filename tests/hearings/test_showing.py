"""Badges: beside an official's name, and beside names that read like one's."""

from datetime import timedelta
from typing import Any, cast

import pytest
from app import hearings, identity
from app.crypto.ed25519 import SigningKey
from app.hearings import service
from app.hearings.service import Badge
from app.identity.rules.naming import fold_name
from app.kernel.clock import DAY_S
from app.wiring import House

from tests import factories
from tests.factories import TODAY
from tests.hearings.officials import (
    UNTIL,
    attest,
    believe,
    believe_both,
    end,
    make_official,
    offer,
)
from tests.hearings_records import MINISTRY
from tests.houses import advance, submit

KAVE = factories.person("Kave")
OTHER = "dam.example.org"


def badges(house: House, *people: factories.Person) -> dict[str, Badge]:
    """Return what stands beside people's names."""
    with house.db.read() as work:
        authors = identity.list_authors(work, [person.did for person in people])
        return service.find_badges(work, authors)


def know(house: House, *people: factories.Person) -> None:
    submit(house, *map(factories.card, people))


def test_badge_stands_beside_an_official_by_two_signatures_alone(house: House) -> None:
    know(house, KAVE, factories.person("Ava"))
    believe_both(house)
    offered = offer(KAVE)
    submit(house, offered)
    assert badges(house, KAVE) == {}

    submit(house, attest(offered))

    (badge,) = badges(house, KAVE, factories.person("Ava")).values()
    assert badge.official.name == "Kave"
    assert badge.is_held
    assert not badge.is_look_alike


def test_badge_says_that_an_office_is_over(house: House) -> None:
    know(house, KAVE)
    offered = make_official(house, KAVE)
    submit(house, end(offered, key=MINISTRY))

    assert not badges(house, KAVE)[KAVE.mark].is_held


def test_badge_goes_with_the_last_day_and_pages_are_told(house: House) -> None:
    know(house, KAVE)
    make_official(house, KAVE, until=TODAY + timedelta(days=2))
    assert badges(house, KAVE)[KAVE.mark].is_held
    advance(house, DAY_S)
    with house.db.write() as work:
        hearings.tell_ended(work)
        assert not work.changed
    advance(house, DAY_S)

    with house.db.write() as work:
        hearings.tell_ended(work)
        assert {hearings.OFFICIALS, identity.NAMES} <= work.changed

    assert not badges(house, KAVE)[KAVE.mark].is_held


# Cyrillic and Greek letters, Arabic ones for Persian, other cases, digits and blanks.
READ_AS_KAVE = ("KAVE", "kave", "\u041a\u0430ve", "K\u03b1ve")
READ_AS_OFFICE = (
    "Ministry of Energy",
    "MINISTRY OF ENERGY",
    "Deputy minister for water",
    "ministry of energy",
    "water.example.org",
)


@pytest.mark.parametrize("name", [*READ_AS_KAVE[:2], *READ_AS_OFFICE])
def test_name_that_reads_like_an_official_is_told_apart(house: House, name: str) -> None:
    imitator = factories.Person(
        name=name, seed=factories.person("imitator").seed, custody=KAVE.custody
    )
    know(house, KAVE, imitator)
    make_official(house, KAVE)

    badge = badges(house, imitator)[imitator.mark]

    assert badge.is_look_alike
    assert badge.official.root == KAVE.root


@pytest.mark.parametrize("name", READ_AS_KAVE)
def test_letters_of_other_scripts_are_read_as_what_they_look_like(name: str) -> None:
    assert fold_name(name) == fold_name("Kave")


@pytest.mark.parametrize(
    ("official", "imitator"),
    [("کاوه یکتا", "كاوه يكتا"), ("کاوه ۱۲", "کاوه 12"), ("کاوه‌ی یک", "کاوهی یک")],
)
def test_persian_names_are_read_as_people_read_them(
    house: House, official: str, imitator: str
) -> None:
    one = factories.Person(name=official, seed=KAVE.seed, custody=KAVE.custody)
    other = factories.Person(name=imitator, seed=factories.person("x").seed, custody=KAVE.custody)
    know(house, one, other)
    make_official(house, one)

    found = badges(house, one, other)

    assert not found[one.mark].is_look_alike
    assert found[other.mark].is_look_alike


def test_nobody_else_gets_a_badge_and_a_past_office_is_not_imitated(house: House) -> None:
    ava, again = (
        factories.person("Ava"),
        factories.Person(name="KAVE", seed=factories.person("again").seed, custody=KAVE.custody),
    )
    know(house, KAVE, ava, again)
    offered = make_official(house, KAVE)
    assert set(badges(house, ava, again)) == {again.mark}

    submit(house, end(offered, key=MINISTRY))

    assert badges(house, ava, again) == {}


def list_alike(house: House) -> set[str]:
    """Return the titles of offices that read like another's."""
    with house.db.read() as work:
        offices = hearings.list_offices(work)
        found = service.list_look_alikes(work, offices)
        return {office.title for office in offices if office.offer in found}


def offer_elsewhere(house: House, person: factories.Person, office: dict[str, str]) -> None:
    """Give somebody an office of another ministry."""
    other = SigningKey(b"o" * 32)
    believe(house, other, hearings.AttesterKind.MINISTRY, OTHER)
    offered = offer(person, key=other, domain=OTHER, until=UNTIL, **cast("Any", office))
    submit(house, offered, attest(offered))


@pytest.mark.parametrize(
    ("office", "is_alike"),
    [
        ({"title": "Minister", "institution": "MINISTRY of ENERGY"}, True),
        ({"title": "Deputy\u00a0minister for w\u0430ter", "institution": "Other"}, True),
        ({"title": "Minister", "institution": "Ministry of Enerqy"}, False),
    ],
)
def test_offices_of_two_domains_that_read_alike_are_flagged(
    house: House, office: dict[str, str], *, is_alike: bool
) -> None:
    ava = factories.person("Ava")
    know(house, KAVE, ava)
    make_official(house, KAVE)
    offer_elsewhere(house, ava, office)
    titles = {"Deputy minister for water", office["title"]}

    assert list_alike(house) == (titles if is_alike else set())


def test_offices_of_one_ministry_are_its_own(house: House) -> None:
    ava = factories.person("Ava")
    know(house, KAVE, ava)
    make_official(house, KAVE)
    make_official(house, ava)

    assert list_alike(house) == set()

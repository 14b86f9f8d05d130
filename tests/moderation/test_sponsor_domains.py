"""Nobody with an office in a sponsor's domain moderates, in whatever order roles are given (N14)."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from app import hearings, identity, moderation
from app.crypto.ed25519 import SigningKey
from app.db import Work
from app.hearings import AttesterKind
from app.hearings import store as hearing_store
from app.moderation import service, store
from app.moderation.errors import NotAllowedError
from app.moderation.model import Appointment, Role
from app.moderation.rules import is_of_domain
from app.wiring import House
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.factories import TODAY
from tests.hearings.officials import attest, believe, end, make_official, offer
from tests.hearings_records import UNIVERSITY
from tests.houses import crash_after, submit
from tests.moderation.desks import AUDIT_KEYS

PEOPLE = [factories.person(name) for name in ("Ava", "Babak", "Cyra")]
DOMAINS = ("fund.example", "ministry.fund.example", "other.example")
KEYS = {domain: SigningKey(domain.encode().ljust(32, b".")) for domain in DOMAINS}
SPONSORS = ("fund.example", "other.example")
GRANTS = st.lists(
    st.one_of(
        st.tuples(st.just("sponsor"), st.sampled_from(SPONSORS)),
        st.tuples(
            st.sampled_from(["desk", "board desk", "steward", "ended", *DOMAINS]),
            st.sampled_from(range(3)),
        ),
    ),
    min_size=2,
    max_size=9,
)


@pytest.fixture
def told(house: House) -> House:
    submit(house, *map(factories.card, PEOPLE))
    believe(house, UNIVERSITY, AttesterKind.UNIVERSITY)
    for domain, key in KEYS.items():
        believe(house, key, AttesterKind.MINISTRY, domain)
    return house


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(grants=GRANTS)
def test_no_order_lets_an_office_in_a_sponsors_domain_moderate(
    told: House, grants: Sequence[tuple[str, str | int]]
) -> None:
    """Against a second account of who has what, kept here."""

    def give_all(work: Work) -> None:
        sponsors: set[str] = set()
        offices: dict[int, set[str]] = {number: set() for number in range(3)}
        moderates: set[int] = set()
        for what, whom in grants:
            was_given = give(told, work, what, whom)
            if what == "sponsor":
                taken = any(in_any(offices[number], {str(whom)}) for number in moderates)
                assert was_given == (not taken)
                sponsors |= {str(whom)} if was_given else set()
                continue
            number = int(whom)
            if what in DOMAINS:
                taken = number in moderates and in_any({what}, sponsors)
                assert was_given == (not taken)
                offices[number] |= {what} if was_given else set()
            elif what != "ended":
                assert was_given == (not in_any(offices[number], sponsors))
                moderates |= {number} if was_given else set()
            for other in moderates:
                assert not in_any(offices[other], sponsors)
            assert service.look_for_conflicts(work, marks_key=told.marks_key)[1] == 0

    # So that the next example begins anew.
    crash_after(told, give_all)


def in_any(domains: set[str], sponsors: set[str]) -> bool:
    """Return whether one of some domains is a sponsor's, by comparing their labels."""
    labels = [domain.split(".") for domain in domains]
    return any(
        one[-len(other.split(".")) :] == other.split(".") for one in labels for other in sponsors
    )


def give(house: House, work: Work, what: str, whom: str | int) -> bool:
    """Do one thing; return whether it was done."""
    try:
        with work.attempt():
            if what == "sponsor":
                key = house.marks_key
                moderation.add_sponsor_domain(work, str(whom), str(whom), marks_key=key)
            else:
                give_person(house, work, what, PEOPLE[int(whom)])
    except NotAllowedError:
        return False
    return True


def give_person(house: House, work: Work, what: str, who: factories.Person) -> None:
    mark = service.mark_of(house.marks_key, who.root)
    if what in DOMAINS:
        offered = offer(who, key=KEYS[what], domain=what)
        house.door.submit(work, offered)
        house.door.submit(work, attest(offered))
    elif what == "ended":
        # An office that is over was held: its domain counts on.
        for office in hearings.list_attested(work, who.root):
            hearing_store.end_office(work, office.offer, TODAY + timedelta(days=1), "Over.")
    elif what == "steward":
        persona = identity.get_persona(work, who.mark)
        moderation.require_no_sponsor(work, persona.root, mark=mark)
        identity.grant_stewardship(work, who.mark)
    else:
        boards = (factories.SQUARE.did,) if what == "board desk" else ()
        role = Role.MODERATOR if boards else Role.STEWARD
        appointed = Appointment(root=who.root, role=role, boards=boards, days=90)
        service.open_desk(work, house.door, appointed, mark=mark, auditors=AUDIT_KEYS)


@pytest.mark.parametrize(
    ("domain", "is_its"),
    [
        ("fund.example", True),
        ("ministry.fund.example", True),
        ("refund.example", False),
        ("example", False),
        ("fund.example.org", False),
    ],
)
def test_domain_is_a_sponsors_with_what_lies_below_it(domain: str, *, is_its: bool) -> None:
    assert is_of_domain(domain, "fund.example") == is_its


def test_sponsor_whose_official_looks_after_boards_is_refused(house: House) -> None:
    ava = PEOPLE[0]
    submit(house, factories.card(ava))
    offered = make_official(house, ava)
    with house.db.write() as work:
        identity.grant_stewardship(work, ava.mark)
    submit(house, end(offered, key=UNIVERSITY))

    with house.db.write() as work, pytest.raises(NotAllowedError):
        moderation.add_sponsor_domain(work, "example.org", "A fund", marks_key=house.marks_key)

    with house.db.read() as work:
        assert store.list_sponsor_domains(work) == {}


def test_domain_is_named_once_and_its_sponsor_is_listed_once(house: House) -> None:
    with house.db.write() as work:
        for name in ("A fund", "Another name"):
            moderation.add_sponsor_domain(work, "fund.example", name, marks_key=house.marks_key)

    with house.db.read() as work:
        assert store.list_sponsor_domains(work) == {"fund.example": "A fund"}
        assert moderation.list_sponsors(work) == ["A fund"]


def test_conflict_that_came_by_another_way_is_counted(house: House) -> None:
    """As in a database that somebody wrote into."""
    ava = PEOPLE[0]
    submit(house, factories.card(ava))
    make_official(house, ava)
    with house.db.write() as work:
        moderation.add_sponsor_domain(work, "example.org", "A fund", marks_key=house.marks_key)
        assert moderation.look_for_conflicts(work, marks_key=house.marks_key) == (2, 0)
        identity.grant_stewardship(work, ava.mark)

        assert moderation.look_for_conflicts(work, marks_key=house.marks_key) == (2, 1)

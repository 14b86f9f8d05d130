"""Who pays never moderates, in whatever order roles are given (N14)."""

from collections.abc import Sequence

import pytest
from app import identity
from app.db import Work
from app.moderation import service, store
from app.moderation.errors import NotAllowedError
from app.moderation.model import Appointment, Role
from app.wiring import House
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.houses import crash_after, submit
from tests.moderation.desks import AUDIT_KEYS

PEOPLE = [factories.person(name) for name in ("Ava", "Babak", "Cyra")]
GRANTS = st.lists(
    st.tuples(st.sampled_from(range(3)), st.sampled_from(list(Role))), min_size=2, max_size=8
)


@pytest.fixture
def told(house: House) -> House:
    submit(house, *map(factories.card, PEOPLE))
    return house


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(grants=GRANTS)
def test_no_order_of_grants_lets_a_sponsor_moderate(
    told: House, grants: Sequence[tuple[int, Role]]
) -> None:
    def give_all(work: Work) -> None:
        held: dict[int, set[Role]] = {number: set() for number in range(3)}
        for number, role in grants:
            both = held[number] | {role}
            was_given = give(told, work, PEOPLE[number], role)
            assert was_given == (both == {Role.SPONSOR} or Role.SPONSOR not in both)
            held[number] = both if was_given else held[number]
            mark = service.mark_of(told.marks_key, PEOPLE[number].root)
            assert store.list_roles(work, mark) == held[number]

    # So that the next example begins anew.
    crash_after(told, give_all)


def give(house: House, work: Work, who: factories.Person, role: Role) -> bool:
    """Give somebody a role; return whether they got it."""
    mark = service.mark_of(house.marks_key, who.root)
    boards = (factories.SQUARE.did,) if role is Role.MODERATOR else ()
    appointed = Appointment(root=who.root, role=role, boards=boards, days=90)
    try:
        if role is Role.SPONSOR:
            persona = identity.get_persona(work, who.mark)
            service.add_sponsor(work, persona, who.name, mark=mark)
        else:
            service.open_desk(work, house.door, appointed, mark=mark, auditors=AUDIT_KEYS)
    except NotAllowedError:
        return False
    return True


def test_steward_of_boards_becomes_no_sponsor_and_a_sponsor_no_steward(told: House) -> None:
    steward, sponsor, _ = PEOPLE
    marks = [service.mark_of(told.marks_key, who.root) for who in PEOPLE]
    with told.db.write() as work:
        persona = identity.grant_stewardship(work, steward.mark)
        with pytest.raises(NotAllowedError):
            service.add_sponsor(work, persona, "A fund", mark=marks[0])
        service.require_no_sponsor(work, steward.root, mark=marks[0])

        other = identity.get_persona(work, sponsor.mark)
        service.add_sponsor(work, other, "A fund", mark=marks[1])
        with pytest.raises(NotAllowedError):
            service.require_no_sponsor(work, sponsor.root, mark=marks[1])
        assert store.list_sponsors(work) == ["A fund"]

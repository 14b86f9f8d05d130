"""Groups of reporters as the worker finds them in a database, and what whoever moderates sees."""

import re
from collections.abc import Sequence
from dataclasses import fields, replace

import pytest
from app import worker
from app.kernel.clock import DAY_S, HOUR_S, Instant, day_of
from app.moderation import service, store
from app.moderation.jobs import Watch
from app.moderation.model import ActionKind, Case, Scope, Subject, SubjectKind
from app.moderation.model.crowds import Cluster, Evidence
from app.wiring import House

from tests import factories
from tests.houses import advance, invite, publish
from tests.moderation import crowds
from tests.moderation.desks import decision, report, seat
from tests.moderation.samples import REASONS

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
PEOPLE = [factories.person(f"Reporter {number}") for number in range(20)]
POSTS = [factories.note(AVA, title=f"Post {n}", text=f"What was said {n}.") for n in range(4)]


@pytest.fixture
def told(house: House) -> House:
    """Return a house with people who have been here for long."""
    publish(house, factories.card(AVA), *map(factories.card, PEOPLE), *POSTS)
    advance(house, 90 * DAY_S)
    return house


def look(house: House) -> list[Cluster]:
    worker.look_after(house, Watch(house.db, house.door, house.marks_key))
    with house.db.read() as work:
        return service.find_clusters(work)


def report_alike(house: House, people: Sequence[factories.Person], raw: bytes) -> Case:
    return [report(house, raw, person, text=crowds.CALL) for person in people][-1]


def test_colluding_reporters_weigh_as_one_and_are_shown_in_numbers(told: House) -> None:
    case = report_alike(told, PEOPLE[:7], POSTS[0])
    for person, text in ((PEOPLE[7], "It names where she lives."), (PEOPLE[8], "")):
        report(told, POSTS[0], person, text=text)

    (cluster,) = look(told)

    assert (cluster.reporters, dict(cluster.cases)) == (7, {case.id: 7})
    assert cluster.evidence[Evidence.WORDS] == 7
    with told.db.read() as work:
        found = store.find_case(work, case.id)
    assert found is not None
    assert (found.report_count, found.weight) == (9, 3)


def test_desks_are_told_that_one_months_invitations_brought_a_group(house: House) -> None:
    publish(house, factories.card(AVA), *POSTS)
    invite(house, *PEOPLE[:5])
    publish(house, *map(factories.card, PEOPLE[5:]))
    advance(house, 90 * DAY_S)
    report_alike(house, PEOPLE[:7], POSTS[0])
    report(house, POSTS[0], PEOPLE[8], text="It names where she lives.")

    (cluster,) = look(house)

    assert cluster.reporters == 7
    assert cluster.evidence == {Evidence.WORDS: 7, Evidence.COHORT: 5}


def test_newcomers_who_come_and_report_together_are_found_by_their_first_cards(
    told: House,
) -> None:
    newcomers = [factories.person(f"Newcomer {number}") for number in range(6)]
    today = day_of(told.clock.now())
    publish(told, *(factories.card(person, day=today) for person in newcomers))
    for number, person in enumerate([*newcomers, *PEOPLE[:6]]):
        report(told, POSTS[number % 2], person)

    (cluster,) = look(told)

    assert cluster.evidence == {Evidence.BURST_OF_NEWCOMERS: 6}
    assert sorted(cluster.cases.values()) == [3, 3]


def test_what_moderators_see_of_a_group_has_no_bytes_in_it(told: House) -> None:
    report_alike(told, PEOPLE[:7], POSTS[0])

    (cluster,) = look(told)

    marks = {service.mark_of(told.marks_key, person.root) for person in PEOPLE}
    shown = repr([getattr(cluster, field.name) for field in fields(cluster)])
    assert not re.search(r"(?<![0-9a-f])b'", shown)  # A mark's hexadecimal may end in b.
    assert not any(mark.hex() in shown for mark in marks)


def test_attack_is_proposed_where_one_group_holds_most_of_an_hour(told: House) -> None:
    report_alike(told, PEOPLE[:13], POSTS[0])
    look(told)

    with told.db.read() as work:
        attack = service.find_attack(work)
        elsewhere = service.find_attack(work, ["did:key:elsewhere"])

    assert attack is not None
    assert (attack.board, attack.reports, attack.of_largest) == (factories.SQUARE.did, 13, 13)
    assert attack.usual == 0
    assert elsewhere is None


def test_quiet_board_is_not_under_attack_because_a_few_report(told: House) -> None:
    report_alike(told, PEOPLE[:11], POSTS[0])
    look(told)

    with told.db.read() as work:
        assert service.find_attack(work) is None


def test_busy_board_is_not_under_attack_at_its_usual_rate(told: House) -> None:
    for day in range(20):
        report(told, POSTS[day % 4], PEOPLE[day])
        advance(told, HOUR_S)
    with told.db.read() as work:
        assert service.find_attack(work) is None


def test_attack_mode_is_a_desks_and_ends_by_itself(told: House) -> None:
    steward = seat(told, AVA)
    report_alike(told, PEOPLE[:13], POSTS[0])
    look(told)
    with told.db.write() as work:
        attack = service.find_attack(work)
        assert attack is not None
        subject = Subject(kind=SubjectKind.BOARD, name=attack.board)
        tomorrow = day_of(Instant(work.now + DAY_S))
        reasons = replace(REASONS, scope=Scope.BOARD, until=tomorrow)
        wanted = decision(ActionKind.ATTACK_MODE, reasons)
        service.act_on(work, told.door, steward.at(told), subject, wanted)

    with told.db.read() as work:
        assert service.is_under_attack(work, factories.SQUARE.did)
        assert service.find_attack(work) is None
    advance(told, DAY_S + 600)
    with told.db.read() as work:
        assert not service.is_under_attack(work, factories.SQUARE.did)

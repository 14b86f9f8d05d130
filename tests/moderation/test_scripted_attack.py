"""The scripted attack, whole: 200 reports on 14 posts by 143 colluding people among 60 honest ones."""

from collections.abc import Sequence
from random import Random

import pytest
from app import worker
from app.kernel.clock import DAY_S
from app.moderation import service, store
from app.moderation.jobs import EVERY_S, Watch
from app.moderation.model import ActionKind, Rule
from app.moderation.model.crowds import Evidence, Sighting
from app.moderation.rules.groups import find_groups
from app.moderation.service.by_itself import HIDDEN_A_DAY
from app.wiring import House

from tests import factories
from tests.houses import advance, invite, publish, require_post
from tests.moderation import crowds, simulate
from tests.moderation.desks import post_subject, report

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
HONEST = {crowds.mark(n): factories.person(f"Honest {n}") for n in simulate.HONEST}
COLLUDING = {crowds.mark(n): factories.person(f"Colluding {n}") for n in simulate.COLLUDING}
PEOPLE = HONEST | COLLUDING
ATTACKED = {
    name: factories.note(AVA, title=name, text=f"A thought, {name}.") for name in simulate.POSTS
}
THREAT = factories.note(AVA, title="You", text="I know where your children go to school.")
A_PAGE = 15


@pytest.fixture
def attacked(house: House) -> House:
    """Return a house whose honest people have been here for long; one in five colluding, too."""
    old = [*HONEST.values(), *list(COLLUDING.values())[115:]]
    publish(house, factories.card(AVA))
    invite(house, *old)
    advance(house, 90 * DAY_S)
    # Somebody answers for all of them: the attackers have made or bought invitations.
    invite(house, *list(COLLUDING.values())[:115])
    publish(house, *ATTACKED.values(), THREAT)
    return house


def send(
    house: House, sightings: Sequence[Sighting], rules: Sequence[Rule], random: Random
) -> None:
    """Report in the order in which people came."""
    for sighting in sightings:
        raw, who = ATTACKED[sighting.subject], PEOPLE[sighting.mark]
        report(house, raw, who, random.choice(rules), sighting.text)


def once_each(sightings: Sequence[Sighting]) -> list[Sighting]:
    """Return reports without those of a person on one subject again."""
    return list({(s.mark, s.subject): s for s in sightings}.values())


@pytest.mark.usefixtures("looks_apart")
def test_attack_is_a_page_of_cases_with_its_evidence_and_hides_nothing(attacked: House) -> None:
    random = Random(7)
    watch = Watch(attacked.db, attacked.door, attacked.marks_key)
    attack = crowds.colluding(random, simulate.COLLUDING, simulate.POSTS)
    while len(attack) < 200:
        attack = once_each([*attack, *crowds.colluding(random, simulate.COLLUDING, simulate.POSTS)])
    honest = once_each(crowds.honest(random, simulate.HONEST, simulate.POSTS))
    mistaken = [sighting for sighting in honest if random.random() < 0.1]
    send(attacked, mistaken, simulate.USUAL_RULES, random)
    advance(attacked, DAY_S)

    for start in range(0, 200, 50):
        send(attacked, attack[:200][start : start + 50], [Rule.HATE], random)
        advance(attacked, EVERY_S)
        worker.look_after(attacked, watch)

    with attacked.db.read() as work:
        cases = store.list_open(work, boards=None, rule=None, offset=0, limit=100)
        largest = service.find_clusters(work)[0]
        proposed = service.find_attack(work)
    assert len(cases) == 14 <= A_PAGE
    assert largest.reporters >= 0.9 * 143
    assert {Evidence.WORDS, Evidence.BURST_OF_NEWCOMERS} <= set(largest.evidence)
    assert set(largest.cases) == {case.id for case in cases}
    # The group weighs as one: what is left are honest people and those whom nothing gives away.
    assert max(case.weight for case in cases) <= 8
    assert proposed is not None
    assert proposed.of_largest > proposed.reports / 2
    assert not any(require_post(attacked, raw).is_hidden for raw in ATTACKED.values())

    # Meanwhile, four people who do not know each other see a threat.
    for person in list(HONEST.values())[:4]:
        report(attacked, THREAT, person, Rule.THREAT)
    began = attacked.clock.now()
    advance(attacked, EVERY_S)
    worker.look_after(attacked, watch)

    assert require_post(attacked, THREAT).is_hidden
    assert attacked.clock.now() - began <= 60
    with attacked.db.read() as work:
        (action,) = store.list_actions_on(work, post_subject(THREAT))
    assert (action.kind, action.rule) == (ActionKind.HIDE, Rule.THREAT)
    assert not any(require_post(attacked, raw).is_hidden for raw in ATTACKED.values())


@pytest.mark.parametrize("attack", simulate.ATTACKS[:1], ids=lambda attack: attack.name)
def test_scripted_attack_hides_nothing_whatever_the_seed(attack: simulate.Attack) -> None:
    seen = [simulate.look(seed, attack) for seed in range(20)]

    assert sum(one.hidden for one in seen) == 0
    assert min(one.found for one in seen) >= 0.9


def test_of_honest_people_one_in_a_hundred_is_taken_for_a_group_at_most() -> None:
    seen = [simulate.look(seed, simulate.ATTACKS[0]) for seed in range(20)]
    minorities = [
        simulate.flagged(find_groups(simulate.minority(Random(seed)), {}), simulate.MINORITY)
        for seed in range(40)
    ]

    assert sum(one.honest for one in seen) / len(seen) <= 0.01
    assert sum(minorities) / len(minorities) <= 0.01


def test_what_gets_through_is_no_more_than_a_boards_five_a_day() -> None:
    worst = [simulate.look(seed, simulate.ATTACKS[5]).hidden for seed in range(5)]

    assert max(worst) == HIDDEN_A_DAY

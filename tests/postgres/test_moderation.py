"""What moderation does by itself, on each database."""

import pyrage
import pytest
from app import worker
from app.kernel.clock import DAY_S
from app.moderation import service
from app.moderation.files import set_legal_contact
from app.moderation.jobs import Watch
from app.moderation.model import ActionKind, Rule
from app.moderation.model.crowds import Evidence
from app.wiring import House

from tests import factories
from tests.houses import advance, invite, publish, require_post
from tests.moderation import crowds
from tests.moderation.desks import act, report, seat

pytestmark = pytest.mark.slow

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
CROWD = [factories.person(f"Crowd {number}") for number in range(13)]
FOUR = [factories.person(f"Honest {number}") for number in range(4)]
FINE = factories.note(AVA, title="Water", text="Where does it go?")
THREAT = factories.note(AVA, title="You", text="I know where your children go to school.")
CONTACT = pyrage.x25519.Identity.generate()


def test_crowd_is_found_four_hide_and_a_day_gives_back(house: House) -> None:
    publish(house, factories.card(AVA), factories.card(BABAK), *map(factories.card, CROWD))
    invite(house, *FOUR)
    publish(house, FINE, THREAT)
    advance(house, 90 * DAY_S)
    watch = Watch(house.db, house.door, house.marks_key)
    for person in CROWD:
        report(house, FINE, person, Rule.HATE, crowds.CALL)
    for person in FOUR:
        report(house, THREAT, person, Rule.THREAT)

    worker.look_after(house, watch)

    assert (require_post(house, FINE).is_hidden, require_post(house, THREAT).is_hidden) == (
        False, True,
    )  # fmt: skip
    with house.db.read() as work:
        (cluster,) = service.find_clusters(work)
        attack = service.find_attack(work)
    assert (cluster.reporters, cluster.evidence) == (13, {Evidence.WORDS: 13})
    assert attack is not None
    assert (attack.reports, attack.of_largest) == (17, 13)
    advance(house, DAY_S)
    worker.look_after(house, watch)
    assert not require_post(house, THREAT).is_hidden


def test_words_go_to_the_legal_contact_and_come_back(house: House) -> None:
    publish(house, factories.card(AVA), factories.card(BABAK), THREAT)
    set_legal_contact(house.settings.data, str(CONTACT.to_public()))
    act(house, seat(house, BABAK), THREAT, ActionKind.QUARANTINE)
    worker.step(house, 0)

    with house.db.write() as work:
        assert not service.give_back(work, factories.digest_of(THREAT), str(CONTACT))

    assert require_post(house, THREAT).is_hidden

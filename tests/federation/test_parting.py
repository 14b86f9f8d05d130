"""A partnership that is over: its witness stands in no policy, and its log is looked after no more."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from app import site, tlog
from app.crypto.note_keys import parse_verifier_key
from app.federation import partners
from app.federation.erasures import Entry
from app.federation.monitor import walk
from app.federation.partners import Partner, replicas, store
from app.federation.partners.errors import PartnerFrozenError
from app.federation.partners.watching import Watcher
from app.keeping import open_watcher
from app.kernel.errors import UnavailableError
from app.tlog.policies import NONE
from app.wiring import House, open_witness
from starlette.testclient import TestClient

from tests import factories
from tests.federation import neighbours
from tests.houses import find_post, publish, tick

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
WATER = factories.board_key("water")


def watcher(house: House) -> Watcher:
    """Return who watches for an instance whose partners tell nothing."""

    def fetch(_partner: Partner) -> bytes:
        raise UnavailableError("away")

    return open_watcher(house, fetch)


def list_asked(house: House) -> list[str]:
    """Return the addresses of an instance's witnesses, as they stand in its policy."""
    with house.db.read() as work:
        policy = tlog.make_policy(work, house.sequencer.published.key, "http://here/tlog")
        asked = tlog.list_witnessed(work)
    assert len(policy.witnesses) == len(asked)
    assert (policy.quorum == NONE) is (not asked)
    return [witness.url for witness in asked]


def list_looked_after(house: House) -> list[str]:
    """Return the origins of the logs that an instance's witness looks after."""
    return [log.origin for log in open_witness(house).memory.list_logs()]


def test_who_ends_it_has_no_such_witness_at_once(
    house: House, home: House, client: TestClient
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    watcher(house).arrange()
    assert list_asked(house) == [f"{partner.url}/witness"]
    with home.db.read() as work:
        name = site.get_card(work).name
    witness = f'<dt><bdi>{name}</bdi> <code translate="no">{partner.witness_key.partition("+")[0]}'
    assert witness in client.get("/en/status").text

    with house.db.write() as work:
        partners.end(work, house.door, neighbours.find(house, partner), "moved")
    assert list_asked(house) == []
    watcher(house).arrange()

    assert list_asked(house) == list_looked_after(house) == []


def test_whose_partner_ended_it_has_no_such_witness_once_they_know(
    house: House, home: House
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    watcher(house).arrange()
    with home.db.read() as work:
        reader = partners.get_partner(work, "reader")
    with home.db.write() as work:
        partners.end(work, home.door, reader, "moved")
    tick(home)
    neighbours.pull(house, partner, home)

    watcher(house).arrange()

    assert list_asked(house) == list_looked_after(house) == []


def test_witness_by_hand_of_who_was_only_met_stays(house: House, home: House) -> None:
    partner = neighbours.introduce(house, home, "sepidar")
    with house.db.write() as work:
        key = parse_verifier_key(partner.witness_key)
        tlog.begin_asking(work, key, f"{partner.url}/witness")

    watcher(house).arrange()

    assert list_asked(house) == [f"{partner.url}/witness"]


@pytest.mark.parametrize("how", ["frozen", "ended"])
def test_who_is_no_partner_any_more_brings_nothing_more_of_what_is_being_read(
    house: House, home: House, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """A log is read for hours; a watcher or an operator does not wait for its end."""
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    neighbours.pull(house, partner, home)
    first, later = (factories.note(AVA, board=WATER, text=text) for text in ("First.", "Later."))
    publish(home, factories.card(AVA), first)
    publish(home, later)

    def walk_slowly(*args: Any) -> Iterator[list[Entry]]:
        entries = [entry for some in walk(*args) for entry in some]
        yield [entry for entry in entries if entry.digest != factories.digest_of(later)]
        with house.db.write() as work:
            if how == "frozen":
                partners.freeze(work, neighbours.find(house, partner), "split-view: two histories")
            else:
                partners.end(work, house.door, neighbours.find(house, partner), "moved")
        yield [entry for entry in entries if entry.digest == factories.digest_of(later)]

    monkeypatch.setattr(replicas, "walk", walk_slowly)
    with pytest.raises(PartnerFrozenError):
        neighbours.pull(house, partner, home)

    assert find_post(house, first)
    assert find_post(house, later) is None
    assert neighbours.find(house, partner).state == how


def test_partner_that_is_met_again_at_another_address_keeps_what_was_set(
    house: House, home: House
) -> None:
    partner = neighbours.introduce(house, home, "sepidar")
    with house.db.write() as work:
        partners.settle(work, partner, follows_rules=False, most_entries=1_000, most_bytes=5)
    with house.db.write() as work:
        partners.meet(work, replace(partner, url="http://elsewhere.invalid"))

    known = neighbours.find(house, partner)
    assert known.url == "http://elsewhere.invalid"
    assert (known.follows_rules, known.most_entries, known.most_bytes) == (False, 1_000, 5)


def test_days_between_two_partnerships_are_no_days_of_doubt(house: House, home: House) -> None:
    partner = neighbours.introduce(house, home, "sepidar")
    with house.db.write() as work:
        store.set_doubted(work, partner.did, work.minute)
        partners.meet(work, partner)
        # Whoever is met again while partners doubts as before.
        assert partners.get_replica(work, partner.did).doubted_at is not None
        partners.end(work, house.door, partner, "The contract ended.")
        partners.meet(work, partner)

        assert partners.get_replica(work, partner.did).doubted_at is None


def test_freezing_leaves_what_the_operator_set_meanwhile(house: House, home: House) -> None:
    partner = neighbours.introduce(house, home, "sepidar")
    with house.db.write() as work:
        partners.settle(work, partner, follows_rules=False, most_entries=1_000)

    with house.db.write() as work:
        partners.freeze(work, partner, "split-view: two histories")

    known = neighbours.find(house, partner)
    assert (known.follows_rules, known.most_entries) == (False, 1_000)

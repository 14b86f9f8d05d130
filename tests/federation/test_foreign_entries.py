"""What a partner's log holds for a board of ours: a lie, unless it takes the board over."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from app import forum
from app.crypto.multikey import encode_did
from app.federation import partners
from app.federation.erasures import Entry
from app.federation.monitor import walk
from app.federation.partners import Partner, PartnerState, Takeover, replicas
from app.federation.partners.errors import ForeignEntryError, QuotaError
from app.kernel.clock import DAY_S
from app.records import sign_record
from app.wiring import House

from tests import factories
from tests.federation import neighbours
from tests.federation.hosts import INSTANCE, Host
from tests.federation.test_lies import meet, pull_from
from tests.federation.test_succession import WATER, order, takeover_of
from tests.houses import advance, publish

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
OTHER = encode_did(INSTANCE.public)


@pytest.fixture
def alive(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A home that goes on, with a board that another may take over; bundles hold one entry."""
    publish(house, factories.board(WATER, home=house.keys["instance"]), order([OTHER], 1))
    monkeypatch.setattr(replicas, "walk", one_by_one)
    return house


def one_by_one(*args: Any) -> Iterator[list[Entry]]:
    """Walk a log as if each bundle had one entry."""
    return ([entry] for entries in walk(*args) for entry in entries)


def move(takeover: Takeover) -> bytes:
    """Return the record by which the other host takes the board over."""
    consents = [partners.consent(INSTANCE, takeover)]
    members = {**takeover.members(), "urn:goftogu:consents": consents}
    return sign_record(INSTANCE, "Move", members, nonce=factories.nonce(), day=factories.TODAY)


def limited(house: House, partner: Partner, most_entries: int) -> Partner:
    """Set how much a partner may bring in a day; return it as it is known then."""
    with house.db.write() as work:
        partners.settle(work, partner, most_entries=most_entries)
    return neighbours.find(house, partner)


def test_what_stands_before_the_takeover_in_another_bundle_is_no_lie(
    alive: House, tmp_path: Path
) -> None:
    """The former home lives on: the board is its own until it reads the takeover itself."""
    before, after = (factories.note(AVA, board=WATER) for _ in range(2))
    taken = move(takeover_of(alive, alive, to=OTHER))
    host = Host(tmp_path / "other").publish(factories.card(AVA), before, taken, after)

    partner = meet(alive, host)
    pull_from(alive, partner, host.folder)

    assert neighbours.find(alive, partner).state is PartnerState.ACTIVE
    with alive.db.read() as work:
        assert partners.get_replica(work, partner.did).size == 4
        board = forum.find_board(work, did=WATER.did)
    assert board is not None
    assert board.home == OTHER


def test_lie_is_not_lost_by_a_run_that_ends_before_it_is_judged(
    alive: House, tmp_path: Path
) -> None:
    lie = factories.note(AVA, board=WATER)
    host = Host(tmp_path / "liar").publish(lie, factories.card(AVA))
    partner = limited(alive, meet(alive, host), 1)

    with pytest.raises(QuotaError):
        pull_from(alive, partner, host.folder)
    assert neighbours.find(alive, partner).state is PartnerState.ACTIVE
    advance(alive, DAY_S)
    partner = limited(alive, partner, 100)
    with pytest.raises(ForeignEntryError):
        pull_from(alive, partner, host.folder)

    assert neighbours.find(alive, partner).state is PartnerState.FROZEN
    with alive.db.read() as work:
        assert forum.find_post(work, digest=factories.digest_of(lie)) is None


def test_liar_that_logs_more_than_a_day_may_bring_is_judged_all_the_same(
    alive: House, tmp_path: Path
) -> None:
    lie = factories.note(AVA, board=WATER)
    cards = [factories.card(factories.person(name)) for name in ("Ava", "Babak", "Cyra", "Dara")]
    host = Host(tmp_path / "liar").publish(lie, *cards)
    partner = limited(alive, meet(alive, host), 3)

    with pytest.raises(ForeignEntryError):
        pull_from(alive, partner, host.folder)

    assert neighbours.find(alive, partner).state is PartnerState.FROZEN

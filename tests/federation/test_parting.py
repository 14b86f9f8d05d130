"""A partnership that is over: its witness stands in no policy, and its log is looked after no more."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from app import site, tlog
from app.crypto.note_keys import parse_verifier_key
from app.federation import partners
from app.federation.partners import Partner
from app.federation.partners.watching import Watcher
from app.keeping import open_watcher
from app.kernel.errors import UnavailableError
from app.tlog.policies import NONE
from app.wiring import House, open_witness
from starlette.testclient import TestClient

from tests import factories
from tests.federation import neighbours
from tests.houses import tick

pytestmark = pytest.mark.slow

WATER = factories.board_key("water")


@pytest.fixture
def home(house: House, tmp_path: Path) -> Iterator[House]:
    """Another instance, with a board about water."""
    home = neighbours.found(tmp_path / "home", house, WATER)
    yield home
    home.db.close()


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

"""A partner with two histories, with a gap, with a page of refused entries: frozen with evidence, or passed."""

from pathlib import Path
from shutil import copytree

import pytest
from app.federation.errors import WithheldError
from app.federation.partners import PartnerState
from app.federation.partners.errors import PartnerFrozenError
from app.kernel.clock import DAY_S
from app.tlog.errors import SplitViewError
from app.wiring import House, folder_of

from tests import factories
from tests.attacks import lying
from tests.federation import neighbours
from tests.houses import advance, find_post, open_at, publish, require_post
from tests.tlog.strangers import public

pytestmark = pytest.mark.slow

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
WATER = factories.board_key("water")


def test_second_history_freezes_a_partner_and_is_kept(
    house: House, home: House, tmp_path: Path
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    copytree(home.settings.data, tmp_path / "twin")
    twin = open_at(tmp_path / "twin", house.clock)
    publish(home, factories.card(AVA), factories.note(AVA, board=WATER, text="one"))
    publish(twin, factories.card(AVA), factories.note(AVA, board=WATER, text="another"))
    neighbours.pull(house, partner, home)

    with pytest.raises(SplitViewError):
        neighbours.pull(house, partner, twin)

    twin.db.close()
    assert neighbours.find(house, partner).state is PartnerState.FROZEN
    (kept,) = folder_of(house, partner).glob("split-view-*.txt")
    origin = home.sequencer.published.get_checkpoint().origin
    assert kept.read_text().count(f"{origin}\n") == 2
    with pytest.raises(PartnerFrozenError):
        neighbours.pull(house, partner, home)


def test_post_that_a_partner_drops_freezes_it_in_a_day_and_what_is_here_stays(
    house: House, home: House
) -> None:
    """A host that only has much to write has its files within the day."""
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    note, later = (factories.note(AVA, board=WATER, text=text) for text in ("one", "two"))
    publish(home, factories.card(AVA), note)
    neighbours.pull(house, partner, home)
    publish(home, later)
    (public(home) / "records" / factories.digest_of(later).hex()).unlink()

    with pytest.raises(WithheldError):
        neighbours.pull(house, partner, home)
    assert neighbours.find(house, partner).state is PartnerState.ACTIVE
    advance(house, DAY_S)
    with pytest.raises(WithheldError):
        neighbours.pull(house, partner, home)

    assert neighbours.find(house, partner).state is PartnerState.FROZEN
    assert require_post(house, note).number == 1
    assert find_post(house, later) is None


def test_page_of_refused_entries_is_passed(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    publish(home, factories.card(AVA))
    nowhere = factories.id_of(factories.note(BABAK, board=WATER))
    refused = [factories.note(AVA, board=WATER, reply_to=nowhere) for _ in range(100)]
    good = factories.note(AVA, board=WATER)

    lying.log(home, *refused)
    neighbours.pull(house, partner, home)
    publish(home, good)
    replayed = neighbours.pull(house, partner, home)

    assert require_post(house, good).number == 1
    assert replayed.set_aside == 100

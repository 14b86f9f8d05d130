"""A disk that is full, a partner's clock that is wrong: nothing is half taken over, nothing is ahead of its time."""

import errno
from datetime import timedelta
from typing import Any

import pytest
from app.federation import partners
from app.federation.folders import Folder
from app.federation.partners import PartnerState
from app.wiring import House
from sqlalchemy.exc import OperationalError

from tests import factories
from tests.federation import neighbours
from tests.houses import find_post, publish, require_post

pytestmark = pytest.mark.slow

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
WATER = factories.board_key("water")


def test_full_disk_in_the_middle_of_a_copy_leaves_nothing_half_taken(
    house: House, home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    neighbours.pull(house, partner, home)
    note = factories.note(AVA, board=WATER)
    publish(home, factories.card(AVA), note)
    write, left = Folder.write, 0

    def write_some(folder: Folder, path: str, content: bytes) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(errno.ENOSPC, "no space")
        write(folder, path, content)

    monkeypatch.setattr(Folder, "write", write_some)
    with house.db.read() as work:
        before = partners.get_replica(work, partner.did).size
    failures = 0
    for most in range(40):
        left = most
        try:
            neighbours.pull(house, partner, home)
        except OSError:
            failures += 1
            with house.db.read() as work:
                assert partners.get_replica(work, partner.did).size == before
            assert find_post(house, note) is None
            assert neighbours.find(house, partner).state is PartnerState.ACTIVE
        else:
            break

    assert failures > 3
    assert require_post(house, note).number == 1


def test_full_database_in_the_middle_of_a_replay_takes_all_of_it_later(
    house: House, home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    neighbours.pull(house, partner, home)
    notes = [factories.note(AVA, board=WATER, text=text) for text in ("one", "two", "three")]
    publish(home, factories.card(AVA), *notes)
    run, taken = partners.store.forget_carried, 0

    def fail_at_the_second(work: Any, digests: Any) -> None:
        nonlocal taken
        taken += 1
        if taken == 2:
            raise OperationalError("insert", {}, Exception("database or disk is full"))
        run(work, digests)

    monkeypatch.setattr(partners.store, "forget_carried", fail_at_the_second)
    with pytest.raises(OperationalError):
        neighbours.pull(house, partner, home)
    half = [find_post(house, note) for note in notes]
    neighbours.pull(house, partner, home)

    assert half == [None, None, None]
    assert [require_post(house, note).number for note in notes] == [1, 1, 1]


@pytest.mark.parametrize(("days", "is_shown"), [(-1, True), (1, True), (2, False), (400, False)])
def test_post_from_a_clock_that_is_far_ahead_is_not_shown(
    house: House, home: House, monkeypatch: pytest.MonkeyPatch, days: int, *, is_shown: bool
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    note = factories.note(AVA, board=WATER, day=factories.TODAY + timedelta(days=days))
    other = factories.note(BABAK, board=WATER)
    with monkeypatch.context() as patched:
        patched.setattr("app.records.rules.require_past_day", lambda *_: None)
        publish(home, factories.card(AVA), factories.card(BABAK), note, other)

    neighbours.pull(house, partner, home)

    assert require_post(house, other).number == 1
    assert (find_post(house, note) is not None) == is_shown

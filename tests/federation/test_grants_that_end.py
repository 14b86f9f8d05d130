"""Rights that run out are told two weeks before, board by board, with the command that renews."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from app.cli.running import _seen
from app.federation.health import rules
from app.federation.health.jobs import Doctor
from app.federation.partners import Grant, Right
from app.kernel.clock import DAY_S
from app.main import create_app
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.federation import neighbours
from tests.federation.test_health import GRANT, PARTNER, TODAY
from tests.houses import advance

HERE, WATER = GRANT.giver, "did:key:water"
SLUGS = {(HERE, WATER): "water", (HERE, "did:key:air"): "air", (PARTNER.did, "did:key:sea"): "sea"}
WELLS = factories.board_key("wells")
BOTH = frozenset({Right.READ, Right.CARRY})


def judge(grants: Sequence[Grant]) -> list[tuple[str, str, int | None]]:
    """Return what is said of grants."""
    lines = rules.judge_grants(PARTNER, grants, SLUGS, TODAY)
    return [(line.about, line.state, line.value) for line in lines]


def ends_in(
    days: int, boards: Mapping[str, frozenset[Right]] = GRANT.boards, *, accepted: date = TODAY
) -> Grant:
    """Return rights that end in so many days."""
    until = TODAY + timedelta(days=days)
    return replace(GRANT, until=until, accepted_on=accepted, boards=boards)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (15, []),
        (14, [("sepidar water", "given", 14)]),
        (1, [("sepidar water", "given", 1)]),
        (0, [("sepidar water", "given-over", 0)]),
        (-9, [("sepidar water", "given-over", 0)]),
    ],
)
def test_end_is_told_two_weeks_before(days: int, said: list[tuple[str, str, int]]) -> None:
    air = ends_in(365, {"did:key:air": BOTH})

    assert judge([ends_in(days), air]) == said, "whatever else holds between the two"


def test_right_that_was_taken_is_the_partners_to_renew() -> None:
    sea = replace(ends_in(3, {"did:key:sea": BOTH}), giver=PARTNER.did, taker=HERE)

    assert judge([sea]) == [("sepidar sea", "taken", 3)]


def test_what_was_renewed_or_ended_is_told_no_more() -> None:
    old = ends_in(3, {WATER: BOTH}, accepted=TODAY - timedelta(days=300))
    fewer = frozenset({Right.READ})

    assert judge([old]) != []
    assert judge([old, ends_in(365, {WATER: BOTH}, accepted=TODAY - timedelta(days=9))]) == []
    assert judge([old, ends_in(365, {WATER: fewer})]) == [], "later, and so meant"
    assert judge([replace(old, ended_on=TODAY)]) == []
    assert judge([replace(old, accepted_on=None)]) == []


def test_one_right_of_several_over_a_board_is_told() -> None:
    read = ends_in(365, {WATER: frozenset({Right.READ})}, accepted=TODAY - timedelta(days=300))
    write = ends_in(3, {WATER: frozenset({Right.WRITE})})

    assert judge([read, write]) == [("sepidar water", "given", 3)]


@pytest.fixture
def home(house: House, tmp_path: Path) -> Iterator[House]:
    """Yield another instance."""
    other = neighbours.found(tmp_path / "home", house, WELLS)
    with closing(other.db):
        yield other


def test_both_hosts_and_every_list_tell_it(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WELLS)
    neighbours.pull(house, partner, home)
    commands = (
        (house, "goftogu partner accept sepidar"),
        (home, "goftogu partner offer reader wells"),
    )
    assert not any(command in tell(each) for each, command in commands)
    advance(house, 360 * DAY_S)

    for each, command in commands:
        assert command in tell(each)
        with each.db.read() as work:
            (found,) = [it for it in _seen(work) if command in it.advice]
        assert not found.is_good
        feed = TestClient(create_app(each, "http://testserver")).get("/en/health/feed.atom").text
        assert command in feed


def tell(house: House) -> str:
    """Return the health page, once the worker has looked."""
    own, data = house.door.instance_did, house.settings.data
    Doctor(house.db, house.sequencer.published, data, lambda: False, own).look()
    page: str = TestClient(create_app(house, "http://testserver")).get("/en/health").text
    return page

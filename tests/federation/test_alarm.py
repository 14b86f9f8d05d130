"""A host that shows two histories, between real processes: how soon both partners have caught it."""

import http.client
import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from app.federation.partners import Partner, PartnerState, store
from app.federation.partners.evidence import evidence_of
from app.kernel.clock import FixedClock, SystemClock
from app.tlog.checkpoints import parse_checkpoint
from app.wiring import House, folder_of

from tests import factories
from tests.federation import neighbours
from tests.houses import open_at
from tests.journeys.instance import free_port, serving_process

pytestmark = pytest.mark.nightly

WITHIN_S = 60.0
_PATIENCE_S = 150.0
_EVERY_S = 0.25
LIAR = "sepidar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Net:
    """Two partners, and a liar that shows each of them another history, each a process."""

    here: str
    there: str
    one: str
    other: str
    folders: dict[str, Path]


def get(origin: str, path: str) -> bytes:
    """Return an answer's body."""
    connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


def hand_in(origin: str, record: bytes) -> None:
    """Hand a record to an instance."""
    connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=20)
    try:
        connection.request("POST", "/api/v1/records", record)
        assert connection.getresponse().status == 201
    finally:
        connection.close()


def wait_for(is_so: Callable[[], bool], what: str) -> float:
    """Wait until something is so; return the second by a clock that only runs forward."""
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        if is_so():
            return time.monotonic()
        time.sleep(_EVERY_S)
    raise AssertionError(f"never: {what}")


def lead(house: House, partner: Partner, address: str) -> None:
    """Let an instance find a partner at an address."""
    with house.db.write() as work:
        store.put_partner(work, replace(neighbours.find(house, partner), url=f"http://{address}"))


@contextmanager
def lying(template: Path, folder: Path) -> Iterator[Net]:
    """Run the four processes; the liar's two histories are one until somebody writes."""
    shutil.copytree(template, folder / "one")
    places = {name: f"127.0.0.1:{free_port()}" for name in ("here", "there", "one", "other")}
    home = open_at(folder / "one", FixedClock(factories.NOW))
    here, there = (
        neighbours.found(folder / name, home, factories.board_key(name))
        for name in ("here", "there")
    )
    lead(here, neighbours.befriend(here, home, LIAR, factories.SQUARE), places["one"])
    lead(there, neighbours.introduce(there, home, LIAR), places["other"])
    lead(here, neighbours.introduce(here, there, "there"), places["there"])
    lead(there, neighbours.introduce(there, here, "here"), places["here"])
    for house in (home, here, there):
        house.db.close()
    shutil.copytree(folder / "one", folder / "other")
    with ExitStack() as stack:
        for name, place in places.items():
            stack.enter_context(serving_process(folder / name, at=place))
        origins = {name: f"http://{place}" for name, place in places.items()}
        yield Net(**origins, folders={name: folder / name for name in places})


def test_both_partners_catch_a_split_view_within_a_minute(
    template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def size_at(origin: str) -> int:
        return parse_checkpoint(get(origin, "/tlog/checkpoint")).tree.size

    def has_copied(origin: str, size: int) -> bool:
        seen = json.loads(get(origin, "/tlog/seen") or b"{}").get("checkpoints", [])
        return any(parse_checkpoint(note.encode()).tree.size == size for note in seen)

    with lying(template, tmp_path) as net:
        size = wait_for_quiet(size_at, net)
        wait_for(lambda: has_copied(net.here, size), "one view is copied")
        wait_for(lambda: has_copied(net.there, size), "the other is copied")

        hand_in(net.one, factories.card(factories.person("Ava")))
        hand_in(net.other, factories.card(factories.person("Babak")))
        wait_for(lambda: size_at(net.one) > size, "the first view")
        begun = wait_for(lambda: size_at(net.other) > size, "the second view")

        def tells(origin: str) -> bool:
            return b"caught" in get(origin, "/en/health")

        told = [wait_for(partial(tells, each), "told") - begun for each in (net.here, net.there)]
        # Who has it from the other has still to see it with its own eyes.
        frozen = [
            wait_for(partial(is_frozen, net.folders[name]), "frozen") - begun
            for name in ("here", "there")
        ]

    with capsys.disabled():
        print(f"\nsplit view told on /health after {[round(s, 1) for s in told]} s,")
        print(f"the liar frozen after {[round(s, 1) for s in frozen]} s")
    assert max(*told, *frozen) <= WITHIN_S
    for name in ("here", "there"):
        with closing((house := open_at(net.folders[name], SystemClock())).db):
            liar = liar_of(house)
            kept = [
                json.loads(path.read_bytes())
                for path in evidence_of(folder_of(house, liar)).glob("*.json")
            ]
        assert liar.state is PartnerState.FROZEN
        assert [each["code"] for each in kept] == ["split-view"]
        assert kept[0]["contradiction"]


def liar_of(house: House) -> Partner:
    """Return the liar as an instance knows it."""
    with house.db.read() as work:
        return next(each for each in store.list_partners(work) if each.name == LIAR)


def is_frozen(folder: Path) -> bool:
    """Return whether an instance has frozen the liar."""
    with closing((house := open_at(folder, SystemClock())).db):
        return liar_of(house).state is PartnerState.FROZEN


def wait_for_quiet(size_at: Callable[[str], int], net: Net) -> int:
    """Return the size of both histories, once both are the same: a start may sign a new card."""
    wait_for(lambda: size_at(net.one) == size_at(net.other), "one size")
    return size_at(net.one)

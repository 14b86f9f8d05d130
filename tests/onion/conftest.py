"""Fixtures: a Tor network, once a run, and an instance that it leads to."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from app.onion import State

from tests.journeys.instance import Village
from tests.onion import namespaces
from tests.onion.network import TOR, Network, Node, is_ready, running_network, running_relays
from tests.onion.served import Served, served
from tests.onion.three import BOARDS, WATER, Instance, befriend


@pytest.fixture(scope="session")
def tor_program() -> Path:
    """Debian's tor."""
    if not TOR.exists():
        reason = f"{TOR} is not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return TOR


@pytest.fixture(scope="session")
def network(tor_program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """The network, brought up once a run."""
    with running_network(tmp_path_factory.mktemp("tor")) as network:
        yield network


@pytest.fixture
def net(network: Network) -> Network:
    """The network, with visitors who know nothing of any service yet."""
    network.forget_circuits()
    return network


@pytest.fixture(scope="session")
def running_tor(network: Network) -> Node:
    """A tor that its host looks after, with a control socket for the forum."""
    node = network.join("service", "SocksPort 0")
    network.wait(lambda: is_ready(node), "a circuit of the service")
    return node


@pytest.fixture(scope="session")
def village_at_onion(
    running_tor: Node, settled: Village, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """The village, published by a tor that runs; shared, and never killed."""
    data = tmp_path_factory.mktemp("village") / "instance"
    shutil.copytree(settled.data, data)
    with served(data, {"TOR_CONTROL": f"unix:{running_tor.control}"}) as instance:
        instance.wait_for(State.PUBLISHED)
        yield instance


@pytest.fixture
def data(template: Path, tmp_path: Path) -> Path:
    """A fresh instance of one's own, not served yet."""
    shutil.copytree(template, tmp_path / "instance")
    return tmp_path / "instance"


@pytest.fixture(scope="module")
def three(tor_program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Instance]]:
    """A home and two readers of its board, who met by their cards."""
    reason = namespaces.why_not()
    if reason and os.environ.get("CI"):
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    assert tor_program.exists()
    folder = tmp_path_factory.mktemp("w")
    with (
        namespaces.namespaces(3) as (place, ways),
        running_relays(folder / "tor", place) as network,
    ):
        instances = [
            Instance(name, folder / name, inside, network)
            for name, inside in zip(("home", "ava", "babak"), ways, strict=True)
        ]
        home, *readers = instances
        for each in instances:
            each.found(*BOARDS.get(each.name, ()))
        try:
            for each in instances:
                each.start()
            for reader in readers:
                befriend(home, reader, WATER)
            yield instances
        finally:
            for each in instances:
                each.stop()

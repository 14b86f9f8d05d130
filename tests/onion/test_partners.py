"""Partners who have an onion address and nothing else: a witness there signs for our log."""

from contextlib import closing
from pathlib import Path

import pytest
from app import wiring
from app.onion import State
from app.settings import Settings

from tests.cli.command import Done, goftogu
from tests.onion.network import Network, Node, is_ready, wait_until
from tests.onion.served import served

pytestmark = [pytest.mark.tor, pytest.mark.slow]


@pytest.fixture(scope="module")
def way_out(network: Network) -> Node:
    """A tor to go out by, apart from the one that publishes."""
    path = network.folder / "out" / "socks"
    node = network.join("out", f"SocksPort unix:{path}")
    network.wait(lambda: is_ready(node), "a circuit of the way out")
    return node


def found(folder: Path) -> str:
    """Make an instance; return its log's key."""
    house = wiring.init_house(Settings(data=folder, database_url="", origin=""))
    with closing(house.db):
        key = house.sequencer.published.key
    return key.encode()


def witness(data: Path, *words: str, out: Node | None = None) -> Done:
    """Run a command of the group; over a tor, if there is one to go out by."""
    settings = {"TOR_SOCKS": f"unix:{out.folder / 'socks'}"} if out else {}
    return goftogu("witness", *words, data=data, settings=settings)


def entries_signed(data: Path) -> int:
    """Return how many entries of our log the one witness has signed."""
    (line,) = witness(data, "list").out.decode().splitlines()
    return int(line.split("\t")[2])


def test_witness_at_an_onion_address_signs_for_our_log(
    net: Network, running_tor: Node, way_out: Node, tmp_path: Path
) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    log, _ = found(ours), found(theirs)
    assert witness(theirs, "add", log).code == 0
    with served(theirs, {"TOR_CONTROL": f"unix:{running_tor.control}"}) as partner:
        partner.wait_for(State.PUBLISHED)
        address = f"http://{partner.address}"

        refused = witness(ours, "ask", address)
        assert refused.code == 4
        assert "GOFTOGU_TOR_SOCKS" in refused.err
        elsewhere = witness(ours, "ask", partner.origin, out=way_out)
        assert elsewhere.code == 4
        assert "GOFTOGU_TOR_HOSTS" in elsewhere.err
        wait_until(lambda: witness(ours, "ask", address, out=way_out).code == 0, "its card")

        settings = {"TOR_SOCKS": f"unix:{way_out.folder / 'socks'}"}
        with served(ours, settings, is_asked=False):
            wait_until(lambda: entries_signed(ours) > 0, "its cosignature")

    signed = (ours / "public" / "tlog" / "witnessed").read_bytes()
    assert b"/witness " in signed

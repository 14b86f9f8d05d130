"""The forum on a real Tor network: read, joined, written, and found again after both sides died."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from secrets import randbelow
from tempfile import TemporaryDirectory
from typing import cast

import httpx
import pytest
from app.crypto.checksum import checksum_words
from app.onion import State
from starlette.testclient import TestClient
from stem.descriptor.hidden_service import HiddenServiceDescriptorV3

from tests.controls.control import ROOT
from tests.journeys import citizen as steps
from tests.journeys import firefox as firefox_driver
from tests.journeys.citizen import Citizen
from tests.journeys.firefox import SAFEST, FirefoxWindow, running_firefox
from tests.listeners.conftest import require
from tests.listeners.fronts import HAPROXY, running_haproxy
from tests.listeners.test_fronts import NEEDLES, TRACES
from tests.onion.network import Network, Node, is_ready, wait_until
from tests.onion.served import Served, get, served, visiting
from tests.visitor import Visitor

pytestmark = [pytest.mark.tor, pytest.mark.slow]


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder whose name is short enough for sockets in it."""
    with TemporaryDirectory() as name:
        yield Path(name)


PAGES = (
    "/fa/", "/en/", "/fr/", "/fa/boards", "/en/b/water", "/fa/latest", "/en/search?q=river", "/fa/safety",
    "/en/about", "/fr/status", "/.well-known/goftogu", "/tlog/checkpoint",
)  # fmt: skip


def main_of(answer: httpx.Response) -> str:
    """Return what a page says, without what frames it and what is new each time."""
    found = re.search(r"<main.*</main>", answer.text, re.DOTALL)
    text = found[0] if found else answer.text
    return re.sub(r'(name="[a-z_]+" value|data-nonce)="[^"]*"', "", text)


def test_pages_are_the_same_through_tor(village_at_onion: Served, net: Network) -> None:
    with (
        visiting(net, village_at_onion.address) as onion,
        httpx.Client(base_url=village_at_onion.origin, trust_env=False) as web,
    ):
        for path in PAGES:
            through_tor, clear = onion.get(path), web.get(path)
            assert (through_tor.status_code, clear.status_code) == (200, 200), path
            assert main_of(through_tor) == main_of(clear), path
        style = re.findall(r'href="(/static/[^"]+\.css)"', onion.get("/fa/").text)
        assert onion.get(style[0]).status_code == 200


def test_persona_joins_and_writes_by_forms_through_tor(
    village_at_onion: Served, net: Network
) -> None:
    address = village_at_onion.address
    with visiting(net, address) as browser:
        visitor = Visitor(cast("TestClient", browser), origin=f"http://{address}")
        name = f"Sayeh {randbelow(10**9)}"
        visitor.join(name)
        visitor.log_in(name)
        digest = visitor.open_thread("Over Tor", "Through three relays.", board="square")

        receipt = visitor.get(f"/receipts/{digest}")
        seen = visitor.get(f"/p/{digest}")

        assert receipt.status_code == 200
        assert "Through three relays." in seen.text


def test_form_of_another_onion_is_refused_through_tor(
    village_at_onion: Served, net: Network
) -> None:
    with visiting(net, village_at_onion.address) as browser:
        visitor = Visitor(cast("TestClient", browser), origin=f"http://{'a' * 56}.onion")
        form = visitor.open_form("/join")

        answer = visitor.send(form, name="Sayeh", passphrase="four unrelated words")

        assert answer.status_code == 403


def test_host_that_is_not_the_onion_is_turned_away(village_at_onion: Served, net: Network) -> None:
    with visiting(net, village_at_onion.address) as browser:
        clear = village_at_onion.origin.removeprefix("http://")

        assert browser.get("/fa/", headers={"Host": clear}).status_code == 421


def test_tor_asks_for_work_when_it_must(running_tor: Node, village_at_onion: Served) -> None:
    """The descriptor says so: read as a client of that address reads it."""
    name = village_at_onion.address.removesuffix(".onion")
    told = running_tor.ask(f"GETINFO hs/service/desc/id/{name}")

    text = told[told.index("hs-descriptor 3") :].rpartition("\n250 OK")[0]
    inner = HiddenServiceDescriptorV3.from_str(text).decrypt(village_at_onion.address)

    assert b"\npow-params v1 " in inner.get_bytes()


def test_numbers_say_that_readers_find_the_service(village_at_onion: Served) -> None:
    def told() -> dict[str, int]:
        lines = httpx.get(f"{village_at_onion.staff}/metrics", trust_env=False).text.splitlines()
        return {
            name: int(value)
            for name, _, value in (line.partition(" ") for line in lines)
            if name.startswith("goftogu_onion")
        }

    wait_until(lambda: told()["goftogu_onion_introduction_points"] >= 1, "introduction points")
    assert told()["goftogu_onion_published"] == 1
    assert told()["goftogu_onion_effort"] == 0


def test_address_is_the_same_after_tor_and_the_forum_were_killed(net: Network, data: Path) -> None:
    tor = net.join(f"service{randbelow(10**9)}", "SocksPort 0")
    net.wait(lambda: is_ready(tor), "a circuit of the service")
    settings = {"TOR_CONTROL": f"unix:{tor.control}"}
    with served(data, settings) as first:
        first.wait_for(State.PUBLISHED)
        address = first.address
        assert get(net, address).status_code == 200

        tor.kill()
        first.wait_for(State.UNREACHABLE)
        assert httpx.get(f"{first.origin}/en/about", trust_env=False).status_code == 200
        tor.start()
        first.wait_for(State.PUBLISHED, times=2)
        assert get(net, address).status_code == 200

        first.kill()
    with served(data, settings) as second:
        second.wait_for(State.PUBLISHED)
        assert second.address == address
        assert get(net, address).status_code == 200


def test_tor_of_our_own_is_started_again_and_keeps_the_address(
    net: Network, data: Path, tmp_path: Path
) -> None:
    (tmp_path / "more").write_text(net.client_lines())
    settings = {"TORRC": str(tmp_path / "more")}
    with served(data, settings) as first:
        first.wait_for(State.PUBLISHED)
        address = first.address
        # It came with tor's line about its circuit: without it the stream would be closed.
        assert get(net, address).status_code == 200
        assert " ".join(checksum_words(address, "en")) in first.told

        os.kill(first.child(), signal.SIGKILL)
        first.wait_for(State.PUBLISHED, times=2)
        assert get(net, address).status_code == 200

        tor = first.child()
        first.kill()
        net.wait(lambda: not runs(tor), "the end of a tor whose forum was killed")
    with served(data, settings) as second:
        second.wait_for(State.PUBLISHED)
        assert second.address == address
        assert get(net, address).status_code == 200
    assert not runs(second.pid)


def test_hardened_host_is_whole_and_no_file_of_it_tells_of_a_reader(
    net: Network, data: Path, short: Path
) -> None:
    """The way of the files: tor/onion-service.torrc, HAProxy with deploy/front/onion.cfg, the forum.

    The forum knows the address, and neither the key nor a control port.
    """
    require(HAPROXY)
    name = f"hardened{randbelow(10**9)}"
    node = net.join(name, *torrc_lines(short))
    net.wait((short / "service" / "hostname").exists, "the service's address")
    address = (short / "service" / "hostname").read_text().strip()
    settings = {"ONION": address, "ONION_SOCKET": str(short / "onion.sock")}
    with served(data, settings, is_asked=False) as forum, running_haproxy(short):
        net.wait(lambda: is_ready(node), "a circuit of the service")
        net.wait(lambda: is_published(node, address), "its descriptor")

        assert get(net, address).status_code == 200
        assert forum.address == address
        assert not (data / "keys" / "onion.key").exists()
        with visiting(net, address) as browser:

            def is_same() -> bool:
                """Whether the page is the same for whoever claims much; a tick may come between."""
                plain, claimed = (browser.get("/en/status", headers=said) for said in ({}, TRACES))
                assert claimed.status_code == 200
                return main_of(claimed) == main_of(plain)

            net.wait(is_same, "the page of whoever claims nothing")
            assert browser.get("/en/needle-typed", headers=TRACES).status_code == 404
            assert browser.get("/en/search?q=needle-typed", headers=TRACES).status_code == 200
            posted = {"name": "needle-typed", "passphrase": "needle-typed"}
            assert browser.post("/en/login", data=posted, headers=TRACES).status_code == 403

    holding = {
        str(path): needle
        for place in (short, data, net.folder / name)
        for path in place.rglob("*")
        if path.is_file()
        for needle in NEEDLES
        if needle in path.read_bytes()
    }
    assert holding == {}


def torrc_lines(folder: Path) -> list[str]:
    """Return the file in `tor/` with places of our own; its log is the node's file."""
    text = (ROOT / "tor" / "onion-service.torrc").read_text(encoding="utf-8")
    changed = {
        "/var/lib/tor/goftogu": str(folder / "service"),
        "/run/goftogu/onion": str(folder / "onion-front.sock"),
        "Log notice syslog": "",
    }
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.browser
@pytest.mark.parametrize("language", ["fa", pytest.param("en", marks=pytest.mark.nightly)])
def test_firefox_at_its_safest_does_through_tor_all_that_a_citizen_does(
    language: str, village_at_onion: Served, net: Network, tmp_path: Path
) -> None:
    if not firefox_driver.EXECUTABLE.exists():
        pytest.skip("Firefox is not installed")
    through_tor = {
        "network.proxy.type": 1,
        "network.proxy.socks": "127.0.0.1",
        "network.proxy.socks_port": net.socks,
        "network.proxy.socks_remote_dns": True,
        "network.dns.blockDotOnion": False,
    }
    with running_firefox(tmp_path, SAFEST | through_tor) as firefox:
        origin = f"http://{village_at_onion.address}"
        window = FirefoxWindow(firefox, origin, has_scripts=False)
        name = f"{steps.NAMES[language]} {randbelow(10**6)}"
        citizen = Citizen(window=window, language=language, name=name)

        steps.make_persona(citizen)
        assert window.cookies() == {"o"}
        steps.write_and_leave(citizen, village_at_onion.data)


def is_published(node: Node, address: str) -> bool:
    """Return whether a tor has made a descriptor and put it somewhere."""
    told = node.ask(f"GETINFO hs/service/desc/id/{address.removesuffix('.onion')}")
    return "hs-descriptor" in told


def runs(pid: int) -> bool:
    """Return whether a process is there and is no corpse."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False

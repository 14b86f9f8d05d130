"""Chromium and Firefox at an http onion address: they keep its cookie, and ask for no other name."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from secrets import randbelow

import pytest

from tests.journeys import citizen as steps
from tests.journeys.chromium import EXECUTABLE as CHROMIUM
from tests.journeys.chromium import ChromiumWindow, new_context, running_chromium
from tests.journeys.citizen import Citizen
from tests.journeys.firefox import EXECUTABLE as FIREFOX
from tests.journeys.firefox import SAFEST, FirefoxWindow, running_firefox
from tests.journeys.instance import Village
from tests.journeys.window import Window
from tests.listeners.conftest import require
from tests.listeners.fronts import serving_sockets
from tests.listeners.relay import relaying
from tests.listeners.ways import ADDRESS
from tests.tiers import rest_by_night

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ORIGIN = f"http://{ADDRESS}"


@pytest.fixture(scope="module")
def relay(folder: Path, settled: Village) -> Iterator[tuple[int, list[str]]]:
    shutil.copytree(settled.data, folder / "instance")
    with (
        serving_sockets(folder / "instance", folder),
        relaying(ADDRESS, folder / "onion.sock") as found,
    ):
        yield found


@pytest.fixture(params=rest_by_night(["firefox at Safest", "chromium", "firefox"], 2))
def window(request: pytest.FixtureRequest, relay: tuple[int, list[str]]) -> Iterator[Window]:
    port, _ = relay
    with ExitStack() as stack:
        if request.param == "chromium":
            require(CHROMIUM)
            browser = stack.enter_context(running_chromium())
            proxy = {"server": f"socks5://127.0.0.1:{port}"}
            context = stack.enter_context(new_context(browser, ORIGIN, proxy=proxy))
            yield ChromiumWindow(context.new_page(), has_scripts=True)
            return
        require(FIREFOX)
        preferences = {
            "network.proxy.type": 1,
            "network.proxy.socks": "127.0.0.1",
            "network.proxy.socks_port": port,
            "network.proxy.socks_version": 5,
            "network.proxy.socks_remote_dns": True,
            "network.dns.blockDotOnion": False,
        }
        is_safest = request.param != "firefox"
        profile = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        firefox = stack.enter_context(
            running_firefox(profile, {**preferences, **(SAFEST if is_safest else {})})
        )
        yield FirefoxWindow(firefox, ORIGIN, has_scripts=not is_safest)


def test_browser_keeps_the_cookie_of_the_onion(
    window: Window, relay: tuple[int, list[str]]
) -> None:
    _, asked = relay
    asked.clear()
    citizen = Citizen(window=window, language="fa", name=f"باران {randbelow(10**6)}")
    steps.make_persona(citizen)
    assert window.cookies() == {"o"}
    steps.open_thread(citizen)
    assert ADDRESS in window.text(".colophon")
    steps.log_out(citizen)
    assert "o" not in window.cookies()
    steps.log_in(citizen)

    assert window.cookies() == {"o"}
    ours = [name for name in asked if "mozilla" not in name and "google" not in name]
    assert set(ours) == {ADDRESS}

"""Somebody's browser is taken after they left: its folder is searched for what they read and typed."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import sync_playwright

from tests.journeys import chromium as chromium_driver
from tests.journeys import citizen as steps
from tests.journeys import firefox as firefox_driver
from tests.journeys.chromium import ChromiumWindow
from tests.journeys.citizen import Citizen
from tests.journeys.firefox import FirefoxWindow, running_firefox
from tests.journeys.instance import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TYPED: Final = "needle amethyst typed in a draft"
AnyWindow = ChromiumWindow | FirefoxWindow


@pytest.fixture(scope="module")
def origin(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = tmp_path_factory.mktemp("instance") / "data"
    shutil.copytree(template, data)
    with serving(data) as found:
        yield found


@contextmanager
def chromium(profile: Path, origin: str) -> Iterator[AnyWindow]:
    """A Chromium that keeps what it may, as on somebody's desk; asked for passwords, they said no."""
    (profile / "Default").mkdir()
    (profile / "Default" / "Preferences").write_text('{"credentials_enable_service": false}')
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=chromium_driver.WHOLE,
            args=chromium_driver._FLAGS,
            base_url=origin,
            java_script_enabled=False,
        )
        context.set_default_timeout(chromium_driver.WAIT_MS)
        try:
            yield ChromiumWindow(context.new_page(), has_scripts=False)
        finally:
            context.close()


@contextmanager
def firefox(profile: Path, origin: str) -> Iterator[AnyWindow]:
    with running_firefox(profile, {"javascript.enabled": False}) as running:
        yield FirefoxWindow(running, origin, has_scripts=False)


# What is typed into a text field Chromium keeps for when it is opened again, unless fields are told
# not to: then it is also lost to whoever goes back after a form could not be sent.
KEPT_BY = {"chromium": ("Default/Sessions/",), "firefox": ()}
WAYS = {
    "chromium": (chromium, chromium_driver.WHOLE),
    "firefox": (firefox, firefox_driver.EXECUTABLE),
}


@pytest.mark.parametrize("leaves", ["logs out", "leaves in a hurry"])
@pytest.mark.parametrize("kind", WAYS)
def test_nothing_of_the_reader_is_in_a_browser_after_they_left(
    kind: str, leaves: str, origin: str, tmp_path: Path
) -> None:
    opened, executable = WAYS[kind]
    if not executable.exists():
        pytest.skip(f"{kind} is not installed")
    with opened(tmp_path, origin) as window:
        citizen = Citizen(window=window, language="en", name=f"needle {time.monotonic_ns()}")
        steps.make_persona(citizen)
        window.open("/en/b/square/new")
        window.fill("#f-text", TYPED)
        window.press('button[value="keep"]')
        window.press('main a[href*="draft="]')
        assert window.value("#f-text") == TYPED
        kept, cookie = window.source(), read_cookie(window)
        if leaves == "logs out":
            steps.log_out(citizen)
        else:
            steps.leave(citizen)
        window.open("/en/drafts")
        assert TYPED not in window.source()
    assert TYPED in kept
    read = {
        "name": citizen.name,
        "passphrase": steps.PASSPHRASE,
        "fingerprint": citizen.fingerprint,
        "cookie": cookie,
    }

    assert {what: holding(tmp_path, needle) for what, needle in read.items()} == {
        what: [] for what in read
    }
    assert [name for name in holding(tmp_path, TYPED) if not name.startswith(KEPT_BY[kind])] == []


def read_cookie(window: AnyWindow) -> str:
    """Return the value of the session's cookie."""
    if isinstance(window, ChromiumWindow):
        return str({c["name"]: c["value"] for c in window.page.context.cookies()}["s"])
    partition = {"type": "context", "context": window._tab}
    found = window._firefox.ask("storage.getCookies", partition=partition)["cookies"]
    return str({c["name"]: c["value"]["value"] for c in found}["s"])


def holding(folder: Path, needle: str) -> list[str]:
    """Return the files of a folder that hold some text, in either of the ways that browsers write."""
    forms = (needle.encode(), needle.encode("utf-16-le"))
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and any(form in path.read_bytes() for form in forms)
    ]

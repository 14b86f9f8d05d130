"""Fixtures: one instance and one browser of each kind for all journeys."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from . import chromium as chromium_driver
from . import firefox as firefox_driver
from .bidi import Bidi
from .chromium import ChromiumWindow, new_context, running_chromium
from .firefox import SAFEST, FirefoxWindow, running_firefox
from .instance import Instance, Village, running_copy
from .window import Window

# Package scope: Playwright's loop must not be running any more when other tests want one.


@pytest.fixture(scope="package")
def instance(settled: Village, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    with running_copy(settled, tmp_path_factory.mktemp("served") / "instance") as running:
        yield running


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    _require(chromium_driver.EXECUTABLE)
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def safest_firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bidi]:
    _require(firefox_driver.EXECUTABLE)
    with running_firefox(tmp_path_factory.mktemp("firefox"), SAFEST) as firefox:
        yield firefox


@pytest.fixture
def scripted(chromium: Browser, instance: Instance) -> Iterator[ChromiumWindow]:
    """A window of Chromium in which scripts run."""
    with new_context(chromium, instance.origin) as context:
        yield ChromiumWindow(context.new_page(), has_scripts=True)


@pytest.fixture
def unscripted(chromium: Browser, instance: Instance) -> Iterator[ChromiumWindow]:
    """A window of Chromium in which no script runs."""
    with new_context(chromium, instance.origin, scripts=False) as context:
        yield ChromiumWindow(context.new_page(), has_scripts=False)


@pytest.fixture
def safest(safest_firefox: Bidi, instance: Instance) -> Iterator[FirefoxWindow]:
    """A window of Firefox with Tor Browser's Safest settings."""
    window = FirefoxWindow(safest_firefox, instance.origin, has_scripts=False)
    yield window
    window.close()


@pytest.fixture(params=["scripted", "unscripted", "safest"])
def window(request: pytest.FixtureRequest) -> Window:
    """Each browser in turn."""
    found: Window = request.getfixturevalue(request.param)
    return found


def _require(executable: Path) -> None:
    if executable.exists():
        return
    reason = f"{executable} is not installed"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and CI must not skip what people see")
    pytest.skip(reason)

"""Scripts that people try to put on pages of ours, as browsers see them with our policy taken off.

The Content-Security-Policy would stop them a second time; here it must not be needed.
"""

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Final
from urllib.parse import quote, unquote, urlencode

import pytest
import uvicorn
from app.kernel.clock import FixedClock
from app.main import create_app
from playwright.sync_api import Dialog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests import factories
from tests.attacks.planting import plant
from tests.attacks.xss import PAYLOADS
from tests.houses import open_at
from tests.journeys import chromium as chromium_driver
from tests.journeys import firefox as firefox_driver
from tests.journeys.chromium import new_context, running_chromium
from tests.journeys.firefox import FirefoxWindow, running_firefox

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_COUNT: Final = """() => {
    window.__ran = 0;
    window.__x = window.alert = window.confirm = window.prompt = () => { window.__ran += 1; };
}"""
# What a hand would do to every element, and what every frame and link would run.
_POKE: Final = """() => {
    const kinds = ['mouseover', 'pointerenter', 'focus', 'toggle', 'error', 'load', 'animationstart'];
    for (const element of document.querySelectorAll('*')) {
        for (const kind of kinds) element.dispatchEvent(new Event(kind));
        for (const name of ['href', 'action', 'formaction', 'src'])
            if (/^\\s*(javascript|vbscript|data:text)/i.test(element.getAttribute(name) || ''))
                window.__ran += 1;
    }
    return window.__ran;
}"""
_CONTROL: Final = b"<!doctype html><p onmouseover=__x()>over</p><img src=x onerror=__x()>"
_FRAMES: Final = 24
_TAKEN_OFF: Final = {b"content-security-policy", b"x-frame-options"}


class WithoutPolicy:
    """The application with its policies taken off, a page that has the hole, and one of many frames."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in {"/hole", "/frames"}:
            paths = scope["query_string"].decode().split("&")
            frames = "<!doctype html>" + "".join(
                f'<iframe src="{unquote(at)}"></iframe>' for at in paths
            )
            body = _CONTROL if scope["path"] == "/hole" else frames.encode()
            headers = [(b"content-type", b"text/html")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return

        async def strip(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                kept = [pair for pair in headers if pair[0].lower() not in _TAKEN_OFF]
                message = {**message, "headers": kept}
            await send(message)

        await self._app(scope, receive, strip)


@contextmanager
def serving(data: Path) -> Iterator[tuple[str, list[str]]]:
    house = open_at(data, FixedClock(factories.NOW))
    listening = socket.create_server(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
    app = WithoutPolicy(create_app(house, origin))
    # Without a configuration of its own: that would stay for every test after this one.
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield origin, plant(house, PAYLOADS)
    finally:
        server.should_exit = True
        thread.join()
        house.db.close()


@pytest.fixture(scope="module")
def planted(
    template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, list[str]]]:
    data = tmp_path_factory.mktemp("planted") / "instance"
    shutil.copytree(template, data)
    with serving(data) as found:
        yield found


def pages_of(paths: list[str]) -> list[str]:
    """Return one page of each payload (name, title, text), and those that hold many payloads.

    Every other page is read by a parser in test_xss.py.
    """
    threads = [path for path in paths if path.startswith("/t/") and path.count("/") == 2]
    boards = [path for path in paths if path.startswith("/b/board-")][::8]
    typed = ["/search?" + urlencode({"q": payload}) for payload in PAYLOADS[::8]]
    return [f"/en{path}" for path in ("/boards", "/latest", *threads, *boards, *typed)]


def sheets_of(paths: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield pages of many frames, and the pages in them: one way to the browser for all of these."""
    for group in batched(pages_of(paths), _FRAMES):
        yield "/frames?" + "&".join(quote(path) for path in group), group


def batched(paths: list[str], size: int) -> list[list[str]]:
    return [paths[start : start + size] for start in range(0, len(paths), size)]


def test_no_script_runs_in_chromium(planted: tuple[str, list[str]]) -> None:
    if not chromium_driver.EXECUTABLE.exists():
        pytest.skip("Chromium is not installed")
    origin, paths = planted

    ran: dict[str, int] = {}
    with running_chromium() as browser, new_context(browser, origin) as context:
        context.add_init_script(f"({_COUNT})()")
        page = context.new_page()
        dialogs: list[str] = []

        def note(dialog: Dialog) -> None:
            dialogs.append(page.url)
            dialog.dismiss()

        page.on("dialog", note)
        page.goto("/frames?/hole")
        assert [frame.evaluate(_POKE) > 1 for frame in page.frames[1:]] == [True]
        for sheet, shown in sheets_of(paths):
            page.goto(sheet)
            frames = page.frames[1:]
            assert [frame.url.removeprefix(origin) for frame in frames] == shown
            ran |= {frame.url: frame.evaluate(_POKE) for frame in frames}

    assert {path: count for path, count in ran.items() if count} == {}
    assert dialogs == []


def test_no_script_runs_in_firefox(planted: tuple[str, list[str]], tmp_path: Path) -> None:
    if not firefox_driver.EXECUTABLE.exists():
        pytest.skip("Firefox is not installed")
    origin, paths = planted

    ran: dict[str, int] = {}
    with running_firefox(tmp_path, {}) as firefox:
        firefox.ask("script.addPreloadScript", functionDeclaration=_COUNT)
        window = FirefoxWindow(firefox, origin, has_scripts=True)
        window.open("/frames?/hole")
        (hole,) = window.frames().values()
        assert window._evaluate(_POKE, context=hole) > 1
        for sheet, shown in sheets_of(paths):
            window.open(sheet)
            frames = window.frames()
            assert [at.removeprefix(origin) for at in frames] == shown
            ran |= {at: window._evaluate(_POKE, context=frame) for at, frame in frames.items()}

    assert {path: count for path, count in ran.items() if count} == {}

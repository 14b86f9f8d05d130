"""A real tor without a network: what it is told, what it keeps secret, and what is wrong with it."""

import logging
import os
import signal
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from os import devnull
from pathlib import Path

import pytest
from app.crypto.ed25519 import SigningKey
from app.onion import Keeper, OwnTor, RunningTor, Service, State, Status, control, keeper, tor
from app.onion.address import expand
from starlette.testclient import TestClient

from tests.onion.network import wait_until

pytestmark = [pytest.mark.tor, pytest.mark.slow]


@dataclass
class Heard:
    """The states that a keeper told of."""

    states: list[State] = field(default_factory=list)
    news: threading.Event = field(default_factory=threading.Event)

    def hear(self, status: Status) -> None:
        """Take one in."""
        self.states.append(status.state)
        self.news.set()

    def first(self) -> State:
        """Wait for one, and return it."""
        assert self.news.wait(20)
        return self.states[0]


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(key=SigningKey(bytes(range(32))), socket=tmp_path / "sockets" / "onion")


@pytest.fixture
def offline(tmp_path: Path) -> Path:
    """Lines that keep a tor from every network."""
    path = tmp_path / "more"
    path.write_text("DisableNetwork 1\n")
    return path


@contextmanager
def kept(found: tor.Tor, service: Service) -> Iterator[tuple[Keeper, Heard]]:
    """Keep a service for the length of a block."""
    heard = Heard()
    kept = Keeper(found, service, heard.hear)
    kept.start()
    try:
        yield kept, heard
    finally:
        kept.stop()


@contextmanager
def a_running_tor(folder: Path) -> Iterator[str]:
    """Run a tor that its host looks after; yield its control address."""
    folder.mkdir(mode=0o700)
    lines = [
        f"DataDirectory {folder}", f"ControlSocket unix:{folder / 'control'}", "CookieAuthentication 1",
        f"CookieAuthFile {folder / 'cookie'}", "SocksPort 0", "DisableNetwork 1",
        f"__OwningControllerProcess {os.getpid()}", f"Log notice file {folder / 'log'}",
    ]  # fmt: skip
    (folder / "torrc").write_text("\n".join([*lines, ""]))
    process = subprocess.Popen(
        ["tor", "-f", folder / "torrc", "--defaults-torrc", devnull, "--quiet"],
        stdin=subprocess.DEVNULL,
    )
    try:
        wait_until((folder / "cookie").exists, "a cookie")
        wait_until((folder / "control").exists, "a control socket")
        yield f"unix:{folder / 'control'}"
    finally:
        process.kill()
        process.wait()


def test_tor_of_our_own_has_the_service_and_its_files_are_its_owners(
    service: Service, offline: Path, tmp_path: Path, tor_program: Path
) -> None:
    found = OwnTor(tmp_path / "tor", offline)

    try:
        link = control.Link(found.summon(service), lambda: None)
        named = link._controller.get_conf("HiddenServiceDir")
        told = link._controller.get_conf_map("HiddenServiceOptions")
        link.close()
    finally:
        found.dismiss()

    assert named == str(tmp_path / "tor" / "onion")
    assert told["HiddenServicePoWDefensesEnabled"] == ["1"]
    assert told["HiddenServiceExportCircuitID"] == ["haproxy"]
    assert (tmp_path / "tor" / "onion" / "hostname").read_text().strip() == service.address
    kept = [tmp_path / "tor", *(tmp_path / "tor" / "onion").rglob("*")]
    loose = [path for path in kept if path.stat().st_mode & 0o077]
    assert loose == []


def test_tor_of_our_own_ends_with_its_keeper(
    service: Service, offline: Path, tmp_path: Path, tor_program: Path
) -> None:
    found = OwnTor(tmp_path / "tor", offline)
    with kept(found, service):
        wait_until(lambda: found._process is not None, "a process")
        process = found._process

    assert process is not None
    assert process.poll() is not None


def test_tor_that_is_not_installed_is_a_state_and_the_clear_web_works(
    service: Service, client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tor, "find_program", lambda: None)

    with kept(OwnTor(tmp_path / "tor"), service) as (found, heard):
        assert heard.first() is State.TOR_MISSING
        client.app.state.tell_onion = lambda: found.status  # type: ignore[attr-defined]  # an ASGI app to the checker

        for path in ("/en/about", "/fa/boards", "/en/join", "/fr/status"):
            assert client.get(path).status_code == 200, path


def test_tor_that_ends_at_its_start_is_a_state(
    service: Service, tmp_path: Path, tor_program: Path
) -> None:
    (tmp_path / "more").write_text("NoSuchOption 1\n")

    with kept(OwnTor(tmp_path / "tor", tmp_path / "more"), service) as (_, heard):
        assert heard.first() is State.TOR_ENDED


def test_stem_that_is_not_installed_is_a_state(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.delitem(sys.modules, "app.onion.control", raising=False)
    monkeypatch.setitem(sys.modules, "stem", None)

    with kept(RunningTor("unix:/nowhere"), service) as (_, heard):
        assert heard.first() is State.STEM_MISSING


@pytest.mark.parametrize("cookie", [None, b"", b"x" * 32], ids=["gone", "empty", "another"])
def test_cookie_that_is_of_no_use_is_a_state(
    cookie: bytes | None, service: Service, tmp_path: Path, tor_program: Path
) -> None:
    with a_running_tor(tmp_path / "running") as place:
        (tmp_path / "running" / "cookie").unlink()
        if cookie is not None:
            (tmp_path / "running" / "cookie").write_bytes(cookie)

        with kept(RunningTor(place), service) as (_, heard):
            assert heard.first() is State.NOT_ALLOWED


def test_service_that_somebody_else_has_there_is_refused(
    service: Service, tmp_path: Path, tor_program: Path
) -> None:
    with a_running_tor(tmp_path / "running") as place:
        other = control.Link(place, lambda: None)
        other.add(service)

        with kept(RunningTor(place), service) as (_, heard):
            assert heard.first() is State.REFUSED
        other.close()


def test_tor_that_hangs_shows_as_silent_and_holds_nobody_up(
    service: Service,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    offline: Path,
    tor_program: Path,
) -> None:
    monkeypatch.setattr(keeper, "STALE_S", 0.5)
    monkeypatch.setattr(keeper, "LOOK_EVERY_S", 0.1)
    found = OwnTor(tmp_path / "tor", offline)
    with kept(found, service) as (waiting, _):
        wait_until(lambda: waiting._link is not None, "a connection")
        assert found._process is not None
        found._process.send_signal(signal.SIGSTOP)

        wait_until(lambda: waiting.status.state is State.SILENT, "silence")
        found._process.send_signal(signal.SIGCONT)


def test_key_is_in_no_log(
    service: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture, tor_program: Path
) -> None:
    """stem would tell every line that it sends to whoever listens to it."""
    listening = logging.getLogger("stem")
    listening.addHandler(caplog.handler)
    try:
        with caplog.at_level(1), a_running_tor(tmp_path / "running") as place:
            link = control.Link(place, lambda: None)
            link.add(service)
            link.close()
    finally:
        listening.removeHandler(caplog.handler)

    told = caplog.text + (tmp_path / "running" / "log").read_text()
    assert b64encode(expand(service.key)).decode()[:20] not in told


def test_tor_is_looked_for_where_a_users_path_does_not_lead(
    monkeypatch: pytest.MonkeyPatch, tor_program: Path
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(tor, "_PLACES", str(tor_program.parent))

    assert tor.find_program() == str(tor_program)


@pytest.mark.parametrize(
    "state",
    [State.UNREACHABLE, State.NOT_ALLOWED, State.TOR_ENDED],
    ids=lambda state: state.value,
)
def test_forum_is_served_whatever_is_wrong_with_tor(
    state: State, data: Path, tmp_path: Path, tor_program: Path
) -> None:
    """The control port gone, its cookie gone, a tor that ends at once: each is told, and the clear web works."""
    import httpx

    from tests.onion.served import served

    settings = {"TOR_CONTROL": "unix:/nowhere/control"}
    with ExitStack() as stack:
        if state is State.NOT_ALLOWED:
            settings["TOR_CONTROL"] = stack.enter_context(a_running_tor(tmp_path / "running"))
            (tmp_path / "running" / "cookie").unlink()
        if state is State.TOR_ENDED:
            (tmp_path / "more").write_text("NoSuchOption 1\n")
            settings = {"TORRC": str(tmp_path / "more")}
        forum = stack.enter_context(served(data, settings))
        forum.wait_for(state)
        clear = stack.enter_context(httpx.Client(base_url=forum.origin, trust_env=False))

        for path in ("/en/about", "/fa/boards", "/en/join", "/fr/status"):
            assert clear.get(path).status_code == 200, path
        assert forum.address in clear.get("/en/status").text
        told = httpx.get(f"{forum.staff}/metrics", trust_env=False).text
        assert "\ngoftogu_onion_published 0\n" in told
        assert "Traceback" not in forum.told

"""check --running: red and green of an instance that runs, and how each red is mended."""

import json
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Thread
from types import MappingProxyType
from typing import Final

import pytest
from app.cli.backup import LAST

from tests.cli.command import goftogu
from tests.journeys.instance import serving
from tests.listeners.fronts import make_certificate

pytestmark = pytest.mark.slow

_NONE: Final = MappingProxyType[str, str]({})


def red_of(data: Path, *words: str, settings: Mapping[str, str] = _NONE) -> dict[str, str]:
    """Return what is red, but for the disk, which is this machine's, with what to do about it."""
    done = goftogu("check", "--running", "--json", *words, data=data, settings=settings)
    found = {each["what"]: each["advice"] for each in json.loads(done.out) if not each["is_good"]}
    assert done.code == (1 if found else 0)
    return {what: advice for what, advice in found.items() if not what.startswith("Disk")}


def test_instance_that_runs_is_green_once_it_has_a_backup(data: Path) -> None:
    with serving(data) as origin:
        assert set(red_of(data, "--at", origin)) == {"backup: none yet"}
        (data / LAST).write_text('{"day": "2999-01-01"}')

        assert red_of(data, "--at", origin) == {}


def test_instance_that_stands_still_says_what_to_start(data: Path) -> None:
    red = red_of(data, "--at", "http://127.0.0.1:9")

    assert "goftogu serve" in red["worker: runs"]
    assert "worker: looked around within ten minutes" in red
    assert "Does the forum run" in red["listener: http://127.0.0.1:9 answers"]


def test_old_backup_unknown_setting_and_open_folder_are_red(data: Path) -> None:
    (data / LAST).write_text('{"day": "2026-01-01"}')
    data.chmod(0o755)
    try:
        red = red_of(data, settings={"ORIGN": "https://forum.example"})
    finally:
        data.chmod(0o700)

    assert "GOFTOGU_ORIGN" in red["settings: all of them are known"]
    assert "chmod 711" in red["folder: listed and written by its owner alone"]
    assert any(what.startswith("backup: days since") for what in red)


def test_own_address_is_asked_as_readers_ask_it_and_not_over_tor(data: Path) -> None:
    """Its name leads to itself on most hosts, and is nobody's whom the tor for partners may ask."""
    settings = {"TOR_SOCKS": "unix:/nowhere/socks"}
    with serving(data) as origin:
        red = red_of(data, "--at", origin, settings=settings)

    assert not [what for what in red if what.startswith("listener")]
    assert set(red_of(data, "--at", "http://localhost:9")) > {
        "listener: http://localhost:9 answers"
    }


def test_certificate_that_does_not_hold_is_told(data: Path, tmp_path: Path) -> None:
    """The stand-in that the installation makes is red until the host's own is in its place."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(make_certificate(tmp_path), tmp_path / "key.pem")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def meet() -> None:
            connection, _ = server.accept()
            with suppress(OSError), context.wrap_socket(connection, server_side=True):
                pass

        thread = Thread(target=meet)
        thread.start()
        origin = f"https://127.0.0.1:{server.getsockname()[1]}"
        red = red_of(data, "--at", origin)
        thread.join()

    assert "its certificate does not hold" in red[f"listener: {origin} answers"]

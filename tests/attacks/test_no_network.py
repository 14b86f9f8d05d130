"""Whatever readers and strangers send, the process that answers them opens no network at all (SECURITY.md D1)."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest

from tests.attacks.test_led_inside import INSIDE, WRITTEN
from tests.faults.failing import find_strace
from tests.faults.load import new_post
from tests.journeys.instance import COMMAND

pytestmark = pytest.mark.slow

_NONE: Final = MappingProxyType[str, str]({})
_FAMILY: Final = re.compile(r"\b(?:socket|socketpair|connect|bind)\([^)]*?\b(AF_\w+)")
_URLS: Final = [f"http://{f'[{host}]' if ':' in host else host}/" for host in (*INSIDE, *WRITTEN)]
_OTHERS: Final = ["file:///etc/passwd", "gopher://127.0.0.1:70/", "ftp://10.0.0.1/", "//169.254.169.254/latest"]  # fmt: skip
# Where somebody could hope that what they name is fetched.
_ASKED: Final = [
    "/en/", "/en/?q={}", "/en/out?to={}", "/en/search?q={}", "/{}", "/en/b/live?url={}", "/witness/add-checkpoint?{}",
    "/tlog/checkpoint", "/.well-known/goftogu", "/api/v1/boards",
]  # fmt: skip
_HANDED_IN: Final = ["/api/v1/records", "/api/v1/carried", "/witness/add-checkpoint", "/en/carry", "/en/join"]  # fmt: skip


class Served:
    """A host that is served at a unix socket, with what it asked its system for."""

    def __init__(self, path: Path, trace: Path) -> None:
        self._path, self._trace = path, trace

    def ask(self, path: str, body: bytes | None = None, headers: Mapping[str, str] = _NONE) -> int:
        connection = http.client.HTTPConnection("forum.example", timeout=60)
        connection.sock = socket.socket(socket.AF_UNIX)
        with closing(connection):
            connection.sock.connect(str(self._path))
            connection.request("POST" if body else "GET", path, body, dict(headers))
            return connection.getresponse().status

    def list_families(self) -> set[str]:
        return set(_FAMILY.findall(self._trace.read_text(errors="replace")))


@pytest.fixture
def served(template: Path, tmp_path: Path) -> Iterator[Served]:
    """An instance where there is no network, each of its sockets written down."""
    folder = Path(tempfile.mkdtemp(prefix="net-", dir="/tmp"))
    data, path, trace = folder / "data", folder / "web.sock", tmp_path / "trace"
    shutil.copytree(template, data)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GOFTOGU_")}
    settings = {"GOFTOGU_DATA": str(data), "GOFTOGU_ORIGIN": "https://forum.example"}
    calls = "trace=socket,socketpair,connect,bind"
    traced = [find_strace(), "-f", "--seccomp-bpf", "-qq", "-e", calls, "-o", str(trace)]
    command = ["unshare", "--map-root-user", "--net", *traced, str(COMMAND), "serve", "--listen"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, f"unix:{path}"],
            env=kept | settings,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            host = Served(path, trace)
            for _ in range(600):
                with suppress(OSError):
                    host.ask("/healthz")
                    break
                time.sleep(0.05)
            yield host
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
            shutil.rmtree(folder)


def test_nothing_that_is_sent_makes_the_forum_open_a_network(served: Served) -> None:
    links = "\n\n".join(f"![x]({url}) [x]({url}) <{url}> {url}" for url in (*_URLS, *_OTHERS))
    note = new_post(links)
    said = {"Forwarded": 'host="127.0.0.1"', "X-Forwarded-Host": "169.254.169.254", "Via": "1.1 x"}

    statuses = [
        served.ask("/api/v1/records", note),
        *(
            served.ask(path.format(url), headers=said)
            for path in _ASKED
            for url in (_URLS[0], _OTHERS[0])
        ),
        *(
            served.ask(path, url.encode(), {"Origin": url, "Referer": url})
            for path in _HANDED_IN
            for url in (*_URLS[:3], *_OTHERS)
        ),
    ]

    assert statuses[0] == 201
    assert not any(status >= 500 for status in statuses)
    assert served.list_families() == {"AF_UNIX"}

"""Files of an instance or a mirror by its address: few questions where somebody answers several."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import ClassVar

import pytest
from app.web.addresses import Address, NetworkError, RefusedError
from app.web.together import FILES_PATH, FILES_TYPE, encode_files, parse_paths

from tests.cli.test_monitor import serving

pytestmark = pytest.mark.slow

PATHS = [f"records/{number}" for number in range(5)]


class Host(BaseHTTPRequestHandler):
    """Hands out files that hold their own paths, two at once, or says something else."""

    asked: ClassVar[list[str]] = []
    says: ClassVar[tuple[int, str, bytes | None]] = (200, FILES_TYPE, None)

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self._answer(200, FILES_TYPE, self.path[1:].encode())

    def do_POST(self) -> None:
        self.asked.append(self.path)
        paths = parse_paths(self.rfile.read(int(self.headers["Content-Length"])))
        status, media_type, said = self.says
        files = encode_files(path.encode() for path in paths[:2]) if said is None else said
        self._answer(status, media_type, files)

    def _answer(self, status: int, media_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def host() -> Iterator[str]:
    """Its address."""
    Host.asked, Host.says = [], (200, FILES_TYPE, None)
    with serving(Host) as address:
        yield address


def read(address: str, paths: list[str]) -> list[bytes | None]:
    """Read several files."""
    with Address(address) as source:
        return list(source.read_many(paths, 100))


def test_several_files_come_in_few_answers(host: str) -> None:
    assert read(host, PATHS) == [path.encode() for path in PATHS]
    assert Host.asked == [f"/{FILES_PATH}", f"/{FILES_PATH}", f"/{PATHS[4]}"]


@pytest.mark.parametrize("says", [(404, FILES_TYPE, b""), (405, "text/html", b"no"), (501, "", b""), (200, "text/html", b"hello"), (503, "text/html", b"away")])  # fmt: skip
def test_who_hands_out_single_files_is_asked_for_them(
    host: str, says: tuple[int, str, bytes]
) -> None:
    Host.says = says

    assert read(host, PATHS) == [path.encode() for path in PATHS]
    assert sorted(Host.asked) == sorted([f"/{FILES_PATH}", *(f"/{path}" for path in PATHS)])


@pytest.mark.parametrize("status", [429, 503])
def test_who_is_busy_is_not_asked_for_more(host: str, status: int) -> None:
    Host.says = (status, "application/problem+json", b"{}")

    with pytest.raises(NetworkError):
        read(host, PATHS)
    assert len(Host.asked) == 1


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense", encode_files([b""] * 6), b"101\n" + bytes(101)]
)
def test_answer_that_is_none_is_trouble_and_no_lie(host: str, answer: bytes) -> None:
    Host.says = (200, FILES_TYPE, answer)

    with pytest.raises(RefusedError):
        read(host, PATHS)

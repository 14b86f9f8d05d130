"""`goftogu log verify` and `goftogu mirror`, as a stranger runs them: on folders and over a network."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from app.crypto.note_keys import SIGNATURE, VerifierKey
from app.tlog.publication import CHECKPOINT_PATH
from app.web import outbound

from tests import factories
from tests.cli.command import Done, goftogu
from tests.federation.hosts import Host, files_of, posts, published
from tests.tlog.logs import KEY, ORIGIN, WITNESSES

AVA = factories.person("Ava")
FIRST = factories.note(AVA)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """A host with three posts, one of them erased."""
    host = published(tmp_path / "host", [FIRST, *posts(1), factories.erasure(AVA, FIRST)])
    host.erase(FIRST)
    return host


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Where the last checkpoint is remembered."""
    return tmp_path / "state" / "seen"


def verify(source: Path | str, state: Path, *words: str) -> Done:
    """Verify a folder or an address."""
    return goftogu("log", "verify", source, "--state", state, *words)


def test_verify_says_what_it_verified(host: Host, state: Path) -> None:
    done = verify(host.folder, state, "--json")

    assert (done.code, done.err) == (0, "")
    told = json.loads(done.out)
    assert told["verifies"] is True
    assert (told["log"], told["entries"], told["verified_now"]) == (ORIGIN, 3, 3)
    assert (told["of_these_erased"], told["of_these_unnamed"]) == (1, 0)
    assert state.read_bytes() == host.checkpoint()


def test_verify_tells_people_the_same(host: Host, state: Path) -> None:
    lines = verify(host.folder, state).out.decode().splitlines()

    assert "entries            3" in lines
    assert "host               Sepidar" in lines


def test_verify_again_looks_at_new_entries_alone(host: Host, state: Path) -> None:
    verify(host.folder, state)
    host.publish(*posts(2, "Babak"))

    told = json.loads(verify(host.folder, state, "--json").out)
    assert (told["verified_before"], told["verified_now"]) == (3, 2)
    assert json.loads(verify(host.folder, state, "--json", "--all").out)["verified_now"] == 5


def test_withheld_post_ends_with_three_and_is_not_remembered(host: Host, state: Path) -> None:
    verify(host.folder, state)
    before = state.read_bytes()
    (post,) = posts(1, "Babak")
    host.publish(post)
    host.erase(post)

    done = verify(host.folder, state)

    assert (done.code, done.out) == (3, b"")
    assert factories.digest_of(post).hex() in done.err
    assert state.read_bytes() == before


def test_split_view_between_two_sources_leaves_the_evidence(
    host: Host, state: Path, tmp_path: Path
) -> None:
    twin = published(tmp_path / "twin", posts(4, "Babak"))
    verify(host.folder, state)

    done = verify(twin.folder, state)

    assert done.code == 3
    (evidence,) = state.parent.glob("split-view-*.txt")
    assert str(evidence) in done.err
    assert evidence.read_bytes() == host.checkpoint() + b"\n" + twin.checkpoint()
    assert state.read_bytes() == host.checkpoint()


def test_logs_are_remembered_apart_in_the_state_folder(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "mine"))
    other = Host(tmp_path / "other", origin="goftogu/other").publish(*posts(1))

    assert goftogu("log", "verify", host.folder).code == 0
    assert goftogu("log", "verify", other.folder).code == 0

    kept = sorted(
        path.read_bytes() for path in (tmp_path / "mine" / "goftogu").glob("*.checkpoint")
    )
    assert kept == sorted([host.checkpoint(), other.checkpoint()])


def test_policy_that_asks_for_witnesses_is_heeded(host: Host, state: Path, tmp_path: Path) -> None:
    log = f"log {VerifierKey(ORIGIN, SIGNATURE, KEY.public).encode()}\n"
    witness = WITNESSES[0]
    named = witness.encode()
    (tmp_path / "alone").write_text(f"{log}quorum none\n")
    (tmp_path / "witnessed").write_text(f"{log}witness w {named}\nquorum w\n")

    assert verify(host.folder, state, "--policy", str(tmp_path / "alone")).code == 0
    done = verify(host.folder, state, "--policy", str(tmp_path / "witnessed"))

    assert done.code == 3
    assert "witnesses" in done.err


def test_folder_that_is_not_there_is_no_verdict(tmp_path: Path, state: Path) -> None:
    assert verify(tmp_path / "nowhere", state).code == 1


def test_mirror_copies_from_an_address_alone(host: Host, tmp_path: Path) -> None:
    assert goftogu("mirror", tmp_path / "copy", "--from", str(host.folder)).code == 2
    assert not (tmp_path / "copy").exists()


@contextmanager
def serving(handler: Any) -> Iterator[str]:
    """Serve on loopback; yield the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder, as any web server does, and says nothing."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.slow
def test_mirror_of_a_served_host_keeps_up_and_verifies(
    host: Host, state: Path, tmp_path: Path
) -> None:
    with serving(partial(Quiet, directory=host.folder)) as origin:
        first = goftogu("mirror", tmp_path / "copy", "--from", origin)
        host.publish(*posts(300, "Babak"))
        second = goftogu("mirror", tmp_path / "copy", "--from", origin)
        assert verify(origin, state).code == 0

    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert first.out == b"3 entries; 2 records new, 0 taken away\n"
    assert second.out == b"303 entries; 300 records new, 0 taken away\n"
    with serving(partial(Quiet, directory=tmp_path / "copy")) as origin:
        assert verify(origin, state, "--all").code == 0
    made = files_of(tmp_path / "copy")
    assert made.pop("goftogu.css").startswith(b"/* Goftogu")
    assert made == files_of(host.folder)


class Answering(ABC, BaseHTTPRequestHandler):
    """Serves a folder but for one path, which it answers badly."""

    folder: Path
    path_of_evil = CHECKPOINT_PATH

    def do_GET(self) -> None:
        """Answer."""
        if self.path == f"/{self.path_of_evil}":
            self.answer_badly()
            return
        place = self.folder / self.path[1:]
        raw = place.read_bytes() if place.exists() else b""
        self.send_response(200 if place.exists() else 404)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    @abstractmethod
    def answer_badly(self) -> None:
        """Answer otherwise than a host does."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Endless(Answering):
    """Never stops."""

    def answer_badly(self) -> None:
        """Send more than anybody can want."""
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(1000):
                self.wfile.write(b"x" * 65_536)
        except ConnectionError:
            return


class Elsewhere(Answering):
    """Points somewhere else."""

    def answer_badly(self) -> None:
        """Redirect."""
        self.send_response(302)
        self.send_header("Location", "http://127.0.0.1:9/")
        self.send_header("Content-Length", "0")
        self.end_headers()


class Portal(Answering):
    """A page that somebody put in between."""

    def answer_badly(self) -> None:
        """Send a page."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")


class Packed(Answering):
    """Sends what would have to be unpacked."""

    def answer_badly(self) -> None:
        """Send a few packed bytes, which may be very many."""
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Endless, "longer than"),
        (Elsewhere, "points elsewhere"),
        (Portal, "another type"),
        (Packed, "packed"),
    ],
)
def test_answer_that_no_host_gives_is_refused(
    kind: type[Answering], said: str, host: Host, state: Path, tmp_path: Path
) -> None:
    kind.folder = host.folder
    with serving(kind) as origin:
        read, copied = verify(origin, state), goftogu("mirror", tmp_path / "m", "--from", origin)

    assert (read.code, copied.code) == (5, 5)
    assert said in read.err
    assert said in copied.err
    assert files_of(tmp_path / "m") == {}


@pytest.mark.slow
def test_answer_that_takes_too_long_is_refused(
    host: Host, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It comes at once, and is found to be late.
    client = outbound.open_client(30.0)
    monkeypatch.setattr(outbound, "open_client", lambda *_: client)
    monkeypatch.setattr(outbound, "WHOLE_S", 0.0)
    with serving(partial(Quiet, directory=host.folder)) as origin:
        done = verify(origin, state)

    assert done.code == 4
    assert "not answered in time" in done.err


class Erasing(Answering):
    """Has erased a post just now."""

    def answer_badly(self) -> None:
        """Say that it is gone."""
        self.send_response(410)
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.mark.slow
def test_erasure_that_is_not_logged_yet_is_pending(host: Host, state: Path, tmp_path: Path) -> None:
    (post,) = posts(1, "Babak")
    host.publish(post)
    Erasing.folder, Erasing.path_of_evil = host.folder, f"records/{sha256(post).hexdigest()}"
    with serving(Erasing) as origin:
        # A served host answers for what was erased before as well.
        host.path_of(FIRST).write_bytes(FIRST)
        read = verify(origin, state, "--json")
        again = verify(origin, state, "--json")
        copied = goftogu("mirror", tmp_path / "m", "--from", origin)

    assert (read.code, again.code) == (0, 0), read.err
    assert json.loads(read.out)["of_these_pending"] == 1
    assert json.loads(again.out)["of_these_pending"] == 1
    assert "logged at a tick" not in read.err
    assert copied.code == 1
    assert "not in its log yet" in copied.err
    assert not (tmp_path / "m" / CHECKPOINT_PATH).exists()


@pytest.mark.slow
def test_nobody_at_the_address_ends_with_four(state: Path) -> None:
    with serving(Quiet) as origin:
        pass

    assert verify(origin, state).code == 4

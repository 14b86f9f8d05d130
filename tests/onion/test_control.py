"""What is wrong with a control port is told apart, within seconds, whatever answers there."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from app.crypto.ed25519 import SigningKey
from app.onion import (
    Keeper,
    RunningTor,
    Service,
    SocketPlaceError,
    State,
    TorError,
    control,
    require_place,
)

from tests.onion.network import wait_until

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@contextmanager
def answering(path: Path, answer: bytes, *, is_silent: bool = False) -> Iterator[str]:
    """Listen where a control socket could be, and answer everybody with the same bytes."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def answer_one() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(100)
                if not is_silent:
                    connection.sendall(answer)
                else:
                    connection.recv(100)

        thread = threading.Thread(target=answer_one, daemon=True)
        thread.start()
        yield f"unix:{path}"
        thread.join(5)


class Obedient:
    """What takes every command at a control socket, as far as a client needs it, and remembers it."""

    def __init__(self, path: Path) -> None:
        self.heard: list[str] = []
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            threading.Thread(target=self._obey, args=(connection,), daemon=True).start()

    def _obey(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rw", newline="") as lines:
            for line in lines:
                command = line.strip()
                self.heard.append(command)
                lines.write(self._answer(command))
                lines.flush()

    def _answer(self, command: str) -> str:
        if command.startswith("PROTOCOLINFO"):
            told = ["250-PROTOCOLINFO 1", "250-AUTH METHODS=NULL", '250-VERSION Tor="0.4.8.10"']
            return "\r\n".join([*told, "250 OK", ""])
        if command == "GETINFO version":
            return "250-version=0.4.8.10\r\n250 OK\r\n"
        if command.startswith("GETINFO"):
            return "552 Unrecognized key\r\n"
        if command == "CLOSECIRCUIT 9":
            return '552 Unknown circuit "9"\r\n'
        return "250 OK\r\n"


def test_circuits_that_go_on_are_closed_and_the_service_stays(tmp_path: Path) -> None:
    """One that ended by itself meanwhile takes nothing with it."""
    obedient = Obedient(tmp_path / "control")
    service = Service(key=SigningKey(bytes(range(32))), socket=tmp_path / "sockets" / "onion")
    kept = Keeper(RunningTor(f"unix:{tmp_path / 'control'}"), service)
    kept.start()
    try:
        kept.end_circuit(9)
        kept.end_circuit(7)
        wait_until(lambda: "CLOSECIRCUIT 7" in obedient.heard, "a closed circuit")
    finally:
        kept.stop()

    closed = [line for line in obedient.heard if line.startswith("CLOSECIRCUIT")]
    assert closed == ["CLOSECIRCUIT 9", "CLOSECIRCUIT 7"]
    assert sum(line.startswith("ADD_ONION") for line in obedient.heard) == 1


def state_at(place: str) -> State:
    """Return why nobody can be talked to at a place."""
    with pytest.raises(TorError) as refused:
        control.Link(place, lambda: None)
    return refused.value.state


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", b"250 OK\r\n", b"\xff" * 10_000, b"514 No\r\n"],
    ids=["web", "nothing", "bare", "noise", "refusal"],
)
def test_what_is_not_tor_is_seen(answer: bytes, tmp_path: Path) -> None:
    with answering(tmp_path / "control", answer) as place:
        assert state_at(place) is State.SILENT


def test_what_never_answers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "_ANSWER_S", 0.1)

    with answering(tmp_path / "control", b"", is_silent=True) as place:
        assert state_at(place) is State.SILENT


@pytest.mark.parametrize(
    "place", ["unix:/nowhere/control", "127.0.0.1:1", "127.0.0.1", "nonsense:x"]
)
def test_nobody_there_is_seen(place: str) -> None:
    assert state_at(place) is State.UNREACHABLE


def test_socket_of_somebody_else_is_seen(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "control"))
        (tmp_path / "control").chmod(0)
        with as_nobody():
            assert state_at(f"unix:{tmp_path / 'control'}") is State.NOT_ALLOWED


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be a user without rights for the length of a block, where we are root."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_socket_is_reached_through_its_folder_alone(tmp_path: Path) -> None:
    require_place(tmp_path / "new" / "onion")

    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_socket_in_a_folder_of_a_group_is_fine(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)

    require_place(tmp_path / "onion")


def test_socket_in_a_folder_that_is_open_to_others_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    with pytest.raises(SocketPlaceError, match="others can reach"):
        require_place(tmp_path / "onion")


@pytest.mark.parametrize("name", ["with space", "with'quote", "x" * 120, "a,b"])
def test_place_that_tor_cannot_be_told_is_refused(name: str, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)

    with pytest.raises(SocketPlaceError):
        require_place(tmp_path / name)

"""What is wrong with a control port is told apart, within seconds, whatever answers there."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from app.onion import SocketPlaceError, State, TorError, control, require_place

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

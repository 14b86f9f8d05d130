"""What a courier carries: from one folder to another without a network, and telling of no machine."""

import os
import re
import shutil
import socket
import subprocess
import zipfile
from contextlib import closing
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from app.kernel.clock import FixedClock, SystemClock
from pytest_socket import SocketBlockedError

from tests import factories
from tests.cli.command import Done, goftogu
from tests.cli.conftest import Keys
from tests.factories import TODAY, card, digest_of, note, person
from tests.houses import find_post, open_at, publish, release, require_post
from tests.journeys.instance import COMMAND

pytestmark = pytest.mark.slow

AVA, BABAK = person("Ava"), person("Babak")
YESTERDAY = TODAY - timedelta(days=1)
POST = note(AVA, title="آب", text="آب کجا می‌رود؟ Where does it go?", day=YESTERDAY)
ANSWER = note(BABAK, reply_to=POST, text="Into the pistachios.")


@pytest.fixture
def told(data: Path, clock: FixedClock) -> Path:
    """The folder of an instance with a thread, published by its worker."""
    with closing((house := open_at(data, clock)).db):
        publish(house, card(AVA), card(BABAK), POST)
        publish(house, ANSWER)
    return data


def done(*words: str | Path, **named: Any) -> Done:
    """Run a command that must succeed."""
    done = goftogu(*words, **named)
    assert done.code == 0, done.err
    return done


@pytest.mark.disable_socket
def test_round_trip_over_a_folder_alone(
    told: Path, template: Path, tmp_path: Path, keys: Keys
) -> None:
    """Out on a stick, read, answered by somebody without an instance, carried back, and out again."""
    with pytest.warns(UserWarning, match="socket"), pytest.raises(SocketBlockedError):
        socket.socket()
    stick, other = tmp_path / "stick", tmp_path / "other"
    stick.mkdir()
    shutil.copytree(template, other)
    export = ("bundle", "export", "--board", "square", "--since", "0", "--to")

    done(*export, stick / "out.zip", data=told)
    done("bundle", "verify", stick / "out.zip")
    done("bundle", "import", stick / "out.zip", data=other)
    reply = ("bundle", "reply", stick / "out.zip", "--key", keys.file, "--to")
    answer = done(*reply, digest_of(POST).hex(), given="And into steel.").out
    (stick / "answers").write_bytes(answer)
    done("bundle", "import", stick / "answers", data=told)
    for folder in (told, other):
        show(folder)
    done(*export, stick / "back.zip", data=told)
    done("bundle", "verify", stick / "back.zip")
    done("bundle", "import", stick / "back.zip", data=other)
    show(other)

    for folder in (told, other):
        with closing((house := open_at(folder, SystemClock())).db):
            assert require_post(house, POST).version.text.markdown.startswith("آب کجا")
            assert require_post(house, ANSWER).author.name == "Babak"
            carried = find_post(house, answer.removesuffix(b"\n"))
            assert carried is not None
            assert carried.number == 3
            assert carried.version.text.markdown == "And into steel."


def show(folder: Path) -> None:
    """Let the worker of an instance run, some hours later."""
    with closing((house := open_at(folder, FixedClock(SystemClock().now()))).db):
        release(house)


class Surroundings:
    """A machine, as far as a program can tell."""

    def __init__(self, folder: Path, number: int) -> None:
        """Make one that is like no other."""
        self.home = folder / f"needlehome{number}"
        self.home.mkdir()
        self.data = self.home / f"needledata{number}"
        self.host, self.user = f"needlehost{number}", f"needleuser{number}"
        self.zone = ("Asia/Tehran", "America/Lima")[number]
        self.mask = ("077", "002")[number]

    def export(self, *scope: str) -> bytes:
        """Export a bundle here, as this machine's user."""
        to = self.home / "bundle.zip"
        script = 'hostname "$0" && umask "$1" && shift && exec "$@"'
        words = ["unshare", "--map-root-user", "--uts", "sh", "-c", script, self.host, self.mask]
        command = [str(COMMAND), "bundle", "export", "--board", "square", *scope, "--to", str(to)]
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.home), "USER": self.user, "TZ": self.zone,
            "LOGNAME": self.user, "HOSTNAME": self.host, "GOFTOGU_DATA": str(self.data),
        }  # fmt: skip
        ended = subprocess.run(
            [*words, *command], env=environment, cwd=self.home, capture_output=True, check=False
        )
        assert ended.returncode == 0, ended.stderr.decode()
        raw = to.read_bytes()
        to.unlink()
        return raw


@pytest.fixture
def machines(told: Path, tmp_path: Path) -> list[Surroundings]:
    """Two machines with the same data."""
    machines = [Surroundings(tmp_path, number) for number in range(2)]
    for machine in machines:
        shutil.copytree(told, machine.data)
    return machines


@pytest.mark.slow
@pytest.mark.parametrize("scope", [("--day", str(TODAY)), ("--since", "0")])
def test_exports_of_two_machines_are_the_same_bytes_and_name_neither(
    scope: tuple[str, str], machines: list[Surroundings], tmp_path: Path
) -> None:
    """Host name, user, home, folder, time zone and mask differ, and the moment does."""
    first, second = (machine.export(*scope) for machine in machines)

    assert first == second
    with zipfile.ZipFile(BytesIO(first)) as opened:
        inside = b"\n".join(opened.read(name) for name in opened.namelist())
        assert {info.date_time for info in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    whole = (first + inside).lower()
    for needle in ("needle", str(tmp_path), "tehran", "/root"):
        assert needle.encode().lower() not in whole, needle
    # Of all times of a day only the one that says "some time on this day" is there.
    assert set(re.findall(rb"\d\d:\d\d(?::\d\d)?(?!\d)", inside)) <= {b"00:00:00"}
    assert factories.decode(POST)["published"].encode() in inside

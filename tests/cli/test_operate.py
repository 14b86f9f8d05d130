"""init, seed, check and the help: an instance from the outside."""

import fcntl
import json
import re
import sqlite3
from pathlib import Path

import pytest
from app import tlog
from app.cli import inspect
from app.kernel.clock import HOUR_S, FixedClock, Instant
from app.records import parse_record, verify_record

from tests import factories
from tests.cli.command import goftogu, start
from tests.houses import open_at, publish
from tests.journeys.instance import serving

pytestmark = pytest.mark.slow

COMMANDS = {
    "init", "serve", "worker", "seed", "check", "backup", "restore", "drill", "log", "seizure", "shutdown", "evidence", "import", "keygen", "key", "card", "login-proof", "sign", "submit", "verify", "retire", "steward", "succession", "invitations", "witness", "mirror", "mirrors", "bundle", "moderation", "moderator", "sponsor", "demand", "opinion", "listening",
}  # fmt: skip


def files_of(folder: Path) -> dict[str, bytes]:
    """Return an instance's keys and names of files."""
    return {path.name: path.read_bytes() for path in (folder / "keys").iterdir()}


@pytest.mark.slow
def test_init_makes_an_instance_that_checks_as_good(tmp_path: Path) -> None:
    data = tmp_path / "deep" / "instance"

    done = start("init", data=data)

    assert done.code == 0
    assert re.fullmatch(r"did:key:z6Mk\w+\n", done.out.decode())
    assert goftogu("check", data=data).code == 0


def test_init_leaves_nothing_readable_to_others(tmp_path: Path) -> None:
    data = tmp_path / "instance"

    assert goftogu("init", data=data).code == 0

    assert data.stat().st_mode & 0o077 == 0
    loose = [path for path in (data / "keys").iterdir() if path.stat().st_mode & 0o077]
    assert loose == []
    assert len(files_of(data)) == 4


def test_init_again_changes_nothing(data: Path) -> None:
    before = files_of(data)

    first, second = goftogu("init", data=data), goftogu("init", data=data)

    assert (first.code, second.code) == (0, 0)
    assert first.out == second.out
    assert files_of(data) == before


def test_init_finishes_what_a_crash_left_open(tmp_path: Path) -> None:
    data = tmp_path / "instance"
    (data / "keys").mkdir(parents=True)
    # The file was made, and the power went before its content came.
    (data / "keys" / "instance.key").touch(mode=0o600)

    assert goftogu("init", data=data).code == 0
    assert goftogu("check", data=data).code == 0


def test_commands_without_an_instance_say_what_to_do(tmp_path: Path) -> None:
    done = goftogu("check", data=tmp_path)

    assert (done.code, done.out) == (1, b"")
    assert "goftogu init" in done.err


def test_seed_refuses_an_instance_with_boards(data: Path) -> None:
    done = goftogu("seed", data=data)

    assert (done.code, done.out) == (1, b"")
    assert "has boards already" in done.err


@pytest.mark.slow
def test_seed_prints_logins_once_and_refuses_a_second_time(tmp_path: Path) -> None:
    data = tmp_path / "instance"

    first, second = goftogu("seed", data=data), goftogu("seed", data=data)

    logins = [line.split("\t") for line in first.out.decode().splitlines()]
    assert first.code == 0
    assert logins
    assert all(len(login) == 2 for login in logins)
    assert (second.code, second.out) == (1, b"")
    assert goftogu("check", data=data).code == 0


def test_check_is_green_and_says_what_it_saw(data: Path) -> None:
    done = goftogu("check", data=data)

    lines = done.out.decode().splitlines()
    assert done.code == 0
    assert [line for line in lines if not line.startswith("good  ")] == []
    assert [line.split()[1] for line in lines] == [
        "keys:",
        "database:",
        "records:",
        "pages:",
        "log:",
        "log:",
        "log:",
    ]


def test_check_for_a_program(data: Path) -> None:
    findings = json.loads(goftogu("check", "--json", data=data).out)

    assert [finding["is_good"] for finding in findings] == [True] * 7


@pytest.mark.parametrize(
    ("count", "said"), [(1, "1 entry, 1 hour ago"), (2, "2 entries, 2 hours ago")]
)
def test_check_counts_as_people_do(count: int, said: str) -> None:
    then = Instant(factories.NOW - count * HOUR_S)
    witness = tlog.Witnessed(name="w", url="https://w", tree_size=count, signed_at=then)

    assert inspect._cosigned(witness, count, factories.NOW).what == f"witness w: signed {said}"


def alter(data: Path, statement: str, *values: object) -> None:
    """Change a row behind the program's back."""
    with sqlite3.connect(data / "goftogu.db") as connection:
        assert connection.execute(statement, values).rowcount == 1
    connection.close()


@pytest.fixture
def post(data: Path) -> bytes:
    """A post in the instance."""
    raw = factories.note(factories.person("Ava"))
    house = open_at(data, FixedClock(factories.NOW))
    publish(house, raw)
    house.db.close()
    return raw


def test_check_with_a_record_whose_bytes_were_altered_is_red(data: Path, post: bytes) -> None:
    digest = factories.digest_of(post)
    spoilt = post.replace(b"Water", b"Wafer")
    alter(data, "UPDATE record SET raw = ? WHERE digest = ?", spoilt, digest)

    done = goftogu("check", data=data)

    assert done.code == 1
    assert re.search(r"^BAD   records:", done.out.decode(), re.MULTILINE)
    assert digest.hex() in done.err


def test_check_with_other_words_on_the_pages_is_red(data: Path, post: bytes) -> None:
    """What readers see is kept beside the signed bytes: a host that changes it is found out."""
    alter(data, "UPDATE version SET text = 'Other words.'")

    done = goftogu("check", data=data)

    assert done.code == 1
    assert re.search(r"^BAD   pages:", done.out.decode(), re.MULTILINE)


def test_check_with_a_good_record_in_anothers_place_is_red(data: Path, post: bytes) -> None:
    other = factories.note(factories.person("Ava"))
    verify_record(parse_record(other))
    digest = factories.digest_of(post)
    alter(data, "UPDATE record SET raw = ? WHERE digest = ?", other, digest)

    assert goftogu("check", data=data).code == 1


def test_check_with_a_gap_in_the_log_is_red(data: Path, post: bytes) -> None:
    alter(data, 'DELETE FROM tlog_entry WHERE "index" = 1')

    done = goftogu("check", data=data)

    assert done.code == 1
    assert re.search(r"^BAD   log:", done.out.decode(), re.MULTILINE)


def test_check_with_an_erased_record_is_green(data: Path, post: bytes) -> None:
    house = open_at(data, FixedClock(factories.NOW))
    publish(house, factories.erasure(factories.person("Ava"), post))
    house.db.close()

    assert goftogu("check", data=data).code == 0


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o602, 0o644])
def test_check_with_a_key_that_others_can_read_is_red(mode: int, data: Path) -> None:
    (data / "keys" / "log.key").chmod(mode)

    done = goftogu("check", data=data)

    assert done.code == 1
    assert re.search(r"^BAD   keys:", done.out.decode(), re.MULTILINE)
    assert f"chmod 600 {data / 'keys' / 'log.key'}\n" in done.err, "ready to be copied"


def test_check_never_prints_a_key(data: Path) -> None:
    (data / "keys" / "instance.key").chmod(0o644)

    done = goftogu("check", data=data)

    for content in files_of(data).values():
        assert content.decode().strip() not in done.out.decode() + done.err


@pytest.mark.slow
def test_spoilt_instance_key_fails_without_repeating_it(data: Path) -> None:
    key = data / "keys" / "instance.key"
    spoilt = key.read_text().strip() + "zz"
    key.write_text(spoilt)

    done = start("check", data=data)

    assert done.code == 1
    assert spoilt[:16] not in done.out.decode() + done.err


@pytest.mark.slow
def test_worker_beside_another_one_refuses(data: Path) -> None:
    with (data / "worker.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        done = start("worker", data=data)

    assert done.code == 1
    assert "stop the forum or its worker first" in done.err


def test_help_lists_every_command_of_the_contract() -> None:
    done = goftogu("--help")

    text = done.out.decode()
    assert done.code == 0
    assert {name for name in COMMANDS if re.search(rf"^│ {name} ", text, re.MULTILINE)} == COMMANDS


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command: str) -> None:
    done = goftogu(command, "-h")

    assert done.code == 0
    assert f"goftogu {command}" in done.out.decode()
    assert done.err == ""


def test_no_option_takes_a_secret() -> None:
    """What is typed as an option stands in the shell's history and in the list of processes."""
    shown = "".join(goftogu(command, "-h").out.decode() for command in sorted(COMMANDS))

    options = set(re.findall(r"--[a-z-]+", shown))
    assert not options & {"--words", "--seed", "--passphrase", "--password", "--secret"}


@pytest.mark.slow
def test_served_instance_makes_files_of_its_owner_alone(data: Path) -> None:
    with serving(data):
        assert (data / "worker.lock").stat().st_mode & 0o777 == 0o600

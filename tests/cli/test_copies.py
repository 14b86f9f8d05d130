"""Mirrors and the monitor on an instance that a process of its own serves, from the outside."""

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from app.federation.folders import path_of_receipt, path_of_record
from app.kernel.clock import FixedClock, SystemClock
from app.tlog.publication import CHECKPOINT_PATH

from tests import factories
from tests.cli.command import Done, goftogu, start
from tests.federation.hosts import mirror as mirror_folder
from tests.houses import open_at, publish, submit, tick
from tests.journeys.instance import COMMAND, Instance, serving

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
PATIENCE_S = 30.0


def posts(count: int, words: str) -> list[bytes]:
    """Return posts that are shown at once."""
    return [factories.note(AVA, board=factories.LIVE, text=f"{words} {n}") for n in range(count)]


def say(data: Path, *raws: bytes) -> None:
    """Publish records in an instance that nobody serves."""
    with closing((house := open_at(data, SystemClock())).db):
        submit(house, *raws)
        while tick(house):
            pass
        # The files of a large tick come with the ticks after it.
        for _ in range(3):
            tick(house)


@pytest.fixture(scope="module")
def written(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an instance with 300 posts."""
    data = tmp_path_factory.mktemp("written") / "instance"
    shutil.copytree(template, data)
    say(data, *posts(300, "Post"))
    return data


@pytest.fixture
def served(written: Path, tmp_path: Path) -> Iterator[Instance]:
    """A copy of it, served."""
    data = tmp_path / "instance"
    shutil.copytree(written, data)
    with serving(data) as origin:
        yield Instance(origin=origin, data=data, logins=())


def wait_for(served: Instance, path: str) -> None:
    """Ask for an address until it is there."""
    deadline = time.monotonic() + PATIENCE_S
    while served.get(path)[0] != 200:
        assert time.monotonic() < deadline, f"{path} did not come"


def verify(source: Path | str, state: Path, *words: str) -> Done:
    """Verify a source."""
    return goftogu("log", "verify", source, "--state", state, *words)


def test_mirror_keeps_up_with_a_served_instance_and_verifies(
    served: Instance, tmp_path: Path
) -> None:
    copy, state = tmp_path / "copy", tmp_path / "seen"
    first = goftogu("mirror", copy, "--from", served.origin)
    assert first.code == 0, first.err
    assert verify(served.origin, state).code == 0

    later = factories.note(AVA, board=factories.LIVE, text="Later.")
    (tmp_path / "later.json").write_bytes(later)
    assert goftogu("submit", tmp_path / "later.json", "--to", served.origin).code == 0
    wait_for(served, f"/{path_of_record(factories.digest_of(later))}")
    again = goftogu("mirror", copy, "--from", served.origin)

    # The card that names the month’s issuers may come with it, and on Mondays what was heard.
    assert again.code == 0, again.err
    assert re.search(rb"\b(1 record|[23] records) new, 0 taken away", again.out)
    assert verify(copy, state).code == 0
    assert json.loads(verify(copy, state, "--json", "--all").out)["verified_now"] > 300
    for path in (path_of_record, path_of_receipt):
        name = path(factories.digest_of(later))
        assert (copy / name).read_bytes() == served.get(f"/{name}")[1]
    root = (copy / CHECKPOINT_PATH).read_text().split("\n")[2]
    assert root in (copy / "index.html").read_text()
    # The host's own folder is as good a copy.
    assert verify(served.data / "public", state).code == 0


def test_mirror_that_drops_one_post_is_caught(served: Instance, tmp_path: Path) -> None:
    copy, post = tmp_path / "copy", posts(1, "Dropped")[0]
    (tmp_path / "post.json").write_bytes(post)
    assert goftogu("submit", tmp_path / "post.json", "--to", served.origin).code == 0
    wait_for(served, f"/{path_of_record(factories.digest_of(post))}")
    assert goftogu("mirror", copy, "--from", served.origin).code == 0
    (copy / path_of_record(factories.digest_of(post))).unlink()

    done = verify(copy, tmp_path / "seen")

    assert done.code == 3
    assert factories.digest_of(post).hex() in done.err
    assert verify(served.origin, tmp_path / "seen").code == 0


def test_mirror_that_was_killed_goes_on(served: Instance, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    command = [str(COMMAND), "mirror", str(copy), "--from", served.origin]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while len(list(copy.glob("records/*"))) < 20 and process.poll() is None:
            assert time.monotonic() < deadline
    finally:
        process.kill()
        process.wait()
    assert process.returncode == -signal.SIGKILL
    assert not (copy / CHECKPOINT_PATH).exists()

    done = start("mirror", copy, "--from", served.origin)

    assert done.code == 0, done.err
    assert verify(copy, tmp_path / "seen", "--all").code == 0


def test_split_view_between_an_address_and_a_mirror_leaves_the_evidence(
    data: Path, tmp_path: Path
) -> None:
    """A host with one key shows readers one log, and whoever copies it another."""
    other = tmp_path / "other"
    shutil.copytree(data, other)
    say(data, *posts(3, "For readers"))
    say(other, *posts(3, "For others"))
    state = tmp_path / "state" / "seen"
    with serving(other) as origin:
        assert goftogu("mirror", tmp_path / "copy", "--from", origin).code == 0
    with serving(data) as origin:
        shown = Instance(origin=origin, data=data, logins=()).get(f"/{CHECKPOINT_PATH}")[1]
        assert verify(origin, state).code == 0

        done = verify(tmp_path / "copy", state)
        copied = goftogu("mirror", tmp_path / "copy", "--from", origin)

    assert (done.code, copied.code) == (3, 3)
    (evidence,) = state.parent.glob("split-view-*.txt")
    assert str(evidence) in done.err
    assert (
        evidence.read_bytes() == shown + b"\n" + (tmp_path / "copy" / CHECKPOINT_PATH).read_bytes()
    )
    assert list((tmp_path / "copy").glob("split-view-*.txt"))
    assert str(tmp_path / "copy") in copied.err


def test_bar_is_shown_on_a_terminal_alone(data: Path, tmp_path: Path) -> None:
    say(data, *posts(1, "Post"))
    ours, theirs = pty.openpty()
    command = list(
        map(str, [COMMAND, "log", "verify", data / "public", "--state", tmp_path / "seen"])
    )
    environment = {**os.environ, "TERM": "xterm"}
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=theirs, env=environment, check=True
    )
    os.close(theirs)
    told = os.read(ours, 4096)
    os.close(ours)

    piped = subprocess.run(command, capture_output=True, check=True)

    assert b"Verifying" in told
    assert b"Verifying" not in piped.stderr
    assert done.stdout.splitlines()[0] == piped.stdout.splitlines()[0]


# Bundles.


@pytest.fixture
def bundle(data: Path, tmp_path: Path) -> Path:
    """A bundle of a board."""
    say(data, *posts(3, "In the bundle"))
    to = tmp_path / "live.zip"
    done = goftogu("bundle", "export", "--board", "live", "--since", "0", "--to", to, data=data)
    assert done.code == 0, done.err
    return to


def test_bundle_is_verified_and_says_what_is_in_it(bundle: Path, tmp_path: Path) -> None:
    done = verify(bundle, tmp_path / "seen", "--json")

    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert (told["verifies"], told["posts"]) == (True, 3)
    assert told["log"].startswith("goftogu/")


def test_bundle_with_a_flipped_bit_ends_with_three(bundle: Path, tmp_path: Path) -> None:
    raw = bytearray(bundle.read_bytes())
    raw[len(raw) // 2] ^= 1
    bundle.write_bytes(raw)

    assert verify(bundle, tmp_path / "seen").code == 3


def test_bundle_is_verified_where_there_is_no_network_at_all(bundle: Path, tmp_path: Path) -> None:
    command = [str(COMMAND), "log", "verify", str(bundle), "--state", str(tmp_path / "seen")]
    done = subprocess.run(
        ["unshare", "--map-root-user", "--net", *command], capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr.decode()


def test_bundle_does_not_count_as_the_whole_log(bundle: Path, data: Path, tmp_path: Path) -> None:
    verify(bundle, tmp_path / "seen")

    told = json.loads(verify(data / "public", tmp_path / "seen", "--json").out)

    assert told["verified_now"] == told["entries"]


@pytest.mark.parametrize("is_longer", [False, True], ids=["same-size", "longer"])
def test_log_that_is_not_the_bundles_is_a_split_view(
    template: Path, bundle: Path, tmp_path: Path, *, is_longer: bool
) -> None:
    other = tmp_path / "other"
    shutil.copytree(template, other)
    say(other, *posts(5 if is_longer else 3, "Somewhere else"))
    state = tmp_path / "state" / "seen"
    assert verify(bundle, state).code == 0

    done = verify(other / "public", state)

    assert done.code == 3
    assert len(list(state.parent.glob("split-view-*.txt"))) == 1


def test_bundle_that_is_not_the_logs_is_a_split_view(
    template: Path, bundle: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(template, other)
    say(other, *posts(3, "Somewhere else"))
    state = tmp_path / "state" / "seen"
    assert verify(other / "public", state).code == 0

    done = verify(bundle, state)

    assert done.code == 3
    (evidence,) = state.parent.glob("split-view-*.txt")
    assert str(evidence) in done.err


# After an old backup.


def test_refetch_brings_a_restored_instance_back(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data, tmp_path / "old")
    later = posts(3, "After the backup")
    say(data, *later)
    mirror_folder(tmp_path / "copy", data / "public")
    shutil.copy(data / "log" / "checkpoint", tmp_path / "old" / "log" / "checkpoint")

    before = goftogu("check", data=tmp_path / "old")
    done = goftogu("log", "refetch", "--from", tmp_path / "copy", data=tmp_path / "old")

    assert before.code == 1
    assert "goftogu log refetch" in before.err
    assert done.code == 0, done.err
    assert done.out == b"Back in the database: 3 entries, 0 of them of erased records\n"
    assert goftogu("check", data=tmp_path / "old").code == 0
    with closing((house := open_at(tmp_path / "old", FixedClock(factories.NOW))).db):
        publish(house, factories.note(AVA))
    assert verify(tmp_path / "old" / "public", tmp_path / "seen").code == 0


def test_refetch_from_a_copy_that_lies_ends_with_three(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data, tmp_path / "old")
    later = posts(3, "After the backup")
    say(data, *later)
    mirror_folder(tmp_path / "copy", data / "public")
    shutil.copy(data / "log" / "checkpoint", tmp_path / "old" / "log" / "checkpoint")
    (tmp_path / "copy" / path_of_record(factories.digest_of(later[1]))).unlink()

    done = goftogu("log", "refetch", "--from", tmp_path / "copy", data=tmp_path / "old")

    assert done.code == 3
    assert factories.digest_of(later[1]).hex() in done.err

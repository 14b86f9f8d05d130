"""The host's own folder: a whole copy at every tick, without what was erased, and open to readers alone."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from stat import S_IMODE
from typing import Any

import pytest
from app import worker
from app.federation.folders import CARD_PATH, path_of_receipt, path_of_record
from app.kernel.clock import DAY_S
from app.tlog.publication import CHECKPOINT_PATH
from app.wiring import House, init_house, renew_witness
from sqlalchemy import text

from tests import factories
from tests.federation.hosts import verify
from tests.houses import find_record, open_at, release, submit, tick
from tests.tlog.strangers import public

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
NOBODY = 65_534


def live(words: str = "Where does it go?") -> bytes:
    """Return a post that the next tick shows."""
    return factories.note(AVA, board=factories.LIVE, text=words)


def record_of(house: House, raw: bytes) -> Path:
    """Return where a record's file is."""
    return public(house) / path_of_record(factories.digest_of(raw))


def receipt_of(house: House, raw: bytes) -> Path:
    """Return where a receipt's file is."""
    return public(house) / path_of_receipt(factories.digest_of(raw))


@pytest.fixture
def shown(house: House) -> bytes:
    """A post that the instance has shown."""
    post = live()
    submit(house, post)
    tick(house)
    return post


@pytest.fixture
def again(house: House) -> Iterator[House]:
    """The same instance after a restart."""
    twin = open_at(house.settings.data, house.clock)
    yield twin
    twin.db.close()


def test_tick_publishes_what_it_shows(house: House, shown: bytes) -> None:
    assert record_of(house, shown).read_bytes() == shown
    with house.db.read() as work:
        receipt = house.door.get_receipt(work, factories.digest_of(shown)).raw
    assert receipt_of(house, shown).read_bytes() == receipt


def test_no_file_tells_when_a_post_was_shown(house: House, shown: bytes) -> None:
    """But those that change under their name, which are the same for all posts."""
    told = {
        path.relative_to(public(house)).as_posix(): path.stat().st_mtime
        for path in public(house).rglob("*")
        if path.is_file() and path.stat().st_mtime % DAY_S
    }

    assert record_of(house, shown).exists()
    assert receipt_of(house, shown).exists()
    assert set(told) <= {CHECKPOINT_PATH, CARD_PATH, ".written"}


def test_folder_is_a_whole_copy(house: House, shown: bytes) -> None:
    tick(house)

    verified = verify(public(house))

    assert verified.shown.checkpoint.tree.size == len(list((public(house) / "records").iterdir()))
    assert verified.shown.card.signer == house.door.instance_did


def test_nothing_is_published_before_its_tick(house: House) -> None:
    tick(house)
    post = factories.note(AVA)
    submit(house, post)
    tick(house)
    assert not record_of(house, post).exists()
    assert not receipt_of(house, post).exists()

    release(house)

    assert record_of(house, post).exists()


def test_newest_card_is_published(house: House, shown: bytes) -> None:
    tick(house)
    first = factories.decode((public(house) / CARD_PATH).read_bytes())
    renew_witness(house)
    tick(house)

    second = factories.decode((public(house) / CARD_PATH).read_bytes())
    assert (first["urn:goftogu:sequence"], second["urn:goftogu:sequence"]) == (1, 2)


def test_erasure_takes_the_file_away_at_once(house: House, shown: bytes) -> None:
    revised = factories.update(AVA, shown)
    submit(house, revised)
    tick(house)
    assert record_of(house, revised).exists()

    submit(house, factories.erasure(AVA, shown, after=revised))

    assert not record_of(house, shown).exists()
    assert not record_of(house, revised).exists()
    assert receipt_of(house, shown).exists(), "a promise holds no words"


def test_record_erased_while_it_is_written_is_not_published(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tick(house)
    post, replace = live(), os.replace
    submit(house, post)

    def erase_first(source: Any, target: Any) -> None:
        if Path(target) == record_of(house, post):
            monkeypatch.undo()
            submit(house, factories.erasure(AVA, post))
        replace(source, target)

    monkeypatch.setattr(os, "replace", erase_first)
    tick(house)

    stored = find_record(house, post)
    assert stored is not None
    assert stored.raw is None
    assert not record_of(house, post).exists()


def test_erased_record_that_a_crash_left_goes_at_the_next_start(
    house: House, again: House, shown: bytes
) -> None:
    submit(house, factories.erasure(AVA, shown))
    record_of(house, shown).write_bytes(shown)

    worker.step(again, 0)

    assert not record_of(house, shown).exists()


def test_erased_record_that_a_failing_disk_kept_goes_within_the_hour(
    house: House, shown: bytes
) -> None:
    worker.step(house, 0)
    submit(house, factories.erasure(AVA, shown))
    record_of(house, shown).write_bytes(shown)

    worker.step(house, 7200)

    assert not record_of(house, shown).exists()


def test_what_is_no_record_goes_at_the_next_start(house: House, again: House, shown: bytes) -> None:
    waiting = factories.note(AVA)
    submit(house, waiting)
    foreign = [record_of(house, waiting), record_of(house, b"never seen"),
               record_of(house, shown).with_suffix(".part")]  # fmt: skip
    for path in foreign:
        path.write_bytes(waiting)

    for _ in range(2):
        tick(again)

    assert [path for path in foreign if path.exists()] == []
    assert record_of(house, shown).exists()


def test_files_that_a_power_cut_spoilt_are_written_again(
    house: House, again: House, shown: bytes
) -> None:
    """Only those that the disk was not asked to keep: the others it kept."""
    house.publisher.settle()
    later = live("After the mark.")
    submit(house, later)
    tick(house)
    for raw in (shown, later):
        record_of(house, raw).write_bytes(b"")

    tick(again)

    assert record_of(house, later).read_bytes() == later
    assert record_of(house, shown).read_bytes() == b""


def test_lost_folder_is_written_again(house: House, again: House, shown: bytes) -> None:
    house.publisher.settle()
    shutil.rmtree(public(house))

    for _ in range(2):
        tick(again)

    verify(public(house))
    assert record_of(house, shown).read_bytes() == shown


def test_record_shown_at_a_later_start_is_published_then(house: House, again: House) -> None:
    post, rows = live("Broken for a day."), ("version", "post")
    submit(house, post)
    with house.db.write() as work:
        for row in rows:
            work.session.execute(text(f"CREATE TABLE kept_{row} AS SELECT * FROM {row}"))
            work.session.execute(text(f"DELETE FROM {row}"))
    tick(house)
    assert not record_of(house, post).exists()
    with house.db.write() as work:
        for row in reversed(rows):
            work.session.execute(text(f"INSERT INTO {row} SELECT * FROM kept_{row}"))

    worker.step(again, 0)

    assert record_of(house, post).read_bytes() == post


def test_disk_that_fails_is_tried_again(house: House) -> None:
    tick(house)
    post = live()
    submit(house, post)
    in_the_way = record_of(house, post)
    in_the_way.mkdir()

    with suppress(OSError):
        tick(house)
    in_the_way.rmdir()
    tick(house)

    assert record_of(house, post).read_bytes() == post


def test_others_read_the_public_folder_and_nothing_else(house: House, shown: bytes) -> None:
    before = os.umask(0o077)
    try:
        for number in range(2):
            worker.step(house, number)
    finally:
        os.umask(before)
    with closing(open_at(house.settings.data, house.clock).db):
        pass

    data = house.settings.data
    assert S_IMODE(data.stat().st_mode) == 0o700
    for path in data.iterdir():
        if path != public(house):
            assert S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name
    for path in [public(house), *public(house).rglob("*")]:
        assert S_IMODE(path.stat().st_mode) == (0o755 if path.is_dir() else 0o644), path.name


@pytest.mark.parametrize("is_busy", [False, True])
def test_folder_of_an_older_version_is_opened(
    house: House, again: House, shown: bytes, *, is_busy: bool
) -> None:
    """Also where the first tick has something to write before."""
    for path in [*public(house).rglob("*"), public(house)]:
        path.chmod(0o700 if path.is_dir() else 0o600)
    if is_busy:
        submit(again, live("Meanwhile."))

    tick(again)

    closed = [p for p in [public(house), *public(house).rglob("*")] if not p.stat().st_mode & 0o004]
    assert closed == []


def test_init_leaves_a_folder_that_its_owner_opened(house: House) -> None:
    house.settings.data.chmod(0o711)
    with closing(init_house(house.settings, clock=house.clock).db):
        pass

    assert S_IMODE(house.settings.data.stat().st_mode) == 0o711


_READS = """
import os, sys
os.setgroups([]); os.setgid(int(sys.argv[1])); os.setuid(int(sys.argv[1]))
for path in sys.argv[2:]:
    try:
        open(path, "rb").read(1)
        print("read")
    except PermissionError:
        print("closed")
"""


@pytest.mark.slow
@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_another_user_reads_what_is_public_and_no_key(house: House, shown: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        data = Path(folder, "instance")
        shutil.copytree(house.settings.data, data)
        with closing(open_at(data, house.clock).db):
            data.chmod(0o711)
        digest = factories.digest_of(shown)
        paths = ["public/" + path_of_record(digest), "public/tlog/checkpoint", "keys/log.key",
                 "goftogu.db", "log/checkpoint", "worker.lock"]  # fmt: skip
        (data / "worker.lock").touch(mode=0o600)
        done = subprocess.run(
            [sys.executable, "-I", "-c", _READS, str(NOBODY), *(str(data / p) for p in paths)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip

    assert done.stdout.split() == ["read", "read", *["closed"] * 4]

"""The sequencer: signs what is there, shows what is signed, and never signs two histories."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from app import records, tlog, worker
from app.kernel.errors import CorruptStateError, VerificationError
from app.records.codec import encode_leaf
from app.tlog import errors
from app.tlog.checkpoints import sign_checkpoint
from app.tlog.model import BATCH
from app.tlog.publication import CHECKPOINT_PATH
from app.tlog.tables import EntryRow
from app.tlog.tree import TreeHead
from app.wiring import House
from sqlalchemy import delete, func, select, text

from tests import factories
from tests.houses import (
    find_record,
    open_at,
    queue,
    require_post,
    submit,
    tick,
)
from tests.tlog.faults import Faults
from tests.tlog.strangers import (
    assert_log_good,
    files_of,
    public,
    public_checkpoint,
    read_log,
    verified,
)

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
NEVER = -1


def live(words: str) -> bytes:
    return factories.note(AVA, board=factories.LIVE, text=words)


def own(house: House) -> bytes:
    """Return the log's own last checkpoint."""
    return (house.settings.data / "log" / "checkpoint").read_bytes()


def twin(house: House) -> House:
    """Open the same instance again, as after a restart."""
    return open_at(house.settings.data, house.clock)


def test_what_is_shown_is_in_the_signed_log(house: House) -> None:
    posts = [live(f"Post {n}.") for n in range(3)]
    submit(house, *posts)

    assert tick(house) == 3

    assert_log_good(house)
    assert {encode_leaf(factories.digest_of(post), "Note") for post in posts} <= set(
        read_log(house)
    )
    assert all(require_post(house, post).number for post in posts)
    assert own(house) == (public(house) / CHECKPOINT_PATH).read_bytes()


def test_idle_tick_writes_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    tick(house)
    disk = Faults(monkeypatch, house, NEVER)

    assert tick(house) == 0
    assert disk.steps == []


@pytest.mark.slow
def test_many_entries_at_once_are_all_signed(house: House) -> None:
    before = public_checkpoint(house).tree.size
    count = BATCH + 300
    queue(house, count)

    tick(house)

    assert public_checkpoint(house).tree.size == before + count
    assert_log_good(house)


def test_partial_tiles_go_once_the_next_full_one_is_there(house: House) -> None:
    for number in range(6):
        queue(house, 130, str(number))
        tick(house)
        assert_log_good(house)

    assert not (public(house) / "tlog/tile/0/000.p").exists()
    assert not (public(house) / "tlog/tile/entries/001.p").exists()
    assert (public(house) / "tlog/tile/0/002.p").is_dir()


# What a failing disk and a lost folder leave; the failure table has a file of its own.


def test_nothing_is_shown_before_it_is_signed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = live("Not yet.")
    submit(house, post)
    (house.settings.data / "log" / "checkpoint.part").mkdir()

    with pytest.raises(OSError, match="checkpoint"):
        tick(house)

    with house.db.read() as work:
        assert records.find_place(work, factories.digest_of(post)) == tlog.count_entries(work) - 1
    assert require_post(house, post).number is None
    assert house.sequencer.halted is None, "a disk that fails is tried again"
    (house.settings.data / "log" / "checkpoint.part").rmdir()
    assert tick(house) == 1
    assert require_post(house, post).number == 1


def test_lost_public_folder_is_written_again(house: House) -> None:
    queue(house, 600)
    tick(house)
    files = files_of(house)
    house.db.close()
    shutil.rmtree(public(house))

    with closing((again := twin(house)).db):
        tick(again)

        assert files_of(again) == files
        assert_log_good(again)


def test_instance_of_an_older_version_gets_its_files_at_the_next_start(house: House) -> None:
    queue(house, 300)
    tick(house)
    files = files_of(house)
    with house.db.write() as work:
        tlog.forgo_checkpoint(work)
    house.db.close()
    shutil.rmtree(public(house))
    shutil.rmtree(house.settings.data / "log")

    with closing((again := twin(house)).db):
        worker.step(again, 0)

        assert own(again) == files["log/checkpoint"]
        assert_log_good(again)
        assert again.sequencer.halted is None


# What must never be signed.


def test_restored_older_database_is_not_signed(house: House, tmp_path: Path) -> None:
    data = house.settings.data
    house.db.close()
    shutil.copy(data / "goftogu.db", tmp_path / "old.db")
    with closing((later := twin(house)).db):
        submit(later, live("Soon lost."))
        tick(later)
    files = files_of(house)
    shutil.copy(tmp_path / "old.db", data / "goftogu.db")

    with closing((behind := twin(house)).db):
        submit(behind, live("Another history."))
        with pytest.raises(errors.LogBehindError):
            tick(behind)
        with behind.db.write() as work:
            tlog.integrate_due(work)
        behind.db.close()
    with closing((other := twin(house)).db):
        with pytest.raises(errors.OwnPastError):
            tick(other)
        assert files_of(other) == files
        signed = verified(other, files["log/checkpoint"]).tree.size
        with other.db.read() as work:
            assert tlog.get_state(work).shown < signed


def test_database_that_changes_while_the_worker_runs_is_not_signed(house: House) -> None:
    tick(house)
    before = files_of(house)
    with house.db.write() as work:
        last = work.session.scalars(select(func.max(EntryRow.index))).one()
        work.session.execute(
            text('UPDATE tlog_entry SET leaf = :leaf WHERE "index" = :n'), {"leaf": b"x", "n": last}
        )
    submit(house, live("On top of it."))

    for _ in range(2):
        with pytest.raises(errors.OwnPastError):
            tick(house)
    assert files_of(house) == before
    with house.db.read() as work:
        assert tlog.count_entries(work) == last + 1, "a wrong database is not made longer"


def test_first_entry_that_changed_is_found_at_the_start(house: House) -> None:
    queue(house, 700)
    tick(house)
    house.db.close()
    with closing((again := twin(house)).db):
        with again.db.write() as work:
            work.session.execute(text("UPDATE tlog_entry SET leaf = x'00' WHERE \"index\" = 0"))
        with pytest.raises(errors.OwnPastError):
            tick(again)


def test_entry_that_is_missing_is_found_at_the_start(house: House) -> None:
    tick(house)
    house.db.close()
    with closing((again := twin(house)).db):
        with again.db.write() as work:
            work.session.execute(delete(EntryRow).where(EntryRow.index == 1))
        with pytest.raises(errors.MissingEntryError):
            tick(again)


@pytest.mark.parametrize(
    "raw", [None, b"", b"goftogu/other\n1\n\n"], ids=["gone", "empty", "other"]
)
def test_without_its_last_checkpoint_the_log_signs_nothing(house: House, raw: bytes | None) -> None:
    post = live("Waits.")
    submit(house, post)
    path = house.settings.data / "log" / "checkpoint"
    path.unlink()
    if raw is not None:
        path.write_bytes(raw)
    shutil.rmtree(public(house))

    expected = errors.CheckpointMissingError if raw is None else errors.CheckpointDamagedError
    with pytest.raises(expected):
        tick(house)

    assert not public(house).exists()
    assert path.exists() == (raw is not None)
    assert require_post(house, post).number is None


def test_log_that_was_published_does_not_begin_again(house: House) -> None:
    """Its database says that it never has, as an older one would: what anybody read says more."""
    with house.db.write() as work:
        tlog.forgo_checkpoint(work)
    house.db.close()
    shutil.rmtree(house.settings.data / "log")

    with closing((again := twin(house)).db):
        with pytest.raises(errors.CheckpointMissingError):
            tick(again)
        assert not (again.settings.data / "log" / "checkpoint").exists()


def test_halted_log_is_told_once_and_all_else_goes_on(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    (house.settings.data / "log" / "checkpoint").unlink()

    for number in range(3):
        worker.step(house, number)

    assert caplog.messages == ["log-halted"]
    assert isinstance(house.sequencer.halted, errors.CheckpointMissingError)


def test_second_sequencer_stops(house: House) -> None:
    with closing((second := twin(house)).db):
        for one in (house, second):
            one.sequencer.require_own_past()
        submit(house, live("Once."))
        with house.db.write() as work:
            tlog.integrate_due(work)
        house.sequencer.sign()
        before = files_of(house)

        with pytest.raises(errors.LostRaceError):
            second.sequencer.sign()

        assert isinstance(second.sequencer.halted, errors.LostRaceError)
        with pytest.raises(errors.LostRaceError):
            tick(second)
        assert files_of(house) == before
        tick(house)
        assert house.sequencer.halted is None


def test_run_keeps_other_processes_waiting(house: House) -> None:
    path = house.settings.data / "log" / "turn"
    with house.sequencer.turn(), path.open("w") as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


# The operator gives a restored log its last checkpoint.


@pytest.fixture
def bereft(house: House) -> Iterator[House]:
    """A log that has signed and lost its last checkpoint."""
    submit(house, live("Signed."))
    tick(house)
    house.db.close()
    shutil.copy(house.settings.data / "log" / "checkpoint", house.settings.data.parent / "last")
    shutil.rmtree(house.settings.data / "log")
    shutil.rmtree(public(house))
    again = twin(house)
    yield again
    again.db.close()


def test_log_goes_on_from_its_last_checkpoint(bereft: House) -> None:
    last = (bereft.settings.data.parent / "last").read_bytes()
    post = live("Later.")
    submit(bereft, post)

    bereft.sequencer.resume(last)
    tick(bereft)

    assert require_post(bereft, post).number == 1
    assert_log_good(bereft, last)


def signed(house: House, tree: TreeHead) -> bytes:
    """Return a checkpoint by the log's key, whatever it says."""
    origin = public_name(house)
    return sign_checkpoint(origin, tree, house.keys["log"]).note.encode()


def public_name(house: House) -> str:
    return (house.settings.data.parent / "last").read_text().split("\n")[0]


def test_checkpoint_that_could_make_the_log_fork_is_refused(bereft: House) -> None:
    last = verified(bereft, (bereft.settings.data.parent / "last").read_bytes()).tree
    with pytest.raises(errors.OlderCheckpointError):
        bereft.sequencer.resume(signed(bereft, TreeHead(last.size - 1, last.root)))
    with pytest.raises(errors.OwnPastError):
        bereft.sequencer.resume(signed(bereft, TreeHead(last.size, bytes(32))))
    stranger = sign_checkpoint(public_name(bereft), last, bereft.keys["witness"])
    with pytest.raises(VerificationError):
        bereft.sequencer.resume(stranger.note.encode())

    assert not (bereft.settings.data / "log").exists()
    with pytest.raises(CorruptStateError):
        tick(bereft)


def test_checkpoint_beyond_the_database_is_kept_and_nothing_signed(bereft: House) -> None:
    last = verified(bereft, (bereft.settings.data.parent / "last").read_bytes()).tree
    bereft.sequencer.resume(signed(bereft, TreeHead(last.size + 5, bytes(32))))

    with pytest.raises(errors.LogBehindError):
        tick(bereft)
    with pytest.raises(errors.OlderCheckpointError):
        bereft.sequencer.resume(signed(bereft, last))
    with pytest.raises(errors.SplitViewError):
        bereft.sequencer.resume(signed(bereft, TreeHead(last.size + 5, bytes([1]) * 32)))


# What cannot be shown.


@pytest.mark.parametrize("count", [40, pytest.param(1000, marks=pytest.mark.slow)])
def test_one_poison_record_keeps_no_other_waiting(
    house: House, caplog: pytest.LogCaptureFixture, count: int
) -> None:
    posts = [live(f"Post {n}.") for n in range(count)]
    with house.db.write() as work:
        for post in posts:
            house.door.submit(work, post)
        # Its row is gone: whatever shows it finds nothing to show.
        digest = factories.digest_of(posts[7])
        work.session.execute(text("DELETE FROM version WHERE digest = :d"), {"d": digest})
        work.session.execute(text("DELETE FROM post WHERE digest = :d"), {"d": digest})

    worker.step(house, 1)

    assert [
        post for post in posts if (found := find_record(house, post)) and not found.is_public
    ] == [posts[7]]
    assert caplog.messages == ["effect-failed"]
    assert encode_leaf(digest, "Note") in read_log(house)
    assert_log_good(house)
    with house.db.read() as work:
        (aside,) = tlog.list_aside(work)
        assert aside.leaf == encode_leaf(digest, "Note")


def test_what_was_set_aside_is_tried_again_at_the_next_start(house: House) -> None:
    post = live("Broken for a day.")
    submit(house, post)
    rows = "version", "post"
    with house.db.write() as work:
        for row in rows:
            work.session.execute(text(f"CREATE TABLE kept_{row} AS SELECT * FROM {row}"))
            work.session.execute(text(f"DELETE FROM {row}"))
    worker.step(house, 1)
    with house.db.write() as work:
        for row in reversed(rows):
            work.session.execute(text(f"INSERT INTO {row} SELECT * FROM kept_{row}"))

    worker.step(house, 1)
    assert require_post(house, post).number is None
    worker.step(house, 0)
    assert require_post(house, post).number == 1
    with house.db.read() as work:
        assert tlog.list_aside(work) == []

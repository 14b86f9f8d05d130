"""After an old backup: what the log has signed since comes back from a mirror, whole or not at all."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from app import site
from app.federation.errors import (
    OtherInstanceError,
    ReceiptDiffersError,
    RecordDiffersError,
    WithheldError,
)
from app.federation.folders import Folder, path_of_receipt, path_of_record
from app.federation.refetch import Refetched, look_at_copy, refetch
from app.kernel.errors import GoneError
from app.records import get_public_bytes
from app.records.model import Custody
from app.tlog.errors import LogAheadError, LogBehindError, OwnPastError, TileError
from app.wiring import House

from tests import factories
from tests.federation.hosts import mirror, posts, published
from tests.federation.test_erasures import first_card, revocation
from tests.federation.test_mirror import Interrupted
from tests.houses import (
    crash_after,
    find_record,
    open_at,
    publish,
    read_rows,
    release,
    require_post,
    submit,
    tick,
)
from tests.tlog.strangers import assert_log_good, public

pytestmark = pytest.mark.slow

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
Rows = list[tuple[str, dict[str, object]]]


class Accident:
    """An instance, an older copy of its database, and a mirror that kept up."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house, self.data = house, house.settings.data
        self.mirror, self.backup = folder / "mirror", folder / "backup.db"

    def back_up(self) -> None:
        """Copy the database as it is."""
        with self.house.db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only=OFF")
            connection.exec_driver_sql(f"VACUUM INTO '{self.backup}'")

    def lose(self) -> House:
        """Bring the mirror up to date, lose the host's disk and restore the backup."""
        tick(self.house)
        mirror(self.mirror, public(self.house))
        self.house.db.close()
        for path in self.data.glob("goftogu.db*"):
            path.unlink()
        shutil.rmtree(public(self.house))
        shutil.copy(self.backup, self.data / "goftogu.db")
        self.house = open_at(self.data, self.house.clock)
        with pytest.raises(LogBehindError):
            tick(self.house)
        self.house.db.close()
        self.house = open_at(self.data, self.house.clock)
        return self.house


def rows_of(house: House) -> Rows:
    """Return every row, but how the index of words is laid out, which follows its writes."""
    return [
        row for row in read_rows(house) if row[0] not in {"post_search_data", "post_search_idx"}
    ]


def bring_back(house: House, source: Folder | Interrupted) -> Refetched:
    """Fetch what is missing, as the command does."""
    own = house.sequencer.get_own()
    shown = look_at_copy(source, own, house.sequencer.published.key)
    with house.db.write() as work:
        start = house.sequencer.require_beginning(work, shown.tiles)
        found = refetch(work, house.door, source, shown, start, site.erase_again)
    house.sequencer.resume(found.checkpoint.note.encode())
    tick(house)
    return found


def refetched(house: House, folder: Path) -> Refetched:
    """Fetch what is missing from a folder."""
    with Folder(folder) as source:
        return bring_back(house, source)


@pytest.fixture
def accident(house: House, tmp_path: Path) -> Iterator[Accident]:
    """An instance that will have one."""
    accident = Accident(house, tmp_path)
    yield accident
    accident.house.db.close()


@pytest.fixture
def thread(house: House) -> list[bytes]:
    """A thread that stands in the backup: its opening, and an answer."""
    opening = factories.note(AVA, title="Qanats")
    answer = factories.note(BABAK, reply_to=opening, text="They are old.")
    publish(house, first_card(AVA), opening)
    publish(house, answer)
    return [opening, answer]


def live_on(house: House, opening: bytes, answer: bytes) -> None:
    """Let people do everything that a log can hold, some of it within one tick, which shuffles."""
    card = first_card(BABAK)
    publish(house, card, *[factories.note(BABAK, reply_to=opening, text=f"{n}.") for n in range(4)])
    revised = factories.update(AVA, opening, title="Rivers")
    own = factories.note(AVA, title="Wells")
    publish(house, revised, factories.update(AVA, opening, after=revised, title="Canals"), own,
            *[factories.note(AVA, reply_to=own, text=f"{n}!") for n in range(5)])  # fmt: skip
    publish(house, factories.erasure(BABAK, answer))
    home, harvest = house.keys["instance"], factories.board_key("harvest")
    founded = factories.board(harvest, home=home)
    wheat, late = factories.note(AVA, board=harvest), factories.note(BABAK, reply_to=opening)
    publish(house, founded, wheat)
    # What they wrote waits for its tick, and was in order when it came.
    submit(house, factories.note(AVA, board=harvest, title="Rye"), late)
    submit(house, factories.settings(harvest, founded, home=home, archived=True))
    submit(house, factories.mark(opening, home=home, pinned=True, state="locked"))
    submit(house, revocation(BABAK))
    tick(house)
    release(house)


def test_instance_is_the_same_again(accident: Accident, thread: list[bytes]) -> None:
    waiting = factories.note(AVA, title="It waited while the backup was made")
    submit(accident.house, waiting)
    accident.back_up()
    live_on(accident.house, *thread)
    before = rows_of(accident.house)

    house = accident.lose()
    found = refetched(house, accident.mirror)

    assert (found.refused, found.erased) == (0, 0)
    assert rows_of(house) == before


def test_log_goes_on_without_a_fork(accident: Accident, thread: list[bytes]) -> None:
    accident.back_up()
    live_on(accident.house, *thread)
    own = (accident.data / "log" / "checkpoint").read_bytes()
    house = accident.lose()
    refetched(house, accident.mirror)

    later = factories.note(AVA, board=factories.LIVE, text="We are back.")
    submit(house, later)
    tick(house)

    assert require_post(house, later).number == 1
    assert_log_good(house, own)
    mirror(accident.mirror, public(house))
    assert (accident.mirror / path_of_record(factories.digest_of(later))).exists()


def test_nothing_is_missing_and_nothing_changes(accident: Accident, thread: list[bytes]) -> None:
    mirror(accident.mirror, public(accident.house))
    before = rows_of(accident.house)

    assert refetched(accident.house, accident.mirror).entries == 0

    assert rows_of(accident.house) == before


# What was erased.


def test_erased_since_the_backup_stays_erased(accident: Accident, thread: list[bytes]) -> None:
    answer = thread[1]
    accident.back_up()
    publish(accident.house, factories.erasure(BABAK, answer))

    house = accident.lose()
    refetched(house, accident.mirror)

    assert require_post(house, answer).erased_on is not None
    stored = find_record(house, answer)
    assert stored is not None
    assert stored.raw is None


def test_written_and_erased_since_the_backup_never_comes_in_again(
    accident: Accident, thread: list[bytes]
) -> None:
    accident.back_up()
    post = factories.note(BABAK, board=factories.LIVE, text="Too much.")
    submit(accident.house, post)
    tick(accident.house)
    publish(accident.house, factories.erasure(BABAK, post))

    house = accident.lose()
    found = refetched(house, accident.mirror)

    assert (found.erased, found.refused) == (1, 0)
    with house.db.read() as work, pytest.raises(GoneError):
        get_public_bytes(work, factories.digest_of(post))
    assert not submit(house, post).is_new
    assert release(house) == 0
    assert_log_good(house)


def test_persona_erased_since_the_backup_has_no_name(accident: Accident) -> None:
    card = first_card(AVA)
    publish(accident.house, card, factories.note(AVA))
    accident.back_up()
    with accident.house.db.write() as work:
        site.erase_persona(work, accident.house.door, AVA.seed)
    release(accident.house)
    before = rows_of(accident.house)

    house = accident.lose()
    refetched(house, accident.mirror)

    assert rows_of(house) == before


def test_answer_to_a_post_that_is_gone_stands_under_its_tombstone(accident: Accident) -> None:
    """Which thread the erased post stood in went with its words."""
    accident.back_up()
    lost = factories.note(BABAK, board=factories.LIVE, title="Soon gone")
    answers = [factories.note(AVA, board=factories.LIVE, reply_to=lost, text=f"{n}") for n in "12"]
    for raw in (lost, *answers, factories.erasure(BABAK, lost)):
        submit(accident.house, raw)
        tick(accident.house)
    before = [require_post(accident.house, raw) for raw in (lost, *answers)]

    house = accident.lose()
    found = refetched(house, accident.mirror)

    assert (found.erased, found.refused) == (1, 0)
    after = [require_post(house, raw) for raw in (lost, *answers)]
    assert [post.thread for post in after] == [post.thread for post in before]
    assert [post.number for post in after] == [post.number for post in before] == [1, 2, 3]
    assert after[0].erased_on == factories.TODAY


def test_record_that_its_owner_refuses_now_is_kept_and_not_shown(accident: Accident) -> None:
    """After the restore, and before the log came back, the persona signed another second card."""
    first = first_card(AVA)
    publish(accident.house, first)
    accident.back_up()
    logged = factories.card(AVA, after=first, name="Logged")
    publish(accident.house, logged)
    house = accident.lose()
    submit(house, factories.card(AVA, after=first, name="Other"))

    found = refetched(house, accident.mirror)

    assert found.refused == 1
    stored = find_record(house, logged)
    assert stored is not None
    assert stored.is_public
    # Whoever copies the host misses nothing.
    release(house)
    mirror(accident.mirror, public(house), everything=True)
    assert_log_good(house)


# A copy that lies.


def spoilt(accident: Accident, change: Callable[[Path], object]) -> House:
    """Lose the host's disk, and let somebody change the mirror."""
    house = accident.lose()
    change(accident.mirror)
    return house


LATER = factories.note(BABAK, board=factories.LIVE, text="After the backup.")
RECORD = path_of_record(factories.digest_of(LATER))


def flip(*paths: Path) -> None:
    """Change one bit of each file."""
    for path in paths:
        raw = bytearray(path.read_bytes())
        raw[len(raw) // 2] ^= 1
        path.write_bytes(raw)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda m: (m / RECORD).unlink(), WithheldError),
        (lambda m: flip(m / RECORD), RecordDiffersError),
        (lambda m: (m / RECORD).write_bytes(factories.note(AVA)), RecordDiffersError),
        (lambda m: flip(m / path_of_receipt(factories.digest_of(LATER))), ReceiptDiffersError),
        (lambda m: flip(*(m / "tlog/tile/0/000.p").iterdir()), TileError),
        (lambda m: flip(*(m / "tlog/tile/entries/000.p").iterdir()), TileError),
    ],
    ids=["withheld", "flipped", "another", "receipt", "tile", "entries"],
)
def test_copy_that_lies_changes_nothing(
    accident: Accident, change: Callable[[Path], object], error: type[Exception]
) -> None:
    accident.back_up()
    submit(accident.house, LATER)
    tick(accident.house)
    house = spoilt(accident, change)
    before = rows_of(house)

    with pytest.raises(error):
        refetched(house, accident.mirror)

    assert rows_of(house) == before
    with pytest.raises(LogBehindError):
        tick(house)


def test_older_copy_is_refused(accident: Accident, tmp_path: Path) -> None:
    accident.back_up()
    mirror(tmp_path / "older", public(accident.house))
    submit(accident.house, LATER)
    tick(accident.house)
    house = accident.lose()

    with pytest.raises(LogAheadError):
        refetched(house, tmp_path / "older")


def test_newer_copy_than_the_checkpoint_moves_the_checkpoint_on(accident: Accident) -> None:
    """The checkpoint that the operator found first was not the newest."""
    accident.back_up()
    submit(accident.house, LATER)
    tick(accident.house)
    own = accident.data / "log" / "checkpoint"
    older = own.read_bytes()
    submit(accident.house, factories.note(AVA, board=factories.LIVE))
    tick(accident.house)
    newest = own.read_bytes()
    house = accident.lose()
    own.write_bytes(older)

    refetched(house, accident.mirror)

    assert own.read_bytes() == newest
    assert_log_good(house, older)


def test_copy_of_another_log_is_refused(accident: Accident, tmp_path: Path) -> None:
    published(tmp_path / "other", posts(3))

    with pytest.raises(OtherInstanceError):
        refetched(accident.house, tmp_path / "other")


def test_database_with_another_past_is_refused(accident: Accident) -> None:
    accident.back_up()
    submit(accident.house, LATER)
    tick(accident.house)
    house = accident.lose()
    with house.db.write() as work:
        work.connection.exec_driver_sql("UPDATE tlog_entry SET leaf = x'00' WHERE \"index\" = 1")
    before = rows_of(house)

    with pytest.raises(OwnPastError):
        refetched(house, accident.mirror)

    assert rows_of(house) == before


@pytest.mark.parametrize("answers", [0, 3, 6, 9])
def test_run_that_was_cut_off_is_run_again(
    accident: Accident, thread: list[bytes], answers: int
) -> None:
    accident.back_up()
    live_on(accident.house, *thread)
    before = rows_of(accident.house)
    house = accident.lose()
    restored = rows_of(house)

    with Folder(accident.mirror) as folder, pytest.raises(ConnectionError):
        bring_back(house, Interrupted(folder, answers))
    assert rows_of(house) == restored
    refetched(house, accident.mirror)

    assert rows_of(house) == before


def test_crash_before_the_end_leaves_the_backup_as_it_was(
    accident: Accident, thread: list[bytes]
) -> None:
    accident.back_up()
    live_on(accident.house, *thread)
    house = accident.lose()
    restored = rows_of(house)

    with Folder(accident.mirror) as source:
        shown = look_at_copy(source, house.sequencer.get_own(), house.sequencer.published.key)
        start = len([row for table, row in restored if table == "tlog_entry"])
        crash_after(
            house, lambda work: refetch(work, house.door, source, shown, start, site.erase_again)
        )

    assert rows_of(house) == restored


def test_who_joined_since_the_backup_is_not_taken_for_a_name_for_one_thread(
    accident: Accident, thread: list[bytes]
) -> None:
    """In the log what they wrote may stand before their card, and their server held the key."""
    dara = factories.person("Dara", Custody.UNLOCKED)
    wells = factories.note(AVA, title="Wells")
    publish(accident.house, wells)
    accident.back_up()
    written = [factories.note(dara, reply_to=post) for post in (thread[0], wells)]
    publish(accident.house, factories.card(dara), *written)
    before = rows_of(accident.house)

    house = accident.lose()
    found = refetched(house, accident.mirror)

    assert found.refused == 0
    assert rows_of(house) == before
    submit(house, factories.note(dara, title="Rivers"))

"""The shelf: each day of each board as a file, made anew when it changes, gone when words are erased."""

import os
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from app import forum, wiring, worker
from app.federation import shelving
from app.federation.bundles.bulletins import verify_bulletin
from app.federation.bundles.checking import verify_bundle
from app.federation.bundles.codec import Scope, read_bundle
from app.federation.press import Made, Press
from app.federation.shelf import Shelf
from app.federation.shelving import DamagedNoteError, ShelfKeeper
from app.kernel.clock import HOUR_S, FixedClock
from app.kernel.errors import NotFoundError
from app.settings import ROOT
from app.web.templating import Templates
from app.wiring import House

from tests import factories
from tests.factories import TODAY, card, digest_of, erasure, mark, note, person, update
from tests.federation.made import export
from tests.forms.languages import LANGUAGES
from tests.houses import advance, publish, submit, tick

pytestmark = pytest.mark.slow

TEMPLATES = Templates(ROOT / "templates")
AVA, BABAK = person("Ava"), person("Babak")
YESTERDAY = TODAY - timedelta(days=1)
SQUARE = f"square/{TODAY}.zip"
BULLETIN = f"{TODAY}.txt"
GONE = "I should not have said it."


class PowerCutError(Exception):
    """The machine stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InterruptedPress(Press):
    """A press beside which something happens, once a bundle is made and before it is put in place."""

    happens: Callable[[], object]

    def make_bundle(self, scope: Scope, own: Collection[int] | None = None) -> Made:
        made = Press.make_bundle(self, scope, own)
        self.happens()
        return made


def keeper(house: House, happens: Callable[[], object] | None = None) -> ShelfKeeper:
    """Return who keeps the shelf, as a worker that was just started would."""
    # As `wiring.open_press` does it, but for what is the same for all: reading it takes its time.
    press = InterruptedPress(
        db=house.db,
        public=house.settings.data / "public",
        did=house.door.instance_did,
        key=house.keys["instance"],
        languages=LANGUAGES,
        templates=TEMPLATES,
        stylesheet=(ROOT / "static" / "goftogu.css").read_bytes(),
        read_reach=lambda _work, language: language.prose("reach"),
        happens=happens or (lambda: None),
    )
    return ShelfKeeper(press, house.settings.data)


def keep(house: House, shelf_keeper: ShelfKeeper | None = None) -> ShelfKeeper:
    """Do all that is due."""
    shelf_keeper = shelf_keeper or keeper(house)
    for _ in range(200):
        if not shelf_keeper.step(house.clock.now()):
            return shelf_keeper
    raise AssertionError("it never ends")


def shelf_of(house: House) -> Shelf:
    return wiring.open_shelf(house)


def paths(house: House) -> set[str]:
    return set(shelf_of(house).list_sums())


def said(house: House, *raws: bytes) -> None:
    publish(house, card(AVA), card(BABAK))
    if raws:
        publish(house, *raws)


def test_day_on_the_shelf_is_what_an_export_gives(house: House) -> None:
    old = note(AVA, title="Water", day=YESTERDAY)
    said(house, old)
    answer = note(BABAK, reply_to=old, text="Into the pistachios.")
    publish(house, answer, note(AVA, title="Gone", text=GONE))
    publish(house, update(BABAK, answer))
    keep(house)

    assert shelf_of(house).read(SQUARE) == export(house, TODAY)
    assert shelf_of(house).read(f"square/{YESTERDAY}.zip") == export(house, YESTERDAY)
    assert verify_bundle(shelf_of(house).read(SQUARE)).scope.day == TODAY
    assert paths(house) == {
        SQUARE, BULLETIN, f"square/{YESTERDAY}.zip", f"{YESTERDAY}.txt"
    }  # fmt: skip


def test_tombstones_and_marks_are_as_in_an_export(house: House) -> None:
    opening, other = note(AVA, title="Water"), note(BABAK, title="Other", text=GONE)
    said(house, opening, other)
    keep(house)
    publish(house, erasure(BABAK, other), mark(opening, home=house.keys["instance"], pinned=True))

    keep(house)

    assert shelf_of(house).read(SQUARE) == export(house, TODAY)


def test_bulletin_tells_the_newest_of_each_thread_and_board(house: House) -> None:
    opening = note(AVA, title="Water")
    said(house, opening)
    publish(house, note(BABAK, reply_to=opening, text="Into the pistachios."))
    publish(house, note(AVA, board=factories.LIVE, title="Now", text="Here."))
    keep(house)

    raw = shelf_of(house).read(BULLETIN)
    text = raw.decode()

    assert verify_bulletin(raw).host == house.door.instance_did
    assert "\nWater\nInto the pistachios.\nsquare · Babak\n" in text
    assert text.index("\nNow\n") < text.index("\nWater\n")
    assert "Where does the water go?" not in text


def test_bulletin_names_the_board_that_a_moved_thread_stands_on(house: House) -> None:
    opening = note(AVA, title="Water")
    said(house, opening)
    with house.db.write() as work:
        thread = forum.get_thread(work, digest_of(opening).hex()[:20])
        forum.move_thread(work, thread, factories.LIVE.did, b"a" * 32)
    keep(house)

    assert "\nlive · Ava\n" in shelf_of(house).read(BULLETIN).decode()


def test_thread_that_readers_cannot_see_yet_is_not_told(house: House) -> None:
    """A batch is shown in parts: for a moment an answer can be there, and its opening not."""
    opening = note(AVA, title="Secret")
    said(house, opening, note(BABAK, title="Water"))
    publish(house, note(BABAK, reply_to=opening, text="First."))
    with house.db.write() as work:
        hidden = digest_of(opening).hex()[:20]
        work.connection.exec_driver_sql(f"UPDATE thread SET is_public = 0 WHERE id = '{hidden}'")
    keep(house)

    text = shelf_of(house).read(BULLETIN).decode()

    assert "Water" in text
    assert "Secret" not in text
    assert "First." not in text


def test_two_shelves_of_the_same_log_are_the_same_bytes(house: House) -> None:
    said(house, note(AVA, title="Water"), note(BABAK, title="Wind", day=YESTERDAY))
    keep(house)
    before = {path: shelf_of(house).read(path) for path in paths(house)}
    shelf_of(house).take_away(before)
    for path in (house.settings.data / "bundles").rglob("*"):
        if path.is_file():
            path.unlink()

    keep(house)

    assert {path: shelf_of(house).read(path) for path in paths(house)} == before


def test_list_is_what_sha256sum_reads(house: House) -> None:
    said(house, note(AVA, title="Water"))
    keep(house)

    lines = shelf_of(house).read("SHA256SUMS").decode().splitlines()

    assert lines == [
        f"{sha256(shelf_of(house).read(path)).hexdigest()}  {path}" for path in (BULLETIN, SQUARE)
    ]


def test_what_is_new_comes_with_the_hour(house: House, clock: FixedClock) -> None:
    said(house)
    clock.advance(-clock.now() % HOUR_S)
    shelf_keeper = keep(house)
    submit(house, note(AVA, board=factories.LIVE, title="Now"))
    clock.advance(HOUR_S - 1)
    tick(house)
    keep(house, shelf_keeper)
    within = paths(house)

    clock.advance(1)
    keep(house, shelf_keeper)

    assert within == set()
    assert paths(house) == {f"live/{TODAY}.zip", BULLETIN}


def test_what_is_the_same_is_not_made_anew(house: House, clock: FixedClock) -> None:
    said(house, note(AVA, title="Water", day=YESTERDAY))
    shelf_keeper = keep(house)
    place = house.settings.data / "public" / "bundles" / "square" / f"{YESTERDAY}.zip"
    before = place.stat().st_ino
    publish(house, note(AVA, title="Wind"))
    clock.advance(HOUR_S)

    keep(house, shelf_keeper)

    assert place.stat().st_ino == before


def words_on(house: House) -> str:
    """Return every word on the shelf."""
    shelf, words = shelf_of(house), ""
    for path in paths(house):
        raw = shelf.read(path)
        contents = read_bundle(raw).contents if path.endswith("zip") else None
        words += str(contents.records) + contents.page.decode() if contents else raw.decode()
    return words


def test_erased_words_leave_the_shelf_before_anything_else_is_done(house: House) -> None:
    gone = note(BABAK, title="Gone", text=GONE)
    said(house, gone, note(AVA, title="Water"))
    publish(house, note(AVA, reply_to=gone, text="Say it.", day=YESTERDAY))
    shelf_keeper = keep(house)
    assert GONE in words_on(house)

    # Its tick has not come: what protects people does not wait for it.
    submit(house, erasure(BABAK, gone))
    shelf_keeper.step(house.clock.now())
    meanwhile = words_on(house)
    keep(house, shelf_keeper)

    assert GONE not in meanwhile
    assert GONE not in words_on(house)
    # The post that answered it carried it into another day's file.
    assert {SQUARE, BULLETIN, f"square/{YESTERDAY}.zip"} <= paths(house)
    assert "Water" in words_on(house)


def test_words_that_were_erased_while_no_worker_ran_leave_the_shelf(house: House) -> None:
    gone = note(BABAK, title="Gone", text=GONE)
    said(house, gone)
    keep(house)
    submit(house, erasure(BABAK, gone))

    keep(house, keeper(house))

    assert GONE not in words_on(house)


def test_words_that_are_erased_while_a_file_is_made_leave_the_shelf(house: House) -> None:
    gone = note(BABAK, title="Gone", text=GONE)
    said(house, gone)
    todo = [erasure(BABAK, gone)]

    keep(house, keeper(house, happens=lambda: submit(house, todo.pop()) if todo else None))

    assert GONE not in words_on(house)
    assert verify_bundle(shelf_of(house).read(SQUARE)).posts == 0


def test_file_that_a_power_cut_kept_from_its_place_is_made_at_the_next_start(house: House) -> None:
    said(house, note(AVA, title="Water"))

    with pytest.raises(PowerCutError):
        keep(house, keeper(house, happens=_cut))
    keep(house, keeper(house))

    assert shelf_of(house).read(SQUARE) == export(house, TODAY)


def test_file_that_cannot_be_made_is_told_and_passed(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    said(house, note(AVA, title="Water"))
    shelf_keeper = keeper(house, happens=_cut)

    steps = [worker.keep_shelf(house, shelf_keeper) for _ in range(6)]

    assert not steps[-1]
    assert caplog.messages.count("shelf-failed") == 1
    assert paths(house) == {BULLETIN}
    advance(house, HOUR_S)
    keep(house)
    assert paths(house) == {BULLETIN, SQUARE}


class Until(Event):
    """Is set once something is so, or after half a minute: many threads look at it."""

    def __init__(self, is_so: Callable[[], bool]) -> None:
        super().__init__()
        self.is_so, self.last = is_so, monotonic() + 30

    def wait(self, timeout: float | None = None) -> bool:
        if self.is_so() or monotonic() > self.last:
            self.set()
        return super().wait(min(timeout or 0, 0.01))


def test_worker_keeps_the_shelf_beside_its_ticks(house: House) -> None:
    said(house, note(AVA, title="Water"))

    worker.run(house, Until(lambda: SQUARE in paths(house)))

    assert SQUARE in paths(house)


def test_words_of_a_file_that_a_power_cut_kept_from_its_note_leave_the_shelf(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note names what a file is about to hold before the file is there."""
    gone = note(BABAK, title="Gone", text=GONE)
    said(house, gone)
    shelf_keeper = keeper(house)
    save = shelf_keeper._save
    # The last thing that a step does is to say that all is done: the power fails before.
    monkeypatch.setattr(
        shelf_keeper, "_save", lambda name, kept: save(name, kept) if kept.is_due else _cut()
    )
    while SQUARE not in paths(house):
        with suppress(PowerCutError):
            shelf_keeper.step(house.clock.now())
    submit(house, erasure(BABAK, gone))

    keeper(house).step(house.clock.now())

    assert SQUARE not in paths(house)


@pytest.mark.parametrize("at", ["before its name", "before the list"])
def test_words_of_a_file_that_a_crash_left_unlisted_leave_the_disk(
    house: House, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """Whoever copies the folder has it, and a power cut can be followed by an erasure."""
    gone = note(BABAK, title="Gone", text=GONE)
    said(house, gone)
    shelf_keeper = keeper(house)
    folder = house.settings.data / "public" / "bundles" / "square"
    with monkeypatch.context() as cut, suppress(PowerCutError):
        if at == "before the list":
            cut.setattr(Shelf, "_write_sums", lambda *_: _cut())
        else:
            cut.setattr(os, "replace", _cut_before_an_archive)
        keep(house, shelf_keeper)
    assert len(list(folder.iterdir())) == 1
    submit(house, erasure(BABAK, gone))

    keeper(house).step(house.clock.now())

    assert list(folder.iterdir()) == []


def _cut_before_an_archive(old: Path, new: Path) -> None:
    if new.suffix == ".zip":
        raise PowerCutError
    os.rename(old, new)  # noqa: PTH104 (its other name is taken here)


def test_notes_of_the_shelf_are_its_owners_alone(house: House) -> None:
    said(house, note(AVA, title="Water"))
    keep(house)

    folder = house.settings.data / "bundles"
    kept = [folder, *folder.rglob("*")]

    assert len(kept) > 3
    assert [path for path in kept if path.stat().st_mode & 0o077] == []


def _cut() -> None:
    raise PowerCutError


def test_day_on_which_much_was_said_has_parts(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    raws = [note(AVA, title=f"Thread {number}") for number in range(5)]
    monkeypatch.setattr(shelving, "MOST_SIGNED_BYTES", 2 * max(map(len, raws)))
    said(house, *raws)
    shelf_keeper = keep(house)
    parts = [f"square/{TODAY}-{number}.zip" for number in (1, 2, 3)]
    first = read_bundle(shelf_of(house).read(parts[0])).contents.records
    found = [verify_bundle(shelf_of(house).read(path)) for path in parts]

    assert paths(house) == {*parts, BULLETIN}
    assert [item.scope.part for item in found] == [1, 2, 3]
    assert sum(item.posts for item in found) == 5
    assert b"Part 2 of this day" in read_bundle(shelf_of(house).read(parts[1])).contents.page
    # What comes later moves no part.
    publish(house, note(BABAK, title="Late"))
    keep(house, shelf_keeper)
    assert verify_bundle(shelf_of(house).read(parts[2])).posts == 2
    assert read_bundle(shelf_of(house).read(parts[0])).contents.records == first


def test_whole_day_leaves_no_older_parts(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as small:
        small.setattr(shelving, "MOST_SIGNED_BYTES", 1)
        said(house, note(AVA, title="Water"), note(AVA, title="Wind"))
        keep(house)
        assert f"square/{TODAY}-2.zip" in paths(house)
    publish(house, note(AVA, title="Late"))

    keep(house)

    assert paths(house) == {SQUARE, BULLETIN}


def test_shelf_begins_anew_with_a_log_that_is_shorter(house: House) -> None:
    said(house, note(AVA, title="Water"))
    keep(house)
    (house.settings.data / "bundles" / "walked").write_text("100000")
    shelf_of(house).put("square/2020-01-01.zip", b"of another life")

    keep(house)

    assert paths(house) == {SQUARE, BULLETIN}


@pytest.mark.parametrize("damage", ["cut off", "of another shape", "walked"])
def test_damaged_note_keeps_no_erased_words_on_the_shelf(house: House, damage: str) -> None:
    """Neither its own nor those of other days: all is taken away, told, and made anew of the log."""
    gone = note(BABAK, title="Gone", text=GONE)
    said(house, note(AVA, title="Water", day=YESTERDAY), gone)
    shelf_keeper = keep(house)
    there = paths(house)
    notes = house.settings.data / "bundles"
    for name in notes.glob("*/*-*-??") if damage != "walked" else [notes / "walked"]:
        raw = name.read_bytes()
        name.write_bytes(raw[: len(raw) - 1] if damage == "cut off" else b'{"held":"x"}')
    submit(house, erasure(BABAK, gone))

    if damage == "walked":
        shelf_keeper = keeper(house)
    for _ in range(2):
        with suppress(DamagedNoteError):
            shelf_keeper.step(house.clock.now())
    assert GONE not in words_on(house)
    keep(house, shelf_keeper)

    assert paths(house) == there
    assert GONE not in words_on(house)


def test_nothing_is_made_before_the_log_is_published(house: House) -> None:
    (house.settings.data / "public" / "tlog" / "checkpoint").unlink()

    assert not keeper(house).step(house.clock.now())
    assert paths(house) == set()


def test_large_log_is_looked_at_in_parts(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    said(house, *(note(AVA, title=f"Thread {number}") for number in range(5)))
    monkeypatch.setattr(shelving, "_WALKED_AT_ONCE", 3)

    keep(house)

    assert shelf_of(house).read(SQUARE) == export(house, TODAY)


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "..", "../keys/instance.key", "square/../../keys/instance.key", "square", "square/",
        "square/2026-11-21.zip/..", "SHA256SUMS/", "sha256sums", "square/2026-11-21.txt",
        "square/2026-11-21-0.zip", "Square/2026-11-21.zip", "2026-11-21.zip", "square/2026-11-21.zip\n",
        "square\\2026-11-21.zip", "square/2026-11-21.zip.part", "square/99999-11-21.zip", "\0",
    ],
)  # fmt: skip
def test_no_other_path_is_read(path: str, house: House) -> None:
    said(house, note(AVA, title="Water"))
    keep(house)

    with pytest.raises(NotFoundError):
        shelf_of(house).read(path)


def test_lines_of_the_list_that_name_no_file_of_ours_are_passed_over(
    house: House, tmp_path: Path
) -> None:
    shelf = shelf_of(house)
    shelf.put(SQUARE, b"a day")
    index = house.settings.data / "public" / "bundles" / "SHA256SUMS"
    index.write_bytes(
        index.read_bytes() + b"0" * 64 + b"  ../x\n" + b"0" * 64 + b"  square/2026-99-99.zip\n\xff"
    )

    assert [file.path for file in shelf.list_files()] == [SQUARE]


def test_erased_words_leave_the_shelf_while_its_keeper_rests(house: House) -> None:
    gone = note(BABAK, title="Gone", text=GONE)
    said(house, gone)
    shelf_keeper = keep(house)
    assert SQUARE in paths(house)
    submit(house, erasure(BABAK, gone))

    shelf_keeper.take_back()

    assert SQUARE not in paths(house)

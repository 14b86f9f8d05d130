"""The drill: green where a backup brings everything back, red where it does not, and nothing left behind."""

import json
import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pyrage
import pytest
from app.cli import drill as drills
from app.cli import rotation
from app.kernel.clock import FixedClock, SystemClock, day_of

from tests import factories
from tests.cli.command import Done, goftogu
from tests.houses import open_at, release, submit

pytestmark = pytest.mark.slow

TODAY = day_of(SystemClock().now())
AVA = factories.person("Ava")


@pytest.fixture
def lived(data: Path) -> Path:
    """An instance whose log has signed a post."""
    with closing((house := open_at(data, FixedClock(factories.NOW))).db):
        submit(house, factories.note(AVA, text="It is tahdig."))
        release(house)
    return data


def drill(data: Path, *words: str | Path) -> tuple[Done, dict[str, str]]:
    """Drill, and return what the health page reads."""
    done = goftogu("drill", *words, data=data)
    file = data / "drill.json"
    return done, json.loads(file.read_text()) if file.exists() else {}


def files_of(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder that a drill might change."""
    found = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return {name: raw for name, raw in found.items() if "lock" not in name and "-" not in name}


def test_drill_of_a_sound_instance_is_green_and_changes_nothing(lived: Path) -> None:
    before = files_of(lived)

    done, told = drill(lived)

    assert done.code == 0, done.err
    assert told["day"] == TODAY.isoformat()
    assert told["result"] == "green"
    assert told["note"].endswith("of the log verify")
    assert int(told["note"].split()[0]) > 1
    after = files_of(lived)
    del after["drill.json"]
    assert after == before
    assert not (lived / "drill.part").exists()


def test_drill_is_red_where_the_database_is_not_what_was_signed(lived: Path) -> None:
    """Somebody changed an entry under the log: what comes back is not what readers were promised."""
    house = open_at(lived, FixedClock(factories.NOW))
    with closing(house.db), house.db.write() as work:
        spoil = 'UPDATE tlog_entry SET leaf = zeroblob(length(leaf)) WHERE "index" = 1'
        assert work.session.connection().exec_driver_sql(spoil).rowcount == 1

    done, told = drill(lived)

    assert done.code == 1
    assert told["result"] == "red"
    assert told["note"] in {
        "the restored log is not the one signed",
        "the backup does not come back",
    }
    assert not (lived / "drill.part").exists()


def test_drill_is_red_where_no_backup_was_kept_or_one_is_damaged(
    lived: Path, tmp_path: Path
) -> None:
    """The program that restores is one that agrees to everything: the kept ones are looked at first."""
    folder = tmp_path / "backups"
    folder.mkdir()
    recipient = str(pyrage.x25519.Identity.generate().to_public())

    def look() -> tuple[bool, str]:
        with closing((house := open_at(lived, SystemClock())).db):
            result, _ = drills.run(house, Path("/bin/true"), folder)
        return result.is_green, result.note

    assert look() == (False, "there is no backup of the last two days")
    made = goftogu("backup", "--into", folder, "--recipient", recipient, data=lived)
    assert made.code == 0, made.err
    assert look() == (True, "")
    with (folder / f"{TODAY}.age").open("r+b") as file:
        file.seek(200)
        file.write(b"?")
    assert look() == (False, f"the backup {TODAY}.age is not what was written")


def test_trial_with_another_program_says_no_and_leaves_the_last_drill(lived: Path) -> None:
    (lived / "drill.json").write_text('{"result": "green"}')

    done, told = drill(lived, "--with", "/bin/false")

    assert (done.code, done.out) == (1, b"red: the backup does not come back\n")
    assert told == {"result": "green"}


def test_debians_age_opens_a_backup_with_a_key_that_it_made(lived: Path, tmp_path: Path) -> None:
    age = shutil.which("age")
    if age is None:
        pytest.skip("age is not installed: see tests/needs")
    drawer, recipients, folder = (tmp_path / name for name in ("drawer", "recipients", "kept"))
    folder.mkdir()
    subprocess.run(["age-keygen", "-o", drawer], check=True, capture_output=True)
    public = subprocess.run(["age-keygen", "-y", drawer], check=True, capture_output=True)
    recipients.write_bytes(b"# in the dean's drawer\n" + public.stdout)

    made = goftogu("backup", "--into", folder, "--recipients", recipients, data=lived)

    assert made.code == 0, made.err
    file = folder / f"{TODAY}.age"
    opened = subprocess.run([age, "-d", "-i", drawer, file], check=True, capture_output=True)
    assert b"manifest.json" in opened.stdout[:512]


def days(*ages: int, of: date) -> list[str]:
    return [rotation.name_of(of - timedelta(days=age)) for age in ages]


@pytest.mark.parametrize("today", [date(2026, 11, 23) + timedelta(days=n) for n in range(7)])
def test_a_week_of_days_and_four_mondays_are_kept(today: date) -> None:
    names = [*days(*range(60), of=today), "notes.txt", "2026-01-01.txt"]

    kept = [name for name in names if name not in rotation.list_ended(names, today)]

    assert kept[:7] == days(*range(7), of=today)
    assert kept[-2:] == ["notes.txt", "2026-01-01.txt"]
    weeks = [date.fromisoformat(name[:10]) for name in kept[7:-2]]
    assert {day.weekday() for day in weeks} == {0}
    assert 3 <= len(weeks) <= 4
    assert (today - weeks[-1]).days <= 28


def test_second_backup_of_a_day_takes_the_place_of_the_first_only_when_whole(
    tmp_path: Path,
) -> None:
    def writes(text: str) -> Callable[[Path], object]:
        return lambda path: path.write_text(text)

    def breaks(path: Path) -> None:
        path.write_text("half")
        raise OSError(28, "No space left on device")

    old = tmp_path / rotation.name_of(TODAY - timedelta(days=40))
    old.write_text("old")
    kept = rotation.add(tmp_path, TODAY, writes("first"))
    with pytest.raises(OSError, match="No space"):
        rotation.add(tmp_path, TODAY, breaks)

    assert kept.read_text() == "first"
    assert not old.exists()
    assert rotation.add(tmp_path, TODAY, writes("second")).read_text() == "second"
    assert rotation.find_fault(tmp_path, TODAY) == ""

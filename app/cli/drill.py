"""The restore drill: a backup is made, brought back beside the instance, looked over and removed.

Nothing on the host opens the backups that it keeps (K1), so the drill seals one of its own to a key
that is made for it, in memory, and forgotten with it. What it cannot show is whether the drawer's
key opens the kept ones: that is for people, once a year.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import pyrage

from app import wiring
from app.kernel.clock import day_of
from app.kernel.errors import AppError

from . import archive, dumps, rotation

_FILE: Final = "drill.json"
FOLDER: Final = "drill.part"
"""Where it restores, below the instance's folder: keys and database are in it meanwhile."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a drill ended, for the health page and whoever looks after the host."""

    day: date
    is_green: bool
    note: str
    """What came back, or which step failed: of no person, and no place on the disk."""

    def write(self, data: Path) -> None:
        """Keep it in the instance's folder: `{"day", "result": "green" or "red", "note"}`."""
        told = {
            "day": self.day.isoformat(),
            "result": "green" if self.is_green else "red",
            "note": self.note,
        }
        part = data / f"{_FILE}.part"
        part.write_text(json.dumps(told) + "\n", encoding="utf-8")
        part.rename(data / _FILE)


class StepFailedError(Exception):
    """A step of a drill did not end well; `why` is what its program said."""

    def __init__(self, step: str, why: str) -> None:
        super().__init__(step)
        self.why = why


def run(house: wiring.House, program: Path | None, backups: Path | None) -> tuple[Result, str]:
    """Drill; return how it ended, and if it is red, why, for the operator alone.

    `program` is the `goftogu` that restores: another version's to try its migrations, or ours.
    """
    today = day_of(house.clock.now())
    try:
        if backups is not None:
            _require_kept(backups, today)
        said = _restore_and_look(house, program or Path(sys.executable).with_name("goftogu"))
    except StepFailedError as error:
        return Result(today, is_green=False, note=str(error)), error.why
    return Result(today, is_green=True, note=said), ""


def _require_kept(backups: Path, today: date) -> None:
    if fault := rotation.find_fault(backups, today):
        raise StepFailedError(fault, "")


def _restore_and_look(house: wiring.House, program: Path) -> str:
    data = house.settings.data
    with archive.private_folder(data, FOLDER, f"{FOLDER}.lock") as folder, _scratch(house) as url:
        try:
            # Before the backup: what it holds begins with all that was signed by then.
            signed = house.sequencer.get_own().note.encode()
            (folder / "checkpoint").write_bytes(signed)
            secret = pyrage.x25519.Identity.generate()
            archive.write(house, folder / "backup", [str(secret.to_public())])
        except (AppError, OSError) as error:
            raise StepFailedError("no backup could be made", str(error)) from error
        environment = {
            **os.environ,
            "GOFTOGU_DATA": str(folder / "instance"),
            "GOFTOGU_DATABASE_URL": url,
        }
        erasures = data / "erased.log"
        known = ["--erasures", str(erasures)] if erasures.exists() else []
        with _in_memory(f"{secret}\n") as (identity, handle):
            words = ["restore", str(folder / "backup"), "--identity", identity, *known]
            _run(program, words, environment, "the backup does not come back", handle)
        words = ["log", "compare", str(folder / "checkpoint")]
        return _run(program, words, environment, "the restored log is not the one signed")


def _run(
    program: Path, words: list[str], environment: dict[str, str], step: str, *handles: int
) -> str:
    """Run a command and return what it printed."""
    done = subprocess.run(  # noqa: S603 (our own words, no shell)
        [program, *words], env=environment, pass_fds=handles, capture_output=True, check=False
    )
    if done.returncode:
        raise StepFailedError(step, done.stderr.decode(errors="replace").strip()[-500:])
    return done.stdout.decode().strip()


@contextmanager
def _in_memory(text: str) -> Iterator[tuple[str, int]]:
    """Yield the name of a file that is on no disk, and the handle to give to who reads it."""
    handle = os.memfd_create("identity", 0)
    try:
        os.write(handle, text.encode())
        os.lseek(handle, 0, os.SEEK_SET)
        yield f"/dev/fd/{handle}", handle
    finally:
        os.close(handle)


@contextmanager
def _scratch(house: wiring.House) -> Iterator[str]:
    """Yield the URL of an empty database: none for SQLite, whose file is in the folder.

    Of PostgreSQL it is the one beside the instance's, with `_drill` after its name: the
    instance's user may make none.
    """
    if not house.settings.database_url.startswith("postgresql"):
        yield ""
        return
    url = dumps.beside(house.settings.database_url)
    # One that was cut off left its rows.
    dumps.drop_all(url)
    try:
        yield url
    finally:
        dumps.drop_all(url)

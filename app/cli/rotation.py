"""The folder of kept backups: which stay, and whether they are still what was written."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from hashlib import file_digest
from pathlib import Path
from typing import Final

KEPT_DAYS: Final = 7
KEPT_WEEKS: Final = 4
"""Beside the last days, the Mondays of four weeks: what was erased is in no backup after them."""
SUMS: Final = "SHA256SUMS"
_LATE_DAYS: Final = 2
_NAME: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(-[0-9a-z.-]{1,60})?\.age")


def name_of(day: date) -> str:
    """Return what a day's backup is called."""
    return f"{day.isoformat()}.age"


def list_ended(names: Iterable[str], today: date) -> list[str]:
    """Return which backups end today; what is not called like one is nobody's to remove."""
    return [name for name, day in _dated(names) if not _is_kept(day, today)]


def add(folder: Path, today: date, write: Callable[[Path], object]) -> Path:
    """Add a day's backup, which `write` makes; remove those that end; keep the digests of all."""
    to = folder / name_of(today)
    # Only a whole one takes the place of the day's first.
    new = to.with_name(f"{to.name}.new")
    new.unlink(missing_ok=True)
    write(new)
    new.rename(to)
    for name in list_ended((path.name for path in folder.iterdir()), today):
        (folder / name).unlink()
    known = list_sums(folder) | {to.name: _digest(to)}
    names = sorted(name for name, _ in _dated(path.name for path in folder.iterdir()))
    lines = "".join(f"{known.get(name) or _digest(folder / name)}  {name}\n" for name in names)
    part = folder / f"{SUMS}.part"
    part.write_text(lines, encoding="ascii")
    part.rename(folder / SUMS)
    return to


def find_fault(folder: Path, today: date) -> str:
    """Return what is wrong with the kept backups, or nothing."""
    sums = list_sums(folder)
    days = [day for _, day in _dated(sums)]
    if not days or today - max(days) > timedelta(days=_LATE_DAYS):
        return "there is no backup of the last two days"
    for name, digest in sums.items():
        path = folder / name
        if not path.is_file() or _digest(path) != digest:
            return f"the backup {name} is not what was written"
    return ""


def list_sums(folder: Path) -> dict[str, str]:
    """Return the digests of a folder's backups, as `sha256sum` writes them."""
    path = folder / SUMS
    lines = path.read_text("ascii").splitlines() if path.exists() else []
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _dated(names: Iterable[str]) -> Iterator[tuple[str, date]]:
    for name in names:
        if found := _NAME.fullmatch(name):
            yield name, date.fromisoformat(found[1])


def _is_kept(day: date, today: date) -> bool:
    age = (today - day).days
    return age < KEPT_DAYS or (age <= 7 * KEPT_WEEKS and day.weekday() == 0)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()

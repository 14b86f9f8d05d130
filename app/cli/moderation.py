"""`goftogu moderation report`: a month of moderation, counted again from the log by anyone."""

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.federation.errors import WithheldError
from app.federation.folders import CARD_PATH, RECORDS, Source
from app.federation.monitor import look, walk
from app.kernel.errors import NotFoundError
from app.moderation import (
    TYPES,
    Ledger,
    Numbers,
    compare_with_log,
    count_month,
    dsa,
    read_ledger,
    require_desks,
)
from app.moderation.forms.log import parse_month
from app.records.model import VerifiedRecord

from . import sealed
from .keys import today
from .monitor import ending_with_three, open_source
from .opened import opened_house
from .output import DOES_NOT_VERIFY, complain, emit, emit_json, progress, remark

if TYPE_CHECKING:
    from app.db import Work
    from app.wiring import House


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        no_args_is_help=True, help="Count again what moderation did; what it needs of who hosts."
    )
    group.command()(report)
    sealed.add_to(group)
    app.add_typer(group, name="moderation")


def report(
    month: Annotated[str, typer.Option(help="Like 2026-11; else the current one.")] = "",
    source: Annotated[
        str,
        typer.Option(
            "--from", help="An address, a mirror's folder or a bundle; else your own instance."
        ),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print for a program.")] = False,
    as_dsa: Annotated[
        bool, typer.Option("--dsa", help="Print the acts as CSV for the DSA's public database.")
    ] = False,
) -> None:
    """Count a month from the signed records of the log. Ends with 3 if something does not hold.

    From an instance's own folder, its database is compared with the log as well.
    """
    day = today()
    start = parse_month(month, day) if month else day.replace(day=1)
    with ending_with_three(source or "your own instance"):
        ledger = _read(source)
    if as_dsa:
        _write_csv(ledger, start, source)
        return
    numbers = count_month(ledger, start)
    if as_json:
        emit_json(asdict(numbers))
        return
    for label, value in _describe(numbers):
        emit(f"{label:<34} {value}")
    if Path(source).is_file():
        remark("A bundle holds the acts of one board, and of its days alone.")


def _read(source: str) -> Ledger:
    if source and Path(source).is_file():
        return _read_bundle(Path(source))
    if source:
        with open_source(source) as files:
            return _read_log(files)
    with opened_house() as house, house.db.read() as work:
        ledger = _read_log(_OwnLog(house, work))
        _require_same(house, work, ledger)
    return ledger


def _read_log(files: Source) -> Ledger:
    """Return all of moderation that a log holds, verified against its signed checkpoint.

    Raises:
        WithheldError: the record of an act is missing: none of them is ever erased.
        VerificationError: something does not hold, or no desk signed an act.

    """
    shown = look(files)

    def records() -> Iterator[VerifiedRecord]:
        with progress("Reading", shown.checkpoint.tree.size) as advance:
            for entries in walk(files, shown, 0, kinds=TYPES):
                missing = [entry.digest for entry in entries if entry.record is None]
                if missing:
                    raise WithheldError(missing)
                yield from (entry.record for entry in entries if entry.record)
                advance(len(entries))

    ledger = read_ledger(records(), shown.card.signer)
    require_desks(ledger, shown.card.signer)
    return ledger


def _read_bundle(file: Path) -> Ledger:
    from app.federation.bundles.archive import MAX_ARCHIVE_BYTES
    from app.federation.bundles.checking import verify_bundle
    from app.federation.bundles.codec import read_bundle
    from app.records import parse_record, verify_record

    with file.open("rb") as opened:
        raw = opened.read(MAX_ARCHIVE_BYTES + 1)
    found = verify_bundle(raw)
    held = (verify_record(parse_record(record)) for record in read_bundle(raw).contents.records)
    ledger = read_ledger((record for record in held if record.type in TYPES), found.host)
    require_desks(ledger, found.host)
    return ledger


def _require_same(house: "House", work: "Work", ledger: Ledger) -> None:

    findings = sorted(compare_with_log(work, ledger, house.door.instance_did))
    for finding in findings:
        complain(f"{finding[:1].upper()}{finding[1:]}.")
    if findings:
        raise typer.Exit(DOES_NOT_VERIFY)


def _write_csv(ledger: Ledger, month: date, source: str) -> None:
    is_address = source.startswith(("http://", "https://"))
    rules_address = f"{source.rstrip('/')}/en/rules" if is_address else ""
    lines = csv.DictWriter(sys.stdout, dsa.FIELDS, lineterminator="\n")
    lines.writeheader()
    lines.writerows(dsa.list_statements(ledger, month, rules_address))


def _describe(numbers: Numbers) -> Iterator[tuple[str, Any]]:
    for name, value in asdict(numbers).items():
        label = name.replace("_", " ")
        if isinstance(value, dict):
            yield from ((f"{label}: {key}", count) for key, count in value.items())
        else:
            yield label, value


class _OwnLog:
    """An instance's own log as a source: its files, and the records of its database."""

    def __init__(self, house: "House", work: "Work") -> None:
        from app.tlog.files import PublicFolder
        from app.wiring import PUBLIC

        self._files = PublicFolder(house.settings.data / PUBLIC)
        self._did, self._work = house.door.instance_did, work

    def read(self, path: str, _most: int) -> bytes | None:
        """Return what a path holds, or None."""
        from app import records
        from app.federation.bundles.gathering import find_card

        if path == CARD_PATH:
            return find_card(self._work, self._did)
        folder, _, name = path.partition("/")
        if folder == RECORDS:
            record = records.find_record(self._work, bytes.fromhex(name))
            return record.raw if record else None
        try:
            return self._files.read(path)
        except NotFoundError:
            return None

    def read_many(self, paths: Sequence[str], most: int) -> Iterator[bytes | None]:
        """Return what several paths hold."""
        return (self.read(path, most) for path in paths)

    def is_gone(self, _path: str) -> bool:
        """Return False: of what is asked here nothing is ever erased."""
        return False

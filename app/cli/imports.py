"""Older words into an archive board: a file of JSON Lines, signed by the instance, row by row.

docs/import.md says what a row holds. Nothing of it is believed before the door has looked at it.
"""

import json
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from app.forum.codec import clean_line, clean_text
from app.forum.model import Board, Draft, Origin, Text
from app.kernel.errors import AppError, MalformedError
from app.records.codec import encode_nonce
from app.records.model import Custody

from .opened import opened_house
from .output import complain, emit, progress

if TYPE_CHECKING:
    from app.db import Work
    from app.wiring import House

ROWS_A_TRANSACTION: Final = 100
_MEMBERS: Final = {"id", "thread", "title", "reply_to", "author", "day", "language", "text"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_file)


@dataclass(kw_only=True)
class _Run:
    """One import: where it goes, and what has become of the rows so far."""

    house: "House"
    board: Board
    source: str
    done: int = 0
    known: int = 0
    bad: int = 0
    threads: dict[str, str] = field(default_factory=dict)

    def nonce(self, row_id: str) -> str:
        """Return the last part of a row's record id: the same however often it is imported."""
        parts = (self.board.did, self.source, row_id)
        return encode_nonce(sha256("\n".join(parts).encode()).digest()[:16])

    def record_id(self, row_id: str) -> str:
        """Return a row's record id."""
        return f"ap://{self.house.door.instance_did}/objects/{self.nonce(row_id)}"


def import_file(
    file: Annotated[Path, typer.Argument(help="JSON Lines; docs/import.md describes a row.")],
    board: Annotated[str, typer.Option(help="The archive board's short name.")],
    source: Annotated[
        str, typer.Option(help="Where it is from; the file's name if not said.")
    ] = "",
) -> None:
    """Import older words, signed by this instance. May be repeated: what is here is skipped."""
    from app import forum

    with opened_house() as house:
        with house.db.read() as work:
            archive = forum.find_board(work, slug=board)
        if archive is None:
            raise MalformedError(
                f"no board here has the short name {board}: its page's address has it"
            )
        run = _Run(house=house, board=archive, source=clean_line(source or file.name))
        with file.open("rb") as lines, progress("Importing", _count(file)) as advance:
            numbered = enumerate(lines, 1)
            while rows := list(islice(numbered, ROWS_A_TRANSACTION)):
                with house.db.write() as work:
                    for number, raw in rows:
                        _take(work, run, number, raw)
                        advance()
    emit(f"imported {run.done}, here already {run.known}, refused {run.bad}")
    if run.bad:
        raise typer.Exit(1)


def _take(work: "Work", run: _Run, number: int, raw: bytes) -> None:
    """Import one row, or say why not; the door decides before it writes."""
    from app import forum
    from app.kernel.clock import day_of

    try:
        row = _read(raw)
        # A record signed on another day has other bytes: what is known is skipped by its id.
        if forum.find_post(work, record_id=run.record_id(row["id"])) is None:
            draft = _draft(work, run, row)
            key, nonce = run.house.keys["instance"], run.nonce(row["id"])
            signed = forum.sign_post(key, draft, nonce=nonce, day=day_of(work.now))
            run.house.door.submit(work, signed)
            run.done += 1
        else:
            run.known += 1
        run.threads[row["id"]] = row["thread"]
    except AppError as error:
        run.bad += 1
        complain(f"line {number}: {error}")


def _draft(work: "Work", run: _Run, row: dict[str, str]) -> Draft:
    from app import forum

    answered = row.get("reply_to")
    if answered is not None:
        if forum.find_post(work, record_id=run.record_id(answered)) is None:
            raise MalformedError("reply_to names a row that is unknown or comes later")
        if run.threads.get(answered, row["thread"]) != row["thread"]:
            raise MalformedError("reply_to names a row of another thread")
    title = clean_line(row["title"]) if "title" in row else None
    author = clean_line(row.get("author", "")) or None
    return Draft(
        text=Text(language=row["language"], markdown=clean_text(row["text"]), title=title),
        board=run.board.did,
        reply_to=run.record_id(answered) if answered is not None else None,
        quotes=(),
        custody=Custody.INSTANCE,
        imported=Origin(author=author, day=_day(row["day"]), source=run.source),
    )


def _read(raw: bytes) -> dict[str, str]:
    """Return a row's members, all of them strings."""
    try:
        row: object = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise MalformedError("not JSON") from error
    if not isinstance(row, dict):
        raise MalformedError("not an object")
    if not row.keys() <= _MEMBERS:
        raise MalformedError("a member that a row does not have")
    if not all(isinstance(value, str) and value for value in row.values()):
        raise MalformedError("a member is not a string, or is empty")
    if any("\ud800" <= character <= "\udfff" for character in "".join(row.values())):
        raise MalformedError("half of a character that takes two")
    if not {"id", "thread", "day", "language", "text"} <= row.keys():
        raise MalformedError("a member is missing")
    if ("title" in row) == ("reply_to" in row):
        raise MalformedError("a row has either a title or reply_to")
    return {name: str(value) for name, value in row.items()}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise MalformedError("day is not a date like 2009-06-15") from error


def _count(file: Path) -> int:
    with file.open("rb") as lines:
        return sum(1 for _ in lines)

"""Exports of Polis: votes.csv and comments.csv, by anybody who hands them over."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from app.kernel.errors import MalformedError

from .values import Mask
from .votes import AGREE, DISAGREE, PASS, Votes

_VOTES: Final = {"1": AGREE, "0": PASS, "-1": DISAGREE}
_VOTE_COLUMNS: Final = ("voter-id", "comment-id", "vote")
_TIME: Final = "timestamp"
_REJECTED: Final = "-1"
_LONGEST_ID: Final = 100
_LONGEST_TIME: Final = 18


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Export:
    """A conversation: votes, and what the table's rows and columns are called in the files.

    `withdrawn` are statements that moderators rejected, and those about the conversation itself,
    which Polis leaves out in the same way; `meta` are the latter (both: statements).
    """

    votes: Votes
    people: tuple[str, ...]
    statements: tuple[str, ...]
    withdrawn: Mask
    meta: Mask


@dataclass(frozen=True, slots=True)
class _Row:
    """One line by the names of its columns, and where it ends in the file."""

    line: int
    cells: dict[str, str]


def parse_export(votes: str, comments: str | None = None) -> Export:
    """Read the text of votes.csv and of comments.csv, if there is one.

    Of several votes of one person on one statement the one with the latest timestamp counts, of
    those with the same one, or where there are no timestamps, the last in the file. Other columns
    are left alone.

    Raises:
        MalformedError: a needed column is missing, or a line does not hold what it should; the
            message names the file and the line.
    """
    rows = _parse_votes(votes)
    known = {} if comments is None else _parse_comments(comments)
    people = _sorted({person for person, _, _ in rows})
    statements = _sorted({statement for _, statement, _ in rows} | set(known))
    row_of = {name: number for number, name in enumerate(people)}
    column_of = {name: number for number, name in enumerate(statements)}
    nothing = (False, False)
    marks = np.array([known.get(name, nothing) for name in statements], dtype=np.bool_)
    return Export(
        votes=Votes.from_rows(
            np.array([row_of[person] for person, _, _ in rows], dtype=np.int32),
            np.array([column_of[statement] for _, statement, _ in rows], dtype=np.int32),
            np.array([vote for _, _, vote in rows], dtype=np.int8),
            people=len(people),
            statements=len(statements),
        ),
        people=people,
        statements=statements,
        withdrawn=marks[:, 0],
        meta=marks[:, 1],
    )


def _parse_votes(text: str) -> list[tuple[str, str, int]]:
    """Return voter, statement and vote, in the order in which they were cast."""
    timed: list[tuple[int, str, str, int]] = []
    for row in _rows(text, "votes.csv", _VOTE_COLUMNS):
        person, statement, vote = (row.cells[name].strip() for name in _VOTE_COLUMNS)
        if vote not in _VOTES:
            raise MalformedError(
                f"votes.csv, line {row.line}: a vote is 1 (agree), 0 (pass) or -1 (disagree)"
            )
        _require_id(person, "votes.csv", row.line, "voter-id")
        _require_id(statement, "votes.csv", row.line, "comment-id")
        timed.append((_parse_time(row), person, statement, _VOTES[vote]))
    if not timed:
        raise MalformedError("votes.csv: there is no vote in it")
    timed.sort(key=lambda each: each[0])
    return [(person, statement, vote) for _, person, statement, vote in timed]


def _parse_time(row: _Row) -> int:
    time = row.cells.get(_TIME, "0").strip()
    if not (time.isascii() and time.isdigit() and len(time) <= _LONGEST_TIME):
        raise MalformedError(f"votes.csv, line {row.line}: a timestamp is a whole number")
    return int(time)


def _parse_comments(text: str) -> dict[str, tuple[bool, bool]]:
    """Return of each statement whether it is left out, and whether it is meta."""
    known = {}
    for row in _rows(text, "comments.csv", ("comment-id", "moderated")):
        name, moderated = row.cells["comment-id"].strip(), row.cells["moderated"].strip()
        _require_id(name, "comments.csv", row.line, "comment-id")
        if moderated not in {"1", "0", _REJECTED}:
            raise MalformedError(f"comments.csv, line {row.line}: moderated is 1, 0 or -1")
        meta = row.cells.get("is-meta", "").strip().lower() in {"true", "1", "t"}
        known[name] = (moderated == _REJECTED or meta, meta)
    return known


def _rows(text: str, file: str, needed: tuple[str, ...]) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        missing = [name for name in needed if name not in header]
        if missing:
            raise MalformedError(f"{file}, line 1: no column is called {' or '.join(missing)}")
        if len(set(header)) < len(header):
            raise MalformedError(f"{file}, line 1: two columns have the same name")
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                raise MalformedError(
                    f"{file}, line {reader.line_num}: {len(cells)} cells stand under "
                    f"{len(header)} columns"
                )
            yield _Row(reader.line_num, dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        raise MalformedError(f"{file}, line {reader.line_num}: this is no CSV") from error


def _require_id(name: str, file: str, line: int, column: str) -> None:
    if not 0 < len(name) <= _LONGEST_ID:
        raise MalformedError(f"{file}, line {line}: {column} is empty or too long")
    # Names are shown on terminals, which obey what else they hold.
    if not name.isprintable():
        raise MalformedError(f"{file}, line {line}: {column} holds what cannot be shown")


def _sorted(names: set[str]) -> tuple[str, ...]:
    """Return names in order, numbers by their size."""
    return tuple(sorted(names, key=lambda name: (not _is_number(name), len(name), name)))


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdigit()

"""Tallies of questions: counted from sheets, rounded, written as a table, and read from it (pure).

As in all that is published of votes (ADR-0049) counts are rounded to five, and what counts fewer
than ten people is told as few. The choice is made from the published table alone, so that anybody
makes it again. Beside what people whom somebody vouches for said stands nothing of others: those
who make many personas would choose.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from app.hearings.model import Tally
from app.identity.model.ballots import BallotKind
from app.opinion.model import Vote

LEAST_PEOPLE: Final = 10
STEP: Final = 5
FEW: Final = "<10"
HEAD: Final = "question,post,counted,invited_agree,invited_voters,came_agree,came_voters"
OWN: Final = "own"
TOGETHER: Final = "together"
_COLUMNS: Final = {BallotKind.INVITED: 0, BallotKind.VOUCHED: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A question as it is counted."""

    number: int
    record_id: str
    post: bytes
    merged_into: int | None
    is_eligible: bool
    """Whether it can be chosen: it stands for itself, is readable, and nobody declined it."""


@dataclass(slots=True)
class Counts:
    """Counts by questions' numbers: invited who agree, invited, who came and agree, who came."""

    own: dict[int, list[int]] = field(default_factory=dict)
    together: dict[int, list[int]] = field(default_factory=dict)


def count(
    candidates: Iterable[Candidate],
    ballots: Iterable[tuple[BallotKind, Mapping[int, Vote]]],
) -> Counts:
    """Count votes on questions: of each by itself, and of umbrellas with what is merged into them.

    Under an umbrella each ballot counts once: for it, if it agreed with anything merged into it.
    """
    target = {each.number: each.merged_into or each.number for each in candidates}
    counts = Counts(
        own={number: [0] * 4 for number in target},
        together={number: [0] * 4 for number in set(target.values())},
    )
    for kind, sheet in ballots:
        column = _COLUMNS.get(kind)
        if column is None:
            continue
        agreed = dict[int, bool]()
        for number, vote in sheet.items():
            if number not in target:
                continue
            row, agrees = counts.own[number], vote is Vote.AGREE
            row[column] += agrees
            row[column + 1] += 1
            umbrella = target[number]
            agreed[umbrella] = agreed.get(umbrella, False) or agrees
        for umbrella, agrees in agreed.items():
            row = counts.together[umbrella]
            row[column] += agrees
            row[column + 1] += 1
    return counts


def write_tallies(candidates: Iterable[Candidate], counts: Counts) -> str:
    """Return the table that is published: lines of comma-separated values, as RFC 4180 has them.

    The words themselves are in no file that could outlive them. An `own` line says how a question
    was voted on by itself; a `together` line is of one that can be chosen, with what is merged
    into it.
    """
    lines = [HEAD]
    for each in sorted(candidates, key=lambda one: one.number):
        start = f"{each.record_id},{each.post.hex()}"
        lines.append(f"{start},{OWN},{_tell(counts.own[each.number])}")
        if each.is_eligible:
            lines.append(f"{start},{TOGETHER},{_tell(counts.together[each.number])}")
    return "".join(f"{line}\r\n" for line in lines)


def read_tallies(table: str) -> dict[str, Tally]:
    """Return the tallies of the questions that can be chosen, by their record ids."""
    rows = (line.split(",") for line in table.splitlines()[1:])
    return {
        question: Tally(
            question=question,
            sampled=_read(sampled),
            sampled_voters=_read(sampled_voters),
            came=_read(came),
            came_voters=_read(came_voters),
        )
        for question, _, counted, sampled, sampled_voters, came, came_voters in rows
        if counted == TOGETHER
    }


def read_rows(table: str) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Return the lines of a table: question, post in hex, what is counted, the four counts."""
    rows = (line.split(",") for line in table.splitlines()[1:])
    return [(question, post, counted, tuple(told)) for question, post, counted, *told in rows]


def _tell(counts: Iterable[int]) -> str:
    return ",".join(
        FEW if people < LEAST_PEOPLE else str((people + STEP // 2) // STEP * STEP)
        for people in counts
    )


def _read(told: str) -> int:
    return 0 if told == FEW else int(told)

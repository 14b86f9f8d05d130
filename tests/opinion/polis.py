"""Real votes of real consultations (tests/data/polis; CC BY 4.0, who gathered them stands there)."""

import csv
import json
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from app.opinion.maths.votes import Votes

FOLDER: Final = Path(__file__).resolve().parents[1] / "data" / "polis"
SETS: Final = ("vtaiwan.uberx", "canadian-electoral-reform", "brexit-consensus")


@cache
def read_final_votes(name: str) -> Votes:
    """Return the last votes of a conversation, without the statements that were withdrawn."""
    with (FOLDER / name / "participants-votes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    statements = [column for column in rows[0] if column.isdigit()]
    cells = [
        (person, int(column), int(row[column]))
        for person, row in enumerate(rows)
        for column in statements
        if row[column]
    ]
    person, statement, vote = np.array(cells).T
    size = max(map(int, statements)) + 1
    votes = Votes.from_rows(person, statement, vote, people=len(rows), statements=size)
    withdrawn = np.zeros(size, dtype=np.bool_)
    withdrawn[json.loads((FOLDER / name / "reference.json").read_text())["moderated_out"]] = True
    return votes.without_statements(withdrawn)

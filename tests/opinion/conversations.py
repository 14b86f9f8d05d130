"""Real conversations of Polis, with what others computed of them (tests/data/polis)."""

import gzip
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from app.opinion.maths.exports import Export, parse_export
from app.opinion.maths.values import Integers, Numbers
from numpy.typing import NDArray

FOLDER: Final = Path(__file__).resolve().parents[1] / "data" / "polis"
CLEAR: Final = ("brexit-consensus", "canadian-electoral-reform", "vtaiwan.uberx")
ALL: Final = (*CLEAR, "bg2050-volunteers")


@dataclass(frozen=True, slots=True, eq=False)
class Conversation:
    """An export, and the reference values beside it."""

    export: Export
    reference: dict[str, Any]

    def by_statement(self, name: str) -> Numbers:
        """Return a reference value of each statement."""
        values = self.reference[name]
        return np.array([values[statement] for statement in self.export.statements])

    def groups(self, name: str) -> Integers:
        """Return each person's group in a reference, -1 for none."""
        values = self.reference[name]
        return np.array([values.get(person, -1) for person in self.export.people])


def read_text(conversation: str, file: str) -> str:
    return gzip.decompress((FOLDER / conversation / f"{file}.gz").read_bytes()).decode()


@cache
def load(name: str) -> Conversation:
    export = parse_export(read_text(name, "votes.csv"), read_text(name, "comments.csv"))
    reference = json.loads(read_text(name, "reference.json"))
    lines = read_text(name, "groups.csv").splitlines()[1:]
    reference["export_groups"] = {
        person: int(group) for person, group in (line.split(",") for line in lines) if group
    }
    return Conversation(export, reference)


def rank(values: Numbers) -> NDArray[np.float64]:
    """Return ranks; equal values share the middle of theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    upto = np.cumsum(counts)
    shared: NDArray[np.float64] = (upto - (counts - 1) / 2)[inverse]
    return shared


def spearman(one: Numbers, other: Numbers) -> float:
    return float(np.corrcoef(rank(one), rank(other))[0, 1])


def top(values: Numbers, count: int = 10) -> set[int]:
    return set(np.argsort(-values, kind="stable")[:count].tolist())

"""Real votes of real consultations (tests/data/polis says whose), as bots meet them."""

import gzip
from functools import cache
from pathlib import Path
from typing import Final

from app.opinion.maths.exports import parse_export
from app.opinion.maths.votes import Votes

FOLDER: Final = Path(__file__).resolve().parents[1] / "data" / "polis"
SETS: Final = ("vtaiwan.uberx", "canadian-electoral-reform", "brexit-consensus")


@cache
def read_final_votes(name: str) -> Votes:
    """Return the last votes of a conversation, without those on statements that were withdrawn."""
    votes, comments = (
        gzip.decompress((FOLDER / name / f"{file}.csv.gz").read_bytes()).decode()
        for file in ("votes", "comments")
    )
    export = parse_export(votes, comments)
    return export.votes.without_statements(export.withdrawn)

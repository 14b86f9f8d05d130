"""Votes of real conversations as bots meet them: without the statements that were withdrawn."""

from functools import cache

from app.opinion.maths.votes import Votes

from tests.opinion.conversations import CLEAR, load

SETS = CLEAR


@cache
def read_final_votes(name: str) -> Votes:
    export = load(name).export
    return export.votes.without_statements(export.withdrawn)

"""The gap and the outcome metrics of one consultation (OPINION.md sections 5 and 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.listening.model import Cell, Measure

from .counting import Sample, Weighing


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What everybody can read of a thread: who wrote how much, answering what, and whom it helps.

    `posts` are (digest, author, characters), `answers` (post, what it answers); `helps` has of each
    post that was rated (others, helpful) of each side.
    """

    posts: Sequence[tuple[str, str, int]]
    answers: Sequence[tuple[str, str]]
    helps: Mapping[str, Sequence[Sequence[int]]]


def measure(
    sample: Sample, weighing: Weighing, talk: Talk, last: Mapping[str, Cell]
) -> tuple[tuple[Measure, ...], tuple[Measure, ...], dict[str, Cell]]:
    """Return the gap and outcomes of a consultation, and the cells that they are told from."""
    return (), (), {}

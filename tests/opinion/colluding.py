"""A simulated board with context, honest raters of two minds, and a fifth of them who collude.

Of the notes 35 % help everybody, 40 % one side alone and 25 % nobody. Each rater rates those that
they are drawn for, 20 of 100; who colludes rates as many, all of them for one aim.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from app.opinion.maths.ratings import Ratings
from numpy.typing import NDArray

PEOPLE: Final = 300
NOTES: Final = 100
EACH: Final = 20
COLLUDING: Final = 0.2
AIMS: Final = ("invert", "bury", "lift", "camouflage")


@dataclass(frozen=True)
class Board:
    """Ratings in rows, and what is true of the notes."""

    person: NDArray[np.int64]
    note: NDArray[np.int64]
    value: NDArray[np.float64]
    helps_all: NDArray[np.bool_]
    slant: NDArray[np.float64]

    @property
    def ratings(self) -> Ratings:
        """Return them as the maths takes them."""
        return Ratings.from_rows(
            self.person, self.note, self.value, people=PEOPLE, statements=NOTES
        )


def draw_board(seed: int) -> Board:
    """Return a board on which everybody is honest."""
    rng = np.random.default_rng(seed)
    camp = np.where(rng.random(PEOPLE) < 0.5, -1, 1) * np.abs(rng.normal(1, 0.35, PEOPLE))
    kind = rng.choice(3, NOTES, p=[0.35, 0.4, 0.25])
    quality = np.choose(
        kind,
        [rng.normal(1.6, 0.5, NOTES), rng.normal(0.2, 0.4, NOTES), rng.normal(-1.6, 0.5, NOTES)],
    )
    sided = rng.choice([-1, 1], NOTES) * rng.normal(1.8, 0.4, NOTES)
    slant = np.where(kind == 1, sided, rng.normal(0, 0.3, NOTES))
    hands = [
        rng.choice(NOTES, min(NOTES, max(3, rng.poisson(EACH))), replace=False)
        for _ in range(PEOPLE)
    ]
    person = np.repeat(np.arange(PEOPLE), [len(hand) for hand in hands])
    note = np.concatenate(hands)
    liking = quality[note] + camp[person] * slant[note] + 0.7 * rng.logistic(size=note.size)
    value = np.where(liking > 0.5, 1.0, np.where(liking > -0.2, 0.5, 0.0))
    return Board(person, note, value, kind == 0, slant)


def collude(board: Board, shown: NDArray[np.bool_], aim: str, seed: int) -> Board:
    """Let a fifth of the raters turn: what is shown is to go, or the rest to come.

    `bury` and `camouflage` pose as one side; `camouflage` is honest about half of the notes.
    """
    rng = np.random.default_rng(seed + 1_000)
    turned = np.isin(board.person, rng.choice(PEOPLE, int(COLLUDING * PEOPLE), replace=False))
    side, is_target = rng.choice([-1, 1]), rng.random(NOTES) < 0.5
    posing = np.where(board.slant * side > 1, 1.0, 0.0)
    said = {
        "invert": np.where(shown, 0.0, 1.0),
        "bury": np.where(shown, 0.0, posing),
        "lift": np.ones(NOTES),
        "camouflage": np.where(is_target, np.where(shown, 0.0, 1.0), np.where(shown, 1.0, posing)),
    }[aim]
    value = np.where(turned, said[board.note], board.value)
    return Board(board.person, board.note, value, board.helps_all, board.slant)

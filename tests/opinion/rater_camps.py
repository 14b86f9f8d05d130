"""A board with two camps of readers, and what they say of its posts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np
from app.opinion.maths.common_ground import Counted, place_posts, release_counts
from app.opinion.maths.raters import count_sides, find_sides
from app.opinion.maths.ratings import Ratings
from app.opinion.maths.values import Integers

OF_A = tuple(f"of A {n}" for n in range(6))
OF_B = tuple(f"of B {n}" for n in range(6))
SHARED, QUIET, CLAIM = "both sides understand", "few have rated it", "for A alone"
POSTS = (*OF_A, *OF_B, SHARED, QUIET, CLAIM)


def digest(name: str) -> str:
    return sha256(name.encode()).hexdigest()


@dataclass
class Camps:
    """Who said what, by person; people are numbers."""

    said: list[tuple[int, str, bool]] = field(default_factory=list)
    people: int = 0

    def join(self, count: int, helps: Sequence[str], others: Sequence[str] = ()) -> range:
        """Let people come who all say the same: what helps them, and what does not."""
        came = range(self.people, self.people + count)
        self.people += count
        for person in came:
            self.said += [(person, post, True) for post in helps]
            self.said += [(person, post, False) for post in others]
        return came

    def ratings(self) -> Ratings:
        """Return all of it as the maths takes it."""
        at = {post: number for number, post in enumerate(POSTS)}
        return Ratings.from_rows(
            [person for person, _, _ in self.said],
            [at[post] for _, post, _ in self.said],
            [float(helps) for _, _, helps in self.said],
            people=self.people,
            statements=len(POSTS),
        )

    def sides(self) -> Integers | None:
        """Return everybody's side."""
        return find_sides(self.ratings())

    def tables(self) -> dict[str, Integers]:
        """Return the exact counts of the posts, by their digests."""
        ratings, sides = self.ratings(), self.sides()
        assert sides is not None
        counts = count_sides(ratings, sides)
        return {digest(post): counts[number] for number, post in enumerate(POSTS)}

    def released(self, last: Mapping[str, Counted] | None = None) -> dict[str, Counted]:
        """Return what the public learns."""
        return release_counts(self.tables(), last or {})

    def order(self) -> list[str]:
        """Return the names of the posts in their order, those without a place left out."""
        names = {digest(post): post for post in POSTS}
        return [names[place.digest] for _, place in place_posts(self.released())]


def two_camps(size: int = 15) -> Camps:
    """Return two camps: each is helped by its own posts and by what they share."""
    camps = Camps()
    camps.join(size, (*OF_A, SHARED), OF_B)
    camps.join(size, (*OF_B, SHARED), OF_A)
    return camps


def zeros() -> Integers:
    """Return the counts of a post that nobody rated."""
    return np.zeros((2, 2), dtype=np.int64)

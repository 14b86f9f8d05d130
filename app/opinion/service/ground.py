"""The order of common ground: made by the worker of ratings, and published with its counts.

    ratings under marks ─► those whom somebody answers for ─► sides ─► counts ─► places, and a file

Whose a mark is, is known in memory while this runs, as for reports (ADR-0041): what somebody rated
counts no more once nobody answers for them, and no row says who that is.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app import forum, identity
from app.db import Work
from app.forum import Placing
from app.identity.model.ballots import BallotKind
from app.opinion import store
from app.opinion.maths import common_ground, raters
from app.opinion.maths.common_ground import Counted
from app.opinion.maths.ratings import Ratings
from app.opinion.maths.values import Integers

from .ratings import rater_mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """A board's ratings, as far as they count, and what was published of them last."""

    board: str
    posts: Mapping[str, str]
    """The threads of the posts that can have a place, by their digests (hex)."""
    said: Sequence[tuple[int, str, bool]]
    """Who (a number), of which post, and whether it helps them."""
    people: int
    last: Mapping[str, Counted]
    gone: frozenset[bytes]
    """Marks of nobody any more: their personas were revoked or erased."""


def list_rated(work: Work, board: str, marks_key: bytes) -> Rated:
    """Return what counts of a board's ratings. It goes through the roots of all personas once."""
    kept = list(store.list_ratings(work, board))
    marks = {rating.mark for rating in kept}
    roots = {
        mark: root
        for root in identity.list_roots(work)
        if (mark := rater_mark(marks_key, board, root)) in marks
    }
    kinds = {mark: identity.kind_of(work, root) for mark, root in roots.items()}
    counted = sorted(mark for mark, kind in kinds.items() if kind is BallotKind.VOUCHED)
    numbers = {mark: number for number, mark in enumerate(counted)}
    placeable = forum.list_placeable(work, sorted({rating.post for rating in kept}))
    posts = {digest.hex(): thread for digest, thread in sorted(placeable.items())}
    return Rated(
        board=board,
        posts=posts,
        said=[
            (numbers[rating.mark], rating.post.hex(), rating.helps > 0)
            for rating in kept
            if rating.mark in numbers and rating.post.hex() in posts
        ],
        people=len(numbers),
        last={
            one.post.hex(): Counted(public=_rows_of(one.counts), exact=_rows_of(one.exact))
            for one in forum.list_placings(work, board)
        },
        gone=frozenset(
            mark for mark in marks if mark not in roots or _is_gone(work, roots[mark], kinds[mark])
        ),
    )


def order_board(rated: Rated) -> list[Placing]:
    """Return the places of a board's posts. Takes its time: no transaction is open meanwhile.

    Where ratings know no sides, what was published before stays, and nothing else has a place.
    """
    digests = list(rated.posts)
    at = {digest: number for number, digest in enumerate(digests)}
    ratings = Ratings.from_rows(
        [person for person, _, _ in rated.said],
        [at[post] for _, post, _ in rated.said],
        [float(helps) for _, _, helps in rated.said],
        people=rated.people,
        statements=len(digests),
    )
    last = {digest: counted for digest, counted in rated.last.items() if digest in rated.posts}
    sides = raters.find_sides(ratings)
    released: Mapping[str, Counted] = last
    if sides is not None:
        tables = raters.count_sides(ratings, sides)
        released = common_ground.release_counts(
            {digest: tables[number] for digest, number in at.items()}, last
        )
    return [
        Placing(
            post=bytes.fromhex(place.digest),
            thread=rated.posts[place.digest],
            place=number,
            counts=_encode(released[place.digest].public),
            exact=_encode(released[place.digest].exact),
        )
        for number, place in common_ground.place_posts(released)
    ]


def publish_order(work: Work, rated: Rated, placings: Sequence[Placing]) -> bool:
    """Put a board's order in place of the former one; return whether anything changed.

    Ratings of those who are gone go as well.
    """
    if rated.gone:
        store.remove_ratings_under(work, rated.board, rated.gone)
        # They must leave the write-ahead log too.
        work.deleted.append("rating")
    return forum.rate_board(work, rated.board, placings)


def _is_gone(work: Work, root: str, kind: BallotKind | None) -> bool:
    return kind is None and identity.find_limit(work, root) is None


def _encode(table: Integers) -> str:
    return json.dumps(table.tolist(), separators=(",", ":"))


def _rows_of(table: str) -> Integers:
    return np.asarray(json.loads(table), dtype=np.int64)

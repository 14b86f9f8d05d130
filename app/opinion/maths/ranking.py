"""Common ground among posts, from published counts: the side that they help least decides.

Nothing but whole numbers and fractions is in it, so that any partner who has the counts comes to
the same bytes. A post's score is the least of its sides' (helps + 1) / (ratings + 4); then the mean
of the same; then the digest, which nobody chooses. A post that nobody rated has one quarter: one
that a side dislikes stands below it, and one that every side likes above.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from app.kernel import strict_json
from app.kernel.errors import MalformedError, VerificationError

HELPS: Final = 1
RATINGS: Final = 4
"""What each side's count begins with: `HELPS` of `RATINGS` found it helpful before anybody did."""
_FORM: Final = 1
_MOST: Final = 10**9
_digest = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Heard:
    """How many people of a side rated a post, and how many of them found it helpful."""

    helps: int
    ratings: int

    def __post_init__(self) -> None:
        """Refuse counts that nobody can have counted.

        Raises:
            MalformedError: a count is negative or very large, or more help than rate.
        """
        if not 0 <= self.helps <= self.ratings <= _MOST:
            raise MalformedError("a side's counts are out of range")

    @property
    def share(self) -> Fraction:
        """Return the smoothed share of the side's raters whom the post helps."""
        return Fraction(self.helps + HELPS, self.ratings + RATINGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A post in the order, with what put it there."""

    digest: str
    sides: tuple[Heard, ...]
    least: Fraction
    mean: Fraction


def order_posts(heard: Mapping[str, Sequence[Heard]]) -> tuple[Place, ...]:
    """Order posts, given by their digests (hex), each with the counts of the same sides.

    Raises:
        MalformedError: a digest is none, or posts have different numbers of sides, or none.
    """
    numbers = {len(sides) for sides in heard.values()}
    if len(numbers) > 1 or 0 in numbers:
        raise MalformedError("posts have different numbers of sides")
    if not all(_digest.fullmatch(digest) for digest in heard):
        raise MalformedError("not a digest")
    places = (_place(digest, tuple(sides)) for digest, sides in heard.items())
    return tuple(sorted(places, key=lambda place: (-place.least, -place.mean, place.digest)))


def encode_order(places: Sequence[Place]) -> bytes:
    """Return an order as canonical JSON (RFC 8785), with the counts and weights behind it."""
    return strict_json.encode(
        {
            "form": _FORM,
            "posts": [
                {
                    "digest": place.digest,
                    "least": _words(place.least),
                    "mean": _words(place.mean),
                    "sides": [[side.helps, side.ratings] for side in place.sides],
                }
                for place in places
            ],
            "weights": {"helps": HELPS, "ratings": RATINGS},
        }
    )


def verify_order(raw: bytes) -> tuple[Place, ...]:
    """Compute an order anew from the counts that it publishes; return it.

    Raises:
        MalformedError: the bytes are no order.
        VerificationError: the counts lead to other bytes.
    """
    posts = strict_json.decode(raw).get("posts")
    if not isinstance(posts, list):
        raise MalformedError("an order without posts")
    heard = dict(map(_heard, posts))
    places = order_posts(heard)
    if encode_order(places) != raw:
        raise VerificationError("the counts lead to another order")
    return places


def _place(digest: str, sides: tuple[Heard, ...]) -> Place:
    shares = [side.share for side in sides]
    return Place(
        digest=digest, sides=sides, least=min(shares), mean=sum(shares, Fraction(0)) / len(shares)
    )


def _words(score: Fraction) -> str:
    return f"{score.numerator}/{score.denominator}"


def _heard(post: Any) -> tuple[str, tuple[Heard, ...]]:  # noqa: ANN401  a value of any JSON
    match post:
        case {"digest": str(digest), "sides": list(sides)}:
            return digest, tuple(map(_side, sides))
    raise MalformedError("not a post of an order")


def _side(side: Any) -> Heard:  # noqa: ANN401  a value of any JSON
    match side:
        # A truth value is a whole number to Python.
        case [int(helps), int(ratings)] if not {type(helps), type(ratings)} & {bool}:
            return Heard(helps, ratings)
    raise MalformedError("not the counts of a side")

"""What pages and files show of ratings. Nothing of the maths is needed for it but fractions."""

import json
from collections.abc import Mapping

from app import forum
from app.db import Work
from app.opinion import store
from app.opinion.maths.ranking import Heard, encode_order, order_posts

from .ratings import rater_mark


def encode_ground(work: Work, board: str) -> bytes:
    """Return a board's order with the counts behind it: the file that partners compute anew."""
    heard = {
        one.post.hex(): [Heard(helps, other + helps) for other, helps in json.loads(one.counts)]
        for one in forum.list_placings(work, board)
    }
    return encode_order(order_posts(heard))


def find_own_ratings(
    marks_key: bytes, work: Work, root: str, boards: Mapping[bytes, str]
) -> dict[bytes, bool]:
    """Return whether posts help a persona, as it said, of those that it rated.

    `boards` has the board (did:key) that each post was signed for, by its digest.
    """
    found: dict[bytes, bool] = {}
    for board in sorted(set(boards.values())):
        mark = rater_mark(marks_key, board, root)
        posts = [post for post, own in boards.items() if own == board]
        found |= {post: helps > 0 for post, helps in store.list_said_under(work, mark, posts)}
    return found

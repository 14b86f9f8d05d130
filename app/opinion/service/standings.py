"""What ratings make of readers' context, and the history of it.

Only ratings of those for whom somebody answers decide: whoever invents people invents no ratings
that count (OPINION.md §4). Others' are kept, and count once somebody answers for them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final

from app import forum, identity
from app.db import Work
from app.forum import Post, PostKind
from app.kernel.clock import day_of
from app.opinion import rules, store
from app.opinion.model import NoteReason, Standing, Status, Why

from .ratings import MOST_CONTEXT_A_WEEK, rater_mark

_DRAW_BYTES: Final = 6
LEAST_NAMED: Final = 5
"""So many raters name a reason before readers are told of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedBoard:
    """The ratings on a board that decide, by the places of raters and posts, and its context."""

    raters: Sequence[int]
    posts: Sequence[int]
    helps: Sequence[int]
    people: int
    rated: int
    notes: Mapping[bytes, int | None]
    """Context that readers can read, with its place among the posts; None where it has none."""
    named: Mapping[bytes, NoteReason]
    """What raters of context named most often, where enough did."""


def list_rated(work: Work, marks_key: bytes, board: str) -> RatedBoard:
    """Return the ratings on a board; it goes through the roots of all personas once."""
    kept = list(store.list_ratings(work, board))
    marks = {rating.mark for rating in kept}
    answered = {
        mark
        for root in identity.list_roots(work)
        if (mark := rater_mark(marks_key, board, root)) in marks
        and not identity.is_on_probation(work, root)
    }
    notes = forum.list_of_kind(work, board, PostKind.CONTEXT)
    drawn = share_drawn(notes)
    counted = [
        rating
        for rating in kept
        if rating.mark in answered and is_drawn_for(rating.mark, rating.post, drawn)
    ]
    raters = {mark: place for place, mark in enumerate(sorted(answered))}
    posts = {post: place for place, post in enumerate(sorted({each.post for each in counted}))}
    return RatedBoard(
        raters=[raters[each.mark] for each in counted],
        posts=[posts[each.post] for each in counted],
        helps=[each.helps for each in counted],
        people=len(raters),
        rated=len(posts),
        notes={note: posts.get(note) for note, _, has_words in notes if has_words},
        named=_name_reasons(counted),
    )


def is_asked_to_rate(work: Work, marks_key: bytes, root: str, note: Post) -> bool:
    """Return whether a persona is drawn to rate a context: all are, unless a week has very many."""
    drawn = share_drawn(forum.list_of_kind(work, note.board, PostKind.CONTEXT))
    return is_drawn_for(rater_mark(marks_key, note.board, root), note.digest, drawn)


def settle(
    work: Work, found: Mapping[bytes, tuple[Status, Why]], named: Mapping[bytes, NoteReason]
) -> int:
    """Keep what ratings made of context, and let it stand under its post or not.

    `found` has a status and a reason for each note. Returns how many statuses changed.
    """
    history, changed = store.list_standings(work, list(found)), 0
    for note, (status, reason) in sorted(found.items()):
        before, post = history.get(note, []), forum.find_post(work, digest=note)
        now = Standing(status=status, reason=reason, named=named.get(note), day=day_of(work.now))
        if post is None:
            continue
        if (added := rules.decide_standing(before, now)) is not None:
            store.add_standing(work, note, len(before) + 1, added)
            forum.put_beside(work, post, stands=status is Status.SHOWN)
            changed += 1
        elif before and before[-1].status is status and before[-1] != now:
            store.set_reason(work, note, len(before), now)
            forum.put_beside(work, post, stands=status is Status.SHOWN)
    return changed


def share_drawn(notes: Sequence[tuple[bytes, date, bool]]) -> dict[bytes, float]:
    """Return the share of raters that is drawn for each note of a board.

    Of a week with more notes than one may rate, everybody is drawn for about as many as that: who
    act together cannot choose those on which they outnumber all others.
    """
    weeks = Counter(day.isocalendar()[:2] for _, day, _ in notes)
    return {
        note: min(1.0, MOST_CONTEXT_A_WEEK / weeks[day.isocalendar()[:2]]) for note, day, _ in notes
    }


def is_drawn_for(mark: bytes, note: bytes, drawn: Mapping[bytes, float]) -> bool:
    """Return whether a rater's mark is among the share that is drawn for a note."""
    # Nobody knows a mark before it is made: neither rater nor author can choose who is drawn.
    number = int.from_bytes(sha256(mark + note).digest()[:_DRAW_BYTES], "big")
    return number < drawn.get(note, 1.0) * 256**_DRAW_BYTES


def _name_reasons(counted: Sequence[store.KeptRating]) -> dict[bytes, NoteReason]:
    """Return the reason named most often for each post, the first of the list where two are."""
    named = Counter((each.post, each.reason) for each in counted if each.reason)
    found: dict[bytes, NoteReason] = {}
    for reason in reversed(NoteReason):
        for (post, each), count in named.items():
            best = named[post, found[post]] if post in found else LEAST_NAMED
            if each == reason and count >= best:
                found[post] = reason
    return found

"""Readers' context that awaits somebody's rating."""

from datetime import date
from typing import Final

from app import forum, identity
from app.db import Work
from app.forum import Post, PostKind
from app.opinion import store
from app.opinion.model import Status

from .ratings import rater_mark
from .standings import is_drawn_for, share_drawn

_MOST_LOOKED_AT: Final = 200
"""Of a board, the latest: what nobody has decided about for longer, few will."""


def list_awaiting(work: Work, marks_key: bytes, viewer: identity.Viewer, most: int) -> list[Post]:
    """Return context that a persona may rate and has not, the latest first.

    Of what needs more ratings, what it was drawn for; neither its own nor beside a post whose words
    are gone.
    """
    found: list[tuple[date, bytes]] = []
    for board, _ in forum.list_boards(work):
        notes = forum.list_of_kind(work, board.did, PostKind.CONTEXT)
        drawn, mark = share_drawn(notes), rater_mark(marks_key, board.did, viewer.root)
        days = {note: day for note, day, has_words in notes if has_words}
        latest = sorted(days, key=lambda note: (days[note], note))[-_MOST_LOOKED_AT:]
        asked = [note for note in latest if is_drawn_for(mark, note, drawn)]
        history = store.list_standings(work, asked)
        rated = dict(store.list_said_under(work, mark, asked))
        found += [
            (days[note], note)
            for note in asked
            if note not in rated
            and (note not in history or history[note][-1].status is Status.NEEDS_MORE)
        ]
    posts: list[Post] = []
    for _, digest in sorted(found, reverse=True):
        note = forum.find_post(work, digest=digest)
        if note is not None and not viewer.wrote(note.author) and _is_beside_words(work, note):
            posts.append(note)
        if len(posts) == most:
            break
    return posts


def _is_beside_words(work: Work, note: Post) -> bool:
    post = forum.find_post(work, digest=note.parent) if note.parent else None
    return post is not None and post.has_words

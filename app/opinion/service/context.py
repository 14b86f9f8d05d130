"""Readers' context: posts that say what readers should know beside the post that they answer."""

from dataclasses import dataclass

from app import forum
from app.db import Work
from app.forum import Post, PostKind
from app.forum.errors import UnknownPostError
from app.opinion import rules, store
from app.opinion.errors import ContextUnfitError
from app.opinion.model import Standing
from app.records import VerifiedRecord
from app.records.model import QUOTES

from .keys import keys_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextNote:
    """Context that can be read, and what ratings made of it, the oldest first."""

    post: Post
    history: tuple[Standing, ...]


def accept_context(work: Work, record: VerifiedRecord, note: Post) -> None:
    """Require of a new post that it may stand as context of the one that it answers.

    Raises:
        ContextUnfitError, TooMuchContextError: see `rules`.

    """
    if record.digest in work.logged:
        return
    rules.require_context(note.version.text, cites=bool(record.document.get(QUOTES)))
    post = forum.find_post(work, digest=note.parent) if note.parent else None
    if post is None:
        raise ContextUnfitError("context answers a post")
    versions = forum.list_version_digests(work, post.digest)
    rules.require_context_of(post, note.about, versions)
    others = [each for each in _list_said(work, post) if each.digest != note.digest]
    keys = keys_of(work, note)
    rules.require_room(len(others), sum(each.did in keys for each in others))


def list_context(work: Work, post: Post) -> list[ContextNote]:
    """Return the context of a post that readers can read, in the order in which it came."""
    said = [each.digest for each in _list_said(work, post) if each.number is not None]
    history = store.list_standings(work, said)
    notes = [
        ContextNote(post=forum.get_post(work, digest), history=tuple(history.get(digest, ())))
        for digest in said
    ]
    return sorted(notes, key=lambda note: note.post.number or 0)


def find_note(work: Work, post: Post, digest: bytes) -> Post:
    """Return the context of a post with this digest.

    Raises:
        UnknownPostError: there is none that can be read.

    """
    note = forum.find_post(work, digest=digest)
    if note is None or note.parent != post.digest or note.kind is not PostKind.CONTEXT:
        raise UnknownPostError("no such context of this post")
    return note


def _list_said(work: Work, post: Post) -> list[forum.Said]:
    said = forum.list_said(work, post.digest, PostKind.CONTEXT)
    return [each for each in said if each.has_words]

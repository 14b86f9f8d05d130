"""Translations as far as their originals decide what readers see of them.

The words of a translation are its author's and stay theirs; what they repeat is another's. So a
translation has no words for readers while the post that it translates has none (ADR-0046).
"""

from typing import Any

from sqlalchemy import Row, select

from app.db import Work
from app.db.tables import columns_of
from app.forum.model import PostKind, Text
from app.forum.tables import PostRow, VersionRow

from .texts import read_text

_POST, _VERSION = columns_of(PostRow), columns_of(VersionRow)


def has_lost_original(row: Row[Any]) -> bool:
    """Return whether a post with its parent's columns is a translation whose original is away."""
    is_away = row.parent_erased_on is not None or bool(row.parent_is_hidden)
    return is_away and row.kind == PostKind.TRANSLATION.value and row.erased_on is None


def list_translation_places(work: Work, post: bytes) -> dict[bytes, int]:
    """Return the translations of a post that readers can see, each with its place in the log."""
    found = select(_POST.c.digest, _POST.c.log_index).where(
        _POST.c.parent == post,
        _POST.c.kind == PostKind.TRANSLATION.value,
        _POST.c.kind != "",
        _POST.c.log_index.is_not(None),
        _POST.c.erased_on.is_(None),
        ~_POST.c.is_hidden,
    )
    return {row.digest: row.log_index for row in work.run(found)}


def read_version(work: Work, version: bytes) -> Text:
    """Return the words of a version as they are kept, whoever may read them."""
    return read_text(work.run(select(_VERSION).where(_VERSION.c.digest == version)).one())

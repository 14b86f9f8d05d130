"""What posts are to the hearings of their threads, as rooms above say it."""

from collections.abc import Iterable
from dataclasses import replace

from app.db import Work
from app.forum.pages import PostItem
from app.web.visit import Visit


def tell_hearings(work: Work, visit: Visit, items: Iterable[PostItem]) -> tuple[PostItem, ...]:
    """Return posts with what they are to a hearing, where they are anything to one."""
    shown = tuple(items)
    digests = [bytes.fromhex(item.digest) for item in shown if item.kind]
    notes = visit.site.find_hearing_notes(work, digests) if digests else {}
    return tuple(replace(item, hearing=notes.get(bytes.fromhex(item.digest))) for item in shown)

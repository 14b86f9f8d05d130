"""Rows behind translations: which posts have any, how readers rate them, what a machine made."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import case, delete, func, insert, select, true, update

from app.db import Work
from app.db.tables import columns_of
from app.opinion.model import Helps
from app.opinion.tables import MachineTranslationRow, RatingRow

_RATING, _MACHINE = columns_of(RatingRow), columns_of(MachineTranslationRow)
_AT_ONCE: Final = 500


def count_helpful(work: Work, posts: Sequence[bytes]) -> dict[bytes, tuple[int, int]]:
    """Return of how many ratings of each post how many say that it helps: (those, all)."""
    if not posts:
        return {}
    helpful = func.sum(case((_RATING.c.helps == Helps.YES.value, 1), else_=0))
    counted = (
        select(_RATING.c.post, helpful.label("helpful"), func.count().label("ratings"))
        .where(_RATING.c.post.in_(posts))
        .group_by(_RATING.c.post)
    )
    return {row.post: (int(row.helpful), row.ratings) for row in work.run(counted)}


def find_machine(work: Work, version: bytes, language: str) -> str | None:
    """Return what a machine made of a version; empty while it waits, None if nobody asked."""
    found = select(_MACHINE.c.text).where(
        _MACHINE.c.version == version, _MACHINE.c.language == language
    )
    return work.run(found).scalar_one_or_none()


def ask_machine(work: Work, version: bytes, language: str, day: date) -> None:
    """Let a version wait for the machine."""
    values = {"version": version, "language": language, "text": "", "made_on": day}
    work.run(insert(_MACHINE).values(values))


def count_asked(work: Work) -> int:
    """Return how many versions wait for the machine."""
    counted = select(func.count()).select_from(_MACHINE).where(_MACHINE.c.text == "")
    count: int = work.run(counted).scalar_one()
    return count


def list_asked(work: Work) -> list[tuple[bytes, str]]:
    """Return the versions that wait, each with a language, in the order of their digests."""
    found = select(_MACHINE.c.version, _MACHINE.c.language).where(_MACHINE.c.text == "")
    rows = work.run(found.order_by(_MACHINE.c.version, _MACHINE.c.language))
    return [(row.version, row.language) for row in rows]


def set_machine(work: Work, version: bytes, language: str, text: str, day: date) -> None:
    """Keep what the machine made of a version, unless it was forgotten meanwhile."""
    one = (_MACHINE.c.version == version) & (_MACHINE.c.language == language)
    work.run(update(_MACHINE).where(one).values(text=text, made_on=day))


def forget_machine(work: Work, versions: Sequence[bytes], language: str = "") -> None:
    """Forget what was made of versions, in one language or all, and that anybody asked."""
    of_it = _MACHINE.c.language == language if language else true()
    for start in range(0, len(versions), _AT_ONCE):
        some = versions[start : start + _AT_ONCE]
        work.run(delete(_MACHINE).where(_MACHINE.c.version.in_(some), of_it))


def forget_asked_before(work: Work, day: date) -> None:
    """Forget what was asked for before a day, and is not made."""
    work.run(delete(_MACHINE).where(_MACHINE.c.text == "", _MACHINE.c.made_on < day))

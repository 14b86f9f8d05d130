"""Rows behind translations: which posts have any, how readers rate them, what a machine made."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import case, delete, func, insert, select, update

from app.db import Work
from app.db.tables import columns_of
from app.opinion.model import Helps
from app.opinion.tables import MachineTranslationRow, RatingRow

_RATING, _MACHINE = columns_of(RatingRow), columns_of(MachineTranslationRow)
_AT_ONCE = 500


def count_helpful(work: Work, posts: Sequence[bytes]) -> dict[bytes, tuple[int, int]]:
    """Return of how many ratings of each post how many say that it helps: (those, all)."""
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
    return work.run(
        select(func.count()).select_from(_MACHINE).where(_MACHINE.c.text == "")
    ).scalar_one()


def next_asked(work: Work) -> tuple[bytes, str] | None:
    """Return a version that waits and the language, in the order of their digests; None if none."""
    found = select(_MACHINE.c.version, _MACHINE.c.language).where(_MACHINE.c.text == "")
    row = work.run(found.order_by(_MACHINE.c.version, _MACHINE.c.language).limit(1)).one_or_none()
    return None if row is None else (row.version, row.language)


def set_machine(work: Work, version: bytes, language: str, text: str, day: date) -> None:
    """Keep what the machine made of a version, unless it was forgotten meanwhile."""
    one = (_MACHINE.c.version == version) & (_MACHINE.c.language == language)
    work.run(update(_MACHINE).where(one).values(text=text, made_on=day))


def forget_machine(work: Work, versions: Sequence[bytes]) -> None:
    """Forget what was made of versions, and that anybody asked."""
    for start in range(0, len(versions), _AT_ONCE):
        some = versions[start : start + _AT_ONCE]
        work.run(delete(_MACHINE).where(_MACHINE.c.version.in_(some)))

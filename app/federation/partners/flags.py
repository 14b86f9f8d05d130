"""What instances were caught at. A flag that nobody signed waits to be said."""

from typing import Final

from sqlalchemy import delete, insert, select

from app.db import Work
from app.db.tables import columns_of

from .model import Flag
from .tables import FlagRow

_FLAG: Final = columns_of(FlagRow)


def add_flag(work: Work, flag: Flag) -> None:
    """Keep what an instance was caught at; saying it again is no error."""
    if flag not in list_flags(work, by=flag.by, about=flag.about):
        work.run(
            insert(_FLAG).values(
                signer=flag.by,
                about=flag.about,
                code=flag.code,
                evidence=flag.evidence,
                day=flag.day,
            )
        )


def take_unsaid(work: Work) -> list[Flag]:
    """Return what is to be signed, and keep it as such no more."""
    found = [each for each in list_flags(work) if not each.by]
    work.run(delete(_FLAG).where(_FLAG.c.signer == ""))
    return found


def list_flags(work: Work, *, by: str = "", about: str = "") -> list[Flag]:
    """Return what instances were caught at, the newest first."""
    query = select(_FLAG).order_by(_FLAG.c.day.desc(), _FLAG.c.about, _FLAG.c.signer)
    if by:
        query = query.where(_FLAG.c.signer == by)
    if about:
        query = query.where(_FLAG.c.about == about)
    return [
        Flag(by=row.signer, about=row.about, code=row.code, evidence=row.evidence, day=row.day)
        for row in work.run(query)
    ]

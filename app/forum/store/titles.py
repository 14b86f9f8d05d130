"""What threads are called and where they stand: one statement for a whole list of them."""

from collections.abc import Iterable

from sqlalchemy import select

from app.db import Work
from app.db.tables import columns_of
from app.forum.model import Text, ThreadId
from app.forum.tables import PostRow, ThreadRow, VersionRow

from .texts import read_text, text_columns

_THREAD, _POST, _VERSION = columns_of(ThreadRow), columns_of(PostRow), columns_of(VersionRow)
_TITLES = (
    select(_THREAD.c.id, *text_columns(_VERSION))
    .join(_POST, _POST.c.digest == _THREAD.c.opening)
    .join(_VERSION, _VERSION.c.digest == _POST.c.current)
)
_HOMES = select(_THREAD.c.id, _THREAD.c.board)


def list_titles(work: Work, threads: Iterable[ThreadId]) -> dict[ThreadId, Text]:
    """Return the words that opened threads, their titles among them."""
    rows = work.run(_TITLES.where(_THREAD.c.id.in_(set(threads))))
    return {ThreadId(row.id): read_text(row) for row in rows}


def list_homes(work: Work, threads: Iterable[ThreadId]) -> dict[ThreadId, str]:
    """Return the boards (did:key) that threads stand on: of a moved one not that of its posts."""
    rows = work.run(_HOMES.where(_THREAD.c.id.in_(set(threads))))
    return {ThreadId(row.id): row.board for row in rows}

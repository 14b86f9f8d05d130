"""The columns that hold a text: of a version, and of a draft."""

from typing import Any, Final

from sqlalchemy import Case, Column, Row, Table, case

from app.forum.model import LINES, Text
from app.forum.tables import DraftRow

WORDS: Final = (*LINES, "text")
"""The columns that hold what somebody wrote: what an erasure empties."""


def text_columns(table: Table) -> list[Column[Any]]:
    """Return the columns of a table that hold a text, to be read with `read_text`."""
    return [table.c[name] for name in ("language", *WORDS)]


def read_text(row: Row[Any] | DraftRow) -> Text:
    """Return the text that a row holds."""
    lines = {name: getattr(row, name) for name in LINES}
    return Text(language=row.language, markdown=row.text, **lines)


def text_values(text: Text) -> dict[str, str | None]:
    """Return what the columns of a text hold."""
    return {"language": text.language, "text": text.markdown, **text.lines}


def no_words(table: Table) -> dict[str, Case[Any]]:
    """Return what the columns hold after an erasure: a post that had a title has an empty one."""
    return {name: case((table.c[name].is_not(None), "")) for name in WORDS}

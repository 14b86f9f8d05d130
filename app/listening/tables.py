"""Rows of what was heard and published. What is exact here is aggregates, and never leaves."""

from datetime import date

from sqlalchemy import ForeignKey, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables import UNORDERED, Base, Day


class ReleaseRow(Base):
    """A week's release, with its files as they were published."""

    __tablename__ = "listening_release"
    __table_args__ = (UNORDERED,)

    week: Mapped[date] = mapped_column(Day, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """Of the record that names the files."""
    figures: Mapped[str] = mapped_column(Text)
    table: Mapped[str] = mapped_column(Text)
    codebook: Mapped[str] = mapped_column(Text)
    page: Mapped[str] = mapped_column(Text)


class CellRow(Base):
    """What is shown of one statement or of all voters, until ten people changed in its counts."""

    __tablename__ = "listening_cell"
    __table_args__ = (UNORDERED,)

    conversation: Mapped[str] = mapped_column(ForeignKey("conversation.thread"), primary_key=True)
    cell: Mapped[str] = mapped_column(Text, primary_key=True)
    exact: Mapped[str] = mapped_column(Text)
    shown: Mapped[str] = mapped_column(Text)

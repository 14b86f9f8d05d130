"""Rows of what the worker saw when it last looked."""

from datetime import date

from sqlalchemy import Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables import UNORDERED, Base, CoarseInstant, Day
from app.kernel.clock import Instant


class HealthRow(Base):
    """What the worker saw when it last looked: a line of the health page."""

    __tablename__ = "health"
    __table_args__ = (UNORDERED,)

    what: Mapped[str] = mapped_column(Text, primary_key=True)
    about: Mapped[str] = mapped_column(Text, primary_key=True)
    """A partner's or a witness's name; empty where there is one of its kind."""
    state: Mapped[str] = mapped_column(Text)
    value: Mapped[int | None] = mapped_column(Integer)
    since: Mapped[date] = mapped_column(Day)
    """The day on which the state became what it is."""
    looked_at: Mapped[Instant] = mapped_column(CoarseInstant)

"""Rows of the site."""

from datetime import date

from sqlalchemy import Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables import UNORDERED, Base, Day


class InstanceCardRow(Base):
    """Cards that this instance signed about itself; the highest sequence is the current one."""

    __tablename__ = "instance_card"
    __table_args__ = UNORDERED

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    name: Mapped[str] = mapped_column(Text)
    log_origin: Mapped[str] = mapped_column(Text)
    onion: Mapped[str] = mapped_column(Text)
    day: Mapped[date] = mapped_column(Day)

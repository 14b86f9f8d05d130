"""Rows of the log."""

from sqlalchemy import Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables import FLAG, STRICT, UNORDERED, Base, Blob, CoarseInstant
from app.kernel.clock import Instant


class LaneRow(Base):
    """A lane and its tick."""

    __tablename__ = "tlog_lane"
    __table_args__ = (UNORDERED,)

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    tick_s: Mapped[int] = mapped_column(Integer)


class PendingRow(Base):
    """An entry that waits for its tick. Its id is the leaf's hash: no order of arrival is kept."""

    __tablename__ = "tlog_pending"
    __table_args__ = (UNORDERED,)

    leaf_hash: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    leaf: Mapped[bytes] = mapped_column(Blob)
    lane: Mapped[str] = mapped_column(Text, index=True)
    due_at: Mapped[Instant] = mapped_column(CoarseInstant)


class EntryRow(Base):
    """An integrated entry at its place."""

    __tablename__ = "tlog_entry"
    __table_args__ = (STRICT,)

    index: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    leaf_hash: Mapped[bytes] = mapped_column(Blob, unique=True)
    leaf: Mapped[bytes] = mapped_column(Blob)


class WitnessRow(Base):
    """A witness that this log asks, and the last checkpoint that it cosigned, as published."""

    __tablename__ = "tlog_witness"
    __table_args__ = (UNORDERED,)

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    cosigned: Mapped[bytes] = mapped_column(LargeBinary)


class StateRow(Base):
    """How far the log is. One row; none while nothing was ever shown or signed."""

    __tablename__ = "tlog_state"
    __table_args__ = (UNORDERED,)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    shown: Mapped[int] = mapped_column(Integer)
    beside: Mapped[int] = mapped_column(Integer, server_default="0")
    has_begun: Mapped[bool] = mapped_column(FLAG)


class AsideRow(Base):
    """The place of an entry whose effect failed; it is tried again at every start."""

    __tablename__ = "tlog_aside"
    __table_args__ = (UNORDERED,)

    index: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)

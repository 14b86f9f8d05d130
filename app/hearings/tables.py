"""Rows of officials, hearings, questions and commitments. All of it is public in the log."""

from datetime import date

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables import FLAG, UNORDERED, Base, Day


class AttesterRow(Base):
    """A key that officials' offices are believed from: a ministry's, or a university's."""

    __tablename__ = "attester"
    __table_args__ = (UNORDERED,)

    did: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    domain: Mapped[str] = mapped_column(Text)
    checked_on: Mapped[date] = mapped_column(Day)
    """When the operator last saw the key at the domain."""
    ended_on: Mapped[date | None] = mapped_column(Day)


class OfficeRow(Base):
    """An office that a ministry offered, and since when a university attests it."""

    __tablename__ = "office"
    __table_args__ = (Index("ix_office_root", "root"), UNORDERED)

    offer: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    record_id: Mapped[str] = mapped_column(Text, unique=True)
    root: Mapped[str] = mapped_column(Text)
    ministry: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    institution: Mapped[str] = mapped_column(Text)
    domain: Mapped[str] = mapped_column(Text)
    topics: Mapped[str] = mapped_column(Text)
    languages: Mapped[str] = mapped_column(Text)
    until: Mapped[date] = mapped_column(Day)
    accept: Mapped[bytes | None] = mapped_column(LargeBinary)
    university: Mapped[str | None] = mapped_column(Text)
    attested_by: Mapped[str | None] = mapped_column(Text)
    """The university's name as its record gives it."""
    ended_on: Mapped[date | None] = mapped_column(Day)
    ended_why: Mapped[str] = mapped_column(Text, server_default="")


class HearingRow(Base):
    """A thread's hearing, as its charter says and as records changed it since."""

    __tablename__ = "hearing"
    __table_args__ = (Index("ix_hearing_board", "board", "state"), UNORDERED)

    thread: Mapped[str] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    board: Mapped[str] = mapped_column(Text)
    record_id: Mapped[str] = mapped_column(Text, unique=True)
    official: Mapped[str] = mapped_column(Text)
    """The official's root."""
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    charter: Mapped[str] = mapped_column(Text)
    head: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(Text)
    bound_on: Mapped[date | None] = mapped_column(Day)
    seed: Mapped[str] = mapped_column(Text, server_default="")
    tallies: Mapped[str] = mapped_column(Text, server_default="")
    """The published table that the choice was made from."""
    verdicts: Mapped[str] = mapped_column(Text, server_default="")
    report: Mapped[str] = mapped_column(Text, server_default="")
    closed_on: Mapped[date | None] = mapped_column(Day)


class QuestionRow(Base):
    """A question of a hearing: where it stands, and since when it waits."""

    __tablename__ = "hearing_question"
    __table_args__ = (Index("ix_hearing_question_hearing", "hearing", "state"), UNORDERED)

    post: Mapped[bytes] = mapped_column(ForeignKey("post.digest"), primary_key=True)
    hearing: Mapped[str] = mapped_column(ForeignKey("hearing.thread"))
    state: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text, server_default="")
    why: Mapped[str] = mapped_column(Text, server_default="")
    appeals: Mapped[int] = mapped_column(Integer, server_default="0")
    is_appealed: Mapped[bool] = mapped_column(FLAG, server_default=false())
    decliner: Mapped[str] = mapped_column(Text, server_default="")
    asked_on: Mapped[date] = mapped_column(Day)
    chosen: Mapped[str] = mapped_column(Text, server_default="")
    """`vote` or `lot` once it is chosen."""
    waits_since: Mapped[date | None] = mapped_column(Day)
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    answered_on: Mapped[date | None] = mapped_column(Day)
    follow_up: Mapped[bytes | None] = mapped_column(LargeBinary)


class CommitmentRow(Base):
    """A promise, and what came of it so far."""

    __tablename__ = "commitment"
    __table_args__ = (Index("ix_commitment_due", "state", "due_on"), UNORDERED)

    post: Mapped[bytes] = mapped_column(ForeignKey("post.digest"), primary_key=True)
    record_id: Mapped[str] = mapped_column(Text, unique=True)
    board: Mapped[str] = mapped_column(Text)
    hearing: Mapped[str | None] = mapped_column(Text)
    """The thread of the hearing in which it was made; none where citizens filed a public one."""
    owner: Mapped[str] = mapped_column(Text)
    official: Mapped[str | None] = mapped_column(Text)
    """The owner's root, where it is an official here."""
    measure: Mapped[str] = mapped_column(Text)
    theme: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date] = mapped_column(Day)
    filed_on: Mapped[date] = mapped_column(Day)
    owned_on: Mapped[date | None] = mapped_column(Day)
    state: Mapped[str] = mapped_column(Text)
    head: Mapped[bytes] = mapped_column(LargeBinary)
    reminded: Mapped[int] = mapped_column(Integer, server_default="0")
    """How many of its reminders were sent."""

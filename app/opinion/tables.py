"""Rows of consultations, votes and ratings. None joins a vote or a rating to a persona."""

from datetime import date

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables import FLAG, UNORDERED, Base, Day


class ConversationRow(Base):
    """A thread's consultation as opened, and as records changed it since."""

    __tablename__ = "conversation"
    __table_args__ = (Index("ix_conversation_board", "board", "state"), UNORDERED)

    thread: Mapped[str] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    board: Mapped[str] = mapped_column(Text)
    record_id: Mapped[str] = mapped_column(Text, unique=True)
    question: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    results: Mapped[str] = mapped_column(Text)
    asks_side: Mapped[bool] = mapped_column(FLAG)
    state: Mapped[str] = mapped_column(Text)
    opened_on: Mapped[date] = mapped_column(Day)
    until: Mapped[date | None] = mapped_column(Day)
    ballot_keys: Mapped[str] = mapped_column(Text)
    head: Mapped[bytes] = mapped_column(LargeBinary)


class StatementRow(Base):
    """A post that is voted on; `number` comes when readers see it."""

    __tablename__ = "statement"
    __table_args__ = (
        Index("ix_statement_number", "conversation", "number", unique=True),
        UNORDERED,
    )

    post: Mapped[bytes] = mapped_column(ForeignKey("post.digest"), primary_key=True)
    conversation: Mapped[str] = mapped_column(ForeignKey("conversation.thread"))
    number: Mapped[int | None] = mapped_column(Integer)
    is_seed: Mapped[bool] = mapped_column(FLAG)
    merged_into: Mapped[int | None] = mapped_column(Integer)
    priority: Mapped[int] = mapped_column(Integer, server_default="1000")
    is_left_out: Mapped[bool] = mapped_column(FLAG, server_default=false())


class SheetRow(Base):
    """The votes of one ballot in one consultation, two bytes each, and its noised answers."""

    __tablename__ = "sheet"
    __table_args__ = (UNORDERED,)

    conversation: Mapped[str] = mapped_column(ForeignKey("conversation.thread"), primary_key=True)
    ballot: Mapped[str] = mapped_column(Text, primary_key=True)
    votes: Mapped[bytes] = mapped_column(LargeBinary)
    side: Mapped[str | None] = mapped_column(Text)
    about: Mapped[str | None] = mapped_column(Text)
    """Answers about oneself behind coins, a digit each (ADR-0051)."""


class RoundRow(Base):
    """The days on which voters of a closed consultation are asked again."""

    __tablename__ = "second_round"
    __table_args__ = (UNORDERED,)

    conversation: Mapped[str] = mapped_column(ForeignKey("conversation.thread"), primary_key=True)
    opens_on: Mapped[date] = mapped_column(Day)
    ends_on: Mapped[date] = mapped_column(Day)


class SecondSheetRow(Base):
    """What a ballot said when it was asked again; its first votes stand where they stood."""

    __tablename__ = "second_sheet"
    __table_args__ = (UNORDERED,)

    conversation: Mapped[str] = mapped_column(ForeignKey("conversation.thread"), primary_key=True)
    ballot: Mapped[str] = mapped_column(Text, primary_key=True)
    votes: Mapped[bytes] = mapped_column(LargeBinary)


class AnalysisDueRow(Base):
    """A consultation in which somebody voted since it was analysed."""

    __tablename__ = "analysis_due"
    __table_args__ = (UNORDERED,)

    conversation: Mapped[str] = mapped_column(ForeignKey("conversation.thread"), primary_key=True)
    is_begun: Mapped[bool] = mapped_column(FLAG)
    """Whether the worker reads the votes as they are, and nobody voted since."""


class AnalysisRow(Base):
    """What the worker made of the votes: JSON for pages, the map, and what places one voter."""

    __tablename__ = "analysis"
    __table_args__ = (UNORDERED,)

    conversation: Mapped[str] = mapped_column(ForeignKey("conversation.thread"), primary_key=True)
    made_on: Mapped[date] = mapped_column(Day)
    people: Mapped[int] = mapped_column(Integer)
    report: Mapped[str] = mapped_column(Text)
    plane: Mapped[bytes] = mapped_column(LargeBinary)
    picture: Mapped[bytes] = mapped_column(LargeBinary)


class ReleaseRow(Base):
    """A table of results that was published; `digest` is that of the record which names it."""

    __tablename__ = "opinion_release"
    __table_args__ = (UNORDERED,)

    conversation: Mapped[str] = mapped_column(ForeignKey("conversation.thread"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    table: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    people: Mapped[int] = mapped_column(Integer)
    figures: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of the figures that it was made of: the same are never published twice."""


class RatingRow(Base):
    """What a reader said of a post: whether it helps. `mark` stands for the reader on one board."""

    __tablename__ = "rating"
    __table_args__ = (Index("ix_rating_board", "board", "post"), UNORDERED)

    post: Mapped[bytes] = mapped_column(ForeignKey("post.digest"), primary_key=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    board: Mapped[str] = mapped_column(Text)
    helps: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text, server_default="")


class RatingsCountRow(Base):
    """How many posts somebody rated in a week, so that nobody decides alone; gone after it."""

    __tablename__ = "ratings_count"
    __table_args__ = (UNORDERED,)

    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    week: Mapped[date] = mapped_column(Day, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class StandingRow(Base):
    """What ratings made of a readers' context note, and of each time before."""

    __tablename__ = "standing"
    __table_args__ = (UNORDERED,)

    post: Mapped[bytes] = mapped_column(ForeignKey("post.digest"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    day: Mapped[date] = mapped_column(Day)


class PanelDutyRow(Base):
    """What somebody was drawn for in a week, by their mark; whether they voted stands nowhere."""

    __tablename__ = "panel_duty"
    __table_args__ = (UNORDERED,)

    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    week: Mapped[date] = mapped_column(Day, primary_key=True)
    conversation: Mapped[str] = mapped_column(ForeignKey("conversation.thread"), primary_key=True)


class MachineTranslationRow(Base):
    """A version of a post in another language, by a program on the instance's own host."""

    __tablename__ = "machine_translation"
    __table_args__ = (UNORDERED,)

    version: Mapped[bytes] = mapped_column(ForeignKey("version.digest"), primary_key=True)
    language: Mapped[str] = mapped_column(Text, primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    made_on: Mapped[date] = mapped_column(Day)

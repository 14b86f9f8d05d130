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
    university_name: Mapped[str | None] = mapped_column(Text)
    """As its record gives it."""
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
    lot: Mapped[bytes | None] = mapped_column(LargeBinary)
    """SHA-256 of the host's part in the lot, which the choice tells."""
    drawn: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The digest of the record by which the official let the lot be drawn."""
    seed: Mapped[str] = mapped_column(Text, server_default="")
    tallies: Mapped[str] = mapped_column(Text, server_default="")
    """The published table that the choice was made from."""
    verdicts: Mapped[str] = mapped_column(Text, server_default="")
    report: Mapped[str] = mapped_column(Text, server_default="")
    asked_again: Mapped[str] = mapped_column(Text, server_default="")
    """What the newest release tells of voters who were asked again: JSON."""
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


class CommitmentChangeRow(Base):
    """A change of a commitment's status, and what it rests on."""

    __tablename__ = "commitment_change"
    __table_args__ = (UNORDERED,)

    post: Mapped[bytes] = mapped_column(ForeignKey("commitment.post"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    record: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    state: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    day: Mapped[date] = mapped_column(Day)
    by: Mapped[str] = mapped_column(Text)
    """The official's root; empty for the host."""


class CommitmentEvidenceRow(Base):
    """What somebody put beside a commitment: a post of theirs, with a link."""

    __tablename__ = "commitment_evidence"
    __table_args__ = (Index("ix_commitment_evidence_commitment", "commitment"), UNORDERED)

    post: Mapped[bytes] = mapped_column(ForeignKey("post.digest"), primary_key=True)
    commitment: Mapped[bytes] = mapped_column(ForeignKey("commitment.post"))
    link: Mapped[str] = mapped_column(Text)
    """Empty once its post was erased."""
    shows: Mapped[str] = mapped_column(Text)


class AnswerRow(Base):
    """What an official said to a question, and what readers are told of its ratings."""

    __tablename__ = "hearing_answer"
    __table_args__ = (Index("ix_hearing_answer_question", "question"), UNORDERED)

    post: Mapped[bytes] = mapped_column(ForeignKey("post.digest"), primary_key=True)
    question: Mapped[bytes] = mapped_column(ForeignKey("hearing_question.post"))
    is_second: Mapped[bool] = mapped_column(FLAG)
    speaks_as: Mapped[str] = mapped_column(Text)
    says: Mapped[str] = mapped_column(Text)
    is_spoken: Mapped[bool] = mapped_column(FLAG)
    share: Mapped[int] = mapped_column(Integer)
    people: Mapped[int] = mapped_column(Integer, server_default="0")
    told: Mapped[str] = mapped_column(Text, server_default="")


class AnswerRatingRow(Base):
    """How far an answer answers, as one person says. `mark` is another one for each answer."""

    __tablename__ = "answer_rating"
    __table_args__ = (UNORDERED,)

    post: Mapped[bytes] = mapped_column(ForeignKey("post.digest"), primary_key=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    said: Mapped[str] = mapped_column(Text)


class AnswerDraftRow(Base):
    """Words before they are signed, sealed under a key outside the database."""

    __tablename__ = "answer_draft"
    __table_args__ = (UNORDERED,)

    asked: Mapped[bytes] = mapped_column(ForeignKey("post.digest"), primary_key=True)
    """The question or the follow-up that it is to answer."""
    box: Mapped[bytes] = mapped_column(LargeBinary)
    day: Mapped[date] = mapped_column(Day)


class StaffRow(Base):
    """Somebody who may write drafts of a hearing: a mark, and who it is, sealed."""

    __tablename__ = "hearing_staff"
    __table_args__ = (UNORDERED,)

    hearing: Mapped[str] = mapped_column(ForeignKey("hearing.thread"), primary_key=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    box: Mapped[bytes] = mapped_column(LargeBinary)


class CommitmentRow(Base):
    """A promise, and what came of it so far."""

    __tablename__ = "commitment"
    __table_args__ = (
        Index("ix_commitment_due", "due_on"),
        Index("ix_commitment_official", "official"),
        Index("ix_commitment_filer", "filer"),
        UNORDERED,
    )

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
    filer: Mapped[str] = mapped_column(Text)
    """The hand of whoever filed it."""
    owned_on: Mapped[date | None] = mapped_column(Day)
    state: Mapped[str] = mapped_column(Text)
    changed_on: Mapped[date | None] = mapped_column(Day)
    head: Mapped[bytes] = mapped_column(LargeBinary)


class PauseRow(Base):
    """A time of shutdown mode at a home: its officials' clocks stand still."""

    __tablename__ = "shutdown"
    __table_args__ = (UNORDERED,)

    home: Mapped[str] = mapped_column(Text, primary_key=True)
    """The instance's did:key: this one's, or a partner's."""
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    begun_on: Mapped[date] = mapped_column(Day)
    ended_on: Mapped[date | None] = mapped_column(Day)
    head: Mapped[bytes] = mapped_column(LargeBinary)
    """The record that changed it last."""

"""Rows of moderation. None of them joins a reporter, or whoever holds a desk, to a persona."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables import FLAG, UNORDERED, Base, CoarseInstant, Day, TextList, part
from app.kernel.clock import Instant


class DeskRow(Base):
    """A key that moderates for a term. `person` is a mark; `box` is empty where nobody logs in."""

    __tablename__ = "desk"
    __table_args__ = (UNORDERED,)

    did: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, unique=True)
    role: Mapped[str] = mapped_column(Text)
    boards: Mapped[list[str]] = mapped_column(TextList)
    person: Mapped[bytes] = mapped_column(LargeBinary)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    box: Mapped[bytes] = mapped_column(LargeBinary)
    is_begun: Mapped[bool] = mapped_column(FLAG)
    ends_on: Mapped[date] = mapped_column(Day)


class DeskSessionRow(Base):
    """A browser that works at a desk: a hash of its cookie, the key under the cookie's secret."""

    __tablename__ = "desk_session"
    __table_args__ = (UNORDERED,)

    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    desk: Mapped[str] = mapped_column(ForeignKey("desk.did"), index=True)
    box: Mapped[bytes] = mapped_column(LargeBinary)
    began_at: Mapped[Instant] = mapped_column(CoarseInstant)
    idle_until: Mapped[Instant] = mapped_column(CoarseInstant)
    ends_at: Mapped[Instant] = mapped_column(CoarseInstant)


class CaseRow(Base):
    """All reports on one subject until it is decided; a subject has one open case at most."""

    __tablename__ = "moderation_case"
    __table_args__ = (
        Index("ix_case_queue", "state", "rank", "opened_at", "id"),
        part("ix_case_open", "subject_kind", "subject", where="state = 'open'", is_unique=True),
        Index("ix_case_subject", "subject_kind", "subject"),
        UNORDERED,
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    board: Mapped[str] = mapped_column(Text)
    version: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(Text)
    is_dangerous: Mapped[bool] = mapped_column(FLAG)
    weight: Mapped[int] = mapped_column(Integer)
    report_count: Mapped[int] = mapped_column(Integer)
    rank: Mapped[int] = mapped_column(Integer)
    opened_at: Mapped[Instant] = mapped_column(CoarseInstant)
    decision: Mapped[bytes | None] = mapped_column(LargeBinary)
    memo: Mapped[str] = mapped_column(Text)


class ReportRow(Base):
    """A reader's claim; `mark` is the reporter's, or that of a legal notice's four words."""

    __tablename__ = "report"
    __table_args__ = (
        Index("ix_report_mark", "mark"),
        Index("ix_report_latest", "reported_at"),
        UNORDERED,
    )

    case: Mapped[str] = mapped_column(ForeignKey("moderation_case.id"), primary_key=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    rule: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    is_notice: Mapped[bool] = mapped_column(FLAG)
    reported_at: Mapped[Instant] = mapped_column(CoarseInstant)


class ClusterRow(Base):
    """A group of reporters in numbers; JSON by the ids of cases and by kinds of evidence."""

    __tablename__ = "cluster"
    __table_args__ = (UNORDERED,)

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    cases: Mapped[str] = mapped_column(Text)
    latest: Mapped[str] = mapped_column(Text)
    reporters: Mapped[int] = mapped_column(Integer)
    evidence: Mapped[str] = mapped_column(Text)


class LeaseRow(Base):
    """A case in a desk's hands: one desk a case, and one case a desk."""

    __tablename__ = "case_lease"
    __table_args__ = (UNORDERED,)

    case: Mapped[str] = mapped_column(ForeignKey("moderation_case.id"), primary_key=True)
    desk: Mapped[str] = mapped_column(ForeignKey("desk.did"), unique=True)
    ends_at: Mapped[Instant] = mapped_column(CoarseInstant)


class SkippedRow(Base):
    """A case that a desk does not want to be given again."""

    __tablename__ = "case_skipped"
    __table_args__ = (UNORDERED,)

    case: Mapped[str] = mapped_column(ForeignKey("moderation_case.id"), primary_key=True)
    desk: Mapped[str] = mapped_column(ForeignKey("desk.did"), primary_key=True)


class ActionRow(Base):
    """What the record of an action did; the reasons stand in the record.

    `words` are those of its facts and its law, folded, to be found by.
    """

    __tablename__ = "action"
    __table_args__ = (
        Index("ix_action_subject", "subject_kind", "subject"),
        Index("ix_action_desk", "desk", "taken_at"),
        Index("ix_action_latest", "taken_at", "digest"),
        part("ix_action_until", "until", where="until IS NOT NULL AND undoing IS NULL"),
        UNORDERED,
    )

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    record_id: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    board: Mapped[str] = mapped_column(Text)
    desk: Mapped[str] = mapped_column(Text)
    second: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    day: Mapped[date] = mapped_column(Day)
    until: Mapped[date | None] = mapped_column(Day)
    taken_at: Mapped[Instant] = mapped_column(CoarseInstant)
    undoing: Mapped[bytes | None] = mapped_column(LargeBinary)
    binds: Mapped[bool] = mapped_column(FLAG, server_default=true())
    """Whether it does anything here: not what another host's law took there, or its advice."""


class ProposalRow(Base):
    """An action that waits for a desk of another person."""

    __tablename__ = "proposal"
    __table_args__ = (UNORDERED,)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    case: Mapped[str | None] = mapped_column(ForeignKey("moderation_case.id"))
    members: Mapped[str] = mapped_column(Text)
    desk: Mapped[str] = mapped_column(ForeignKey("desk.did"))
    ends_at: Mapped[Instant] = mapped_column(CoarseInstant)


class AppealRow(Base):
    """An appeal against one action, and who answered it: never who acted."""

    __tablename__ = "appeal"
    __table_args__ = (
        CheckConstraint(
            "decider IS NULL OR (decider <> actor AND decider <> second)", name="other_person"
        ),
        UNORDERED,
    )

    action: Mapped[bytes] = mapped_column(ForeignKey("action.digest"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    actor: Mapped[bytes] = mapped_column(LargeBinary)
    second: Mapped[bytes] = mapped_column(LargeBinary)
    decider: Mapped[bytes | None] = mapped_column(LargeBinary)
    opened_at: Mapped[Instant] = mapped_column(CoarseInstant)
    due_at: Mapped[Instant] = mapped_column(CoarseInstant)
    outcome: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)


class SealedCopyRow(Base):
    """An erased text that an open case still needs, sealed to the host's legal contact."""

    __tablename__ = "sealed_copy"
    __table_args__ = (UNORDERED,)

    post: Mapped[bytes] = mapped_column(ForeignKey("post.digest"), primary_key=True)
    case: Mapped[str | None] = mapped_column(ForeignKey("moderation_case.id"))
    box: Mapped[bytes] = mapped_column(LargeBinary)
    ends_on: Mapped[date] = mapped_column(Day)


class ExposureRow(Base):
    """How many cases of danger a desk has read on a day: after too many a break is offered."""

    __tablename__ = "desk_exposure"
    __table_args__ = (UNORDERED,)

    desk: Mapped[str] = mapped_column(ForeignKey("desk.did"), primary_key=True)
    day: Mapped[date] = mapped_column(Day, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class SponsorRow(Base):
    """Who pays for something here: a mark, so that no desk is ever opened for the same persona."""

    __tablename__ = "sponsor"
    __table_args__ = (UNORDERED,)

    person: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    name: Mapped[str] = mapped_column(Text)


class SponsorDomainRow(Base):
    """Where who pays for something here is at home: nobody with an office there moderates."""

    __tablename__ = "sponsor_domain"
    __table_args__ = (UNORDERED,)

    domain: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)


class ToldRow(Base):
    """An action that a persona is told of until it says that it read of it."""

    __tablename__ = "action_told"
    __table_args__ = (UNORDERED,)

    root: Mapped[str] = mapped_column(ForeignKey("persona.root"), primary_key=True)
    action: Mapped[bytes] = mapped_column(ForeignKey("action.digest"), primary_key=True)

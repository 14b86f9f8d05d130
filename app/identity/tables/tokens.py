"""Rows of blind tokens: issuers, how many were given, and what came of those that were used."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables import FLAG, UNORDERED, Base


class InvitationCohortRow(Base):
    """A month's invitations: its public key, and while it lasts the private one, sealed."""

    __tablename__ = "invitation_cohort"
    __table_args__ = (UNORDERED,)

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary)
    box: Mapped[bytes | None] = mapped_column(LargeBinary)
    is_frozen: Mapped[bool] = mapped_column(FLAG)


class InvitationsGivenRow(Base):
    """How many of this month's invitations a persona gives: not which, and not to whom."""

    __tablename__ = "invitations_given"
    __table_args__ = (UNORDERED,)

    root: Mapped[str] = mapped_column(ForeignKey("persona.root"), primary_key=True)
    cohort: Mapped[str] = mapped_column(ForeignKey("invitation_cohort.name"), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class InvitationBoxRow(Base):
    """An invitation that is told in words: sealed under them, found by what follows from them."""

    __tablename__ = "invitation_box"
    __table_args__ = (UNORDERED,)

    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    cohort: Mapped[str] = mapped_column(ForeignKey("invitation_cohort.name"))
    box: Mapped[bytes] = mapped_column(LargeBinary)


class SpentInvitationRow(Base):
    """An invitation with which somebody came, by its hash."""

    __tablename__ = "spent_invitation"
    __table_args__ = (UNORDERED,)

    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    cohort: Mapped[str] = mapped_column(ForeignKey("invitation_cohort.name"))


class ThreadNameCohortRow(Base):
    """A month's issuer of names for one thread, as a month of invitations has one."""

    __tablename__ = "thread_name_cohort"
    __table_args__ = (UNORDERED,)

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary)
    box: Mapped[bytes | None] = mapped_column(LargeBinary)


class ThreadNamesTakenRow(Base):
    """How many names for one thread a persona took this month: not which, and not where."""

    __tablename__ = "thread_names_taken"
    __table_args__ = (UNORDERED,)

    root: Mapped[str] = mapped_column(ForeignKey("persona.root"), primary_key=True)
    cohort: Mapped[str] = mapped_column(ForeignKey("thread_name_cohort.name"), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class ThreadNameRow(Base):
    """A key without a card that some persona answers for, and the one thread it may post in."""

    __tablename__ = "thread_name"
    __table_args__ = (UNORDERED,)

    did: Mapped[str] = mapped_column(ForeignKey("posting_key.did"), primary_key=True)
    thread: Mapped[str] = mapped_column(Text)


class InvitedRow(Base):
    """A persona that was invited, and the month of its invitation."""

    __tablename__ = "invited"
    __table_args__ = (UNORDERED,)

    root: Mapped[str] = mapped_column(ForeignKey("persona.root"), primary_key=True)
    cohort: Mapped[str] = mapped_column(ForeignKey("invitation_cohort.name"))


class BallotIssuerRow(Base):
    """Who gives a conversation's ballots of one kind; the private key until they are closed."""

    __tablename__ = "ballot_issuer"
    __table_args__ = (UNORDERED,)

    conversation: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary)
    box: Mapped[bytes | None] = mapped_column(LargeBinary)


class BallotGivenRow(Base):
    """That a persona was given its ballot of a conversation: a mark, and what was signed for it.

    Both are HMACs under a key that is not in the database. They go when ballots are closed.
    """

    __tablename__ = "ballot_given"
    __table_args__ = (UNORDERED,)

    conversation: Mapped[str] = mapped_column(Text, primary_key=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    request: Mapped[bytes] = mapped_column(LargeBinary)


class BallotRow(Base):
    """A name under which somebody votes in a conversation. Nothing here tells whose it is."""

    __tablename__ = "ballot"
    __table_args__ = (
        ForeignKeyConstraint(
            ["conversation", "kind"], ["ballot_issuer.conversation", "ballot_issuer.kind"]
        ),
        UNORDERED,
    )

    conversation: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)

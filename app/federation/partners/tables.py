"""Rows of partners, of what was granted, and of replicas."""

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables import FLAG, UNORDERED, Base, CoarseInstant, Day
from app.kernel.clock import Instant

_BYTES = BigInteger().with_variant(Integer(), "sqlite")


class PartnerRow(Base):
    """An instance that the operator met: by its key; where it is and what its log is may change."""

    __tablename__ = "partner"
    __table_args__ = (UNORDERED,)

    did: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    """As this host calls it: a short name of small letters."""
    url: Mapped[str] = mapped_column(Text)
    log_origin: Mapped[str] = mapped_column(Text, unique=True)
    log_key: Mapped[str] = mapped_column(Text)
    witness_key: Mapped[str] = mapped_column(Text)
    met_on: Mapped[date] = mapped_column(Day)
    state: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text, server_default="")
    """Why it is frozen or ended."""
    follows_rules: Mapped[bool] = mapped_column(FLAG, server_default=true())
    """Whether what its desks hide by the rules is hidden here too."""
    most_entries: Mapped[int] = mapped_column(Integer, server_default="200000")
    """How much it may bring in a day."""
    most_bytes: Mapped[int] = mapped_column(_BYTES, server_default="21474836480")
    """How much of its files is copied here in all."""


class GrantRow(Base):
    """Rights over one board that an instance offered another."""

    __tablename__ = "partner_grant"
    __table_args__ = (Index("ix_partner_grant_board", "board"), UNORDERED)

    offer: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    board: Mapped[str] = mapped_column(Text, primary_key=True)
    giver: Mapped[str] = mapped_column(Text)
    taker: Mapped[str] = mapped_column(Text)
    record_id: Mapped[str] = mapped_column(Text)
    rights: Mapped[str] = mapped_column(Text)
    until: Mapped[date] = mapped_column(Day)
    accepted_on: Mapped[date | None] = mapped_column(Day)
    ended_on: Mapped[date | None] = mapped_column(Day)


class ErasureAskedRow(Base):
    """An author's erasure that a partner is to follow, and whether it has said that it did."""

    __tablename__ = "erasure_asked"
    __table_args__ = (Index("ix_erasure_asked_post", "post"), UNORDERED)

    erasure: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    """The digest of the record that erases."""
    partner: Mapped[str] = mapped_column(ForeignKey("partner.did"), primary_key=True)
    post: Mapped[bytes] = mapped_column(LargeBinary)
    due_at: Mapped[Instant] = mapped_column(CoarseInstant)
    confirmed_on: Mapped[date | None] = mapped_column(Day)


class ErasureOwedRow(Base):
    """An erasure in a partner's log that was followed here, and is still to be said."""

    __tablename__ = "erasure_owed"
    __table_args__ = (UNORDERED,)

    erasure: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    home: Mapped[str] = mapped_column(ForeignKey("partner.did"))


class ReplicaRow(Base):
    """How far a partner's log was replayed here."""

    __tablename__ = "replica"
    __table_args__ = (UNORDERED,)

    partner: Mapped[str] = mapped_column(ForeignKey("partner.did"), primary_key=True)
    size: Mapped[int] = mapped_column(Integer)
    """Entries of its log that were replayed, or set aside."""
    boards: Mapped[str] = mapped_column(Text, server_default="")
    """Which boards could be read then, as one text: when others can be, all is read again."""
    heard_at: Mapped[Instant | None] = mapped_column(CoarseInstant)
    """When the copy was last brought up to date."""
    tried_at: Mapped[Instant | None] = mapped_column(CoarseInstant)
    trouble: Mapped[str] = mapped_column(Text, server_default="")
    """Why the last try brought nothing."""
    doubted_at: Mapped[Instant | None] = mapped_column(CoarseInstant)
    """Since when what it hands out does not verify; none once all of it did."""
    counted_on: Mapped[date | None] = mapped_column(Day)
    entries: Mapped[int] = mapped_column(Integer, server_default="0")
    """What it brought on that day: entries of its log, and what it handed over."""
    copied_bytes: Mapped[int] = mapped_column(_BYTES, server_default="0")
    """What was copied of its files so far."""


class SetAsideRow(Base):
    """An entry of a partner's log that was not replayed: refused, or not granted."""

    __tablename__ = "set_aside"
    __table_args__ = (UNORDERED,)

    partner: Mapped[str] = mapped_column(ForeignKey("partner.did"), primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str] = mapped_column(Text)
    tries: Mapped[int] = mapped_column(Integer)


class CarriedRow(Base):
    """A record for a partner's board that was handed in here, until its home's log shows it."""

    __tablename__ = "carried"
    __table_args__ = (UNORDERED,)

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    partner: Mapped[str] = mapped_column(ForeignKey("partner.did"))
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    author: Mapped[str] = mapped_column(Text)
    day: Mapped[date] = mapped_column(Day)
    receipt: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The home's, once it has taken the record in."""
    refusal: Mapped[str] = mapped_column(Text, server_default="")
    tries: Mapped[int] = mapped_column(Integer, server_default="0")


class FlagRow(Base):
    """What an instance says that another was caught at.

    Without a signer it is ours, and waits for the record that says it.
    """

    __tablename__ = "partner_flag"
    __table_args__ = (UNORDERED,)

    signer: Mapped[str] = mapped_column(Text, primary_key=True)
    about: Mapped[str] = mapped_column(Text, primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    evidence: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    day: Mapped[date] = mapped_column(Day)


class MovedRow(Base):
    """A board that was taken over: what of its former home's log still counts."""

    __tablename__ = "moved_board"
    __table_args__ = (UNORDERED,)

    board: Mapped[str] = mapped_column(Text, primary_key=True)
    former: Mapped[str] = mapped_column(Text, primary_key=True)
    origin: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    root_hash: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """Of the record that moved it."""

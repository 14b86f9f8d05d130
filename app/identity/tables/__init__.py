"""Rows of identity. No column can hold an address, e-mail or legal name (a test walks them)."""

from datetime import date

from sqlalchemy import ForeignKey, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables import UNORDERED, Base, CoarseInstant, Day
from app.kernel.clock import Instant


class PersonaRow(Base):
    """A persona by its current card."""

    __tablename__ = "persona"
    __table_args__ = (UNORDERED,)

    root: Mapped[str] = mapped_column(Text, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(Text, index=True)
    name: Mapped[str] = mapped_column(Text)
    name_folded: Mapped[str] = mapped_column(Text, index=True)
    sequence: Mapped[int] = mapped_column(Integer)
    card_digest: Mapped[bytes] = mapped_column(LargeBinary)


class PostingKeyRow(Base):
    """A posting key that was seen here, with its persona if a card lists it."""

    __tablename__ = "posting_key"
    __table_args__ = (UNORDERED,)

    did: Mapped[str] = mapped_column(Text, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(Text, index=True)
    root: Mapped[str | None] = mapped_column(ForeignKey("persona.root"), index=True)
    custody: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)


class StewardRow(Base):
    """A persona that looks after this instance's boards."""

    __tablename__ = "steward"
    __table_args__ = (UNORDERED,)

    root: Mapped[str] = mapped_column(ForeignKey("persona.root"), primary_key=True)


class OfficeholderRow(Base):
    """A persona whose office two keys attest, and the first day on which it no longer holds."""

    __tablename__ = "officeholder"
    __table_args__ = (UNORDERED,)

    root: Mapped[str] = mapped_column(Text, primary_key=True)
    until: Mapped[date] = mapped_column(Day)


class LimitRow(Base):
    """A persona that a desk lets read only, until a day or until it is undone."""

    __tablename__ = "persona_limit"
    __table_args__ = (UNORDERED,)

    root: Mapped[str] = mapped_column(ForeignKey("persona.root"), primary_key=True)
    act: Mapped[bytes] = mapped_column(LargeBinary)
    until: Mapped[date | None] = mapped_column(Day)


class LoginRow(Base):
    """A posting key sealed under a passphrase: what logging in without scripts opens."""

    __tablename__ = "login"
    __table_args__ = (UNORDERED,)

    name_folded: Mapped[str] = mapped_column(Text, primary_key=True)
    root: Mapped[str] = mapped_column(ForeignKey("persona.root"), unique=True)
    did: Mapped[str] = mapped_column(Text)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    box: Mapped[bytes] = mapped_column(LargeBinary)


class LoginSessionRow(Base):
    """A browser's proof of being a persona. Only a hash of its cookie is kept.

    `box` is the posting key under a secret that only the cookie holds; null for device keys.
    """

    __tablename__ = "login_session"
    __table_args__ = (UNORDERED,)

    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    root: Mapped[str] = mapped_column(ForeignKey("persona.root"), index=True)
    did: Mapped[str] = mapped_column(Text)
    box: Mapped[bytes | None] = mapped_column(LargeBinary)
    idle_until: Mapped[Instant] = mapped_column(CoarseInstant)
    ends_at: Mapped[Instant] = mapped_column(CoarseInstant)

"""Rows of the door."""

from sqlalchemy import ForeignKey, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables import FLAG, UNORDERED, Base, CoarseInstant, part
from app.kernel.clock import Instant


class RecordRow(Base):
    """The signed bytes of a record. Erased or withheld, `raw` is null: the digest stays."""

    __tablename__ = "record"
    __table_args__ = (part("ix_record_erased", "digest", where="raw IS NULL"), UNORDERED)

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    id: Mapped[str] = mapped_column(Text, unique=True)
    type: Mapped[str] = mapped_column(Text)
    signer: Mapped[str] = mapped_column(Text, index=True)
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    include_by: Mapped[Instant] = mapped_column(CoarseInstant)
    is_public: Mapped[bool] = mapped_column(FLAG)
    home: Mapped[str | None] = mapped_column(Text)
    """The instance whose log proves it, where that is not this one (ADR-0052)."""


class WithheldRow(Base):
    """The signed bytes of a record that a desk hid: nobody reads them here, they can come back.

    Once they are back in their record, the row stays until they are published as a file again.
    """

    __tablename__ = "withheld"
    __table_args__ = (UNORDERED,)

    digest: Mapped[bytes] = mapped_column(ForeignKey("record.digest"), primary_key=True)
    raw: Mapped[bytes] = mapped_column(LargeBinary)

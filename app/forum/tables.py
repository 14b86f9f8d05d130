"""Rows of the forum."""

from datetime import date

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables import FLAG, UNORDERED, Base, Day, TextList, TextMap, part

_SHOWN = "log_index IS NOT NULL"


class BoardRow(Base):
    """A board as founded, and as its settings changed it since."""

    __tablename__ = "board"
    __table_args__ = UNORDERED

    did: Mapped[str] = mapped_column(Text, primary_key=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    fingerprint: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[dict[str, str]] = mapped_column(TextMap)
    purpose: Mapped[dict[str, str]] = mapped_column(TextMap)
    rules: Mapped[dict[str, str]] = mapped_column(TextMap)
    tick_s: Mapped[int] = mapped_column(Integer)
    openers: Mapped[str] = mapped_column(Text)
    founded_on: Mapped[date] = mapped_column(Day)
    thread_count: Mapped[int] = mapped_column(Integer)
    home: Mapped[str] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(TextList, server_default="[]")
    is_archived: Mapped[bool] = mapped_column(FLAG, server_default=false())
    head: Mapped[bytes | None] = mapped_column(LargeBinary)
    filters: Mapped[list[str]] = mapped_column(TextList, server_default="[]")
    holds_first: Mapped[bool] = mapped_column(FLAG, server_default=false())
    delay_s: Mapped[int] = mapped_column(Integer, server_default="0")


class ThreadRow(Base):
    """A thread. Counts and the log place of its latest post are kept for the lists.

    `state` and `head` are the stewards'; `act`, `slow_act` and `move_act` are the digests of the
    records by which desks locked, slowed and moved it.
    """

    __tablename__ = "thread"
    __table_args__ = (
        Index("ix_thread_board_latest", "board", "is_public", "is_pinned", "last_index"),
        Index("ix_thread_latest", "is_public", "last_index"),
        Index("ix_thread_board_opened", "board", "is_public", "first_index"),
        part("ix_thread_moved", "board", where="move_act IS NOT NULL"),
        part("ix_thread_unanswered", "board", "is_public", "last_index", where="post_count = 1"),
        UNORDERED,
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    board: Mapped[str] = mapped_column(ForeignKey("board.did"))
    opening: Mapped[bytes] = mapped_column(LargeBinary)
    is_public: Mapped[bool] = mapped_column(FLAG)
    post_count: Mapped[int] = mapped_column(Integer)
    next_number: Mapped[int] = mapped_column(Integer)
    first_index: Mapped[int] = mapped_column(Integer)
    last_index: Mapped[int] = mapped_column(Integer)
    started_on: Mapped[date] = mapped_column(Day)
    last_day: Mapped[date] = mapped_column(Day)
    tags: Mapped[list[str]] = mapped_column(TextList, server_default="[]")
    is_pinned: Mapped[bool] = mapped_column(FLAG, server_default=false())
    state: Mapped[str] = mapped_column(Text, server_default="open")
    head: Mapped[bytes | None] = mapped_column(LargeBinary)
    act: Mapped[bytes | None] = mapped_column(LargeBinary)
    slow_act: Mapped[bytes | None] = mapped_column(LargeBinary)
    move_act: Mapped[bytes | None] = mapped_column(LargeBinary)
    delay_s: Mapped[int] = mapped_column(Integer, server_default="0")


class PostRow(Base):
    """A post: its place and its author; the words stand in its versions.

    `act` is the digest of the record by which a desk hid or erased it. `is_held` says of a first
    post that it waits for a desk and for nothing else, `is_beside` of a context that it stands
    under the post that it is about.
    """

    __tablename__ = "post"
    __table_args__ = (
        Index("ix_post_place", "thread", "number", unique=True),
        Index("ix_post_author_latest", "author", "erased_on", "log_index"),
        part("ix_post_index", "log_index", where=_SHOWN),
        part("ix_post_board_latest", "board", "log_index", where=_SHOWN),
        part("ix_post_unreviewed", "board", where="is_unreviewed AND log_index IS NULL"),
        part("ix_post_kind", "parent", "kind", where="kind <> ''"),
        part("ix_post_thread_author", "thread", "author", "log_index", where=_SHOWN),
        UNORDERED,
    )

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    record_id: Mapped[str] = mapped_column(Text, unique=True)
    thread: Mapped[str] = mapped_column(ForeignKey("thread.id"))
    board: Mapped[str] = mapped_column(Text)
    number: Mapped[int | None] = mapped_column(Integer)
    log_index: Mapped[int | None] = mapped_column(Integer)
    parent: Mapped[bytes | None] = mapped_column(LargeBinary)
    author: Mapped[str] = mapped_column(ForeignKey("posting_key.did"))
    custody: Mapped[str] = mapped_column(Text)
    day: Mapped[date] = mapped_column(Day)
    erased_on: Mapped[date | None] = mapped_column(Day)
    current: Mapped[bytes] = mapped_column(LargeBinary)
    head: Mapped[bytes] = mapped_column(LargeBinary)
    is_hidden: Mapped[bool] = mapped_column(FLAG, server_default=false())
    is_unreviewed: Mapped[bool] = mapped_column(FLAG, server_default=false())
    is_held: Mapped[bool] = mapped_column(FLAG, server_default=false())
    act: Mapped[bytes | None] = mapped_column(LargeBinary)
    act_rule: Mapped[str] = mapped_column(Text, server_default="")
    label: Mapped[str] = mapped_column(Text, server_default="")
    kind: Mapped[str] = mapped_column(Text, server_default="")
    about: Mapped[bytes | None] = mapped_column(LargeBinary)
    is_beside: Mapped[bool] = mapped_column(FLAG, server_default=false())


class VersionRow(Base):
    """The words of one version of a post. An erasure empties them."""

    __tablename__ = "version"
    __table_args__ = (Index("ix_version_post", "post", "number"), UNORDERED)

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    post: Mapped[bytes] = mapped_column(ForeignKey("post.digest"))
    number: Mapped[int] = mapped_column(Integer)
    is_public: Mapped[bool] = mapped_column(FLAG)
    language: Mapped[str] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    day: Mapped[date] = mapped_column(Day)


class GroundRow(Base):
    """A post's place in the order of common ground, and the public counts that it comes from.

    `place` is below zero before all posts that nobody counts for, above zero behind them. `exact`
    are the counts that the public ones were made of; they tell how many people changed since.
    """

    __tablename__ = "ground"
    __table_args__ = (
        Index("ix_ground_board", "board", "place"),
        Index("ix_ground_thread", "thread", "place"),
        UNORDERED,
    )

    post: Mapped[bytes] = mapped_column(ForeignKey("post.digest"), primary_key=True)
    thread: Mapped[str] = mapped_column(Text)
    board: Mapped[str] = mapped_column(Text)
    place: Mapped[int] = mapped_column(Integer)
    counts: Mapped[str] = mapped_column(Text)
    exact: Mapped[str] = mapped_column(Text)


class DraftRow(Base):
    """Words that a persona keeps here unsigned; the host can read them until they go."""

    __tablename__ = "draft"
    __table_args__ = (UNORDERED,)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    root: Mapped[str] = mapped_column(ForeignKey("persona.root"), index=True)
    place: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(Text)
    day: Mapped[date] = mapped_column(Day)
    wait_h: Mapped[int] = mapped_column(Integer, server_default="0")
    tags: Mapped[list[str]] = mapped_column(TextList, server_default="[]")


class SavedThreadRow(Base):
    """A thread that a persona wants to find again."""

    __tablename__ = "saved_thread"
    __table_args__ = (UNORDERED,)

    root: Mapped[str] = mapped_column(ForeignKey("persona.root"), primary_key=True)
    thread: Mapped[str] = mapped_column(ForeignKey("thread.id"), primary_key=True)


class ShieldRow(Base):
    """A persona that only those may answer to whom it answered, until a day."""

    __tablename__ = "shield"
    __table_args__ = (UNORDERED,)

    root: Mapped[str] = mapped_column(ForeignKey("persona.root"), primary_key=True)
    until: Mapped[date] = mapped_column(Day)


class MutedRow(Base):
    """Somebody whose posts a persona does not want to see; nobody else sees the list."""

    __tablename__ = "muted"
    __table_args__ = (UNORDERED,)

    root: Mapped[str] = mapped_column(ForeignKey("persona.root"), primary_key=True)
    hand: Mapped[str] = mapped_column(Text, primary_key=True)


class NoticeRow(Base):
    """A shown post that answers or quotes a post of a persona."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_latest", "root", "log_index"), UNORDERED)

    root: Mapped[str] = mapped_column(ForeignKey("persona.root"), primary_key=True)
    post: Mapped[bytes] = mapped_column(ForeignKey("post.digest"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    log_index: Mapped[int] = mapped_column(Integer)


class NoticesReadRow(Base):
    """How far in the log a persona has read its notices."""

    __tablename__ = "notices_read"
    __table_args__ = (UNORDERED,)

    root: Mapped[str] = mapped_column(ForeignKey("persona.root"), primary_key=True)
    last_index: Mapped[int] = mapped_column(Integer)

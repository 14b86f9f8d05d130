"""Personas, records, log queue, boards, threads and posts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite's strict tables know one kind of integer.
FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")
MINUTE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "board",
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("tick_s", sa.Integer(), nullable=False),
        sa.Column("openers", sa.Text(), nullable=False),
        sa.Column("founded_on", sa.Text(), nullable=False),
        sa.Column("thread_count", sa.Integer(), nullable=False),
        sa.Column("home", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("did", name=op.f("pk_board")),
        sa.UniqueConstraint("slug", name=op.f("uq_board_slug")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "instance_card",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("log_origin", sa.Text(), nullable=False),
        sa.Column("onion", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_instance_card")),
        sa.UniqueConstraint("digest", name=op.f("uq_instance_card_digest")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "persona",
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("card_digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("root", name=op.f("pk_persona")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("persona", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_persona_fingerprint"), ["fingerprint"], unique=False)
        batch_op.create_index(batch_op.f("ix_persona_name_folded"), ["name_folded"], unique=False)

    op.create_table(
        "record",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("signer", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("include_by", MINUTE, nullable=False),
        sa.Column("is_public", FLAG, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_record")),
        sa.UniqueConstraint("id", name=op.f("uq_record_id")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_record_signer"), ["signer"], unique=False)

    op.create_table(
        "tlog_entry",
        sa.Column("index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_tlog_entry")),
        sa.UniqueConstraint("leaf_hash", name=op.f("uq_tlog_entry_leaf_hash")),
        sqlite_strict=True,
    )
    op.create_table(
        "tlog_lane",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tick_s", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_tlog_lane")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tlog_pending",
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("due_at", MINUTE, nullable=False),
        sa.PrimaryKeyConstraint("leaf_hash", name=op.f("pk_tlog_pending")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("tlog_pending", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tlog_pending_lane"), ["lane"], unique=False)

    op.create_table(
        "login",
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["root"], ["persona.root"], name=op.f("fk_login_root_persona")),
        sa.PrimaryKeyConstraint("name_folded", name=op.f("pk_login")),
        sa.UniqueConstraint("root", name=op.f("uq_login_root")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "login_session",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=True),
        sa.Column("idle_until", MINUTE, nullable=False),
        sa.Column("ends_at", MINUTE, nullable=False),
        sa.ForeignKeyConstraint(
            ["root"], ["persona.root"], name=op.f("fk_login_session_root_persona")
        ),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_login_session")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_session_root"), ["root"], unique=False)

    op.create_table(
        "posting_key",
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("root", sa.Text(), nullable=True),
        sa.Column("custody", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["root"], ["persona.root"], name=op.f("fk_posting_key_root_persona")
        ),
        sa.PrimaryKeyConstraint("did", name=op.f("pk_posting_key")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("posting_key", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_posting_key_fingerprint"), ["fingerprint"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_posting_key_root"), ["root"], unique=False)

    op.create_table(
        "thread",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("opening", sa.LargeBinary(), nullable=False),
        sa.Column("is_public", FLAG, nullable=False),
        sa.Column("post_count", sa.Integer(), nullable=False),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.Column("first_index", sa.Integer(), nullable=False),
        sa.Column("last_index", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["board"], ["board.did"], name=op.f("fk_thread_board_board")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.create_index(
            "ix_thread_board_latest", ["board", "is_public", "last_index"], unique=False
        )
        batch_op.create_index(
            "ix_thread_board_opened",
            ["board", "is_public", "first_index"],
            unique=False,
        )
        batch_op.create_index("ix_thread_latest", ["is_public", "last_index"], unique=False)

    op.create_table(
        "post",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("log_index", sa.Integer(), nullable=True),
        sa.Column("parent", sa.LargeBinary(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("custody", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("erased_on", sa.Text(), nullable=True),
        sa.Column("current", sa.LargeBinary(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author"], ["posting_key.did"], name=op.f("fk_post_author_posting_key")
        ),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_post_thread_thread")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_post")),
        sa.UniqueConstraint("record_id", name=op.f("uq_post_record_id")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.create_index("ix_post_author_latest", ["author", "log_index"], unique=False)
        batch_op.create_index("ix_post_place", ["thread", "number"], unique=True)

    op.create_table(
        "version",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("post", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_public", FLAG, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["post"], ["post.digest"], name=op.f("fk_version_post_post")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_version")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("version", schema=None) as batch_op:
        batch_op.create_index("ix_version_post", ["post", "number"], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("version", schema=None) as batch_op:
        batch_op.drop_index("ix_version_post")

    op.drop_table("version")
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_index("ix_post_place")
        batch_op.drop_index("ix_post_author_latest")

    op.drop_table("post")
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_index("ix_thread_latest")
        batch_op.drop_index("ix_thread_board_opened")
        batch_op.drop_index("ix_thread_board_latest")

    op.drop_table("thread")
    with op.batch_alter_table("posting_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_posting_key_root"))
        batch_op.drop_index(batch_op.f("ix_posting_key_fingerprint"))

    op.drop_table("posting_key")
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_session_root"))

    op.drop_table("login_session")
    op.drop_table("login")
    with op.batch_alter_table("tlog_pending", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tlog_pending_lane"))

    op.drop_table("tlog_pending")
    op.drop_table("tlog_lane")
    op.drop_table("tlog_entry")
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_signer"))

    op.drop_table("record")
    with op.batch_alter_table("persona", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_persona_name_folded"))
        batch_op.drop_index(batch_op.f("ix_persona_fingerprint"))

    op.drop_table("persona")
    op.drop_table("instance_card")
    op.drop_table("board")

"""What a persona keeps for itself: drafts, saved threads, notices."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add empty tables."""
    op.create_table(
        "draft",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["root"], ["persona.root"], name=op.f("fk_draft_root_persona")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_draft_root"), "draft", ["root"], unique=False)
    op.create_table(
        "saved_thread",
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["root"], ["persona.root"], name=op.f("fk_saved_thread_root_persona")
        ),
        sa.ForeignKeyConstraint(
            ["thread"], ["thread.id"], name=op.f("fk_saved_thread_thread_thread")
        ),
        sa.PrimaryKeyConstraint("root", "thread", name=op.f("pk_saved_thread")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notice",
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("post", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["root"], ["persona.root"], name=op.f("fk_notice_root_persona")),
        sa.ForeignKeyConstraint(["post"], ["post.digest"], name=op.f("fk_notice_post_post")),
        sa.PrimaryKeyConstraint("root", "post", name=op.f("pk_notice")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_notice_latest", "notice", ["root", "log_index"], unique=False)
    op.create_table(
        "notices_read",
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("last_index", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["root"], ["persona.root"], name=op.f("fk_notices_read_root_persona")
        ),
        sa.PrimaryKeyConstraint("root", name=op.f("pk_notices_read")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop them; posts and personas do not need them."""
    for table in ("notices_read", "notice", "saved_thread", "draft"):
        op.drop_table(table)

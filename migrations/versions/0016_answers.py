"""Answers, what readers say of them, drafts and who writes those, all new and empty."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")
_TABLES = ["answer_draft", "answer_rating", "hearing_answer", "hearing_staff"]


def upgrade() -> None:
    """Add empty tables."""
    op.create_table(
        "hearing_answer",
        sa.Column("post", sa.LargeBinary(), nullable=False),
        sa.Column("question", sa.LargeBinary(), nullable=False),
        sa.Column("is_second", FLAG, nullable=False),
        sa.Column("speaks_as", sa.Text(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("is_spoken", FLAG, nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("told", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(
            ["post"], ["post.digest"], name=op.f("fk_hearing_answer_post_post")
        ),
        sa.ForeignKeyConstraint(
            ["question"],
            ["hearing_question.post"],
            name=op.f("fk_hearing_answer_question_hearing_question"),
        ),
        sa.PrimaryKeyConstraint("post", name=op.f("pk_hearing_answer")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_hearing_answer_question", "hearing_answer", ["question"])
    op.create_table(
        "answer_rating",
        sa.Column("post", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["post"], ["post.digest"], name=op.f("fk_answer_rating_post_post")),
        sa.PrimaryKeyConstraint("post", "mark", name=op.f("pk_answer_rating")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "answer_draft",
        sa.Column("asked", sa.LargeBinary(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked"], ["post.digest"], name=op.f("fk_answer_draft_asked_post")
        ),
        sa.PrimaryKeyConstraint("asked", name=op.f("pk_answer_draft")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "hearing_staff",
        sa.Column("hearing", sa.Text(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hearing"], ["hearing.thread"], name=op.f("fk_hearing_staff_hearing_hearing")
        ),
        sa.PrimaryKeyConstraint("hearing", "mark", name=op.f("pk_hearing_staff")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the tables away."""
    for table in _TABLES:
        op.drop_table(table)

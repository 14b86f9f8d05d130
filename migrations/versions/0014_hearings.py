"""Officials, hearings, questions and commitments, all new and empty."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")
_TABLES = ["attester", "commitment", "office", "hearing_question", "hearing"]


def upgrade() -> None:
    """Add empty tables."""
    op.create_table(
        "attester",
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("did", name=op.f("pk_attester")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "office",
        sa.Column("offer", sa.LargeBinary(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("ministry", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.Column("accept", sa.LargeBinary(), nullable=True),
        sa.Column("university", sa.Text(), nullable=True),
        sa.Column("university_name", sa.Text(), nullable=True),
        sa.Column("ended_on", sa.Text(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("offer", name=op.f("pk_office")),
        sa.UniqueConstraint("record_id", name=op.f("uq_office_record_id")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_office_root", "office", ["root"])
    op.create_table(
        "hearing",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("official", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("charter", sa.Text(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("bound_on", sa.Text(), nullable=True),
        sa.Column("seed", sa.Text(), nullable=False, server_default=""),
        sa.Column("tallies", sa.Text(), nullable=False, server_default=""),
        sa.Column("verdicts", sa.Text(), nullable=False, server_default=""),
        sa.Column("report", sa.Text(), nullable=False, server_default=""),
        sa.Column("closed_on", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_hearing_thread_thread")),
        sa.PrimaryKeyConstraint("thread", name=op.f("pk_hearing")),
        sa.UniqueConstraint("record_id", name=op.f("uq_hearing_record_id")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_hearing_board", "hearing", ["board", "state"])
    op.create_table(
        "commitment",
        sa.Column("post", sa.LargeBinary(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("hearing", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("official", sa.Text(), nullable=True),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Text(), nullable=False),
        sa.Column("filed_on", sa.Text(), nullable=False),
        sa.Column("filer", sa.Text(), nullable=False),
        sa.Column("owned_on", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_on", sa.Text(), nullable=True),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["post"], ["post.digest"], name=op.f("fk_commitment_post_post")),
        sa.PrimaryKeyConstraint("post", name=op.f("pk_commitment")),
        sa.UniqueConstraint("record_id", name=op.f("uq_commitment_record_id")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_commitment_due", "commitment", ["due_on"])
    op.create_index("ix_commitment_official", "commitment", ["official"])
    op.create_index("ix_commitment_filer", "commitment", ["filer"])
    op.create_table(
        "hearing_question",
        sa.Column("post", sa.LargeBinary(), nullable=False),
        sa.Column("hearing", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False, server_default=""),
        sa.Column("why", sa.Text(), nullable=False, server_default=""),
        sa.Column("appeals", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("is_appealed", FLAG, nullable=False, server_default=sa.false()),
        sa.Column("decliner", sa.Text(), nullable=False, server_default=""),
        sa.Column("asked_on", sa.Text(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False, server_default=""),
        sa.Column("waits_since", sa.Text(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("answered_on", sa.Text(), nullable=True),
        sa.Column("follow_up", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["hearing"], ["hearing.thread"], name=op.f("fk_hearing_question_hearing_hearing")
        ),
        sa.ForeignKeyConstraint(
            ["post"], ["post.digest"], name=op.f("fk_hearing_question_post_post")
        ),
        sa.PrimaryKeyConstraint("post", name=op.f("pk_hearing_question")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_hearing_question_hearing", "hearing_question", ["hearing", "state"])


def downgrade() -> None:
    """Take the tables away."""
    for table in _TABLES:
        op.drop_table(table)

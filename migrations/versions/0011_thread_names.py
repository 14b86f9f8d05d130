"""Names for one thread: an issuer's key for each month, how many were taken, where each posts."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add empty tables: nobody has such a name yet."""
    op.create_table(
        "thread_name_cohort",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_thread_name_cohort")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "thread_names_taken",
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("cohort", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["root"], ["persona.root"], name=op.f("fk_thread_names_taken_root_persona")
        ),
        sa.ForeignKeyConstraint(
            ["cohort"],
            ["thread_name_cohort.name"],
            name=op.f("fk_thread_names_taken_cohort_thread_name_cohort"),
        ),
        sa.PrimaryKeyConstraint("root", "cohort", name=op.f("pk_thread_names_taken")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "thread_name",
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["did"], ["posting_key.did"], name=op.f("fk_thread_name_did_posting_key")
        ),
        sa.PrimaryKeyConstraint("did", name=op.f("pk_thread_name")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop them; the names stay what they are elsewhere, keys without a card."""
    for table in ("thread_name", "thread_names_taken", "thread_name_cohort"):
        op.drop_table(table)

"""What was heard: answers behind coins, second rounds, weekly releases; all empty."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0015"
branch_labels = None
depends_on = None

_TABLES = ["listening_cell", "listening_release", "second_sheet", "second_round"]


def upgrade() -> None:
    """Add a column that says nothing yet, and empty tables."""
    op.add_column("sheet", sa.Column("about", sa.Text(), nullable=True))
    op.create_table(
        "second_round",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Text(), nullable=False),
        sa.Column("ends_on", sa.Text(), nullable=False),
        _of_conversation("second_round"),
        sa.PrimaryKeyConstraint("conversation", name=op.f("pk_second_round")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "second_sheet",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("ballot", sa.Text(), nullable=False),
        sa.Column("votes", sa.LargeBinary(), nullable=False),
        _of_conversation("second_sheet"),
        sa.PrimaryKeyConstraint("conversation", "ballot", name=op.f("pk_second_sheet")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "listening_release",
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("table", sa.Text(), nullable=False),
        sa.Column("codebook", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_listening_release")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "listening_cell",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("cell", sa.Text(), nullable=False),
        sa.Column("exact", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        _of_conversation("listening_cell"),
        sa.PrimaryKeyConstraint("conversation", "cell", name=op.f("pk_listening_cell")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take all of it away."""
    for table in _TABLES:
        op.drop_table(table)
    op.drop_column("sheet", "about")


def _of_conversation(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_conversation_conversation")
    return sa.ForeignKeyConstraint(["conversation"], ["conversation.thread"], name=name)

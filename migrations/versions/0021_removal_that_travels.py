"""Removal that travels: what binds here, who erased, and how much a partner may bring."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MINUTE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")


def _list_columns() -> list[tuple[str, sa.Column[Any]]]:
    return [
        ("action", sa.Column("binds", FLAG, nullable=False, server_default=sa.true())),
        ("partner", sa.Column("follows_rules", FLAG, nullable=False, server_default=sa.true())),
        (
            "partner",
            sa.Column("most_entries", sa.Integer(), nullable=False, server_default="200000"),
        ),
        ("partner", sa.Column("most_bytes", MINUTE, nullable=False, server_default="21474836480")),
        ("replica", sa.Column("counted_on", sa.Text(), nullable=True)),
        ("replica", sa.Column("entries", sa.Integer(), nullable=False, server_default="0")),
        ("replica", sa.Column("copied_bytes", MINUTE, nullable=False, server_default="0")),
    ]


def upgrade() -> None:
    """Add columns and empty tables; every act so far binds."""
    for table, column in _list_columns():
        op.add_column(table, column)
    op.create_table(
        "erasure_asked",
        sa.Column("erasure", sa.LargeBinary(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("post", sa.LargeBinary(), nullable=False),
        sa.Column("due_at", MINUTE, nullable=False),
        sa.Column("confirmed_on", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner"], ["partner.did"], name=op.f("fk_erasure_asked_partner_partner")
        ),
        sa.PrimaryKeyConstraint("erasure", "partner", name=op.f("pk_erasure_asked")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_erasure_asked_post", "erasure_asked", ["post"])
    op.create_table(
        "erasure_owed",
        sa.Column("erasure", sa.LargeBinary(), nullable=False),
        sa.Column("home", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["home"], ["partner.did"], name=op.f("fk_erasure_owed_home_partner")
        ),
        sa.PrimaryKeyConstraint("erasure", name=op.f("pk_erasure_owed")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the tables and the columns away."""
    for table in ("erasure_owed", "erasure_asked"):
        op.drop_table(table)
    for table, column in reversed(_list_columns()):
        op.drop_column(table, column.name)

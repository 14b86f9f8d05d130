"""What partners were caught at, and what the worker last saw, both empty."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MINUTE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add empty tables: the worker fills both."""
    op.create_table(
        "partner_flag",
        sa.Column("signer", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("signer", "about", "evidence", name=op.f("pk_partner_flag")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "health",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("looked_at", MINUTE, nullable=False),
        sa.PrimaryKeyConstraint("what", "about", name=op.f("pk_health")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the tables away."""
    op.drop_table("health")
    op.drop_table("partner_flag")

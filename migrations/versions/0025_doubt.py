"""Since when what a partner hands out does not verify."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

MINUTE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add an empty column: whom nobody doubts now gets a day, as everybody does."""
    op.add_column("replica", sa.Column("doubted_at", MINUTE, nullable=True))


def downgrade() -> None:
    """Take the column away."""
    op.drop_column("replica", "doubted_at")

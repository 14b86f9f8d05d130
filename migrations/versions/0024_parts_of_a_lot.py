"""What a hearing's lot is drawn from: what the host sealed, and what the official signed."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two empty columns: hearings of before choose by the log's hash alone."""
    op.add_column("hearing", sa.Column("lot", sa.LargeBinary(), nullable=True))
    op.add_column("hearing", sa.Column("drawn", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take the columns away."""
    op.drop_column("hearing", "drawn")
    op.drop_column("hearing", "lot")

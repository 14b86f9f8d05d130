"""A draft keeps what its author chose beside the words: how long to wait, and the tags."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; a draft that is there waits for nothing and has no tags."""
    op.add_column("draft", sa.Column("wait_h", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("draft", sa.Column("tags", sa.Text(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Undo."""
    op.drop_column("draft", "tags")
    op.drop_column("draft", "wait_h")

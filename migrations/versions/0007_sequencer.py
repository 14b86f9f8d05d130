"""The log knows how far it is shown, whether it has begun, and what could not be shown."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WITHOUT_ROWID = {"sqlite_strict": True, "sqlite_with_rowid": False}


def upgrade() -> None:
    """Add both; what is in the log already was shown in the tick that put it there."""
    flag = sa.Boolean().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "tlog_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("has_begun", flag, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tlog_state")),
        **_WITHOUT_ROWID,
    )
    op.create_table(
        "tlog_aside",
        sa.Column("index", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_tlog_aside")),
        **_WITHOUT_ROWID,
    )
    entry = sa.table("tlog_entry", sa.column("index", sa.Integer()))
    size = op.get_bind().scalar(sa.select(sa.func.max(entry.c.index)))
    if size is not None:
        state = sa.table(
            "tlog_state", sa.column("id"), sa.column("shown"), sa.column("has_begun", flag)
        )
        op.execute(state.insert().values(id=0, shown=size + 1, has_begun=False))


def downgrade() -> None:
    """Undo."""
    op.drop_table("tlog_aside")
    op.drop_table("tlog_state")

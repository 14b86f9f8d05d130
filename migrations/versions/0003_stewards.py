"""Stewards; settings of boards; threads that are pinned, locked or archived; tags."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# SQLite's strict tables know one kind of integer.
FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")
_ADDED = (
    ("board", "tags", sa.Text(), "[]"),
    ("board", "is_archived", FLAG, sa.false()),
    ("board", "head", sa.LargeBinary(), None),
    ("thread", "tags", sa.Text(), "[]"),
    ("thread", "is_pinned", FLAG, sa.false()),
    ("thread", "state", sa.Text(), "open"),
    ("thread", "head", sa.LargeBinary(), None),
)
_LISTED = "ix_thread_board_latest"


def upgrade() -> None:
    """Apply: boards stay as they were founded, threads are open."""
    op.create_table(
        "steward",
        sa.Column("root", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["root"], ["persona.root"], name=op.f("fk_steward_root_persona")),
        sa.PrimaryKeyConstraint("root", name=op.f("pk_steward")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    for table, name, kind, default in _ADDED:
        column = sa.Column(name, kind, nullable=default is None, server_default=default)
        op.add_column(table, column)
    op.drop_index(_LISTED, "thread")
    op.create_index(_LISTED, "thread", ["board", "is_public", "is_pinned", "last_index"])


def downgrade() -> None:
    """Undo."""
    op.drop_index(_LISTED, "thread")
    op.create_index(_LISTED, "thread", ["board", "is_public", "last_index"])
    for table, name, _, _ in reversed(_ADDED):
        op.drop_column(table, name)
    op.drop_table("steward")

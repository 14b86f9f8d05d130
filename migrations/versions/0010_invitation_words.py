"""Invitations told in words: sealed under them, and joined to nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add an empty table."""
    op.create_table(
        "invitation_box",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("cohort", sa.Text(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort"],
            ["invitation_cohort.name"],
            name=op.f("fk_invitation_box_cohort_invitation_cohort"),
        ),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_invitation_box")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop it: those who were given words ask for another invitation."""
    op.drop_table("invitation_box")

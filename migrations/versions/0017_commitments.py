"""What changes of commitments rest on, and the evidence beside them, both new and empty."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add empty tables."""
    op.create_table(
        "commitment_change",
        sa.Column("post", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post"], ["commitment.post"], name=op.f("fk_commitment_change_post_commitment")
        ),
        sa.PrimaryKeyConstraint("post", "number", name=op.f("pk_commitment_change")),
        sa.UniqueConstraint("record", name=op.f("uq_commitment_change_record")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "commitment_evidence",
        sa.Column("post", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("shows", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commitment"],
            ["commitment.post"],
            name=op.f("fk_commitment_evidence_commitment_commitment"),
        ),
        sa.ForeignKeyConstraint(
            ["post"], ["post.digest"], name=op.f("fk_commitment_evidence_post_post")
        ),
        sa.PrimaryKeyConstraint("post", name=op.f("pk_commitment_evidence")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_commitment_evidence_commitment", "commitment_evidence", ["commitment"])


def downgrade() -> None:
    """Take the tables away."""
    op.drop_table("commitment_evidence")
    op.drop_table("commitment_change")

"""Invitations: a key for each month, how many were given, what is spent, who was invited."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add empty tables: whoever is here already was not invited."""
    op.create_table(
        "invitation_cohort",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=True),
        sa.Column("is_frozen", sa.Boolean().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_invitation_cohort")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "invitations_given",
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("cohort", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["root"], ["persona.root"], name=op.f("fk_invitations_given_root_persona")
        ),
        sa.ForeignKeyConstraint(
            ["cohort"],
            ["invitation_cohort.name"],
            name=op.f("fk_invitations_given_cohort_invitation_cohort"),
        ),
        sa.PrimaryKeyConstraint("root", "cohort", name=op.f("pk_invitations_given")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "spent_invitation",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("cohort", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort"],
            ["invitation_cohort.name"],
            name=op.f("fk_spent_invitation_cohort_invitation_cohort"),
        ),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_spent_invitation")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "invited",
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("cohort", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["root"], ["persona.root"], name=op.f("fk_invited_root_persona")),
        sa.ForeignKeyConstraint(
            ["cohort"],
            ["invitation_cohort.name"],
            name=op.f("fk_invited_cohort_invitation_cohort"),
        ),
        sa.PrimaryKeyConstraint("root", name=op.f("pk_invited")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop them; personas do not need them."""
    for table in ("invited", "spent_invitation", "invitations_given", "invitation_cohort"):
        op.drop_table(table)

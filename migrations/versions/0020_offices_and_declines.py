"""Who holds an office, which questions voters are asked no more, what is told of changed minds."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")

_HOLD = """
INSERT INTO officeholder (root, until)
SELECT root, max(until) FROM office
WHERE accept IS NOT NULL AND ended_on IS NULL GROUP BY root
"""
_LEAVE_OUT = """
UPDATE statement SET is_left_out = :yes WHERE post IN (
    SELECT hearing_question.post FROM hearing_question
    JOIN hearing ON hearing.thread = hearing_question.hearing
    WHERE hearing_question.state = 'declined' AND hearing.state = 'open'
)
"""


def upgrade() -> None:
    """Let attested offices answer for personas, and declined questions out of open votes."""
    op.create_table(
        "officeholder",
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("root", name=op.f("pk_officeholder")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.execute(_HOLD)
    op.add_column(
        "statement", sa.Column("is_left_out", FLAG, nullable=False, server_default=sa.false())
    )
    op.add_column("hearing", sa.Column("asked_again", sa.Text(), nullable=False, server_default=""))
    op.execute(sa.text(_LEAVE_OUT).bindparams(sa.bindparam("yes", True, FLAG)))


def downgrade() -> None:
    """Ask about everything again; whom an office answered for is on probation."""
    op.drop_column("hearing", "asked_again")
    op.drop_column("statement", "is_left_out")
    op.drop_table("officeholder")

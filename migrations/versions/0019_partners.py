"""Partners, what was granted, replicas, all new and empty."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

MINUTE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TABLES = ["carried", "moved_board", "partner_grant", "replica", "set_aside", "partner"]


def upgrade() -> None:
    """Add empty tables; every record so far is of this instance's own log."""
    op.add_column(
        "tlog_state", sa.Column("beside", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("record", sa.Column("home", sa.Text(), nullable=True))
    op.create_table(
        "partner",
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("log_origin", sa.Text(), nullable=False),
        sa.Column("log_key", sa.Text(), nullable=False),
        sa.Column("witness_key", sa.Text(), nullable=False),
        sa.Column("met_on", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("did", name=op.f("pk_partner")),
        sa.UniqueConstraint("log_origin", name=op.f("uq_partner_log_origin")),
        sa.UniqueConstraint("name", name=op.f("uq_partner_name")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "partner_grant",
        sa.Column("offer", sa.LargeBinary(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("giver", sa.Text(), nullable=False),
        sa.Column("taker", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("rights", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.Column("accepted_on", sa.Text(), nullable=True),
        sa.Column("ended_on", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("offer", "board", name=op.f("pk_partner_grant")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_partner_grant_board", "partner_grant", ["board"])
    op.create_table(
        "carried",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=False, server_default=""),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.ForeignKeyConstraint(
            ["partner"], ["partner.did"], name=op.f("fk_carried_partner_partner")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_carried")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "replica",
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("boards", sa.Text(), nullable=False, server_default=""),
        sa.Column("heard_at", MINUTE, nullable=True),
        sa.Column("tried_at", MINUTE, nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(
            ["partner"], ["partner.did"], name=op.f("fk_replica_partner_partner")
        ),
        sa.PrimaryKeyConstraint("partner", name=op.f("pk_replica")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "set_aside",
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner"], ["partner.did"], name=op.f("fk_set_aside_partner_partner")
        ),
        sa.PrimaryKeyConstraint("partner", "place", name=op.f("pk_set_aside")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "moved_board",
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("former", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root_hash", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("board", "former", name=op.f("pk_moved_board")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the tables away."""
    for table in _TABLES:
        op.drop_table(table)
    op.drop_column("record", "home")
    op.drop_column("tlog_state", "beside")

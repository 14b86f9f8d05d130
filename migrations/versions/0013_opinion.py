"""Consultations, ballots, votes and ratings, all new and empty; posts that are more than posts."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")
_TABLES = [
    "ballot_given",
    "ballot_issuer",
    "ratings_count",
    "ballot",
    "conversation",
    "analysis",
    "analysis_due",
    "ground",
    "opinion_release",
    "panel_duty",
    "rating",
    "sheet",
    "standing",
    "statement",
    "machine_translation",
]


def upgrade() -> None:
    """Add empty tables, and columns that say nothing."""
    op.add_column("post", sa.Column("kind", sa.Text(), nullable=False, server_default=""))
    op.add_column("post", sa.Column("about", sa.LargeBinary(), nullable=True))
    op.add_column("post", sa.Column("is_beside", FLAG, nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_post_kind",
        "post",
        ["parent", "kind"],
        sqlite_where=sa.text("kind <> ''"),
        postgresql_where=sa.text("kind <> ''"),
    )
    op.create_table(
        "ballot_given",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("conversation", "mark", name=op.f("pk_ballot_given")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ballot_issuer",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("conversation", "kind", name=op.f("pk_ballot_issuer")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ratings_count",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("mark", "week", name=op.f("pk_ratings_count")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ballot",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation", "kind"],
            ["ballot_issuer.conversation", "ballot_issuer.kind"],
            name=op.f("fk_ballot_conversation_ballot_issuer"),
        ),
        sa.PrimaryKeyConstraint("conversation", "name", name=op.f("pk_ballot")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "conversation",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("results", sa.Text(), nullable=False),
        sa.Column("asks_side", FLAG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=True),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread"], ["thread.id"], name=op.f("fk_conversation_thread_thread")
        ),
        sa.PrimaryKeyConstraint("thread", name=op.f("pk_conversation")),
        sa.UniqueConstraint("record_id", name=op.f("uq_conversation_record_id")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_conversation_board", "conversation", ["board", "state"])
    op.create_table(
        "analysis",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("plane", sa.LargeBinary(), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation.thread"],
            name=op.f("fk_analysis_conversation_conversation"),
        ),
        sa.PrimaryKeyConstraint("conversation", name=op.f("pk_analysis")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "analysis_due",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation.thread"],
            name=op.f("fk_analysis_due_conversation_conversation"),
        ),
        sa.PrimaryKeyConstraint("conversation", name=op.f("pk_analysis_due")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ground",
        sa.Column("post", sa.LargeBinary(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("exact", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["post"], ["post.digest"], name=op.f("fk_ground_post_post")),
        sa.PrimaryKeyConstraint("post", name=op.f("pk_ground")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ground_board", "ground", ["board", "place"])
    op.create_index("ix_ground_thread", "ground", ["thread", "place"])
    op.create_table(
        "opinion_release",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("table", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("voters", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation.thread"],
            name=op.f("fk_opinion_release_conversation_conversation"),
        ),
        sa.PrimaryKeyConstraint("conversation", "sequence", name=op.f("pk_opinion_release")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "panel_duty",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation.thread"],
            name=op.f("fk_panel_duty_conversation_conversation"),
        ),
        sa.PrimaryKeyConstraint("mark", "week", "conversation", name=op.f("pk_panel_duty")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rating",
        sa.Column("post", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("helps", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["post"], ["post.digest"], name=op.f("fk_rating_post_post")),
        sa.PrimaryKeyConstraint("post", "mark", name=op.f("pk_rating")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rating_board", "rating", ["board", "post"])
    op.create_table(
        "sheet",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("ballot", sa.Text(), nullable=False),
        sa.Column("votes", sa.LargeBinary(), nullable=False),
        sa.Column("side", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation.thread"],
            name=op.f("fk_sheet_conversation_conversation"),
        ),
        sa.PrimaryKeyConstraint("conversation", "ballot", name=op.f("pk_sheet")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "standing",
        sa.Column("post", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["post"], ["post.digest"], name=op.f("fk_standing_post_post")),
        sa.PrimaryKeyConstraint("post", "number", name=op.f("pk_standing")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statement",
        sa.Column("post", sa.LargeBinary(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("is_seed", FLAG, nullable=False),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False, server_default="1000"),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation.thread"],
            name=op.f("fk_statement_conversation_conversation"),
        ),
        sa.ForeignKeyConstraint(["post"], ["post.digest"], name=op.f("fk_statement_post_post")),
        sa.PrimaryKeyConstraint("post", name=op.f("pk_statement")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_statement_number", "statement", ["conversation", "number"], unique=True)
    op.create_table(
        "machine_translation",
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version"], ["version.digest"], name=op.f("fk_machine_translation_version_version")
        ),
        sa.PrimaryKeyConstraint("version", "language", name=op.f("pk_machine_translation")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take them away."""
    for table in reversed(_TABLES):
        op.drop_table(table)
    op.drop_index("ix_post_kind", "post")
    op.drop_column("post", "is_beside")
    op.drop_column("post", "about")
    op.drop_column("post", "kind")

"""Moderation: desks, reports, cases, actions, appeals, all new and empty; what acts do to posts."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")
MINUTE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ADDED = {
    "board": ("filters", "holds_first", "delay_s"),
    "post": ("is_hidden", "is_unreviewed", "is_held", "act", "act_rule", "label"),
    "thread": ("act", "slow_act", "move_act", "delay_s"),
}
_PARTS = {
    "ix_post_unreviewed": ("post", "is_unreviewed AND log_index IS NULL"),
    "ix_thread_moved": ("thread", "move_act IS NOT NULL"),
}


def upgrade() -> None:
    """Add empty tables, and columns that say nothing."""
    op.create_table(
        "action",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("second", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=True),
        sa.Column("taken_at", MINUTE, nullable=False),
        sa.Column("undoing", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_action")),
        sa.UniqueConstraint("record_id", name=op.f("uq_action_record_id")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_action_desk", "action", ["desk", "taken_at"])
    op.create_index("ix_action_latest", "action", ["taken_at", "digest"])
    op.create_index("ix_action_subject", "action", ["subject_kind", "subject"])
    op.create_index(
        "ix_action_until",
        "action",
        ["until"],
        sqlite_where=sa.text("until IS NOT NULL AND undoing IS NULL"),
        postgresql_where=sa.text("until IS NOT NULL AND undoing IS NULL"),
    )
    op.create_table(
        "desk",
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("boards", sa.Text(), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.Column("is_begun", FLAG, nullable=False),
        sa.Column("ends_on", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("did", name=op.f("pk_desk")),
        sa.UniqueConstraint("number", name=op.f("uq_desk_number")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "moderation_case",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("board", sa.Text(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_dangerous", FLAG, nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("report_count", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("opened_at", MINUTE, nullable=False),
        sa.Column("decision", sa.LargeBinary(), nullable=True),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_case")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_case_open",
        "moderation_case",
        ["subject_kind", "subject"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_case_queue", "moderation_case", ["state", "rank", "opened_at", "id"])
    op.create_index("ix_case_subject", "moderation_case", ["subject_kind", "subject"])
    op.create_table(
        "sponsor",
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_sponsor")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "action_told",
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("action", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action"], ["action.digest"], name=op.f("fk_action_told_action_action")
        ),
        sa.ForeignKeyConstraint(
            ["root"], ["persona.root"], name=op.f("fk_action_told_root_persona")
        ),
        sa.PrimaryKeyConstraint("root", "action", name=op.f("pk_action_told")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "appeal",
        sa.Column("action", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor", sa.LargeBinary(), nullable=False),
        sa.Column("second", sa.LargeBinary(), nullable=False),
        sa.Column("decider", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", MINUTE, nullable=False),
        sa.Column("due_at", MINUTE, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "decider IS NULL OR (decider <> actor AND decider <> second)",
            name=op.f("ck_appeal_other_person"),
        ),
        sa.ForeignKeyConstraint(
            ["action"], ["action.digest"], name=op.f("fk_appeal_action_action")
        ),
        sa.PrimaryKeyConstraint("action", name=op.f("pk_appeal")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "case_lease",
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("ends_at", MINUTE, nullable=False),
        sa.ForeignKeyConstraint(
            ["case"], ["moderation_case.id"], name=op.f("fk_case_lease_case_moderation_case")
        ),
        sa.ForeignKeyConstraint(["desk"], ["desk.did"], name=op.f("fk_case_lease_desk_desk")),
        sa.PrimaryKeyConstraint("case", name=op.f("pk_case_lease")),
        sa.UniqueConstraint("desk", name=op.f("uq_case_lease_desk")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "case_skipped",
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case"], ["moderation_case.id"], name=op.f("fk_case_skipped_case_moderation_case")
        ),
        sa.ForeignKeyConstraint(["desk"], ["desk.did"], name=op.f("fk_case_skipped_desk_desk")),
        sa.PrimaryKeyConstraint("case", "desk", name=op.f("pk_case_skipped")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "desk_exposure",
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["desk"], ["desk.did"], name=op.f("fk_desk_exposure_desk_desk")),
        sa.PrimaryKeyConstraint("desk", "day", name=op.f("pk_desk_exposure")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "desk_session",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.Column("began_at", MINUTE, nullable=False),
        sa.Column("idle_until", MINUTE, nullable=False),
        sa.Column("ends_at", MINUTE, nullable=False),
        sa.ForeignKeyConstraint(["desk"], ["desk.did"], name=op.f("fk_desk_session_desk_desk")),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_desk_session")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_desk_session_desk"), "desk_session", ["desk"])
    op.create_table(
        "muted",
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("hand", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["root"], ["persona.root"], name=op.f("fk_muted_root_persona")),
        sa.PrimaryKeyConstraint("root", "hand", name=op.f("pk_muted")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "persona_limit",
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("act", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["root"], ["persona.root"], name=op.f("fk_persona_limit_root_persona")
        ),
        sa.PrimaryKeyConstraint("root", name=op.f("pk_persona_limit")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=True),
        sa.Column("members", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("ends_at", MINUTE, nullable=False),
        sa.ForeignKeyConstraint(
            ["case"], ["moderation_case.id"], name=op.f("fk_proposal_case_moderation_case")
        ),
        sa.ForeignKeyConstraint(["desk"], ["desk.did"], name=op.f("fk_proposal_desk_desk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "report",
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_notice", FLAG, nullable=False),
        sa.Column("reported_at", MINUTE, nullable=False),
        sa.ForeignKeyConstraint(
            ["case"], ["moderation_case.id"], name=op.f("fk_report_case_moderation_case")
        ),
        sa.PrimaryKeyConstraint("case", "mark", name=op.f("pk_report")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_report_latest", "report", ["reported_at"])
    op.create_index("ix_report_mark", "report", ["mark"])
    op.create_table(
        "cluster",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cases", sa.Text(), nullable=False),
        sa.Column("latest", sa.Text(), nullable=False),
        sa.Column("reporters", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_cluster")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "shield",
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["root"], ["persona.root"], name=op.f("fk_shield_root_persona")),
        sa.PrimaryKeyConstraint("root", name=op.f("pk_shield")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "withheld",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["record.digest"], name=op.f("fk_withheld_digest_record")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_withheld")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sealed_copy",
        sa.Column("post", sa.LargeBinary(), nullable=False),
        sa.Column("case", sa.Text(), nullable=True),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.Column("ends_on", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case"], ["moderation_case.id"], name=op.f("fk_sealed_copy_case_moderation_case")
        ),
        sa.ForeignKeyConstraint(["post"], ["post.digest"], name=op.f("fk_sealed_copy_post_post")),
        sa.PrimaryKeyConstraint("post", name=op.f("pk_sealed_copy")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    _add_columns()


def _add_columns() -> None:
    op.add_column("board", sa.Column("filters", sa.Text(), server_default="[]", nullable=False))
    op.add_column(
        "board", sa.Column("holds_first", FLAG, server_default=sa.false(), nullable=False)
    )
    op.add_column("board", sa.Column("delay_s", sa.Integer(), server_default="0", nullable=False))
    op.add_column("post", sa.Column("is_hidden", FLAG, server_default=sa.false(), nullable=False))
    op.add_column(
        "post", sa.Column("is_unreviewed", FLAG, server_default=sa.false(), nullable=False)
    )
    op.add_column("post", sa.Column("is_held", FLAG, server_default=sa.false(), nullable=False))
    op.add_column("post", sa.Column("act", sa.LargeBinary(), nullable=True))
    op.add_column("post", sa.Column("act_rule", sa.Text(), server_default="", nullable=False))
    op.add_column("post", sa.Column("label", sa.Text(), server_default="", nullable=False))
    op.add_column("thread", sa.Column("act", sa.LargeBinary(), nullable=True))
    op.add_column("thread", sa.Column("slow_act", sa.LargeBinary(), nullable=True))
    op.add_column("thread", sa.Column("move_act", sa.LargeBinary(), nullable=True))
    op.add_column("thread", sa.Column("delay_s", sa.Integer(), server_default="0", nullable=False))
    for name, (table, condition) in _PARTS.items():
        op.create_index(
            name,
            table,
            ["board"],
            sqlite_where=sa.text(condition),
            postgresql_where=sa.text(condition),
        )


def downgrade() -> None:
    """Drop them; what was done to posts and personas stays in the log."""
    for table in (
        "cluster",
        "sealed_copy",
        "withheld",
        "shield",
        "report",
        "proposal",
        "persona_limit",
        "muted",
        "desk_session",
        "desk_exposure",
        "case_skipped",
        "case_lease",
        "appeal",
        "action_told",
        "sponsor",
        "moderation_case",
        "desk",
        "action",
    ):
        op.drop_table(table)
    for name, (table, _) in _PARTS.items():
        op.drop_index(name, table)
    for table, columns in _ADDED.items():
        for column in columns:
            op.drop_column(table, column)

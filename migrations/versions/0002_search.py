"""Search: one index of folded words, by each database's own engine."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add an empty index; the worker fills it from the posts that are there."""
    if op.get_bind().dialect.name == "sqlite":
        # No text is kept in it, and what is deleted is overwritten: an erasure reaches it.
        op.execute(
            "CREATE VIRTUAL TABLE post_search USING fts5"
            "(words, facets, tokenize='unicode61', content='', contentless_delete=1)"
        )
        op.execute("INSERT INTO post_search(post_search, rank) VALUES('secure-delete', 1)")
    else:
        op.execute("CREATE TABLE post_search (rowid bigint PRIMARY KEY, words tsvector NOT NULL)")
        op.execute("CREATE INDEX ix_post_search_words ON post_search USING gin (words)")


def downgrade() -> None:
    """Drop the index; it holds nothing that is not in the posts."""
    op.execute("DROP TABLE post_search")

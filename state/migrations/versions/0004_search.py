"""An index of words, to search stories by; one to count stories by."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # Without the texts themselves: the revisions have them.
        op.execute(
            "CREATE VIRTUAL TABLE search USING fts5(words, content='', tokenize='unicode61 remove_diacritics 0')"
        )
    else:
        op.execute("CREATE TABLE search (story_id BIGINT PRIMARY KEY REFERENCES stories (id), words TSVECTOR NOT NULL)")
        op.execute("CREATE INDEX ix_search_words ON search USING gin (words)")
    names = ["source_id", "first_seen", "removed", "merged_into", "partial"]
    op.create_index("ix_stories_count", "stories", names)
    from state.search import index_all

    index_all(op.get_bind())


def downgrade() -> None:
    op.drop_index("ix_stories_count", "stories")
    op.execute("DROP TABLE search")

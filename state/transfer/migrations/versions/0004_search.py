"""An index of words, to search stories by; one to count stories by."""

from hashlib import blake2b

import sqlalchemy as sa
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
    # The words of stories that are there are put in by `state.search`, in the background.
    _shorten_keys(op.get_bind())


MAX_KEY = 600  # characters, as `state.rows` had it then


def address(key: str) -> str:
    """The key as it is stored since: a long one with its end hashed."""
    return f"{key[:MAX_KEY]}#{blake2b(key.encode(errors='replace'), digest_size=16).hexdigest()}"


def _shorten_keys(tx: sa.Connection) -> None:
    """Long keys of addresses are stored with their end hashed now: bring the old ones to that form."""
    addresses = sa.table("addresses", sa.column("source_id"), sa.column("key"))
    for row in tx.execute(sa.select(addresses).where(sa.func.length(addresses.c.key) > MAX_KEY)).all():
        same = sa.and_(addresses.c.source_id == row.source_id, addresses.c.key == row.key)
        tx.execute(sa.update(addresses).where(same).values(key=address(row.key)))

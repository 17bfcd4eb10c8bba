"""What changed last is found at once; sources remember their last polls, and can be paused by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_EDITED, _REMOVED = sa.text("number > 1"), sa.text("removed IS NOT NULL")


def upgrade() -> None:
    op.add_column("sources", sa.Column("paused_at", sa.BigInteger()))
    op.add_column("sources", sa.Column("polls", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.create_table(
        "polls",
        sa.Column("source_id", sa.String(200), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text()),
        sa.Column("tally", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "slot", name=op.f("pk_polls")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_polls_source_id")),
    )
    op.create_index("ix_revisions_changes", "revisions", ["seen_at"], sqlite_where=_EDITED, postgresql_where=_EDITED)
    op.create_index("ix_stories_removed", "stories", ["removed"], sqlite_where=_REMOVED, postgresql_where=_REMOVED)

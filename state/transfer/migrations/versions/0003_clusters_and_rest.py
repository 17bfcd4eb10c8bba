"""Clusters of stories that tell the same; what makes a story noisy; the reader of a text; renamed sources."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in batch mode: for these defaults it would make the table anew, and SQLite drops none that others refer to.
    op.add_column("stories", sa.Column("reading", sa.String(80)))
    op.add_column("stories", sa.Column("restless", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("stories", sa.Column("noisy", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("stories", sa.Column("cluster", sa.BigInteger()))
    op.execute("UPDATE stories SET cluster = id")  # stories from before are not compared any more
    op.create_index("ix_stories_cluster", "stories", ["cluster"])
    with op.batch_alter_table("sources") as table:
        table.add_column(sa.Column("renamed_to", sa.String(200)))
    op.create_table(
        "bands",
        sa.Column("band", sa.BigInteger(), nullable=False),
        sa.Column("story_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("band", "story_id", name=op.f("pk_bands")),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_bands_story_id")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_bands_story_id", "bands", ["story_id"])

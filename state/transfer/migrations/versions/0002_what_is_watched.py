"""What is watched instead of a list; and an index by which the newest stories of a source are found."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("listings") as table:
        table.add_column(sa.Column("via", sa.Text()))
        table.add_column(sa.Column("via_kind", sa.String(16)))
        table.add_column(sa.Column("why", sa.Text()))
        table.add_column(sa.Column("chosen", sa.BigInteger()))
    op.create_index("ix_stories_newest", "stories", ["source_id", "id"])

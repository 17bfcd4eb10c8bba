"""What bantin has learned of each source's pages: what they repeat is not the story."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "habits",
        sa.Column("source_id", sa.String(200), nullable=False),
        sa.Column("learned", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_habits")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_habits_source_id")),
    )

"""Which stories a feed's rules let through; what is odd about a source; the index of words is made anew when needed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "verdicts",
        sa.Column("story_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rule", sa.String(32), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("story_id", "rule", name=op.f("pk_verdicts")),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_verdicts_story_id")),
        sqlite_with_rowid=False,
    )
    op.add_column("sources", sa.Column("warning", sa.Text()))
    op.add_column("sources", sa.Column("mislabels", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_table("search_state", sa.Column("version", sa.String(40)), sa.Column("done", sa.BigInteger()))

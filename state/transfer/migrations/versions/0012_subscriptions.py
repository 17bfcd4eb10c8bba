"""What is subscribed to at hubs."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("source_id", sa.String(200), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("url", "topic", "hub", "base")),
        sa.Column("secret", sa.String(200), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("verified_until", sa.BigInteger()),
        sa.Column("denied_at", sa.BigInteger()),
        sa.Column("leaving", sa.Boolean(), nullable=False),
        sa.Column("last_push", sa.BigInteger()),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_subscriptions"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_subscriptions_source_id"),
    )
    op.create_index("ix_subscriptions_source_id", "subscriptions", ["source_id"])

"""Endpoints remember how they fare; deliveries their story, when they ended, and the digest that carries them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    op.execute("ALTER TABLE webhooks RENAME TO endpoints")
    for name in ("failures", "missing"):
        op.add_column("endpoints", sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0")))
    for name in ("resume_at", "last_attempt", "last_success"):
        op.add_column("endpoints", sa.Column(name, sa.BigInteger()))
    for name in ("disabled_why", "last_error"):
        op.add_column("endpoints", sa.Column(name, sa.Text()))
    op.execute("UPDATE endpoints SET disabled_why = 'it answered 410 Gone' WHERE disabled_at IS NOT NULL")

    op.drop_index("ix_deliveries_due", "deliveries")
    op.execute("ALTER TABLE deliveries RENAME COLUMN webhook_id TO endpoint_id")
    with op.batch_alter_table("deliveries", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.drop_constraint("uq_deliveries_event_id_webhook_id", type_="unique")
        batch.create_unique_constraint("uq_deliveries_event_id_endpoint_id", ["event_id", "endpoint_id"])
    op.add_column("deliveries", sa.Column("subject", sa.String(200), nullable=False, server_default=""))
    for name in ("tried", "held"):
        op.add_column("deliveries", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("deliveries", sa.Column("forgiven", sa.Integer(), nullable=False, server_default=sa.text("0")))
    for name in ("done_at", "digest_id"):
        op.add_column("deliveries", sa.Column(name, sa.BigInteger()))
    op.add_column("deliveries", sa.Column("reason", sa.Text()))
    op.execute(
        "UPDATE deliveries SET tried = (attempts > 0), subject = (SELECT COALESCE(events.entry_id, events.source_id) "
        "FROM events WHERE events.id = deliveries.event_id) WHERE state = 'pending'"
    )
    op.create_index(
        "ix_deliveries_pending", "deliveries", ["endpoint_id", "id"], sqlite_where=_PENDING, postgresql_where=_PENDING
    )
    op.create_index(
        "ix_deliveries_subject",
        "deliveries",
        ["endpoint_id", "subject", "id"],
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    )
    op.create_index("ix_deliveries_done", "deliveries", ["endpoint_id", "done_at"])
    op.create_index("ix_deliveries_digest", "deliveries", ["digest_id"])
    with op.batch_alter_table("events", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.alter_column("source_id", existing_type=sa.String(200), nullable=True)

"""How a source is watched: its rhythm, gaps and checks. Of stories: when they were published, stored and delivered."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sources", sa.Column("watch", sa.Text()))
    for name in ("stated", "stored", "delivered"):
        op.add_column("stories", sa.Column(name, sa.BigInteger()))
    for name, kind in (("second", sa.Text()), ("second_kind", sa.String(16)), ("checked", sa.BigInteger())):
        op.add_column("listings", sa.Column(name, kind))

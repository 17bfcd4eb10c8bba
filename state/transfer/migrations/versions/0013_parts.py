"""Of pages that a browser made: the hashes of the data that they were made of."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("stories", "listings"):
        op.add_column(table, sa.Column("parts", sa.Text()))

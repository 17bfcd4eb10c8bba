"""Sources keep count of their stories; what was found, changed and withdrawn last is found without reading the rest."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_SHOWN = "removed IS NULL AND merged_into IS NULL"
_WHERE = {
    "first_seen": ("ix_stories_found", sa.text(_SHOWN)),
    "updated": ("ix_stories_changed", sa.text(f"revision > 1 AND {_SHOWN}")),
    "removed": ("ix_stories_withdrawn", sa.text("removed IS NOT NULL AND merged_into IS NULL")),
}


def upgrade() -> None:
    for name in ("stories", "partials"):
        op.add_column("sources", sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0")))
    of_it = f"FROM stories WHERE stories.source_id = sources.id AND {_SHOWN}"
    op.execute(
        f"UPDATE sources SET stories = (SELECT count(*) {of_it}), "  # noqa: S608  # no value of anybody's
        f"partials = (SELECT count(*) {of_it} AND partial)"
    )
    op.drop_index("ix_stories_removed", "stories")  # what takes its place is in the order of a page
    for column, (name, where) in _WHERE.items():
        op.create_index(name, "stories", [column, "id"], sqlite_where=where, postgresql_where=where)

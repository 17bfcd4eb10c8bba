"""Finding a story by what people have of it."""

from __future__ import annotations

from sqlalchemy import select

from state import rows
from state.engine import reading
from state.part import Part
from state.tables import addresses, stories

MAX_FOUND = 50  # stories: a beginning that more of them share names none


class Finding(Part):
    """From a number, an address or the beginning of an id to stories."""

    def find(self, *, number: int | None = None, start: str = "", key: str = "") -> list[tuple[str, str]]:
        query = select(stories.c.source_id, stories.c.entry_id).order_by(stories.c.id).limit(MAX_FOUND)
        if number is not None:
            query = query.where(stories.c.id == number)
        if start:
            query = query.where(stories.c.entry_id.startswith(start, autoescape=True))
        if key:
            known = select(addresses.c.story_id).where(addresses.c.key == rows.address(key))
            query = query.where(stories.c.id.in_(known))
        with reading(self.engine) as tx:
            return [(row.source_id, row.entry_id) for row in tx.execute(query)]

"""A source gets another id, and keeps everything else."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from feeds.errors import StateError
from state import databases
from state.engine import reading, writing
from state.part import Part, free, insert, lock_sources
from state.tables import addresses, events, habits, listings, pages, sources, stories

_CARRIERS = (habits, listings, pages, stories, addresses, events)  # tables whose rows name their source

_FREE = {"lease_owner": None, "lease_until": None}  # a poll that is late finds its lease lost


class Renames(Part):
    """Old and new ids."""

    def rename_source(self, old: str, new: str) -> int:
        with writing(self.engine) as tx:
            databases.of(tx).one_at_a_time(tx)
            self._check(tx, old, new)
            row = dict(tx.execute(select(sources).where(sources.c.id == old)).mappings().one())
            values = row | {"id": new, "enabled": True, "renamed_to": None, **_FREE, "version": row["version"] + 1}
            moved = insert(tx, sources).values(values)
            tx.execute(moved.on_conflict_do_update(index_elements=["id"], set_={**values, "changed_at": self.now()}))
            tx.execute(habits.delete().where(habits.c.source_id == new))
            tx.execute(listings.delete().where(listings.c.source_id == new))  # read once perhaps, but without stories
            tx.execute(pages.delete().where(pages.c.source_id == new))
            for table in _CARRIERS:
                tx.execute(table.update().where(table.c.source_id == old).values(source_id=new))
            tx.execute(sources.update().where(sources.c.renamed_to == old).values(renamed_to=new))
            tx.execute(sources.update().where(sources.c.id == old).values(enabled=False, renamed_to=new, **_FREE))
            count = select(func.count()).select_from(stories).where(stories.c.source_id == new)
            return int(tx.execute(count).scalar_one())

    def renamed(self) -> dict[str, str]:
        query = select(sources.c.id, sources.c.renamed_to).where(sources.c.renamed_to.is_not(None))
        with reading(self.engine) as tx:
            return {row.id: row.renamed_to for row in tx.execute(query)}

    def _check(self, tx: Connection, old: str, new: str) -> None:
        place = databases.place(self.engine)
        if old not in lock_sources(tx, [old, new]):
            raise StateError(place, f"knows no source {old!r}", "bantin status lists those that there are")
        if tx.execute(select(stories.c.id).where(stories.c.source_id == new).limit(1)).first() is not None:
            raise StateError(place, f"has stories of a source {new!r} already", "choose another id")
        idle = select(sources.c.id).where(sources.c.id.in_([old, new]), free(sources, self.now()))
        known = select(sources.c.id).where(sources.c.id.in_([old, new]))
        if len(tx.execute(idle).all()) != len(tx.execute(known).all()):
            raise StateError(place, f"is polling {old!r} just now", "try again in a minute")

"""Keeping: old texts are forgotten, the database is put in order, copies are made."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, and_, select

from state import databases, rows
from state.connections import clear_errors, writing
from state.part import Part, hold, lock_sources, shows, with_article, writes
from state.search import current_texts
from state.tables import attempts, bands, deliveries, events, revisions, sources, stories, verdicts

COMPARED_FOR = 30  # days: no story is found to be another's that was seen longer ago

STALE_PING = 86_400_000  # milliseconds: what a hub was not told for a day, a later change has told it


def _drop_stale_pings(tx: Connection, before: int) -> None:
    """A hub that comes back after long, or into the configuration, is not told each change of the time between."""
    stale = select(events.c.id).where(events.c.type == "feed.changed", events.c.created < before)
    old = and_(deliveries.c.event_id.in_(stale), deliveries.c.state == "pending")
    hold(tx, deliveries, old)
    tx.execute(deliveries.update().where(old).values(state="dead", lease_owner=None, lease_until=None))


def _forget_words(tx: Connection, old: Select[Any]) -> None:
    known = with_article(select(stories.c.id)).where(stories.c.id.in_(old))
    for some in tx.scalars(known).partitions(1000):
        databases.of(tx).forget_words(tx, current_texts(tx, list(some)))


class Upkeep(Part):
    """Nightly work, and backups."""

    @shows
    def forget(self, before: datetime) -> int:
        cutoff = rows.millis(before)
        old = select(stories.c.id).where(stories.c.updated < cutoff, stories.c.first_seen < cutoff)
        waiting = select(deliveries.c.event_id).where(deliveries.c.state == "pending")
        sent = select(events.c.id).where(events.c.created < cutoff, events.c.id.not_in(waiting))
        of_sent = select(deliveries.c.id).where(deliveries.c.event_id.in_(sent))
        with writing(self.engine) as tx:
            lock_sources(tx)
            hold(tx, deliveries, deliveries.c.state == "pending")  # what is delivered meanwhile is left for tomorrow
            tx.execute(attempts.delete().where(attempts.c.delivery_id.in_(of_sent)))
            tx.execute(deliveries.delete().where(deliveries.c.event_id.in_(sent)))
            tx.execute(events.delete().where(events.c.id.in_(sent)))
            _forget_words(tx, old)
            tx.execute(verdicts.delete().where(verdicts.c.story_id.in_(old)))
            gone = tx.execute(revisions.delete().where(revisions.c.story_id.in_(old))).rowcount
            if gone:
                tx.execute(sources.update().values(version=sources.c.version + 1, changed_at=self.now()))
            return gone

    @writes
    def tidy(self) -> None:
        cutoff = self.now() - COMPARED_FOR * 86_400_000
        with writing(self.engine) as tx:
            databases.of(tx).one_at_a_time(tx)
            old = select(stories.c.id).where(stories.c.first_seen < cutoff)
            _drop_stale_pings(tx, self.now() - STALE_PING)
            tx.execute(bands.delete().where(bands.c.story_id.in_(old)))
        with clear_errors(self.engine):
            databases.of(self.engine).tidy(self.engine)

    def backup(self, target: Path) -> None:
        with clear_errors(self.engine):
            databases.of(self.engine).backup(self.engine, target)

"""The outbox: events, and their deliveries to webhooks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from feeds.model import Attempt, Event, Verdict
from state import rows
from state.connections import writing
from state.part import Part, free, insert_or_update, writes
from state.part import lease as give_lease
from state.store import Due
from state.tables import attempts, deliveries, events, webhooks


class Outbox(Part):
    """Events on their way out."""

    @writes
    def claim_deliveries(self, owner: str, webhook_id: str, limit: int, lease: float) -> list[Due]:
        now = self.now()
        query = (
            select(deliveries.c.id.label("number"), deliveries.c.attempts, deliveries.c.webhook_id, events)
            .join(events, events.c.id == deliveries.c.event_id)
            .join(webhooks, webhooks.c.id == deliveries.c.webhook_id)
            .where(
                deliveries.c.state == "pending",
                deliveries.c.webhook_id == webhook_id,
                deliveries.c.due_at <= now,
                webhooks.c.disabled_at.is_(None),
                free(deliveries, now),
            )
            .order_by(deliveries.c.due_at, deliveries.c.id)
            .limit(limit)
        )
        if self.nothing(query):
            return []
        with writing(self.engine, durable=False) as tx:
            found = tx.execute(query.with_for_update(skip_locked=True, of=deliveries)).mappings().all()
            give_lease(tx, deliveries, [row["number"] for row in found], owner, now, lease)
        return [
            Due(id=row["number"], webhook_id=row["webhook_id"], event=event_of(row), attempts=row["attempts"])
            for row in found
        ]

    @writes
    def record(self, due: Due, attempt: Attempt, verdict: Verdict) -> None:
        number = due.attempts + 1
        due_at = rows.maybe_millis(verdict.due_at) or rows.millis(attempt.at)
        with writing(self.engine) as tx:
            tx.execute(
                deliveries.update()
                .where(
                    deliveries.c.id == due.id, deliveries.c.state == "pending", deliveries.c.attempts == due.attempts
                )
                .values(state=verdict.state, attempts=number, due_at=due_at, lease_owner=None, lease_until=None)
            )
            tx.execute(
                insert_or_update(tx, attempts, ("delivery_id", "number")),
                {
                    "delivery_id": due.id,
                    "number": number,
                    "at": rows.millis(attempt.at),
                    "status": attempt.status,
                    "error": attempt.error,
                    "duration_ms": int(attempt.duration * 1000),
                },
            )
            if verdict.disable:
                gone = webhooks.update().where(webhooks.c.id == due.webhook_id)
                tx.execute(gone.values(disabled_at=rows.millis(attempt.at)))


def event_of(row: Any) -> Event:
    """The event of a row of `events`."""
    values = {name: row[name] for name in ("type", "source_id", "payload", "entry_id", "revision")}
    return Event(id=row["id"], created=rows.moment(row["created"]), **values)

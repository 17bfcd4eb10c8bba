"""What the command line and the pages show of sources and deliveries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Select, and_, cast, func, literal_column, select

from feeds.model import Attempt, Event, KeptPage
from state import rows
from state.connections import reading
from state.outbox import event_of
from state.part import Part
from state.store import DeliveryRow, PageRow, SourceRow
from state.tables import attempts, deliveries, events, pages, sources, stories, webhooks

DAY = 86_400_000  # milliseconds
EPOCH = date(1970, 1, 1)


class Views(Part):
    """Sources and deliveries, as people look at them."""

    def sources(self) -> list[SourceRow]:
        count = func.count(stories.c.id)
        partial = func.sum(cast(func.coalesce(stories.c.partial, False), Integer))
        shown = and_(stories.c.source_id == sources.c.id, stories.c.removed.is_(None), stories.c.merged_into.is_(None))
        query = select(sources, count.label("n"), partial.label("p")).outerjoin(stories, shown).group_by(sources.c.id)
        now = self.now()
        with reading(self.engine) as tx:
            return [
                SourceRow(
                    state=rows.state(row),
                    stories=row["n"],
                    partial=row["p"] or 0,
                    leased=bool(row["lease_until"] and row["lease_until"] > now),
                )
                for row in tx.execute(query.order_by(sources.c.id)).mappings()
            ]

    def kept_pages(self) -> list[PageRow]:
        query = select(pages.c.id, pages.c.source_id, pages.c.url, pages.c.at, pages.c.cause)
        with reading(self.engine) as tx:
            return [
                PageRow(number=row.id, source_id=row.source_id, url=row.url, at=rows.moment(row.at), cause=row.cause)
                for row in tx.execute(query.order_by(pages.c.at.desc(), pages.c.id.desc()))
            ]

    def kept_page(self, number: int) -> tuple[str, KeptPage] | None:
        with reading(self.engine) as tx:
            row = tx.execute(select(pages).where(pages.c.id == number)).mappings().first()
        return (row["source_id"], rows.kept_page(row)) if row is not None else None

    def stories_by_day(
        self, source_ids: Iterable[str], since: datetime, offset: timedelta = timedelta(0)
    ) -> dict[str, dict[date, int]]:
        ahead = round(offset / timedelta(milliseconds=1))
        day = ((stories.c.first_seen + ahead) // DAY).label("day")
        query = select(stories.c.source_id, day, func.count()).where(
            stories.c.source_id.in_(sorted(set(source_ids))),
            stories.c.first_seen >= rows.millis(since),
            stories.c.merged_into.is_(None),
        )
        found: dict[str, dict[date, int]] = {}
        with reading(self.engine) as tx:
            for name, number, count in tx.execute(query.group_by(stories.c.source_id, literal_column("day"))):
                found.setdefault(name, {})[EPOCH + timedelta(days=int(number))] = count
        return found

    def deliveries(self, state: str | None, webhook_id: str | None, limit: int) -> list[DeliveryRow]:
        query = _delivery_rows().order_by(deliveries.c.id.desc()).limit(limit)
        if state:
            query = query.where(deliveries.c.state == state)
        if webhook_id:
            query = query.where(deliveries.c.webhook_id == webhook_id)
        with reading(self.engine) as tx:
            return [_delivery_row(row) for row in tx.execute(query).mappings()]

    def delivery(self, number: int) -> tuple[DeliveryRow, Event, list[Attempt]] | None:
        with reading(self.engine) as tx:
            row = tx.execute(_delivery_rows().where(deliveries.c.id == number)).mappings().first()
            if row is None:
                return None
            event = tx.execute(select(events).where(events.c.id == row["event_id"])).mappings().one()
            made = select(attempts).where(attempts.c.delivery_id == number).order_by(attempts.c.number)
            return _delivery_row(row), event_of(event), [_attempt(item) for item in tx.execute(made).mappings()]

    def pending(self) -> dict[str, int]:
        query = select(deliveries.c.webhook_id, func.count()).where(deliveries.c.state == "pending")
        with reading(self.engine) as tx:
            return {row[0]: row[1] for row in tx.execute(query.group_by(deliveries.c.webhook_id))}

    def disabled(self) -> dict[str, datetime]:
        query = select(webhooks.c.id, webhooks.c.disabled_at).where(webhooks.c.disabled_at.is_not(None))
        with reading(self.engine) as tx:
            return {row.id: rows.moment(row.disabled_at) for row in tx.execute(query)}


def _attempt(row: Any) -> Attempt:
    return Attempt(
        at=rows.moment(row["at"]), status=row["status"], error=row["error"], duration=row["duration_ms"] / 1000
    )


def _delivery_rows() -> Select[Any]:
    last = and_(attempts.c.delivery_id == deliveries.c.id, attempts.c.number == deliveries.c.attempts)
    return (
        select(deliveries, events.c.type, events.c.source_id, events.c.entry_id, events.c.created)
        .add_columns(attempts.c.status, attempts.c.error)
        .join(events, events.c.id == deliveries.c.event_id)
        .outerjoin(attempts, last)
    )


def _delivery_row(row: Any) -> DeliveryRow:
    names = ("id", "event_id", "type", "source_id", "entry_id", "webhook_id", "state", "attempts")
    return DeliveryRow(
        due_at=rows.moment(row["due_at"]),
        created=rows.moment(row["created"]),
        last_status=row["status"],
        last_error=row["error"],
        **{name: row[name] for name in names},
    )

"""What the command line and the pages show of sources and deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, case, func, literal_column, or_, select

from feeds.model import DIGEST, Attempt, Delay, Event, KeptPage, ListingState, Rhythm
from state import rows
from state.connections import reading
from state.outbox import endpoint_state, event_of
from state.part import Part, chunks, free, with_article
from state.store import DeliveryRow, EndpointRow, PageRow, PollRow, SourceCounts, SourceRow
from state.tables import (
    attempts,
    deliveries,
    endpoints,
    events,
    listings,
    pages,
    polls,
    revisions,
    sources,
    stories,
)

DAY, HOUR = 86_400_000, 3_600_000  # milliseconds
MAX_DELAYS = 1_000_000  # stories of a week that are asked how late they were
EPOCH = date(1970, 1, 1)


class Views(Part):
    """Sources and deliveries, as people look at them."""

    def sources(self, source_ids: Iterable[str] | None = None, *, failing: bool = False) -> list[SourceRow]:
        query, now = select(sources), self.now()
        if failing:
            query = query.where(sources.c.enabled, sources.c.paused_at.is_(None), sources.c.failures > 0)
        if source_ids is not None:
            query = query.where(sources.c.id.in_(sorted(set(source_ids))))
        with reading(self.engine) as tx:
            return [
                SourceRow(
                    state=rows.state(row),
                    stories=row["stories"],
                    partial=row["partials"],
                    leased=bool(row["lease_until"] and row["lease_until"] > now),
                    paused=rows.maybe_moment(row["paused_at"]),
                )
                for row in tx.execute(query.order_by(sources.c.id)).mappings()
            ]

    def poll_history(self, source_id: str) -> list[PollRow]:
        query = select(polls).where(polls.c.source_id == source_id).order_by(polls.c.at.desc())
        with reading(self.engine) as tx:
            return [PollRow(*rows.poll(row)) for row in tx.execute(query).mappings()]

    def last_stories(self, source_ids: Iterable[str]) -> dict[str, datetime]:
        # For each source by itself: the end of its part of an index, and not all its stories.
        last = select(func.max(stories.c.first_seen)).where(stories.c.source_id == sources.c.id).scalar_subquery()
        with reading(self.engine) as tx:
            query = select(sources.c.id, last.label("last")).where(sources.c.id.in_(list(source_ids)))
            return {row.id: rows.moment(row.last) for row in tx.execute(query) if row.last is not None}

    def lists_of(self, source_id: str) -> dict[str, ListingState]:
        query = select(listings).where(listings.c.source_id == source_id).order_by(listings.c.url)
        with reading(self.engine) as tx:
            return {row["url"]: rows.listing(row) for row in tx.execute(query).mappings()}

    def source_counts(self) -> SourceCounts:
        now = self.now()
        watched = and_(sources.c.enabled, sources.c.paused_at.is_(None))
        fares = case((sources.c.last_poll.is_(None), "waiting"), (sources.c.failures > 0, "failing"), else_="good")
        counted = select(fares.label("fares"), func.count()).where(watched).group_by(literal_column("fares"))
        due = select(func.min(sources.c.due_at)).where(watched, sources.c.due_at <= now, free(sources, now))
        with reading(self.engine) as tx:
            counts = {row[0]: row[1] for row in tx.execute(counted)}
            return SourceCounts(**counts, longest_due=rows.maybe_moment(tx.scalar(due)))

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

    def delays(self, source_ids: Iterable[str] | None, since: datetime) -> dict[str, Delay]:
        query = select(
            stories.c.source_id, stories.c.stated, stories.c.first_seen, stories.c.stored, stories.c.delivered
        ).where(stories.c.first_seen >= rows.millis(since), stories.c.backlog.is_(False), stories.c.stored.is_not(None))
        if source_ids is not None:
            query = query.where(stories.c.source_id.in_(sorted(set(source_ids))))
        found: dict[str, list[Any]] = {}
        with reading(self.engine) as tx:
            for row in tx.execute(query.limit(MAX_DELAYS)):
                found.setdefault(row.source_id, []).append(row)
        return {name: _delay(some) for name, some in found.items()}

    def count_found(self, source_id: str, since: datetime) -> int:
        query = select(func.count()).where(
            stories.c.source_id == source_id,
            stories.c.first_seen >= rows.millis(since),
            stories.c.merged_into.is_(None),
            stories.c.backlog.is_(False),
        )
        with reading(self.engine) as tx:
            return int(tx.scalar(query) or 0)

    def rhythms(self) -> dict[str, Rhythm]:
        query = select(sources.c.id, sources.c.watch).where(sources.c.enabled, sources.c.watch.is_not(None))
        with reading(self.engine) as tx:
            found = {row.id: rows.watch(row.watch).rhythm for row in tx.execute(query)}
        return {name: rhythm for name, rhythm in found.items() if rhythm is not None}

    def deliveries(
        self, state: str | None, endpoint_id: str | None, limit: int | None, since: datetime | None = None
    ) -> list[DeliveryRow]:
        query = _delivery_rows().order_by(deliveries.c.id.desc()).limit(limit)
        if state:
            query = query.where(deliveries.c.state == state)
        if endpoint_id:
            query = query.where(deliveries.c.endpoint_id == endpoint_id)
        if since:
            query = query.where(events.c.created >= rows.millis(since))
        with reading(self.engine) as tx:
            found = tx.execute(query).mappings().all()
            titles = _titles(tx, {row["entry_id"] for row in found if row["entry_id"]})
            return [_delivery_row(row, titles) for row in found]

    def delivery(self, number: int) -> tuple[DeliveryRow, Event, list[Attempt]] | None:
        with reading(self.engine) as tx:
            row = tx.execute(_delivery_rows().where(deliveries.c.id == number)).mappings().first()
            if row is None:
                return None
            event = tx.execute(select(events).where(events.c.id == row["event_id"])).mappings().one()
            made = select(attempts).where(attempts.c.delivery_id == number).order_by(attempts.c.number)
            titles = _titles(tx, {row["entry_id"]} if row["entry_id"] else set())
            tries = [_attempt(item) for item in tx.execute(made).mappings()]
            return _delivery_row(row, titles), event_of(event), tries

    def endpoints(self) -> dict[str, EndpointRow]:
        counted = (
            select(deliveries.c.endpoint_id, deliveries.c.state, func.count().label("n"))
            .add_columns(func.min(events.c.created).label("oldest"))
            .join(events, events.c.id == deliveries.c.event_id)
            .where(deliveries.c.state.in_(("pending", "dead")), events.c.type != DIGEST)
            .group_by(deliveries.c.endpoint_id, deliveries.c.state)
        )
        with reading(self.engine) as tx:
            counts = {(row.endpoint_id, row.state): row for row in tx.execute(counted)}
            found = {}
            for row in tx.execute(select(endpoints).order_by(endpoints.c.id)).mappings():
                waiting, dead = counts.get((row["id"], "pending")), counts.get((row["id"], "dead"))
                found[row["id"]] = EndpointRow(
                    state=endpoint_state(row),
                    waiting=waiting.n if waiting else 0,
                    dead=dead.n if dead else 0,
                    oldest=rows.moment(waiting.oldest) if waiting else None,
                )
            return found

    def delivered_by_hour(self, since: datetime) -> dict[str, dict[datetime, tuple[int, int]]]:
        start = rows.millis(since)
        arrived = (
            select(deliveries.c.endpoint_id, (deliveries.c.done_at // HOUR).label("hour"), func.count())
            .where(deliveries.c.done_at >= start, deliveries.c.state == "delivered")
            .group_by(deliveries.c.endpoint_id, literal_column("hour"))
        )
        tried = (
            select(deliveries.c.endpoint_id, (attempts.c.at // HOUR).label("hour"), func.count())
            .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
            .where(attempts.c.at >= start, or_(attempts.c.error.is_not(None), attempts.c.status >= 300))
            .group_by(deliveries.c.endpoint_id, literal_column("hour"))
        )
        found: dict[str, dict[datetime, tuple[int, int]]] = {}
        with reading(self.engine) as tx:
            for place, query in enumerate((arrived, tried)):
                for name, hour, count in tx.execute(query):
                    of, moment = found.setdefault(name, {}), rows.moment(int(hour) * HOUR)
                    good, bad = of.get(moment, (0, 0))
                    of[moment] = (good + count, bad) if place == 0 else (good, bad + count)
        return found


class _Titled(msgspec.Struct):
    title: str


_titled = msgspec.json.Decoder(_Titled)


def _titles(tx: Connection, entry_ids: set[str]) -> dict[tuple[str, str], str]:
    """The headlines of these stories, by source and entry id; of forgotten texts there are none."""
    found = {}
    for some in chunks(sorted(entry_ids)):
        query = with_article(select(stories.c.source_id, stories.c.entry_id, revisions.c.article))
        for row in tx.execute(query.where(stories.c.entry_id.in_(some), revisions.c.article.is_not(None))):
            found[row.source_id, row.entry_id] = _titled.decode(row.article).title
    return found


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


def _delivery_row(row: Any, titles: Mapping[tuple[str, str], str]) -> DeliveryRow:
    names = (
        "id",
        "event_id",
        "type",
        "source_id",
        "entry_id",
        "endpoint_id",
        "state",
        "attempts",
        "digest_id",
        "reason",
    )
    return DeliveryRow(
        due_at=rows.moment(row["due_at"]),
        created=rows.moment(row["created"]),
        done_at=rows.maybe_moment(row["done_at"]),
        title=titles.get((row["source_id"], row["entry_id"])),
        last_status=row["status"],
        last_error=row["error"],
        **{name: row[name] for name in names},
    )


def _delay(found: list[Any]) -> Delay:
    told = [row for row in found if row.stated is not None]

    def late(name: str) -> tuple[float, float] | None:
        # A site's clock may be ahead of ours; its story is in time all the same.
        values = sorted(max(0, at - row.stated) / 1000 for row in told if (at := getattr(row, name)) is not None)
        return (values[len(values) // 2], values[int(0.95 * (len(values) - 1))]) if values else None

    return Delay(
        stories=len(told),
        unclear=len(found) - len(told),
        found=late("first_seen"),
        stored=late("stored"),
        delivered=late("delivered"),
    )

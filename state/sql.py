"""The store over SQLAlchemy Core. `state.store` says what each method promises; here is how it is kept.

The parts follow the life of a poll: leases and lists (`_Polls`), stories (`_Stories`), events on their way out
(`_Deliveries`), and what people look at (`_Views`). `SqlStore` is all of them on one engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, Integer, Select, and_, bindparam, cast, func, or_, select
from sqlalchemy.dialects.sqlite import insert

from feeds.errors import LeaseLostError
from feeds.model import (
    Attempt,
    Changes,
    Entry,
    Event,
    Known,
    ListingState,
    Revision,
    SourceState,
    Story,
    Verdict,
)
from state import migrate, rows
from state.engine import open_engine, reading, writing
from state.store import Claim, DeliveryRow, Due, FeedVersion, SourceRow
from state.tables import addresses, attempts, deliveries, events, listings, revisions, sources, stories, webhooks

Clock = Callable[[], datetime]

MAX_LOOKS = 20  # of one source in one poll: old stories are looked at beside new ones, not before them
MAX_IN = 500  # values in one IN (…): SQLite's limit on variables is far above, its planner's patience is not


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _chunks(values: Iterable[str]) -> Iterable[list[str]]:
    ordered = sorted(set(values))
    return (ordered[start : start + MAX_IN] for start in range(0, len(ordered), MAX_IN))


class _Part:
    """What every part needs: the engine, and the clock that leases are judged by."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock

    def _now(self) -> int:
        return rows.millis(self.clock())


class _Polls(_Part):
    """Sources, their due times and leases, and their lists."""

    def sync(self, sources: Mapping[str, float], webhooks: Mapping[str, str]) -> None:
        with writing(self.engine) as tx:
            self._sync_sources(tx, sources)
            _sync_webhooks(tx, webhooks)

    def _sync_sources(self, tx: Connection, wanted: Mapping[str, float]) -> None:
        now = self._now()
        tx.execute(sources.update().values(enabled=False))
        if not wanted:
            return
        new = {"enabled": True, "due_at": now, "failures": 0, "alarmed": False, "version": 0, "changed_at": now}
        statement = insert(sources).on_conflict_do_update(index_elements=["id"], set_={"enabled": True})
        tx.execute(statement, [{"id": name, **new} for name in wanted])
        latest = [{"of": name, "latest": now + int(interval * 1000)} for name, interval in wanted.items()]
        put_off = and_(sources.c.id == bindparam("of"), sources.c.due_at > bindparam("latest"))
        tx.execute(sources.update().where(put_off).values(due_at=bindparam("latest")), latest)

    def claim_polls(self, owner: str, limit: int, lease: float) -> list[Claim]:
        now = self._now()
        due = (
            select(sources)
            .where(sources.c.enabled, sources.c.due_at <= now, _free(sources, now))
            .order_by(sources.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return self._claim(due, owner, now, lease)

    def claim_source(self, owner: str, source_id: str, lease: float) -> Claim | None:
        now = self._now()
        one = select(sources).where(sources.c.id == source_id, _free(sources, now)).with_for_update(skip_locked=True)
        claimed = self._claim(one, owner, now, lease)
        return claimed[0] if claimed else None

    def _claim(self, query: Select[Any], owner: str, now: int, lease: float) -> list[Claim]:
        with reading(self.engine) as tx:  # most ticks find nothing: look before taking the write lock
            if tx.execute(query.limit(1)).first() is None:
                return []
        with writing(self.engine, durable=False) as tx:
            found = tx.execute(query).mappings().all()
            ids = [row["id"] for row in found]
            _lease(tx, sources, ids, owner, now, lease)
            lists, looks = _listings(tx, ids), _due_looks(tx, ids, now)
        return [
            Claim(
                state=rows.state(row),
                listings=lists.get(row["id"], {}),
                looks=tuple(looks.get(row["id"], ())[:MAX_LOOKS]),
            )
            for row in found
        ]

    def renew(self, owner: str, lease: float, source_ids: Iterable[str], delivery_ids: Iterable[int]) -> None:
        until = self._now() + int(lease * 1000)
        with writing(self.engine, durable=False) as tx:
            for table, ids in ((sources, list(source_ids)), (deliveries, list(delivery_ids))):
                held = and_(table.c.lease_owner == owner, table.c.id.in_(ids))
                tx.execute(table.update().where(held).values(lease_until=until))

    def release(self, owner: str, source_ids: Iterable[str] | None = None) -> None:
        free = {"lease_owner": None, "lease_until": None}
        with writing(self.engine, durable=False) as tx:
            held = sources.c.lease_owner == owner
            if source_ids is not None:
                tx.execute(sources.update().where(held, sources.c.id.in_(list(source_ids))).values(free))
                return
            tx.execute(sources.update().where(held).values(free))
            tx.execute(deliveries.update().where(deliveries.c.lease_owner == owner).values(free))

    def owners(self) -> set[str]:
        with reading(self.engine) as tx:
            return {
                name
                for table in (sources, deliveries)
                for name in tx.scalars(select(table.c.lease_owner).where(table.c.lease_owner.is_not(None)).distinct())
            }


class _Stories(_Part):
    """Stories, their addresses and revisions; and the one transaction that stores a poll."""

    def known(self, source_id: str, keys: Iterable[str], fingerprints: Iterable[str] = ()) -> Known:
        known = Known(by_key={}, by_fingerprint={}, articles={})
        mine = stories.c.source_id == source_id
        with reading(self.engine) as tx:
            for chunk in _chunks(keys):
                query = _with_article(select(addresses.c.key, stories, revisions.c.article), forgotten=True).join(
                    addresses, addresses.c.story_id == stories.c.id
                )
                chosen = and_(addresses.c.source_id == source_id, addresses.c.key.in_(chunk))
                for row in tx.execute(query.where(chosen)).mappings():
                    known.by_key[row["key"]] = story = rows.story(row)
                    if row["article"] is not None:
                        known.articles[story.entry_id] = rows.article(row["article"])
            for chunk in _chunks(fingerprints):
                query = _with_article(select(stories, revisions.c.article))
                chosen = and_(mine, stories.c.fingerprint.in_(chunk), stories.c.merged_into.is_(None))
                for row in tx.execute(query.where(chosen).order_by(stories.c.id.desc())).mappings():
                    story = rows.story(row)
                    known.by_fingerprint[row["fingerprint"]] = story
                    known.articles[story.entry_id] = rows.article(row["article"])
        return known

    def commit(self, changes: Changes, owner: str) -> None:
        with writing(self.engine, durable=bool(changes.stories or changes.events)) as tx:
            self._finish_poll(tx, changes, owner)
            if changes.listings:
                _store_listings(tx, changes)
            if changes.stories:
                ids = _store_stories(tx, changes)
                _store_texts(tx, changes, ids)
            if changes.events:
                _store_events(tx, changes)

    def commit_quiet(self, states: Sequence[SourceState], owner: str) -> set[str]:
        with writing(self.engine, durable=False) as tx:
            mine = and_(sources.c.id.in_([state.id for state in states]), sources.c.lease_owner == owner)
            held = set(tx.scalars(select(sources.c.id).where(mine)))
            done = [
                {"of": s.id, "lease_owner": None, "lease_until": None, **rows.state_row(s)}
                for s in states
                if s.id in held
            ]
            if done:
                tx.execute(sources.update().where(sources.c.id == bindparam("of")), done)
        return {state.id for state in states} - held

    def _finish_poll(self, tx: Connection, changes: Changes, owner: str) -> None:
        values = rows.state_row(changes.state) | {"lease_owner": None, "lease_until": None}
        if changes.visible:
            values |= {"version": sources.c.version + 1, "changed_at": self._now()}
        mine = and_(sources.c.id == changes.state.id, sources.c.lease_owner == owner)
        if tx.execute(sources.update().where(mine).values(values)).rowcount != 1:
            raise LeaseLostError(f"source {changes.state.id}: the lease of this poll was lost; its result is dropped")

    def entries(self, source_ids: Iterable[str], limit: int, before: int | None = None) -> list[tuple[int, Entry]]:
        shown: list[ColumnElement[bool]] = [
            stories.c.source_id.in_(list(source_ids)),
            stories.c.removed.is_(None),
            stories.c.merged_into.is_(None),
        ]
        if before is not None:
            shown.append(stories.c.id < before)
        query = _with_article(select(stories, revisions.c.article)).where(*shown)
        with reading(self.engine) as tx:
            found = tx.execute(query.order_by(stories.c.id.desc()).limit(limit)).mappings()
            return [(row["id"], Entry(story=rows.story(row), article=rows.article(row["article"]))) for row in found]

    def versions(self, source_ids: Iterable[str]) -> dict[str, FeedVersion]:
        query = select(sources.c.id, sources.c.version, sources.c.changed_at)
        with reading(self.engine) as tx:
            found = tx.execute(query.where(sources.c.id.in_(list(source_ids))))
            return {row.id: FeedVersion(row.version, rows.moment(row.changed_at)) for row in found}

    def story(self, entry_id: str, source_id: str | None = None) -> list[tuple[Story, list[Revision]]]:
        query = select(stories).where(stories.c.entry_id == entry_id)
        if source_id is not None:
            query = query.where(stories.c.source_id == source_id)
        with reading(self.engine) as tx:
            found = tx.execute(query.order_by(stories.c.id)).mappings().all()
            return [(rows.story(row), _revisions(tx, row)) for row in found]


class _Deliveries(_Part):
    """The outbox."""

    def claim_deliveries(self, owner: str, webhook_id: str, limit: int, lease: float) -> list[Due]:
        now = self._now()
        query = (
            select(deliveries.c.id.label("number"), deliveries.c.attempts, deliveries.c.webhook_id, events)
            .join(events, events.c.id == deliveries.c.event_id)
            .join(webhooks, webhooks.c.id == deliveries.c.webhook_id)
            .where(
                deliveries.c.state == "pending",
                deliveries.c.webhook_id == webhook_id,
                deliveries.c.due_at <= now,
                webhooks.c.disabled_at.is_(None),
                _free(deliveries, now),
            )
            .order_by(deliveries.c.due_at, deliveries.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=deliveries)
        )
        with reading(self.engine) as tx:
            if tx.execute(query.limit(1)).first() is None:
                return []
        with writing(self.engine, durable=False) as tx:
            found = tx.execute(query).mappings().all()
            _lease(tx, deliveries, [row["number"] for row in found], owner, now, lease)
        return [
            Due(id=row["number"], webhook_id=row["webhook_id"], event=_event(row), attempts=row["attempts"])
            for row in found
        ]

    def record(self, due: Due, attempt: Attempt, verdict: Verdict) -> None:
        number = due.attempts + 1
        due_at = rows.maybe_millis(verdict.due_at) or rows.millis(attempt.at)
        with writing(self.engine) as tx:
            tx.execute(
                insert(attempts).on_conflict_do_nothing(),
                {
                    "delivery_id": due.id,
                    "number": number,
                    "at": rows.millis(attempt.at),
                    "status": attempt.status,
                    "error": attempt.error,
                    "duration_ms": int(attempt.duration * 1000),
                },
            )
            tx.execute(
                deliveries.update()
                .where(
                    deliveries.c.id == due.id, deliveries.c.state == "pending", deliveries.c.attempts == due.attempts
                )
                .values(state=verdict.state, attempts=number, due_at=due_at, lease_owner=None, lease_until=None)
            )
            if verdict.disable:
                gone = webhooks.update().where(webhooks.c.id == due.webhook_id)
                tx.execute(gone.values(disabled_at=rows.millis(attempt.at)))


class _Views(_Part):
    """What the command line and the pages show."""

    def sources(self) -> list[SourceRow]:
        count = func.count(stories.c.id)
        partial = func.sum(cast(func.coalesce(stories.c.partial, False), Integer))
        shown = and_(stories.c.source_id == sources.c.id, stories.c.removed.is_(None), stories.c.merged_into.is_(None))
        query = select(sources, count.label("n"), partial.label("p")).outerjoin(stories, shown).group_by(sources.c.id)
        now = self._now()
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
            return _delivery_row(row), _event(event), [_attempt(item) for item in tx.execute(made).mappings()]

    def pending(self) -> dict[str, int]:
        query = select(deliveries.c.webhook_id, func.count()).where(deliveries.c.state == "pending")
        with reading(self.engine) as tx:
            return {row[0]: row[1] for row in tx.execute(query.group_by(deliveries.c.webhook_id))}

    def disabled(self) -> dict[str, datetime]:
        query = select(webhooks.c.id, webhooks.c.disabled_at).where(webhooks.c.disabled_at.is_not(None))
        with reading(self.engine) as tx:
            return {row.id: rows.moment(row.disabled_at) for row in tx.execute(query)}


class SqlStore(_Polls, _Stories, _Deliveries, _Views):
    """A `Store` on SQLite. The database must be of this version's shape: see `state.migrate.upgrade`."""

    def __init__(self, url: str, clock: Clock = _utc_now) -> None:
        super().__init__(open_engine(url), clock)

    def close(self) -> None:
        self.engine.dispose()

    def forget(self, before: datetime) -> int:
        cutoff = rows.millis(before)
        old = select(stories.c.id).where(stories.c.updated < cutoff, stories.c.first_seen < cutoff)
        waiting = select(deliveries.c.event_id).where(deliveries.c.state == "pending")
        sent = select(events.c.id).where(events.c.created < cutoff, events.c.id.not_in(waiting))
        of_sent = select(deliveries.c.id).where(deliveries.c.event_id.in_(sent))
        with writing(self.engine) as tx:
            tx.execute(attempts.delete().where(attempts.c.delivery_id.in_(of_sent)))
            tx.execute(deliveries.delete().where(deliveries.c.event_id.in_(sent)))
            tx.execute(events.delete().where(events.c.id.in_(sent)))
            gone = tx.execute(revisions.delete().where(revisions.c.story_id.in_(old))).rowcount
            if gone:
                tx.execute(sources.update().values(version=sources.c.version + 1, changed_at=self._now()))
            return gone

    def tidy(self) -> None:
        with self.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA optimize")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def backup(self, target: Path) -> None:
        migrate.copy_to(self.engine, target)


def _sync_webhooks(tx: Connection, wanted: Mapping[str, str]) -> None:
    known = {row.id: row.url for row in tx.execute(select(webhooks.c.id, webhooks.c.url))}
    for name, url in wanted.items():
        if name not in known:
            tx.execute(webhooks.insert().values(id=name, url=url))
        elif known[name] != url:
            tx.execute(webhooks.update().where(webhooks.c.id == name).values(url=url, disabled_at=None))


def _free(table: Any, now: int) -> Any:
    return or_(table.c.lease_until.is_(None), table.c.lease_until <= now)


def _lease(tx: Connection, table: Any, ids: list[Any], owner: str, now: int, lease: float) -> None:
    if ids:
        until = now + int(lease * 1000)
        tx.execute(table.update().where(table.c.id.in_(ids)).values(lease_owner=owner, lease_until=until))


def _listings(tx: Connection, source_ids: list[str]) -> dict[str, dict[str, ListingState]]:
    found: dict[str, dict[str, ListingState]] = {}
    for row in tx.execute(select(listings).where(listings.c.source_id.in_(source_ids))).mappings():
        found.setdefault(row["source_id"], {})[row["url"]] = rows.listing(row)
    return found


def _due_looks(tx: Connection, source_ids: list[str], now: int) -> dict[str, list[Story]]:
    """The stories of these sources that are due for another look, the longest due first."""
    found: dict[str, list[Story]] = {}
    due = and_(stories.c.source_id.in_(source_ids), stories.c.next_look <= now)
    query = select(stories).where(due).order_by(stories.c.next_look).limit(MAX_LOOKS * len(source_ids))
    for row in tx.execute(query).mappings():
        found.setdefault(row["source_id"], []).append(rows.story(row))
    return found


def _with_article(query: Select[Any], *, forgotten: bool = False) -> Select[Any]:
    """Each story with its current text; with ``forgotten`` also those whose text is kept no longer."""
    current = and_(revisions.c.story_id == stories.c.id, revisions.c.number == stories.c.revision)
    return query.select_from(stories).join(revisions, current, isouter=forgotten)


def _store_listings(tx: Connection, changes: Changes) -> None:
    found = [
        {"source_id": changes.state.id, "url": url, **rows.listing_row(state)}
        for url, state in changes.listings.items()
    ]
    statement = insert(listings)
    new = {name: statement.excluded[name] for name in found[0] if name not in ("source_id", "url")}
    tx.execute(statement.on_conflict_do_update(index_elements=["source_id", "url"], set_=new), found)


def _store_stories(tx: Connection, changes: Changes) -> dict[str, int]:
    """Insert or update the stories, in their order; returns the row ids of all that the changes speak of."""
    ids = _ids(tx, changes.state.id, {s.entry_id for s in changes.stories} | set(changes.addresses.values()))
    for story in changes.stories:
        row = rows.story_row(story)
        if story.entry_id in ids:
            tx.execute(stories.update().where(stories.c.id == ids[story.entry_id]).values(row))
        else:
            key = tx.execute(stories.insert().values(row)).inserted_primary_key
            assert key is not None
            ids[story.entry_id] = key[0]
    return ids


def _ids(tx: Connection, source_id: str, entry_ids: Iterable[str]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for chunk in _chunks(entry_ids):
        mine = and_(stories.c.source_id == source_id, stories.c.entry_id.in_(chunk))
        ids |= {row.entry_id: row.id for row in tx.execute(select(stories.c.entry_id, stories.c.id).where(mine))}
    return ids


def _store_texts(tx: Connection, changes: Changes, ids: dict[str, int]) -> None:
    if changes.addresses:
        statement = insert(addresses)
        moved = statement.on_conflict_do_update(
            index_elements=["source_id", "key"], set_={"story_id": statement.excluded.story_id}
        )
        tx.execute(
            moved,
            [
                {"source_id": changes.state.id, "key": key, "story_id": ids[entry]}
                for key, entry in changes.addresses.items()
            ],
        )
    if changes.revisions:
        statement = insert(revisions)
        new = {name: statement.excluded[name] for name in ("seen_at", "fingerprint", "article")}
        tx.execute(
            statement.on_conflict_do_update(index_elements=["story_id", "number"], set_=new),
            [
                {
                    "story_id": ids[item.entry_id],
                    "number": item.number,
                    "seen_at": rows.millis(item.seen_at),
                    "fingerprint": item.fingerprint,
                    "article": rows.article_json(item.article),
                }
                for item in changes.revisions
            ],
        )


def _store_events(tx: Connection, changes: Changes) -> None:
    created = {event.id: rows.millis(event.created) for event in changes.events}
    tx.execute(
        insert(events).on_conflict_do_nothing(index_elements=["id"]),
        [msgspec.structs.asdict(event) | {"created": created[event.id]} for event in changes.events],
    )
    if changes.deliveries:
        tx.execute(
            insert(deliveries).on_conflict_do_nothing(index_elements=["event_id", "webhook_id"]),
            [
                {
                    "event_id": item.event_id,
                    "webhook_id": item.webhook_id,
                    "state": "pending",
                    "attempts": 0,
                    "due_at": created[item.event_id],
                }
                for item in changes.deliveries
            ],
        )


def _revisions(tx: Connection, story: Any) -> list[Revision]:
    found = tx.execute(select(revisions).where(revisions.c.story_id == story["id"]).order_by(revisions.c.number))
    return [
        Revision(
            source_id=story["source_id"],
            entry_id=story["entry_id"],
            number=row["number"],
            seen_at=rows.moment(row["seen_at"]),
            article=rows.article(row["article"]),
            fingerprint=row["fingerprint"],
        )
        for row in found.mappings()
    ]


def _event(row: Any) -> Event:
    values = {name: row[name] for name in ("type", "source_id", "payload", "entry_id", "revision")}
    return Event(id=row["id"], created=rows.moment(row["created"]), **values)


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

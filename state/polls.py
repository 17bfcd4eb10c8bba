"""Sources: their ids, due times and leases, and their lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, select

from feeds.errors import StateError
from feeds.model import ListingState, Story, Subscription
from state import databases, rows
from state.connections import reading, writing
from state.outbox import FRESH
from state.part import Part, chunks, free, hold, insert, lock_sources, shows, writes
from state.part import lease as give_lease
from state.store import Claim
from state.tables import (
    addresses,
    deliveries,
    endpoints,
    events,
    habits,
    listings,
    pages,
    polls,
    sources,
    stories,
    subscriptions,
)

MAX_LOOKS = 20  # of one source in one poll: old stories are looked at beside new ones, not before them

# With what is subscribed to for each: a second question would be one more way to the server and back.
_LISTINGS = (
    select(listings, *(column.label(f"subscription_{column.name}") for column in subscriptions.c))
    .outerjoin(
        subscriptions,
        and_(
            subscriptions.c.source_id == listings.c.source_id,
            subscriptions.c.url == listings.c.url,
            ~subscriptions.c.leaving,
        ),
    )
    .where(listings.c.source_id.in_(bindparam("ids", expanding=True)))
)
_DUE_LOOKS = (
    select(stories)
    .where(stories.c.source_id.in_(bindparam("ids", expanding=True)), stories.c.next_look <= bindparam("now"))
    .order_by(stories.c.next_look)
    .limit(bindparam("most"))
)


_CARRIERS = (
    habits,
    listings,
    pages,
    polls,
    stories,
    addresses,
    events,
    subscriptions,
)  # tables whose rows name their source

_FREE = {"lease_owner": None, "lease_until": None}  # a poll that is late finds its lease lost


class Polls(Part):
    """Sources: their ids, due times and leases, and their lists."""

    @writes
    def sync(self, sources: Mapping[str, float], endpoints: Mapping[str, str]) -> None:
        with writing(self.engine) as tx:
            databases.of(tx).one_at_a_time(tx)
            self._sync_sources(tx, sources)
            _sync_endpoints(tx, endpoints)

    def _sync_sources(self, tx: Connection, wanted: Mapping[str, float]) -> None:
        now = self.now()
        lock_sources(tx)
        tx.execute(sources.update().where(sources.c.enabled, sources.c.id.not_in(list(wanted))).values(enabled=False))
        if not wanted:
            return
        new = {"enabled": True, "due_at": now, "failures": 0, "alarmed": False, "version": 0, "changed_at": now}
        back = {"enabled": True, "renamed_to": None}
        statement = insert(tx, sources).on_conflict_do_update(index_elements=["id"], set_=back)
        tx.execute(statement, [{"id": name, **new} for name in wanted])
        latest = [{"of": name, "latest": now + int(interval * 1000)} for name, interval in wanted.items()]
        put_off = and_(sources.c.id == bindparam("of"), sources.c.due_at > bindparam("latest"))
        tx.execute(sources.update().where(put_off).values(due_at=bindparam("latest")), latest)

    @writes
    def claim_polls(self, owner: str, limit: int, lease: float) -> list[Claim]:
        now = self.now()
        due = (
            select(sources)
            .where(sources.c.enabled, sources.c.paused_at.is_(None), sources.c.due_at <= now, free(sources, now))
            .order_by(sources.c.due_at)
            .limit(limit)
        )
        return self._claim(due, owner, now, lease)

    @writes
    def claim_source(self, owner: str, source_id: str, lease: float) -> Claim | None:
        now = self.now()
        one = select(sources).where(sources.c.id == source_id, free(sources, now))
        claimed = self._claim(one, owner, now, lease, wait=True)
        return claimed[0] if claimed else None

    def _claim(self, query: Select[Any], owner: str, now: int, lease: float, *, wait: bool = False) -> list[Claim]:
        """Lease these sources. Those that somebody writes to at this moment are passed over, or waited for."""
        if self.nothing(query):
            return []
        with writing(self.engine, durable=False) as tx:
            found = tx.execute(query.with_for_update(skip_locked=not wait)).mappings().all()
            if not found:
                return []
            ids = [row["id"] for row in found]
            (lists, subscribed), looks = _listings(tx, ids), _due_looks(tx, ids, now)
            give_lease(tx, sources, ids, owner, now, lease)
        return [
            Claim(
                state=rows.state(row),
                listings=lists.get(row["id"], {}),
                looks=tuple(looks.get(row["id"], ())[:MAX_LOOKS]),
                subscriptions=subscribed.get(row["id"], {}),
                claimed_at=rows.moment(now),
            )
            for row in found
        ]

    @writes
    def renew(self, owner: str, lease: float, source_ids: Iterable[str], delivery_ids: Iterable[int]) -> None:
        until = self.now() + int(lease * 1000)
        with writing(self.engine, durable=False) as tx:
            for table, ids in ((sources, list(source_ids)), (deliveries, list(delivery_ids))):
                held = hold(tx, table, table.c.lease_owner == owner, table.c.id.in_(ids))
                tx.execute(table.update().where(table.c.id.in_(held)).values(lease_until=until))

    @writes
    def release(self, owner: str, source_ids: Iterable[str] | None = None) -> None:
        some = [] if source_ids is None else [sources.c.id.in_(list(source_ids))]
        with writing(self.engine, durable=False) as tx:
            _give_back(tx, sources, sources.c.lease_owner == owner, *some)
            if source_ids is None:
                _give_back(tx, deliveries, deliveries.c.lease_owner == owner)

    def owners(self) -> set[str]:
        with reading(self.engine) as tx:
            return {
                name
                for table in (sources, deliveries)
                for name in tx.scalars(select(table.c.lease_owner).where(table.c.lease_owner.is_not(None)).distinct())
            }

    @writes
    def pause(self, source_id: str, paused: bool) -> bool:
        now = self.now()
        other = sources.c.paused_at.is_(None) if paused else sources.c.paused_at.is_not(None)
        with writing(self.engine) as tx:
            which = sources.update().where(sources.c.id == source_id, other)
            return tx.execute(which.values(paused_at=now if paused else None)).rowcount > 0

    @writes
    def make_due(self, source_id: str) -> bool:
        now = self.now()
        with writing(self.engine) as tx:
            which = sources.update().where(sources.c.id == source_id, sources.c.enabled, free(sources, now))
            return tx.execute(which.values(due_at=now)).rowcount > 0

    # -- ids

    @shows
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
            tx.execute(polls.delete().where(polls.c.source_id == new))
            tx.execute(subscriptions.delete().where(subscriptions.c.source_id == new))  # its hub gets 410, and stops
            for table in _CARRIERS:
                tx.execute(table.update().where(table.c.source_id == old).values(source_id=new))
            tx.execute(sources.update().where(sources.c.renamed_to == old).values(renamed_to=new))
            tx.execute(
                sources.update()
                .where(sources.c.id == old)
                .values(enabled=False, renamed_to=new, stories=0, partials=0, **_FREE)
            )
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


def _give_back(tx: Connection, table: Any, *which: ColumnElement[bool]) -> None:
    for some in chunks(hold(tx, table, *which)):
        tx.execute(table.update().where(table.c.id.in_(some)).values(lease_owner=None, lease_until=None))


def _sync_endpoints(tx: Connection, wanted: Mapping[str, str]) -> None:
    known = {row.id: row.url for row in tx.execute(select(endpoints.c.id, endpoints.c.url))}
    for name, url in wanted.items():
        if name not in known:
            tx.execute(endpoints.insert().values(id=name, url=url))
        elif known[name] != url:
            tx.execute(endpoints.update().where(endpoints.c.id == name).values(url=url, **FRESH))


def _listings(
    tx: Connection, source_ids: list[str]
) -> tuple[dict[str, dict[str, ListingState]], dict[str, dict[str, Subscription]]]:
    """What is known of the addresses of these sources, and which of them are subscribed to."""
    found: dict[str, dict[str, ListingState]] = {}
    subscribed: dict[str, dict[str, Subscription]] = {}
    for row in tx.execute(_LISTINGS, {"ids": source_ids}).mappings():
        found.setdefault(row["source_id"], {})[row["url"]] = rows.listing(row)
        if row["subscription_name"] is not None:
            told = {name: row[f"subscription_{name}"] for name in subscriptions.c.keys()}  # noqa: SIM118  # no dict
            subscribed.setdefault(row["source_id"], {})[row["url"]] = rows.subscription(told)
    return found, subscribed


def _due_looks(tx: Connection, source_ids: list[str], now: int) -> dict[str, list[Story]]:
    """The stories of these sources that are due for another look, the longest due first."""
    found: dict[str, list[Story]] = {}
    values = {"ids": source_ids, "now": now, "most": MAX_LOOKS * len(source_ids)}
    for row in tx.execute(_DUE_LOOKS, values).mappings():
        found.setdefault(row["source_id"], []).append(rows.story(row))
    return found

"""Subscriptions at hubs (WebSub), and what their posts do to the sources' due times."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, func, select

from feeds.model import Subscription
from state import rows
from state.connections import reading, writing
from state.part import Part, chunks, free, hold, lock_sources, writes
from state.tables import sources, subscriptions


class Subscriptions(Part):
    """What hubs are asked for, what they grant, and what they post."""

    def subscriptions(self) -> list[Subscription]:
        with reading(self.engine) as tx:
            found = tx.execute(select(subscriptions).order_by(subscriptions.c.name)).mappings()
            return [rows.subscription(row) for row in found]

    def subscription(self, name: str) -> Subscription | None:
        with reading(self.engine) as tx:
            row = tx.execute(select(subscriptions).where(subscriptions.c.name == name)).mappings().first()
            return rows.subscription(row) if row is not None else None

    @writes
    def subscribe(self, asked: Subscription) -> None:
        others = and_(
            subscriptions.c.source_id == asked.source_id,
            subscriptions.c.url == asked.url,
            subscriptions.c.name != asked.name,
            ~subscriptions.c.leaving,
        )
        again = {"asked_at": rows.millis(asked.asked_at), "tries": asked.tries, "denied_at": None}
        with writing(self.engine) as tx:
            if not lock_sources(tx, [asked.source_id]):
                return
            tx.execute(subscriptions.update().where(others).values(leaving=True, asked_at=again["asked_at"]))
            known = tx.execute(subscriptions.update().where(subscriptions.c.name == asked.name).values(again))
            if not known.rowcount:
                tx.execute(subscriptions.insert().values(rows.subscription_row(asked)))

    @writes
    def leave(self, names: Collection[str], at: datetime) -> None:
        self._set(names, leaving=True, asked_at=rows.millis(at))

    @writes
    def verified(self, name: str, until: datetime) -> bool:
        agreed = {"verified_until": rows.millis(until), "tries": 0, "denied_at": None}
        return self._set([name], **agreed) > 0

    @writes
    def denied(self, name: str, at: datetime) -> bool:
        return self._set([name], denied_at=rows.millis(at), verified_until=None) > 0

    def _set(self, names: Collection[str], **values: Any) -> int:
        """Change those of these names that are not being left; returns how many."""
        changed = 0
        with writing(self.engine) as tx:
            for some in chunks(names):
                hold(tx, subscriptions, subscriptions.c.name.in_(some))
                which = and_(subscriptions.c.name.in_(some), ~subscriptions.c.leaving)
                changed += tx.execute(subscriptions.update().where(which).values(values)).rowcount
        return changed

    @writes
    def forget_subscriptions(self, names: Collection[str]) -> None:
        with writing(self.engine) as tx:
            for some in chunks(names):
                hold(tx, subscriptions, subscriptions.c.name.in_(some))
                tx.execute(subscriptions.delete().where(subscriptions.c.name.in_(some)))

    @writes
    def heard(self, pushed: Collection[str], refused: Mapping[str, int], rest: float) -> None:
        now = self.now()
        with writing(self.engine, durable=False) as tx:  # what a power cut undoes, the next check finds
            # Sources first, then subscriptions, each in one order: others do the same at the same moment.
            which = and_(subscriptions.c.name.in_(list(pushed)), ~subscriptions.c.leaving)
            held = lock_sources(tx, set(tx.scalars(select(subscriptions.c.source_id).where(which))))
            hold(tx, subscriptions, subscriptions.c.name.in_([*pushed, *refused]))
            if pushed:
                tx.execute(subscriptions.update().where(which).values(last_push=now))
                _make_due(tx, held, now, rest)
            if refused:
                more = subscriptions.c.refused + bindparam("more")
                counted = subscriptions.update().where(subscriptions.c.name == bindparam("of")).values(refused=more)
                tx.execute(counted, [{"of": name, "more": count} for name, count in sorted(refused.items())])

    @writes
    def overtaken(self, source_id: str, since: datetime, rest: float) -> bool:
        mine = and_(subscriptions.c.source_id == source_id, ~subscriptions.c.leaving)
        later = select(subscriptions.c.name).where(mine, subscriptions.c.last_push >= rows.millis(since))
        if self.nothing(later):
            return False
        now = self.now()
        with writing(self.engine, durable=False) as tx:
            held = lock_sources(tx, [source_id])
            return tx.execute(later.limit(1)).first() is not None and _make_due(tx, held, now, rest) > 0

    @writes
    def doubt_pushes(self, source_id: str, before: datetime) -> None:
        with writing(self.engine, durable=False) as tx:
            lock_sources(tx, [source_id])
            which = and_(subscriptions.c.source_id == source_id, subscriptions.c.last_push < rows.millis(before))
            tx.execute(subscriptions.update().where(which).values(last_push=None))


def _make_due(tx: Connection, source_ids: Collection[str], now: int, rest: float) -> int:
    """Have these polled when they have rested since their last poll, if they were due later; returns how many.

    One that fails is left alone: its site may have said when to come again.
    """
    rested = func.coalesce(sources.c.last_poll, 0) + int(rest * 1000)
    when = case((rested > now, rested), else_=now)
    good = and_(sources.c.enabled, sources.c.failures == 0, free(sources, now))
    which = and_(sources.c.id.in_(sorted(source_ids)), good, sources.c.due_at > when)
    return int(tx.execute(sources.update().where(which).values(due_at=when)).rowcount)

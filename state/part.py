"""What every part of the store needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    Table,
    and_,
    bindparam,
    case,
    false,
    func,
    or_,
    select,
    true,
)

from state import databases, rows
from state.connections import clear_errors, reading
from state.tables import revisions, sources, stories, verdicts

NO_RULES: Mapping[str, str] = MappingProxyType({})  # every story is wanted

Clock = Callable[[], datetime]
V = TypeVar("V", str, int)
Method = TypeVar("Method", bound=Callable[..., Any])

A_FEW = {"yield_per": 5}  # rows with texts in memory at a time: some have a megabyte
MAX_IN = 500  # values in one IN (…): the limits on variables are far above, the planners' patience is not


def writes(method: Method) -> Method:
    """Mark a method of the store that writes: SQLite takes one writer at a time, so these are called one by one."""
    method.writes = True  # type: ignore[attr-defined]
    return method


def shows(method: Method) -> Method:
    """Mark a method that writes what feeds and pages may show: whoever keeps what they show has to look again."""
    method.shows = True  # type: ignore[attr-defined]
    return writes(method)


class Part:
    """The engine, and the clock that leases are judged by."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock

    def now(self) -> int:
        """The store's time in milliseconds."""
        with clear_errors(self.engine):  # it may be the server's, which may be away
            return rows.millis(self.clock())

    def nothing(self, query: Select[Any]) -> bool:
        """Whether there is surely no such row: most ticks find nothing, and should not stand in line to write."""
        if not databases.of(self.engine).ONE_WRITER:
            return False
        with reading(self.engine) as tx:
            return tx.execute(query.limit(1)).first() is None


def chunks(values: Iterable[V]) -> Iterable[list[V]]:
    """The values, each once, in lists of a size that one statement may ask for."""
    ordered = sorted(set(values))
    return (ordered[start : start + MAX_IN] for start in range(0, len(ordered), MAX_IN))


def insert(tx: Connection, table: Any) -> Any:
    """An INSERT that knows ON CONFLICT, in the words of the database."""
    return databases.of(tx).insert(table)


def insert_or_update(tx: Connection, table: Table, keys: tuple[str, ...], changed: tuple[str, ...] = ()) -> Any:
    """An INSERT that changes these columns of a row that is there with these keys; without any it leaves the row."""
    return _insert_or_update(databases.of(tx).insert, table, keys, changed)


@cache  # building a statement takes as long as the database needs to carry it out
def _insert_or_update(insert: Callable[..., Any], table: Table, keys: tuple[str, ...], changed: tuple[str, ...]) -> Any:
    statement = insert(table)
    if not changed:
        return statement.on_conflict_do_nothing(index_elements=keys)
    new = {name: statement.excluded[name] for name in changed}
    return statement.on_conflict_do_update(index_elements=keys, set_=new)


def free(table: Any, now: int) -> Any:
    """The rows that nobody holds a lease of."""
    return or_(table.c.lease_until.is_(None), table.c.lease_until <= now)


def lease(tx: Connection, table: Any, ids: list[Any], owner: str, now: int, seconds: float) -> None:
    """Give these rows to an owner."""
    if ids:
        tx.execute(_leased(table), {"ids": ids, "lease_owner": owner, "lease_until": now + int(seconds * 1000)})


@cache
def _leased(table: Table) -> Any:
    return table.update().where(table.c.id.in_(bindparam("ids", expanding=True))).execution_options(**databases.UNHEARD)


def hold(tx: Connection, table: Any, *which: ColumnElement[bool]) -> set[Any]:
    """Hold the rows that are so until the transaction ends; returns their ids (the primary key, which is one column).

    Always in the same order: two that lock the same rows in different orders wait for each other for ever. For the
    same reason whoever needs several tables holds sources first, then deliveries or stories.
    """
    (name,) = table.primary_key.columns
    return set(tx.scalars(select(name).where(*which).order_by(name).with_for_update()))


def lock_sources(tx: Connection, ids: Collection[str] | None = None) -> set[str]:
    """Hold these sources (all) until the transaction ends; returns which there are."""
    return hold(tx, sources) if ids is None else hold(tx, sources, sources.c.id.in_(list(ids)))


def allowed(query: Select[Any], table: Any, rules: Mapping[str, str]) -> Select[Any]:
    """The query for stories that feeds' rules let through; ``rules`` are their names by source, none for many.

    A story of which nobody asked them yet is among them, and has no ``wanted``.
    """
    if not rules:
        return query.add_columns(true().label("wanted"))
    rule = case(dict(rules), value=table.c.source_id, else_="")
    query = query.outerjoin(verdicts, and_(verdicts.c.story_id == table.c.id, verdicts.c.rule == rule))
    query = query.where(or_(rule == "", verdicts.c.wanted.is_(None), verdicts.c.wanted))
    return query.add_columns(or_(rule == "", func.coalesce(verdicts.c.wanted, false())).label("wanted"))


def with_article(query: Select[Any], *, forgotten: bool = False) -> Select[Any]:
    """Each story with its current text; with ``forgotten`` also those whose text is kept no longer."""
    current = and_(revisions.c.story_id == stories.c.id, revisions.c.number == stories.c.revision)
    return query.select_from(stories).join(revisions, current, isouter=forgotten)

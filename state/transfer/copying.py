"""Everything from one database into another, of whatever kind: counted, and compared row by row.

The old one is read as it was at one moment; the new one gets all of it in one transaction, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, select

from feeds.errors import StateError
from state import databases
from state.connections import open_engine, reading, writing
from state.search import index_all
from state.tables import metadata, stories
from state.transfer import migrate

AT_ONCE = 1000  # rows

Tell = Callable[[str, int, int], None]


def copy(
    old: Engine, new: Engine, *, force: bool = False, tell: Tell = lambda table, done, total: None
) -> dict[str, int]:
    """Copy all tables; returns how many rows each has. Both databases must have this version's tables.

    ``tell`` hears of each table: rows done, rows in all. Raises `StateError`, leaving ``new`` as it was: it holds
    stories already (unless ``force``, which deletes them), or what arrived is not what was sent.
    """
    counts: dict[str, int] = {}
    with reading(old) as source, writing(new, together=False) as target:
        databases.of(target).one_at_a_time(target)
        _make_empty(target, new, force)
        for table in metadata.sorted_tables:
            counts[table.name] = _copy_table(source, target, table, tell)
        databases.of(target).after_copy(target)
        index_all(target)
        for table in metadata.sorted_tables:
            if digest(source, table) != digest(target, table):
                raise StateError(databases.place(new), f"table {table.name} did not arrive whole", "report this")
    return counts


def to_file(engine: Engine, target: Path, version: str = "") -> None:
    """A copy as an SQLite file. Raises `StateError` where it exists: a backup never overwrites another."""
    if target.exists():
        raise StateError(str(target), "exists", "name another file for the copy")
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    file = open_engine(f"sqlite:///{partial}")
    try:
        migrate.upgrade(file, version=version)
        copy(engine, file, force=True)
        databases.of(file).tidy(file)
        file.dispose()
        partial.rename(target)
    finally:
        file.dispose()
        for left in (partial, Path(f"{partial}-wal"), Path(f"{partial}-shm")):
            left.unlink(missing_ok=True)


def digest(connection: Connection, table: Table) -> tuple[int, int]:
    """How many rows the table has, and a number that any change of any of them changes."""
    count = total = 0
    for row in connection.execute(select(table).execution_options(yield_per=AT_ONCE)):
        values = [bytes(value) if isinstance(value, memoryview | bytearray) else value for value in row]
        total += int.from_bytes(blake2b(repr(values).encode(errors="surrogatepass"), digest_size=16).digest())
        count += 1
    return count, total % 2**128


def _make_empty(target: Connection, engine: Engine, force: bool) -> None:
    if not force and target.execute(select(stories.c.id).limit(1)).first() is not None:
        hint = "name an empty database, or say --force to replace what is in it"
        raise StateError(databases.place(engine), "holds stories already", hint)
    databases.of(target).forget_all_words(target)
    for table in reversed(metadata.sorted_tables):
        target.execute(table.delete())


def _copy_table(source: Connection, target: Connection, table: Table, tell: Tell) -> int:
    total = source.execute(select(func.count()).select_from(table)).scalar_one()
    done = 0
    rows = source.execute(select(table).execution_options(yield_per=AT_ONCE)).mappings()
    for some in _batches(rows):
        target.execute(table.insert(), some)
        done += len(some)
        tell(table.name, done, total)
    return done


def _batches(rows: Any) -> Any:
    batch: list[Mapping[str, Any]] = []
    for row in rows:
        batch.append(dict(row))
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch

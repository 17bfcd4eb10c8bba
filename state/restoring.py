"""Backups on their way back: checked, brought to this version's shape, and never changed themselves."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine, select

from feeds.errors import StateError
from state import databases, rows
from state.engine import clear_errors, open_engine, reading
from state.migrate import upgrade, version_of
from state.tables import deliveries, sources, stories


@contextmanager
def opened_backup(file: Path, version: str) -> Iterator[Engine]:
    """A temporary copy of an SQLite backup, migrated by the bantin of this ``version``, to copy from.

    Raises `StateError` where it cannot be read, is damaged, or is no database of bantin's.
    """
    with tempfile.TemporaryDirectory(prefix="bantin-restore-") as folder:
        copied = Path(folder) / "backup.db"
        _copy_file(file, copied)
        _check(file, copied)
        engine = open_engine(f"sqlite:///{copied}")
        try:
            if version_of(engine) is None:
                raise StateError(str(file), "holds nothing of bantin's", "name a file that bantin backup wrote")
            upgrade(engine, version=version)
            yield engine
        except StateError as error:
            if str(copied) not in error.url:
                raise
            raise StateError(str(file), error.cause, error.hint) from error
        finally:
            engine.dispose()


def holds_stories(engine: Engine) -> bool:
    """Whether there is something to lose; the database must have tables, of whatever version."""
    with reading(engine) as tx:
        return tx.execute(select(stories.c.id).limit(1)).first() is not None


def holders(engine: Engine) -> set[str]:
    """Who holds leases that have not run out; the database must have tables, of whatever version."""
    now = rows.millis(databases.of(engine).clock(engine)())
    with reading(engine) as tx:
        return {
            name
            for table in (sources, deliveries)
            for name in tx.scalars(select(table.c.lease_owner).where(table.c.lease_until > now).distinct())
            if name
        }


def keep_before(engine: Engine) -> str | None:
    """Copy a database that is a file before it is replaced; returns a sentence on where to."""
    if engine.dialect.name != "sqlite":
        return None
    with clear_errors(engine):
        return databases.of(engine).keep_copy(engine, "before-restore")


def _copy_file(file: Path, copied: Path) -> None:
    try:
        shutil.copyfile(file, copied)
        log = Path(f"{file}-wal")
        if log.is_file():  # of a database that was copied as it lay there, by other means than bantin backup
            shutil.copyfile(log, f"{copied}-wal")
    except OSError as error:
        hint = "name a file that bantin backup wrote; there must be room for a copy of it in $TMPDIR"
        raise StateError(str(file), f"cannot be copied ({error.strerror})", hint) from error


def _check(file: Path, copied: Path) -> None:
    try:
        with closing(sqlite3.connect(copied)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
    except sqlite3.DatabaseError as error:
        found = [str(error)]
    if found != ["ok"]:
        hint = "take another backup; nothing was restored from this one"
        raise StateError(str(file), f"is damaged, or no SQLite database: {'; '.join(found)}"[:500], hint)

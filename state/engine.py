"""Opening the database: one place for what SQLite needs to be told, and for what its errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from feeds.errors import StateError

BUSY_TIMEOUT = 10.0  # seconds to wait for another process that writes

# What SQLite says, what it means, what to do.
_CAUSES = (
    ("locked", "is locked by another program", "wait for it to finish, or stop it (fuser FILE names it)"),
    ("readonly", "is read-only", "give this user write access to the file and to its folder"),
    ("read-only", "is read-only", "give this user write access to the file and to its folder"),
    ("disk is full", "the disk is full", "free some space; nothing that was stored is lost"),
    ("disk i/o error", "the disk could not be read or written", "check the disk, and its free space"),
    ("unable to open", "cannot be opened", "create its folder, or give this user access to it"),
    ("not a database", "is not an SQLite database", "move the file away, or name another in [state] url"),
    ("malformed", "is damaged", "restore a backup, or recover it with: sqlite3 FILE .recover"),
)


def open_engine(url: str) -> Engine:
    """An engine for ``url`` (``sqlite:///…``). Nothing is opened yet.

    Raises `StateError` where the URL names a database that this version does not keep state in.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StateError(url, "is no database URL", "use sqlite:///bantin.db") from error
    if parsed.get_backend_name() != "sqlite":
        raise StateError(
            parsed.render_as_string(hide_password=True), "is not supported by this version", "use sqlite:///bantin.db"
        )
    engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT, "check_same_thread": False})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def path_of(engine: Engine) -> Path | None:
    """The database's file; None for one in memory."""
    name = engine.url.database
    return Path(name) if name and name != ":memory:" else None


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one consistent state and never waits for a writer (WAL)."""
    with clear_errors(engine), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine, *, durable: bool = True) -> Iterator[Connection]:
    """One write transaction: all of it is stored, or nothing.

    ``durable`` waits until the disk has it. Without, a power cut (not a crash) may undo the last transactions: right
    for the outcome of a poll that found nothing, of which there are hundreds a second.
    """
    with clear_errors(engine), engine.connect() as connection:
        connection = connection.execution_options(write=True, durable=durable)
        with connection.begin():
            yield connection


@contextmanager
def clear_errors(engine: Engine) -> Iterator[None]:
    """Turn the driver's errors that an operator can mend into a `StateError` that says how."""
    try:
        yield
    except (OperationalError, DatabaseError) as error:
        said = str(error.orig).lower()
        for sign, cause, hint in _CAUSES:
            if sign in said:
                raise StateError(str(path_of(engine) or engine.url), cause, hint) from error
        raise


def _on_connect(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # transactions begin where `_on_begin` says, not where the driver guesses
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA cache_size = -16000")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("write"):
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if options.get('durable') else 'NORMAL'}")
    # IMMEDIATE: take the write lock now. A transaction that reads first and then finds another writer cannot wait.
    connection.exec_driver_sql("BEGIN IMMEDIATE")

"""SQLite: one file, one writer at a time, readers beside it (WAL)."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISREG
from typing import Any

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    String,
    bindparam,
    column,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.dialects.sqlite import insert as insert

from feeds.errors import StateError
from state.connections import clear_errors
from state.databases import Examined

EXAMPLE = "sqlite:///bantin.db"
CAUSES = (
    ("locked", "is locked by another program", "wait for it to finish, or stop it (fuser FILE names it)"),
    ("readonly", "is read-only", "give this user write access to the file and to its folder"),
    ("read-only", "is read-only", "give this user write access to the file and to its folder"),
    ("disk is full", "the disk is full", "free some space; nothing that was stored is lost"),
    ("disk i/o error", "the disk could not be read or written", "check the disk, and its free space"),
    ("unable to open", "cannot be opened", "create its folder, or give this user access to it"),
    ("not a database", "is not an SQLite database", "move the file away, or name another in [state] url"),
    ("malformed", "is damaged", "restore a backup (bantin restore FILE), or try: sqlite3 FILE .recover"),
)

ONE_WRITER = True
ALONE: Mapping[str, Any] = {}  # nobody is far away here
EXACT_WORDS = True

BUSY_TIMEOUT = 10.0  # seconds to wait for another process that writes
PAGES_FREED = 10_000  # at most so many, 4 KB each, are given back to the disk in one night


def among(place: Any, names: Sequence[str]) -> ColumnElement[bool]:
    """`Database.among`: https://www.sqlite.org/json1.html#jeach."""
    given = func.json_each(json.dumps(list(names))).table_valued(column("value", String))
    return place.in_(select(given.c.value))  # type: ignore[no-any-return]


def open_engine(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        for ending in ("", "-wal", "-shm"):
            _give_to_folder(Path(url.database + ending))
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT, "check_same_thread": False})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def clock(engine: Engine) -> Callable[[], datetime]:
    """This machine's clock: everyone who shares a file sits on it."""
    return lambda: datetime.now(UTC)


def together(tx: Connection) -> AbstractContextManager[None]:
    """Nothing to spare: there is no way to a server."""
    return nullcontext()


def one_at_a_time(tx: Connection) -> None:
    """Nothing to wait for: a write transaction is the only one from its beginning (see `_on_begin`)."""


@contextmanager
def rebuilding(connection: Connection) -> Iterator[None]:
    """SQLite changes some columns by making the table anew, and would take the old one's end for that of its rows.

    (https://www.sqlite.org/lang_altertable.html#otheralter: foreign keys are off, and checked at the end.)
    """
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys = OFF")  # does nothing inside a transaction
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def check_references(tx: Connection) -> None:
    found = tx.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(3)
    if found:
        rows = ", ".join(f"{row[0]} {row[1]}" for row in found)
        hint = "restore a backup (bantin restore FILE), or ask for help with this line"
        raise StateError(str(path_of(tx.engine)), f"has rows that refer to nothing: {rows}", hint)


def exists(engine: Engine) -> bool:
    path = path_of(engine)
    if path is None:
        return True
    try:
        path.stat()
        if not os.access(path, os.R_OK, effective_ids=True):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except PermissionError as error:
        hint = "it is another user's: give the command with sudo, such as sudo bantin status"
        raise StateError(str(path), f"cannot be read ({error.strerror})", hint) from error
    except OSError:
        return False
    return True


def prepare(engine: Engine) -> None:
    path = path_of(engine)
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make(path)
    except OSError as error:
        hint = "give this user write access to its folder, or name another"
        raise StateError(str(path), f"cannot be made ({error.strerror})", hint) from error


def _make(path: Path) -> None:
    """The file, for this user alone whatever the umask; SQLite gives its log the same mode."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    _give_to_folder(path)


def _give_to_folder(path: Path) -> None:
    """What root made in another user's folder is that user's: a service could not write to it afterwards.

    Only root's own plain files: the folder's owner can put links there, to files that are nobody's to give away.
    SQLite itself makes its logs the database's owner's.
    """
    if os.geteuid() != 0:
        return
    with suppress(OSError):
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            found, folder = os.fstat(opened), path.parent.stat()
            if found.st_uid == 0 != folder.st_uid and S_ISREG(found.st_mode) and found.st_nlink == 1:
                os.fchown(opened, folder.st_uid, folder.st_gid)
        finally:
            os.close(opened)


def keep_copy(engine: Engine, label: str) -> str:
    path = path_of(engine)
    assert path is not None, "a database in memory is never an old one"
    target = path.with_name(f"{path.name}.{label}")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.name}.{label}.{number}")
    backup(engine, target)
    return f"copied the database to {target}"


def after_copy(tx: Connection) -> None:
    """SQLite counts on from the largest number by itself."""


def store_words(tx: Connection, texts: Mapping[int, str]) -> None:
    rows = [{"id": number, "words": words} for number, words in texts.items()]
    tx.execute(text("INSERT INTO search (rowid, words) VALUES (:id, :words)"), rows)


def forget_words(tx: Connection, texts: Mapping[int, str]) -> None:
    # An index without the texts is told what it has to forget (FTS5, "The 'delete' command").
    rows = [{"id": number, "words": words} for number, words in texts.items()]
    tx.execute(text("INSERT INTO search (search, rowid, words) VALUES ('delete', :id, :words)"), rows)


def forget_all_words(tx: Connection) -> None:
    tx.execute(text("INSERT INTO search (search) VALUES ('delete-all')"))


def find_words(
    tx: Connection, phrases: Sequence[str], sources: Sequence[str] | None, limit: int, before: int | None
) -> list[int]:
    wanted = " ".join(f'"{phrase}"' for phrase in phrases)
    found = text(
        "SELECT search.rowid FROM search JOIN stories ON stories.id = search.rowid WHERE search MATCH :wanted "
        "AND search.rowid < :before AND (:every OR stories.source_id IN :sources) ORDER BY search.rowid DESC LIMIT :n"
    ).bindparams(bindparam("sources", expanding=True))
    values = {"wanted": wanted, "before": before or 2**62, "n": limit, "every": sources is None}
    return list(tx.scalars(found, {**values, "sources": list(sources or ())}))


def tidy(engine: Engine) -> None:
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA optimize")
        driver.execute(f"PRAGMA incremental_vacuum({PAGES_FREED})").fetchall()
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        found = [row[0] for row in driver.execute("PRAGMA quick_check(3)").fetchall()]
    if found != ["ok"]:
        hint = "restore a backup (bantin restore FILE), or try: sqlite3 FILE .recover"
        raise StateError(str(path_of(engine)), f"is damaged: {'; '.join(found)}"[:500], hint)


def examine(engine: Engine, within: float) -> Examined:
    path = path_of(engine)
    faults = []
    if path is not None and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        faults.append(("this user cannot write to it", "give this user write access to the file and to its folder"))
    with clear_errors(engine), engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        encoding = driver.execute("PRAGMA encoding").fetchone()[0]
        size = driver.execute("PRAGMA page_count").fetchone()[0] * driver.execute("PRAGMA page_size").fetchone()[0]
        end, whole = time.monotonic() + within, True
        driver.set_progress_handler(lambda: time.monotonic() > end, 10_000)
        try:
            found = [row[0] for row in driver.execute("PRAGMA quick_check(3)").fetchall()]
        except sqlite3.DatabaseError as error:
            whole = time.monotonic() < end
            found = [str(error)] if whole else ["ok"]
        finally:
            driver.set_progress_handler(None, 0)
    if found != ["ok"]:
        told = "; ".join(found)[:500]
        faults.append((f"is damaged: {told}", "restore a backup (bantin restore FILE), or try: sqlite3 FILE .recover"))
    return Examined(encoding, size, tuple(faults), whole)


def backup(engine: Engine, target: Path) -> None:
    """SQLite's own backup, also while the database is written to. Raises `StateError` where ``target`` exists."""
    if target.exists():
        raise StateError(str(target), "exists", "name another file for the copy")
    partial = target.with_name(target.name + ".partial")
    source = path_of(engine)
    assert source is not None, "an SQLite database in memory has nothing to copy"
    old, new = sqlite3.connect(source), None
    try:
        _make(partial)
        new = sqlite3.connect(partial)
        old.backup(new)
        new.close()
        partial.rename(target)
    except (OSError, sqlite3.Error) as error:
        hint = "choose a folder with space that is writable"
        raise StateError(str(target), f"cannot be written ({error})", hint) from error
    finally:
        old.close()
        if new is not None:
            new.close()
        partial.unlink(missing_ok=True)


def path_of(engine: Engine) -> Path | None:
    """The database's file; None for one in memory."""
    name = engine.url.database
    return Path(name) if name and name != ":memory:" else None


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where `_on_begin` says, not where the driver guesses
    cursor = connection.cursor()
    if cursor.execute("PRAGMA page_count").fetchone() == (0,):
        cursor.execute("PRAGMA auto_vacuum = INCREMENTAL")  # cannot be changed once there are tables
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

"""Backups on their way back: checked, brought to this version's shape, and never changed themselves."""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Engine, Table, select

from feeds.errors import StateError
from feeds.model import Failure
from state import databases, rows
from state.connections import clear_errors, open_engine, reading
from state.tables import deliveries, endpoints, events, listings, revisions, sources, stories, subscriptions
from state.transfer.migrate import upgrade, version_of

MAX_ADDRESS = 4096  # characters
LATEST = 253_402_300_799_999  # milliseconds: the last of the year 9999
SHOWN = 5  # rows that a message names
MAX_REFUSED = 1000

_CHANNEL = re.compile("apprise:[0-9a-f]{1,64}")  # what stands for an address that is a secret
_ENTRY = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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
            refused = _refused(engine)
            if refused:
                cause = f"has rows that bantin cannot have written: {'; '.join(refused[:SHOWN])}"
                more = f" (and {len(refused) - SHOWN} more)" if len(refused) > SHOWN else ""
                raise StateError(str(file), cause + more, "take another backup; nothing was restored from this one")
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


def _refused(engine: Engine) -> list[str]:
    """What rows hold that would fail, or harm somebody, once they are read: each by its table, number and column."""
    found: list[str] = []
    with reading(engine) as tx:
        for table, name, checks in _CHECKED:
            columns = [table.c[column] for column in checks]
            for row in tx.execute(select(*[table.c[key] for key in name], *columns).execution_options(yield_per=500)):
                values = row[len(name) :]
                bad = [
                    column
                    for (column, good), value in zip(checks.items(), values, strict=True)
                    if value is not None and not good(value)
                ]
                found += [f"{table.name} {' '.join(map(str, row[: len(name)]))[:120]}: {column}" for column in bad]
                if len(found) > MAX_REFUSED:
                    return found
    return found


def _is_article(value: object) -> bool:
    try:
        article = rows.article(str(value))
    except (msgspec.MsgspecError, ValueError):
        return False
    told = [article.url, *(image.url for image in article.images)]
    for media in article.media:
        told += [media.url, *(file.url for file in media.others), *(file.url for file in media.captions)]
        told += [media.poster] if media.poster is not None else []
    return all(map(_is_address, told))


def _is_address(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://")) and len(value) <= MAX_ADDRESS


def _is_endpoint(value: object) -> bool:
    return _is_address(value) or (isinstance(value, str) and _CHANNEL.fullmatch(value) is not None)


def _is_json_of(kind: Any, value: object) -> bool:
    try:
        msgspec.json.decode(str(value), type=kind)
    except (msgspec.MsgspecError, ValueError):
        return False
    return True


def _is_time(value: object) -> bool:
    return isinstance(value, int) and 0 <= value <= LATEST


def _is_id(value: object) -> bool:
    return isinstance(value, str) and _ENTRY.fullmatch(value) is not None


# Table, what names a row, and its columns that are checked: texts that are read as JSON, addresses, times.
_CHECKED: tuple[tuple[Table, tuple[str, ...], dict[str, Callable[[object], bool]]], ...] = (
    (
        sources,
        ("id",),
        {"due_at": _is_time, "last_poll": _is_time, "changed_at": _is_time, "failure": partial(_is_json_of, Failure)},
    ),
    (listings, ("source_id", "url"), {"url": _is_address, "via": _is_address, "chosen": _is_time}),
    (
        subscriptions,
        ("source_id", "url"),  # its name is a secret
        {
            **dict.fromkeys(("url", "topic", "hub", "base"), _is_address),
            **dict.fromkeys(("asked_at", "verified_until", "denied_at", "last_push"), _is_time),
        },
    ),
    (
        stories,
        ("id",),
        {
            "entry_id": _is_id,
            "url": _is_address,
            "listed_as": partial(_is_json_of, tuple[str, ...]),
            **dict.fromkeys(("first_seen", "updated", "next_look", "missing_since", "removed"), _is_time),
        },
    ),
    (revisions, ("story_id", "number"), {"seen_at": _is_time, "article": _is_article}),
    (events, ("id",), {"created": _is_time}),
    (endpoints, ("id",), {"url": _is_endpoint, "disabled_at": _is_time, "resume_at": _is_time}),
    (deliveries, ("id",), {"due_at": _is_time}),
)


def _copy_file(file: Path, copied: Path) -> None:
    if file.exists() and not file.is_file():
        raise StateError(str(file), "is no file", "name a file that bantin backup wrote")
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

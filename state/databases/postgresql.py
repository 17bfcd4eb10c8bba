"""PostgreSQL (13 and newer), through psycopg: for several daemons that share one memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import (
    ARRAY,
    URL,
    ColumnElement,
    Connection,
    Engine,
    String,
    any_,
    create_engine,
    event,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert as insert
from sqlalchemy.exc import DBAPIError, DisconnectionError

from feeds.errors import StateError
from state.connections import reading
from state.databases import UNHEARD, Examined, place
from state.tables import metadata

EXAMPLE = "postgresql://bantin@localhost/bantin"
_DOWN = "check that the server runs and lets this user in; bantin tries again by itself"
CAUSES = (
    ("password authentication", "does not let this user in", "check user and password in [state] url"),
    ("no password supplied", "wants a password", "put it into [state] url, or into ~/.pgpass"),
    ("role", "does not know this user", "create it: createuser NAME"),
    ("no pg_hba.conf entry", "does not let this user in from here", "add a line for it to pg_hba.conf"),
    ("permission denied", "does not allow this user to do that", "make it the owner of the database"),
    ("disk full", "the server's disk is full", "free some space; nothing that was stored is lost"),
    ("no space left", "the server's disk is full", "free some space; nothing that was stored is lost"),
    ("read-only transaction", "is read-only (a standby?)", "name the primary server in [state] url"),
    ("deadlock", "two programs waited for each other", "nothing; bantin tries again by itself"),
    ("lock timeout", "is locked by another program", "wait for it to finish, or look into pg_stat_activity"),
    ("too many", "has no free connection", "raise max_connections, or run fewer daemons"),
    ('database "', "does not exist", "create it: createdb NAME"),
    ("starting up", "is starting", _DOWN),
    ("shutting down", "is being stopped", _DOWN),
    ("terminating connection", "closed the connection", _DOWN),
    ("connect", "cannot be reached", _DOWN),
    ("closed", "closed the connection", _DOWN),
    ("consuming input failed", "closed the connection", _DOWN),
    ("ssl", "closed the connection", _DOWN),
    ("timeout", "did not answer in time", _DOWN),
)

ONE_WRITER = False
ALONE: Mapping[str, Any] = {"isolation_level": "AUTOCOMMIT"}  # neither BEGIN nor its end: an exchange for each
EXACT_WORDS = False

LOCK_TIMEOUT = 10  # seconds, as SQLite's
CONNECT_TIMEOUT = 10  # seconds
IDLE = 2.0  # seconds after which a connection may have died unnoticed
ASK_AGAIN = 30.0  # seconds after which the server is asked for its time anew
_LOCK = 0x62616E74696E  # "bantin", as the number of an advisory lock

_BEGUN = text("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE").execution_options(**UNHEARD)
_RELAXED = text("SET LOCAL synchronous_commit = off").execution_options(**UNHEARD)


def among(place: Any, names: Sequence[str]) -> ColumnElement[bool]:
    """`Database.among`."""
    return place == any_(literal(list(names), ARRAY(String)))  # type: ignore[no-any-return]


def open_engine(url: URL) -> Engine:
    """psycopg whatever driver the URL names. Connections that died while nobody used them are replaced."""
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=6,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT,
            "application_name": "bantin",
            "client_encoding": "utf8",  # whatever the environment says
            "options": f"-c lock_timeout={LOCK_TIMEOUT}s -c timezone=UTC",
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
        },
        # Each statement sees what others stored while it waited for them: a claim that waited must not take what is
        # taken. For reading, `_on_begin` makes it stricter.
        isolation_level="READ COMMITTED",
    )
    engine.dialect.use_insertmanyvalues_wo_returning = True  # several rows go in one statement
    event.listen(engine, "begin", _on_begin)
    event.listen(engine, "do_execute", _on_execute)
    event.listen(engine, "checkin", lambda _, record: record.info.update(used=time.monotonic()))
    event.listen(engine, "checkout", partial(_on_checkout, engine))
    return engine


def clock(engine: Engine) -> Callable[[], datetime]:
    """The server's clock."""
    return _ServerClock(engine)


class _ServerClock:
    """The server's time, asked for now and then, and counted on from there.

    Counted on by a clock that nobody sets and that goes on while the machine sleeps: whatever time this host
    believes it is does not matter. Only the first call waits for the server, and only that one fails without it.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._told: tuple[datetime, float] | None = None
        self._asking = threading.Lock()

    def __call__(self) -> datetime:
        if self._told is None:
            with self._asking:
                self._told = self._told or self._ask()
        time, asked = self._told
        passed = _passed() - asked
        if passed > ASK_AGAIN and self._asking.acquire(blocking=False):
            threading.Thread(target=self._ask_again, name="server-time", daemon=True).start()
        return time + timedelta(seconds=passed)

    def _ask_again(self) -> None:
        try:
            self._told = self._ask()
        except Exception:  # noqa: BLE001  # whoever reads or writes will be told; the time is counted on meanwhile
            self._told = (self(), _passed())
        finally:
            self._asking.release()

    def _ask(self) -> tuple[datetime, float]:
        with reading(self.engine) as connection:
            connection.execute(text("SELECT 1"))  # whatever setting up the connection takes is over
            asked = _passed()
            now = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return now.astimezone(UTC), (asked + _passed()) / 2


def _passed() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@contextmanager
def together(tx: Connection) -> Iterator[None]:
    """psycopg's pipeline mode: what is not waited for is sent, and its result read with the next one's.

    It ends before the transaction does, so that a mistake is told before anything is stored. Server-side cursors
    (``yield_per``) are not to be had in it.
    """
    driver, durable = _driver(tx), tx.get_execution_options().get("durable")
    if not psycopg.Pipeline.is_supported():  # a libpq older than 14
        tx.execute(_RELAXED) if not durable else None
        yield
        return
    driver.autocommit = True  # psycopg would wait for the BEGIN that it sends; `_on_begin` puts it back
    try:
        with driver.pipeline() as pipeline:
            tx.execution_options(pipeline=pipeline)
            tx.execute(_BEGUN)
            if not durable:
                tx.execute(_RELAXED)
            yield
    except psycopg.Error as error:  # told by the last exchange, which SQLAlchemy has not seen
        if driver.broken:
            tx.invalidate(error)
        raise DBAPIError.instance("the last statements", None, error, psycopg.Error, dialect=tx.dialect) from error


def one_at_a_time(tx: Connection) -> None:
    tx.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})


def rebuilding(connection: Connection) -> AbstractContextManager[None]:
    """Nothing to do: tables are changed where they are."""
    return nullcontext()


def check_references(tx: Connection) -> None:
    """Nothing to check: the server has."""


def exists(engine: Engine) -> bool:
    """Raises `StateError` for a database that could not keep what stories are written in."""
    with reading(engine) as connection:
        encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        # From template0: other databases to copy from have the encoding that is refused. C.UTF-8 is on every Debian.
        command = f"createdb -E UTF8 -T template0 --locale=C.UTF-8 {engine.url.database}_utf8"
        hint = f"make one that has, and name it in [state] url: {command}"
        raise StateError(place(engine), f"keeps texts in {encoding}, which has not all characters", hint)
    return True


def prepare(engine: Engine) -> None:
    """Nothing to prepare: the operator made the database."""


def keep_copy(engine: Engine, label: str) -> str:
    return "the tables change in one transaction; a dump from before is the server operator's (pg_dump)"


def after_copy(tx: Connection) -> None:
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None and not column.foreign_keys:
            last = tx.execute(select(func.max(column))).scalar()
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            tx.execute(select(func.setval(sequence, last or 1, last is not None)))


_NEW_WORDS = text(
    "INSERT INTO search (story_id, words) VALUES (:id, to_tsvector('simple', :words)) "
    "ON CONFLICT (story_id) DO UPDATE SET words = excluded.words"
)


def store_words(tx: Connection, texts: Mapping[int, str]) -> None:
    tx.execute(_NEW_WORDS, [{"id": number, "words": words} for number, words in texts.items()])


def forget_words(tx: Connection, texts: Mapping[int, str]) -> None:
    tx.execute(text("DELETE FROM search WHERE story_id = ANY(:ids)"), {"ids": list(texts)})


def forget_all_words(tx: Connection) -> None:
    tx.execute(text("DELETE FROM search"))


def find_words(
    tx: Connection, phrases: Sequence[str], sources: Sequence[str] | None, limit: int, before: int | None
) -> list[int]:
    wanted = " && ".join(f"phraseto_tsquery('simple', :p{number})" for number in range(len(phrases)))
    found = text(  # the parts that differ are parameters
        f"SELECT story_id FROM search JOIN stories ON stories.id = story_id WHERE words @@ ({wanted}) "  # noqa: S608
        "AND story_id < :before AND (:every OR source_id = ANY(:sources)) ORDER BY story_id DESC LIMIT :n"
    )
    values = {f"p{number}": phrase for number, phrase in enumerate(phrases)}
    more = {"before": before or 2**62, "n": limit, "every": sources is None, "sources": list(sources or ())}
    return list(tx.scalars(found, values | more))


def tidy(engine: Engine) -> None:
    """Statistics. Freed space and damaged pages are autovacuum's and the server's checksums' business."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def examine(engine: Engine, within: float) -> Examined:
    """What the server knows of damage; looking through all pages is its own programs' business (pg_amcheck)."""
    with reading(engine) as connection:
        connection.execute(text(f"SET LOCAL statement_timeout = {int(within * 1000)}"))
        encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
        size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        broken = text("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
        invalid = list(connection.scalars(broken))
        lost = text("SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()")
        pages = connection.execute(lost).scalar_one()
        standby = connection.execute(text("SELECT pg_is_in_recovery()")).scalar_one()
    faults = [(f"its index {name} is not valid", f"psql -c 'REINDEX INDEX CONCURRENTLY {name}'") for name in invalid]
    if pages:
        faults.append((f"{pages} pages are damaged, by their checksums", "check the server's disk; restore a backup"))
    if standby:
        faults.append(("is read-only (a standby)", "name the primary server in [state] url"))
    return Examined(str(encoding), int(size), tuple(faults))


def backup(engine: Engine, target: Path) -> None:
    from state.transfer.copying import to_file

    to_file(engine, target)


def _on_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    driver, reads = _driver(connection), not options.get("write")
    driver.autocommit = False
    # Said with the BEGIN that psycopg sends before the first statement: a statement of its own is another round trip.
    driver.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ if reads else psycopg.IsolationLevel.READ_COMMITTED
    driver.read_only = reads


def _on_execute(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
    """In a pipeline, psycopg waits for no result; SQLAlchemy wants to see all but those that `UNHEARD` tells of."""
    pipeline = context.execution_options.get("pipeline")
    if pipeline is None:
        return False
    cursor.execute(statement, parameters)
    silent_insert = context.isinsert and not context.compiled.effective_returning
    if not silent_insert and not context.execution_options.get("unheard"):
        pipeline.sync()
    return True


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver


def _on_checkout(engine: Engine, connection: Any, record: Any, _: object) -> None:
    """Ask a connection that lay idle whether it still lives (one that was just used does, or tells at once)."""
    if time.monotonic() - record.info.get("used", 0.0) < IDLE or "used" not in record.info:
        return
    try:
        alive = engine.dialect.do_ping(connection)
    except psycopg.Error as error:
        raise DisconnectionError from error
    if not alive:
        raise DisconnectionError

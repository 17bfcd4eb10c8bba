"""PostgreSQL goes away under a running daemon: it says so, goes on by itself, loses nothing and repeats nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from state.sql import SqlStore
from tests.postgres import MISSING, Server, programs, server
from tests.whole.crash import scene, work
from tests.whole.live import until
from tests.whole.running import running


class Fault:
    """Happens once, inside the first call of a method of the store after `arm`."""

    def __init__(self, during: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.armed, self.inside, self.happened = False, False, False
        original = getattr(SqlStore, during)

        def call(*args: Any, **kwargs: Any) -> Any:
            self.inside = self.armed
            try:
                return original(*args, **kwargs)
            finally:
                self.inside = False

        call.__name__ = during
        monkeypatch.setattr(SqlStore, during, call)

    def due(self) -> bool:
        """Whether it is to happen now; it then has."""
        if not self.inside or self.happened:
            return False
        self.happened = True
        return True


@pytest.fixture
def listening() -> Any:
    """Listens to all engines, until the end of the test."""
    heard: list[tuple[str, Callable[..., None]]] = []

    def listen(name: str, function: Callable[..., None]) -> None:
        event.listen(Engine, name, function)
        heard.append((name, function))

    yield listen
    for name, function in heard:
        event.remove(Engine, name, function)


def _pid(connection: Any) -> int:
    return int(connection.connection.driver_connection.info.backend_pid)


@pytest.mark.parametrize(
    ("during", "at"),
    [
        ("commit", "INSERT INTO revisions"),
        ("commit", "COMMIT"),
        ("record", "INSERT INTO attempts"),
        ("claim_polls", "UPDATE sources"),
    ],
)
async def test_connection_that_is_cut(
    postgres: Server, monkeypatch: pytest.MonkeyPatch, listening: Any, during: str, at: str
) -> None:
    """A proxy or an administrator that ends a connection would cost a story or its alert."""
    fault = Fault(during, monkeypatch)

    def cut(connection: Any) -> None:
        postgres.sql(f"SELECT pg_terminate_backend({_pid(connection)}, 5000)")

    def statement(connection: Any, _cursor: object, said: str, *_: object) -> None:
        if said.startswith(at) and fault.due():
            cut(connection)

    def commit(connection: Any) -> None:
        if at == "COMMIT" and fault.due():
            cut(connection)

    listening("before_cursor_execute", statement)
    listening("commit", commit)
    async with running(postgres.new_url("ready"), monkeypatch) as parts:
        await parts.all_alerted()
        fault.armed = True
        parts.publish()
        await until(lambda: fault.happened)


@pytest.mark.parametrize("during", ["commit", "record"])
async def test_answer_to_commit_that_is_lost(postgres: Server, monkeypatch: pytest.MonkeyPatch, during: str) -> None:
    """What was stored, though nobody said so, would be stored and announced again under another id."""
    fault = Fault(during, monkeypatch)
    original = PGDialect_psycopg.do_commit

    def commit(self: Any, connection: Any) -> None:
        original(self, connection)
        if fault.due():
            connection.driver_connection.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(PGDialect_psycopg, "do_commit", commit)
    async with running(postgres.new_url("ready"), monkeypatch) as parts:
        await parts.all_alerted()
        fault.armed = True
        parts.publish()
        await until(lambda: fault.happened)


async def test_server_that_is_restarted(monkeypatch: pytest.MonkeyPatch) -> None:
    """An update of the database server would stop all news until somebody restarts bantin, too."""
    if programs() is None:
        pytest.skip(MISSING)
    with server() as database:
        async with running(database.new_url(), monkeypatch) as parts:
            await parts.all_alerted()
            for how in ("fast", "immediate"):
                parts.said.clear()
                await asyncio.to_thread(database.stop, how)
                parts.publish()
                await until(parts.is_not_ready)
                await until(lambda: parts.told("tries again by itself"))
                parts.publish()
                await asyncio.to_thread(database.start)
                await until(parts.is_ready)
                await parts.all_alerted()


async def test_due_times_come_from_the_servers_clock(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A daemon on a host whose clock is wrong would poll without a pause, or put sources off for hours."""

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime(2031, 1, 1, tzinfo=tz)

    url = postgres.new_url("ready")
    async with scene(url) as about:
        for module in ("daemon.polling.poll", "daemon.work.engine", "state.databases.sqlite"):
            monkeypatch.setattr(f"{module}.datetime", Wrong, raising=False)
        await work(about.config)
        store = SqlStore(url)
        (row,) = store.sources()
        assert 0 < (row.state.due_at - datetime.now(UTC)).total_seconds() < 120
        about.check(store.engine)
        store.close()

"""How often a poll waits for PostgreSQL: each exchange is a way there and back, whatever is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from state.connections import writing
from state.databases import UNHEARD
from state.sql import SqlStore
from tests.conftest import Clock
from tests.postgres import Server
from tests.state.work import found, poll, stores


@pytest.fixture
def remote(postgres: Server, clock: Clock) -> Iterator[SqlStore]:
    """A store on PostgreSQL whose statements are prepared: the connection has done each of them before."""
    with stores(postgres.new_url("ready"), 1, clock) as (opened,):
        opened.sync({"src": 600.0}, {"hook": "https://hook.example/"})
        for number in range(8):
            whole_poll(opened, number)
        yield opened


def whole_poll(store: SqlStore, number: int, step: Callable[[str], None] = lambda _: None) -> None:
    """A list of fifty stories, of which two are new."""
    step("claim")
    assert store.claim_source("me", "src", 60) is not None
    step("known")
    store.known("src", [f"src.example/{n}-{number}" for n in range(50)], texts=False)
    step("known again")
    store.known("src", [f"src.example/{n}-{number}" for n in range(2)], [f"1:{n}-{number}:1" for n in range(2)])
    step("commit")
    store.commit(found("src", [f"{n}-{number}" for n in range(2)]), "me")
    step("quiet")


@contextmanager
def traced(store: SqlStore, file: Path) -> Iterator[Callable[[str], None]]:
    """Let libpq write down what goes (F) and comes (B), and what is called beside it into the same file."""
    with store.engine.connect() as connection:
        driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    with file.open("ab", buffering=0) as out:
        driver.pgconn.trace(out.fileno())
        driver.pgconn.set_trace_flags(psycopg.pq.Trace.SUPPRESS_TIMESTAMPS)

        def step(name: str) -> None:
            driver.pgconn.untrace()  # writes what it holds back
            out.write(f"#{name}\n".encode())
            driver.pgconn.trace(out.fileno())
            driver.pgconn.set_trace_flags(psycopg.pq.Trace.SUPPRESS_TIMESTAMPS)

        yield step
        driver.pgconn.untrace()


def exchanges(file: Path) -> dict[str, int]:
    """By step: how often something was sent after something had come."""
    count: dict[str, int] = {}
    name, last = "", "B"
    for line in file.read_bytes().split(b"\n"):
        way = line[:2]
        if line.startswith(b"#"):
            name, last = line[1:].decode(), "B"
        elif way in (b"F\t", b"B\t"):
            if way == b"F\t" and last == "B":
                count[name] = count.get(name, 0) + 1
            last = way[:1].decode()
    return count


@pytest.mark.skipif(not psycopg.Pipeline.is_supported(), reason="this libpq is older than 14")
def test_a_poll_waits_for_the_server_a_dozen_times(remote: SqlStore, tmp_path: Path) -> None:
    """A database in another room would make each poll wait for it three dozen times."""
    with traced(remote, tmp_path / "trace") as step:
        whole_poll(remote, 100, step)
        assert remote.commit_quiet([remote.sources()[0].state], "me") == {"src"}
    counted = exchanges(tmp_path / "trace")
    counted.pop("quiet")
    assert counted == {"claim": 5, "known": 2, "known again": 2, "commit": 6}


def test_what_is_not_waited_for_still_stops_the_transaction(remote: SqlStore) -> None:
    """A story would be stored without what went wrong behind it, because nobody had looked at the answer."""
    wrong = text("INSERT INTO addresses (source_id, key, story_id) VALUES ('src', 'k', 987654321)")
    before = remote.version()
    with pytest.raises(IntegrityError), writing(remote.engine) as tx:
        tx.execute(text("UPDATE sources SET version = version + 1"))
        tx.execute(wrong.execution_options(**UNHEARD))
    assert remote.version() == before
    poll(remote, found("src", ["after"]))
    assert remote.version() == before + 1

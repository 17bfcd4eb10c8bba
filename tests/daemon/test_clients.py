"""Clients of the web server that hold what they should give back: time, memory, connections, descriptors."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from daemon.storage import Storage
from daemon.web.server import protocol, server
from daemon.web.server.protocol import MAX_QUEUED, Protocol, room_for_clients
from daemon.web.server.server import WebServer
from state.sql import SqlStore
from tests.daemon.commands import TOML
from tests.daemon.servers import no_reader
from tests.samples import configured
from tests.whole.live import until

ASK = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n"


class Fast:
    """A web server that looks after its clients all the time, and lets them wait for fractions of seconds."""

    def __init__(self, web: WebServer) -> None:
        self.web, self.port = web, int(web.address.rstrip("/").rpartition(":")[2])

    async def open(self, *said: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection on which this was said."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        for part in said:
            writer.write(part)
            await writer.drain()
        return reader, writer

    async def answers(self) -> bool:
        """Whether somebody else gets an answer."""
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            return (await client.get(f"{self.web.address}healthz")).status_code == 200

    @property
    def connections(self) -> list[Protocol]:
        return list(self.web._clients._here)


@pytest.fixture
async def fast(filled: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Fast]:
    for name in ("FIRST_BYTE", "HEAD", "BODY", "WRITING"):
        monkeypatch.setattr(protocol, name, 0.2)
    monkeypatch.setattr(server, "CHECK_EVERY", 0.05)
    monkeypatch.setattr(server, "KEEP_ALIVE", 1)
    config = configured(tmp_path, TOML.replace("[server]", '[server]\nlisten = "127.0.0.1:0"'))
    storage = Storage(filled)
    async with WebServer(config, storage, no_reader, lambda: False) as web:
        yield Fast(web)
    storage.close()


@pytest.mark.parametrize(
    "said",
    [
        (),
        (b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-a: ",),
        (b"POST /healthz HTTP/1.1\r\nhost: localhost\r\ncontent-length: 500\r\n\r\nabc",),
        (b"POST /healthz HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n",),
        (ASK, b"GET "),
        (ASK, b"\r\n"),
    ],
    ids=["nothing", "half a head", "half a body", "no chunk", "a second half", "an empty line"],
)
async def test_who_does_not_go_on_is_let_go(fast: Fast, said: tuple[bytes, ...]) -> None:
    """A thousand clients that say nothing would keep everybody else from the feeds for as long as they like."""
    reader, writer = await fast.open(*said)
    await asyncio.wait_for(_to_the_end(reader), 10)
    writer.close()


async def test_who_says_a_byte_now_and_then_is_let_go(fast: Fast) -> None:
    """A client that says a byte a second would hold its connection for ever."""
    reader, writer = await fast.open(b"GET /healthz HTTP/1.1\r\nx: ")

    async def drip() -> None:
        while True:
            writer.write(b"a")
            await asyncio.sleep(0.03)

    dripping = asyncio.ensure_future(drip())
    await asyncio.wait_for(_to_the_end(reader), 10)
    dripping.cancel()
    writer.close()


async def _to_the_end(reader: asyncio.StreamReader) -> None:
    try:
        while await reader.read(65_536):
            pass
    except ConnectionError:
        pass


async def test_who_does_not_take_the_answer_is_let_go(fast: Fast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that asks for all feeds and reads nothing would fill the memory with answers that are on their way."""
    ask = b"GET /style.css HTTP/1.1\r\nhost: localhost\r\n\r\n"
    _, writer = await fast.open()
    await until(lambda: fast.connections)
    (connection,) = fast.connections
    for _ in range(3000):
        writer.write(ask)
    await until(lambda: connection.transport.get_write_buffer_size() > 0)
    await until(lambda: not fast.connections)
    assert await fast.answers()
    writer.transport.abort()


async def test_requests_that_wait_are_few(fast: Fast, monkeypatch: pytest.MonkeyPatch) -> None:
    """One client that asks a million times in one breath would take gigabytes."""
    longest = 0
    queue = Protocol.on_headers_complete

    def counted(self: Protocol) -> None:
        nonlocal longest
        queue(self)
        longest = max(longest, len(self.pipeline))

    monkeypatch.setattr(Protocol, "on_headers_complete", counted)
    reader, writer = await fast.open()
    writer.write(b"GET /healthz HTTP/1.1\r\n\r\n" * 20_000)
    took = 0
    while took < 20_000:
        took += (await asyncio.wait_for(reader.read(65_536), 20)).count(b"HTTP/1.1 200")
    assert MAX_QUEUED <= longest <= 2 * MAX_QUEUED
    writer.write(b"GET /healthz HTTP/1.1\r\n\r\n" * 20_000)
    await until(lambda: fast.connections[0]._held)
    connection = fast.connections[0]
    assert len(connection._held) <= 2**19, "no more is read meanwhile"
    writer.transport.abort()
    await until(lambda: not connection.pipeline and not connection._held)


async def test_idle_connections_give_way(fast: Fast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens all the connections that there are would be the only client."""
    monkeypatch.setattr(protocol, "FIRST_BYTE", 60.0)
    fast.web._clients.most = 10
    opened = [await fast.open() for _ in range(50)]
    await until(lambda: len(fast.connections) <= 10)
    assert await fast.answers()
    mine = [await fast.open(b"GET /a HTTP/1.1\r\nx: ") for _ in range(50)]
    assert await fast.answers()
    assert len(fast.connections) <= 10
    for _, writer in opened + mine:
        writer.transport.abort()


async def test_a_client_has_its_share_only(fast: Fast) -> None:
    """One address with many connections would push out those of everybody else."""
    clients = protocol.Clients(10)
    others = [_Connection(asks_nothing=True) for _ in range(5)]
    for number, one in enumerate(others):
        assert clients.arrive(one, f"other {number}")  # type: ignore[arg-type]
    busy = [_Connection(asks_nothing=False) for _ in range(5)]
    assert all(clients.arrive(one, "greedy") for one in busy)  # type: ignore[arg-type]
    assert not clients.arrive(_Connection(asks_nothing=False), "greedy")  # type: ignore[arg-type]
    assert not any(one.aborted for one in others)
    assert clients.arrive(_Connection(asks_nothing=False), "newcomer")  # type: ignore[arg-type]
    assert [one.aborted for one in others] == [True, False, False, False, False]
    assert len(clients._here) == 10


class _Connection:
    """A connection as the register of clients sees it."""

    def __init__(self, *, asks_nothing: bool) -> None:
        self.asks_nothing, self.aborted, self.transport = asks_nothing, False, self

    def abort(self) -> None:
        self.aborted = True


@pytest.mark.parametrize(("limit", "room"), [(4096, 1000), (1024, 512), (256, 16), (resource.RLIM_INFINITY, 1000)])
def test_descriptors_are_kept_for_bantin(limit: int, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that open as many connections as the process may have files would stop polls and the database."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, limit))
    assert room_for_clients() == room


async def test_who_has_just_come_is_answered_when_bantin_ends(filled: SqlStore, tmp_path: Path) -> None:
    """A restart would drop the request of a client that was let in a moment before it."""
    config = configured(tmp_path, TOML.replace("[server]", '[server]\nlisten = "127.0.0.1:0"'))
    storage = Storage(filled)
    web = WebServer(config, storage, no_reader, lambda: False)
    await web.__aenter__()
    fast = Fast(web)
    reader, writer = await fast.open()
    await until(lambda: fast.connections)
    ending = asyncio.create_task(web.__aexit__())
    await until(lambda: web._clients.ending)
    writer.write(ASK)
    said = await asyncio.wait_for(reader.read(), 10)
    assert said.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close" in said.lower()
    writer.close()
    await ending
    storage.close()

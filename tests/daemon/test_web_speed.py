"""What makes the web server quick: answers given again for a moment, and the parser in C with its limit."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from daemon.storage import Storage
from daemon.web.app import make_app
from daemon.web.feeds.responses import PIECE, Remembered
from daemon.web.server.protocol import MAX_HEAD
from daemon.web.server.server import WebServer
from state.sql import SqlStore
from tests.daemon.servers import no_reader
from tests.samples import commit, configured, make_entry

BASE = "http://bantin.test/"
FEED = "/feeds/ttv.atom"


@pytest.fixture
def filled(store: SqlStore) -> SqlStore:
    """A store with one story."""
    store.sync({"ttv": 600.0}, {})
    commit(store, [make_entry(1)])
    return store


def client_of(app: Any) -> httpx.AsyncClient:
    """A client of the application that takes no content coding."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE, headers={"accept-encoding": ""})


async def test_an_answer_is_given_again(filled: SqlStore, tmp_path: Path) -> None:
    """At the full hour each of a thousand readers would cost the work of the first, or get what another one asked."""
    storage, config = Storage(filled), configured(tmp_path)
    app = make_app(lambda: config, storage, BASE, fresh=60.0)
    worked: list[str] = []
    inner = app._app

    async def counted(scope: Any, receive: Any, send: Any) -> None:
        worked.append(scope["path"])
        await inner(scope, receive, send)

    app._app = counted
    async with client_of(app) as client:
        first = await client.get(FEED)
        again = await client.get(FEED)
        assert (again.status_code, again.content, again.headers) == (200, first.content, first.headers)
        assert len(worked) == 1
        for headers, status in (
            ({"if-none-match": first.headers["etag"]}, 304), ({"if-none-match": '"other"'}, 200),
            ({"if-modified-since": first.headers["last-modified"]}, 304), ({"accept-encoding": "gzip"}, 200),
        ):  # fmt: skip
            answers = [await client.get(FEED, headers=headers) for _ in range(2)]
            assert [answer.status_code for answer in answers] == [status] * 2
            assert answers[0].headers == answers[1].headers
        assert len(worked) == 5
        assert (await client.head(FEED)).status_code == 200
        assert (await client.get(f"{FEED}?x")).status_code == 200
        assert (await client.post(FEED)).status_code == 405
        for path in ("/", "/feeds/none.atom", "/healthz"):
            before = len(worked)
            await client.get(path)
            await client.get(path)
            assert len(worked) == before + 2, path
    storage.close()


async def test_an_answer_does_not_outlive_its_moment(filled: SqlStore, tmp_path: Path) -> None:
    """Readers would get an old feed after a story came in, and who lost the token would go on reading."""
    storage, config = Storage(filled), [configured(tmp_path)]
    app = make_app(lambda: config[0], storage, BASE, fresh=0.2)
    async with client_of(app) as client:
        before = await client.get(FEED)
        commit(filled, [make_entry(2)])
        await asyncio.sleep(0.25)
        after = await client.get(FEED)
        assert after.headers["etag"] != before.headers["etag"]
        config[0] = configured(tmp_path, '[server]\ntoken = "secret"\n')
        assert (await client.get(FEED)).status_code == 401
        assert (await client.get(f"{FEED}?token=secret")).status_code == 200
        assert (await client.get(FEED, headers={"authorization": "Bearer secret"})).status_code == 200
        assert (await client.get(FEED)).status_code == 401
    storage.close()


async def test_what_was_just_stored_is_served(filled: SqlStore, tmp_path: Path) -> None:
    """Whoever an alert sends to the feed would not find the story there yet."""
    storage, config = Storage(filled), configured(tmp_path)
    app = make_app(lambda: config, storage, BASE, fresh=60.0)
    async with client_of(app) as client:
        before = (await client.get(FEED)).headers["etag"]
        commit(filled, [make_entry(2)])  # as another daemon does
        assert (await client.get(FEED)).headers["etag"] == before
        await storage.forget(datetime.fromtimestamp(0, UTC))  # as this one does: it counts as a change
        assert (await client.get(FEED)).headers["etag"] != before
    storage.close()


async def test_what_is_remembered_is_bounded(filled: SqlStore, tmp_path: Path) -> None:
    """Someone who asks in ever new ways would fill the memory."""
    storage, config = Storage(filled), configured(tmp_path)
    app = make_app(lambda: config, storage, BASE, fresh=60.0)
    async with client_of(app) as client:
        for number in range(2_100):
            await client.get(f"{FEED}?{number}")
        assert len(app._kept) <= 2_000
        app._kept.clear()
        await client.get(FEED, headers={"if-none-match": "x" * 5_000})
        assert not app._kept
    storage.close()


async def say(port: int, *parts: bytes) -> bytes:
    """All that the server answers to these bytes until it closes, or says nothing for a while."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = b""
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.05)
        while data := await asyncio.wait_for(reader.read(65_536), 1):
            answer += data
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
    return answer


GET = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n"
END = b"connection: close\r\n\r\n"


async def test_odd_requests(filled: SqlStore, tmp_path: Path) -> None:
    """A client that sends a head without an end would fill the memory, or an odd one break the connection of others."""
    config = configured(tmp_path, '[server]\nlisten = "127.0.0.1:0"\n')
    storage = Storage(filled)
    long = b"x-long: " + b"a" * 8_000 + b"\r\n"
    async with WebServer(config, storage, no_reader, lambda: False) as web:
        port = int(web.address.rstrip("/").rpartition(":")[2])
        assert (await say(port, GET, long, long, END)).startswith(b"HTTP/1.1 200")
        assert b" 400 " in await say(port, GET, *[long] * (MAX_HEAD // len(long) + 2))
        assert b" 400 " in await say(port, GET + b"x: ", *[b"a" * 10_000] * 4)
        assert b" 400 " in await say(port, b"GET /" + b"a" * 20_000, b"a" * 20_000)
        post = b"POST /healthz HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000\r\n\r\n"
        assert b" 405 " in await say(port, post, *[b"a" * 50_000] * 2)
        assert (await say(port, GET + b"\r\n", GET + END)).count(b"HTTP/1.1 200") == 2
        assert (await say(port, (GET + b"\r\n") * 500 + GET + END)).count(b"HTTP/1.1 200") == 501
        upgrade = b"connection: upgrade, http2-settings\r\nupgrade: h2c\r\n\r\n"
        assert (await say(port, GET + upgrade)).startswith(b"HTTP/1.1 200")
        for line in (b"GET http://x/healthz HTTP/1.1\r\n", b"GET /healthz HTTP/1.0\r\n"):
            assert b" 200 " in await say(port, line + b"host: localhost\r\n" + END)
        for line in (b"CONNECT x:443 HTTP/1.1\r\n", b"GET /\xff HTTP/1.1\r\n", b"OPTIONS * HTTP/1.1\r\n", b"GET\r\n"):
            assert (await say(port, line + b"host: localhost\r\n" + END))[9:12] in (b"400", b"404", b"405"), line
        both = b"POST /healthz HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n"
        assert b" 400 " in await say(port, both + b"0\r\n\r\n")
    storage.close()


@pytest.mark.parametrize("size", [0, 1, PIECE, PIECE + 1, 3 * PIECE, 1_000_001])
async def test_large_answers_leave_piece_by_piece(filled: SqlStore, size: int) -> None:
    """A hundred clients that read nothing would each have a copy of a feed of megabytes: 1 GB."""
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    async def send(message: Any) -> None:
        sent.append(message)

    storage = Storage(filled)
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    await Remembered(app, lambda: None, storage)(scope, None, send)  # type: ignore[arg-type]
    storage.close()
    pieces = [message for message in sent if message["type"] == "http.response.body"]
    assert b"".join(message["body"] for message in pieces) == body
    assert all(len(message["body"]) <= PIECE for message in pieces)
    assert [message.get("more_body", False) for message in pieces] == [True] * (len(pieces) - 1) + [False]

"""Loopback servers that misbehave in every way a test can ask for: they speak bytes, not HTTP."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import cast

import msgspec

from daemon.config import Fetch
from daemon.http.fetch import Fetcher
from daemon.reading.reader import Reader, read_robots

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)

Speak = Callable[["Request", asyncio.StreamWriter], Awaitable[None]]
Says = bytes | Speak


class Request(msgspec.Struct, frozen=True):
    """What a client sent: the path as it stood on the wire, its headers in lower case, and its body."""

    path: str
    headers: dict[str, str]
    body: bytes = b""


class Server:
    """What ``says`` maps paths to is said on them; other paths get 404. ``got`` holds all requests."""

    def __init__(self, says: Mapping[str, Says]) -> None:
        self.says = dict(says)
        self.got: list[Request] = []
        self.port = 0
        self._talking: set[asyncio.Task[None]] = set()

    @property
    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [request.path for request in self.got]

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talking.add(task)
        try:
            request = _read((await reader.readuntil(b"\r\n\r\n")).decode("utf-8", "replace"))
            if length := int(request.headers.get("content-length", "0")):
                request = msgspec.structs.replace(request, body=await reader.readexactly(length))
            self.got.append(request)
            says = self.says.get(request.path, self.says.get("*", answer(b"", status="404 Not Found")))
            if isinstance(says, bytes):
                writer.write(says)
            else:
                await says(request, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client had enough, or the test is over
        finally:
            writer.close()
            self._talking.discard(task)

    async def hang_up(self) -> None:
        """End all conversations."""
        for task in self._talking:
            task.cancel()
        await asyncio.gather(*self._talking, return_exceptions=True)


def _read(head: str) -> Request:
    first, *lines = head.rstrip("\r\n").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Request(first.split(" ")[1], {name.lower(): value.strip() for name, _, value in pairs})


@asynccontextmanager
async def serving(says: Mapping[str, Says] | Says) -> AsyncIterator[Server]:
    """A server of these answers (or of one answer to everything) on a free port of 127.0.0.1."""
    server = Server(says if isinstance(says, Mapping) else {"*": says})
    opened = await asyncio.start_server(server.talk, "127.0.0.1", 0)
    server.port = opened.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        opened.close()
        await server.hang_up()
        await opened.wait_closed()


def answer(body: bytes = b"", *, status: str = "200 OK", length: int | None = None, **headers: str) -> bytes:
    """An HTTP answer. ``etag='"a"'``, ``content_encoding="gzip"`` are headers; ``length`` may be a lie."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def redirect(to: str) -> bytes:
    """302 to somewhere."""
    return answer(status="302 Found", location=to)


async def silence(request: Request, writer: asyncio.StreamWriter) -> None:
    """Never answer."""
    await asyncio.Event().wait()


class Naps:
    """Stands in for ``asyncio.sleep``: notes what is asked for, and lets the others go on."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        await asyncio.sleep(0)


class Robots:
    """Reads robots.txt as a reader does, without a process."""

    async def robots(self, url: str, body: bytes) -> str:
        return read_robots(body)


no_reader = cast(Reader, Robots())


@asynccontextmanager
async def fetching(**config: object) -> AsyncIterator[tuple[Fetcher, Naps]]:
    """A real fetcher that may ask loopback, and ignores robots.txt unless told otherwise; and the naps it took."""
    naps = Naps()
    settings = {
        "user_agent": "bantin-test",
        "timeout": 5.0,
        "host_interval": 0.0,
        "robots": False,
        "allow_networks": LOOPBACK,
        **config,
    }
    fetcher = Fetcher(Fetch(**settings), no_reader, sleep=naps)  # type: ignore[arg-type]
    try:
        yield fetcher, naps
    finally:
        await fetcher.close()

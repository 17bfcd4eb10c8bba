"""HTTP/1.1 as uvicorn speaks it with httptools, a parser in C, and limits to what a client may hold.

1. Time: for the first byte, the head, the body of a request, and for taking an answer.
2. Size: of a head, and of what is sent before earlier answers were taken (pipelining).
3. Number: of connections, in all and of one client. Where there are too many, those that ask for nothing give way, the
   longest first; a client that has more than its share gives way to itself. bantin's own work always has descriptors.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import resource
from collections.abc import Iterator
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD = 32 * 1024  # bytes of a request before its body; httptools itself would gather without an end
FIRST_BYTE = 10.0  # seconds from the connection to the first byte of a request
HEAD = 10.0  # from there to the end of the head
BODY = 20.0  # from there to the end of the body: the largest is a form
WRITING = 30.0  # in which a client has to take `TAKEN` bytes of its answer
TAKEN = 16 * 1024
KEEP_ALIVE = 30  # between two requests
MAX_QUEUED = 16  # requests that wait for the answer before them
PIECE = 256  # bytes that are looked at between two looks at the queue: fourteen of the shortest requests
MAX_CONNECTIONS = 1000
SHARE = 2  # a client may hold one of so many parts of all connections
RESERVE = 512  # descriptors for bantin's own work: 256 sites, 64 names, 64 receivers, 16 pictures, databases, workers
LAST_WORD = 0.5  # seconds that a client has for its request who came when bantin was about to end
FEWEST = 16  # connections, however few descriptors there are
BACKLOG = 100  # connections that the kernel holds, and that are taken at once

_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 22\r\n"
    b"retry-after: 10\r\nconnection: close\r\n\r\ntoo many connections.\n"
)


class Clients:
    """Everybody who is connected; at most ``most``."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.ending = False  # each answer is the last one of its connection
        self._here: dict[Protocol, str] = {}  # in the order of arrival

    def arrive(self, protocol: Protocol, name: str) -> bool:
        """Take the connection of the client of that name; False where there is no room, and nobody gives way."""
        self._here[protocol] = name
        mine = [one for one, of in self._here.items() if of == name]
        if len(mine) > max(1, self.most // SHARE):
            return self._give_way(mine, protocol)
        return len(self._here) <= self.most or self._give_way(list(self._here), protocol)

    def leave(self, protocol: Protocol) -> None:
        """The connection is gone."""
        self._here.pop(protocol, None)

    def check(self) -> None:
        """End the connections whose time is over: called each second."""
        for protocol in list(self._here):
            protocol.check()

    def _give_way(self, among: list[Protocol], newcomer: Protocol) -> bool:
        for protocol in among:
            if protocol is not newcomer and protocol.asks_nothing:
                self.leave(protocol)
                protocol.transport.abort()
                return True
        self.leave(newcomer)
        return False


class Protocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *args: Any, clients: Clients, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clients = clients
        self._unread = 0  # bytes received since a head was complete, or a piece of a body there
        self._until: float | None = None  # when the client must have gone on
        self._left, self._taken_at = 0, 0.0  # bytes of answers that were not taken, and when some last were
        self._asked = False  # whether a request was heard
        self._held = bytearray()  # what was read, and is not looked at before earlier requests are answered

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client."""
        super().connection_made(transport)
        self._taken_at = self.loop.time()
        self._until = self._taken_at + FIRST_BYTE
        if not self._clients.arrive(self, _name_of(self.client)):
            transport.write(_FULL)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client left; so does what it asked for."""
        super().connection_lost(exc)
        self._clients.leave(self)
        self.pipeline.clear()
        self._held.clear()

    def shutdown(self) -> None:
        """bantin ends. Who has just come, and was not heard yet, is answered: to that client, bantin is there."""
        self._clients.ending = True
        if not self._asked and not self.transport.is_closing():
            self.loop.call_later(LAST_WORD, super().shutdown)
        else:
            super().shutdown()

    @property
    def asks_nothing(self) -> bool:
        """Whether no request of the client is being answered."""
        return (self.cycle is None or self.cycle.response_complete) and not self.transport.get_write_buffer_size()

    def check(self) -> None:
        """End the connection where the client has had its time."""
        now, left = self.loop.time(), self.transport.get_write_buffer_size()
        if left <= self._left - TAKEN or not left:
            self._left, self._taken_at = left, now
        self._left = max(self._left, left)
        if (self._until is not None and now > self._until) or now > self._taken_at + WRITING:
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        if self._until is None and self.asks_nothing:
            self._until = self.loop.time() + HEAD
        if self._held or data.count(b"\n") > 2 * MAX_QUEUED:  # a request has two lines at least
            self._held += data
            self._go_on()
        else:
            self._parse(data)

    def _go_on(self) -> None:
        """Look at what was read, piece by piece, while not too many requests wait; and read no more meanwhile."""
        while self._held and len(self.pipeline) < MAX_QUEUED and not self.transport.is_closing():
            piece = bytes(self._held[:PIECE])
            del self._held[:PIECE]
            self._parse(piece)
        if self._held or self.pipeline:
            self.flow.pause_reading()

    def _parse(self, data: bytes) -> None:
        self._unread += len(data)
        super().data_received(data)
        if self._unread > MAX_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def send_400_response(self, msg: str) -> None:
        """Refuse, once, and listen no more."""
        self._held.clear()
        if not self.transport.is_closing():
            super().send_400_response(msg)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._until = self.loop.time() + HEAD
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._unread = 0
        self._until = self.loop.time() + BODY
        super().on_headers_complete()
        self._asked = True
        if self._clients.ending:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """A piece of a body is there: it waits to be taken, and `uvicorn` stops reading while too much of it does."""
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is there; from here on it is bantin's turn."""
        self._until = None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is written; more is read when all that was asked for is answered."""
        super().on_response_complete()
        if self._held or self.pipeline:
            self._go_on()


class Server(uvicorn.Server):
    """Stops when ``should_exit`` is set, and at no signal."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the program's business."""
        yield


def room_for_clients() -> int:
    """How many connections there may be, by the descriptors that this process may open."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return MAX_CONNECTIONS
    return max(FEWEST, min(MAX_CONNECTIONS, limit - RESERVE))


def _name_of(client: tuple[str, int] | None) -> str:
    """Who counts as one: an IPv4 address, an IPv6 network of 64 bits, all of a Unix socket."""
    if client is None:
        return ""
    try:
        address = ipaddress.ip_address(client[0].partition("%")[0])
    except ValueError:
        return client[0]
    return str(address) if address.version == 4 else str(int(address) >> 64)

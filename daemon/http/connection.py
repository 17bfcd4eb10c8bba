"""One connection to another server, with limits to what it may send besides the body that was asked for.

A server may send interim answers (1xx) before its answer, and may cut a body into chunks as small as it likes; each of
them costs a thousand times what its bytes do. So these are counted as they arrive, and little is read at a time.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from aiohttp import ClientPayloadError
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader

READ_AT_ONCE = 32 * 1024  # bytes: what one turn of the event loop has to look at
MAX_INTERIM = 20  # answers before the answer; servers send one or two
MAX_BEFORE = 128 * 1024  # bytes before a body: the longest heads of real servers have a tenth
MAX_FRAMING = 64 * 1024  # bytes of chunk sizes and trailers, besides as many as the body has


class WastefulError(ClientPayloadError):
    """The server sends more around its answer than in it."""


class Connection(ResponseHandler):
    """aiohttp's connection, which ends where the server sends too much that is no body."""

    _interim = _before = _around = 0
    _body: StreamReader | None = None
    _answered = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        super().connection_made(transport)
        with suppress(AttributeError):  # another kind of event loop has its own way
            transport.max_size = READ_AT_ONCE  # type: ignore[attr-defined]

    def set_response_params(self, **params: Any) -> None:
        """The next request."""
        self._interim = self._before = self._around = 0
        self._body, self._answered = None, False
        super().set_response_params(**params)

    def feed_data(self, data: Any, size: int = 0) -> None:
        """A head was read, of an interim answer or of the answer."""
        message, payload = data
        if 100 <= message.code < 200 and message.code != 101:
            self._interim += 1
            if self._interim > MAX_INTERIM:
                return
        elif not self._answered:
            self._answered = True
            self._body = None if payload is EMPTY_PAYLOAD else payload
        super().feed_data(data, size)

    def data_received(self, data: bytes) -> None:
        """Bytes from the server."""
        had = self._body.total_bytes if self._body else 0
        super().data_received(data)
        if not self._answered:
            self._before += len(data)
        elif self._body is not None:
            self._around += len(data) - (self._body.total_bytes - had)
        if self._interim > MAX_INTERIM:
            self._end(f"more than {MAX_INTERIM} interim answers")
        elif self._before > MAX_BEFORE:
            self._end(f"more than {MAX_BEFORE:,} bytes before the answer")
        elif self._body is not None and self._around > MAX_FRAMING + self._body.total_bytes:
            self._end("more bytes around the body than in it")

    def _end(self, why: str) -> None:
        if self._body is not None:
            self._body.set_exception(WastefulError(why))
        else:
            self.set_exception(HttpProcessingError(code=400, message=why))
        if self.transport is not None:
            self.transport.abort()

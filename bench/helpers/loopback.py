"""A web server for benchmarks, in a process of its own: one page at many addresses, as cheap to serve as can be."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class _Answers(asyncio.Protocol):
    """Answers requests without a body; 304 where the client has the page."""

    def __init__(self, page: bytes, content_type: str, etag: str | None) -> None:
        validators = f'ETag: "{etag}"\r\n' if etag else ""
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n{validators}Content-Length: {len(page)}\r\n\r\n"
        self.page = head.encode() + page
        self.unchanged = f"HTTP/1.1 304 Not Modified\r\n{validators}\r\n".encode()
        self.etag = f'"{etag}"'.encode() if etag else None
        self.waiting = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            request, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
            known = self.etag is not None and b"if-none-match: " + self.etag in request.replace(
                b"If-None-Match", b"if-none-match"
            )
            self.transport.write(self.unchanged if known else self.page)


def _serve(port: Any, page: bytes, content_type: str, etag: str | None) -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Answers(page, content_type, etag), "127.0.0.1", 0, backlog=512)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


@contextmanager
def serve(page: bytes, content_type: str, etag: str | None) -> Iterator[str]:
    """Serve ``page`` at every address; gives the base address. Without an ``etag`` every answer is 200."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(there, page, content_type, etag), daemon=True
    )
    server.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}/"
    finally:
        server.terminate()
        server.join()

"""bantin's web application on loopback for feed readers that are programs of their own."""

from __future__ import annotations

import socket
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from starlette.responses import Response

from daemon.demo.serve import serve
from daemon.storage import Storage
from daemon.web.app import make_app
from state.sql import SqlStore
from tests.samples import commit, configured, make_entry

TOML = """
[[source]]
id = "ttv"
title = "Truyền hình Thanh Hóa"
urls = ["https://news.example/thoi-su.htm"]
timezone = "Asia/Ho_Chi_Minh"
language = "vi"
"""


PICTURE = "/picture.png"  # under the served address: for stories whose picture a reader is to fetch


def red_square(side: int) -> bytes:
    """A PNG picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    rows = (b"\0" + b"\xd0\x20\x20" * side) * side
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Served(NamedTuple):
    """The application on loopback, and the path and status of every answer that it gave."""

    address: str
    answers: list[tuple[str, int]]

    def statuses(self, path: str) -> list[int]:
        """What was answered at one path."""
        return [status for asked, status in self.answers if asked == path]


@asynccontextmanager
async def served_stories(store: SqlStore, folder: Path) -> AsyncIterator[Served]:
    """The application over a store with three stories; the third was not read in full, and has no date."""
    config = configured(folder, TOML)
    store.sync({"ttv": 600.0}, {})
    commit(store, [make_entry(number) for number in (1, 2)])
    commit(store, [make_entry(3, title="<b>Đậm</b> & ]]>", published=None, story={"partial": True})])
    storage = Storage(store)
    opened = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{opened.getsockname()[1]}/"
    app = make_app(lambda: config, storage, address)
    answers: list[tuple[str, int]] = []

    async def counted(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == PICTURE:
            answers.append((PICTURE, 200))
            await Response(red_square(120), media_type="image/png")(scope, receive, send)
            return

        async def told(message: Any) -> None:
            if message["type"] == "http.response.start":
                answers.append((scope["path"], message["status"]))
            await send(message)

        await app(scope, receive, told)

    async with serve(counted, opened):  # type: ignore[arg-type]  # any ASGI application will do
        yield Served(address, answers)
    storage.close()

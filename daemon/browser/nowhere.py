"""A proxy that leads nowhere: what a browser sends past its interception is refused here, and written down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

PATIENCE = 5.0  # seconds that a request line may take
REFUSED = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Nowhere:
    """``tell`` hears of each request that was refused: its method and address, as they were sent."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._server: asyncio.Server | None = None

    async def open(self) -> str:
        """Listen on a port of the loopback network; returns the proxy's address."""
        self._server = await asyncio.start_server(self._refuse, "127.0.0.1", 0, limit=4096)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _refuse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(TimeoutError, OSError, ValueError, asyncio.IncompleteReadError):
            async with asyncio.timeout(PATIENCE):
                line = await reader.readline()
                if line:  # not of a connection that was only made to be ready
                    self._tell(line.decode("ascii", "replace").rpartition(" ")[0].strip()[:300])
                writer.write(REFUSED)
                await writer.drain()
        writer.close()

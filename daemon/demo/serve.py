"""Serving the demonstration's parts on loopback, beside whatever else the program does."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette

from daemon.web.server.protocol import Server


@asynccontextmanager
async def serve(app: Starlette, opened: socket.socket | None = None) -> AsyncIterator[str]:
    """Serve ``app`` on ``opened``, or on any free port of 127.0.0.1; gives its address, with a final slash."""
    opened = opened or socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    server = Server(config)
    serving = asyncio.create_task(server.serve(sockets=[opened]))
    try:
        yield f"http://127.0.0.1:{opened.getsockname()[1]}/"
    finally:
        server.should_exit = True
        await serving
        opened.close()

"""A daemon that runs beside the test, in its process, so that the test can break its database at a chosen moment."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest
from structlog.testing import capture_logs

import daemon.work.engine
import daemon.work.service
from daemon.config import Server
from daemon.work.service import Service
from state.sql import SqlStore
from tests.whole.crash import Inline, Scene, scene, work
from tests.whole.live import until

LEASE = 2.0  # seconds, instead of a minute: what is lost on the way is tried again after so long


class Running:
    """The scene around the daemon, what the daemon says, and whether it is ready."""

    def __init__(self, about: Scene, said: list[Any], port: int) -> None:
        self.about, self.said, self.port = about, said, port

    async def readiness(self) -> httpx.Response | None:
        """What it answers to those who ask whether it is ready."""
        async with httpx.AsyncClient(trust_env=False) as client:
            with suppress(httpx.HTTPError):
                return await client.get(f"http://127.0.0.1:{self.port}/readyz")
        return None

    async def is_ready(self) -> bool:
        answer = await self.readiness()
        return answer is not None and answer.status_code == 200

    async def is_not_ready(self) -> bool:
        answer = await self.readiness()
        return answer is not None and answer.status_code == 503

    def publish(self) -> None:
        """A new story on the site."""
        self.about.newsroom.publish(datetime.now(UTC))

    def told(self, words: str) -> list[Any]:
        """What it said of the database, with these words in the cause or the hint."""
        lines = [f"{line['cause']}; {line['hint']}" for line in self.said if "hint" in line]
        lines += [line["why"] for line in self.said if line["event"] == "poll not stored"]
        return [line for line in lines if words in line]

    async def all_alerted(self) -> None:
        """Wait until the newsroom has heard of every story."""
        await until(lambda: len({name for name, _ in self.about.receiver.got}) >= len(self.about.newsroom.items))

    def calm(self) -> None:
        """No failure of the database was taken for a mistake in the program."""
        crashed = [line for line in self.said if "exc_info" in line or "crashed" in line["event"]]
        assert crashed == []


@asynccontextmanager
async def running(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """A daemon at work; at the end it is stopped, what is left is done, and all must be there, once."""
    monkeypatch.setattr(daemon.work.engine, "Reader", Inline)
    monkeypatch.setattr(daemon.work.service, "LEASE", LEASE)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with scene(database) as about:
        config = msgspec.structs.replace(
            about.config,
            server=Server(listen=f"127.0.0.1:{port}"),
            sources=(msgspec.structs.replace(about.config.sources[0], interval=1.0),),
        )
        service = Service(config)
        with capture_logs() as said:
            task = asyncio.create_task(service.run())
            parts = Running(about, said, port)
            try:
                await until(lambda: task.done() or parts.is_ready())
                yield parts
                await parts.all_alerted()
            finally:
                service.stop()
                await task
        await work(about.config)
        store = SqlStore(database)
        about.check(store.engine)
        store.close()
        parts.calm()

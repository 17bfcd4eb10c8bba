"""A real `bantin run` as a process of its own, between the invented site and a webhook receiver."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import httpx

from daemon.demo.news import SECTIONS, Newsroom
from daemon.demo.receiver import Receiver
from daemon.demo.run import CONFIG, SECRET
from daemon.demo.serve import serve
from daemon.demo.site import Site

PATIENCE = 30.0  # seconds after which something that should happen counts as not happening


class Live:
    """The parts, and the daemon that the test starts, stops and kills."""

    def __init__(self, folder: Path, site: Site, receiver: Receiver, address: str, hook: str, database: str) -> None:
        self.folder, self.site, self.receiver = folder, site, receiver
        self.newsroom = site.newsroom
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}/"
        self.config = folder / "bantin.toml"
        urls = ", ".join(f'"{address}{name}.htm"' for name in SECTIONS)
        text = CONFIG.format(port=self.port, urls=urls, hook=f"{hook}hook").replace(
            'interval = "2s"', 'interval = "1s"'
        )
        self.database = database or f"sqlite:///{folder / 'bantin.db'}"
        self.config.write_text(f'{text}\n[state]\nurl = "{self.database}"\n', "utf-8")
        (folder / "newsroom.secret").write_text(SECRET, "utf-8")
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, *options: str, wait: bool = True, **env: str) -> asyncio.subprocess.Process:
        """Start the daemon; ``wait`` until it serves."""
        with (self.folder / "daemon.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "daemon", "run", "--config", str(self.config), *options,
                stdout=log, stderr=log, env={**os.environ, **env}, cwd=Path(__file__).parents[2],
            )  # fmt: skip
        if wait:
            await until(self.serves)
        return self.process

    async def serves(self) -> bool:
        """Whether the daemon answers that it is ready."""
        assert self.process is not None
        assert self.process.returncode is None, self.logged()
        with contextlib.suppress(httpx.HTTPError):
            return (await self.get("readyz")).status_code == 200
        return False

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask the daemon."""
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.get(self.base + path, headers=headers)

    async def entries(self) -> list[Any]:
        """The feed's entries, as feedparser reads them."""
        found = feedparser.parse((await self.get("feeds/song-van.atom")).content)
        assert not found.bozo
        return list(found.entries)

    async def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        assert self.process is not None
        self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), 20)

    def logged(self) -> str:
        """What the daemon said."""
        return (self.folder / "daemon.log").read_text("utf-8")

    def log_lines(self, event: str) -> list[dict[str, Any]]:
        """The log entries of one kind."""
        lines = [json.loads(line) for line in self.logged().splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == event]


async def until(happened: Callable[[], Any], patience: float = PATIENCE) -> None:
    """Wait for something that another process does; fail where it does not come."""
    deadline = time.monotonic() + patience
    while True:
        found = happened()
        if await found if asyncio.iscoroutine(found) else found:
            return
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def live(folder: Path, database: str = "") -> AsyncIterator[Live]:
    """The site and the receiver, served; the daemon is killed at the end where it still runs.

    ``database`` is a URL; without one, it is a file in the folder.
    """
    site = Site(Newsroom(datetime.now(UTC), seed=11))
    receiver = Receiver(SECRET)
    async with serve(site.app) as address, serve(receiver.app) as hook:
        parts = Live(folder, site, receiver, address, hook, database)
        try:
            yield parts
        finally:
            if parts.process is not None and parts.process.returncode is None:
                parts.process.kill()
                await parts.process.wait()

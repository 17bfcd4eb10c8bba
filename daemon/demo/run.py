"""``bantin demo``: the invented sites, a webhook receiver, and a real ``bantin run`` between them, all on loopback.

The daemon is a process of its own with a configuration of its own, both left to look at: ``bantin status --config``
works on it, and a ``kill -9`` shows that nothing is lost (it is started again).
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from daemon.demo.english import ENGLISH
from daemon.demo.news import Item, Newsroom
from feeds.errors import BantinError

SECRET = "whsec_ZGVtby1zZWNyZXQtb2YtYmFudGlu"  # noqa: S105  # of the demonstration, and no secret
START_WITHIN = 15.0
BULLETIN = 5  # each so many-th piece of news is the station's evening bulletin: evenings are short here

CONFIG = """# Written by bantin demo. The site and the webhook are its own, on this machine only.
[server]
listen = "127.0.0.1:{port}"

[fetch]
host_interval = "20ms"
timeout = "5s"
allow_networks = ["127.0.0.0/8"]

[[source]]
id = "song-van"
title = "Truyền hình Sông Vân"
urls = [{urls}]
interval = "2s"
timezone = "Asia/Ho_Chi_Minh"
language = "vi"
recheck = ["5s", "15s", "30s", "1m", "2m", "5m", "10m"]

[[feed]]
id = "rung-va-bien"
title = "Rừng và biển"
sources = ["song-van"]
include = ["rừng", "cá lồng", "thuyền"]

[[feed]]
id = "ban-tin"
title = "Bản tin Thời sự tối"
sources = ["song-van"]
include = ["^Bản tin Thời sự tối"]
podcast = "audio"
description = "Những tin chính trong ngày trên hai bờ sông Vân."
category = "News > Daily News"

[[webhook]]
id = "newsroom"
url = "{hook}"
secret_file = "newsroom.secret"
events = ["article.published", "article.revised", "article.removed", "source.failing", "source.recovered"]
"""

ENGLISH_SOURCE = """[[source]]
id = "river-times"
title = "The River Times"
urls = [{urls}]
interval = "2s"
timezone = "Asia/Ho_Chi_Minh"
language = "en"
recheck = ["5s", "15s", "30s", "1m", "2m", "5m", "10m"]
"""


def run_demo(*, seconds: float, port: int, every: float, directory: str) -> int:
    """Run until Ctrl-C, or for ``seconds``; returns the exit status."""
    with contextlib.ExitStack() as stack:
        folder = (
            Path(directory) if directory else Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bantin-")))
        )
        folder.mkdir(parents=True, exist_ok=True)
        return asyncio.run(_Demo(folder, port, every).run(seconds))


class _Demo:
    def __init__(self, folder: Path, port: int, every: float) -> None:
        self.folder, self.every = folder, every
        self.port = port if port and _free(port) else _any_port()
        if port not in (0, self.port):
            print(f"port {port} is taken; using {self.port}", file=sys.stderr)
        now, seed = datetime.now(UTC), random.randrange(10**6)
        self.newsrooms = [Newsroom(now, seed=seed), Newsroom(now, seed=seed, stories=16, words=ENGLISH)]
        self.newsrooms[0].bulletin(now)
        self.alerts = self._turn = 0
        self.stopping = asyncio.Event()
        self.log = folder / "daemon.log"

    async def run(self, seconds: float) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stopping.set)
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
        *sites, hook = (f"http://127.0.0.1:{opened.getsockname()[1]}/" for opened in sockets)
        self._configure(sites, hook)
        self.daemon = await self._start()  # first of all: it and what follows take a second each
        try:
            async with self._served(*sockets):
                if not await self._ready():
                    return 1
                self._greet(sites)
                await self._live(seconds)
        finally:
            if self.daemon.returncode is None:
                self.daemon.terminate()
            await self.daemon.wait()
        _tell("bye", f"{self.alerts} alerts received and verified")
        return 0

    @contextlib.asynccontextmanager
    async def _served(self, *opened: socket.socket) -> AsyncIterator[None]:
        from daemon.demo.receiver import Receiver
        from daemon.demo.serve import serve
        from daemon.demo.site import Site

        vietnamese, english = (Site(room, make).app for room, make in zip(self.newsrooms, ("", "plain/"), strict=True))
        receiver = Receiver(SECRET, tell=self._alert).app
        async with serve(vietnamese, opened[0]), serve(english, opened[1]), serve(receiver, opened[2]):
            yield

    def _configure(self, sites: Sequence[str], hook: str) -> None:
        file = self.folder / "bantin.toml"
        if file.exists() and not file.read_text("utf-8", "replace").startswith(CONFIG.partition("\n")[0]):
            raise BantinError(f"{file} is not the demonstration's; choose another folder with --dir")
        vietnamese, english = (
            ", ".join(f'"{site}{name}.htm"' for name in room.words.sections)
            for site, room in zip(sites, self.newsrooms, strict=True)
        )
        other = ENGLISH_SOURCE.format(urls=english)
        text = CONFIG.format(port=self.port, urls=vietnamese, hook=f"{hook}hook")
        (self.folder / "bantin.toml").write_text(f"{text}\n{other}", "utf-8")
        secret = self.folder / "newsroom.secret"
        secret.touch(mode=0o600)
        secret.write_text(SECRET + "\n", "utf-8")

    async def _start(self) -> asyncio.subprocess.Process:
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "daemon", "run", "--config", str(self.folder / "bantin.toml"),
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    async def _ready(self) -> bool:
        """Wait for the daemon to answer."""
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline and self.daemon.returncode is None and not self.stopping.is_set():
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return True
            await asyncio.sleep(0.05)
        print(
            f"bantin: the daemon did not start; it said:\n{self.log.read_text('utf-8', 'replace')[-2000:]}",
            file=sys.stderr,
        )
        return False

    def _greet(self, sites: Sequence[str]) -> None:
        print(
            f"Two invented news sites {sites[0]} (Vietnamese), {sites[1]} (English)\n"
            f"bantin's page           http://127.0.0.1:{self.port}/\n"
            f"Subscribe to a feed     http://127.0.0.1:{self.port}/feeds/river-times.atom (or song-van.atom)\n"
            f"Or to a podcast         http://127.0.0.1:{self.port}/feeds/ban-tin.rss (the station's evening bulletin)\n"
            f"Look closer             {_program()} status --config {self.folder / 'bantin.toml'}\n"
            f"Stop with Ctrl-C\n",
            flush=True,
        )

    async def _live(self, seconds: float) -> None:
        """News until the end; a daemon that was killed is started again."""
        deadline = time.monotonic() + seconds if seconds else float("inf")
        while (left := deadline - time.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), min(self.every, left))
                return
            if self.daemon.returncode is not None:
                _tell("daemon", f"ended with status {self.daemon.returncode}; starting it again")
                self.daemon = await self._start()
            self._happen()

    def _happen(self) -> None:
        """A new story; now and then an edit, a withdrawal, an error or a slow answer as well."""
        newsroom = self.newsrooms[self._turn % 2 if (self._turn + 1) % BULLETIN else 0]
        self._turn += 1
        for item in newsroom.items:
            if item.page in ("error", "slow"):
                item.page = "ok"
        if self._turn % BULLETIN == 0:
            _tell("site", f"new: {newsroom.bulletin(datetime.now(UTC)).title} (a film, and its sound)")
            return
        item = newsroom.publish(datetime.now(UTC))
        chance = random.random()
        if chance < 0.12:
            item.page = "error"
        elif chance < 0.2:
            item.page = "slow"
        _tell(
            "site", f"new: {item.title}" + {"error": " (its page answers 500)", "slow": " (slowly)"}.get(item.page, "")
        )
        if random.random() < 0.3:
            self._change(newsroom, random.choice([i for i in newsroom.items[1:9] if i.page == "ok" and not i.seconds]))

    def _change(self, newsroom: Newsroom, item: Item) -> None:
        if random.random() < 0.7:
            newsroom.edit(item)
            _tell("site", f"edited: {item.title}")
        else:
            item.page = "gone"
            _tell("site", f"withdrawn: {item.title} (confirmed at a second look, a minute later)")

    def _alert(self, _: str, alert: dict[str, Any]) -> None:
        self.alerts += 1
        data = alert["data"]
        what = data["article"]["title"] if "article" in data else (data.get("failure") or {}).get("cause", "")
        _tell("alert", f"verified {alert['type']}: {what}")


def _program() -> str:
    """How this program was started, to be typed again."""
    name = Path(sys.argv[0])
    if name.name != "bantin":
        return f"{sys.executable} -m daemon"
    return "bantin" if shutil.which("bantin") == str(name) else str(name)


def _tell(who: str, text: str) -> None:
    print(f"{datetime.now():%H:%M:%S}  {who:<7} {text}", flush=True)


def _free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def _any_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        return int(opened.getsockname()[1])

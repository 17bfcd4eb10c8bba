"""The web server: uvicorn on an address, a Unix socket, or a socket that systemd hands over."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

import uvicorn

from daemon import logs
from daemon.config import Config, split_listen
from daemon.metrics import Metrics
from daemon.notify import passed_socket
from daemon.reading.reader import Reader
from daemon.storage import Storage
from daemon.web.app import make_app
from daemon.web.pages.pictures import Pictures
from daemon.web.pages.preview import Previews
from daemon.web.server.protocol import BACKLOG, KEEP_ALIVE, Clients, Protocol, Server, room_for_clients
from daemon.web.status import Counted

FRESH = 0.5  # seconds that feeds are served without asking the database whether they changed
CHECK_EVERY = 1.0  # seconds between two looks at how long clients have been holding what they hold
CLOSE_WITHIN = 3  # seconds that answers under way have at the end


class WebServer:
    """Serves while it is entered. ``config`` may be replaced at any time: the next request sees the new one."""

    def __init__(
        self,
        config: Config,
        storage: Storage,
        reader: Reader,
        stalled: Callable[[], bool],
        metrics: Metrics | None = None,
    ) -> None:
        self.config = config
        self._socket, self.address = listen(config.server.listen, config.server.socket_mode)
        self._pictures = Pictures(config.fetch, storage, reader)
        base = base_url(config, self.address)
        metrics = metrics or Metrics()
        previews = Previews(lambda: self.config, reader)
        app = make_app(lambda: self.config, storage, base, stalled, self._pictures, previews, FRESH, metrics)
        self._clients = Clients(room_for_clients())
        self._server = Server(
            uvicorn.Config(
                Counted(app, metrics),
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                date_header=True,
                timeout_graceful_shutdown=CLOSE_WITHIN,
                timeout_keep_alive=KEEP_ALIVE,
                backlog=BACKLOG,
                http=partial(Protocol, clients=self._clients),  # type: ignore[arg-type]
                ws="none",
                proxy_headers=False,
            )
        )

    async def __aenter__(self) -> WebServer:
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started and not self._serving.done():  # noqa: ASYNC110  # uvicorn has no event for it
            await asyncio.sleep(0.01)
        if self._serving.done():
            await self._serving
        self._checking = asyncio.create_task(self._check())
        return self

    async def _check(self) -> None:
        while True:
            await asyncio.sleep(CHECK_EVERY)
            self._clients.check()

    async def __aexit__(self, *_: object) -> None:
        self._checking.cancel()
        self._server.should_exit = True
        await self._serving
        await self._pictures.close()
        self._socket.close()


def listen(address: str, mode: int = 0o600) -> tuple[socket.socket, str]:
    """An open socket and the address under which it is reached; one that systemd passed wins.

    ``mode`` says who may come in through a Unix socket: a web server before it has a user of its own.

    Raises `OSError`, with the address in its text, where it is taken or not allowed.
    """
    passed = passed_socket()
    if passed is not None:
        reached = _reached(passed)
        if reached.removeprefix("http://").rstrip("/") != address.replace("localhost:", "127.0.0.1:"):
            hint = "to listen elsewhere: systemctl edit bantin.socket, or systemctl mask bantin.socket"
            logs.get().warning("systemd says where to listen", listen=reached, not_taken=address, hint=hint)
        return passed, reached
    try:
        if address.startswith("unix:"):
            return _unix(Path(address.removeprefix("unix:")), mode), address
        found = split_listen(address)
        assert found is not None, "the configuration was checked"
        family = socket.AF_INET6 if ":" in found[0] else socket.AF_INET
        opened = socket.create_server(found, family=family, backlog=BACKLOG)
    except OSError as error:
        raise OSError(error.errno, f"cannot listen on {address}: {error.strerror or error}") from error
    return opened, _reached(opened)


def _unix(path: Path, mode: int) -> socket.socket:
    if path.is_socket():
        if _answers(path):
            raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
        path.unlink()  # left over by a daemon that was killed
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        before = os.umask(0o177)  # nobody may come in before the mode is set
        try:
            opened.bind(str(path))
        finally:
            os.umask(before)
        path.chmod(mode)
        opened.listen(BACKLOG)
    except OSError:
        opened.close()
        raise
    return opened


def _answers(path: Path) -> bool:
    """Whether somebody listens there."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            return False
        return True


def _reached(opened: socket.socket) -> str:
    name = opened.getsockname()
    if opened.family == socket.AF_UNIX:
        return f"unix:{name}"
    host = f"[{name[0]}]" if ":" in name[0] else name[0]
    return f"http://{host}:{name[1]}/"


def base_url(config: Config, address: str) -> str:
    """The address that feeds and pages name themselves by: the configured one, else where the server listens."""
    if config.server.public_url:
        return config.server.public_url
    return address if address.startswith("http") else "http://localhost/"

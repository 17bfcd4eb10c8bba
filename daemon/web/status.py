"""How bantin is, for programs: liveness, readiness, ``/metrics``, ``/status.json``."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daemon import VERSION
from daemon.config import Config
from daemon.health import health
from daemon.metrics import CONTENT_TYPE, Metrics
from daemon.storage import Storage
from feeds.errors import StateError

PROBES = ("/healthz", "/readyz", "/metrics", "/status.json")


class Counted:
    """An ASGI application whose answers are counted: of which kind, and with which class of status."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.answered(kind_of(scope["path"]), message["status"])
            await send(message)

        await self._app(scope, receive, told)


def kind_of(path: str) -> str:
    """What is asked for at the path: ``feed``, ``page``, ``picture``, ``probe``, or ``hub``: a hub says something."""
    if path.startswith("/feeds/"):
        return "page" if path.endswith("/") else "feed"
    if path.startswith("/pictures/"):
        return "picture"
    if path.startswith("/websub/"):
        return "hub"
    return "probe" if path in PROBES else "feed" if path == "/opml" else "page"


class Status:
    """The handlers."""

    def __init__(
        self, config: Callable[[], Config], storage: Storage, stalled: Callable[[], bool], metrics: Metrics
    ) -> None:
        self.config, self.storage, self.stalled, self.metrics = config, storage, stalled, metrics

    async def healthz(self, _: Request) -> Response:
        """Liveness: the process answers."""
        return PlainTextResponse("ok\n")

    async def readyz(self, _: Request) -> Response:
        """Readiness: the schedule ticks, and the database can be read."""
        if self.stalled():
            return PlainTextResponse("the schedule stands still\n", 503)
        try:
            await self.storage.versions([])
        except StateError as error:
            return PlainTextResponse(f"{error.cause}; {error.hint}\n", 503)
        return PlainTextResponse("ready\n")

    async def prometheus(self, _: Request) -> Response:
        """``/metrics``: Prometheus' text format."""
        self._only_inside()
        counts, endpoints = await self.storage.source_counts(), await self.storage.endpoints()
        mine = {item.id: endpoints[item.id] for item in self.config().endpoints if item.id in endpoints}
        text = self.metrics.text(counts, mine, self.storage.store.clock())
        return Response(text, headers={"content-type": CONTENT_TYPE, "cache-control": "no-store"})

    async def json(self, _: Request) -> Response:
        """``/status.json``: whether all is well, and what is not."""
        self._only_inside()
        counts, endpoints = await self.storage.source_counts(), await self.storage.endpoints()
        stalled, now = self.stalled(), self.storage.store.clock()
        fares = health(self.config(), counts, endpoints, now, stalled=stalled)
        body = {"version": VERSION, "well": fares.well, "troubles": fares.troubles, "ready": not stalled}
        body |= {"sources": counts, "endpoints": fares.endpoints}
        return Response(msgspec.json.encode(body), media_type="application/json", headers={"cache-control": "no-store"})

    def _only_inside(self) -> None:
        """Causes and numbers are the operator's: whoever may read the feeds without a token need not know them."""
        if self.config().server.is_public:
            raise HTTPException(404, "this is not shown to everybody; set [server] token, and send it as a bearer")

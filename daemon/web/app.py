"""The addresses that bantin answers: feeds, pages for people, OPML, and how it is."""

from __future__ import annotations

import asyncio
import hmac
import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from daemon.config import Config
from daemon.storage import Storage
from daemon.web import article, pages
from daemon.web.conditional import MAX_AGE, respond
from daemon.web.documents import Documents, make_document
from daemon.web.pictures import Pictures
from daemon.web.remembered import Remembered, good_until
from feeds.errors import StateError
from feeds.model import FeedSpec
from feeds.writing import opml
from feeds.writing.formats import FORMATS

OPEN = ("/healthz", "/readyz", "/style.css")  # paths that need no token: they show nothing of what is watched
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SAFE = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class App:
    """The handlers; each gives a response. ``config`` is asked for anew each time, so that a reload is seen."""

    def __init__(
        self,
        config: Callable[[], Config],
        storage: Storage,
        base: str,
        stalled: Callable[[], bool],
        pictures: Pictures | None,
        fresh: float,
    ) -> None:
        self.config, self.storage, self.base, self.stalled = config, storage, base, stalled
        self.documents = Documents(storage, fresh)
        self._renamed: tuple[Config, float, dict[str, str]] | None = None
        self.pictures = pictures

    async def feed(self, request: Request) -> Response:
        """``/feeds/ID.atom``, ``.rss``, ``.json``, and whatever other format there is a writer for."""
        return await self._document(request)

    async def archive(self, request: Request) -> Response:
        """``/feeds/ID/archive/N.atom``: older entries (RFC 5005)."""
        return await self._document(request, _number(request))

    async def _document(self, request: Request, archive: int | None = None) -> Response:
        config, extension = self.config(), request.path_params["format"]
        found = config.feed(request.path_params["feed"])
        if found is None:
            where = f"{{}}.{extension}" if archive is None else f"../../{{}}/archive/{archive}.{extension}"
            return await self._moved(request, request.path_params["feed"], where)
        if extension not in FORMATS:
            raise HTTPException(404, f"no format {extension[:64]!r}; there are: {', '.join(FORMATS)}")
        document = await self.documents.feed(config, found, extension, self.base, archive)
        if document is None:
            raise HTTPException(404, f"no archive {archive} of this feed (yet)")
        response = respond(request, document, public=not config.server.token)
        address = str(request.url.path).removeprefix("/")
        links = [f'<{self.base}{address}>; rel="self"']
        if config.hub and archive is None:
            links.append(f'<{config.hub}>; rel="hub"')
        response.headers["link"] = ", ".join(links)
        response.headers["access-control-allow-origin"] = "*"
        if archive is None:  # archives are many, and seldom asked for
            good_until(request.scope, self.documents.believed_until(found))
        return response

    async def feed_page(self, request: Request) -> Response:
        """``/feeds/ID/``: the same for people."""
        config = self.config()
        found = config.feed(request.path_params["feed"])
        if found is None:
            return await self._moved(request, request.path_params["feed"], "../{}/")
        entries = await self.documents.assembler.entries(config, found, pages.ENTRIES)
        return self._page(request, pages.feed_page(config, found, entries, self._query(request)))

    async def slash(self, request: Request) -> Response:
        """``/feeds/ID``: its page is one slash further (told relatively: bantin may stand behind another server)."""
        name = request.path_params["feed"]
        if self.config().feed(name) is None:
            return await self._moved(request, name, "{}/")
        return Response(status_code=308, headers={"location": f"{name}/{self._query(request)}"})

    async def _moved(self, request: Request, name: str, location: str) -> Response:
        """Where a feed went whose source was renamed (told relatively, as in `slash`); 404 where it never was."""
        new = (await self._renames()).get(name)
        if new is None or self.config().feed(new) is None:
            raise HTTPException(404, self._unknown(name))
        scope = "private" if self.config().server.token else "public"
        return Response(
            status_code=308,
            # Kept no longer than a feed: a source may be renamed back, and two redirects would make a circle.
            headers={
                "location": location.format(new) + self._query(request),
                "cache-control": f"{scope}, max-age={MAX_AGE}",
            },
        )

    async def _renames(self) -> dict[str, str]:
        """Old ids and what they are called now: asked for once for each configuration, and once a minute."""
        config, now = self.config(), time.monotonic()
        if self._renamed is None or self._renamed[0] is not config or now - self._renamed[1] > MAX_AGE:
            self._renamed = (config, now, await self.storage.run(self.storage.store.renamed))
        return self._renamed[2]

    async def article_page(self, request: Request) -> Response:
        """``/articles/ID/``: a story, how it changed, and where else it is told; withdrawn ones, too."""
        name, config = request.path_params["article"].lower(), self.config()
        if not _UUID.fullmatch(name):
            raise HTTPException(404, "no such article")
        found = await self.storage.run(self.storage.store.story, f"urn:uuid:{name}")
        if found and all(
            story.merged_into for story, _ in found
        ):  # its teaser was published before its page showed that it is another one's
            other = (found[0][0].merged_into or "").removeprefix("urn:uuid:")
            return Response(status_code=308, headers={"location": f"../{other}/{self._query(request)}"})
        html = await asyncio.to_thread(article.article_page, config, found, self._query(request))
        if html is None:
            raise HTTPException(404, "no such article")
        return self._page(request, html)

    async def article_slash(self, request: Request) -> Response:
        """``/articles/ID``: one slash further, as `slash`."""
        name = request.path_params["article"]
        if not _UUID.fullmatch(name.lower()):
            raise HTTPException(404, "no such article")
        return Response(status_code=308, headers={"location": f"{name}/{self._query(request)}"})

    async def home(self, request: Request) -> Response:
        """``/``: what is watched, how it fares, and the last stories."""
        config = self.config()
        rows = await self.storage.run(self.storage.store.sources)
        everything = FeedSpec(id="", title="", sources=tuple(source.id for source in config.sources))
        entries = await self.documents.assembler.entries(config, everything, pages.NEWEST)
        return self._page(request, pages.home(config, rows, entries, datetime.now(UTC), self._query(request)))

    async def opml(self, request: Request) -> Response:
        """``/opml``: all feeds, to subscribe to at once."""
        body = opml.render(self.config().feeds, base=self.base, query=self._query(request))
        return Response(
            body, media_type=opml.CONTENT_TYPE, headers={"content-disposition": "inline; filename=bantin.opml"}
        )

    async def picture(self, request: Request) -> Response:
        """``/pictures/ARTICLE/N``: a story's picture, for the pages."""
        name, number = f"urn:uuid:{request.path_params['article']}", _number(request)
        found = await self.pictures.get(name, number) if self.pictures else None
        if found is None:
            raise HTTPException(404, "no such picture")
        response = respond(request, found, public=False)
        response.headers.update(SAFE)
        response.headers["cache-control"] = "private, max-age=86400"
        return response

    async def style(self, request: Request) -> Response:
        """The pages' style sheet."""
        document = make_document(pages.STYLE, "text/css; charset=utf-8", datetime.fromtimestamp(0, UTC))
        return respond(request, document)

    async def healthz(self, _: Request) -> Response:
        """Liveness: the process answers."""
        return PlainTextResponse("ok\n")

    async def readyz(self, _: Request) -> Response:
        """Readiness: the schedule ticks, and the database can be read."""
        if self.stalled():
            return PlainTextResponse("the schedule stands still\n", 503)
        try:
            await self.storage.run(self.storage.store.versions, [])
        except StateError as error:
            return PlainTextResponse(f"{error.cause}; {error.hint}\n", 503)
        return PlainTextResponse("ready\n")

    def _page(self, request: Request, html: str) -> Response:
        changed = datetime.now(UTC)
        response = respond(request, make_document(html.encode(), "text/html; charset=utf-8", changed), public=False)
        response.headers.update(SAFE)
        del response.headers["last-modified"]  # pages tell the time since; the ETag says whether they changed
        response.headers["cache-control"] = "private, no-cache"
        return response

    def _query(self, request: Request) -> str:
        """What links must carry on, where the token came in the address."""
        return self.config().server.query if "token" in request.query_params else ""

    def _unknown(self, name: str) -> str:
        known = ", ".join(feed.id for feed in self.config().feeds) or "none yet"
        return f"no feed {name[:64]!r}; there are: {known}"


def _number(request: Request) -> int:
    """The number in an address; one that nothing can have is no address of ours."""
    text = request.path_params["number"]
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise HTTPException(404, "no such number")
    return int(text)


class _TokenGate:
    """Lets requests through that need no token or carry it, as ``?token=`` or ``Authorization: Bearer``."""

    def __init__(self, app: Starlette, config: Callable[[], Config]) -> None:
        self.app, self.config = app, config

    async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        token = self.config().server.token
        if scope["type"] == "http" and token and scope["path"] not in OPEN:
            request = Request(scope)
            scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
            given = [request.query_params.get("token", ""), bearer.strip() if scheme.lower() == "bearer" else ""]
            if not any(hmac.compare_digest(one.encode(), token.encode()) for one in given):
                refused = PlainTextResponse("a token is needed: ?token=… or Authorization: Bearer …\n", 401)
                refused.headers["www-authenticate"] = "Bearer"
                await refused(scope, receive, send)
                return
        await self.app(scope, receive, send)


Handler = Callable[[Request], Awaitable[Response]]


def make_app(
    config: Callable[[], Config],
    storage: Storage,
    base: str,
    stalled: Callable[[], bool] = lambda: False,
    pictures: Pictures | None = None,
    fresh: float = 0.0,
) -> Remembered:
    """The ASGI application; ``base`` is the address that documents name themselves by."""
    handlers = App(config, storage, base, stalled, pictures, fresh)
    routes: list[tuple[str, Handler]] = [
        ("/", handlers.home),
        ("/style.css", handlers.style),
        ("/pictures/{article}/{number}", handlers.picture),
        ("/feeds/{feed}/", handlers.feed_page),
        ("/feeds/{feed}/archive/{number}.{format}", handlers.archive),
        ("/feeds/{feed:str}.{format:str}", handlers.feed),
        ("/feeds/{feed}", handlers.slash),
        ("/articles/{article}/", handlers.article_page),
        ("/articles/{article}", handlers.article_slash),
        ("/opml", handlers.opml),
        ("/healthz", handlers.healthz),
        ("/readyz", handlers.readyz),
    ]
    app = Starlette(
        routes=[Route(path, handler, methods=["GET"]) for path, handler in routes],
        exception_handlers={HTTPException: _http_error, StateError: _state_error},
    )
    app.router.redirect_slashes = False  # they would name the host and scheme that bantin sees, not the reader's
    return Remembered(_TokenGate(app, config), config, storage)


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return PlainTextResponse(f"{error.detail}\n", error.status_code, headers=error.headers)


async def _state_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, StateError)
    return HTMLResponse(f"<!doctype html><title>bantin</title><p>The database {error.cause}; {error.hint}.</p>", 503)

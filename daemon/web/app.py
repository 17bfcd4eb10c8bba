"""The addresses that bantin answers: feeds, pages for people, OPML, and how it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from daemon.config import Config
from daemon.metrics import Metrics
from daemon.storage import Storage
from daemon.web.errors import Errors
from daemon.web.feeds.conditional import respond
from daemon.web.feeds.moved import Moved
from daemon.web.feeds.rendered import Documents, make_document
from daemon.web.feeds.responses import Remembered, good_until
from daemon.web.gate import Gate
from daemon.web.pages import render
from daemon.web.pages.context import access_of, view_of
from daemon.web.pages.handlers import SAFE, People
from daemon.web.pages.operators import Operators
from daemon.web.pages.pictures import MISSING, Pictures
from daemon.web.pages.preview import Previews
from daemon.web.status import Status
from daemon.web.websub import PATH, Callbacks
from feeds.deciding.recordings import episode_of
from feeds.errors import StateError
from feeds.reading.text import printable
from feeds.writing import opml
from feeds.writing.formats import FORMATS
from feeds.writing.podcast import EPISODES, chapters_json

DEST = "Sec-Fetch-Dest"  # browsers tell by it that somebody opens an address; readers do not send it


ROBOTS = """User-agent: *
Disallow: /articles/
Disallow: /changes
Disallow: /deliveries
Disallow: /pictures/
Disallow: /preview
Disallow: /search
Disallow: /sources
"""


class App:
    """The handlers; each gives a response. ``config`` is asked for anew each time, so that a reload is seen."""

    def __init__(
        self,
        config: Callable[[], Config],
        storage: Storage,
        base: str,
        pictures: Pictures | None,
        fresh: float,
    ) -> None:
        self.config, self.storage, self.base = config, storage, base
        self.documents, self.moved = Documents(storage, fresh), Moved(config, storage)
        self.people = People(config, storage, self.documents, self.moved)
        self.pictures = pictures

    async def feed(self, request: Request) -> Response:
        """``/feeds/ID.atom``, ``.rss``, ``.json``, and whatever other format there is a writer for."""
        name, dot, extension = request.path_params["document"].rpartition(".")
        return await self._document(request, name, extension) if name and dot else await self._slash(request, extension)

    async def archive(self, request: Request) -> Response:
        """``/feeds/ID/archive/N.atom``: older entries (RFC 5005)."""
        number, _, extension = request.path_params["document"].rpartition(".")
        return await self._document(request, request.path_params["feed"], extension, _number(number))

    async def _document(self, request: Request, name: str, extension: str, archive: int | None = None) -> Response:
        config = self.config()
        found = config.feed(name)
        if found is None:
            before, behind = ("", "") if archive is None else ("../../", f"/archive/{archive}")
            ending = f"{behind}.{extension}" if extension in FORMATS else "/"
            return await self.moved.answer(request, name, before, ending)
        if extension not in FORMATS:
            raise HTTPException(404, f"no format {extension[:64]!r}; there are: {', '.join(FORMATS)}")
        access = access_of(request)
        here = f"{found.id}.{extension}" if archive is None else f"{found.id}/archive/{archive}.{extension}"
        if request.headers.get(DEST) == "document":
            return await self.people.feed_in_a_browser(request, found, f"{self.base}feeds/{here}", archive)
        document = await self.documents.feed(config, found, extension, self.base, archive, access.query)
        if document is None:
            raise HTTPException(404, f"no archive {archive} of this feed (yet)")
        response = respond(request, document, public=not config.server.token)
        response.headers["vary"] = f"Accept-Encoding, {DEST}"
        links = [f'<{self.base}feeds/{here}{access.query}>; rel="self"']
        if config.hub and archive is None:
            links.append(f'<{config.hub}>; rel="hub"')
        response.headers["link"] = ", ".join(links)
        if config.server.is_public:  # any web page may read what everybody may
            response.headers["access-control-allow-origin"] = "*"
        if archive is None:  # archives are many, and seldom asked for
            good_until(request.scope, self.documents.believed_until(found))
        return response

    async def _slash(self, request: Request, name: str) -> Response:
        """``/feeds/ID``: its page is one slash further (told relatively: bantin may stand behind another server)."""
        config = self.config()
        if config.feed(name) is None:
            return await self.moved.answer(request, name, "", "/")
        return Response(status_code=308, headers={"location": f"{name}/{view_of(request).query}"})

    async def opml(self, request: Request) -> Response:
        """``/opml``: all feeds, to subscribe to at once."""
        config = self.config()
        body = opml.render(config.feeds, base=self.base, query=view_of(request).secret)
        return Response(
            body, media_type=opml.CONTENT_TYPE, headers={"content-disposition": "inline; filename=bantin.opml"}
        )

    async def picture(self, request: Request) -> Response:
        """``/pictures/ARTICLE/N``: a story's picture, for the pages."""
        name, number = f"urn:uuid:{request.path_params['article']}", _number(request.path_params["number"])
        client = request.client.host if request.client else ""
        found = await self.pictures.get(name, number, client) if self.pictures else None
        if found is None:
            if request.headers.get(DEST) == "image":  # a page that shows a calm surface instead of a torn picture
                return Response(MISSING, media_type="image/svg+xml", headers=SAFE | {"cache-control": "no-cache"})
            raise HTTPException(404, "no such picture")
        response = respond(request, found, public=False)
        response.headers.update(SAFE)
        response.headers["cache-control"] = "private, max-age=86400"
        return response

    async def episode(self, request: Request) -> Response:
        """``/feeds/ID/episodes/ARTICLE.txt`` and ``.json``: an episode's text, and its chapters, for players."""
        config, (name, _, extension) = self.config(), request.path_params["document"].rpartition(".")
        feed = config.feed(request.path_params["feed"])
        kind = EPISODES.get(extension)
        if feed is None or not feed.podcast or kind is None:
            raise HTTPException(404, "no such episode")
        found = await self.documents.assembler.episode(config, feed, f"urn:uuid:{name.lower()}")
        media = episode_of(found.media, feed.podcast) if found is not None else None
        if found is None or media is None or (extension == "txt" and not feed.full_text):
            raise HTTPException(404, "no such episode")
        body = chapters_json(media.chapters) if extension == "json" else printable(found.body_text).encode()
        response = Response(body, media_type=kind, headers=SAFE)
        if config.server.is_public:  # players in browsers read them from other sites
            response.headers["access-control-allow-origin"] = "*"
        return response

    async def style(self, request: Request) -> Response:
        """The pages' style sheet."""
        document = make_document(render.STYLE, "text/css; charset=utf-8", datetime.fromtimestamp(0, UTC))
        return respond(request, document)

    async def script(self, request: Request) -> Response:
        """What puts a button for copying beside feeds' addresses; pages work without it."""
        return respond(request, make_document(render.SCRIPT, "text/javascript", datetime.fromtimestamp(0, UTC)))

    async def robots(self, _: Request) -> Response:
        """``/robots.txt`` (RFC 9309): search engines find texts at their sites; feeds are for everybody."""
        return Response(ROBOTS, media_type="text/plain")

    async def icon(self, request: Request) -> Response:
        """The sign that browsers show beside the pages' names."""
        return respond(request, make_document(render.ICON, "image/svg+xml", datetime.fromtimestamp(0, UTC)))


def _number(text: str) -> int:
    """The number in an address; one that nothing can have is no address of ours."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise HTTPException(404, "no such number")
    return int(text)


Handler = Callable[[Request], Awaitable[Response]]


def make_app(
    config: Callable[[], Config],
    storage: Storage,
    base: str,
    stalled: Callable[[], bool] = lambda: False,
    pictures: Pictures | None = None,
    previews: Previews | None = None,
    fresh: float = 0.0,
    metrics: Metrics | None = None,
) -> Remembered:
    """The ASGI application; ``base`` is the address that documents name themselves by."""
    metrics = metrics or Metrics()
    handlers, errors = App(config, storage, base, pictures, fresh), Errors()
    status = Status(config, storage, stalled, metrics)
    people = handlers.people
    operators = Operators(config, storage, previews, keep=fresh > 0)
    routes: list[tuple[str, Handler]] = [
        ("/", people.stories),
        ("/changes", people.changes),
        ("/search", people.search),
        ("/sources", operators.sources),
        ("/preview", operators.preview),
        ("/sources/{source}", operators.source_slash),
        ("/feeds/", people.feeds),
        ("/copy.js", handlers.script),
        ("/robots.txt", handlers.robots),
        ("/style.css", handlers.style),
        ("/icon.svg", handlers.icon),
        ("/pictures/{article}/{number}", handlers.picture),
        ("/feeds/{feed}/", people.feed),
        ("/feeds/{feed}/archive/{document}", handlers.archive),
        ("/feeds/{feed}/episodes/{document}", handlers.episode),
        ("/feeds/{document}", handlers.feed),
        ("/articles/{article}/", people.article),
        ("/articles/{article}", people.article_slash),
        ("/opml", handlers.opml),
        ("/healthz", status.healthz),
        ("/readyz", status.readyz),
        ("/metrics", status.prometheus),
        ("/status.json", status.json),
    ]
    app = Starlette(
        routes=[
            *(Route(path, handler, methods=["GET"]) for path, handler in routes),
            Route(f"{PATH}{{name}}", Callbacks(storage, metrics).answer, methods=["GET", "POST"]),
            Route("/deliveries", operators.deliveries, methods=["GET", "POST"]),
            Route("/sources/{source}/", operators.source, methods=["GET", "POST"]),
        ],
        exception_handlers={HTTPException: errors.http, StateError: errors.state},
    )
    app.router.redirect_slashes = False  # they would name the host and scheme that bantin sees, not the reader's
    return Remembered(Gate(app, config, errors, base), config, storage)

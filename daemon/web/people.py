"""The pages for people, as answers to requests."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from daemon.config import Config
from daemon.storage import Storage
from daemon.web import article, pages
from daemon.web.conditional import respond
from daemon.web.documents import Documents, make_document
from daemon.web.glance import Glances
from daemon.web.moved import Moved
from daemon.web.view import MAX_QUESTION, View, view_of
from feeds.deciding.filters import wanted
from feeds.model import Entry, FeedSpec

SAFE = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
LANGUAGE = "Accept-Encoding, Accept-Language"  # what pages depend on
MAX_FOUND = 200  # stories that a question finds before the sources' rules are asked

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[0-9]{1,18}")


class People:
    """The handlers of pages."""

    def __init__(
        self, config: Callable[[], Config], storage: Storage, documents: Documents, moved: Moved, fresh: float
    ) -> None:
        self.config, self._storage, self._documents, self._moved = config, storage, documents, moved
        self._glances = Glances(storage, keep=fresh > 0)

    async def home(self, request: Request) -> Response:
        """``/``: what is watched, how it fares, and the last stories."""
        config, view = self.config(), view_of(request, self.config())
        glance = await self._glances.get(config, view.now)
        entries = await self._documents.assembler.entries(config, _everything(config), pages.NEWEST)
        return page(request, pages.home(config, glance, entries, view), view)

    async def feed(self, request: Request) -> Response:
        """``/feeds/ID/``: the feed for people; ``?before=N`` has the stories before that one."""
        config, view = self.config(), view_of(request, self.config(), "before")
        found = config.feed(request.path_params["feed"])
        if found is None:
            return await self._moved.answer(request, request.path_params["feed"], "../{}/")
        before = view.here.get("before", "")
        number = int(before) if _NUMBER.fullmatch(before) else None
        entries, older = await self._documents.assembler.page(config, found, pages.ENTRIES, number)
        fares = await self._storage.run(self._storage.store.versions, found.sources)
        return page(request, pages.feed_page(config, found, entries, view, older=older, fares=fares), view)

    async def feed_in_a_browser(self, request: Request, feed: FeedSpec, address: str, archive: int | None) -> Response:
        """The feed's own address, opened by somebody: what it holds, to be read, and what the address is for."""
        config, view, assembler = self.config(), view_of(request, self.config()), self._documents.assembler
        if archive is None:
            entries, _ = await assembler.page(config, feed, pages.ENTRIES)
        else:
            last = await assembler.last_archive(config, feed)
            document = await assembler.archive(config, feed, "", archive, last)
            if document is None:
                raise HTTPException(404, f"no archive {archive} of this feed (yet)")
            entries = list(document.entries)
        html = pages.feed_page(config, feed, entries, view, address=address + view.secret, archive=archive)
        response = page(request, html, view, f"{LANGUAGE}, Sec-Fetch-Dest")
        response.headers["cache-control"] = "no-store"  # a reader's request must not find this
        return response

    async def search(self, request: Request) -> Response:
        """``/search?q=…``: stories with all these words."""
        config, view = self.config(), view_of(request, self.config(), "q")
        question = " ".join(request.query_params.get("q", "")[:MAX_QUESTION].split())
        everything = _everything(config)
        find = self._storage.store.search
        found = await self._storage.run(find, question, MAX_FOUND, everything.sources) if question else []
        told: dict[str, Entry] = {}
        for _, entry in found:
            source = config.source(entry.story.source_id)
            if source is not None and entry.story.removed is None and wanted(entry.article, source, everything):
                told.setdefault(entry.story.entry_id, entry)
        shown = list(told.values())[: pages.ENTRIES]
        return page(request, pages.search_page(config, question, shown, view), view)

    async def article(self, request: Request) -> Response:
        """``/articles/ID/``: a story, how it changed, and where else it is told; withdrawn ones, too."""
        name, config, view = request.path_params["article"].lower(), self.config(), view_of(request, self.config())
        if not _UUID.fullmatch(name):
            raise HTTPException(404, "no such article")
        found = await self._storage.run(self._storage.store.story, f"urn:uuid:{name}")
        if found and all(story.merged_into for story, _ in found):
            # Its teaser was published before its page showed that it is another one's.
            other = (found[0][0].merged_into or "").removeprefix("urn:uuid:")
            return Response(status_code=308, headers={"location": f"../{other}/{view.query}"})
        html = await asyncio.to_thread(article.article_page, config, found, view)
        if html is None:
            raise HTTPException(404, "no such article")
        return page(request, html, view)

    async def article_slash(self, request: Request) -> Response:
        """``/articles/ID``: one slash further, as that of a feed."""
        name = request.path_params["article"]
        if not _UUID.fullmatch(name.lower()):
            raise HTTPException(404, "no such article")
        return Response(status_code=308, headers={"location": f"{name}/{view_of(request, self.config()).query}"})


def page(request: Request, html: str, view: View, vary: str = LANGUAGE) -> Response:
    """A page as an answer."""
    document = make_document(html.encode("utf-8", "replace"), "text/html; charset=utf-8", datetime.now(UTC))
    response = respond(request, document, public=False)
    response.headers.update(SAFE)
    del response.headers["last-modified"]  # pages tell the time since; the ETag says whether they changed
    response.headers["cache-control"] = "private, no-cache"
    response.headers["vary"] = vary
    response.headers["content-language"] = view.language.code
    return response


def _everything(config: Config) -> FeedSpec:
    return FeedSpec(id="", title="", sources=tuple(source.id for source in config.sources))

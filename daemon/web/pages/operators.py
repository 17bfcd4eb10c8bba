"""The pages for those who run this bantin: sources, one of them, and deliveries."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from daemon.config import Config
from daemon.health import DELAYS_OF
from daemon.storage import Storage
from daemon.web.pages import sources
from daemon.web.pages.actions import Actions
from daemon.web.pages.context import View, view_of
from daemon.web.pages.deliveries import deliveries_page
from daemon.web.pages.handlers import before_of, page
from daemon.web.pages.preview import Previews, preview_page
from daemon.web.pages.sources import Glances, in_order
from feeds.model import Delay
from feeds.reading import urls

WAITING, DAY = 50, timedelta(days=1)  # deliveries that are shown, and how far back their chart goes
MAX_ADDRESS = 2_000  # characters
RECENT, ROOM = 20, 500_000  # stories whose texts are looked at for what was left out, and their bytes


class Operators:
    """The handlers. Causes name the operator's own hosts: whoever may read feeds without a token need not know them."""

    def __init__(
        self, config: Callable[[], Config], storage: Storage, previews: Previews | None, *, keep: bool
    ) -> None:
        self.config, self._storage, self._previews = config, storage, previews
        self._glances = Glances(storage, keep=keep)
        self._actions = Actions(config, storage)

    async def sources(self, request: Request) -> Response:
        """``/sources``: how each fares, the failing ones first; ``?q=`` looks for some, ``&before=`` pages."""
        config, view = self.config(), _inside(request, "q", "before")
        question, first = view.here.get("q", ""), before_of(view) or 0
        glance = await self._glances.get(config)
        found = in_order(config, glance, question)
        shown = found[first : first + sources.PAGE]
        last, days = await asyncio.gather(
            self._storage.last_stories([source.id for source in shown]),
            sources.days_of(self._storage, shown, view.now),
        )
        return await page(
            request,
            lambda: sources.sources_page(
                config, glance, days, last, shown, view, total=len(found), first=first, question=question
            ),
            view,
        )

    async def source(self, request: Request) -> Response:
        """``/sources/ID/``: one source; a form that is posted there polls it, pauses it, or resumes it."""
        config, view = self.config(), _inside(request)
        source = config.source(request.path_params["source"])
        if source is None:
            raise HTTPException(404, "no such source")
        said = await self._actions.on_source(request, source.id, view) if request.method == "POST" else ""
        glance = await (self._glances.count(config) if said else self._glances.get(config))
        days, last, lists, history, newest, delays = await asyncio.gather(
            sources.days_of(self._storage, [source], view.now),
            self._storage.last_stories([source.id]),
            self._storage.lists_of(source.id),
            self._storage.poll_history(source.id),
            self._storage.entries([source.id], RECENT),
            self._storage.delays([source.id], view.now - DELAYS_OF),
        )
        hubs = [hub for hub in await self._storage.subscriptions() if hub.source_id == source.id]
        texts = await self._storage.texts([number for number, _ in newest], ROOM)
        late = delays.get(source.id, Delay())
        texts_left, last_story = list(texts.values()), last.get(source.id)
        return await page(
            request,
            lambda: sources.source_page(
                config, source, glance, days, lists, history, texts_left, last_story, view, said, delay=late, hubs=hubs
            ),
            view,
        )

    async def source_slash(self, request: Request) -> Response:
        """``/sources/ID``: one slash further, as that of a feed."""
        view = view_of(request)
        if self.config().source(request.path_params["source"]) is None:
            raise HTTPException(404, "no such source")
        return Response(status_code=308, headers={"location": f"{request.path_params['source']}/{view.query}"})

    async def preview(self, request: Request) -> Response:
        """``/preview?url=…``: what a source would be; asked for by those who signed in."""
        config, view = self.config(), _inside(request)
        if not view.can_change or self._previews is None:
            raise HTTPException(403, "sign in with the admin token first: bantin asks no site for anybody else")
        address = urls.whole(request.query_params.get("url", "")[:MAX_ADDRESS].strip())
        found = await self._previews.get(address) if address else None
        return await page(request, lambda: preview_page(config, address, found, view), view)

    async def deliveries(self, request: Request) -> Response:
        """``/deliveries``: how each endpoint fares, and what waits; a form that is posted there changes something."""
        config, view = self.config(), _inside(request)
        said = await self._actions.on_endpoint(request, view) if request.method == "POST" else ""
        stored, waiting, dead, arrived = await asyncio.gather(
            self._storage.endpoints(),
            self._storage.deliveries("pending", None, WAITING),
            self._storage.deliveries("dead", None, WAITING),
            self._storage.delivered_by_hour(view.now - DAY),
        )
        return await page(request, lambda: deliveries_page(config, stored, arrived, waiting, dead, view, said), view)


def _inside(request: Request, *here: str) -> View:
    """How the request is answered, where it may see what is the operator's. Raises `HTTPException`."""
    view = view_of(request, *here)
    if not view.access.inside:
        raise HTTPException(404, "this is not shown to everybody; set [server] token, or sign in with the admin token")
    return view

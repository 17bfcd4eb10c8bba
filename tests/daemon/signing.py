"""Somebody who signed in on the pages with the admin token."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
from selectolax.lexbor import LexborHTMLParser

from daemon.config import Config
from daemon.storage import Storage
from daemon.web.app import make_app
from daemon.web.pages.preview import Previews
from state.sql import SqlStore

Change = Callable[[str, str], Awaitable[httpx.Response]]


@asynccontextmanager
async def signed_in(
    store: SqlStore, config: Config, previews: Previews | None = None
) -> AsyncIterator[tuple[httpx.AsyncClient, Change]]:
    """A browser of theirs, and what presses a button of a page: its path, and what the button is for."""
    storage = Storage(store)
    transport = httpx.ASGITransport(make_app(lambda: config, storage, "http://127.0.0.1:8711/", previews=previews))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8711") as client:
        entered = await client.post("/sign-in", data={"token": "the-token", "to": "sources"})
        assert (entered.status_code, entered.headers["location"]) == (303, "./sources")

        async def change(path: str, what: str) -> httpx.Response:
            shown = LexborHTMLParser((await client.get(path)).text).css_first('input[name="form"]')
            return await client.post(path, data={"form": shown.attributes["value"] or "", "do": what})

        yield client, change
    storage.close()

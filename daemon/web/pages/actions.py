"""What pages change, for whoever signed in with the admin token: deliveries of an endpoint, and polls of a source.

A form carries what only a page of this session knows (`daemon.web.gate`): one from another site changes nothing.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import UTC, datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request

from daemon import logs
from daemon.config import Config
from daemon.storage import Storage
from daemon.web.forms import read_form
from daemon.web.pages.context import View
from daemon.web.pages.language import Language
from feeds.model import Endpoint

MAX_CHANGED = 10_000  # deliveries by one click
# What can be done, and what pages call it.
OF_ENDPOINTS = {
    "retry": "deliveries.retry",
    "drop": "deliveries.drop",
    "enable": "deliveries.enable",
    "test": "deliveries.test",
}
OF_SOURCES = {"poll": "source.poll", "pause": "source.pause", "resume": "source.resume"}


class Actions:
    """Does what a form asks for, and says what came of it."""

    def __init__(self, config: Callable[[], Config], storage: Storage) -> None:
        self.config, self._storage = config, storage

    async def on_endpoint(self, request: Request, view: View) -> str:
        """Retry, drop, enable or try out, one endpoint at a time. Raises `HTTPException`."""
        action, name = await self._asked(request, view)
        config, language = self.config(), view.language
        endpoint = config.endpoint(name)
        if action not in OF_ENDPOINTS or endpoint is None:
            raise HTTPException(400, "the form asks for nothing that can be done")
        logs.get().info("changed on a page", what=action, endpoint=name)
        if action == "test":
            return await self._try(endpoint, config)
        if action == "enable":
            done = await self._storage.enable(name)
            return language.say("deliveries.enabled" if done else "deliveries.nothing", name=name)
        return await self._change(action, name, language)

    async def on_source(self, request: Request, source_id: str, view: View) -> str:
        """Poll a source at once, pause it, or poll it again. Raises `HTTPException`."""
        action, _ = await self._asked(request, view)
        if action not in OF_SOURCES:
            raise HTTPException(400, "the form asks for nothing that can be done")
        logs.get().info("changed on a page", what=action, source=source_id)
        if action == "poll":
            done = await self._storage.make_due(source_id)
            return view.language.say("source.did_poll" if done else "source.polling")
        await self._storage.pause(source_id, action == "pause")
        return view.language.say("source.did_pause" if action == "pause" else "source.did_resume")

    async def _asked(self, request: Request, view: View) -> tuple[str, str]:
        if not view.access.form:
            raise HTTPException(403, "sign in with the admin token first: nothing was changed")
        form, asked = await read_form(request, "form", "do")
        if not hmac.compare_digest(form.encode("utf-8", "replace"), view.access.form.encode()):
            raise HTTPException(403, "the form is not of this session; open the page again: nothing was changed")
        action, _, name = asked.partition(":")
        return action, name

    async def _change(self, action: str, name: str, language: Language) -> str:
        states = ("dead",) if action == "retry" else ("dead", "pending")
        rows = [row for state in states for row in await self._storage.deliveries(state, name, MAX_CHANGED)]
        numbers = [row.id for row in rows if row.digest_id is None]
        if action == "retry":
            return language.count("deliveries.did_retry", await self._storage.retry(numbers))
        return language.count("deliveries.did_drop", await self._storage.drop(numbers))

    async def _try(self, endpoint: Endpoint, config: Config) -> str:
        from daemon.channels.deliver import Sender
        from daemon.channels.sample import sample

        now = datetime.now(UTC)
        sender = Sender(config.deliver_fetch, clock=lambda: now)
        try:
            attempt = await sender.attempt(sample(endpoint, now), endpoint)
        finally:
            await sender.close()
        return f"{endpoint.id}: {attempt.said}"

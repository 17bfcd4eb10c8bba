"""What ``/deliveries`` changes, for whoever has the admin token: it is asked for with each change.

A form from another site cannot know the token, and so change nothing. Guessing has a limit of its own.
"""

from __future__ import annotations

import hmac
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request

from daemon.config import Config
from daemon.storage import Storage
from daemon.web.forms import read_form
from daemon.web.pages.language import Language
from feeds.model import Endpoint

MAX_WRONG, WITHIN = 10, 60.0  # wrong tokens in so many seconds; a person mistypes three times
MAX_CHANGED = 10_000  # deliveries by one click
# What can be done, and what pages call it.
ACTIONS = {
    "retry": "deliveries.retry",
    "drop": "deliveries.drop",
    "enable": "deliveries.enable",
    "test": "deliveries.test",
}


class Actions:
    """Retries, drops, enables and tries out, one endpoint at a time."""

    def __init__(self, config: Callable[[], Config], storage: Storage) -> None:
        self.config, self._storage = config, storage
        self._wrong: deque[float] = deque(maxlen=MAX_WRONG)

    async def do(self, request: Request, language: Language) -> str:
        """Do what the form asks for; returns what came of it, in words. Raises `HTTPException`."""
        config = self.config()
        token, asked = await read_form(request, "token", "do")
        self._let_in(token, config)
        action, _, name = asked.partition(":")
        endpoint = config.endpoint(name)
        if action not in ACTIONS or endpoint is None:
            raise HTTPException(400, "the form asks for nothing that can be done")
        if action == "test":
            return await self._try(endpoint, config)
        if action == "enable":
            done = await self._storage.enable(name)
            return language.say("deliveries.enabled" if done else "deliveries.nothing", name=name)
        states = ("dead",) if action == "retry" else ("dead", "pending")
        rows = [row for state in states for row in await self._storage.deliveries(state, name, MAX_CHANGED)]
        numbers = [row.id for row in rows if row.digest_id is None]
        if action == "retry":
            return language.count("deliveries.did_retry", await self._storage.retry(numbers))
        return language.count("deliveries.did_drop", await self._storage.drop(numbers))

    def _let_in(self, token: str, config: Config) -> None:
        secret = config.server.admin_token
        if not secret:
            raise HTTPException(403, "pages change nothing here: [server] admin_token is not set")
        if len(self._wrong) == MAX_WRONG and time.monotonic() - self._wrong[0] < WITHIN:
            raise HTTPException(429, "too many wrong tokens; wait a minute")
        if not hmac.compare_digest(token.encode("utf-8", "replace"), secret.encode()):
            self._wrong.append(time.monotonic())
            raise HTTPException(403, "this is not the admin token")

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

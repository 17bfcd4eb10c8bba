"""What hubs say (WebSub sections 5.3 and 7): ``/websub/NAME``. The name is a secret; there is no other token.

1. A hub's question whether we asked is answered where we did, for that topic, and for nothing else.
2. A post with the right signature has its source polled. Its body is thrown away: there is one reader, and it reads
   what the site itself says.
3. A post with a wrong signature, or none, is counted and does nothing. It is answered as a right one is, so that
   nobody learns by trying (section 7.1.2).
4. However many posts there are, they cost one transaction at a time, and a poll in thirty seconds.
"""

from __future__ import annotations

import asyncio
import hmac
from collections import Counter
from datetime import datetime

from cachetools import LRUCache
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from daemon import logs
from daemon.metrics import Metrics
from daemon.storage import Storage
from feeds.deciding.subscriptions import REST, granted
from feeds.errors import StateError
from feeds.model import Subscription
from feeds.reading import urls

PATH = "/websub/"
MAX_POST = 1024 * 1024  # bytes: a feed of a hundred stories with their texts
MAX_CHALLENGE = 1_024  # characters: hubs send some dozens ("limiting its length and rejecting binary data", section 8)
MAX_NAME = 64
MAX_REASON = 200
METHODS = frozenset(("sha1", "sha256", "sha384", "sha512"))  # section 7.1.1


class Callbacks:
    """The handlers."""

    def __init__(self, storage: Storage, metrics: Metrics) -> None:
        self.storage, self.metrics = storage, metrics
        self._log = logs.get()
        self._pushed: set[str] = set()
        self._refused: Counter[str] = Counter()
        self._told: LRUCache[str, int] = LRUCache(10_000)  # posts refused, by subscription
        self._storing: asyncio.Task[None] | None = None

    async def answer(self, request: Request) -> Response:
        """Whatever a hub says."""
        known = await self._known(request.path_params["name"])
        if request.method == "POST":
            return await self._post(request, known)
        return await self._verify(request, known) if known is not None else _not_found()

    async def _known(self, name: str) -> Subscription | None:
        if not (name.isascii() and name.isalnum() and len(name) <= MAX_NAME):
            return None
        return await self.storage.subscription(name)

    # -- verification of intent

    async def _verify(self, request: Request, known: Subscription) -> Response:
        asked = request.query_params
        mode, now = asked.get("hub.mode", ""), self.storage.store.clock()
        if not _same_topic(asked.get("hub.topic", ""), known.topic):
            return _not_found()
        if mode == "denied":
            return await self._denied(known, asked.get("hub.reason", ""), now)
        challenge = asked.get("hub.challenge", "")
        if not (0 < len(challenge) <= MAX_CHALLENGE and challenge.isascii() and challenge.isprintable()):
            return _not_found()
        agreed = False
        if mode == "subscribe" and not known.leaving and known.denied_at is None:
            agreed = await self._granted(known, now + granted(asked.get("hub.lease_seconds", "")))
        elif mode == "unsubscribe" and known.leaving:
            await self.storage.forget_subscriptions([known.name])
            agreed = True
        # Of a type that no browser runs, nor guesses to be another one (section 8).
        safe = {"content-type": "application/octet-stream", "x-content-type-options": "nosniff"}
        return Response(challenge, headers=safe | {"cache-control": "no-store"}) if agreed else _not_found()

    async def _granted(self, known: Subscription, until: datetime) -> bool:
        """Whether it is still wanted. A hub that only makes sure changes nothing, however often it does."""
        if not known.tries:
            return True
        if not await self.storage.verified(known.name, until):
            return False
        self._log.info("subscribed", source=known.source_id, hub=known.hub, topic=known.topic, until=str(until))
        return True

    async def _denied(self, known: Subscription, reason: str, now: datetime) -> Response:
        """The hub "MAY" refuse "at any point" (section 5.2)."""
        if known.denied_at is None and await self.storage.denied(known.name, now):
            said = "".join(filter(str.isprintable, reason[:MAX_REASON]))
            self._log.warning("hub refused", source=known.source_id, hub=known.hub, topic=known.topic, reason=said)
        return PlainTextResponse("heard\n")

    # -- posts

    async def _post(self, request: Request, known: Subscription | None) -> Response:
        if known is None or known.leaving:  # "the hub MAY terminate the subscription" (section 7)
            return PlainTextResponse("there is no such subscription\n", 410)
        signed = await _is_signed(request, known.secret)
        if signed:
            self.metrics.pushed()
            self._pushed.add(known.name)
        else:
            self._refuse(known, f"more than {MAX_POST:,} bytes" if signed is None else "a wrong signature, or none")
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store())
        return PlainTextResponse("heard\n", 202) if signed is not None else PlainTextResponse("too large\n", 413)

    def _refuse(self, known: Subscription, why: str) -> None:
        self.metrics.refused()
        self._refused[known.name] += 1
        times = self._told[known.name] = self._told.get(known.name, 0) + 1
        if times & (times - 1) == 0:  # the first, the second, the fourth …: ten thousand are fourteen lines
            self._log.warning("hub's post refused", source=known.source_id, hub=known.hub, cause=why, times=times)

    async def _store(self) -> None:
        """Store what came, and what comes meanwhile, all of it together."""
        while self._pushed or self._refused:
            pushed, refused = self._pushed, self._refused
            self._pushed, self._refused = set(), Counter()
            try:
                await self.storage.heard(pushed, refused, REST)
            except StateError as error:  # the next check finds what they told of
                self._log.error("database", cause=error.cause, hint=error.hint)


async def _is_signed(request: Request, secret: str) -> bool | None:
    """Whether the body has the signature that the request carries (section 7.1); None: there is too much of it."""
    method, _, given = request.headers.get("x-hub-signature", "").partition("=")
    method = method.strip().lower()
    mac = hmac.new(secret.encode(), digestmod=method if method in METHODS else "sha256")
    size = 0
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > MAX_POST:
                return None
            mac.update(piece)
    except ClientDisconnect:
        return False
    right = hmac.compare_digest(mac.hexdigest().encode(), given.strip().lower().encode())
    return right and method in METHODS


def _same_topic(said: str, topic: str) -> bool:
    """Whether a hub means that topic: it may spell it as browsers do."""
    return said == topic or (urls.absolute("", said) or said) == urls.absolute("", topic)


def _not_found() -> Response:
    return PlainTextResponse("Not Found\n", 404)

"""One delivery: an event from the outbox, sent to one endpoint as its channel words it.

At least once: the outcome is stored after the answer, so a crash in between repeats the request, under the same id.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import aiohttp
import httpx
import msgspec

from daemon import channels, logs
from daemon.channels import Answer, apart
from daemon.config import Fetch
from daemon.http.fetch import open_client, reason, seconds_of
from daemon.storage import Storage
from daemon.workers import EndedError, TooSlowError, Workers
from feeds.deciding.events import disabled_event
from feeds.deciding.filters import Judge
from feeds.deciding.retry import is_missing, judge
from feeds.deciding.rules import Audience, Told, deliveries
from feeds.errors import TemplateError
from feeds.model import Attempt, Endpoint, Event, Verdict
from state.store import Due

MAX_CONNECTIONS = 64  # to all endpoints together; the limits on descriptors count with it (daemon.web.server.protocol)
TIMEOUT = 15.0  # seconds for the whole of one attempt
WORKERS = 2  # processes for services, and one in reserve: one that hangs leaves one
NOBODY = Audience()
SLOW = 5.0  # seconds; services on the other side of the world take one or two


class Deliverer:
    """Delivers what its caller has claimed. `close` it at the end."""

    def __init__(
        self, storage: Storage, fetch: Fetch, *, clock: Callable[[], datetime], luck: Callable[[], float]
    ) -> None:
        self.storage, self.clock, self.luck = storage, clock, luck
        self._sender = Sender(fetch, clock=clock)

    async def close(self) -> None:
        """Close all connections, and end the processes."""
        await self._sender.close()

    async def deliver(self, due: Due, endpoint: Endpoint, audience: Audience = NOBODY) -> tuple[Attempt, Verdict]:
        """Make one attempt; what it gave and what becomes of the delivery is stored, and returned.

        An endpoint that is gone is disabled, and the others of the ``audience`` that ask for such events hear of it.
        """
        attempt = await self._sender.attempt(due.event, endpoint)
        verdict = judge(attempt, due.attempts - due.forgiven + 1, failures=due.failures, luck=self.luck())
        state = await self.storage.record(due, attempt, verdict)
        if state is not None and is_missing(state):
            why = f"it answered 404 Not Found {state.missing} times in a row"
            verdict = msgspec.structs.replace(verdict, disable=why)
        if verdict.disable and (state is None or state.disabled_at is None):
            await self._disable(endpoint, verdict.disable, audience)
        return attempt, verdict

    async def _disable(self, endpoint: Endpoint, why: str, audience: Audience) -> None:
        now = self.clock()
        row = (await self.storage.endpoints()).get(endpoint.id)
        event = disabled_event(endpoint, why, row.waiting if row else 0, now)
        others = [other for other in audience.endpoints if other.id != endpoint.id]
        told = deliveries(event, msgspec.structs.replace(audience, endpoints=tuple(others)), Told(), Judge())
        await self.storage.disable(endpoint.id, why, now, event, told)


class Sender:
    """Sends one event to one endpoint, and remembers nothing. `close` it at the end."""

    def __init__(self, fetch: Fetch, *, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.hands = Hands(fetch)
        self._channels = channels.find()

    async def close(self) -> None:
        """Close all connections, and end the processes."""
        await self.hands.close()

    async def attempt(self, event: Event, endpoint: Endpoint) -> Attempt:
        """Send it, once."""
        at, started = self.clock(), time.monotonic()
        answer = Answer()
        try:
            answer = await self._channels[endpoint.channel].send(event, endpoint, at, self.hands)
        except TimeoutError:
            answer = Answer(error=f"no answer within {TIMEOUT:g} s")
        except TemplateError as caught:
            answer = Answer(error=f"its template: {caught}")
        except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, ValueError) as caught:
            answer = Answer(error=reason(caught))
        except Exception as bug:  # noqa: BLE001  # an attempt that is not recorded would be made again and again
            logs.get().exception("delivery crashed", endpoint=endpoint.id)
            answer = Answer(error=f"internal error: {bug!r}"[:300])
        return Attempt(
            at=at,
            status=answer.status,
            error=answer.error,
            duration=time.monotonic() - started,
            retry_after=answer.retry_after,
            accepted=answer.accepted,
        )


class Hands:
    """What channels send with (`daemon.channels.Hands`): one client, and processes that begin when they are needed."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._client = open_client(fetch, connections=MAX_CONNECTIONS, listed=apart.LISTED)
        self._workers: dict[bool, Workers] = {}

    async def close(self) -> None:
        """Close all connections, and end the processes."""
        for workers in self._workers.values():
            workers.close()
        await self._client.aclose()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """The status, and Retry-After in seconds; the answer's body is not read."""
        request = self._client.build_request("POST", url, content=body, headers=dict(headers), timeout=TIMEOUT)
        async with asyncio.timeout(TIMEOUT):
            response = await self._client.send(request, stream=True, follow_redirects=False)
            try:
                return Answer(status=response.status_code, retry_after=seconds_of(response.headers.get("retry-after")))
            finally:
                await response.aclose()

    async def apart(self, of: str, function: Callable[..., Any], *args: Any) -> Any:
        """See `daemon.channels.Hands`."""
        try:
            return await self._workers_for(function).run(of, TIMEOUT, function, *args)
        except TooSlowError:
            raise OSError(f"took more than {TIMEOUT:g} s, and was ended") from None
        except (EndedError, MemoryError):
            raise OSError("took too much memory, and was ended") from None

    def _workers_for(self, function: Callable[..., Any]) -> Workers:
        """Templates alone do not need apprise, which takes half a second and 40 MB."""
        services = function is not apart.worded
        if services not in self._workers:
            start: Callable[..., None] = partial(apart.prepare, with_apprise=services)
            networks: Sequence[Any] = self._fetch.allow_networks
            self._workers[services] = Workers(WORKERS if services else 1, start, (networks,), slow=SLOW)
        return self._workers[services]

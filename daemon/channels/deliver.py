"""One delivery: an event from the outbox, posted to one endpoint as its channel words it.

At least once: the outcome is stored after the answer, so a crash in between repeats the request, under the same id.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

import aiohttp
import httpx

from daemon import channels, logs
from daemon.config import Fetch
from daemon.http.fetch import open_client, reason, seconds_of
from daemon.storage import Storage
from feeds.deciding.retry import judge
from feeds.model import Attempt, Verdict, Webhook
from state.store import Due

MAX_CONNECTIONS = 64  # to all webhooks together; the limits on descriptors count with it (daemon.web.server.protocol)
TIMEOUT = 15.0  # seconds for the whole of one attempt


class Deliverer:
    """Delivers what its caller has claimed. `close` it at the end."""

    def __init__(
        self, storage: Storage, fetch: Fetch, *, clock: Callable[[], datetime], luck: Callable[[], float]
    ) -> None:
        self.storage, self.clock, self.luck = storage, clock, luck
        self._channels = channels.find()
        self._client = open_client(fetch, connections=MAX_CONNECTIONS, listed="[deliver] allow_networks")

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def deliver(self, due: Due, webhook: Webhook) -> tuple[Attempt, Verdict]:
        """Make one attempt; what it gave and what becomes of the delivery is stored, and returned."""
        attempt = await self._attempt(due, webhook)
        verdict = judge(attempt, due.attempts + 1, luck=self.luck())
        await self.storage.record(due, attempt, verdict)
        return attempt, verdict

    async def _attempt(self, due: Due, webhook: Webhook) -> Attempt:
        at, started = self.clock(), time.monotonic()
        status, retry_after, error = None, None, None
        try:
            async with asyncio.timeout(TIMEOUT):
                status, retry_after = await self._post(due, webhook, at)
        except TimeoutError:
            error = f"no answer within {TIMEOUT:g} s"
        except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, ValueError) as caught:
            error = reason(caught)
        except Exception as bug:  # noqa: BLE001  # an attempt that is not recorded would be made again and again
            logs.get().exception("delivery crashed", webhook=webhook.id)
            error = f"internal error: {bug!r}"[:300]
        duration = time.monotonic() - started
        return Attempt(at=at, status=status, error=error, duration=duration, retry_after=retry_after)

    async def _post(self, due: Due, webhook: Webhook, at: datetime) -> tuple[int, float | None]:
        """The status, and Retry-After in seconds. Redirects are not followed: the address is the operator's word."""
        headers = self._channels[webhook.channel].headers(due.event, webhook, at)
        body = due.event.payload
        request = self._client.build_request("POST", webhook.url, content=body, headers=headers, timeout=TIMEOUT)
        response = await self._client.send(request, stream=True, follow_redirects=False)
        try:
            return response.status_code, seconds_of(response.headers.get("retry-after"))
        finally:
            await response.aclose()

"""What bantin does with sources and endpoints, apart from when: for the daemon, and for ``bantin poll``."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta

from daemon.config import Config
from daemon.polling.poll import Tell
from daemon.polling.push import Push
from daemon.web.feeds.publisher import Publisher
from daemon.web.feeds.rendered import Documents
from daemon.work.engine import DELIVERIES_AT_ONCE, LEASE, Parts, compare_all
from daemon.work.pump import Pump
from feeds.deciding import digests
from feeds.deciding.rhythm import outlook
from feeds.errors import StateError
from feeds.model import Attempt, Changes, Source, Verdict
from state.store import Claim, Due

# Seconds that a delivery under way has to finish at the end; one that is broken off may reach its receiver twice.
DELIVERY_PATIENCE = 12.0

Delivered = Callable[[Due, Attempt, Verdict], None]


class Work:
    """Polls, deliveries, and what follows from them. ``config`` may be replaced at any time.

    ``delivered`` hears of each attempt at a delivery, ``trouble`` of a database that cannot be used in the middle of
    one: its lease runs out, and it is sent again, under the same id. Everything else raises `StateError`. ``push``
    keeps subscriptions at hubs, where somebody answers them.
    """

    def __init__(
        self,
        parts: Parts,
        config: Config,
        *,
        delivered: Delivered,
        trouble: Callable[[StateError], None],
        push: Push | None = None,
    ) -> None:
        self.parts, self.config, self.storage = parts, config, parts.storage
        self.failed: Counter[str] = Counter()  # attempts, by endpoint
        self._delivered, self._trouble, self._push = delivered, trouble, push
        self._polling: set[str] = set()
        self._deliveries: dict[str, Pump[Due]] = {}
        self._compared = False
        self._publisher = Publisher(Documents(parts.storage))
        self._publish_all = True

    # -- polls

    async def poll(self, source: Source, claim: Claim, tell: Tell = lambda done, total: None) -> Changes | str:
        """Poll the claimed source, and store what was found; the text says why that could not be done."""
        self._polling.add(source.id)
        try:
            changes = await self.parts.poller.poll_safely(source, claim, self.config.audience, tell)
        finally:
            self._polling.discard(source.id)
        if not isinstance(changes, str):
            self._compared = self._compared and not changes.revisions
            await self._tell_hubs(source, claim, changes)
        return changes

    async def _tell_hubs(self, source: Source, claim: Claim, changes: Changes) -> None:
        if self._push is not None:
            try:
                await self._push.after(source, claim, changes, self.config.server.public_url)
            except StateError as error:
                self._trouble(error)

    async def tend_hubs(self) -> None:
        """Leave hubs that the configuration does not need any more."""
        if self._push is not None:
            await self._push.tend(self.config)

    async def claim(self, room: int) -> Sequence[Claim]:
        """As many sources that are due as there is room for, and none while the hour's requests are spent.

        A poll that has begun asks for the pages that it needs.
        """
        budget = self.config.fetch.budget
        if budget:
            room = min(room, budget - self.parts.fetcher.spent.last_hour())
        if room <= 0:
            return ()
        return await self.storage.claim_polls(self.parts.owner, room, LEASE)

    async def look_ahead(self) -> None:
        """Learn from all sources what holds for each: how a day goes for its like, and what a request has to save."""
        watched = [source for source in self.config.sources if source.enabled]
        if not any(source.auto for source in watched):
            return
        rhythms = await self.storage.rhythms()
        self.parts.poller.outlook = await asyncio.to_thread(outlook, watched, rhythms, self.config.fetch.budget)

    async def renew(self) -> None:
        """Keep the leases of what runs, and of that only: work that was lost on the way is to become due again."""
        deliveries = [due.id for pump in self._deliveries.values() for due in pump.running.values()]
        if self._polling or deliveries:
            await self.storage.renew(self.parts.owner, LEASE, sorted(self._polling), deliveries)

    # -- deliveries

    async def deliver_due(self) -> None:
        """Start the deliveries that are due."""
        await asyncio.gather(*(self._to(endpoint.id).tick() for endpoint in self.config.endpoints))

    async def deliver_at_once(self) -> None:
        """Start the deliveries that a poll has just made: its alerts need not wait for the next tick."""
        with suppress(StateError):  # then it is the next tick's
            await self.deliver_due()

    async def deliver_all(self) -> None:
        """Deliver everything that is due; what fails is due again later, and is the daemon's or the next poll's."""
        await asyncio.gather(*(self._to(endpoint.id).drain() for endpoint in self.config.endpoints))

    async def close(self) -> None:
        """Let deliveries under way finish for a while, then break them off."""
        if self._push is not None:
            await self._push.close()
        await asyncio.gather(*(pump.close(DELIVERY_PATIENCE) for pump in self._deliveries.values()))

    def _to(self, name: str) -> Pump[Due]:
        """Each endpoint has its own pump: one that does not answer holds up nobody else."""
        pump = self._deliveries.get(name)
        if pump is None:

            async def claim(room: int) -> Sequence[Due]:
                return await self._claim(name, room)

            pump = self._deliveries[name] = Pump(DELIVERIES_AT_ONCE, claim, self._deliver)
        return pump

    async def _claim(self, name: str, room: int) -> Sequence[Due]:
        """What may go to the endpoint now; what is to go together is put together first."""
        endpoint = self.config.endpoint(name)
        if endpoint is None:
            return ()
        now = self.storage.store.clock()
        terms = digests.terms(endpoint, now)
        while terms.gathers:
            waiting = await self.storage.waiting(name, terms, digests.MOST)
            if not waiting or not await self.storage.gather(name, *digests.fitting(endpoint, waiting, now)):
                break
        return await self.storage.claim_deliveries(self.parts.owner, name, room, LEASE, terms)

    async def _deliver(self, due: Due) -> None:
        endpoint = self.config.endpoint(due.endpoint_id)
        if endpoint is None:
            return  # it left the configuration a moment ago; its lease runs out, the delivery stays
        try:
            attempt, verdict = await self.parts.deliverer.deliver(due, endpoint, self.config.audience)
        except StateError as error:
            self._trouble(error)
            return
        self.failed[endpoint.id] += verdict.state != "delivered"
        self._delivered(due, attempt, verdict)

    # -- what follows

    async def compare(self) -> None:
        """Find out which new stories tell what another source tells, where there may be any."""
        if self._compared:
            return
        self._compared = True  # before: a poll that stores something meanwhile says otherwise again
        try:
            self._compared = await compare_all(self.storage) and self._compared
        except StateError:
            self._compared = False
            raise

    async def publish(self) -> None:
        """Write feeds that changed into the folder, where there is one."""
        await self._publisher.publish(self.config, thoroughly=self._publish_all)
        self._publish_all = False

    async def tidy(self) -> tuple[int, str] | None:
        """Forget what is older than `keep_days`, and put the database in order; how many texts, and from when back."""
        self._publish_all, forgotten = True, None
        if self.config.keep_days:
            before = self.storage.store.clock() - timedelta(days=self.config.keep_days)
            forgotten = (await self.storage.forget(before), str(before))
        await self.storage.tidy()
        return forgotten

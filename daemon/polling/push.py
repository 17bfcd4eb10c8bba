"""Subscriptions at hubs (WebSub section 5): asked for, renewed and left, as the lists' documents name hubs.

1. What is asked for is stored before the hub is asked: it may call back before it answers.
2. A hub's address is what some document says: it is asked through the fetcher, with its guard and its limits, and never
   while somebody waits for it.
3. What a hub posts is thrown away, and the list itself is read (`daemon.web.websub`): nobody else is believed.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime

import msgspec

from daemon import logs
from daemon.config import Config
from daemon.http.fetch import Fetcher
from daemon.storage import Storage
from feeds.deciding.subscriptions import LEASE, LEFT_FOR, REST, is_pushed, todo, was_missed
from feeds.errors import FetchError, StateError
from feeds.model import Changes, Source, Subscription
from state.store import Claim

AT_ONCE = 4  # hubs that are asked at the same time: none of them is in a hurry

Known = Mapping[str, Subscription]


class Push:
    """Keeps the subscriptions of all sources. `close` it at the end."""

    def __init__(self, storage: Storage, fetcher: Fetcher, clock: Callable[[], datetime]) -> None:
        self.storage, self.fetcher, self.clock = storage, fetcher, clock
        self._log = logs.get()
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._tasks: dict[str, asyncio.Task[None]] = {}  # by source
        self._closed = False

    async def close(self) -> None:
        """Ask nobody any more."""
        self._closed = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def done(self) -> None:
        """Wait until those are asked who are to be asked now."""
        await asyncio.gather(*self._tasks.values())

    async def after(self, source: Source, claim: Claim, changes: Changes, base: str) -> None:
        """What follows from a stored poll that began with this claim; ``base`` is the ``public_url`` ("": none).

        Whoever has to be asked is asked in the background. Raises `StateError`.
        """
        known = claim.subscriptions
        if known:
            await self._count_posts(source, claim, changes)
        if not base or self._closed or source.id in self._tasks:
            return
        asked, left = plan(source, known, changes.hubs, base, self.clock())
        if asked or left:
            task = asyncio.create_task(self._do(asked, left))
            self._tasks[source.id] = task
            task.add_done_callback(lambda _: self._tasks.pop(source.id, None))

    async def _count_posts(self, source: Source, claim: Claim, changes: Changes) -> None:
        """Poll again where a hub posted while this poll was reading; believe a hub less that did not."""
        known, last_poll = claim.subscriptions, changes.state.last_poll
        found = changes.tally.new and is_pushed(source, known, self.clock())
        if found and last_poll is not None and was_missed(known.values(), claim.state.last_poll):
            self._log.info("hub did not tell", source=source.id, stories=changes.tally.new)
            await self.storage.doubt_pushes(source.id, claim.state.last_poll or last_poll)
        if claim.claimed_at is not None:
            await self.storage.overtaken(source.id, claim.claimed_at, REST)

    async def tend(self, config: Config) -> None:
        """Leave what the configuration no longer asks for, and forget what was left. Raises `StateError`."""
        now, base = self.clock(), config.server.public_url
        forgotten, left = [], []
        for one in await self.storage.subscriptions():
            source = config.source(one.source_id)
            if one.leaving:
                if now - one.asked_at >= LEFT_FOR:
                    forgotten.append(one.name)
            elif not base:  # nobody can reach us any more
                forgotten.append(one.name)
            elif source is None or not source.enabled or one.url not in source.urls:
                left.append(one)
        if forgotten:
            await self.storage.forget_subscriptions(forgotten)
        for one in left:
            if one.source_id not in self._tasks:
                await self._do([], [one])

    async def _do(self, asked: Collection[Subscription], left: Collection[Subscription]) -> None:
        for one in left:
            await self._safely(one, self._leave)
        for one in asked:
            await self._safely(one, self._ask)

    async def _safely(self, one: Subscription, do: Callable[[Subscription], Awaitable[None]]) -> None:
        told = {"source": one.source_id, "hub": one.hub, "topic": one.topic}
        try:
            async with self._turn:
                await do(one)
        except FetchError as error:
            self._log.warning("hub not asked", **told, cause=error.cause, tries=one.tries)
        except StateError as error:
            self._log.error("database", cause=error.cause, hint=error.hint)
        except Exception:  # noqa: BLE001  # a mistake of ours costs what hubs would have told; polls go on
            self._log.exception("asking a hub crashed", **told)

    async def _ask(self, one: Subscription) -> None:
        await self.storage.subscribe(one)
        await self.fetcher.post_form(one.hub, form(one, "subscribe"))
        self._log.info("hub asked", source=one.source_id, hub=one.hub, topic=one.topic)

    async def _leave(self, one: Subscription) -> None:
        """One that no hub granted is simply forgotten."""
        now = self.clock()
        if one.verified_until is None or one.verified_until <= now:
            await self.storage.forget_subscriptions([one.name])
            return
        await self.storage.leave([one.name], now)
        await self.fetcher.post_form(one.hub, form(one, "unsubscribe"))
        self._log.info("hub left", source=one.source_id, hub=one.hub, topic=one.topic)


def plan(
    source: Source, known: Known, hubs: Mapping[str, tuple[str, ...]], base: str, now: datetime
) -> tuple[list[Subscription], list[Subscription]]:
    """What to ask for, and what to leave, after a poll in which documents named these hubs (`Changes.hubs`)."""
    asked, left = [], []
    for url in source.urls:
        before = known.get(url)
        said = hubs.get(url, (before.hub, before.topic) if before is not None else ())
        if not said:
            left += [before] if before is not None else []
            continue
        hub, topic = said
        moved = before is not None and before.base != base
        if not moved and todo(before, hub, topic, now) != "ask":
            continue
        if before is not None and not moved and (before.hub, before.topic) == (hub, topic):
            asked.append(msgspec.structs.replace(before, asked_at=now, tries=before.tries + 1))
            continue
        left += [before] if before is not None else []
        asked.append(_new(source, url, hub, topic, base, now))
    return asked, left


def _new(source: Source, url: str, hub: str, topic: str, base: str, now: datetime) -> Subscription:
    # The callback "SHOULD be an unguessable URL that is unique per subscription" (section 5.1): 128 bits are that. The
    # secret "MUST be less than 200 bytes in length".
    name, secret = secrets.token_hex(16), secrets.token_hex(32)
    return Subscription(
        name=name, secret=secret, source_id=source.id, url=url, hub=hub, topic=topic, base=base, asked_at=now
    )


def form(one: Subscription, mode: str) -> dict[str, str]:
    """What a hub is asked (section 5.1). A renewal has the address and the secret that it had: it overrides."""
    asked = {"hub.mode": mode, "hub.topic": one.topic, "hub.callback": one.callback}
    if mode == "subscribe":
        asked |= {"hub.secret": one.secret, "hub.lease_seconds": str(int(LEASE.total_seconds()))}
    return asked

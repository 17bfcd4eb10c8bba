"""Moves due work from the store into tasks: claims what there is room for, runs it, and claims again.

Polls and deliveries go through one pump each. A tick of the schedule starts it; as long as more is waiting, each piece
of work that ends makes room for the next at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from daemon import logs

Work = TypeVar("Work")


class Pump(Generic[Work]):
    """At most ``limit`` pieces of work at a time. ``claim(room)`` leases due work, ``run`` does one piece."""

    def __init__(
        self, limit: int, claim: Callable[[int], Awaitable[Sequence[Work]]], run: Callable[[Work], Awaitable[None]]
    ) -> None:
        self.limit, self._claim, self._run = limit, claim, run
        self.running: dict[asyncio.Task[None], Work] = {}
        self._turn = asyncio.Lock()
        self._more = False
        self._closing = False

    async def tick(self) -> None:
        """Claim as much as there is room for, and start it."""
        async with self._turn:
            room = self.limit - len(self.running)
            if self._closing or room <= 0:
                return
            claimed = await self._claim(room)
            self._more = len(claimed) == room
            for work in claimed:
                task = asyncio.create_task(self._guarded(work))
                self.running[task] = work
                task.add_done_callback(self._done)

    async def drain(self) -> None:
        """Run until nothing is due."""
        await self.tick()
        while self.running:
            await asyncio.wait(self.running, return_when=asyncio.FIRST_COMPLETED)
            await self.tick()

    async def close(self, patience: float) -> None:
        """Claim no more; let what runs finish for ``patience`` seconds, then cancel it."""
        self._closing = True
        async with self._turn:
            pass  # a claim under way may still start work
        if self.running:
            _, late = await asyncio.wait(self.running, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _guarded(self, work: Work) -> None:
        try:
            await self._run(work)
        except Exception:  # noqa: BLE001  # the last place that can tell of it; the next piece of work goes on
            logs.get().exception("work failed", work=repr(work)[:200])

    def _done(self, task: asyncio.Task[None]) -> None:
        self.running.pop(task, None)
        if self._more and not self._closing:
            self._more = False
            tick = asyncio.ensure_future(self.tick())
            tick.add_done_callback(lambda done: done.cancelled() or done.exception())

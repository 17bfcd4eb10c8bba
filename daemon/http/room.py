"""Room for large bodies: a few are in memory at a time, and one of a source, until they were read.

A body takes its place when it turns out to be large; small ones, as nearly all are, never wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from weakref import WeakValueDictionary

LARGE = 1_000_000  # bytes; home pages of large sites have half of that
AT_ONCE = 4  # with what their readers need, some 30 MB each


class _Holder:
    """Whoever has a place, and gives it back."""

    def __init__(self, of: str) -> None:
        self.of, self.over = of, False
        self.lock: asyncio.Lock | None = None
        self.turn = asyncio.Lock()


class Room:
    """Places for large bodies. One for the whole program."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)
        self._owners: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._holder: ContextVar[_Holder | None] = ContextVar("holder", default=None)

    @contextmanager
    def held(self, of: str = "") -> Iterator[None]:
        """The place that is taken within is given back at the end; within another one, at the end of that.

        ``of`` is the source that it is for: one has one place at a time. Tasks that are begun within count as being
        within.
        """
        if self._holder.get() is not None:
            yield
            return
        holder = _Holder(of)
        token = self._holder.set(holder)
        try:
            yield
        finally:
            self._holder.reset(token)
            holder.over = True
            self._give_back(holder)

    async def take(self, host: str) -> None:
        """Wait for a place, where the holder has none yet: what it reads one after the other needs no more."""
        holder = self._holder.get()
        if holder is None:
            return
        async with holder.turn:
            if holder.lock is not None or holder.over:
                return
            lock = self._owners.setdefault(holder.of or host, asyncio.Lock())
            await lock.acquire()
            try:
                await self._places.acquire()
            except BaseException:
                lock.release()
                raise
            holder.lock = lock
            self._give_back_late(holder)

    def _give_back_late(self, holder: _Holder) -> None:
        if holder.over:  # while it waited
            self._give_back(holder)

    def _give_back(self, holder: _Holder) -> None:
        if holder.lock is not None:
            self._places.release()
            holder.lock.release()
            holder.lock = None

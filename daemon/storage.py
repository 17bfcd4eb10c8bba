"""The store from asynchronous code: its methods block, so they run in threads.

Writes stand in one line, in one thread: SQLite takes one writer at a time, and waiting in line is cheaper than waiting
for its lock. Reads go beside them: those of polls and deliveries, those of feeds and pages, and searches, each in
threads of their own, so that none of them waits for the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, ParamSpec, TypeVar

from feeds.errors import LeaseLostError
from feeds.model import Changes, SourceState
from state.search import words_of
from state.store import Store

P = ParamSpec("P")
R = TypeVar("R")

READERS = 4
PATIENCE = 3.0  # seconds that calls under way have when bantin ends
SEARCHERS = 1  # a question may read a thousand stories


class Storage:
    """Calls the store's methods in threads. `close` waits for those under way.

    ``generation`` grows with everything stored here that feeds may show; other daemons' doings do not count.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.generation = 0
        self._writer = ThreadPoolExecutor(1, "store-write")
        self._readers = ThreadPoolExecutor(READERS, "store-read")
        self._shown = ThreadPoolExecutor(READERS, "store-show")
        self._searchers = ThreadPoolExecutor(SEARCHERS, "store-search")
        self._quiet: list[tuple[SourceState, str, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None
        self._under_way: set[Future[Any]] = set()

    async def run(self, method: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """``method(*args, **kwargs)`` of the store, whatever it returns or raises."""
        return await self._in(self._readers, method, *args, **kwargs)

    async def show(self, method: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """`run`, for feeds and pages."""
        return await self._in(self._shown, method, *args, **kwargs)

    async def search(self, method: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """`run`, for what may take long."""
        return await self._in(self._searchers, method, *args, **kwargs)

    async def _in(self, readers: ThreadPoolExecutor, method: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        pool = self._writer if getattr(method, "writes", False) else readers
        call = pool.submit(method, *args, **kwargs)
        self._under_way.add(call)
        call.add_done_callback(self._under_way.discard)
        try:
            return await asyncio.wrap_future(call)
        finally:
            self.generation += getattr(method, "shows", False)

    async def commit(self, changes: Changes, owner: str) -> None:
        """`Store.commit`; outcomes of polls that found nothing, as most do, are stored several in one transaction."""
        if changes.stories or changes.events or changes.listings or changes.habits or changes.pages:
            words = await self._in(self._readers, words_of, changes) if changes.revisions else {}
            await self.run(self.store.commit, changes, owner, words)
            return
        stored = asyncio.get_running_loop().create_future()
        self._quiet.append((changes.state, owner, stored))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        await stored

    async def _flush(self) -> None:
        """Store what is waiting; what comes meanwhile is the next batch."""
        while self._quiet:
            batch, self._quiet = self._quiet, []
            for owner in {owner for _, owner, _ in batch}:
                mine = [(state, stored) for state, of, stored in batch if of == owner and not stored.cancelled()]
                try:
                    lost = await self.run(self.store.commit_quiet, [state for state, _ in mine], owner)
                except Exception as error:  # noqa: BLE001  # each of the waiting polls raises it
                    _settle(mine, dict.fromkeys((state.id for state, _ in mine), error))
                else:
                    _settle(mine, {name: LeaseLostError(f"source {name}: its lease was lost") for name in lost})

    def close(self) -> None:
        """Close the store when the calls under way are done, or after `PATIENCE`: what is not stored then, never is."""
        for pool in (self._writer, self._readers, self._shown, self._searchers):
            pool.shutdown(wait=False, cancel_futures=True)
        wait(list(self._under_way), PATIENCE)
        self.store.close()


def _settle(waiting: list[tuple[SourceState, asyncio.Future[None]]], errors: dict[str, Exception]) -> None:
    for state, stored in waiting:
        if stored.cancelled():
            continue
        if state.id in errors:
            stored.set_exception(errors[state.id])
        else:
            stored.set_result(None)

"""The store from asynchronous code: its methods block, so they run in threads.

Writes stand in one line, in one thread: SQLite takes one writer at a time, and waiting in line is cheaper than waiting
for its lock. Reads go beside them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from state.store import Store

P = ParamSpec("P")
R = TypeVar("R")

READERS = 4
_WRITES = frozenset(
    {"sync", "claim_polls", "claim_source", "renew", "release", "commit", "claim_deliveries", "record", "tidy"}
)


class Storage:
    """Calls the store's methods in threads. `close` waits for those under way."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._writer = ThreadPoolExecutor(1, "store-write")
        self._readers = ThreadPoolExecutor(READERS, "store-read")

    async def run(self, method: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """``method(*args, **kwargs)`` of the store, whatever it returns or raises."""
        pool = self._writer if method.__name__ in _WRITES else self._readers
        return await asyncio.get_running_loop().run_in_executor(pool, partial(method, *args, **kwargs))

    def close(self) -> None:
        """Wait for calls under way, then close the store."""
        self._writer.shutdown()
        self._readers.shutdown()
        self.store.close()

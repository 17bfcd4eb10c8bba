"""The store from asynchronous code: its methods block, so they run in threads.

Writes stand in one line, in one thread: SQLite takes one writer at a time, and waiting in line is cheaper than waiting
for its lock. Reads go beside them: those of polls and deliveries, those of feeds and pages, and searches, each in
threads of their own, so that none of them waits for the others.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Generic, ParamSpec, TypeVar

from feeds.errors import LeaseLostError
from feeds.model import Attempt, Changes, EndpointState, SourceState, Terms, Verdict
from state.search import words_of
from state.store import Due, Store, Wanted

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A")
Outcome = tuple[Due, Attempt, Verdict]

READERS = 4
PATIENCE = 3.0  # seconds that calls under way have when bantin ends
SEARCHERS = 1  # a question may read a thousand stories


def _heard(answer: asyncio.Future[Any]) -> None:
    """What nobody waits for any more, because the program ends, is nobody's fault."""
    if not answer.cancelled():
        answer.exception()


class Together(Generic[A, R]):
    """Calls that come while one is under way are made together, by the next one."""

    def __init__(self, call: Callable[[list[A]], Coroutine[Any, Any, list[R]]]) -> None:
        self._call = call
        self._waiting: list[tuple[A, asyncio.Future[R]]] = []
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, item: A) -> R:
        """What the call gives for this item, or raises for all of them."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        answer.add_done_callback(_heard)
        self._waiting.append((item, answer))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await asyncio.shield(answer)

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                found = await self._call([item for item, _ in batch])
            except Exception as error:  # noqa: BLE001  # each of those that wait raises it
                for _, answer in batch:
                    answer.set_exception(error)
            else:
                for (_, answer), value in zip(batch, found, strict=True):
                    answer.set_result(value)


class Storage:
    """The store's methods, in threads: ``await storage.known(…)``. `close` waits for those under way.

    ``generation`` grows with everything stored here that feeds may show; other daemons' doings do not count.
    ``timed`` hears, in those threads, of each call: its kind, the seconds that it waited for its turn, and took.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.generation = 0
        self.timed: Callable[[str, float, float], None] = lambda kind, waited, took: None
        self._writer = ThreadPoolExecutor(1, "store-write")
        self._readers = ThreadPoolExecutor(READERS, "store-read")
        self._shown = ThreadPoolExecutor(READERS, "store-show")
        self._searchers = ThreadPoolExecutor(SEARCHERS, "store-search")
        self._kinds = {self._writer: "write", self._readers: "read", self._shown: "show", self._searchers: "search"}
        self._quiet: list[tuple[SourceState, str, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None
        self._under_way: set[Future[Any]] = set()
        # What writes: in one line.
        self.sync = self._call(self._readers, store.sync)
        self.claim_polls = self._call(self._readers, store.claim_polls)
        self.claim_source = self._call(self._readers, store.claim_source)
        self.renew = self._call(self._readers, store.renew)
        self.release = self._call(self._readers, store.release)
        self._record = self._call(self._readers, store.record)
        self._claim_for = self._call(self._readers, store.claim_for)
        self.pause = self._call(self._readers, store.pause)
        self.make_due = self._call(self._readers, store.make_due)
        self.subscribe = self._call(self._readers, store.subscribe)
        self.leave = self._call(self._readers, store.leave)
        self.verified = self._call(self._readers, store.verified)
        self.denied = self._call(self._readers, store.denied)
        self.forget_subscriptions = self._call(self._readers, store.forget_subscriptions)
        self.heard = self._call(self._readers, store.heard)
        self.overtaken = self._call(self._readers, store.overtaken)
        self.doubt_pushes = self._call(self._readers, store.doubt_pushes)
        self.enable = self._call(self._readers, store.enable)
        self.retry = self._call(self._readers, store.retry)
        self.drop = self._call(self._readers, store.drop)
        self.disable = self._call(self._readers, store.disable)
        self.gather = self._call(self._readers, store.gather)
        self.place = self._call(self._readers, store.place)
        self.reindex = self._call(self._readers, store.reindex)
        self.forget = self._call(self._readers, store.forget)
        self.tidy = self._call(self._readers, store.tidy)
        self._commit = self._call(self._readers, store.commit)
        self._commit_quiet = self._call(self._readers, store.commit_quiet)
        self.keep_verdicts = self._call(self._readers, store.keep_verdicts)
        # What polls and deliveries read.
        self.known = self._call(self._readers, store.known)
        self.owners = self._call(self._readers, store.owners)
        self.count_found = self._call(self._readers, store.count_found)
        self.rhythms = self._call(self._readers, store.rhythms)
        self.compare = self._call(self._readers, store.compare)
        self.waiting = self._call(self._readers, store.waiting)
        self.subscriptions = self._call(self._readers, store.subscriptions)
        # What feeds and pages read.
        self.version = self._call(self._shown, store.version)
        self.versions = self._call(self._shown, store.versions)
        self.total = self._call(self._shown, store.total)
        self.entries = self._call(self._shown, store.entries)
        self.stretch = self._call(self._shown, store.stretch)
        self.texts = self._call(self._shown, store.texts)
        self.twins = self._call(self._shown, store.twins)
        self.story = self._call(self._shown, store.story)
        self.showing = self._call(self._shown, store.showing)
        self.renamed = self._call(self._shown, store.renamed)
        self.subscription = self._call(self._shown, store.subscription)
        self.stories_by_day = self._call(self._shown, store.stories_by_day)
        self.sources = self._call(self._shown, store.sources)
        self.poll_history = self._call(self._shown, store.poll_history)
        self.last_stories = self._call(self._shown, store.last_stories)
        self.delays = self._call(self._shown, store.delays)
        self.lists_of = self._call(self._shown, store.lists_of)
        self.changes = self._call(self._shown, store.changes)
        self.source_counts = self._call(self._shown, store.source_counts)
        self.endpoints = self._call(self._shown, store.endpoints)
        self.deliveries = self._call(self._shown, store.deliveries)
        self.delivered_by_hour = self._call(self._shown, store.delivered_by_hour)
        # What many ask for at the same moment is asked of the store once.
        self._outcomes: Together[Outcome, EndpointState | None] = Together(self._record)
        self._wanted: Together[tuple[str, float, Wanted], list[Due]] = Together(self._claim_all)
        # Who looks for words: a question may take a while.
        self.search = self._call(self._searchers, store.search)

    def _call(self, readers: ThreadPoolExecutor, method: Callable[P, R]) -> Callable[P, Coroutine[Any, Any, R]]:
        """The method as a coroutine: in the line of writers where its definition says that it writes."""
        pool = self._writer if getattr(method, "writes", False) else readers

        async def called(*args: P.args, **kwargs: P.kwargs) -> R:
            # Looked up at each call: something else may stand in for it by then.
            return await self._in(pool, getattr(self.store, method.__name__), *args, **kwargs)

        return called

    async def _in(self, pool: ThreadPoolExecutor, method: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        asked = time.monotonic()

        def timed() -> R:
            began = time.monotonic()
            try:
                return method(*args, **kwargs)
            finally:
                self.timed(self._kinds[pool], began - asked, time.monotonic() - began)

        call = pool.submit(timed)
        self._under_way.add(call)
        call.add_done_callback(self._under_way.discard)
        try:
            return await asyncio.wrap_future(call)
        finally:
            self.generation += getattr(method, "shows", False)

    async def commit(self, changes: Changes, owner: str) -> None:
        """`Store.commit`; outcomes of polls that found nothing, as most do, are stored several in one transaction."""
        if changes.stories or changes.events or changes.listings or changes.habits or changes.pages or changes.watch:
            words = await self._in(self._readers, words_of, changes) if changes.revisions else {}
            await self._commit(changes, owner, words)
            return
        stored = asyncio.get_running_loop().create_future()
        self._quiet.append((changes.state, owner, stored))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        await stored

    async def record(self, due: Due, attempt: Attempt, verdict: Verdict) -> EndpointState | None:
        """`Store.record` of one attempt; those that end meanwhile are stored together."""
        return await self._outcomes((due, attempt, verdict))

    async def claim_deliveries(self, owner: str, endpoint_id: str, limit: int, lease: float, terms: Terms) -> list[Due]:
        """`Store.claim_deliveries`; those for other endpoints that are asked for meanwhile are claimed together."""
        return await self._wanted((owner, lease, Wanted(endpoint_id, limit, terms)))

    async def _claim_all(self, asked: list[tuple[str, float, Wanted]]) -> list[list[Due]]:
        owner, lease, _ = asked[0]  # one process has one of each
        return await self._claim_for(owner, [wanted for _, _, wanted in asked], lease)

    async def _flush(self) -> None:
        """Store what is waiting; what comes meanwhile is the next batch."""
        while self._quiet:
            batch, self._quiet = self._quiet, []
            for owner in {owner for _, owner, _ in batch}:
                mine = [(state, stored) for state, of, stored in batch if of == owner and not stored.cancelled()]
                try:
                    lost = await self._commit_quiet([state for state, _ in mine], owner)
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

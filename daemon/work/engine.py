"""The parts that work on sources and deliveries, put together: for the daemon, and for `bantin poll`."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from hashlib import blake2b

import msgspec

from daemon import VERSION
from daemon.browser.browser import Browser
from daemon.channels.deliver import Deliverer
from daemon.config import Config
from daemon.http.fetch import Fetcher
from daemon.polling.poll import Clock, Poller
from daemon.reading.reader import Reader
from daemon.storage import Storage
from feeds.deciding import similar
from feeds.errors import StateError
from feeds.model import Endpoint
from state.sql import SqlStore
from state.transfer.migrate import upgrade

DELIVERIES_AT_ONCE = 4  # to one endpoint
COMPARED_AT_ONCE = 20  # stories in one transaction
LEASE = 60.0  # seconds; renewed every quarter of it while the work goes on


class Parts(msgspec.Struct, frozen=True):
    """What polls and deliveries are made with, under one lease owner."""

    owner: str
    storage: Storage
    fetcher: Fetcher
    reader: Reader
    poller: Poller
    deliverer: Deliverer


@asynccontextmanager
async def open_parts(
    config: Config, *, clock: Clock | None = None, tell: Callable[[str], None] = lambda _: None
) -> AsyncIterator[Parts]:
    """Open the database (creating or migrating it; ``tell`` hears of that) and everything else; close it at the end.

    Everything goes by the database's clock, for all who share it, unless a test brings its own. Raises `StateError`
    where the database cannot be used.
    """
    owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    store = open_store(config, clock=clock, tell=tell)
    storage, clock = Storage(store), store.clock
    reader = Reader(profiles=config.profiles)
    fetcher = Fetcher(config.fetch, reader)
    luck = random.random
    browser = Browser(config.browser, fetcher) if config.browser.configured else None
    poller = Poller(
        storage, fetcher, reader, owner, clock=clock, luck=luck, catch_up=config.fetch.catch_up, browser=browser
    )
    deliverer = Deliverer(storage, config.deliver_fetch, clock=clock, luck=luck)
    try:
        await make_known(storage, config)
        for gone in await storage.owners():
            if not alive(gone):
                await storage.release(gone)
        yield Parts(owner, storage, fetcher, reader, poller, deliverer)
    finally:
        # Whatever fails here, the rest is closed, and in time: leases that are not given back run out by themselves.
        with suppress(StateError, TimeoutError):
            async with asyncio.timeout(2):
                await storage.release(owner)
        if browser is not None:
            await browser.close()
        await deliverer.close()
        await fetcher.close()
        reader.close()
        storage.close()


async def make_known(storage: Storage, config: Config) -> None:
    """Tell the store which sources and endpoints there are. Raises `StateError`."""
    intervals = {source.id: source.longest for source in config.sources if source.enabled}
    await storage.sync(intervals, {endpoint.id: stored_url(endpoint) for endpoint in config.endpoints})


def stored_url(endpoint: Endpoint) -> str:
    """What the database knows an endpoint's address by: the address of a channel is a secret, and its hash will do."""
    if endpoint.channel != "apprise":
        return endpoint.url
    return f"apprise:{blake2b(endpoint.url.encode(), digest_size=16).hexdigest()}"


async def compare_all(storage: Storage, rounds: int = 20) -> bool:
    """Find out which new stories tell what another source tells; returns whether all were compared."""
    for _ in range(rounds):
        found = await storage.compare(similar, COMPARED_AT_ONCE)
        if await storage.place(found, COMPARED_AT_ONCE) < COMPARED_AT_ONCE:
            return True
    return False


async def index_all(storage: Storage) -> None:
    """Make the index of words whole, where it is not: after an upgrade."""
    while await storage.reindex(500) is not None:
        pass


def open_store(config: Config, *, clock: Clock | None = None, tell: Callable[[str], None] = lambda _: None) -> SqlStore:
    """The store of the configuration's database, created or migrated where needed. Raises `StateError`."""
    store = SqlStore(config.database, clock)
    upgrade(store.engine, version=VERSION, tell=tell)
    return store


def alive(owner: str) -> bool:
    """Whether the holder of a lease may still run: one of this machine whose process is gone does not.

    What a killed daemon had claimed is due again at once, not only when its leases run out. A process of another
    machine is taken to run: its leases end by themselves.
    """
    host, _, rest = owner.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdigit():
        return True
    if int(pid) == os.getpid():
        return False  # ours is not claimed yet: this one was a process before us with the same number
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

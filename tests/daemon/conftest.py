"""Polls against the invented site: real HTTP, real worker processes, a real database."""

from __future__ import annotations

import ipaddress
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import msgspec
import pytest

from daemon.config import Fetch
from daemon.http import fetch
from daemon.http.fetch import Fetcher
from daemon.polling.poll import Poller
from daemon.profiles import load_profiles
from daemon.reading.reader import Reader
from daemon.storage import Storage
from feeds.deciding.rules import Audience
from feeds.model import Changes, Endpoint, FeedSpec, Source, Tally
from state.sql import SqlStore
from tests.conftest import Clock, LiveSite
from tests.daemon.commands import file, filled, run  # noqa: F401  # fixtures
from tests.daemon.names import Named, NameServer
from tests.feeds.makers import SECRET

LOOPBACK = Fetch(
    user_agent="bantin-test", timeout=3.0, host_interval=0.0, allow_networks=(ipaddress.ip_network("127.0.0.0/8"),)
)


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    opened = Reader(profiles=load_profiles(None))  # as the daemon does
    yield opened
    opened.close()


async def no_sleep(_: float) -> None:
    """Waits are asked for, and not made."""


@pytest.fixture
async def fetcher(reader: Reader) -> AsyncIterator[Fetcher]:
    opened = Fetcher(LOOPBACK, reader, sleep=no_sleep)
    yield opened
    await opened.close()


class Polls:
    """Polls of one source of the invented site, as the daemon makes them."""

    def __init__(self, site: LiveSite, poller: Poller, store: SqlStore, clock: Clock) -> None:
        self.site, self.poller, self.store, self.clock = site, poller, store, clock
        self.source = Source(
            id="song-van",
            title="Sông Vân",
            kind="listing",
            urls=tuple(site.lists()),
            timezone="Asia/Ho_Chi_Minh",
            language="vi",
        )
        self.audience = Audience(
            feeds=(FeedSpec(id="song-van", title="Sông Vân", sources=("song-van",)),),
            endpoints=(Endpoint(id="hook", url="http://127.0.0.1:9/", secrets=(SECRET,)),),
        )
        store.sync({"song-van": 600.0}, {"hook": "http://127.0.0.1:9/"})

    async def poll(self, **of_source: object) -> Changes:
        """Claim the source, due or not, and poll it."""
        self.source = msgspec.structs.replace(self.source, **of_source)
        claim = self.store.claim_source("test", "song-van", 60)
        assert claim is not None
        return await self.poller.poll(self.source, claim, self.audience)

    async def look_again(self, **by: float) -> Tally:
        """Let time pass until stories are due for another look, and poll until all were looked at."""
        self.clock.go_on(**by)
        total: dict[str, int] = {}
        while self._due():
            for name, count in msgspec.structs.asdict((await self.poll()).tally).items():
                total[name] = total.get(name, 0) + count
        return Tally(**total)

    def _due(self) -> bool:
        claim = self.store.claim_source("test", "song-van", 60)
        self.store.release("test")
        return claim is not None and bool(claim.looks)

    def shown(self) -> list[str]:
        """The titles in the feed, the newest first."""
        return [entry.article.title for _, entry in self.store.entries(["song-van"], 1000)]


@pytest.fixture
async def polls(
    live_site: LiveSite, fetcher: Fetcher, reader: Reader, store: SqlStore, clock: Clock
) -> AsyncIterator[Polls]:
    storage = Storage(store)
    yield Polls(live_site, Poller(storage, fetcher, reader, "test", clock=clock), store, clock)
    storage.close()


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Named:
    """Makes the client ask a name server of ours, and forget its answers at once."""
    real = aiohttp.TCPConnector

    def use(names: NameServer) -> None:
        def connector(**settings: Any) -> aiohttp.TCPConnector:
            return real(**{**settings, "resolver": names, "use_dns_cache": False})

        monkeypatch.setattr(fetch.aiohttp, "TCPConnector", connector)

    return use

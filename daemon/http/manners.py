"""Good manners towards the sites that are read: pauses between requests to one host, and robots.txt (RFC 9309)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from protego import Protego

from feeds.errors import DisallowedError, FetchError
from feeds.reading import charset

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]

MAX_HOSTS = 10_000
ROBOTS_SIZE = 500 * 1024  # RFC 9309 section 2.5: at least 500 kibibytes are read
ROBOTS_FOR = 24 * 3600.0  # section 2.4: a cached copy is used for a day at most
ROBOTS_AGAIN = 600.0  # after a failure of the server
PRODUCT = "bantin"  # the token that a robots.txt names this program by


class Pace:
    """At most one request to a host in each ``interval`` seconds, in the order in which they were asked for."""

    def __init__(self, interval: float, clock: Clock, sleep: Sleep) -> None:
        self.interval, self._clock, self._sleep = interval, clock, sleep
        self._next: OrderedDict[str, float] = OrderedDict()

    async def wait(self, host: str) -> None:
        """Wait for this request's turn."""
        if not self.interval:
            return
        now = self._clock()
        turn = max(now, self._next.pop(host, now))
        self._next[host] = turn + self.interval
        while len(self._next) > MAX_HOSTS:
            self._next.popitem(last=False)
        if turn > now:
            await self._sleep(turn - now)


class Robots:
    """What each site's robots.txt allows; fetched once a day, shared by all who ask at the same time."""

    def __init__(self, fetch: Callable[[str], Awaitable[bytes]], clock: Clock) -> None:
        self._fetch, self._clock = fetch, clock
        self._known: OrderedDict[str, tuple[float, asyncio.Future[Protego | None]]] = OrderedDict()

    async def check(self, url: str) -> None:
        """Raises `DisallowedError` where robots.txt says so, `FetchError` where the server fails to say.

        A robots.txt that is not there allows everything; one that the server cannot give (5xx, no connection) nothing,
        for now (RFC 9309 sections 2.3.1.3 and 2.3.1.4).
        """
        parts = urlsplit(url)
        rules = await self._rules(f"{parts.scheme}://{parts.netloc}/robots.txt")
        if rules is not None and not rules.can_fetch(url, PRODUCT):
            raise DisallowedError(url, "robots.txt asks not to fetch this page")

    async def _rules(self, address: str) -> Protego | None:
        until, rules = self._known.get(address, (0.0, None))
        if rules is None or (rules.done() and until <= self._clock()):
            rules = asyncio.ensure_future(self._load(address))
            # Nobody may be left waiting for it (a cancelled poll): its error is then nobody's.
            rules.add_done_callback(lambda task: task.cancelled() or task.exception())
            self._known[address] = (self._clock() + ROBOTS_FOR, rules)
            while len(self._known) > MAX_HOSTS:
                self._known.popitem(last=False)
        try:
            return await asyncio.shield(rules)
        except FetchError:
            self._known[address] = (min(self._known[address][0], self._clock() + ROBOTS_AGAIN), rules)
            raise

    async def _load(self, address: str) -> Protego | None:
        try:
            body = await self._fetch(address)
        except FetchError as error:
            if error.status is not None and 400 <= error.status < 500 and error.status != 429:
                return None
            raise FetchError(address, _cause(error), transient=True, retry_after=error.retry_after) from error
        text = charset.decode(body).removeprefix("\ufeff")
        return Protego.parse(text) if "<html" not in text[:1000].lower() else None


def _cause(error: FetchError) -> str:
    """A server that answers with an error keeps its robots.txt to itself; anything else is no matter of robots.txt."""
    return f"robots.txt cannot be read ({error.cause})" if error.status is not None else error.cause

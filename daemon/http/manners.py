"""Good manners towards the sites that are read: pauses between requests to one host, and robots.txt (RFC 9309)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from functools import lru_cache
from urllib.parse import urlsplit

from protego import Protego

from feeds.errors import DisallowedError, FetchError, ReadError
from feeds.reading.robots import PRODUCT

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]

MAX_HOSTS = 10_000
ROBOTS_SIZE = 500 * 1024  # RFC 9309 section 2.5: at least 500 kibibytes are read
ROBOTS_FOR = 24 * 3600.0  # section 2.4: a cached copy is used for a day at most
ROBOTS_AGAIN = 600.0  # after a failure of the server
ROBOTS_ROOM = 16_000_000  # characters that the rules of all sites may take together
PARSED = 32  # rule sets at hand: they take twenty times the room of their texts, and no time to make


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


class Spent:
    """Counts the requests of the last hour, by the minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._minutes: deque[tuple[int, int]] = deque(maxlen=60)

    def add(self) -> None:
        """One more."""
        now = int(self._clock() // 60)
        if self._minutes and self._minutes[-1][0] == now:
            self._minutes[-1] = now, self._minutes[-1][1] + 1
        else:
            self._minutes.append((now, 1))

    def last_hour(self) -> int:
        """How many they were."""
        since = int(self._clock() // 60) - 60
        return sum(count for minute, count in self._minutes if minute > since)


class Robots:
    """What each site's robots.txt allows; fetched once a day, shared by all who ask at the same time.

    ``cut`` makes of a file what of it is for bantin (`feeds.reading.robots`), where it can be stopped; it raises
    `ReadError` where that takes too long.
    """

    def __init__(
        self,
        fetch: Callable[[str], Awaitable[bytes]],
        clock: Clock,
        cut: Callable[[str, bytes], Awaitable[str]],
        room: int = ROBOTS_ROOM,
    ) -> None:
        self._fetch, self._clock, self._cut, self._room = fetch, clock, cut, room
        self._known: OrderedDict[str, tuple[float, asyncio.Future[str]]] = OrderedDict()
        self._sizes: dict[str, int] = {}  # characters of the rules that are kept
        self._size = 0  # their sum

    async def check(self, url: str) -> None:
        """Raises `DisallowedError` where robots.txt says so, `FetchError` where the server fails to say.

        A robots.txt that is not there allows everything; one that the server cannot give (5xx, no connection), or that
        cannot be read in time, nothing, for now (RFC 9309 sections 2.3.1.3 and 2.3.1.4).
        """
        parts = urlsplit(url)
        rules = await self._rules(f"{parts.scheme}://{parts.netloc}/robots.txt")
        if rules and not _parsed(rules).can_fetch(url, PRODUCT):
            raise DisallowedError(url, "robots.txt asks not to fetch this page")

    async def _rules(self, address: str) -> str:
        until, rules = self._known.get(address, (0.0, None))
        if rules is None or (rules.done() and until <= self._clock()):
            rules = asyncio.ensure_future(self._load(address))
            # Nobody may be left waiting for it (a cancelled poll): its error is then nobody's.
            rules.add_done_callback(lambda task: task.cancelled() or task.exception())
            self._known[address] = (self._clock() + ROBOTS_FOR, rules)
            while len(self._known) > MAX_HOSTS:
                self._forget(next(iter(self._known)))
        try:
            return await asyncio.shield(rules)
        except FetchError:
            if address in self._known:
                self._known[address] = (min(self._known[address][0], self._clock() + ROBOTS_AGAIN), rules)
            raise

    async def _load(self, address: str) -> str:
        try:
            body = await self._fetch(address)
        except FetchError as error:
            if error.status is not None and 400 <= error.status < 500 and error.status != 429:
                return ""
            raise FetchError(address, _cause(error), transient=True, retry_after=error.retry_after) from error
        try:
            text = await self._cut(address, body)
        except ReadError as error:
            raise FetchError(address, f"robots.txt cannot be read ({error.cause})", transient=True) from error
        self._size += len(text) - self._sizes.pop(address, 0)
        self._sizes[address] = len(text)
        while self._size > self._room and len(self._sizes) > 1:
            self._forget(next(iter(self._sizes)))
        return text

    def _forget(self, address: str) -> None:
        self._known.pop(address, None)
        self._size -= self._sizes.pop(address, 0)


@lru_cache(maxsize=PARSED)
def _parsed(text: str) -> Protego:
    return Protego.parse(text)


def _cause(error: FetchError) -> str:
    """A server that answers with an error keeps its robots.txt to itself; anything else is no matter of robots.txt."""
    return f"robots.txt cannot be read ({error.cause})" if error.status is not None else error.cause

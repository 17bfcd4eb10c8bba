"""Fetching a page: the one module that asks other servers for anything to read.

1. Each hop of a redirect is looked at: only http and https, at most ten, no address twice.
2. The address of every connection is checked where it is made (`daemon.http.guard`).
3. The size limit holds while reading, and after decompression (`daemon.http.decoding`).
4. Transient failures are retried a little; a long Retry-After is left to the schedule.
5. ETag and Last-Modified are opaque: kept as they came, sent back as they are.
"""

from __future__ import annotations

import asyncio
import email.utils
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from http.cookiejar import CookieJar, DefaultCookiePolicy

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_base, wait_random_exponential

from daemon.config import Fetch
from daemon.http.decoding import ACCEPT_ENCODING, BadCodingError, decoder
from daemon.http.guard import AddressRefusedError, Guard
from daemon.http.manners import ROBOTS_SIZE, Pace, Robots, Sleep
from feeds.errors import FetchError
from feeds.model import Page, Validators
from feeds.reading import urls

MAX_REDIRECTS = 10
MAX_CONNECTIONS = 256
ATTEMPTS = 3
PATIENCE = 10.0  # seconds: a longer Retry-After is not waited for here, the source is put off
TRANSIENT = frozenset({429, 502, 503, 504})
ACCEPT = (
    "text/html,application/xhtml+xml,application/atom+xml,application/rss+xml,application/feed+json;q=0.9,*/*;q=0.7"
)


class _RetryAfter(wait_base):
    """As long as the server asks, else a growing random wait."""

    _otherwise = wait_random_exponential(multiplier=0.5, max=5)

    def __call__(self, retry_state: RetryCallState) -> float:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        asked = error.retry_after if isinstance(error, FetchError) else None
        return asked if asked is not None else self._otherwise(retry_state)


class Fetcher:
    """Fetches pages politely, within limits. One for the whole program; `close` it at the end.

    ``clock`` (monotonic seconds) and ``sleep`` are replaced in tests.
    """

    def __init__(
        self, config: Fetch, *, clock: Callable[[], float] = time.monotonic, sleep: Sleep = asyncio.sleep
    ) -> None:
        self.config = config
        self._sleep = sleep
        self._client = open_client(config)
        self._pace = Pace(config.host_interval, clock, sleep)
        self._robots = Robots(self._robots_txt, clock)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def fetch(self, url: str, known: Validators | None = None) -> Page | None:
        """The page at ``url``; None where it is unchanged (304) since ``known``.

        Raises `DisallowedError` where robots.txt forbids it, `FetchError` for everything else that is not a page:
        refused addresses, statuses, redirects, sizes, times, bodies that end early.
        """
        if self.config.robots:
            await self._robots.check(url)
        return await self._retrying(url, known, self.config.max_bytes)

    async def _robots_txt(self, url: str) -> bytes:
        page = await self._retrying(url, None, ROBOTS_SIZE, cut=True)
        return page.body if page else b""

    async def _retrying(self, url: str, known: Validators | None, limit: int, cut: bool = False) -> Page | None:
        retrying = AsyncRetrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=_RetryAfter(),
            retry=retry_if_exception(_worth_retrying),
            sleep=self._sleep,
            reraise=True,
        )
        return await retrying(self._once, url, known, limit, cut)

    async def _once(self, url: str, known: Validators | None, limit: int, cut: bool) -> Page | None:
        """One attempt, through all redirects, within the time limit of the whole once its turn has come."""
        await self._pace.wait(urls.host(url))
        try:
            async with asyncio.timeout(self.config.timeout):
                return await self._follow(url, known, limit, cut)
        except TimeoutError:
            raise FetchError(url, f"no whole answer within {self.config.timeout:g} s", transient=True) from None
        except httpx.TimeoutException as error:
            raise FetchError(url, "the server does not answer", transient=True) from error
        except (httpx.HTTPError, aiohttp.ClientError, OSError, ValueError) as error:
            raise _explained(url, error) from error

    async def _follow(self, url: str, known: Validators | None, limit: int, cut: bool) -> Page | None:
        seen: set[str] = set()
        here = url
        while True:
            seen.add(here)
            request = self._client.build_request("GET", here, headers=_conditions(known))
            response = await self._client.send(request, stream=True, follow_redirects=False)
            try:
                if response.status_code == 304 and known is not None:
                    return None
                if response.has_redirect_location:
                    here = _next_hop(url, here, response.headers["location"], seen)
                    continue
                if response.status_code != 200:
                    raise _status_error(url, response)
                return await _page(response, here, limit, cut)
            finally:
                await response.aclose()


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """The certificates that are trusted, read once: that takes longer than a request."""
    return httpx.create_ssl_context()


def open_client(config: Fetch) -> httpx.AsyncClient:
    """An HTTP client whose every connection passes the guard; no cookies, no proxies from the environment."""

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=MAX_CONNECTIONS,
            ttl_dns_cache=60,
            keepalive_timeout=30,
            socket_factory=Guard(config.allow_networks).open_socket,
            ssl=_tls(),
        )
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    return httpx.AsyncClient(
        transport=AiohttpTransport(client=session, verify=_tls()),
        headers={"user-agent": config.user_agent, "accept": ACCEPT, "accept-encoding": ACCEPT_ENCODING},
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        timeout=httpx.Timeout(config.timeout * 0.75, connect=config.timeout / 2),
        trust_env=False,
    )


def seconds_of(retry_after: str | None) -> float | None:
    """Retry-After in seconds from now (RFC 9110 section 10.2.3: a number or a date); None where it says neither."""
    if not retry_after:
        return None
    if retry_after.strip().isdigit():
        return float(retry_after.strip()[:9])
    try:
        moment = email.utils.parsedate_to_datetime(retry_after)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def body_hash(body: bytes) -> str:
    """What recognises the same bytes again."""
    return blake2b(body, digest_size=16).hexdigest()


async def _page(response: httpx.Response, url: str, limit: int, cut: bool) -> Page:
    body = await _body(response, url, limit, cut)
    return Page(
        url=url,
        body=body,
        content_type=response.headers.get("content-type", "")[:200],
        validators=Validators(
            etag=response.headers.get("etag"),
            last_modified=response.headers.get("last-modified"),
            body_hash=body_hash(body),
        ),
    )


async def _body(response: httpx.Response, url: str, limit: int, cut: bool) -> bytes:
    """The decoded body. One that is larger than ``limit`` is an error, or ``cut`` there."""
    body = bytearray()
    try:
        undo = decoder(response.headers.get("content-encoding", ""))
        async for chunk in response.aiter_raw():
            for piece in undo.feed(chunk):
                body += piece
                if len(body) > limit:
                    if cut:
                        return bytes(body[:limit])
                    raise FetchError(url, f"larger than {limit:,} bytes ([fetch] max_bytes)")
        undo.end()
    except BadCodingError as error:
        raise FetchError(url, f"bad body: {error}", transient=True) from error
    return bytes(body)


def _conditions(known: Validators | None) -> dict[str, str]:
    if known is None:
        return {}
    conditions = {"if-none-match": known.etag, "if-modified-since": known.last_modified}
    return {name: value for name, value in conditions.items() if value}


def _next_hop(asked: str, here: str, location: str, seen: set[str]) -> str:
    target = urls.absolute(here, location)
    if target is None:
        raise FetchError(asked, f"redirect to something that is no web address: {location[:100]!r}")
    target = target.split("#", 1)[0]
    if target in seen:
        raise FetchError(asked, f"redirect loop at {target}")
    if len(seen) > MAX_REDIRECTS:
        raise FetchError(asked, f"more than {MAX_REDIRECTS} redirects")
    return target


def _status_error(url: str, response: httpx.Response) -> FetchError:
    status = response.status_code
    phrase = response.reason_phrase
    return FetchError(
        url,
        f"HTTP {status} {phrase}".strip(),
        status=status,
        transient=status in TRANSIENT,
        retry_after=seconds_of(response.headers.get("retry-after")),
    )


def _worth_retrying(error: BaseException) -> bool:
    return isinstance(error, FetchError) and error.transient and (error.retry_after or 0) <= PATIENCE


def _explained(url: str, error: Exception) -> FetchError:
    """The error as one of ours; a refused address is for good, a broken connection may pass."""
    if isinstance(error, httpx.ReadError):
        return FetchError(url, "the body ended early", transient=True)
    cause = reason(error)
    return FetchError(url, cause, transient="allow_networks" not in cause)


def reason(error: Exception) -> str:
    """Why a connection failed, in words for people."""
    cause: BaseException | None = error
    while cause is not None:
        # Where several addresses were tried, their errors are joined to one, and only the text tells.
        if isinstance(cause, AddressRefusedError) or (isinstance(cause, OSError) and "allow_networks" in str(cause)):
            return str(cause)
        cause = cause.__cause__ or cause.__context__
    return f"no connection: {error or type(error).__name__}"

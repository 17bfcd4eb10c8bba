"""Fetching a page: the one module that asks other servers for anything to read.

1. Each hop of a redirect is looked at: only http and https, at most ten, no address twice, unless a cookie was set
   meanwhile. Cookies are kept for one fetch only, and ``<meta http-equiv=refresh>`` leads no further than the domain.
2. The address of every connection is checked where it is made (`daemon.http.guard`).
3. The size limit holds while reading, and after decompression (`daemon.http.decoding`).
4. Transient failures are retried a little; a long Retry-After is left to the schedule.
5. ETag and Last-Modified are opaque: kept as they came, sent back as they are.
"""

from __future__ import annotations

import asyncio
import email.utils
import re
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import lru_cache, partial
from hashlib import blake2b
from html import unescape
from http.cookiejar import CookieJar
from urllib.parse import urlencode

import aiohttp
import aiohttp.connector
import httpx
import msgspec
from httpx_aiohttp import AiohttpTransport
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, stop_before_delay
from tenacity.wait import wait_base, wait_random_exponential

from daemon.config import Fetch
from daemon.http.connection import Connection, WastefulError
from daemon.http.decoding import ACCEPT_ENCODING, BadCodingError, decoder
from daemon.http.guard import FOR_PAGES, AddressRefusedError, Guard
from daemon.http.manners import ROBOTS_SIZE, Pace, Robots, Sleep, Spent
from daemon.http.resolve import Resolver
from daemon.http.room import LARGE, Room
from daemon.reading.reader import Reader
from feeds.errors import FetchError
from feeds.model import Page, Validators
from feeds.reading import urls
from feeds.reading.documents.hubs import MAX_LINK, MAX_LINKS

MAX_REDIRECTS = 10
MAX_CONNECTIONS = 256  # to sites; the limits on descriptors count with it (daemon.web.server.protocol)
ATTEMPTS = 3
MAX_FORM_REDIRECTS = 3  # a hub that moved, and its load balancer
MAX_COOKIES = 8192  # bytes of all cookies that one fetch takes
REFRESHED = 16_384  # bytes of a page in which a refresh is looked for; a story stands behind a longer head
SOON = 5  # seconds: pages that wait longer are there to be read, and read anew
MAX_VALIDATOR = 1024  # characters of an ETag or a date that are kept; servers refuse requests that are too large
MAX_EMPTY = 10_000  # pieces of a decoded body that hold nothing, besides two for each byte that came
SLACK = 65_536  # bytes that a coding may add to a body that it cannot make smaller
PATIENCE = 10.0  # seconds: a longer Retry-After is not waited for here, the source is put off
_BAD_LOCATION = (httpx.RemoteProtocolError, httpx.InvalidURL)  # httpx looks at a Location before we can
SECRET = frozenset({"authorization", "cookie", "origin", "referer"})  # headers that no other server gets to see
TRANSIENT = frozenset({429, 502, 503, 504})
ACCEPT = (
    "text/html,application/xhtml+xml,application/atom+xml,application/rss+xml,application/feed+json;q=0.9,*/*;q=0.7"
)


_MAX_AGE = re.compile(r"\bmax-age\s*=\s*\"?([0-9]{1,9})\b", re.IGNORECASE | re.ASCII)
_VARIES = re.compile(r"(?!accept-encoding\b|origin\b)[*a-z][a-z-]*", re.IGNORECASE)
_NOT_KEPT = re.compile(r"\bno-(?:cache|store)\b", re.IGNORECASE)


class _RetryAfter(wait_base):
    """As long as the server asks, else a growing random wait."""

    _otherwise = wait_random_exponential(multiplier=0.5, max=5)

    def __call__(self, retry_state: RetryCallState) -> float:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        asked = error.retry_after if isinstance(error, FetchError) else None
        return asked if asked is not None else self._otherwise(retry_state)


class Part(msgspec.Struct, frozen=True):
    """What was answered to the script of a page: any status, some headers, in lower case, and the decoded body.

    ``fresh_for``: the seconds that its server says it to stay as it is.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    fresh_for: float = 0.0


class Fetcher:
    """Fetches pages politely, within limits. One for the whole program; `close` it at the end.

    ``reader`` reads robots.txt in its workers. ``clock`` (monotonic seconds) and ``sleep`` are replaced in tests.
    """

    def __init__(
        self,
        config: Fetch,
        reader: Reader,
        *,
        connections: int = MAX_CONNECTIONS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.config = config
        self._sleep = sleep
        self._client = open_client(config, connections=connections)
        self._pace = Pace(config.host_interval, clock, sleep)
        self._robots = Robots(self._robots_txt, clock, reader.robots)
        self.room = Room()
        self.spent = Spent(clock)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def fetch(self, url: str, known: Validators | None = None, *, within: float | None = None) -> Page | None:
        """The page at ``url``; None where it is unchanged (304) since ``known``.

        What fails is asked for again, but not later than ``within`` seconds: by then the next poll is due.

        Raises `DisallowedError` where robots.txt forbids it, `FetchError` for everything else that is not a page:
        refused addresses, statuses, redirects, sizes, times, bodies that end early.
        """
        address = urls.absolute("", url)  # in the one spelling that the guard and the server see, too
        if address is None:
            raise FetchError(url, "is no web address (http or https, without a password)")
        if self.config.robots:
            await self._robots.check(address)
        with self.room.held():
            return await self._retrying(address, known, self.config.max_bytes, within=within)

    async def post_form(self, url: str, form: Mapping[str, str]) -> None:
        """Post a form, once, in UTF-8; what is answered does not matter if its status is 2xx.

        Follows 307 and 308, a few, with the form (RFC 9110 section 15.4.8). A robots.txt is not asked: it is for those
        who read. Raises `FetchError` for everything else, within the limits of `fetch`.
        """
        here = urls.absolute("", url)
        if here is None:
            raise FetchError(url, "is no web address (http or https, without a password)")
        await self._pace.wait(urls.host(here))
        self.spent.add()
        async with self._answered(url):
            for _ in range(MAX_FORM_REDIRECTS + 1):
                answer = await self._post(url, here, urlencode(form).encode())
                if answer is None:
                    return
                here = _next_hop(url, here, answer)
        raise FetchError(url, f"more than {MAX_FORM_REDIRECTS} redirects")

    async def _post(self, url: str, here: str, form: bytes) -> str | None:
        """One request: None where it was taken, else where it is to be posted instead."""
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "*/*"}
        request = self._client.build_request("POST", here, content=form, headers=headers)
        response = await self._client.send(request, stream=True, follow_redirects=False)
        try:
            if response.status_code in (307, 308) and response.has_redirect_location:
                return str(response.headers["location"])
            if not response.is_success:
                raise _status_error(url, response)
            return None
        finally:
            await response.aclose()

    @asynccontextmanager
    async def _answered(self, url: str) -> AsyncIterator[None]:
        """The time that a whole answer may take, and whatever goes wrong meanwhile as a `FetchError`."""
        try:
            async with asyncio.timeout(self.config.timeout):
                yield
        except TimeoutError:
            cause = f"no whole answer within {self.config.timeout:g} s"
            raise FetchError(url, cause, transient=True, again=False) from None
        except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, ValueError) as error:
            raise _explained(url, error) from error

    async def part(
        self, url: str, method: str, headers: Mapping[str, str], content: bytes | None, limit: int,
        allowed: Callable[[str], bool] = lambda url: True,
    ) -> Part:  # fmt: skip
        """Ask for something on behalf of a page that a browser shows, once, through a few redirects.

        With the guard and the limits of `fetch`, but without its pauses: what a page is made of, is asked for at once.
        ``allowed`` is asked of each address that a redirect leads to. Raises `FetchError` where there was no whole
        answer.
        """
        here = urls.absolute("", url)
        if here is None:
            raise FetchError(url, "is no web address (http or https, without a password)")
        self.spent.add()
        async with self._answered(url):
            for _ in range(MAX_REDIRECTS + 1):
                request = self._client.build_request(method, here, headers=dict(headers), content=content)
                response = await self._client.send(request, stream=True, follow_redirects=False)
                try:
                    if not response.has_redirect_location:
                        return await _part(response, url, min(limit, self.config.max_bytes), self.room)
                    before, here = here, _next_hop(url, here, str(response.headers["location"]))
                    if not allowed(here):
                        raise FetchError(url, f"redirect to another publisher's {here[:200]}")
                    if not urls.same_site(before, here):  # what was meant for one server only
                        headers = {name: value for name, value in headers.items() if name not in SECRET}
                        if content is not None and response.status_code not in (301, 302, 303):
                            raise FetchError(url, "redirect of a post to another server")
                    if response.status_code in (301, 302, 303):
                        method, content = "GET" if method != "HEAD" else method, None
                finally:
                    await response.aclose()
        raise FetchError(url, f"more than {MAX_REDIRECTS} redirects")

    async def about_file(self, url: str) -> tuple[int | None, str | None]:
        """The length in bytes and the media type that a server tells of a file without sending it.

        That is a HEAD request (RFC 9110 section 9.3.2), with the guard, the limits, the pace and the robots.txt of
        `fetch`; nothing is asked twice. Each is None where it is not told. Raises what `fetch` raises.
        """
        address = urls.absolute("", url)
        if address is None:
            raise FetchError(url, "is no web address (http or https, without a password)")
        if self.config.robots:
            await self._robots.check(address)
        await self._pace.wait(urls.host(address))
        asked = {"accept": "*/*", "accept-encoding": "identity"}  # of a coding the length would be another
        part = await self.part(address, "HEAD", asked, None, 0)
        if part.status != 200:
            again = part.status in TRANSIENT
            raise FetchError(url, f"HTTP {part.status} to HEAD", status=part.status, transient=again)
        told = (
            ""
            if part.headers.get("content-encoding", "identity") != "identity"
            else part.headers.get("content-length", "")
        )
        length = int(told) if told.isascii() and told.isdigit() and len(told) < 15 else 0
        return length or None, part.headers.get("content-type")

    async def _robots_txt(self, url: str) -> bytes:
        page = await self._retrying(url, None, ROBOTS_SIZE, cut=True)
        return page.body if page else b""

    async def _retrying(
        self, url: str, known: Validators | None, limit: int, cut: bool = False, within: float | None = None
    ) -> Page | None:
        enough = stop_after_attempt(ATTEMPTS)
        retrying = AsyncRetrying(
            stop=enough if within is None else enough | stop_before_delay(within),
            wait=_RetryAfter(),
            retry=retry_if_exception(_worth_retrying),
            sleep=self._sleep,
            reraise=True,
        )
        return await retrying(self._once, url, known, limit, cut)

    async def _once(self, url: str, known: Validators | None, limit: int, cut: bool) -> Page | None:
        """One attempt, through all redirects. Waits for a turn do not count towards the time limit of the whole."""
        loop, left = asyncio.get_running_loop(), self.config.timeout
        here, seen, cookies = url, {(url, "")}, httpx.Cookies()
        while True:
            await self._pace.wait(urls.host(here))
            started = loop.time()
            try:
                async with asyncio.timeout(left):
                    answer = await self._ask(url, here, known, limit, cut, cookies)
            except TimeoutError:
                cause = f"no whole answer within {self.config.timeout:g} s"
                raise FetchError(url, cause, transient=True, again=False) from None
            except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, ValueError) as error:
                raise _explained(url, error) from error
            if not isinstance(answer, str):
                return answer
            left -= loop.time() - started
            here = _next_hop(url, here, answer)
            visit = (here, _told(cookies))
            if visit in seen:
                raise FetchError(url, f"redirect loop at {here}")
            if len(seen) > MAX_REDIRECTS:
                raise FetchError(url, f"more than {MAX_REDIRECTS} redirects")
            seen.add(visit)
            if self.config.robots and not cut:  # a robots.txt itself may lead anywhere
                await self._robots.check(here)

    async def _ask(
        self, url: str, here: str, known: Validators | None, limit: int, cut: bool, cookies: httpx.Cookies
    ) -> Page | str | None:
        """One request: the page, where a redirect or a refresh leads, or None for 304."""
        self.spent.add()
        request = self._client.build_request("GET", here, headers=_conditions(known))
        cookies.set_cookie_header(request)
        response = await self._client.send(request, stream=True, follow_redirects=False)
        try:
            if response.status_code == 304 and known is not None:
                return None
            if response.has_redirect_location:
                _take_cookies(response, cookies)
                return str(response.headers["location"])
            if response.status_code != 200:
                raise _status_error(url, response)
            page = await _page(response, here, limit, cut, self.room)
            target = None if cut else _refresh(page)
            if target is not None:
                _take_cookies(response, cookies)
            return target or page
        finally:
            await response.aclose()


class _Answer(aiohttp.ClientResponse):
    """An answer whose reason phrase is plain text: servers put anything there, and people get to see it."""

    async def start(self, connection: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        await super().start(connection)
        reason = (self.reason or "").encode("ascii", "replace").decode()
        self.reason = "".join(filter(str.isprintable, reason))[:80]
        return self


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """The certificates that are trusted, read once: that takes longer than a request."""
    return httpx.create_ssl_context()


def open_client(config: Fetch, *, connections: int = MAX_CONNECTIONS, listed: str = FOR_PAGES) -> httpx.AsyncClient:
    """An HTTP client whose every connection passes the guard; no cookies of its own, no proxies from the environment.

    ``listed`` is where the networks stand that are allowed, for messages.
    """

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=connections,
            ttl_dns_cache=60,
            resolver=Resolver(),
            keepalive_timeout=30,
            socket_factory=Guard(config.allow_networks, listed).open_socket,
            ssl=_tls(),
        )
        connector._factory = partial(Connection, loop=asyncio.get_running_loop())  # type: ignore[assignment]
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), response_class=_Answer)

    return httpx.AsyncClient(
        transport=AiohttpTransport(client=session, verify=_tls()),
        headers={"user-agent": config.user_agent, "accept": ACCEPT, "accept-encoding": ACCEPT_ENCODING},
        cookies=_Forgetful(),
        timeout=httpx.Timeout(config.timeout * 0.75, connect=config.timeout / 2),
        trust_env=False,
    )


class _Forgetful(CookieJar):
    """A jar that takes nothing: what is taken is taken by `_take_cookies`, within limits."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Not even look at the answer: reading its cookies may take seconds."""


def fresh_for(control: str, age: str) -> float:
    """Seconds that an answer stays fresh (RFC 9111 section 4.2): of max-age what Age leaves; 0 where it is not said."""
    found = _MAX_AGE.search(control[:500])
    if found is None or _NOT_KEPT.search(control[:500]):
        return 0.0
    passed = float(age[:9]) if age[:9].isascii() and age[:9].isdigit() else 0.0
    return max(0.0, float(found[1]) - passed)


def seconds_of(retry_after: str | None) -> float | None:
    """Retry-After in seconds from now (RFC 9110 section 10.2.3: a number or a date); None where it says neither."""
    if not retry_after:
        return None
    seconds = retry_after.strip()
    if seconds.isascii() and seconds.isdigit():
        return float(seconds[:9])
    try:
        moment = email.utils.parsedate_to_datetime(retry_after)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def body_hash(body: bytes) -> str:
    """What recognises the same bytes again."""
    return blake2b(body, digest_size=16).hexdigest()


async def _page(response: httpx.Response, url: str, limit: int, cut: bool, room: Room) -> Page:
    body = await _body(response, url, limit, cut, room)
    return Page(
        url=url,
        body=body,
        content_type=response.headers.get("content-type", "")[:200],
        fresh_for=fresh_for(response.headers.get("cache-control", ""), response.headers.get("age", "")),
        validators=Validators(
            etag=_validator(response, b"etag"),
            last_modified=_validator(response, b"last-modified"),
            body_hash=body_hash(body),
        ),
        links=tuple(link[:MAX_LINK] for link in response.headers.get_list("link")[:MAX_LINKS]),
    )


async def _part(response: httpx.Response, url: str, limit: int, room: Room) -> Part:
    body = await _body(response, url, limit, cut=False, room=room)
    headers = {name.lower()[:100]: value[:MAX_COOKIES] for name, value in response.headers.multi_items()[:100]}
    fresh = fresh_for(headers.get("cache-control", ""), headers.get("age", ""))
    if (
        "set-cookie" in headers
        or "private" in headers.get("cache-control", "")
        or _VARIES.search(headers.get("vary", ""))
    ):
        fresh = 0.0  # it is for one who asked only
    return Part(response.status_code, headers, body, fresh)


async def _body(response: httpx.Response, url: str, limit: int, cut: bool, room: Room) -> bytes:
    """The decoded body. One that is larger than ``limit``, decoded or as it came, is an error, or ``cut`` there."""
    body, came, empty = bytearray(), 0, 0
    try:
        undo = decoder(response.headers.get("content-encoding", ""))
        async for chunk in response.aiter_raw():
            came += len(chunk)
            for piece in undo.feed(chunk):
                body += piece
                empty += not piece
                if empty > MAX_EMPTY + 2 * came:  # codings on top of each other, one of them full of nothing
                    raise BadCodingError("nothing but frames without content")
                if len(body) > LARGE:
                    await room.take(urls.host(url))
                if len(body) > limit or came > limit + SLACK:
                    if cut:
                        return bytes(body[:limit])
                    raise FetchError(url, f"larger than {limit:,} bytes ([fetch] max_bytes)")
                await asyncio.sleep(0)  # a bomb keeps the decoder busy; others have their turn, and time is kept
        undo.end()
    except BadCodingError as error:
        raise FetchError(url, f"bad body: {error}", transient=True) from error
    else:
        return bytes(body)
    finally:
        body.clear()  # whoever keeps the error keeps the frames it went through, and what they held


def _validator(response: httpx.Response, name: bytes) -> str | None:
    """The header as it came; None where it could not be sent back as it is."""
    value = next((value for key, value in response.headers.raw if key.lower() == name), b"")
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return None
    return text if text and text.isprintable() and len(text) <= MAX_VALIDATOR else None


def _conditions(known: Validators | None) -> dict[bytes, bytes]:
    if known is None:
        return {}
    conditions = {b"if-none-match": known.etag, b"if-modified-since": known.last_modified}
    return {name: value.encode() for name, value in conditions.items() if value and value.isprintable()}


_NOT_SHOWN = re.compile(rb"<!--.*?(?:-->|\Z)|<(noscript|script|style)\b.*?(?:</\1|\Z)", re.I | re.S)
_META = re.compile(rb"<meta\b([^<>]{0,3000})>", re.I)
_IS_REFRESH = re.compile(rb"http-equiv\s*+=\s*+[\"']?\s*+refresh", re.I)
_CONTENT = re.compile(rb"content\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)')", re.I)
_WHERE = re.compile(r"\s*(\d{1,3})(?:\.\d*)?\s*[;,]\s*+(?:url\s*+=\s*+)?[\"']?([^\"']+)", re.I)  # HTML, section 4.2.5.3


def _refresh(page: Page) -> str | None:
    """Where a page leads that only leads on, within its domain; None where it is to be read.

    What stands in ``<noscript>`` is not followed: it leads to pages that ask for a script.
    """
    if b"refresh" not in page.body[:REFRESHED].lower():
        return None
    for meta in _META.finditer(_NOT_SHOWN.sub(b"", page.body[:REFRESHED])):
        content = _CONTENT.search(meta[1]) if _IS_REFRESH.search(meta[1]) else None
        told = _WHERE.match(unescape((content[1] or content[2] or b"").decode("utf-8", "replace"))) if content else None
        if told is None or int(told[1]) > SOON:
            continue
        target = urls.absolute(page.url, told[2].strip())
        if target is not None and urls.same_domain(target, page.url):
            return target
    return None


def _take_cookies(response: httpx.Response, cookies: httpx.Cookies) -> None:
    """Keep what the answer sets, as long as it is of a size that a server would take back."""
    size = sum(len(value) for name, value in response.headers.multi_items() if name == "set-cookie")
    response.headers.pop("set-cookie2", None)  # nobody sends it (RFC 6265, section 9.4); reading it may take seconds
    if size + sum(len(cookie.value or "") for cookie in cookies.jar) <= MAX_COOKIES:
        cookies.extract_cookies(response)


def _told(cookies: httpx.Cookies) -> str:
    """All cookies, as one text that tells whether they changed."""
    return "; ".join(sorted(f"{cookie.domain} {cookie.name}={cookie.value}" for cookie in cookies.jar))


def _next_hop(asked: str, here: str, location: str) -> str:
    target = urls.absolute(here, location)
    if target is None:
        raise FetchError(asked, f"redirect to something that is no web address: {location[:100]!r}")
    return target.split("#", 1)[0]


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
    at_once = isinstance(error, FetchError) and error.transient and error.again
    return at_once and (error.retry_after or 0) <= PATIENCE  # type: ignore[attr-defined]


def _explained(url: str, error: Exception) -> FetchError:
    """The error as one of ours; a refused address is for good, a broken connection may pass."""
    transient = _refused(error) is None and not isinstance(error, _BAD_LOCATION)
    again = not isinstance(error.__cause__, WastefulError) and "interim answers" not in str(error)
    return FetchError(url, reason(error), transient=transient, again=again)


def reason(error: Exception) -> str:
    """Why a request failed, in words for people."""
    if refused := _refused(error):
        return str(refused)
    if isinstance(error, _BAD_LOCATION):
        return f"redirect to something that is no web address ({str(error)[:100]})"
    # httpx-aiohttp calls every failed connection a timeout; what it was is the error underneath.
    inner = error.__cause__ if isinstance(error, httpx.TransportError) and error.__cause__ else error
    if isinstance(inner, (TimeoutError, httpx.TimeoutException)):
        return "the server does not answer"
    if isinstance(inner, WastefulError):
        return f"the server sends {inner}"
    if isinstance(inner, aiohttp.ClientPayloadError):
        return "the body ended early"
    if isinstance(inner, aiohttp.ClientResponseError):
        return f"the answer is no HTTP: {inner.message.splitlines()[0][:200].rstrip(':')}"
    if isinstance(inner, aiohttp.ServerDisconnectedError):
        return "the server closed the connection without an answer"
    if isinstance(inner, aiohttp.ClientConnectorError):
        return f"no connection to {inner.host}:{inner.port} ({inner.os_error.strerror or inner.os_error})"
    return f"no connection: {inner or type(inner).__name__}"


def _refused(error: BaseException) -> OSError | None:
    """The guard's refusal among the causes of an error."""
    cause: BaseException | None = error
    while cause is not None:
        # Where several addresses were tried, their errors are joined to one, and only the text tells.
        if isinstance(cause, AddressRefusedError) or (isinstance(cause, OSError) and "allow_networks" in str(cause)):
            return cause
        cause = cause.__cause__ or cause.__context__
    return None

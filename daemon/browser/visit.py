"""One page in the browser: what it asks for, when it is done, and what it then is."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from daemon.browser.page_scripts import CLICK_MORE, LOOK, SCROLL, WATCH
from daemon.http.fetch import Part, body_hash
from feeds.deciding.rendering import KINDS, is_own, refusal
from feeds.errors import BrowserError, FetchError
from feeds.languages import LANGUAGES
from feeds.model import Page
from feeds.reading import urls

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Request, Route, WebSocketRoute
    from playwright.async_api import Page as Tab

LOOKED_EVERY = 0.05  # seconds between two looks at a page that is not done
QUIET = 300.0  # milliseconds without a new element, after which a page with stories is done
EMPTY = 1500.0  # the same for a page without: a script may wait for a timer of a second
STILL = 2.0  # seconds with as many links and words as before: of pages whose clocks and tickers never rest
LINKS, LETTERS = 3, 400  # as many headlines, or letters of paragraphs, are stories
MAX_REQUESTS = 150  # of one page; the largest front pages have a hundred scripts
MAX_HOPS = 3  # documents that scripts lead to, one after the other
MAX_DATA = 8  # answers that are remembered, to see without a browser whether the page changed
MAX_TOLD = 30  # refused addresses that are told of one page
AT_ONCE = 6  # requests at a time, as browsers have to one host
HEADERS = (
    "accept",
    "accept-language",
    "content-type",
    "authorization",
    "cookie",
    "origin",
    "referer",
    "x-requested-with",
)
KEPT = ("content-type", "set-cookie", "location", "link")
ANSWERED_SIZE = 50_000_000  # bytes of a document that is taken from the browser, at most

Ask = Callable[..., Awaitable[Part]]
GetPage = Callable[[str], Awaitable[Page | None]]


class Rendered(msgspec.Struct, frozen=True):
    """What a browser made of a page: its HTML, the address that it has in the end, and what it was made of.

    ``data`` are hashes by address. ``refused`` counts the requests that were not made, by their reasons;
    ``examples`` are some.
    """

    html: str
    url: str
    data: dict[str, str]
    refused: dict[str, int]
    examples: tuple[str, ...]


class Visit:
    """One page in a context of its own, until it is closed.

    ``ask`` makes a request of a page, ``document`` that for a page that scripts lead to. ``others``: servers of other
    publishers may be asked, too. ``room`` are the bytes of all answers together.
    """

    def __init__(self, page: Page, ask: Ask, document: GetPage, *, others: bool, room: int) -> None:
        self._page, self._ask, self._document, self._others, self._room = page, ask, document, others, room
        self._pending = self._asked = self._hops = 0
        self._refused: Counter[str] = Counter()
        self._examples: list[str] = []
        self._data: dict[str, str] = {}
        self._scripts: dict[str, str] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._tab: Tab | None = None
        self._crashed = asyncio.Event()
        self._answering: set[asyncio.Task[Any]] = set()

    async def render(self, context: BrowserContext, more: int) -> Rendered:
        """Show the page, wait until it is done, have ``more`` of its list loaded, and take what it is then.

        Raises `BrowserError` where it crashed. How long it may take, is the caller's business.
        """
        await context.add_init_script(WATCH)
        await context.route("**/*", self._answer)
        await context.route_web_socket("**/*", self._no_socket)
        tab = self._tab = await context.new_page()
        tab.on("crash", lambda _: self._crashed.set())
        context.on("page", lambda other: asyncio.ensure_future(_close(other)))
        working = asyncio.create_task(self._work(tab, more))
        crashed = asyncio.create_task(self._crashed.wait())
        try:
            await asyncio.wait((working, crashed), return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise BrowserError(
                    self._page.url, "its scripts took the memory of a whole page, or crashed the browser"
                )
            html = working.result()
        finally:
            tasks = working, crashed, *self._answering
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return Rendered(
            html,
            self._here(tab.url),
            self._data or self._scripts,
            dict(self._refused),
            tuple(self._examples),
        )

    def _here(self, url: str) -> str:
        """The address that the page has in the end: its scripts may have led elsewhere on its site."""
        led = urls.absolute("", url)
        return led.partition("#")[0] if led is not None and urls.same_domain(led, self._page.url) else self._page.url

    async def _work(self, tab: Tab, more: int) -> str:
        await tab.goto(self._page.url, wait_until="commit", timeout=0)
        await self._settled(tab)
        for _ in range(more):
            if not await self._loaded_more(tab):
                break
        if await tab.evaluate("document.documentElement.outerHTML.length") > ANSWERED_SIZE:
            raise BrowserError(self._page.url, "its scripts made a page that is too large")
        return await tab.content()

    # -- waiting

    async def _settled(self, tab: Tab) -> tuple[int, int]:
        """Wait until stories are there, and the page has stopped changing; how many links and letters it has."""
        loop = asyncio.get_running_loop()
        before, since = (-1, -1), loop.time()
        while True:
            with suppress_navigation():
                idle, links, letters = await tab.evaluate(LOOK)
                if (links, letters) != before:
                    before, since = (links, letters), loop.time()
                there = links >= LINKS or letters >= LETTERS
                if self._pending == 0 and idle >= (QUIET if there else EMPTY):
                    return before
                if there and loop.time() - since >= STILL:
                    return before
            await asyncio.sleep(LOOKED_EVERY)

    async def _loaded_more(self, tab: Tab) -> bool:
        """Have the list go on, by its end coming into sight, or by the button that says so; whether it did."""
        before = await self._settled(tab)
        await tab.evaluate(SCROLL)
        await asyncio.sleep(LOOKED_EVERY)
        if await self._settled(tab) > before:
            return True
        if not await tab.evaluate(CLICK_MORE, _MORE_WORDS):
            return False
        await asyncio.sleep(LOOKED_EVERY)
        return await self._settled(tab) > before

    # -- what it asks for

    async def _answer(self, route: Route) -> None:
        """Answer one of the page's requests, or refuse it."""
        request, task = route.request, asyncio.current_task()
        if task is not None:
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
        try:
            if request.is_navigation_request():
                await self._show(route, request)
                return
            kind = KINDS.get(request.resource_type, "none")
            if kind == "style":
                await route.fulfill(status=200, content_type="text/css", body="")
                return
            why = refusal(kind, request.url, self._page.url, request.method, others=self._others)
            if why is None and (self._asked >= MAX_REQUESTS or self._room <= 0):
                why = "too much"
            if why is not None:
                await self._refuse(route, why)
                return
            await self._pass_on(route, request, is_data=kind == "data")
        except FetchError as error:
            if KINDS.get(request.resource_type) == "data":
                self._data[""] = ""
            await self._refuse(route, "no answer" if error.transient or error.status else "refused", str(error))
        except Exception as error:  # noqa: BLE001  # the page was closed meanwhile: nobody waits for an answer
            if "closed" not in str(error):
                await self._refuse(route, "no answer", f"{request.url}: {error}")

    async def _show(self, route: Route, request: Request) -> None:
        """The document itself, and those that its scripts lead to; no other window, and no frame."""
        if self._tab is None or request.frame != self._tab.main_frame:
            await self._refuse(route, "frame or window")
        elif self._hops == 0 and urls.same_site(request.url, self._page.url):
            self._hops += 1
            await _fulfil_document(route, self._page)
        elif self._hops > MAX_HOPS or request.method != "GET" or not is_own(request.url, self._page.url):
            await self._refuse(route, "leads elsewhere")
        else:
            self._hops += 1
            page = await self._document(request.url)
            await (_fulfil_document(route, page) if page is not None else self._refuse(route, "no answer"))

    async def _pass_on(self, route: Route, request: Request, *, is_data: bool) -> None:
        self._asked += 1
        self._pending += 1
        try:
            async with self._turns:
                sent = {name: value for name, value in request.headers.items() if name in HEADERS}
                part = await self._ask(
                    request.url, request.method, sent, request.post_data_buffer, self._room, self._may_ask, not is_data
                )
            self._room -= len(part.body)
            if part.status == 200:
                self._remember(self._data if is_data else self._scripts, request, part)
            elif is_data:
                self._data[""] = ""  # it may be there the next time
            await route.fulfill(status=part.status, headers=_headers(part, request), body=part.body)
        finally:
            self._pending -= 1

    def _may_ask(self, url: str) -> bool:
        """Whether a redirect may lead there."""
        return self._others or is_own(url, self._page.url)

    @staticmethod
    def _remember(known: dict[str, str], request: Request, part: Part) -> None:
        """Keep the hash of what the page was made of: its data; where it asked for none, its scripts."""
        told = body_hash(part.body)
        if request.method == "GET" and len(known) < MAX_DATA and len(request.url) <= urls.MAX_URL:
            known[request.url] = told
        else:  # cannot be asked for again, or is one too many
            known[""] = body_hash((known.get("", "") + told).encode())

    async def _refuse(self, route: Route, why: str, what: str = "") -> None:
        self.refused(why, what or f"{route.request.method} {route.request.url}")
        with suppress(Exception):  # it was closed meanwhile
            await route.abort("blockedbyclient")

    def refused(self, why: str, what: str) -> None:
        """Write down a request that was not made."""
        self._refused[why] += 1
        if len(self._examples) < MAX_TOLD and why != "not needed":
            self._examples.append(f"{why}: {what[:300]}")

    async def _no_socket(self, socket: WebSocketRoute) -> None:
        self.refused("socket", socket.url)
        await socket.close()


class suppress_navigation(suppress):  # noqa: N801  # it is used as `suppress` is
    """Goes on where a page was replaced by another one while it was looked at."""

    def __init__(self) -> None:
        super().__init__(Exception)

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        return error is not None and any(word in str(error) for word in ("navigation", "context was destroyed"))


async def _close(tab: Tab) -> None:
    """Close a window that a page opened."""
    if await tab.opener() is not None:
        with suppress(Exception):
            await tab.close()


async def _fulfil_document(route: Route, page: Page) -> None:
    await route.fulfill(status=200, body=page.body, content_type=page.content_type or "text/html; charset=utf-8")


def _headers(part: Part, request: Request) -> dict[str, str]:
    """What of an answer the page gets to see. Other servers' data are for it, whatever they say: it has no secrets."""
    headers = {name: value for name, value in part.headers.items() if name in KEPT}
    headers["access-control-allow-origin"] = request.headers.get("origin", "*")
    headers["access-control-allow-credentials"] = "true"
    headers["access-control-allow-headers"] = request.headers.get("access-control-request-headers", "*")
    return headers


_MORE_WORDS = sorted({word for language in LANGUAGES.values() for word in language.labels.older})

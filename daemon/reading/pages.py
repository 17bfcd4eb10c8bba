"""Pages as their sites send them; and where that is nothing but scripts, as a browser makes them.

A browser costs a hundred times what reading a page does. So a page is shown in one only where its source says so, or
where it has scripts, next to no words, and no story; and later on only when what it was made of has changed: the
document itself, or the data that its scripts asked for.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import msgspec

from daemon import config
from daemon.browser.browser import GET_PLAYWRIGHT, Browser
from daemon.http.fetch import Fetcher, body_hash
from daemon.reading.reader import Reader
from feeds.deciding.rendering import MAX_LOOKED_AT, is_built_by_scripts
from feeds.errors import BrowserError, BrowserMissingError, FetchError, NotAnArticleError, NoTeasersError
from feeds.model import Page, Source, Validators
from feeds.reading.page.charset import decode

WAIT = 24 * 3600.0  # seconds after which what a browser did not help with is shown to it again
FAILED_WAIT = 300.0  # seconds, twice as long each time, after which a page that the browser failed at is tried again
ANEW = 6 * 3600.0  # seconds after which a list is shown again though its data are as before: scripts hold data, too
_ANEW = "anew"  # among the parts of a page: that it was
TRIES = 3  # pages of stories that it did not help with, after which the source's others are not tried
MAX_KNOWN = 5000  # sources of which is known how a browser fares with them
MAX_DATA = 8_000_000  # bytes of what a page's scripts asked for
NEEDED = (
    'is built by scripts, and no browser is configured to run them: set [browser] command = "chromium", '
    f"and get what it needs with: sudo apt-get install chromium; {GET_PLAYWRIGHT}"
)


T = TypeVar("T")
_NOTHING = (NotAnArticleError, NoTeasersError)  # what readers say of pages without a story


class _Fares:
    """How a browser fares with the lists or the stories of one source."""

    def __init__(self) -> None:
        self.failed, self.until, self.others = 0, 0.0, False
        self.fault: str | None = None  # of the browser, the last time
        self.shown: dict[str, float] = {}  # when each of its lists was last shown


class Pages:
    """Fetches pages. ``browser`` is None where none is configured."""

    def __init__(self, fetcher: Fetcher, browser: Browser | None = None) -> None:
        self.fetcher, self.browser = fetcher, browser
        self._known: OrderedDict[tuple[str, bool], _Fares] = OrderedDict()

    async def fetch(
        self, source: Source, url: str, known: Validators | None = None, *, within: float | None = None
    ) -> Page | None:
        """The page at ``url``, as `Fetcher.fetch`; None where it is unchanged since ``known``.

        One that a browser made, is made anew where what it was made of has changed. Raises `ReadError`.
        """
        rendered = known is not None and known.parts is not None
        always = source.render == "always" and self.browser is not None
        if not rendered and not always:
            return await self.fetcher.fetch(url, known, within=within)
        if self.browser is None or source.render == "no":
            return await self.fetcher.fetch(url, within=within)
        page = await self.fetcher.fetch(url, known if rendered else None, within=within)
        same = page is None or (known is not None and page.validators.body_hash == known.body_hash)
        fares = self._fares(source, story=url not in source.urls)
        old = url in source.urls and time.monotonic() - fares.shown.get(url, -math.inf) > ANEW
        if same and not old and known is not None and known.parts is not None and await self._is_same(known.parts):
            return None
        if page is None:
            page = await self.fetcher.fetch(url, within=within)
            assert page is not None, "nothing was known of it"
        if url in source.urls:
            fares.shown[url] = time.monotonic()
        return await self._rendered(page, others=fares.others, anew=old)

    async def read(
        self, page: Page, source: Source, read: Callable[[Page], Awaitable[T]], *, story: bool = False
    ) -> tuple[Page, T]:
        """What ``read`` finds in a page; where that is nothing, and scripts may bring more, in what a browser makes.

        Returns the page in which it was found as well. Raises what ``read`` raises; `BrowserError`, which says what
        kept a browser from it; `BrowserMissingError` where one would be needed.
        """
        fares = self._fares(source, story=story)
        try:
            return page, await read(page)
        except _NOTHING:
            made = await self._built(page, source, fares, story=story)
            if made is None:
                raise
        while True:
            try:
                found = await read(made)
            except _NOTHING:
                if fares.others:
                    fares.failed += 1
                    if fares.failed >= (TRIES if story else 1):
                        fares.until, fares.others, fares.fault = time.monotonic() + WAIT, False, None
                    raise
                fares.others = True
                made = await self._rendered(page, others=True)
            else:
                fares.failed, fares.fault = 0, None
                if not story:
                    fares.shown[page.url] = time.monotonic()
                return made, found

    async def _built(self, page: Page, source: Source, fares: _Fares, *, story: bool) -> Page | None:
        """What a browser makes of a page that has no story; None where none would help."""
        made_already = page.validators.parts is not None
        if source.render == "no" or (made_already and fares.others) or not (made_already or _is_empty(page)):
            return None
        if self.browser is None:
            raise BrowserMissingError(page.url, NEEDED)
        if fares.until > time.monotonic():
            if fares.fault is not None:
                raise BrowserError(page.url, fares.fault)
            return None
        try:
            if made_already:  # with its own publisher's scripts only
                bare = await self.fetcher.fetch(page.url)
                assert bare is not None, "nothing was known of it"
                fares.others = True
                return await self._rendered(bare, others=True)
            return await self._rendered(page, others=fares.others)
        except BrowserMissingError as error:
            raise BrowserMissingError(page.url, error.cause) from None
        except BrowserError as error:
            fares.failed += 1
            fares.until, fares.fault = (
                time.monotonic() + min(FAILED_WAIT * 2 ** min(fares.failed, 8), WAIT),
                error.cause,
            )
            raise

    async def more(self, page: Page, source: Source, times: int) -> Page | None:
        """A page that a browser made, with more of its list loaded; None for others. Raises `ReadError`."""
        if page.validators.parts is None or self.browser is None:
            return None
        bare = await self.fetcher.fetch(page.url)
        assert bare is not None, "nothing was known of it"
        return await self._rendered(bare, others=self._fares(source, story=False).others, more=times)

    async def _rendered(self, page: Page, *, others: bool, more: int = 0, anew: bool = False) -> Page:
        """The page as a browser makes it. ``anew``: it counts as changed, whatever it was made of."""
        assert self.browser is not None
        if not _is_html(page):
            return page
        found = await self.browser.render(page, others=others, more=more)
        parts = found.data | ({_ANEW: f"{time.monotonic():.0f}"} if anew else {})
        return msgspec.structs.replace(
            page,
            url=found.url,
            body=found.html.encode("utf-8", "replace"),
            content_type="text/html; charset=utf-8",
            validators=msgspec.structs.replace(page.validators, parts=parts),
        )

    async def _is_same(self, parts: dict[str, str]) -> bool:
        """Whether all data that a page was made of are as they were."""
        if "" in parts:
            return False

        async def is_same(url: str, before: str) -> bool:
            try:
                part = await self.fetcher.part(url, "GET", {"accept": "application/json, */*"}, None, MAX_DATA)
            except FetchError:
                return False
            return part.status == 200 and body_hash(part.body) == before

        return all(await asyncio.gather(*(is_same(url, before) for url, before in parts.items() if url != _ANEW)))

    def _fares(self, source: Source, *, story: bool) -> _Fares:
        key = (source.id, story)
        found = self._known.setdefault(key, _Fares())
        self._known.move_to_end(key)
        while len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)
        return found


@asynccontextmanager
async def open_pages(fetch: config.Fetch, browser: config.Browser, reader: Reader) -> AsyncIterator[Pages]:
    """Pages as the configuration has them fetched and shown; everything is closed at the end."""
    fetcher = Fetcher(fetch, reader)
    shown = Browser(browser, fetcher) if browser.configured else None
    try:
        yield Pages(fetcher, shown)
    finally:
        if shown is not None:
            await shown.close()
        await fetcher.close()


def _is_empty(page: Page) -> bool:
    """Whether it is a page that scripts build."""
    return is_built_by_scripts(decode(page.body[:MAX_LOOKED_AT], page.content_type))


def _is_html(page: Page) -> bool:
    """Whether it is a page at all: a browser shows feeds as well, and makes something else of them."""
    start = page.body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<?xml", b"<rss", b"<feed", b"{", b"[")):
        return b"<html" in start
    return "html" in page.content_type.lower() or start.startswith((b"<!doctype html", b"<html"))

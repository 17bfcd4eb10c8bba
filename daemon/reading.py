"""Reading pages where it can be stopped: in worker processes, each call within a time limit.

Lexbor needs seconds for a page that is built to need them (40,000 nested elements). A worker that takes too long is
ended and replaced; it costs that one page. Pages are limited in size before they come here.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as TooLate
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from datetime import datetime
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from daemon import logs
from feeds.errors import NoTeasersError, ReadError
from feeds.model import Article, Page, Teaser
from feeds.reading import charset
from feeds.reading.sites.profiles import Profile, profile_of
from feeds.reading.version import reading_of

T = TypeVar("T")
Kind = Literal["feed", "sitemap", "listing"]

WORKERS = 2
TIME_LIMIT = 5.0  # seconds a page may take; ordinary ones take hundredths
MEMORY_LIMIT = 1024**3  # bytes of address space
TASKS = 2000  # pages after which a worker is replaced, so that nothing it leaks adds up

_profiles: tuple[Profile, ...] = ()  # of a worker, for its whole life


class Reader:
    """Reads pages in worker processes. One for the whole program; `close` it at the end.

    The workers get the site profiles when they start; ``site`` of a call is the one that its source asks for.
    ``version`` names how pages are read: another version, or another profile, has another.
    """

    def __init__(
        self, workers: int = WORKERS, time_limit: float = TIME_LIMIT, profiles: Sequence[Profile] = ()
    ) -> None:
        self.time_limit = time_limit
        self.version = reading_of(profiles)
        self._profiles = tuple(profiles)
        self._workers = workers
        self._closed = False
        self._under_way: set[ProcessFuture[Any]] = set()
        self._pool = self._open()

    def _open(self) -> ProcessPool:
        pool = ProcessPool(
            max_workers=self._workers,
            max_tasks=TASKS,
            initializer=_prepare,
            initargs=[self._profiles],
            context=multiprocessing.get_context("spawn"),
        )
        pool.schedule(len, args=[""])  # starts the workers now, while the program still finds its feet
        return pool

    def close(self) -> None:
        """End the workers, whatever they do."""
        self._closed = True
        for future in list(self._under_way):  # the pool does not tell of all it gives up
            future.cancel()  # type: ignore[no-untyped-call]
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    async def teasers(self, page: Page, kind: str, timezone: str | None, now: datetime, site: str = "") -> list[Teaser]:
        """The stories that a list, feed or sitemap announces. Raises `ReadError`, and `NoTeasersError` for no story."""
        return await self._run(NoTeasersError, page.url, read_teasers, page, kind, timezone, now, site)

    async def kind(self, page: Page) -> Kind:
        """What the document is, and so how it would be watched."""
        return await self._run(ReadError, page.url, kind_of, page)

    async def named_feeds(self, page: Page) -> list[str]:
        """The feeds of its site that a page names."""
        return await self._run(ReadError, page.url, read_named_feeds, page)

    async def profile(self, page: Page, site: str = "") -> str | None:
        """The name of the site profile that a page is read by; None where it is read without one."""
        return await self._run(ReadError, page.url, profile_used, page, site)

    async def article(self, page: Page, timezone: str | None, now: datetime, site: str = "") -> Article:
        """The article of a page. Raises `ReadError`."""
        return await self._run(ReadError, page.url, read_article, page, timezone, now, site)

    async def _run(self, error: type[ReadError], url: str, function: Callable[..., T], *args: Any) -> T:
        if not self._pool.active and not self._closed:  # a worker was killed in the middle of its answer
            self._pool = self._open()
        future = self._pool.schedule(function, args=list(args), timeout=self.time_limit)
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        try:
            # A worker that dies at the wrong moment can leave its call without an answer for ever.
            async with asyncio.timeout(self.time_limit * (2 + len(self._under_way))):
                return await asyncio.wrap_future(future)
        except TooLate:
            raise error(url, f"reading it took more than {self.time_limit:g} s") from None
        except ProcessExpired as gone:
            raise error(url, f"reading it ended the worker (exit status {gone.exitcode})") from gone
        except BrokenProcessPool as broken:
            raise error(url, "the processes that read pages broke down") from broken
        except MemoryError:
            raise error(url, "reading it took too much memory") from None
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as bug:
            # A mistake of ours that this page brings out: it costs the page, and not all the others of its source.
            logs.get().error("reader failed", url=url, error=repr(bug), exc_info=bug)
            raise error(url, f"reading it failed ({bug!r})"[:300]) from bug


def read_named_feeds(page: Page) -> list[str]:
    """What a worker does to find a site's feeds."""
    from feeds.reading.discover import named_feeds
    from feeds.reading.dom import parse

    return named_feeds(parse(charset.decode(page.body, page.content_type)), page.url)


def kind_of(page: Page) -> Kind:
    """By what the document is, not by what its server calls it."""
    from feeds.reading.feed import looks_like_feed
    from feeds.reading.sitemap import looks_like_sitemap

    text = charset.decode(page.body, page.content_type)
    if looks_like_feed(text):
        return "feed"
    return "sitemap" if looks_like_sitemap(text) else "listing"


def read_teasers(page: Page, kind: str, timezone: str | None, now: datetime, site: str = "") -> list[Teaser]:
    """What a worker does with a list; ``timezone`` None: as the page itself tells."""
    from feeds.listing import find_teasers
    from feeds.reading.feed import read_feed
    from feeds.reading.sitemap import read_sitemap

    text = charset.decode(page.body, page.content_type)
    zone = ZoneInfo(timezone) if timezone else None
    if kind == "auto":
        kind = kind_of(page)
    if kind == "feed":
        return read_feed(text, page.url, timezone=zone or ZoneInfo("UTC"))
    if kind == "sitemap":
        return read_sitemap(text, page.url, timezone=zone or ZoneInfo("UTC"))
    require_html(page, text)
    teasers = find_teasers(text, page.url, timezone=zone, now=now, profiles=_profiles, site=site)
    if not teasers:
        raise NoTeasersError(page.url, "lists no stories")
    return teasers


def read_article(page: Page, timezone: str | None, now: datetime, site: str = "") -> Article:
    """What a worker does with an article."""
    from feeds.article import extract_article

    text = charset.decode(page.body, page.content_type)
    require_html(page, text)
    zone = ZoneInfo(timezone) if timezone else None
    return extract_article(text, page.url, timezone=zone, now=now, profiles=_profiles, site=site)


def profile_used(page: Page, site: str) -> str | None:
    """What a worker says of the profile of a page."""
    return profile_of(charset.decode(page.body, page.content_type), page.url, _profiles, site)


def require_html(page: Page, text: str) -> None:
    """Raises `ReadError` for a picture, a PDF, JSON and the like: what Lexbor makes of them is no page."""
    kind = page.content_type.partition(";")[0].strip().lower()
    if "<" not in text[:4096] or (kind and not any(k in kind for k in ("html", "xml", "text/plain", "octet-stream"))):
        raise ReadError(page.url, f"is no HTML page ({kind or 'no content type'})")


def _prepare(profiles: tuple[Profile, ...]) -> None:
    """In a new worker: profiles, limits, and no part in the terminal's signals (the daemon ends its workers itself)."""
    global _profiles
    _profiles = profiles
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # Pebble's handler would run only when the parser is done; it waits three seconds for it, with all other pages.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with suppress(OSError, ValueError):  # a service may be forbidden to; it has limits of its own then
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, hard))
    # The first call should not pay for these.
    import feeds.article
    import feeds.listing
    import feeds.reading.feed
    import feeds.reading.sitemap  # noqa: F401

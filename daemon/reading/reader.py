"""Reading what other servers sent: in worker processes, in fair turns, each call within a time limit.

Lexbor needs seconds for a page that is built to need them (40,000 nested elements). A worker that takes too long is
ended and replaced; it costs that one page (`daemon.workers`). What comes out is within limits
(`feeds.reading.border`).
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar, cast
from zoneinfo import ZoneInfo

from daemon import logs
from daemon.workers import EndedError, TooSlowError, Workers, settle_in
from feeds.errors import NoTeasersError, OpmlError, ReadError
from feeds.model import About, Article, Page, Teaser
from feeds.reading import urls
from feeds.reading.border import article_within, line, teasers_within
from feeds.reading.documents.opml import Subscription
from feeds.reading.page import charset
from feeds.reading.sites.profiles import Profile, profile_of
from feeds.reading.sites.version import reading_of

T = TypeVar("T")
Kind = Literal["feed", "sitemap", "listing"]

WORKERS = 2
TIME_LIMIT = 5.0  # seconds a page may take; ordinary ones take hundredths
MEMORY_LIMIT = 1024**3  # bytes of address space

_profiles: tuple[Profile, ...] = ()  # of a worker, for its whole life


class Reader:
    """Reads pages in worker processes. One for the whole program; `close` it at the end.

    The workers get the site profiles when they start; ``site`` of a call is the one that its source asks for, ``of``
    says whose turn it is: the source's. ``version`` names how pages are read: another version, or another profile, has
    another.
    """

    def __init__(
        self, workers: int = WORKERS, time_limit: float = TIME_LIMIT, profiles: Sequence[Profile] = ()
    ) -> None:
        self.time_limit = time_limit
        self.version = reading_of(profiles)
        self.workers = Workers(workers, _prepare, (tuple(profiles),))

    def close(self) -> None:
        """End the workers, whatever they do."""
        self.workers.close()

    async def teasers(
        self, page: Page, kind: str, timezone: str | None, now: datetime, site: str = "", *, of: str = ""
    ) -> list[Teaser]:
        """The stories that a list, feed or sitemap announces. Raises `ReadError`, and `NoTeasersError` for no story."""
        return await self._run(NoTeasersError, page.url, of, read_teasers, page, kind, timezone, now, site)

    async def kind(self, page: Page, *, of: str = "") -> Kind:
        """What the document is, and so how it would be watched."""
        return await self._run(ReadError, page.url, of, kind_of, page)

    async def about(self, page: Page) -> About:
        """What a document says of itself as a whole."""
        return await self._run(ReadError, page.url, "", read_about, page)

    async def named_feeds(self, page: Page, *, of: str = "") -> list[str]:
        """The feeds of its site that a page names."""
        return await self._run(ReadError, page.url, of, read_named_feeds, page)

    async def older(self, page: Page, kind: str, seen: tuple[str, ...], *, of: str = "") -> tuple[str, ...]:
        """Where the list on ``page`` goes on with older stories, the likeliest first, besides what was ``seen``."""
        return await self._run(ReadError, page.url, of, find_older, page, kind, seen)

    async def profile(self, page: Page, site: str = "") -> str | None:
        """The name of the site profile that a page is read by; None where it is read without one."""
        return await self._run(ReadError, page.url, "", profile_used, page, site)

    async def article(
        self, page: Page, timezone: str | None, now: datetime, site: str = "", *, of: str = ""
    ) -> Article:
        """The article of a page. Raises `ReadError`."""
        return await self._run(ReadError, page.url, of, read_article, page, timezone, now, site)

    async def joined(self, pages: Sequence[Article], *, of: str = "") -> Article:
        """An article that is split over several pages, put together. Raises `ReadError`."""
        return await self._run(ReadError, pages[0].url, of, join_pages, list(pages))

    async def robots(self, url: str, body: bytes) -> str:
        """What of a robots.txt is for bantin (`feeds.reading.robots`). Raises `ReadError`."""
        return await self._run(ReadError, url, url, read_robots, body)

    async def subscriptions(self, body: bytes, file: str) -> list[Subscription]:
        """The subscriptions of an OPML file. Raises `OpmlError`."""
        return await self._run(OpmlError, file, "", read_subscriptions, body, file)

    async def address_of(self, body: bytes) -> tuple[str, bool] | None:
        """Where a saved page says that it is from, and whether only by its site's name; None where it does not say."""
        return await self._run(ReadError, "the file", "", own_address, body)

    async def _run(self, error: type[ReadError], url: str, of: str, function: Callable[..., T], *args: Any) -> T:
        try:
            return cast(T, await self.workers.run(of, self.time_limit, function, *args))
        except TooSlowError:
            late = error(url, f"reading it took more than {self.time_limit:g} s")
            late.slow = True
            raise late from None
        except EndedError:
            raise error(url, "reading it ended the worker (too little memory, or killed)") from None
        except MemoryError:
            raise error(url, "reading it took too much memory") from None
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as bug:
            # A mistake of ours that this page brings out: it costs the page, and not all the others of its source.
            logs.get().error("reader failed", url=url, error=repr(bug), exc_info=bug)
            raise error(url, f"reading it failed ({bug!r})"[:300]) from bug


def read_about(page: Page) -> About:
    """What a worker does to learn whose a document is."""
    from feeds.reading.about import about

    return about(charset.decode(page.body, page.content_type), page.url)


def read_named_feeds(page: Page) -> list[str]:
    """What a worker does to find a site's feeds."""
    from feeds.reading.documents.discover import named_feeds
    from feeds.reading.page.dom import parse

    return named_feeds(parse(charset.decode(page.body, page.content_type)), page.url)


def kind_of(page: Page) -> Kind:
    """By what the document is, not by what its server calls it."""
    from feeds.reading.documents.feed import looks_like_feed
    from feeds.reading.documents.sitemap import looks_like_sitemap

    text = charset.decode(page.body, page.content_type)
    if looks_like_feed(text):
        return "feed"
    return "sitemap" if looks_like_sitemap(text) else "listing"


def read_teasers(page: Page, kind: str, timezone: str | None, now: datetime, site: str = "") -> list[Teaser]:
    """What a worker does with a list; ``timezone`` None: as the page itself tells."""
    from feeds.reading.documents.feed import read_feed
    from feeds.reading.documents.sitemap import read_sitemap
    from feeds.reading.listing.find import find_teasers

    text = charset.decode(page.body, page.content_type)
    zone = ZoneInfo(timezone) if timezone else None
    if kind == "auto":
        kind = kind_of(page)
    if kind == "feed":
        return teasers_within(read_feed(text, page.url, timezone=zone or ZoneInfo("UTC")))
    if kind == "sitemap":
        return teasers_within(read_sitemap(text, page.url, timezone=zone or ZoneInfo("UTC")))
    require_html(page, text)
    teasers = teasers_within(find_teasers(text, page.url, timezone=zone, now=now, profiles=_profiles, site=site))
    if not teasers:
        raise NoTeasersError(page.url, "lists no stories")
    return teasers


def find_older(page: Page, kind: str, seen: tuple[str, ...]) -> tuple[str, ...]:
    """What a worker does to find a list's older pages."""
    from feeds.reading.documents.older import older_feed
    from feeds.reading.documents.sitemap import older_parts
    from feeds.reading.listing.older import older_pages

    text = charset.decode(page.body, page.content_type)
    if kind == "sitemap":
        return tuple(part for part in older_parts(text, page.url) if part not in seen)[:1]
    found = older_feed(text, page.url) if kind == "feed" else older_pages(text, page.url, seen=seen)
    return tuple(address for address in found if address not in seen)


def read_article(page: Page, timezone: str | None, now: datetime, site: str = "") -> Article:
    """What a worker does with an article."""
    from feeds.reading.article.extract import extract_article

    text = charset.decode(page.body, page.content_type)
    require_html(page, text)
    zone = ZoneInfo(timezone) if timezone else None
    return article_within(extract_article(text, page.url, timezone=zone, now=now, profiles=_profiles, site=site))


def join_pages(pages: list[Article]) -> Article:
    """What a worker does with the pages of one article."""
    from feeds.reading.article.join import join

    return article_within(join(pages))


def read_robots(body: bytes) -> str:
    """What a worker does with a robots.txt."""
    from feeds.reading.robots import for_product

    return for_product(charset.decode(body))


def read_subscriptions(body: bytes, file: str) -> list[Subscription]:
    """What a worker does with an OPML file."""
    from feeds.reading.documents.opml import read_opml

    return read_opml(body, file)


def own_address(body: bytes) -> tuple[str, bool] | None:
    """What a worker does to find out where a saved page is from."""
    from feeds.reading.saved import own_address as find

    return find(body)


def profile_used(page: Page, site: str) -> str | None:
    """What a worker says of the profile of a page."""
    return profile_of(charset.decode(page.body, page.content_type), page.url, _profiles, site)


def require_html(page: Page, text: str) -> None:
    """Raises `ReadError` for a picture, a PDF, JSON and the like: what Lexbor makes of them is no page."""
    kind = page.content_type.partition(";")[0].strip().lower()
    if "<" not in text[:4096] or (kind and not any(k in kind for k in ("html", "xml", "text/plain", "octet-stream"))):
        raise ReadError(page.url, f"is no HTML page ({line(kind, 80) or 'no content type'})")


def _prepare(profiles: tuple[Profile, ...]) -> None:
    """In a new worker: profiles, limits, and no part in the terminal's signals (the daemon ends its workers itself)."""
    global _profiles
    _profiles = profiles
    settle_in(MEMORY_LIMIT)
    # The first call should not pay for these.
    import feeds.reading.article.extract
    import feeds.reading.article.join
    import feeds.reading.documents.feed
    import feeds.reading.documents.sitemap
    import feeds.reading.listing.find
    import feeds.reading.robots  # noqa: F401

    urls.registrable("news.example")  # reads the list of public suffixes

    # What is there by now stays; and pages make many small values that are all gone a moment later: looking for
    # circles among them every seven hundred takes a tenth of the time.
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)

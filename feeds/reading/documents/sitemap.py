"""Teasers from a news sitemap (sitemaps.org, with Google's news extension)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import lxml.etree as etree

from feeds.errors import NotAFeedError, NoTeasersError, SitemapIndexError
from feeds.model import Teaser
from feeds.reading import urls
from feeds.reading.documents.feed import moment_of, unescaped
from feeds.reading.documents.xml import local_name, parse_mended
from feeds.reading.text import squeeze

MAX_ITEMS = 5000  # read; the newest are what a news sitemap begins with
MAX_PARTS = 3  # of an index that are read for its news: today's, and those of the days before
_OTHERS = ("image", "video")  # extensions with titles and times of their own
_NEWS = re.compile(r"news(?!letter)|tin-?tuc|actualite|nachrichten|noticias|/latest", re.IGNORECASE)


def looks_like_sitemap(text: str) -> bool:
    """Whether the document is a sitemap or an index of sitemaps."""
    head = text[:2000].lower()
    return "<urlset" in head or "<sitemapindex" in head


def read_sitemap(text: str, url: str, *, timezone: ZoneInfo) -> list[Teaser]:
    """The sitemap's stories that carry a title (``news:title``), in its order; an address alone is no teaser.

    Raises `NotAFeedError` where the document is no sitemap, `SitemapIndexError` for an index of others.
    """
    if not looks_like_sitemap(text):
        raise NotAFeedError(url, "is no sitemap")
    try:
        root = parse_mended(text)
    except etree.LxmlError as error:
        raise NotAFeedError(url, f"cannot be read as a sitemap ({str(error)[:100]})") from error
    kind = "" if root is None else local_name(root)
    if root is None or kind not in ("urlset", "sitemapindex"):
        raise NotAFeedError(url, "is no sitemap")
    if kind == "sitemapindex":
        raise SitemapIndexError(url, _parts(root, url)[:MAX_PARTS])
    teasers: dict[str, Teaser] = {}
    for entry in list(root)[:MAX_ITEMS]:
        teaser = _teaser(entry, url, timezone)
        if teaser is not None:
            teasers.setdefault(teaser.url, teaser)
    if not teasers and len(root):
        raise NoTeasersError(url, "names pages without their titles (news:title); watch a list or a feed of the site")
    return list(teasers.values())


def older_parts(text: str, url: str) -> tuple[str, ...]:
    """The parts of an index behind those that are read for the newest news, the next one first; none of any other."""
    try:
        root = parse_mended(text) if looks_like_sitemap(text) else None
    except etree.LxmlError:
        return ()
    if root is None or local_name(root) != "sitemapindex":
        return ()
    return tuple(_parts(root, url)[MAX_PARTS:])


def _parts(root: etree._Element, url: str) -> list[str]:
    """The parts of an index that hold news: those named so, else all; the newest first, by when they changed."""
    found: dict[str, str] = {}
    for entry in list(root)[:MAX_ITEMS]:
        told = _told(entry)
        address = urls.absolute(url, told.get("loc"))
        if address and urls.same_site(address, url):
            found[address] = told.get("lastmod", "")
    news = [address for address in found if _NEWS.search(urlsplit(address).path)]
    return sorted(news or found, key=lambda address: found[address], reverse=True)


def _teaser(entry: etree._Element, base: str, timezone: ZoneInfo) -> Teaser | None:
    told = _told(entry)
    address, title = urls.absolute(base, told.get("loc")), squeeze(unescaped(told.get("title", "")))
    if address is None or not title:
        return None
    return Teaser(
        url=urls.clean(address),
        title=title,
        published=moment_of(told.get("publication_date", ""), timezone),
        image=urls.absolute(base, told.get("image:loc")),
    )


def _told(entry: etree._Element, within: str = "") -> dict[str, str]:
    """What an entry says, by name: its own words and those of the news in it; of a picture or a clip under its name."""
    found: dict[str, str] = {}
    for node in entry.iterchildren(etree.Element):
        name = local_name(node)
        if len(node):
            inner = _told(node, name if name in _OTHERS else within)
            for key, value in inner.items():
                found.setdefault(key, value)
        elif node.text and node.text.strip():
            found.setdefault(f"{within}:{name}" if within else name, node.text.strip())
    return found

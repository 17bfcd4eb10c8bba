"""Teasers from a news sitemap (sitemaps.org, with Google's news extension)."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import lxml.etree as etree

from feeds.errors import NotAFeedError, NoTeasersError
from feeds.model import Teaser
from feeds.reading import urls
from feeds.reading.documents.xml import parse_xml
from feeds.reading.text import squeeze

MAX_ITEMS = 5000  # read; the newest are what a news sitemap begins with


def looks_like_sitemap(text: str) -> bool:
    """Whether the document is a sitemap or an index of sitemaps."""
    head = text[:2000].lower()
    return "<urlset" in head or "<sitemapindex" in head


def read_sitemap(text: str, url: str, *, timezone: ZoneInfo) -> list[Teaser]:
    """The sitemap's stories that carry a title (``news:title``), in its order; an address alone is no teaser.

    Raises `NotAFeedError` where the document is no sitemap, or an index of others.
    """
    if not looks_like_sitemap(text):
        raise NotAFeedError(url, "is no sitemap")
    try:
        root = parse_xml(text, recover=True)
    except etree.XMLSyntaxError as error:
        raise NotAFeedError(url, f"cannot be read as a sitemap ({str(error)[:100]})") from error
    kind = "" if root is None else _name(root)
    if root is None or kind not in ("urlset", "sitemapindex"):
        raise NotAFeedError(url, "is no sitemap")
    if kind == "sitemapindex":
        raise NotAFeedError(url, "is an index of sitemaps; watch the one that lists the news")
    teasers: dict[str, Teaser] = {}
    for entry in list(root)[:MAX_ITEMS]:
        teaser = _teaser(entry, url, timezone)
        if teaser is not None:
            teasers.setdefault(teaser.url, teaser)
    if not teasers and len(root):
        raise NoTeasersError(url, "names pages without their titles (news:title); watch a list or a feed of the site")
    return list(teasers.values())


def _teaser(entry: etree._Element, base: str, timezone: ZoneInfo) -> Teaser | None:
    found: dict[str, str] = {}
    for node in entry.iter(etree.Element):
        name = _name(node)
        prefix = "image:" if "image" in str(node.tag)[: -len(name)] else ""
        if node.text and node.text.strip():
            found.setdefault(prefix + name, node.text.strip())
    address = urls.absolute(base, found.get("loc"))
    title = squeeze(found.get("title", ""))
    if address is None or not title:
        return None
    return Teaser(
        url=urls.clean(address),
        title=title,
        published=_moment(found.get("publication_date"), timezone),
        image=urls.absolute(base, found.get("image:loc")),
    )


def _name(node: etree._Element) -> str:
    """The element's name without its namespace, or the prefix that stands for one that was never declared."""
    return str(node.tag).rpartition("}")[2].rpartition(":")[2]


def _moment(value: str | None, timezone: ZoneInfo) -> datetime | None:
    """W3C date and time; without an offset it is the source's zone."""
    try:
        found = datetime.fromisoformat(value or "")
        return (found.replace(tzinfo=timezone) if found.tzinfo is None else found).astimezone(UTC)
    except (ValueError, OverflowError):
        return None

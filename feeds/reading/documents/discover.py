"""Where a site's own feeds and news sitemaps may be: what the page names, then where sites usually put them."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

from feeds.reading import urls

MAX_NAMED = 6
_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/json")
_USUAL = ("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml")
_SITEMAPS = ("news-sitemap.xml", "sitemap-news.xml", "sitemap_news.xml")


def named_feeds(tree: LexborHTMLParser, url: str) -> list[str]:
    """The feeds that the page names by ``link rel=alternate``, without those of comments, in its order."""
    found: dict[str, None] = {}
    for link in tree.css('link[rel~="alternate"][href]'):
        kind = (link.attributes.get("type") or "").lower().partition(";")[0].strip()
        title = (link.attributes.get("title") or "").lower()
        address = urls.absolute(url, link.attributes.get("href"))
        if kind in _TYPES and address and urls.same_site(address, url) and "comment" not in title + address:
            found[address] = None
    return list(found)[:MAX_NAMED]


def usual_places(url: str) -> list[str]:
    """Addresses at which sites usually have a feed of a section, of the whole, or a news sitemap."""
    section = url.split("?")[0].rstrip("/")
    name = section.rpartition("/")[2].partition(".")[0]
    root = urls.absolute(url, "/") or url
    places = [f"{section}/feed"] if section != root.rstrip("/") and "." not in section.rpartition("/")[2] else []
    places += [f"{root}rss/{name}.rss"] if section != root.rstrip("/") and name else []
    return [*places, *(f"{root}{path}" for path in (*_USUAL, *_SITEMAPS))]

"""What a list page says of its stories besides its markup: JSON-LD (schema.org), and the state of its scripts.

JSON-LD names stories for search engines (``ItemList``, ``NewsArticle``): where one is also a link of the page, it is a
witness more that the link is a story, and tells what the markup leaves out. Pages that scripts build may have nothing
but their state in ``<script type="application/json">``: it is read where the markup lists nothing, and believed where
an object has both a headline and an address that looks like a story's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.reading import urls
from feeds.reading.dates.parse import parse_date
from feeds.reading.listing.lines import word_count
from feeds.reading.listing.links import publisher_of, read_address
from feeds.reading.page.state import objects, states
from feeds.reading.page.structured import Node, json_ld, types
from feeds.reading.text import squeeze

MAX_STORIES = 300
MIN_TITLE_WORDS = 3
MIN_SLUG_WORDS = 3  # with an id fewer will do

_URL_KEYS = ("url", "href", "link", "canonicalUrl", "webUrl", "shareUrl", "path", "uri")
_TITLE_KEYS = ("headline", "title", "name")
_TIME_KEYS = (
    "datePublished",
    "publishedAt",
    "published_at",
    "published",
    "publishDate",
    "publishTime",
    "publicationDate",
    "firstPublished",
    "dateCreated",
)
_SUMMARY_KEYS = ("description", "summary", "abstract", "excerpt", "lead", "sapo", "standfirst")
_IMAGE_KEYS = ("image", "thumbnailUrl", "thumbnail", "imageUrl", "picture")


@dataclass(slots=True)
class Told:
    """What data say of one story."""

    title: str
    published: datetime | None
    summary: str | None
    image: str | None


def linked_stories(tree: LexborHTMLParser, scripts: list[LexborNode], base: str, zone: ZoneInfo) -> dict[str, Told]:
    """The stories that the page's JSON-LD names, by cleaned address, in its order. ``scripts`` are the body's."""
    head = tree.head
    scripts = [*(head.css("script[type]") if head is not None else ()), *scripts]
    found: dict[str, Told] = {}
    publisher = publisher_of(urls.host(base))
    for node in json_ld(tree, scripts):
        item = node.get("item")
        inner: Node = item if isinstance(item, dict) else {**node, "url": item} if isinstance(item, str) else node
        if any(kind.endswith(("Article", "Posting", "ListItem", "VideoObject")) for kind in types(node) + types(inner)):
            _tell_story(found, inner, base, zone, publisher)
        if len(found) >= MAX_STORIES:
            break
    return found


def state_stories(tree: LexborHTMLParser, base: str, zone: ZoneInfo) -> dict[str, Told]:
    """The stories in the state of the page's scripts, by cleaned address, in its order."""
    found: dict[str, Told] = {}
    publisher = publisher_of(urls.host(base))
    for text in states(tree.css("script")):
        for node in objects(text):
            _tell_story(found, node, base, zone, publisher)
            if len(found) >= MAX_STORIES:
                return found
    return found


def _is_story(url: str, title: str, publisher: str) -> bool:
    """Whether a headline and an address look like a story's: crumbs, menus and companies are in the data, too."""
    address = read_address(url)
    if address.other or publisher_of(address.host) != publisher or 0 < word_count(title) < MIN_TITLE_WORDS:
        return False
    return address.words > MIN_SLUG_WORDS or (address.id != "" and address.words >= 1)


def _tell_story(found: dict[str, Told], node: Node, base: str, zone: ZoneInfo, publisher: str) -> None:
    """Add what one object says of a story; lists may name an address alone."""
    title = squeeze(_first(node, _TITLE_KEYS) or "")
    address = urls.absolute(base, _first(node, _URL_KEYS))
    if address is None or (url := urls.clean(address)) in found or not _is_story(url, title, publisher):
        return
    moment = parse_date(_first(node, _TIME_KEYS) or "", timezone=zone)
    summary = squeeze(_first(node, _SUMMARY_KEYS) or "") or None
    image = urls.absolute(base, _first(node, _IMAGE_KEYS))
    found[url] = Told(title, moment.at if moment else None, summary, image)


def _first(node: Node, keys: tuple[str, ...]) -> str | None:
    """The first text under one of the keys; of an object or list under it, its address."""
    for key in keys:
        value: Any = node.get(key)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            value = value.get("url")
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and value > 1_000_000_000:
            return str(value)
    return None

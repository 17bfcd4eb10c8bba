"""What a list page says of its stories besides its markup: JSON-LD (schema.org), and the state of its scripts.

JSON-LD names stories for search engines (``ItemList``, ``NewsArticle``): where one is also a link of the page, it is a
witness more that the link is a story, and tells what the markup leaves out. Pages that scripts build may have nothing
but their state (`feeds.reading.state`): it is read where the markup lists nothing, and believed where an object has
both a headline and an address that looks like a story's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.reading import urls
from feeds.reading.dates.parse import parse_date
from feeds.reading.listing.lines import word_count
from feeds.reading.listing.links import publisher_of, read_address
from feeds.reading.page.structured import Node, json_ld, types
from feeds.reading.state.addresses import Pattern, slug_of
from feeds.reading.state.references import nodes
from feeds.reading.state.scripts import values
from feeds.reading.state.stories import ADDRESS, IMAGE, SLUG, SUMMARY, TIME, TITLE, fields, first, plain

MAX_STORIES = 300
ALIKE = 5  # objects with the same names, and no more than headlines and addresses, that are a list of stories
MIN_TITLE_WORDS = 3
MIN_SLUG_WORDS = 3  # with an id fewer will do


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
            _tell_story(found, fields(inner), base, zone, publisher)
        if len(found) >= MAX_STORIES:
            break
    return found


def state_stories(tree: LexborHTMLParser, html: str, base: str, zone: ZoneInfo) -> dict[str, Told]:
    """The stories in the state of the page's scripts, by cleaned address, in its order."""
    publisher = publisher_of(urls.host(base))
    found_nodes = [(node, fields(node)) for node in nodes(values(tree.css("script")))]
    slugs = [(slug, node) for node, told in found_nodes if (slug := slug_of(told, SLUG)) and first(told, TITLE)]
    pattern = Pattern(html, slugs) if slugs else None
    alike = Counter(frozenset(told) for _, told in found_nodes)
    found: dict[str, Told] = {}
    for node, told in found_nodes:
        if not first(told, TITLE) or not (_has_more(told) or alike[frozenset(told)] >= ALIKE):
            continue  # menus, and what a page says of cookies, have headlines and addresses, too
        made = None
        if pattern is not None and not any(key in told for key in ADDRESS) and slug_of(told, SLUG):
            made = pattern.address(node)
        _tell_story(found, told, base, zone, publisher, made)
        if len(found) >= MAX_STORIES:
            break
    return found


def _has_more(told: Node) -> bool:
    """Whether an object says more of a story than its headline and address."""
    return any(first(told, keys) for keys in (TIME, SUMMARY, IMAGE))


def _is_story(url: str, title: str, publisher: str) -> bool:
    """Whether a headline and an address look like a story's: crumbs, menus and companies are in the data, too."""
    address = read_address(url)
    if address.other or publisher_of(address.host) != publisher or 0 < word_count(title) < MIN_TITLE_WORDS:
        return False
    return address.words > MIN_SLUG_WORDS or (address.id != "" and address.words >= 1)


def _tell_story(
    found: dict[str, Told], told: Node, base: str, zone: ZoneInfo, publisher: str, made: str | None = None
) -> None:
    """Add what one object says of a story; lists may name an address alone. ``made`` is one made from its slug."""
    title = plain(first(told, TITLE))
    address = urls.absolute(base, made or first(told, ADDRESS))
    if address is None or (url := urls.clean(address)) in found or not _is_story(url, title, publisher):
        return
    moment = parse_date(first(told, TIME) or "", timezone=zone)
    summary = plain(first(told, SUMMARY)) or None
    image = urls.absolute(base, first(told, IMAGE))
    found[url] = Told(title, moment.at if moment else None, summary, image)

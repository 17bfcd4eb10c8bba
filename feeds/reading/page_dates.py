"""A page to the times of its article: published and modified."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from selectolax.lexbor import LexborHTMLParser

from feeds.reading.dates import Moment, parse_date
from feeds.reading.structured import Node, json_ld, types


class PageDates(msgspec.Struct, frozen=True):
    """When the article of a page was published and last modified; aware UTC, None where the page does not say."""

    published: datetime | None = None
    modified: datetime | None = None


_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "publishdate",
    "dc.date.issued",
    "dc.date",
    "date",
)
_MODIFIED = ("article:modified_time", "og:article:modified_time", "datemodified", "og:updated_time", "dc.date.modified")


def find_dates(
    tree: LexborHTMLParser,
    url: str,
    *,
    nodes: list[Node] | None = None,
    timezone: ZoneInfo | None = None,
    language: str | None = None,
    now: datetime | None = None,
) -> PageDates:
    """Weigh what the page says of its times, and return what is sure enough."""
    nodes = json_ld(tree) if nodes is None else nodes
    zone = timezone or ZoneInfo("UTC")
    metas = _metas(tree)
    published = _linked(nodes, "datePublished") + [metas[name] for name in _PUBLISHED if name in metas]
    modified = _linked(nodes, "dateModified") + [metas[name] for name in _MODIFIED if name in metas]

    def first(texts: list[str]) -> datetime | None:
        moments = (parse_date(text, timezone=zone, language=language, now=now) for text in texts)
        found: Moment | None = next(filter(None, moments), None)
        return found.at if found else None

    return PageDates(first(published), first(modified))


def _metas(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in tree.css("meta[content]"):
        attributes = meta.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        if name and (content := attributes["content"]):
            found.setdefault(name.lower(), content)
    return found


def _linked(nodes: list[Node], name: str) -> list[str]:
    values: list[Any] = [
        node.get(name) for node in nodes if any(kind.endswith(("Article", "Posting")) for kind in types(node))
    ]
    return [value for value in values if isinstance(value, str)]

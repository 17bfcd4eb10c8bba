"""OPML 2.0: the list of feeds, for a reader to subscribe to all of them at once."""

from __future__ import annotations

from collections.abc import Sequence

import lxml.etree as etree

from feeds.model import FeedSpec
from feeds.reading.text import printable

CONTENT_TYPE = "text/x-opml; charset=utf-8"


def render(feeds: Sequence[FeedSpec], *, base: str, query: str = "") -> bytes:
    """An OPML document of all ``feeds`` under ``base``; ``query`` (a token) is put behind each address."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    title = etree.SubElement(head, "title")
    title.text = "bantin"
    body = etree.SubElement(root, "body")
    for feed in feeds:
        etree.SubElement(
            body,
            "outline",
            type="rss",  # OPML's word for any syndicated feed
            text=printable(feed.title),
            title=printable(feed.title),
            xmlUrl=f"{base}feeds/{feed.id}.atom{query}",
            htmlUrl=f"{base}feeds/{feed.id}/",
        )
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)

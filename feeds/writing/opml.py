"""OPML 2.0: the list of feeds, for a reader to subscribe to all of them at once."""

from __future__ import annotations

from collections.abc import Sequence

import lxml.etree as etree

from feeds.model import FeedSpec
from feeds.reading.text import printable

CONTENT_TYPE = "text/x-opml; charset=utf-8"


def render(feeds: Sequence[FeedSpec], *, base: str, query: str = "") -> bytes:
    """An OPML document of all ``feeds`` under ``base``; ``query`` (a token) is put behind each address.

    A feed stands in each of its folders, which are outlines around it: readers know no other form of them.
    """
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    title = etree.SubElement(head, "title")
    title.text = "bantin"
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {"": body}
    for feed in feeds:
        for name in feed.folders or ("",):
            etree.SubElement(
                _folder(folders, name),
                "outline",
                type="rss",  # OPML's word for any syndicated feed
                text=printable(feed.title),
                title=printable(feed.title),
                xmlUrl=f"{base}feeds/{feed.id}.atom{query}",
                htmlUrl=f"{base}feeds/{feed.id}/",
            )
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _folder(folders: dict[str, etree._Element], name: str) -> etree._Element:
    """The outline of a folder "a/b", made with those around it where it is not there yet."""
    if name not in folders:
        above, _, own = name.rpartition("/")
        folders[name] = etree.SubElement(_folder(folders, above), "outline", text=printable(own), title=printable(own))
    return folders[name]

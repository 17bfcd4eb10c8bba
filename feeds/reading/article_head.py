"""What a page says about itself in its head and its main headings, gathered once."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.reading.text import squeeze

MAX_ENTRIES = 2000
_QUERY = 'meta[content], link[rel][href], title, h1, a[rel~="next"], a[href*="page="], a[href*="/page/"]'


class Head:
    """Meta contents by name or property (lower case), links by rel (the first of each), the title, the h1 elements, and
    the addresses of links that may lead to the next page.

    All of them come from one query, since each query is a pass over the whole page.
    """

    def __init__(self, tree: LexborHTMLParser) -> None:
        self.meta: dict[str, list[str]] = {}
        self.links: dict[str, str] = {}
        self.h1: list[LexborNode] = []
        self.onward: list[str] = []
        title: LexborNode | None = None
        for node in tree.css(_QUERY)[:MAX_ENTRIES]:
            tag = node.tag
            if tag == "meta":
                self._add_meta(node.attributes)
            elif tag == "link":
                attributes = node.attributes
                for rel in (attributes.get("rel") or "").lower().split():
                    self.links.setdefault(rel, attributes.get("href") or "")
            elif tag == "a":
                self.onward.append(node.attributes.get("href") or "")
            elif tag == "h1":
                self.h1.append(node)
            elif title is None:
                title = node
        self.title = squeeze(title.text(deep=True)) if title is not None else ""

    def _add_meta(self, attributes: dict[str, str | None]) -> None:
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        content = attributes.get("content")
        if name and content and content.strip():
            self.meta.setdefault(name.strip().lower(), []).append(content)

    def first(self, *names: str) -> str | None:
        """The first of these that the page has, on one line."""
        for name in names:
            for content in self.meta.get(name, ()):
                if text := squeeze(content):
                    return text
        return None

    def every(self, *names: str) -> list[str]:
        """All contents under these names, each on one line."""
        return [text for name in names for content in self.meta.get(name, ()) if (text := squeeze(content))]

"""What a page says about itself in its head and its main headings, gathered once."""

from __future__ import annotations

from functools import cached_property

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.reading.text import squeeze

MAX_ENTRIES = 2000
_QUERY = "meta[content], link[rel][href], title, h1, h2"
_ONWARD = 'a[rel~="next"], a[href*="page="], a[href*="/page/"]'


class Head:
    """Meta contents by name or property (lower case), links by rel (the first of each), the title, the h1 and h2
    elements; ``metas`` are the same contents in the page's order, without those named by itemprop.

    All of them come from one query, since each query is a pass over the whole page.
    """

    def __init__(self, tree: LexborHTMLParser) -> None:
        self.meta: dict[str, list[str]] = {}
        self.links: dict[str, str] = {}
        self.metas: list[tuple[str, str]] = []
        self.h1: list[LexborNode] = []
        self.h2: list[LexborNode] = []
        self._tree = tree
        title: LexborNode | None = None
        for node in tree.css(_QUERY)[:MAX_ENTRIES]:
            tag = node.tag
            if tag == "meta":
                self._add_meta(node.attributes)
            elif tag == "link":
                attributes = node.attributes
                for rel in (attributes.get("rel") or "").lower().split():
                    self.links.setdefault(rel, attributes.get("href") or "")
            elif tag == "h1":
                self.h1.append(node)
            elif tag == "h2":
                self.h2.append(node)
            elif title is None:
                title = node
        self.title = squeeze(title.text(deep=True)) if title is not None else ""

    def _add_meta(self, attributes: dict[str, str | None]) -> None:
        name = attributes.get("property") or attributes.get("name")
        content = attributes.get("content")
        if not content or content.isspace():
            return
        if name:
            name = name.strip().lower()
            self.metas.append((name, content))
        elif not (name := (attributes.get("itemprop") or "").strip().lower()):
            return
        self.meta.setdefault(name, []).append(content)

    @cached_property
    def onward(self) -> list[str]:
        """The addresses of links that may lead to the next page."""
        return [node.attributes.get("href") or "" for node in self._tree.css(_ONWARD)]

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

"""What a page says about itself in its head and its main headings, gathered once."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.reading.page.page import Scan
from feeds.reading.page.printed import Printed
from feeds.reading.text import squeeze

MAX_ENTRIES = 2000


class Head:
    """Meta contents by name or property (lower case), links by rel (the first of each), the title, the elements
    h1 to h3. ``metas`` are the same contents in the page's order; those named by itemprop only where they stand in the
    head. ``printed`` is what the rest of the page says of the same matters.
    """

    def __init__(self, tree: LexborHTMLParser, page: Scan | None = None) -> None:
        self.meta: dict[str, list[str]] = {}
        self.links: dict[str, str] = {}
        self.metas: list[tuple[str, str]] = []
        self.printed = Printed(tree)
        named = (page or Scan(tree)).named
        self.h1, self.h2 = named["h1"][:MAX_ENTRIES], named["h2"][:MAX_ENTRIES]
        self.h3 = named["h3"][:MAX_ENTRIES]
        for meta in named["meta"][:MAX_ENTRIES]:
            self._add_meta(meta, meta.attributes)
        for link in named["link"][:MAX_ENTRIES]:
            self._add_link(link.attributes)
        self.title = squeeze(named["title"][0].text(deep=True)) if named["title"] else ""

    def _add_link(self, attributes: dict[str, str | None]) -> None:
        if (href := attributes.get("href")) is not None:
            for rel in (attributes.get("rel") or "").lower().split():
                self.links.setdefault(rel, href)

    def _add_meta(self, node: LexborNode, attributes: dict[str, str | None]) -> None:
        name = attributes.get("property") or attributes.get("name")
        content = attributes.get("content")
        if not content or content.isspace():
            return
        if name:
            name = name.strip().lower()
            self.metas.append((name, content))
        elif name := (attributes.get("itemprop") or "").strip().lower():
            if node.parent is not None and node.parent.tag == "head":  # of the page, not of a thing on it
                self.metas.append((name, content))
        else:
            return
        self.meta.setdefault(name, []).append(content)

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

"""What a page's head says about itself: meta elements and links, gathered once."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

from feeds.reading.text import squeeze

MAX_ENTRIES = 2000


class Head:
    """Meta contents by name or property (lower case, first one wins; ``all`` has the rest), and links by rel."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self.meta: dict[str, list[str]] = {}
        self.links: dict[str, str] = {}
        for node in tree.css("meta[content]")[:MAX_ENTRIES]:
            attributes = node.attributes
            name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
            content = attributes.get("content")
            if name and content and content.strip():
                self.meta.setdefault(name.strip().lower(), []).append(content)
        for node in tree.css("link[rel][href]")[:MAX_ENTRIES]:
            attributes = node.attributes
            for rel in (attributes.get("rel") or "").lower().split():
                self.links.setdefault(rel, attributes.get("href") or "")
        title = tree.css_first("head > title") or tree.css_first("title")
        self.title = squeeze(title.text(deep=True)) if title is not None else ""

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

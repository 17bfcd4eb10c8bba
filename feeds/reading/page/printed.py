"""What a page prints of its story's authors, section, tags and further pages: for what its head does not tell."""

from __future__ import annotations

from functools import cached_property

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.reading.page.dom import text_of
from feeds.reading.text import word_set

MAX_NODES = 1000
MAX_BYLINES = 4
MAX_TAGS = 40
MAX_ONWARD = 60

# Few and coarse selectors, since every one of them is tried on every element: ten cost a third of a parse. What they
# find is looked at closely below.
_QUERY = (
    '[class*="byline"], [class*="author"], [class*="tag"], [data-role], [rel="author"], [itemprop="author"], '
    'a[rel~="tag"], a[rel~="category"]'
)
_ONWARD = 'a[rel~="next"], a[href*="page"]'
_TAG_BOXES = word_set("tags detail-tags article-tags post-tags tag-list entry-tags")
_AUTHOR_CLASSES = ("byline", "author-name", "authorName")

Named = tuple[LexborNode, dict[str, str | None], list[str]]  # an element, its attributes, the words of its class


class Printed:
    """The elements of a page that are named after such things; looked for when first asked for."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self._tree = tree

    @cached_property
    def _named(self) -> list[Named]:
        nodes = self._tree.css(_QUERY)[:MAX_NODES]
        return [(node, given := node.attributes, (given.get("class") or "").split()) for node in nodes]

    def bylines(self) -> list[str]:
        """The texts of the first elements that are named after an author."""
        found: dict[int, LexborNode] = {}
        for node, given, classes in self._named:
            if _is_byline(given, classes) and not (given.get("itemprop") == "author" and node.tag == "meta"):
                found[node.mem_id] = node
            if given.get("itemprop") == "author":
                found.update((name.mem_id, name) for name in node.css('[itemprop="name"]'))
            if len(found) >= MAX_BYLINES:
                break
        return [text_of(node) for node in list(found.values())[:MAX_BYLINES]]

    def section(self) -> str:
        """The text of the first link to the story's section."""
        for node, given, _ in self._named:
            if given.get("data-role") == "cate-name" or _leads_to(node, given, "category"):
                return text_of(node)
        return ""

    def onward(self) -> list[str]:
        """The addresses of links that may lead to the next page."""
        return [node.attributes.get("href") or "" for node in self._tree.css(_ONWARD)[:MAX_ONWARD]]

    def tags(self) -> list[str]:
        """The texts of links that say they are tags, and of those in boxes called tags."""
        links: list[LexborNode] = []
        for node, given, classes in self._named:
            if _leads_to(node, given, "tag"):
                links.append(node)
            elif not _TAG_BOXES.isdisjoint(classes):
                links.extend([node] if node.tag == "a" else node.css("a"))
        return [text_of(link) for link in links[:MAX_TAGS]]


def _is_byline(given: dict[str, str | None], classes: list[str]) -> bool:
    if given.get("itemprop") == "author" or given.get("rel") == "author" or given.get("data-role") == "author":
        return True
    return any(name == "author" or any(part in name for part in _AUTHOR_CLASSES) for name in classes)


def _leads_to(node: LexborNode, given: dict[str, str | None], relation: str) -> bool:
    return node.tag == "a" and relation in (given.get("rel") or "").split()

"""Parts of a page that hold no stories: navigation, footers, forms, boxes that ask for something.

They are known by element, role and name. Names lie, though (a list may stand in ``div.menu-page``, the whole page in a
form), so that a part which holds most of the page's long links is none of these whatever it is called.
"""

from __future__ import annotations

from bisect import bisect_left

from feeds.reading.listing.flat import Outline
from feeds.reading.page.names import OFFER_NAMES, REGION_NAMES, REGION_ROLES, REGION_TAGS, STORY_CLASSES

LONG = 25  # characters of a link's text in one run: hardly a section's name
LEVELS = 8  # elements between a link and its text
FEW = 4  # of so few long links, most may well stand in the footer

_FRAMES = frozenset(("article", "main", "body"))


def links_outside(page: Outline, links: list[int]) -> list[int]:
    """The links that do not stand in such parts."""
    regions = _Regions(page, _long_links(page))
    parents, inside = page.parents, regions.inside
    found = []
    for link in links:
        above = parents[link]
        known = inside.get(above)
        if not (regions.around(above) if known is None else known):
            found.append(link)
    return found


def _long_links(page: Outline) -> list[int]:
    """The links with a long text, by the entry of that text."""
    tags, parents = page.tags, page.parents
    found = []
    for text in [entry for entry, size in enumerate(map(len, page.runs)) if size >= LONG]:
        above = parents[text]
        for _ in range(LEVELS):
            if tags[above] == "a":
                found.append(text)
                break
            above = parents[above]
    return found


class _Regions:
    """What is known of the elements of a page: ``inside`` tells which stand in such a part, or are one."""

    def __init__(self, page: Outline, long_links: list[int]) -> None:
        self._page = page
        self._long_links = long_links
        self._by_class: dict[tuple[str | None, str | None], bool] = {(None, None): False}
        self.inside: dict[int, bool] = {-1: False, 0: False}

    def around(self, entry: int) -> bool:
        """Whether the element stands in such a part, or is one."""
        inside, parents, path = self.inside, self._page.parents, []
        while (answer := inside.get(entry)) is None:
            path.append(entry)
            entry = parents[entry]
        for inner in reversed(path):
            if not answer and self._is_named_so(inner):
                answer = not self._holds_most(inner)
            inside[inner] = answer
        return answer

    def _is_named_so(self, entry: int) -> bool:
        tag, attributes = self._page.tags[entry], self._page.attributes[entry]
        if tag in REGION_TAGS:
            return True
        if not attributes:
            return False
        if "role" in attributes and attributes["role"] in REGION_ROLES:
            return True
        key = (attributes.get("class"), attributes.get("id"))
        known = self._by_class.get(key)
        if known is None:
            names = self._page.names(entry)
            known = not REGION_NAMES.isdisjoint(names)
            if known and key[0] and not STORY_CLASSES.isdisjoint(key[0].split()):
                known = not OFFER_NAMES.isdisjoint(names)
            self._by_class[key] = known
        return known and tag not in _FRAMES

    def _holds_most(self, entry: int) -> bool:
        links = self._long_links
        held = bisect_left(links, self._page.ends[entry]) - bisect_left(links, entry)
        return held * 2 > len(links) >= FEW

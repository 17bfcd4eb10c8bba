"""Parts of a page that hold no stories: navigation, footers, forms, boxes that ask for something.

They are known by element, role and name. Names lie, though (a list may stand in ``div.menu-page``, the whole page in a
form), so that a part which holds most of the page's long links is none of these whatever it is called.
"""

from __future__ import annotations

from bisect import bisect_left

from feeds.reading.list_outline import TEXT, Outline
from feeds.reading.list_words import REGION_NAMES, REGION_ROLES, REGION_TAGS

LONG = 25  # characters of a link's text in one run: hardly a section's name
FEW = 4  # of so few long links, most may well stand in the footer


def links_outside(page: Outline, links: list[int]) -> list[int]:
    """The links that do not stand in such parts."""
    long_links = [link for link in links if _is_long(page, link)]
    inside: dict[int, bool] = {-1: False, 0: False}
    found = []
    for link in links:
        above = page.parents[link]
        known = inside.get(above)
        if known is None:
            known = _is_inside(page, above, inside, long_links)
        if not known:
            found.append(link)
    return found


def _is_long(page: Outline, link: int) -> bool:
    return len(max(page.runs[link : page.ends[link]], key=len)) >= LONG


def _is_inside(page: Outline, entry: int, inside: dict[int, bool], long_links: list[int]) -> bool:
    path = []
    while entry not in inside:
        path.append(entry)
        entry = page.parents[entry]
    answer = inside[entry]
    for inner in reversed(path):
        answer = answer or (_is_named_so(page, inner) and not _holds_most(page, inner, long_links))
        inside[inner] = answer
    return answer


def _is_named_so(page: Outline, entry: int) -> bool:
    tag, attributes = page.tags[entry], page.attributes[entry]
    if tag in REGION_TAGS or attributes.get("role") in REGION_ROLES:
        return True
    if not attributes or tag in ("article", TEXT):
        return False
    return not REGION_NAMES.isdisjoint(page.names(entry))


def _holds_most(page: Outline, entry: int, long_links: list[int]) -> bool:
    held = bisect_left(long_links, page.ends[entry]) - bisect_left(long_links, entry)
    return held * 2 > len(long_links) >= FEW

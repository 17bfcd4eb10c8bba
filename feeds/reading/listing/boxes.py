"""The box of a story: the widest part of the page that speaks of this story alone.

Picture, headline, summary and time of one story stand together in one subtree, and the next story's in another; where
such subtrees repeat, MDR calls them data records (Liu, Grossman, Zhai: "Mining Data Records in Web Pages", KDD 2003).
Here the borders of a record are found from the links: going up from a link, the box grows until it would hold a link
to another story. Records need not be one subtree each: where headline and summary are siblings of the next story's
headline and summary, the box is stretched over the siblings that follow, up to the next story.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from feeds.reading.listing.flat import TEXT, Outline
from feeds.reading.page.names import HEADING_TAGS, SUMMARY_NAMES, TIME_NAMES

MAX_CLIMB = 12
MAX_BOXES = 6  # of one story; a home page may show it as lead, in its section and among the most read
MAX_SIZE = 600  # entries of a box; a large teaser has a hundred
MAX_SIBLINGS = 6
MIN_TEXT_SPACES = 10  # as many make a text rather than a label

_OUTERMOST = frozenset(("body", "main", "html", "form"))
# Elements that are a part of a record rather than a whole one.
_PARTS = HEADING_TAGS | {"a", "p", "span", "strong", "b", "em", "header", "dt", "figure", "picture", "img", "font"}


@dataclass(slots=True)
class Box:
    """A range of the outline that speaks of one story, and the links to the story in it."""

    start: int
    end: int
    links: list[int] = field(default_factory=list)


def boxes(page: Outline, links: list[tuple[int, int]]) -> dict[int, list[Box]]:
    """Boxes by story, in page order, from (entry of a link, number of its story) pairs in page order."""
    entries = [entry for entry, _ in links]
    found: dict[int, dict[int, Box]] = {}
    for (entry, story), (low, high) in zip(links, _borders(links), strict=True):
        top = _climb(page, entry, low, high)
        known = found.setdefault(story, {})
        if top not in known:
            if len(known) >= MAX_BOXES:
                continue
            start, end = _lead_in(page, top, low), _stretch(page, top, high, entries)
            known[top] = Box(start, max(min(end, start + MAX_SIZE), entry + 1))
        known[top].links.append(entry)
    return {story: list(tops.values()) for story, tops in found.items()}


def _borders(links: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """For each link, the nearest links of another story before and after it."""
    after = [1 << 60] * len(links)
    for place in range(len(links) - 2, -1, -1):
        entry, story = links[place + 1]
        after[place] = after[place + 1] if story == links[place][1] else entry
    before = [-1] * len(links)
    for place in range(1, len(links)):
        entry, story = links[place - 1]
        before[place] = before[place - 1] if story == links[place][1] else entry
    return list(zip(before, after, strict=True))


def _climb(page: Outline, entry: int, low: int, high: int) -> int:
    """The widest element around a link that holds no link of another story."""
    top, parents, ends = entry, page.parents, page.ends
    for _ in range(MAX_CLIMB):
        above = parents[top]
        if above <= low or ends[above] > high or page.tags[above] in _OUTERMOST:
            break
        top = above
    return top


def _lead_in(page: Outline, top: int, low: int) -> int:
    """Where the box starts: with the paragraph, where this story's link is the first in it."""
    above = page.parents[top]
    return above if page.tags[above] == "p" and above > low else top


def _stretch(page: Outline, top: int, high: int, entries: list[int]) -> int:
    """Where the box ends that starts with ``top``: after the siblings that go with it."""
    end, above = page.ends[top], page.parents[top]
    if page.tags[top] not in _PARTS and not _goes_with(page, end, above):
        return end
    for _ in range(MAX_SIBLINGS):
        if above < 0 or end >= page.ends[above]:
            break
        if page.ends[end] > high:
            return high if _opens_with_text(page, end, high) else end
        if page.tags[end] in HEADING_TAGS and bisect_left(entries, page.ends[end]) == bisect_left(entries, end):
            break  # a heading without a story is the next block's
        end = page.ends[end]
    return end


def _opens_with_text(page: Outline, sibling: int, high: int) -> bool:
    """Whether what stands in a sibling before its first link to another story still is about the story before."""
    if page.tags[sibling] == "p" or page.names(sibling) & SUMMARY_NAMES:
        return True
    if not HEADING_TAGS.isdisjoint(page.tags[sibling:high]):
        return False
    return sum([run.count(" ") for run in page.runs[sibling:high]]) >= MIN_TEXT_SPACES


def _goes_with(page: Outline, sibling: int, above: int) -> bool:
    """Whether the next sibling says by its name or kind that it belongs to the headline before it."""
    if above < 0 or sibling >= page.ends[above] or page.tags[sibling] == TEXT:
        return False
    return page.tags[sibling] in ("p", "time") or bool(page.names(sibling) & (SUMMARY_NAMES | TIME_NAMES))

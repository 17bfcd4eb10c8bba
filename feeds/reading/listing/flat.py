"""A page as flat lists in document order: what the list reader looks at instead of the tree.

A home page has some thousands of elements, and every question about it (which links stand in this box? which text?
how many stories below here?) is about a subtree. Numbered in document order, a subtree is the range
``[i, ends[i])``, so that these questions are slices and binary searches over plain lists. The tree itself is walked
once, and let go: asking nodes for their parents and attributes is what costs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.reading.text import squeeze, word_set

TEXT = "-text"
MAX_ENTRIES = 150_000  # the largest home pages have a third of that; what comes after is left out
MIN_WORD = 3  # letters of a text behind which the next may begin anew
MAX_INLINE = 30  # elements within a line, one in another
MAX_NAMES = 300  # characters of class and id that are looked at

# Elements that start a line of their own when a browser shows them.
LINE = word_set(
    "address article aside blockquote br dd details div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6"
    " header hr li main nav ol p section summary table td th time tr ul"
)
_UNSEEN = frozenset(
    ("script", "style", "template", "svg", "iframe", "object", "select", "textarea", "-comment", "math")
)
_TEXT_NUMBER = 2  # Lexbor's of text; numbers are compared because asking for a name makes a string each time
_ALSO_NAMING = frozenset(("id", "itemprop", "data-role", "data-type", "data-testid"))
_NAMING = _ALSO_NAMING | {"class"}
_WORD = re.compile(r"[A-Za-z][a-z]*|[A-Z]+(?![a-z])")

Attributes = dict[str, str | None]
_NONE: Attributes = {}


class Outline:
    """Parallel lists over the page's elements and text runs; the number of an entry is its place in the page.

    ``tags`` are element names, or ``-text``; ``parents`` and ``ends`` are entries; ``attributes`` are those of elements
    (None for one without a value), ``runs`` the text of text entries, ``links`` the entries of ``a`` elements,
    ``scripts`` the body's script elements. A run of
    white space is no entry of its own, but a space before the next run.
    """

    def __init__(self) -> None:
        self.tags: list[str] = []
        self.parents: list[int] = []
        self.ends: list[int] = []
        self.attributes: list[Attributes] = []
        self.runs: list[str] = []
        self.links: list[int] = []
        self.scripts: list[LexborNode] = []
        self._names: list[frozenset[str] | None] = []
        self._texts: dict[int, str] = {}

    def attribute(self, entry: int, name: str) -> str:
        """One attribute of the element, empty where it is missing."""
        return self.attributes[entry].get(name) or ""

    def names(self, entry: int) -> frozenset[str]:
        """The words of class, id and their like, in lower case: ``navItem-title`` gives nav, item and title."""
        known = self._names[entry]
        if known is None:
            attributes = self.attributes[entry]
            if _ALSO_NAMING.isdisjoint(attributes):  # most elements have a class and nothing more of the kind
                naming = attributes.get("class") or ""
            else:
                naming = " ".join([value for name, value in attributes.items() if value and name in _NAMING])
            known = self._names[entry] = _split_names(naming[:MAX_NAMES])
        return known

    def text_of(self, entry: int) -> str:
        """The visible text of one element on one line."""
        known = self._texts.get(entry)
        if known is None:
            end = self.ends[entry]
            only_run = end == entry + 2 and self.tags[entry + 1] == TEXT
            known = squeeze(self.runs[entry + 1]) if only_run else self._join(entry, end, None)
            self._texts[entry] = known
        return known

    def text_without(self, entry: int, unwanted: Callable[[int], bool]) -> str:
        """The visible text of one element, less that of the elements in it which are unwanted.

        Where an element ends and the next text begins with a capital, styles set them apart, and a space does here.
        """
        return self._join(entry + 1, self.ends[entry], unwanted)

    def _join(self, start: int, end: int, unwanted: Callable[[int], bool] | None) -> str:
        parts: list[str] = []
        tags, ends = self.tags, self.ends
        place, line_end, last = start, end, -1
        while place < end:
            if place >= line_end:
                parts.append(" ")
                line_end = end
            if tags[place] == TEXT:
                if unwanted and self._starts_anew(last, place):
                    parts.append(" ")
                parts.append(self.runs[place])
                last = place
            elif unwanted and unwanted(place):
                parts.append(" ")
                place = ends[place]
                continue
            elif tags[place] in LINE:
                parts.append(" ")
                line_end = ends[place]
            place += 1
        return squeeze("".join(parts))

    def _starts_anew(self, before: int, run: int) -> bool:
        """Whether a run begins with a capital right behind the end of an element with other text, ``before``."""
        if before < 0 or not self.runs[run][:1].isupper():
            return False
        last = self.runs[before][-1]
        if not last.isalnum() or last.isupper() or len(self.runs[before].strip()) < MIN_WORD:  # iPhone, eBay
            return False
        return self.ends[self.parents[before]] <= run

    def ancestors(self, entry: int, top: int) -> Iterator[int]:
        """The elements around an entry, from the inside out, up to and with ``top``."""
        above = self.parents[entry]
        while above >= max(top, 0):
            yield above
            above = self.parents[above]

    def stands_in(self, entry: int, top: int, kinds: Container[str]) -> bool:
        """Whether an entry is an element of some kind or stands in one, as far up as ``top``."""
        tags, parents = self.tags, self.parents
        while entry >= top and entry >= 0:
            if tags[entry] in kinds:
                return True
            entry = parents[entry]
        return False

    def named(self, entry: int, words: frozenset[str]) -> bool:
        """Whether an element or the one around it has one of the words among its names."""
        return not (words.isdisjoint(self.names(entry)) and words.isdisjoint(self.names(self.parents[entry])))

    def line_of(self, entry: int) -> int:
        """The nearest element around an entry that starts a line of its own."""
        tags, parents = self.tags, self.parents
        above = parents[entry]
        for _ in range(MAX_INLINE):
            if above <= 0 or tags[above] in LINE:
                break
            above = parents[above]
        return max(above, 0)


@lru_cache(maxsize=1024)
def _split_names(naming: str) -> frozenset[str]:
    if ":" in naming or "[" in naming:  # "lg-nav:px-2", "text-[--kicker-color]" say how it looks, not what it is
        naming = " ".join([name for name in naming.split() if ":" not in name and "[" not in name])
    found = _WORD.findall(naming)
    return frozenset(found if naming.islower() else [word.lower() for word in found])


def outline(tree: LexborHTMLParser) -> Outline:
    """Walk the page's body once. Entry 0 is the body itself."""
    page = Outline()
    if tree.body is not None:
        _walk(page, tree.body)
    page.links = [entry for entry, tag in enumerate(page.tags) if tag == "a"]
    page._names = [None] * len(page.tags)
    return page


def _walk(page: Outline, body: LexborNode) -> None:
    """Fill the lists. Going down by hand spares asking each node for its parent, and what is unseen is not entered."""
    tags, parents, ends, attributes, runs = page.tags, page.parents, page.ends, page.attributes, page.runs
    known: dict[int, str] = {}  # element names by Lexbor's number
    stack: list[tuple[LexborNode, int]] = []  # the elements around, with their entries
    node: LexborNode | None = body
    above, entry, space = -1, 0, ""
    while node is not None and entry < MAX_ENTRIES:
        number = node.tag_id
        if number == _TEXT_NUMBER:
            run = node.text_content
            if run and not run.isspace():
                entry += 1
                tags.append(TEXT)
                parents.append(above)
                ends.append(entry)
                attributes.append(_NONE)
                runs.append(space + run if space else run)
                space = ""
            else:
                space = " "
        else:
            tag = known.get(number)
            if tag is None:
                tag = known[number] = _seen(node.tag or "-unknown")
            if tag:
                tags.append(tag)
                parents.append(above)
                attributes.append(node.attributes)
                runs.append("")
                entry += 1
                ends.append(entry)
                child = node.first_child
                if child is not None:
                    stack.append((node, above))
                    node, above = child, entry - 1
                    continue
            elif node.tag == "script":
                page.scripts.append(node)
        following = node.next if stack else None
        while following is None and stack:
            ends[above] = entry
            node, above = stack.pop()
            following = node.next if stack else None
        node = following
    while stack:
        ends[above] = entry
        _, above = stack.pop()


def _seen(tag: str) -> str:
    """The name of an element, empty where a browser shows nothing of it."""
    return "" if tag in _UNSEEN else tag

"""One pass over a page that finds what every step of reading needs: its texts, its headings, what its head says.

A pass costs as much as a fifth of the parse, nearly all of it for fetching nodes into the processor's cache; asking for
the tag of each while it is there costs little. So elements are sorted by tag here once, instead of a query for each.
"""

from __future__ import annotations

from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.reading.text import words

MAX_NODES = 400_000  # the largest news pages measured have some 60,000

DATED_TAGS = words("time abbr meta data relative-time time-ago")  # elements that may hold a date in an attribute
_NAMED = words("meta link title script h1 h2")
_IN_FLOW = DATED_TAGS | {"h1", "h2"}
_KEPT = _NAMED | DATED_TAGS
_CODE = frozenset(("script", "style"))  # half of many a page


# A text with its node, or an element of interest, whose text is empty; the tag of a text is "-text". No class of its
# own: pages have a thousand of them.
Entry = tuple[LexborNode, str, str]


class Scan:
    """A page's texts, headings and dated elements in order (``flow``), and its elements of some tags by tag.

    Texts of the head, of scripts and styles, and those that are only white space, are left out. ``also`` are elements,
    by ``mem_id``, that are of interest besides.
    """

    def __init__(self, tree: LexborHTMLParser, also: frozenset[int] = frozenset()) -> None:
        self.tree = tree
        self.flow: list[Entry] = []
        self.named: dict[str, list[LexborNode]] = {tag: [] for tag in _NAMED}
        if tree.root is not None:
            self._run(tree.root, also)

    def _run(self, root: LexborNode, also: frozenset[int]) -> None:
        flow, named, before = self.flow, self.named, ""
        for node in islice(root.traverse(include_text=True, skip_empty=True), MAX_NODES):
            tag = node.tag or ""
            if tag == "-text":
                if before not in _CODE or not _is_code(node):
                    flow.append((node, tag, node.text_content or ""))
                continue
            before = tag
            if tag in _KEPT:
                if tag in _NAMED:
                    named[tag].append(node)
                if tag in _IN_FLOW:
                    flow.append((node, tag, ""))
            elif also and node.mem_id in also:
                flow.append((node, tag, ""))
            elif tag == "body":
                flow.clear()


def _is_code(node: LexborNode) -> bool:
    return node.parent is not None and node.parent.tag in _CODE

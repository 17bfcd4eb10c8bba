"""One pass over a page that finds what every step of reading needs: its texts, its headings, what its head says.

A pass costs a tenth of the parse, and nearly as much again for asking each node for its tag. So elements are sorted by
tag here once, instead of a query for each.
"""

from __future__ import annotations

from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.reading.page.dom import TEXT, UNKNOWN, tag_numbers
from feeds.reading.text import word_set

MAX_NODES = 400_000  # the largest news pages measured have some 60,000

DATED_TAGS = word_set("time abbr meta data relative-time time-ago")  # elements that may hold a date in an attribute
_PLAYERS = (
    "video audio iframe embed object blockquote amp-video amp-audio amp-youtube amp-vimeo amp-dailymotion lite-youtube "
    "lite-vimeo youtube-video"
)
_NAMED = word_set(f"meta link title script h1 h2 h3 {_PLAYERS}")
_IN_FLOW = DATED_TAGS | {"h1", "h2"}
_CODE = frozenset(("script", "style"))  # half of many a page
_NUMBERS = tag_numbers(_NAMED | DATED_TAGS | _CODE | {"body"})


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
        flow, named, known, text, code = self.flow, self.named, _NUMBERS.get, TEXT, False
        ask = 0 if also else UNKNOWN  # elements with higher numbers are looked at, whatever they are
        for node in islice(root.traverse(include_text=True, skip_empty=True), MAX_NODES):
            number = node.tag_id
            if number == text:
                if not code or not _is_code(node):
                    flow.append((node, "-text", node.text_content or ""))
                continue
            tag = known(number)
            if tag is None and number > ask:
                tag = node.tag
            if tag is None:
                code = False
                continue
            code = tag in _CODE
            if tag == "body":
                flow.clear()
            elif tag in _NAMED:
                named[tag].append(node)
            if tag in _IN_FLOW or node.mem_id in also:
                flow.append((node, tag, ""))


def _is_code(node: LexborNode) -> bool:
    return node.parent is not None and node.parent.tag in _CODE

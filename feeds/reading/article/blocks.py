"""One box of a page as a list of blocks in reading order: text with its inline markup, pictures, embedded things.

A block is what a browser would draw as one: inline content between two block-level boundaries, or between two line
breaks in a row, because many pages write their paragraphs as ``text<br><br>text``.

The walk is flat (no recursion), visits each node once and is bounded in nodes: markup nested forty thousand deep is
only a flat list here.
"""

from __future__ import annotations

from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from feeds.reading.article.survey import BLOCK_TAGS, UNREAD_TAGS, Survey, is_prose, names_of, weight
from feeds.reading.page.dom import TEXT
from feeds.reading.page.names import CAPTION_NAMES, HIDDEN_STYLE, INLINE_JUNK, POST_NAMES
from feeds.reading.text import printable, squeeze, word_set

MAX_NODES = 250_000
MAX_DEPTH = 200  # elements deeper than this count as part of their ancestor there
MAX_ADS = 3  # paid links by themselves; a page with more of them is about wares
MAX_OPEN = 16  # inline elements inside each other; what is nested deeper loses its markup, not its text
SKIP = "skip"  # read nothing of an element
BREAK = "\x1e"  # stands for <br> in a run; no text holds it, since it cannot be printed

_MARKUP = {
    "a": "a", "b": "strong", "strong": "strong", "i": "em", "em": "em", "cite": "em", "sub": "sub", "sup": "sup",
    "code": "code", "kbd": "code", "s": "s", "del": "s", "q": "q",
}  # fmt: skip
INLINE_TAGS = frozenset((*_MARKUP, "span", "font", "u", "small", "mark", "time", "picture"))
_EMBEDS = word_set("iframe video audio embed object amp-youtube amp-iframe")
_IMAGES = frozenset(("img", "amp-img"))
_HEADINGS = word_set("h1 h2 h3 h4 h5 h6")
_ITEMS = word_set("li dt dd")

Markup = tuple[str, str]  # an inline element that opens: the tag to write, and where it leads if it is a link
Part = str | Markup | None  # of a run: text, an inline element that opens, or None where one closes


class Element:
    """One block-level element and the elements of meaning it stands in (a list's item, a table's cell, a figure…)."""

    __slots__ = (
        "caption",
        "cell",
        "depth",
        "figure",
        "heading",
        "item",
        "lists",
        "names",
        "paragraphs",
        "parent",
        "pre",
        "quote",
        "row",
        "table",
        "tag",
    )

    def __init__(self, tag: str, names: str, parent: Element | None) -> None:
        self.tag, self.names, self.parent = tag, names, parent
        self.paragraphs: Element | None = None
        self.depth: int = parent.depth + 1 if parent is not None else 0
        if parent is None:
            self.caption = self.pre = False
            self.cell: Element | None = None
            self.figure: Element | None = None
            self.item: Element | None = None
            self.lists: Element | None = None  # the outermost list
            self.quote: Element | None = None
            self.row: Element | None = None
            self.table: Element | None = None  # the outermost table
            self.heading: str | None = None
        else:
            self.caption, self.pre, self.heading = parent.caption, parent.pre, parent.heading
            self.cell, self.row, self.table = parent.cell, parent.row, parent.table
            self.figure, self.item, self.lists, self.quote = parent.figure, parent.item, parent.lists, parent.quote
        if tag not in ("div", "p"):
            self._mean(tag)
        if names and CAPTION_NAMES.has(names):
            self.caption = True

    def paragraph(self, names: str) -> Element:
        """A paragraph in this element: the same for all in a row that are called the same, as in most stories."""
        last = self.paragraphs
        if last is None or last.names != names or last.caption:
            last = self.paragraphs = Element("p", names, self)
        return last

    def _mean(self, tag: str) -> None:
        if tag in _HEADINGS:
            self.heading = tag
        elif tag in _ITEMS:
            self.item = self
        elif tag in ("ul", "ol", "dl"):
            self.lists = self.lists or self
        elif tag in ("td", "th"):
            self.cell = self
        elif tag == "tr":
            self.row = self
        elif tag == "table":
            self.table = self.table or self
        elif tag == "figure":
            self.figure = self
        elif tag == "blockquote":
            self.quote = self.quote or self
        elif tag == "pre":
            self.pre = True
        elif tag == "figcaption":
            self.caption = True


class Block:
    """A run of text, or a picture (``image``) or an embedded thing (``embed``) in its place among them.

    ``links`` counts the characters of ``text`` that are inside links, ``prose`` those that read like a story: of
    sentences, and not of links, headings or captions.
    """

    __slots__ = ("element", "embed", "image", "links", "parts", "prose", "text", "told")

    def __init__(
        self,
        element: Element,
        text: str = "",
        links: int = 0,
        parts: list[Part] | None = None,
        *,
        image: LexborNode | None = None,
        embed: LexborNode | None = None,
    ) -> None:
        self.element, self.text, self.links = element, text, links
        self.parts: list[Part] = parts or []
        self.image, self.embed = image, embed
        self.told = False  # a caption that is text of the story as well
        if text:
            self.count()
        else:
            self.prose = 0

    def count(self) -> None:
        """Set ``prose`` by what the block is now."""
        text, links, element = self.text, self.links, self.element
        self.prose = 0
        if not (element.caption or element.heading) and is_prose(weight(text), links, text[-8:]):
            self.prose = len(text) - links

    @property
    def density(self) -> float:
        """The share of the text that is links, from 0 to 1."""
        return min(1.0, self.links / len(self.text)) if self.text else 0.0


def outline(root: LexborNode, survey: Survey) -> list[Block]:
    """The blocks below ``root``, without what is hidden or called something else than a story."""
    return _Walk(survey).run(root)


class _Walk:
    """Where the one walk stands, and the run of inline content that is being gathered.

    What `enter` and `enter_block` return says what `leave` has to take back, or is `SKIP`: nothing below is read.
    """

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self.blocks: list[Block] = []
        self.parts: list[Part] = []
        self.open: list[Markup] = []  # inline elements open here; a run that ends closes them, the next reopens them
        self.element = Element("", "", None)
        self.stack: list[tuple[LexborNode, str]] = []  # the enclosing elements, and what to take back on leaving each
        self.muted = 0  # how many of them give their pictures only (noscript)
        self.ads: list[int] = []  # places of blocks that are paid links
        self.paid = False  # whether the run has a link that somebody pays for

    def run(self, root: LexborNode) -> list[Block]:
        stack = self.stack
        node: LexborNode | None = root
        left = MAX_NODES
        while node is not None and left:
            left -= 1
            if node.tag_id == TEXT:
                text = node.text_content or ""
                if not self.muted and (self.parts or not text.isspace()):
                    self.parts.append(text)
            elif (tag := node.tag) is not None and tag[0] != "-":
                kind = (self.enter_block if tag in BLOCK_TAGS else self.enter)(node, tag)
                if kind is not SKIP:
                    child = node.first_child
                    if child is not None:
                        stack.append((node, kind))
                        node = child
                        continue
                    if kind:
                        self.leave(kind)
            following = node.next if stack else None
            while following is None and stack:
                node, kind = stack.pop()
                if kind:
                    self.leave(kind)
                following = node.next if stack else None
            node = following
        while stack:
            self.leave(stack.pop()[1])
        self.flush()
        if len(self.ads) > MAX_ADS:
            return self.blocks
        return [block for place, block in enumerate(self.blocks) if place not in self.ads]

    def enter(self, node: LexborNode, tag: str) -> str:
        """Take an element in that is no block."""
        if tag in INLINE_TAGS:
            return self.enter_inline(node, tag)
        if tag == "br":
            self.parts.append(BREAK)
            return SKIP
        if tag in _IMAGES or tag in _EMBEDS:
            return self.thing(node, tag)
        if tag == "noscript" and self.stack:
            self.muted += 1
            return "mute"
        if tag in UNREAD_TAGS and self.stack:
            return SKIP
        return (self.enter_block if "-" in tag else self.enter_inline)(node, tag)

    def enter_block(self, node: LexborNode, tag: str) -> str:
        """Take a block in."""
        if self.parts:
            self.flush()
        names = self.survey.name(node, tag)
        if names is None:
            return SKIP
        if tag == "blockquote" and names and POST_NAMES.has(names) and node.css_first("a[href]") is not None:
            return self.thing(node, tag)
        parent = self.element
        if parent.depth >= MAX_DEPTH:
            return ""
        child = node.first_child
        if child is None:
            return SKIP
        element = parent.paragraph(names) if tag == "p" else Element(tag, names, parent)
        if not self.open and child.tag_id == TEXT and child.next is None:
            self.take(element, child.text_content or "")
            return SKIP
        self.element = element
        return "block"

    def take(self, element: Element, text: str) -> None:
        """Take in the text of an element that holds nothing else, as most paragraphs do."""
        text = _preformatted(text) if element.pre else squeeze(text)
        if text and not self.muted:
            self.blocks.append(Block(element, text, 0, [text]))

    def enter_inline(self, node: LexborNode, tag: str) -> str:
        """Take an element in that is part of a run."""
        attributes = node.attributes
        if tag == "time" and not any(isinstance(part, str) and part.strip() for part in self.parts):
            return SKIP  # a line that begins with a time is a dateline
        if attributes:
            style = attributes.get("style")
            if (style and HIDDEN_STYLE.search(style)) or "hidden" in attributes:
                return SKIP
            if (names := names_of(attributes)) and INLINE_JUNK.has(names):
                return SKIP
        written = _MARKUP.get(tag)
        href = attributes.get("href") or "" if written == "a" else ""
        if written is None or len(self.open) >= MAX_OPEN or (written == "a" and not href):
            return ""
        if written == "a" and "sponsored" in (attributes.get("rel") or "").lower().split():
            self.paid = True
        markup = (written, href)
        self.open.append(markup)
        self.parts.append(markup)
        return "markup"

    def leave(self, kind: str) -> None:
        """Take back what entering an element did."""
        if kind == "block":
            if self.parts:
                self.flush()
            self.element = self.element.parent or self.element
        elif kind == "markup":
            self.open.pop()
            self.parts.append(None)
        elif kind == "mute":
            self.muted -= 1

    def thing(self, node: LexborNode, tag: str) -> str:
        """A picture or an embedded thing ends the run before it; what it holds is for browsers without it."""
        self.flush()
        image = tag in _IMAGES
        self.blocks.append(Block(self.element, image=node) if image else Block(self.element, embed=node))
        return SKIP

    def flush(self) -> None:
        """End the run: what it holds becomes blocks."""
        parts, paid = self.parts, self.paid
        self.parts, self.paid = list(self.open), False
        for part in parts:
            if isinstance(part, str) and part != BREAK and not part.isspace():
                break
        else:
            return
        parts.extend([None] * len(self.open))
        pre = self.element.pre
        for piece in _split(parts) if BREAK in parts and not pre else (parts,):
            text, links = _measure(piece, pre)
            if text:
                if paid and links * 2 > len(text):  # a paid link in a sentence is part of it
                    self.ads.append(len(self.blocks))
                self.blocks.append(Block(self.element, text, links, piece))


def _split(parts: list[Part]) -> Iterator[list[Part]]:
    """Cut a run where two line breaks follow each other; inline elements open there are closed and opened again."""
    piece: list[Part] = []
    opened: list[Markup] = []
    breaks = 0
    for part in parts:
        if part == BREAK:
            breaks += 1
            piece.append(part)
            continue
        if part is None:
            opened.pop()
        elif isinstance(part, tuple):
            opened.append(part)
        elif part.strip():
            if breaks >= 2:
                yield piece + [None] * len(opened)
                piece = list(opened)
            breaks = 0
        piece.append(part)
    yield piece


def _measure(parts: list[Part], pre: bool) -> tuple[str, int]:
    """The text of a run, and how many of its characters are inside links. One line break stays a line break."""
    if len(parts) == 1 and isinstance(parts[0], str):
        return (_preformatted(parts[0]) if pre else squeeze(parts[0])), 0
    texts: list[str] = []
    opened: list[bool] = []
    links = linked = 0
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
            if linked:
                links += len(part)
        elif part is None:
            linked -= opened.pop()
        else:
            opened.append(part[0] == "a")
            linked += opened[-1]
    text = "".join(texts)
    if pre:
        return _preformatted(text.replace(BREAK, "\n")), links
    if BREAK in text:
        return "\n".join(line for line in map(squeeze, text.split(BREAK)) if line), links
    return squeeze(text), links


def _preformatted(text: str) -> str:
    return printable(text).strip("\n").rstrip()

"""From kept blocks to what is published: sanitised HTML, and the same text without markup.

The HTML is written here from the blocks, never copied from the page, so it holds only the elements written below. What
has an attribute with a value from outside (links, pictures) and what is kept letter by letter (`<pre>`) passes nh3 (the
ammonia sanitiser) all the same. The rest is tags without attributes, constants of this module, and text escaped here:
to parse that once more would cost as much as all else in this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby

import nh3

from feeds.model import Image
from feeds.reading.article.blocks import BREAK, Block, Element
from feeds.reading.article.images import caption_in, image_of, is_automatic
from feeds.reading.media.addresses import embed_of
from feeds.reading.page.dom import text_of
from feeds.reading.page.names import CAPTION_NAMES
from feeds.reading.text import one_line, printable, word_set
from feeds.reading.urls import absolute

MAX_POST = 500  # characters of somebody's post that is linked
_TAGS = set(
    word_set(
        "a blockquote br code del em figcaption figure h2 h3 h4 h5 h6 img li ol p pre q s strong sub sup table tbody "
        "td th tr ul"
    )
)
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}

_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https"},
    link_rel="noopener noreferrer",
    strip_comments=True,
)


class Content:
    """A story's body as published. ``images`` are its pictures in order, each once."""

    def __init__(self, html: str, text: str, images: tuple[Image, ...]) -> None:
        self.html, self.text, self.images = html, text, images


class _Writer:
    """HTML being written: pieces that are sure, and those from outside, which are sanitised at the end."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.outside: list[int] = []  # where in ``pieces``

    def add(self, *sure: str) -> None:
        """Go on with constant tags, and with text escaped here."""
        self.pieces += sure

    def add_foreign(self, html: str) -> None:
        """Go on with elements that have attributes from outside, or text kept as it came."""
        self.outside.append(len(self.pieces))
        self.pieces.append(html)

    def element(self, html: str) -> None:
        """Go on with an element from outside on a line of its own; with nothing if it is empty."""
        if html:
            self.add_foreign(html)
            self.add("\n")

    def html(self) -> str:
        """What was written, sanitised."""
        pieces = self.pieces
        clean = _all_sanitised([pieces[place] for place in self.outside])
        for place, html in zip(self.outside, clean, strict=True):
            pieces[place] = html
        return "".join(pieces).strip()


def content(blocks: list[Block], base: str, *, captions_are_text: bool = False) -> Content:
    """Write blocks out. ``base`` is the address that relative links are of.

    ``captions_are_text``: the paragraphs under a picture are part of the story's text as well.
    """
    pictures = _pictures(blocks, base, captions_are_text)
    writer = _Writer()
    text: list[str] = []
    under = {id(block) for _, _, told in pictures.values() for block in told}
    for group in _groups([block for block in blocks if id(block) not in under]):
        first = group[0]
        if first.image is not None:
            if found := pictures.get(id(first)):
                picture, paragraphs, _ = found
                writer.element(_figure(picture))
                text += paragraphs
        elif first.embed is not None:
            writer.element(_embed(first, base))
        else:
            _write(writer, group, base)
            writer.add("\n")
            text.append(first.text if len(group) == 1 else _plain(group))
    images = tuple(picture for picture, *_ in pictures.values())
    return Content(writer.html(), "\n\n".join(filter(None, text)), images)


def sanitised(html: str) -> str:
    """The HTML without anything that is not on the list, scripts above all."""
    return printable(_CLEANER.clean(html))


def _all_sanitised(pieces: list[str]) -> list[str]:
    """Each piece sanitised, in one call: what a call costs is more than what most pieces do."""
    clean = _CLEANER.clean(BREAK.join(pieces)).split(BREAK) if pieces else []
    if len(clean) != len(pieces):  # something held a mark that is only used here
        return list(map(sanitised, pieces))
    return [html if html.isprintable() else printable(html) for html in clean]


def _pictures(
    blocks: list[Block], base: str, captions_are_text: bool
) -> dict[int, tuple[Image, list[str], list[Block]]]:
    """The picture of each image block, each picture once, the paragraphs of its caption, and what is told under it.

    The caption stands in the picture's figure, or else right behind it, or in an attribute. Where captions are the
    story's text (``told``), they are both.
    """
    found: dict[int, tuple[Image, list[str], list[Block]]] = {}
    seen: set[str] = set()
    for index in [index for index, block in enumerate(blocks) if block.image is not None]:
        under = _caption(blocks, index)
        caption = " ".join(block.text.replace("\n", " ") for block in under) or caption_in(blocks[index])
        picture = image_of(blocks[index], base, caption)
        if picture is not None and picture.url not in seen:
            seen.add(picture.url)
            told = [block for block in under if block.told] if picture.caption else []
            texts = [block for block in under if captions_are_text and _holds_paragraphs(block.element)]
            paragraphs = [block.text for block in (told or texts)] if picture.caption else []
            found[id(blocks[index])] = picture, paragraphs, told
    return found


def _caption(blocks: list[Block], index: int) -> list[Block]:
    figure = blocks[index].element.figure
    parts: list[Block] = []
    for block in blocks[index + 1 : index + 6]:
        if block.image is not None and (block.element.figure is not figure or figure is None):
            break
        if block.text:
            called = block.element.caption or block.told
            if not called or (figure is not None and block.element.figure is not figure):
                break
            parts.append(block)
    if not parts and figure is not None:  # above it, in the same figure
        above = [block for block in blocks[max(0, index - 3) : index] if block.element.figure is figure and block.text]
        parts = [block for block in above if block.element.caption or block.told]
    return parts


def _holds_paragraphs(element: Element) -> bool:
    """Whether a caption's text is a paragraph in the caption, not the caption itself (``p.wp-caption-text``)."""
    around = element.parent
    return element.tag == "p" and around is not None and around.caption and not CAPTION_NAMES.has(element.names)


def _groups(blocks: list[Block]) -> Iterator[list[Block]]:
    """Blocks that are written together: a list, a table; anything else is alone. Captions are their pictures'."""
    group: list[Block] = []
    last: Element | None = None
    for block in blocks:
        element = block.element
        if element.caption and block.text:
            continue
        key = _written_with(block) if element.table is not None or element.lists is not None else None
        if group and (key is None or key is not last):
            yield group
            group = []
        last = key
        if key is None:
            yield [block]
        else:
            group.append(block)
    if group:
        yield group


def _written_with(block: Block) -> Element | None:
    """The list or the table that a block is an item or a cell of."""
    element = block.element
    if block.image is not None or block.embed is not None or element.heading:
        return None
    if is_data_table(element):
        return element.table
    return element.lists if element.item is not None else None


def is_data_table(element: Element) -> bool:
    """Whether a block stands in a table that holds data (old pages use tables to lay out whole pages)."""
    return element.table is not None and element.cell is not None


def _write(writer: _Writer, group: list[Block], base: str) -> None:
    first = group[0]
    element = first.element
    if element.heading:
        level = max(2, int(element.heading[1]))
        _put(writer, f"<h{level}>", [first], f"</h{level}>", base)
    elif is_data_table(element):
        _write_table(writer, group, base)
    elif element.lists is not None and element.item is not None:
        tag = "ol" if element.lists.tag == "ol" else "ul"
        writer.add(f"<{tag}>")
        for run in _runs(group, "item"):
            _put(writer, "<li>", run, "</li>", base)
        writer.add(f"</{tag}>")
    elif element.pre:
        _put(writer, "<pre>", [first], "</pre>", base)
    elif element.quote is not None:
        _put(writer, "<blockquote><p>", [first], "</p></blockquote>", base)
    else:
        _put(writer, "<p>", [first], "</p>", base)


def _put(writer: _Writer, before: str, blocks: list[Block], after: str, base: str) -> None:
    inner = inline(blocks[0], base) if len(blocks) == 1 else "<br>".join(inline(block, base) for block in blocks)
    if "<a " in inner or blocks[0].element.pre:
        writer.add(before)
        writer.add_foreign(inner)
        writer.add(after)
    else:
        writer.add(before, inner, after)


def _runs(group: list[Block], name: str) -> Iterator[list[Block]]:
    for _, run in groupby(group, key=lambda block: id(getattr(block.element, name))):
        yield list(run)


def _write_table(writer: _Writer, group: list[Block], base: str) -> None:
    writer.add("<table><tbody>")
    for row in _runs(group, "row"):
        writer.add("<tr>")
        for run in _runs(row, "cell"):
            tag = "th" if run[0].element.cell is not None and run[0].element.cell.tag == "th" else "td"
            _put(writer, f"<{tag}>", run, f"</{tag}>", base)
        writer.add("</tr>")
    writer.add("</tbody></table>")


def _plain(group: list[Block]) -> str:
    first = group[0].element
    if len(group) > 1 and is_data_table(first):
        return "\n".join(" ".join(b.text for b in row) for row in _runs(group, "row"))
    return "\n".join(block.text for block in group)


def inline(block: Block, base: str) -> str:
    """The block's text with its inline markup. Links that lead nowhere lose their markup, not their text."""
    if len(block.parts) == 1:  # text alone, as most blocks are
        return _escaped(block.text)
    pieces: list[str] = []
    opened: list[str] = []
    for part in block.parts:
        if isinstance(part, str):
            pieces.append("<br>" if part == BREAK else _escaped(part))
        elif part is None:
            if tag := opened.pop():
                pieces.append(f"</{tag}>")
        else:
            tag, href = part
            opened.append(tag)
            if tag != "a":
                pieces.append(f"<{tag}>")
            elif address := absolute(base, href):
                pieces.append(f'<a href="{escape(address)}">')
            else:
                opened[-1] = ""
    text = "".join(pieces)
    if block.element.pre:
        return text.strip("\n")
    line = one_line(text).removeprefix("<br>").removesuffix("<br>").strip()
    return line if line.isprintable() else printable(line)


def _escaped(text: str) -> str:
    """The text as HTML. Most has nothing to escape, and asking is cheaper than replacing."""
    return escape(text, quote=False) if "&" in text or "<" in text or ">" in text else text


def _figure(picture: Image) -> str:
    size = "".join(
        f' {name}="{value}"' for name, value in (("width", picture.width), ("height", picture.height)) if value
    )
    alt = "" if picture.alt is None or is_automatic(picture.alt) else picture.alt
    caption = f"<figcaption>{escape(picture.caption, quote=False)}</figcaption>" if picture.caption else ""
    return f'<figure><img src="{escape(picture.url)}" alt="{escape(alt)}"{size}>{caption}</figure>'


def _embed(block: Block, base: str) -> str:
    """An embedded thing as a link to it; of somebody's post, its text is the link's."""
    node = block.embed
    if node is None:
        return ""
    attributes = node.attributes
    told = [attributes.get(name) for name in ("src", "data-src", "data", "data-instgrm-permalink", "cite")]
    title = attributes.get("title")
    if node.tag == "blockquote":
        told += [link.attributes.get("href") for link in node.css("a[href]")[-1:]]
        title = text_of(node)[:MAX_POST]
    url = next((u for value in told if (u := absolute(base, value))), None)
    if url is None:
        return ""
    player = embed_of(url)  # its page, where people watch it
    url = player.link if player is not None else url
    return f'<p><a href="{escape(url)}">{escape(title or url, quote=False)}</a></p>'

"""The texts of stories in data, as HTML: a text, a list of paragraphs, or a tree of blocks as editors store them.

The trees of Slate, ProseMirror, Portable Text, Editor.js, Contentful and hast differ in their words, and agree in their
shape: an object is of a kind ("paragraph", "h2", "image"), and holds its text or a list of further objects.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from feeds.reading.text import squeeze

Node = dict[str, Any]

MAX_PARTS = 2_000  # objects of one text
MAX_DEPTH = 12
TEXT_KEYS = (
    "articleBody", "body", "bodyHtml", "body_html", "bodyText", "content", "contentHtml", "content_html", "html",
    "text", "fullText", "fulltext", "story", "paragraphs", "blocks", "content_elements", "rendered", "raw", "value",
)  # fmt: skip
# What holds other objects as well: looked into where none of the above has a text.
HOLDER_KEYS = ("components", "sections", "children", "nodes", "elements", "items", "json", "document", "root", "data")
BODY_KEYS = TEXT_KEYS + HOLDER_KEYS
MAX_TEXT = 2_000_000  # characters of all texts of one story
MIN_TEXT = 300  # characters that are a story's
_KIND_KEYS = ("type", "_type", "nodeType", "kind", "blockType", "tagName", "tag", "name", "__typename")
_LINKS = ("href", "uri", "url", "src")
_HOLDERS = ("data", "image", "file", "attrs", "asset")  # of a picture's address
_STYLE_KEYS = ("style", "level", "tag")
_INLINE = (
    "text", "span", "link", "hyperlink", "a", "strong", "em", "b", "i", "mark", "leaf", "inline", "emphasis", "br",
)  # fmt: skip
_HEADINGS = ("heading", "header", "subheading", "subtitle", "h2", "h3", "h4")
_QUOTES = ("quote", "blockquote", "pullquote")
_ITEMS = ("list_item", "listitem", "list-item", "li")
_IMAGES = ("image", "picture", "photo", "figure", "img")
# What is not the story, whatever it is called around that: "relatedLinks", "adSlot", "newsletterBox".
_NOT_STORY = ("related", "advert", "adslot", "newsletter", "promo", "teaser", "recommend", "interstitial", "readmore")


def html_of(node: Node) -> str:
    """The longest text under the keys that hold stories' texts, as HTML; "" where there is none."""
    left = [MAX_PARTS, MAX_TEXT]
    for keys in (TEXT_KEYS, HOLDER_KEYS):
        found = max((_html(node.get(key), [MAX_PARTS, left[1]]) for key in keys if node.get(key)), key=len, default="")
        if len(found) > MIN_TEXT:
            return found
    return ""


def _is_another(node: Node) -> bool:
    """Whether an object within a story is a story itself: it has a headline, and where that is to be read."""
    titled = any(isinstance(node.get(key), str) and len(node[key]) > 15 for key in ("headline", "title", "name"))
    texts = sum(1 for key in TEXT_KEYS if node.get(key))
    return titled and (
        texts > 0 or any(isinstance(node.get(key), str) for key in ("url", "href", "link", "slug", "path"))
    )


def _html(value: Any, left: list[int], depth: int = 0) -> str:
    """``left`` is how many objects and characters more are written."""
    left[0] -= 1
    if isinstance(value, str):
        left[1] -= len(value)
    if left[0] < 0 or left[1] < 0 or depth > MAX_DEPTH:
        return ""
    if isinstance(value, str):
        if "</" in value or "<br" in value:
            return value
        return "".join(f"<p>{escape(line, quote=False)}</p>" for line in value.splitlines() if line.strip())
    if isinstance(value, list):
        if _is_inline(value):
            return f"<p>{''.join(_inline(value, left, depth))}</p>"
        return "".join(_html(item, left, depth + 1) for item in value[:MAX_PARTS])
    return _block(value, left, depth) if isinstance(value, dict) else ""


def _is_inline(value: list[Any]) -> bool:
    """Whether a list holds the pieces of one paragraph, and not paragraphs that are called texts."""
    pieces = len(value) > 0 and all(isinstance(item, dict) and _kind(item) in _INLINE for item in value)
    return pieces and not (len(value) > 1 and all(_is_whole(item) for item in value))


def _is_whole(item: Node) -> bool:
    """Whether the text of an object ends as paragraphs do."""
    text = next((item[key] for key in ("text", "value", "content") if isinstance(item.get(key), str)), "")
    return text.rstrip("\"'”’»“)").endswith((".", "!", "?", "…", ":", "。", "</p>"))


def _kind(node: Node) -> str:
    found = next((node[key] for key in _KIND_KEYS if isinstance(node.get(key), str)), "")
    kind = str(found).rpartition("/")[2].lower()
    tag = node.get("tagName") or node.get("tag")
    return tag.lower() if kind == "element" and isinstance(tag, str) else kind


def _inline(value: Any, left: list[int], depth: int) -> Iterator[str]:
    """The pieces of a paragraph, as text with its links."""
    left[0] -= 1
    if isinstance(value, str):
        left[1] -= len(value)
    if left[0] < 0 or left[1] < 0 or depth > MAX_DEPTH:
        return
    if isinstance(value, str):
        yield escape(value, quote=False)
    elif isinstance(value, list):
        for item in value:
            yield from _inline(item, left, depth + 1)
    elif isinstance(value, dict):
        inner = next((value[key] for key in ("text", "value", "children", "content", "nodes") if value.get(key)), "")
        link = _address(value)
        told = _inline(inner, left, depth + 1)
        if _kind(value) == "br":
            yield "<br>"
        elif link is not None:
            yield f'<a href="{escape(link)}">{"".join(told)}</a>'
        else:
            yield from told


def _address(node: Node) -> str | None:
    for holder in (node, node.get("attrs"), node.get("data"), node.get("properties"), node.get("fields")):
        if isinstance(holder, dict):
            found = next(
                (holder[key] for key in ("href", "uri", "url", "src") if isinstance(holder.get(key), str)), None
            )
            if found:
                return str(found)
    return None


def _block(node: Node, left: list[int], depth: int) -> str:
    kind = _kind(node)
    if depth > 1 and _is_another(node):
        return ""
    flat = kind.replace("_", "").replace("-", "")
    if any(word in flat for word in _NOT_STORY):
        return ""
    if kind in _IMAGES or flat.endswith(("image", "picture", "photo")):
        return _picture(node)
    held: Any = node
    data = node.get("data")
    if isinstance(data, dict) and not any(node.get(key) for key in ("text", "content", "children", "value", "html")):
        held = data
    html = next((text for key in BODY_KEYS if (text := _html(held.get(key), left, depth + 1))), "")
    if not html:
        return ""
    style = next((str(held[key]).lower() for key in _STYLE_KEYS if isinstance(held.get(key), str)), "")
    wrapped = "h2" if kind in _HEADINGS or style in _HEADINGS else ""
    wrapped = wrapped or ("blockquote" if kind in _QUOTES or style in _QUOTES else "li" if kind in _ITEMS else "")
    if wrapped == "h2" and html.startswith("<p>") and html.count("<p>") == 1:
        html = html.removeprefix("<p>").removesuffix("</p>")
    return f"<{wrapped}>{html}</{wrapped}>" if wrapped else html


def _picture(node: Node) -> str:
    holders = [
        node,
        *(node[key] for key in ("data", "image", "file", "attrs", "asset") if isinstance(node.get(key), dict)),
    ]
    holders += [holder["file"] for holder in holders if isinstance(holder.get("file"), dict)]
    address = next((found for holder in holders if (found := _address(holder))), None)
    if address is None:
        return ""
    words = [holder.get(key) for holder in holders for key in ("caption", "title", "alt", "altText")]
    caption = next((squeeze(text) for text in words if isinstance(text, str) and text.strip()), "")
    told = f"<figcaption>{escape(caption, quote=False)}</figcaption>" if caption else ""
    return f'<figure><img src="{escape(address)}">{told}</figure>'

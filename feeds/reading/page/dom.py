"""Small helpers over selectolax's Lexbor tree. Everything that reads a page starts with one `parse` of it.

Two traps, both measured: ``decompose()`` inside ``traverse()`` crashes the process (collect first, then remove), and
deep or attribute-heavy markup costs seconds (callers limit size, and run in a worker process that can be ended).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.reading.text import squeeze, word_set
from feeds.reading.urls import absolute

TEXT = 2  # the number of text nodes, as of a tag (LXB_TAG__TEXT)
UNKNOWN = 10_000  # Lexbor knows some two hundred tags
_BREAKING = word_set("br p div li")
_CODE = word_set("script style")
_RUBY = re.compile(r"<r[tp]\b[^<>]{0,200}>[^<]{0,200}</r[tp]\s?>|</?(?:ruby|rb|rtc)\b[^<>]{0,200}>", re.IGNORECASE)


def parse(html: str) -> LexborHTMLParser:
    """Parse a page. NUL and lone surrogates are dropped first: no later step accepts them.

    So are the readings that stand above characters (``ruby``): they are no words of their own, and cut all others.
    """
    if "\x00" in html:
        html = html.replace("\x00", "")
    if "<ruby" in html:
        html = _RUBY.sub("", html)
    try:
        return LexborHTMLParser(html)
    except UnicodeEncodeError:
        return LexborHTMLParser(html.encode("utf-8", "ignore").decode("utf-8"))


def tag_numbers(tags: Iterable[str]) -> dict[int, str]:
    """Tags that HTML knows by the numbers that Lexbor gives them as ``tag_id``.

    Asking a node for its number costs a third of asking for its tag. Other tags have a different one on every page,
    above `UNKNOWN`.
    """
    nodes = [(parse(f"<{tag}>").css_first(tag), tag) for tag in tags]
    return {node.tag_id: tag for node, tag in nodes if node is not None and node.tag_id < UNKNOWN}


def attribute(node: LexborNode | None, name: str) -> str | None:
    """The attribute's value without surrounding space; None where it is missing or empty."""
    value = node.attributes.get(name) if node is not None else None
    return (value.strip() or None) if value else None


def base_of(tree: LexborHTMLParser, url: str) -> str:
    """The address that the page's relative links are of (HTML Standard, 4.2.3): its ``base``, else its own."""
    return absolute(url, attribute(tree.css_first("base[href]"), "href")) or url


def text_of(node: LexborNode | None) -> str:
    """The node's visible text on one line: line breaks, non-breaking and repeated spaces are one space."""
    if node is None:
        return ""
    parts: list[str] = []
    code = False  # the text of a style or script is all that it holds
    for child in node.traverse(include_text=True):
        tag = child.tag
        if tag == "-text":
            if not code:
                parts.append(child.text_content or "")
            code = False
            continue
        code = tag in _CODE and child.first_child is not None
        if tag in _BREAKING:
            parts.append(" ")
    return squeeze("".join(parts))

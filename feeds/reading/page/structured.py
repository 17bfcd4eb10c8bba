"""Structured data that a page carries besides its markup: JSON-LD (schema.org)."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import Any

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_NODES = 2000  # a page of one article has a few dozen

Node = dict[str, Any]

_WORDS = re.compile(r"\w+")

# What old themes wrap scripts in, for XHTML: "//<![CDATA[ … //]]>", "<!-- … -->".
_WRAPPED_BEFORE = re.compile(r"^(?:\s*(?://|/\*)?\s*(?:<!\[CDATA\[|<!--)\s*(?:\*/)?)+\s*")
WRAPPING = 60  # characters at the end that may be wrapping
_WRAPPED_BEHIND = re.compile(r"\s*;?(?:\s*(?://|/\*)?\s*(?:\]\]>|-->)\s*(?:\*/)?)*\s*;?$")
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|/\*(?:[^*]|\*(?!/))*\*/|,\s*([}\]])')

_decode = msgspec.json.Decoder().decode


def json_ld(tree: LexborHTMLParser, scripts: list[LexborNode] | None = None) -> list[Node]:
    """Every JSON object with an ``@type`` in the page's JSON-LD, in document order, nested ones after their parents.

    ``scripts`` are the page's script elements, where the caller has them. Broken blocks are repaired where the fault is
    a raw line break inside a string (common), else left out.
    """
    found: list[Node] = []
    if scripts is None:
        scripts = tree.css("script[type]")
    for script in scripts:
        kind = script.attributes.get("type") or ""
        if kind != "application/ld+json" and kind.partition(";")[0].strip().lower() != "application/ld+json":
            continue
        for node in _walk(_load(script.text(deep=True))):
            found.append(node)
            if len(found) >= MAX_NODES:
                return found
    return found


def types(node: Node) -> tuple[str, ...]:
    """The node's schema.org types without their namespace: ``("NewsArticle",)``."""
    value = node.get("@type")
    if isinstance(value, str):
        return (value.rpartition("/")[2],)
    names = value if isinstance(value, list) else [value]
    return tuple(name.rpartition("/")[2] for name in names if isinstance(name, str))


def _load(text: str) -> Any:
    text = text.strip()
    if text[:1] not in ("{", "[") or text[-1:] not in ("}", "]"):
        text = _WRAPPED_BEFORE.sub("", text)
        text = text[:-WRAPPING] + _WRAPPED_BEHIND.sub("", text[-WRAPPING:])
    try:
        return _decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        text = " ".join(text.split())
    try:
        return _decode(text.encode("utf-8", "ignore"))
    except (msgspec.DecodeError, RecursionError):
        text = _TOKENS.sub(_mended, text)
    try:
        return _decode(text.encode("utf-8", "ignore"))
    except (msgspec.DecodeError, RecursionError):
        return None


def _mended(found: re.Match[str]) -> str:
    """What people write in JSON as in JavaScript: comments, a comma behind the last item, "\\'" in a text."""
    whole = found[0]
    if whole[0] == '"':
        return whole.replace("\\'", "'")
    return found[1] or ""


def _walk(value: Any) -> Iterator[Node]:
    """Breadth first and without recursion: the depth of hostile JSON is not ours to trust."""
    queue, seen = deque([value]), 0
    while queue and seen < 20_000:
        item = queue.popleft()
        seen += 1
        if isinstance(item, list):
            queue.extend(item)
        elif isinstance(item, dict):
            if "@type" in item:
                yield item
            queue.extend([child for child in item.values() if isinstance(child, (dict, list))])


def own_story(nodes: list[Node], addresses: list[str], title: str) -> Node | None:
    """The node that describes the page's own story: by its address, else by its title; None where none says so.

    ``addresses`` are the page's, as `paths` has them. Pages carry nodes of other stories, too, and some before their
    own.
    """
    named = (node for node in nodes if any(address in addresses for address in _addresses_of(node)))
    return next(named, None) or next((node for node in nodes if _bears(node, title)), None)


def of_another_story(node: Node, addresses: list[str], title: str) -> bool:
    """Whether a node names an address or a headline, and none that is the page's own."""
    told = _addresses_of(node)
    headline = node.get("headline") or node.get("name")
    if any(address in addresses for address in told) or _bears(node, title):
        return False
    return bool(told) and isinstance(headline, str) and bool(title)


def _addresses_of(node: Node) -> list[str]:
    found = []
    for key in ("url", "@id", "mainEntityOfPage"):
        value = node.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str):
            found.append(_path(value))
    return found


def _bears(node: Node, title: str) -> bool:
    headline = node.get("headline") or node.get("name")
    return isinstance(headline, str) and same_words(headline, title)


def same_words(one: str, other: str) -> bool:
    """Whether one title is the other, but for punctuation and what a site adds at the ends."""
    one, other = word_letters(one), word_letters(other)
    return bool(one and other) and (one in other or other in one) and min(len(one), len(other)) >= 8


def word_letters(text: str) -> str:
    """The letters and digits of a title, in lower case."""
    return "".join(_WORDS.findall(text[:300].lower()))


def paths(addresses: list[str | None]) -> list[str]:
    """The addresses as they are compared: without scheme, host's www, query, fragment and final slash."""
    return [_path(address) for address in addresses if address]


def _path(address: str) -> str:
    address = address.partition("#")[0].partition("?")[0].rstrip("/")
    return address.partition("://")[2].removeprefix("www.") or address

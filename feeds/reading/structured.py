"""Structured data that a page carries besides its markup: JSON-LD (schema.org)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_NODES = 2000  # a page of one article has a few dozen

Node = dict[str, Any]

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
        if script.attributes.get("type") != "application/ld+json":
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
    text = text.strip().removeprefix("<![CDATA[").removesuffix("]]>").strip().removesuffix(";")
    try:
        return _decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        text = " ".join(text.split())
    try:
        return _decode(text.encode("utf-8", "ignore"))
    except (msgspec.DecodeError, RecursionError):
        return None


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

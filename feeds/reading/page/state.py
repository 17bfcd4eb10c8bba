"""The state of a page's scripts, where pages that scripts build carry their stories: JSON in ``<script>`` elements.

What is looked for is told by its shape (an object with a headline and a text), never by the paths of one framework.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from html import escape
from typing import Any

import msgspec
from selectolax.lexbor import LexborNode

from feeds.reading.page.structured import Node, same_words

MAX_OBJECTS = 30_000
MAX_STATE = 4_000_000  # characters of all that is read of one page
MAX_CHUNKS = 2_000
MIN_BODY = 300  # characters of a text that is a story's
MAX_PARTS = 2_000  # of a text that is a list of paragraphs

_BODY_KEYS = (
    "articleBody", "body", "bodyHtml", "body_html", "content", "contentHtml", "content_html", "html", "text",
    "fullText", "story", "paragraphs", "blocks", "components", "value",
)  # fmt: skip
_HEADLINE_KEYS = ("headline", "title", "name")
_STREAMED = re.compile(r'self\.__next_f\.push\(\[1,("(?:[^"\\]|\\.){0,2000000}")\]\)')
_ROW = re.compile(r"^[0-9a-f]{1,6}:([\[{].*)$", re.MULTILINE)

_decode = msgspec.json.Decoder().decode


def objects(text: str) -> Iterator[Node]:
    """The objects of a JSON text, outer before inner; nothing where it is broken or too large."""
    if len(text) > MAX_STATE:
        return
    try:
        queue = deque([_decode(text.encode("utf-8", "ignore"))])
    except (msgspec.DecodeError, RecursionError):
        return
    seen = 0
    while queue and seen < MAX_OBJECTS:
        item = queue.popleft()
        seen += 1
        if isinstance(item, dict):
            yield item
            queue.extend(value for value in item.values() if isinstance(value, (dict, list)))
        elif isinstance(item, list):
            queue.extend(value for value in item if isinstance(value, (dict, list)))


def states(scripts: list[LexborNode]) -> Iterator[str]:
    """The JSON texts in a page's script elements: islands of data, and the pieces of a streamed page put together."""
    streamed: list[str] = []
    left = MAX_STATE
    for script in scripts:
        text = script.text(deep=True)
        left -= len(text)
        if left < 0:
            break
        kind = (script.attributes.get("type") or "").lower()
        if kind == "application/json":
            yield text
        elif "__next_f" in text:
            streamed += [
                _decode(piece.encode("utf-8", "ignore")) for piece in _STREAMED.findall(text) if _is_json(piece)
            ]
    yield from _ROW.findall("".join(streamed))[:MAX_CHUNKS]


def _is_json(text: str) -> bool:
    try:
        return isinstance(_decode(text.encode("utf-8", "ignore")), str)
    except msgspec.DecodeError:
        return False


def story_in_state(nodes: list[Node], scripts: list[LexborNode], title: str) -> str | None:
    """The longest text, as HTML, that the page's data tell under its own headline; None where there is none.

    ``nodes`` are those of its JSON-LD, whose ``articleBody`` is plain text.
    """
    best = ""
    for node in (*nodes, *(node for text in states(scripts) for node in objects(text))):
        told = next((value for key in _HEADLINE_KEYS if isinstance(value := node.get(key), str)), "")
        if not told or not same_words(told, title):
            continue
        for key in _BODY_KEYS:
            html = _html(node.get(key))
            if len(html) > max(len(best), MIN_BODY):
                best = html
    return best or None


def _html(value: Any, depth: int = 0) -> str:
    """A text as HTML: it is, or is a list of paragraphs, or of objects that hold one each."""
    if isinstance(value, str):
        if "</" in value or "<br" in value:
            return value
        return "".join(f"<p>{escape(line, quote=False)}</p>" for line in value.splitlines() if line.strip())
    if isinstance(value, list) and depth < 4:
        return "".join(_html(item, depth + 1) for item in value[:MAX_PARTS])
    if isinstance(value, dict) and depth < 4:
        return next((html for key in _BODY_KEYS if (html := _html(value.get(key), depth + 1))), "")
    return ""

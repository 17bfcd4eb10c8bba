"""The title of a story as a feed shows it: the headline, without the site's name."""

from __future__ import annotations

import re
from html import unescape

from selectolax.lexbor import LexborNode

from feeds.reading.articles.head import Head
from feeds.reading.dom import text_of
from feeds.reading.structured import Node
from feeds.reading.text import fold, squeeze

MAX_TITLE = 500
NEAR = 0.5  # the share of a heading's words that the head's titles must have for it to be the headline in other words
_SEPARATOR = re.compile(r"\s+[-–—|•·»:/~]+\s+|\s*\|\s*|\s*::\s*|：|\s+[»«]\s+|--")


def find_title(head: Head, story: Node | None, site_names: list[str]) -> tuple[str, LexborNode | None]:
    """The headline and the element that holds it; an empty string where the page has none."""
    told = [head.first("og:title"), head.first("twitter:title"), _text(story, "headline"), head.title]
    claims = [text for text in told if text]
    names = {fold(name) for name in site_names} | _site_piece(head)
    headings = [
        (text, node)
        for node in head.h1[:20]
        if (text := text_of(node)) and len(text) <= MAX_TITLE and fold(text) not in names
    ]
    if found := _agreeing(headings, claims):
        return found
    if claims:
        return without_site(claims[0], names), None
    return headings[0] if headings else ("", None)


def without_site(title: str, names: set[str]) -> str:
    """The title without the name of the site (``names`` are folded) behind or before a separator."""
    pieces = _SEPARATOR.split(title)
    if len(pieces) < 2:
        return title
    marks = list(_SEPARATOR.finditer(title))
    if fold(pieces[-1]) in names:
        return title[: marks[-1].start()].strip()
    if fold(pieces[0]) in names:
        return title[marks[0].end() :].strip()
    return title


def _agreeing(headings: list[tuple[str, LexborNode]], claims: list[str]) -> tuple[str, LexborNode] | None:
    """The heading that a title of the head contains, the longest of several; else one that says nearly the same."""
    folded = [fold(claim) for claim in claims]
    contained = [item for item in headings if len(key := fold(item[0])) > 3 and any(key in claim for claim in folded)]
    if contained:
        return max(contained, key=lambda item: len(item[0]))
    words = {word for claim in claims for word in _words(claim)}
    for text, node in headings:
        own, key = _words(text), fold(text)
        # A heading that has a whole title inside it begins with a kicker; the title alone is the better headline.
        if (
            len(own) >= 3
            and len(own & words) >= NEAR * len(own)
            and not any(claim and claim in key for claim in folded)
        ):
            return text, node
    return None


def _site_piece(head: Head) -> set[str]:
    """A site's name: what the document's title has behind its last separator or before its first, and og:title not."""
    pieces = [fold(piece) for piece in _SEPARATOR.split(head.title)]
    told = fold(head.first("og:title") or "")
    if len(pieces) < 2:
        return set()
    longest = max(pieces, key=len)
    return {piece for piece in (pieces[0], pieces[-1]) if piece and piece != longest and piece not in told}


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _text(node: Node | None, key: str) -> str | None:
    value = node.get(key) if node else None
    return squeeze(unescape(value)) if isinstance(value, str) and value.strip() else None

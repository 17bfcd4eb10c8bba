"""The title of a story as a feed shows it: the headline, without the site's name."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from feeds.reading.article_head import Head
from feeds.reading.dom import text_of
from feeds.reading.structured import Node

MAX_TITLE = 500
_SEPARATOR = re.compile(r"\s+[-–—|•·»:/~]+\s+|\s*\|\s*|\s+::\s+")


def find_title(tree: LexborHTMLParser, head: Head, story: Node | None, site_names: list[str]) -> str:
    """The headline; an empty string where the page has none."""
    told = [head.first("og:title"), head.first("twitter:title"), _text(story, "headline"), head.title]
    claims = [text for text in told if text]
    headings = [text for node in tree.css("h1")[:20] if (text := text_of(node)) and len(text) <= MAX_TITLE]
    best = _agreeing(headings, claims)
    if best:
        return best
    if claims:
        return without_site(claims[0], site_names, headings)
    return headings[0] if headings else ""


def without_site(title: str, site_names: list[str], headings: list[str]) -> str:
    """The title without the name of the site behind (or before) a separator."""
    pieces = _SEPARATOR.split(title)
    if len(pieces) < 2:
        return title
    names = {fold(name) for name in site_names}
    marks = list(_SEPARATOR.finditer(title))
    if fold(pieces[-1]) in names:
        return title[: marks[-1].start()].strip()
    if fold(pieces[0]) in names:
        return title[marks[0].end() :].strip()
    return title


def fold(text: str) -> str:
    """Letters and digits only, without case: equal for two spellings of one name."""
    return "".join(filter(str.isalnum, text.casefold()))


def _agreeing(headings: list[str], claims: list[str]) -> str | None:
    """The heading that the head's titles contain."""
    folded = [fold(claim) for claim in claims]
    for heading in headings:
        key = fold(heading)
        if len(key) > 3 and any(key in claim for claim in folded):
            return heading
    return None


def _text(node: Node | None, key: str) -> str | None:
    value = node.get(key) if node else None
    return value if isinstance(value, str) and value.strip() else None

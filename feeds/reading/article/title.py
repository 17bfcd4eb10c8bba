"""The title of a story as a feed shows it: the headline, without the site's name."""

from __future__ import annotations

import re
from html import unescape

from selectolax.lexbor import LexborNode

from feeds.reading.page.dom import text_of
from feeds.reading.page.head import Head
from feeds.reading.page.structured import Node
from feeds.reading.text import fold, squeeze

MAX_TITLE = 500
MAX_HEADINGS = 20  # of each level that are looked at
LEAST = 8  # letters of a lower heading that is believed to be the headline
MOST_OF = 0.5  # the share of the head's title that such a heading is; the rest are sections and the site's name
READS = 4  # words of a headline that stands alone
ABOVE = 8  # elements around a heading that are looked at
TRAIL = 3  # elements between a trail and a heading in it
MAX_NAMES = 4  # of the site, and of its parts, around a title
NAME = 5  # letters of a site's name that is looked for in a longer one
NEAR = 0.5  # the share of a heading's words that the head's titles must have for it to be the headline in other words
_WORD = re.compile(r"\w+")
_MARKS = (
    r"\s+[-–—|•·»:/~]+\s+|\s*[|│｜ㅣ]\s*|\s*::\s*|\s+[»«]\s+|--|_(?=[\u2e80-\uffff])"
    r"|-(?=[\u4e00-\u9fff]{1,12}(?:网|新闻|日报|晚报|在线|频道)$)"
)
_SEPARATOR = re.compile(_MARKS + "|：")
_SITE_SEPARATOR = re.compile(_MARKS + r"|\s+：")  # without a space before it, "：" is the headline's own: "王文：…"
_FURNITURE = {"blogarchive", "blogarchiv"}  # what stands in titles beside the site's name


def find_title(head: Head, story: Node | None, site_names: list[str]) -> tuple[str, LexborNode | None]:
    """The headline and the element that holds it; an empty string where the page has none."""
    told = [head.first("og:title"), head.first("twitter:title"), _text(story, "headline"), head.title]
    claims = [text for text in told if text]
    names = {fold(name) for name in site_names}
    names |= _site_piece(head, names) | _FURNITURE
    headings = [
        (text, node)
        for node in head.h1[:MAX_HEADINGS]
        if (text := text_of(node)) and len(text) <= MAX_TITLE and fold(text) not in names and not _is_site(text, claims)
    ]
    found = _agreeing(headings, claims) or _printed_as_told(head, claims) or _alone(headings, claims)
    if found:
        text, node = found
        title = without_site(_as_told(text, node, claims, names), names)
        return title, _printed(head, text) or node if _in_trail(node) else node
    if claims:
        return without_site(claims[0], names), None
    return headings[0] if headings else ("", None)


def _is_site(heading: str, claims: list[str]) -> bool:
    """Whether a heading is what one title of the head has besides another: "Notes by the Water: A thin harvest"."""
    key, folded = fold(heading), {fold(claim) for claim in claims}
    return any(key + other in folded or other + key in folded for other in folded if other and other != key)


def _printed_as_told(head: Head, claims: list[str]) -> tuple[str, LexborNode] | None:
    """The lower heading that a title of the head begins with, and that is most of it: not every headline is an h1."""
    folded = [key for claim in claims if len(key := fold(claim)) >= LEAST]
    for node in (*head.h2[:MAX_HEADINGS], *head.h3[:MAX_HEADINGS]):
        key = fold(text) if (text := text_of(node)) and len(text) <= MAX_TITLE else ""
        if len(key) >= LEAST and any(told.startswith(key) and len(key) >= MOST_OF * len(told) for told in folded):
            return text, node
    return None


def _alone(headings: list[tuple[str, LexborNode]], claims: list[str]) -> tuple[str, LexborNode] | None:
    """The only h1 of the page, where it reads as a headline and stands for itself: the head's title is for engines."""
    if len(headings) != 1 or not claims:
        return None
    text, node = headings[0]
    if len(_words(text)) < READS or _in_furniture(node) or _in_trail(node):
        return None
    return headings[0]


def _in_furniture(node: LexborNode) -> bool:
    """Whether a heading is the page's own, or leads to it: a logo."""
    if node.css_first("a, img") is not None:
        return True
    above = node.parent
    for _ in range(ABOVE):
        if above is None or above.tag in ("article", "main", "body", None):
            return False
        if above.tag in ("a", "nav", "aside", "footer"):
            return True
        above = above.parent
    return False


def _in_trail(heading: LexborNode) -> bool:
    """Whether a heading is a step of a breadcrumb trail, where some sites repeat their headlines as the page's h1."""
    above = heading.parent
    for _ in range(TRAIL):
        if above is None or above.tag in ("nav", "ul", "ol"):
            break
        above = above.parent
    else:
        return False
    return above is not None


def _printed(head: Head, title: str) -> LexborNode | None:
    """The h2 that is the same headline, if any."""
    key = fold(title)
    return next((node for node in head.h2[:20] if fold(text_of(node)) == key), None)


def without_site(title: str, names: set[str]) -> str:
    """The title without the names of the site (``names`` are folded) behind or before a separator."""
    for _ in range(MAX_NAMES):
        marks = list(_SEPARATOR.finditer(title))
        if not marks:
            break
        before, behind = title[: marks[-1].start()].strip(), title[marks[0].end() :].strip()
        if before and fold(title[marks[-1].end() :]) in names:
            title = before
        elif behind and fold(title[: marks[0].start()]) in names:
            title = behind
        else:
            break
    return title


def _as_told(heading: str, node: LexborNode, claims: list[str], names: set[str]) -> str:
    """The heading as a title of the head writes it, where that has the same letters, or lacks only a kicker before it.

    The words of a heading that styles set apart ("<span>Land</span>Bridge opens") are glued together in its text, and
    the mark between kicker and headline is left to styles; who wrote the head's title had none.
    """
    key, words = fold(heading), len(heading.split())
    written = any(heading in claim for claim in claims)
    for claim in claims:
        for title in () if written else (claim, without_site(claim, names)):
            told = title.strip(" |-–—«»")
            apart = sum(map(bool, map(fold, told.split()))) > words or (": " in told and ":" not in heading)
            if fold(told) == key and apart:
                return told
        for told in (claim, _SEPARATOR.split(claim)[0]):
            letters = fold(told)
            longer = key != letters and key.endswith(letters) and len(letters) * 2 > len(key)
            if longer and _is_apart(node, heading, key.removesuffix(letters)):
                return told
    return heading


def _is_apart(node: LexborNode, heading: str, kicker: str) -> bool:
    """Whether a mark, or an element of its own, parts the kicker (folded) from the headline."""
    for place in range(len(kicker), len(heading)):
        if fold(heading[:place]) == kicker:
            rest = heading[place:].lstrip()
            if rest and not (rest[0].isalnum() or rest[0] in "\"'“„«‘"):
                return True
    return any(fold(text_of(part)) == kicker for part in node.css("*")[1:MAX_HEADINGS])


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


def _site_piece(head: Head, names: set[str]) -> set[str]:
    """A site's name: what the document's title has behind its last separator or before its first, and og:title not.

    Without an og:title the first is one only if it holds a name of the site, or stands before "»", as blogs of old
    wrote ("Site » Blog Archive » Headline").
    """
    told = fold(head.first("og:title") or "")
    separator = _SEPARATOR if told else _SITE_SEPARATOR
    pieces = [fold(piece) for piece in separator.split(head.title)]
    if len(pieces) < 2:
        return set()
    longest = max(pieces, key=len)
    named = told or "»" in head.title or any(len(name) >= NAME and name in pieces[0] for name in names)
    ends = (pieces[0], pieces[-1]) if named else (pieces[-1],)
    return {piece for piece in ends if piece and piece != longest and piece not in told}


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _text(node: Node | None, key: str) -> str | None:
    value = node.get(key) if node else None
    return squeeze(unescape(value)) if isinstance(value, str) and value.strip() else None

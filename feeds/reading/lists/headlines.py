"""What in an element is the headline, and what is glued to it: kickers, badges, counts, ranks, times and names.

They are told from the headline by their names in the markup, by what they say and where they stand, or by an attribute
that repeats the headline alone.
"""

from __future__ import annotations

import re

from feeds.reading.lists.boxes import Box
from feeds.reading.lists.outline import LINE, TEXT, Outline
from feeds.reading.lists.words import (
    BADGE_NAMES,
    BADGE_TEXTS,
    SIGNATURE,
    SUMMARY_NAMES,
    TIME_NAMES,
    TITLE_NAMES,
)
from feeds.reading.text import squeeze

MAX_TITLE = 300  # characters; what is longer is a text, not a headline
MAX_RANK = 2  # digits
MAX_SIBLINGS = 200  # elements before an item that are looked at for its place in the list
MAX_PIECES = 64  # elements of a headline that are looked at; each costs the text in it

_BULLETS = " •·●▪■►▶»›>–—-|+:"
_COLON = re.compile(r" :(?=[\w\"„“»«‚])")  # between a kicker and a headline that styles set apart
_SEPARATORS = ("|", "•", "·")
_BADGE_TAGS = frozenset(("sup", "time", "button", "small"))
_CUT = ("…", "...")  # the end of a headline of which only the beginning is shown

# Where every part of a teaser is called after it ("teaser__title"), the name tells nothing of this one.
_NO_TITLE_NAMES = SUMMARY_NAMES - {"teaser"} | {"sub", "subline", "subhead", "subheading"}


def headline(page: Outline, element: int, box: Box) -> str:
    """The element's text without the badges, kickers, counts and times that stand in it."""
    shown = page.text_of(element)
    if page.ends[element] == element + 2:
        return shown
    for told in told_of(page, box) + _labels(page, box):
        if told != shown and _is_part(page, element, told):
            return told
    titles = named_titles(page, element)
    if titles and titles[-1] < page.ends[titles[0]]:  # none beside another: those are the lines of one headline
        for entry in titles:
            if len(page.text_of(entry)) * 2 > len(shown):
                return page.text_of(entry)
    asked = iter(range(MAX_PIECES))

    def unwanted(entry: int) -> bool:
        if next(asked, None) is None:
            return False
        if len(page.text_of(entry)) * 2 >= len(shown):
            return False
        return _is_badge(page, entry) or _is_kicker(page, entry, element) or _is_signature(page, entry, element)

    return _COLON.sub(": ", page.text_without(element, unwanted) or shown)


def whole(page: Outline, box: Box, shown: str) -> str:
    """The headline that is shown, trimmed; of one that breaks off, the whole where an attribute of the box has it."""
    title = _trimmed(shown)
    if not title.endswith(_CUT):
        return title
    beginning = title.rstrip(" .…")
    pictures = [entry for entry, tag in enumerate(page.tags[box.start : box.end], box.start) if tag == "img"]
    described = [squeeze(page.attribute(entry, "alt")) for entry in pictures[:MAX_PIECES]]
    for told in (*told_of(page, box), *described):
        rest = told.removeprefix(beginning).lstrip(" .…")
        if told.startswith(beginning) and rest and rest[0] not in "([|" and not told.endswith(_CUT):
            return told[:MAX_TITLE]
    return title


def _trimmed(text: str) -> str:
    """The text without bullets and dashes before it, once; "»" that opens a quotation stays."""
    half = text[: len(text) // 2]
    if len(text) % 2 and text == f"{half} {half}":  # for wide screens and for narrow ones
        text = half
    if text[:1] not in _BULLETS:
        return text
    bare = text.lstrip(_BULLETS)
    return text if bare.count("«") > bare.count("»") and "»" in text[: len(text) - len(bare)] else bare


def named_titles(page: Outline, element: int) -> list[int]:
    """The elements in an element that are named titles."""
    found = []
    for entry, tag in enumerate(page.tags[element + 1 : page.ends[element]], element + 1):
        if tag != TEXT:
            names = page.names(entry)
            if not TITLE_NAMES.isdisjoint(names) and _NO_TITLE_NAMES.isdisjoint(names):
                found.append(entry)
    return found


def told_of(page: Outline, box: Box) -> list[str]:
    """What the attributes of its links call the story."""
    texts = [page.attribute(link, name) for link in box.links for name in ("title", "aria-label")]
    return [squeeze(text) for text in texts if text]


def _labels(page: Outline, box: Box) -> list[str]:
    """How the elements around a link are labelled: perhaps as the story, perhaps as the part of the page."""
    texts = [page.attribute(above, "aria-label") for above in page.ancestors(box.links[0], box.start)]
    return [squeeze(text) for text in texts if text]


def _is_part(page: Outline, element: int, told: str) -> bool:
    """Whether what an attribute says is the longer part of the element's text, cut at borders of the markup."""
    runs = [page.runs[entry].strip() for entry in range(element, page.ends[element]) if page.tags[entry] == TEXT]
    if not 2 <= len(runs) <= 8 or len(told) * 2 <= sum(map(len, runs)):
        return False
    bare = told.replace(" ", "")
    spans = ("".join(runs[i:j]) for i in range(len(runs)) for j in range(i + 1, len(runs) + 1))
    return any(squeeze(span).replace(" ", "") == bare for span in spans)


def _is_badge(page: Outline, entry: int) -> bool:
    text = page.text_of(entry)
    if page.tags[entry] in _BADGE_TAGS or (label := text.lower().strip(" :|•·-")) in BADGE_TEXTS:
        return True
    names = page.names(entry)
    if not BADGE_NAMES.isdisjoint(names):
        return True
    if text.isdecimal() and _is_rank(page, entry, text):
        return True
    return text in _SEPARATORS or (not TIME_NAMES.isdisjoint(names) and any(map(str.isdigit, label)))


def _is_rank(page: Outline, entry: int, number: str) -> bool:
    """Whether a number is the story's place in a list; a count that the headline begins with is none.

    A capital stands right behind it, or it is the item of that number.
    """
    behind = page.ends[entry]
    if behind < len(page.runs) and page.runs[behind][:1].isupper():
        return True
    item = next((above for above in page.ancestors(entry, 0) if page.tags[above] == "li"), 0)
    if not item or len(number) > MAX_RANK:
        return False
    items, place = 1, page.parents[item] + 1
    for _ in range(MAX_SIBLINGS):
        if place >= item:
            return items == int(number)
        items += page.tags[place] == "li"
        place = page.ends[place]
    return False


def _is_signature(page: Outline, entry: int, element: int) -> bool:
    """Whether an element that ends the headline's own, and stands beside no bare text, says by whom the story is."""
    above = page.parents[entry]
    if page.ends[entry] != page.ends[element] or not SIGNATURE.match(page.text_of(entry)):
        return False
    return not any(tag == TEXT and page.parents[at] == above for at, tag in enumerate(page.tags[above:entry], above))


def _is_kicker(page: Outline, entry: int, element: int) -> bool:
    """Whether a line stands above the headline in the headline's own element, and is much shorter."""
    if page.tags[entry] not in LINE or TEXT in page.tags[element:entry]:
        return False
    return len(page.text_of(entry)) * 3 < len(page.text_of(element))

"""What in an element is the headline, and what is glued to it: kickers, badges, counts, ranks, times and names.

They are told from the headline by their names in the markup, by what they say and where they stand, or by an attribute
that repeats the headline alone.
"""

from __future__ import annotations

import re
from itertools import islice

from feeds.reading.bylines import BYLINE
from feeds.reading.listing.boxes import Box
from feeds.reading.listing.flat import LINE, TEXT, Outline
from feeds.reading.page.labels import BADGE_TEXTS
from feeds.reading.page.names import BADGE_NAMES, PART_SUMMARY_NAMES, TIME_NAMES, TITLE_NAMES
from feeds.reading.text import squeeze

MAX_TITLE = 300  # characters; what is longer is a text, not a headline
MAX_RANK = 2  # digits
MAX_LEVELS = 10  # elements around a number, and entries at the beginning of an item
MAX_SIBLINGS = 60  # entries before an item among which the item before is looked for
MAX_SIGNATURE = 90  # characters
MAX_PIECES = 64  # elements of a headline that are looked at; each costs the text in it

_BULLETS = " •·●▪■►▶»›>–—-|+:"
_COLON = re.compile(r" :(?=[\w\"„“»«‚])")  # between a kicker and a headline that styles set apart
_SEPARATORS = ("|", "•", "·")
_BADGE_TAGS = frozenset(("sup", "time", "button", "small"))
_CUT = ("…", "...")  # the end of a headline of which only the beginning is shown

_NO_TITLE_NAMES = PART_SUMMARY_NAMES | {"sub", "subline", "subhead", "subheading"}


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
        element = next((entry for entry in titles if len(page.text_of(entry)) * 2 > len(shown)), element)
        shown = page.text_of(element)
    asked = iter(range(MAX_PIECES))

    def unwanted(entry: int) -> bool:
        if next(asked, None) is None:
            return False
        if len(page.text_of(entry)) * 2 >= len(shown):
            return False
        glued = _is_badge(page, entry) or _is_kicker(page, entry, element) or _is_rank(page, entry, element)
        return glued or _is_signature(page, entry, element)

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
        if told.startswith(beginning) and rest[:1].isalnum() and not told.endswith(_CUT):
            return told[:MAX_TITLE]
    return title


def _trimmed(text: str) -> str:
    """The text without bullets and dashes before it, once; "»" that opens a quotation stays."""
    half = text[: len(text) // 2]
    if half.count(" ") >= 2 and text == f"{half} {half}":  # for wide screens and for narrow ones
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
    if text in _SEPARATORS:
        return True
    return not (TIME_NAMES.isdisjoint(names) or label.isdigit()) and any(map(str.isdigit, label))


def _is_rank(page: Outline, entry: int, element: int) -> bool:
    """Whether a number that opens the headline is the story's place in a list, and no count that it begins with.

    A word with a capital is glued to it, or the item before or behind has its own number there.
    """
    number = page.text_of(entry)
    if not number.isdecimal() or len(number) > MAX_RANK or not _opens(page, entry, element):
        return False
    near = page.runs[page.ends[entry] : page.ends[entry] + MAX_LEVELS]
    behind = next((run for run in near if run), "")
    if behind[:3].isalpha() and behind[0].isupper():
        return True
    item = next((above for above in islice(page.ancestors(entry, 0), MAX_LEVELS) if page.tags[above] == "li"), 0)
    others = {page.ends[item]: int(number) + 1, _item_before(page, item): int(number) - 1} if item else {}
    return any(_opens_with(page, other, place) for other, place in others.items())


def _item_before(page: Outline, item: int) -> int:
    """The item before another, when they are small enough; the item itself where there is none."""
    above = page.parents[item]
    for before in range(item - 1, max(above, item - MAX_SIBLINGS), -1):
        if page.parents[before] == above and page.tags[before] == "li":
            return before
    return item


def _opens_with(page: Outline, item: int, number: int) -> bool:
    """Whether the first text of an item is this number."""
    if item >= len(page.tags) or page.tags[item] != "li":
        return False
    end = min(page.ends[item], item + MAX_LEVELS)
    first = next((page.runs[entry].strip() for entry in range(item, end) if page.tags[entry] == TEXT), "")
    return first.isdecimal() and len(first) <= MAX_RANK and int(first) == number


def _is_signature(page: Outline, entry: int, element: int) -> bool:
    """Whether an element that ends the headline's own, and stands beside no bare text, says by whom the story is."""
    above = page.parents[entry]
    text = page.text_of(entry)
    if page.ends[entry] != page.ends[element] or len(text) > MAX_SIGNATURE or not BYLINE.fullmatch(text):
        return False
    if page.text_of(element).removesuffix(text).rstrip().endswith((":", ",", "–", "-")):  # the headline goes on
        return False
    return not any(tag == TEXT and page.parents[at] == above for at, tag in enumerate(page.tags[above:entry], above))


def _is_kicker(page: Outline, entry: int, element: int) -> bool:
    """Whether a line stands above the headline in the headline's own element, and is much shorter."""
    if page.tags[entry] not in LINE or not _opens(page, entry, element):
        return False
    return len(page.text_of(entry)) * 3 < len(page.text_of(element))


def _opens(page: Outline, entry: int, element: int) -> bool:
    """Whether no text stands before the entry in the element."""
    return TEXT not in page.tags[element:entry]

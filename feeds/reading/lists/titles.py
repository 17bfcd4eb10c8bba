"""The headline of a story: which element of its box it is, and what in that element is not headline.

Evidence, from the best: a heading that holds the story's link or stands in it; a part of the link that is named a
title; the link's own text; at last what attributes say. What is glued to a headline (kicker, badge, count, time) is
told from it by its name in the markup, or by an attribute that repeats the headline alone.
"""

from __future__ import annotations

import re
from functools import lru_cache

from feeds.reading.lists.boxes import Box
from feeds.reading.lists.lines import lines, words
from feeds.reading.lists.outline import LINE, TEXT, Outline
from feeds.reading.lists.words import (
    BADGE_NAMES,
    BADGE_TEXTS,
    BYLINE_NAMES,
    COMMENT_TEXT,
    HEADING_TAGS,
    MORE_TEXTS,
    SIGNATURE,
    SUMMARY_NAMES,
    TIME_NAMES,
    TITLE_NAMES,
)
from feeds.reading.text import squeeze

MAX_TITLE = 300  # characters; what is longer is a text, not a headline
MIN_LINE_WORDS = 4  # of a headline among the lines of a link; a kicker, time or name has fewer
MAX_MORE = 40  # characters of a text that leads on
MAX_BEFORE = 40  # entries before a link which are looked at for running text
MIN_PROSE_WORDS = 5  # in the text before a link; a kicker or byline has fewer
MAX_TITLE_WORDS = 25  # among texts of one story, more words than these make none a better headline

_BULLETS = " •·●▪■►▶»›>–—-|+:"
_COLON = re.compile(r" :(?=[\w\"„“»«‚])")  # between a kicker and a headline that styles set apart
_SEPARATORS = ("|", "•", "·")
_BADGE_TAGS = frozenset(("sup", "time", "button", "small"))

# Where every part of a teaser is called after it ("teaser__title"), the name tells nothing of this one.
_NO_TITLE_NAMES = SUMMARY_NAMES - {"teaser"} | {"sub", "subline", "subhead", "subheading"}

_CUT = ("…", "...")  # the end of a headline of which only the beginning is shown
MAX_RANK = 2  # digits
MAX_SIBLINGS = 200  # elements before an item that are looked at for its place in the list
MAX_PIECES = 64  # elements of a headline that are looked at; each costs the text in it


def find_title(page: Outline, box: Box) -> tuple[str, int, bool]:
    """The headline, the element it was found in (-1: an attribute), and whether that belongs to a heading."""
    element = _title_element(page, box)
    if element < 0:
        return _told_only(page, box), -1, False
    return whole(page, box, _headline(page, element, box)), element, page.stands_in(element, box.start, HEADING_TAGS)


def whole(page: Outline, box: Box, shown: str) -> str:
    """The headline that is shown, trimmed; of one that breaks off, the whole where an attribute of the box has it."""
    title = _trimmed(shown)
    if not title.endswith(_CUT):
        return title
    beginning = title.rstrip(" .…")
    pictures = [entry for entry, tag in enumerate(page.tags[box.start : box.end], box.start) if tag == "img"]
    described = [squeeze(page.attribute(entry, "alt")) for entry in pictures[:MAX_PIECES]]
    for told in (*_told(page, box), *described):
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


def in_prose(page: Outline, link: int) -> bool:
    """Whether running text leads up to the link in its line: such a link refers to a story and is no headline."""
    before = 0
    line = page.line_of(link)
    for entry in range(link - 1, max(line, link - MAX_BEFORE), -1):
        tag = page.tags[entry]
        if tag in LINE:
            break
        if tag == TEXT and not page.stands_in(entry, line, ("a",)):
            before += sum([word.isalpha() for word in page.runs[entry].split()])
    return before >= MIN_PROSE_WORDS


def in_byline(page: Outline, link: int) -> bool:
    """Whether the link is an author's name."""
    if page.attribute(link, "rel") == "author":
        return True
    return page.named(link, BYLINE_NAMES)


def _title_element(page: Outline, box: Box) -> int:
    headings = [entry for entry, tag in enumerate(page.tags[box.start : box.end], box.start) if tag in HEADING_TAGS]
    near = [entry for entry in headings if _touches(page, entry, box.links)]
    if near and (best := _best(page, near)) >= 0:
        return _link_inside(page, best, box)
    silent = headings and not any(page.text_of(link) for link in box.links)
    if silent and (best := _best(page, headings)) >= 0:
        return best
    told = _told(page, box) if headings else []
    if repeated := next((entry for entry in headings if page.text_of(entry) in told), None):
        return repeated
    named = [entry for link in box.links for entry in _named_titles(page, link)]
    if named and (best := _best(page, named)) >= 0:
        return best
    best = _best(page, [link for link in box.links if not leads_on(page, link)], least=1)
    return _line_inside(page, best) if best >= 0 else -1


def _touches(page: Outline, heading: int, links: list[int]) -> bool:
    end = page.ends[heading]
    return any(heading <= link < end or link <= heading < page.ends[link] for link in links)


def _best(page: Outline, elements: list[int], least: int = 2) -> int:
    """The element whose text is most like a headline, -1 if none has as many words as asked."""
    fitting = [entry for entry in elements if words(page.text_of(entry)) >= least]
    if len(fitting) < 2:
        return fitting[0] if fitting else -1
    return max(fitting, key=lambda entry: _worth(page, entry))


def _worth(page: Outline, entry: int) -> tuple[int, int]:
    text = page.text_of(entry)
    count = words(text)
    above = page.parents[entry]
    points = 2 * (count >= 2 and len(text) <= MAX_TITLE) - (page.tags[above] == "p")
    points += page.named(entry, TITLE_NAMES) - 2 * page.named(entry, SUMMARY_NAMES)
    return (points, min(count, MAX_TITLE_WORDS))


def _link_inside(page: Outline, heading: int, box: Box) -> int:
    """The link in a heading, where it holds most of the heading's text: what stands beside it is no headline.

    Nor is a kicker before a link that ends the heading, as long as it may be.
    """
    whole, end = len(page.text_of(heading)), page.ends[heading]
    for link in box.links:
        if heading < link < end:
            text = page.text_of(link)
            if len(text) * 2 > whole or (page.ends[link] == end and words(text) >= MIN_LINE_WORDS):
                return link
    return heading


def _named_titles(page: Outline, element: int) -> list[int]:
    found = []
    for entry, tag in enumerate(page.tags[element + 1 : page.ends[element]], element + 1):
        if tag != TEXT:
            names = page.names(entry)
            if not TITLE_NAMES.isdisjoint(names) and _NO_TITLE_NAMES.isdisjoint(names):
                found.append(entry)
    return found


def _line_inside(page: Outline, link: int) -> int:
    """Of a link over several lines, a whole card, the element of the first line that is long enough for a headline."""
    inside = [line for line in lines(page, link, page.ends[link]) if line.owner > link]
    if len(inside) < 2:
        return link
    fitting = [
        line.owner for line in inside if words(line.text) >= MIN_LINE_WORDS and page.ends[line.owner] <= line.end + 1
    ]
    return next((owner for owner in fitting if BADGE_NAMES.isdisjoint(page.names(owner))), (fitting or [link])[0])


def leads_on(page: Outline, link: int) -> bool:
    """Whether a link's text is no headline, but "read more", a number of comments or nothing."""
    text = page.text_of(link)
    return len(text) <= MAX_MORE and _is_no_headline(text)


@lru_cache(maxsize=4096)
def _is_no_headline(text: str) -> bool:
    text = text.lower()
    return not text or text.strip(" .…»›>→[]") in MORE_TEXTS or COMMENT_TEXT.fullmatch(text) is not None


def _headline(page: Outline, element: int, box: Box) -> str:
    """The element's text without the badges, kickers, counts and times that stand in it."""
    whole = page.text_of(element)
    if page.ends[element] == element + 2:
        return whole
    for told in _told(page, box) + _labels(page, box):
        if told != whole and _is_part(page, element, told):
            return told
    titles = _named_titles(page, element)
    if titles and titles[-1] < page.ends[titles[0]]:  # none beside another: those are the lines of one headline
        for entry in titles:
            if len(page.text_of(entry)) * 2 > len(whole):
                return page.text_of(entry)
    asked = iter(range(MAX_PIECES))

    def unwanted(entry: int) -> bool:
        if next(asked, None) is None:
            return False
        if len(page.text_of(entry)) * 2 >= len(whole):
            return False
        return _is_badge(page, entry) or _is_kicker(page, entry, element) or _is_signature(page, entry, element)

    return _COLON.sub(": ", page.text_without(element, unwanted) or whole)


def _told(page: Outline, box: Box) -> list[str]:
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
    if text.isdigit() and _is_rank(page, entry, text):
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


def _told_only(page: Outline, box: Box) -> str:
    """Where no link of the story has text: its label, or what the picture in it is said to show."""
    for text in _told(page, box):
        if words(text) >= 2 and len(text) <= MAX_TITLE:
            return text
    for link in box.links:
        for entry in range(link + 1, page.ends[link]):
            if page.tags[entry] == "img" and words(text := squeeze(page.attribute(entry, "alt"))) >= 3:
                return text if len(text) <= MAX_TITLE else ""
    return ""

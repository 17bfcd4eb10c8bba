"""The headline of a story: which element of its box holds it (`headlines` tells what in that is none).

Evidence, from the best: a heading that holds the story's link or stands in it; a heading that an attribute of the link
repeats; a part of the link that is named a title; the link's own text; at last what attributes say.
"""

from __future__ import annotations

from functools import lru_cache

from feeds.reading.listing.boxes import Box
from feeds.reading.listing.flat import LINE, TEXT, Outline
from feeds.reading.listing.headlines import MAX_TITLE, headline, named_titles, told_of, whole
from feeds.reading.listing.lines import lines, word_count
from feeds.reading.page.labels import COMMENT_TEXT, MORE_TEXTS
from feeds.reading.page.names import BADGE_NAMES, BYLINE_NAMES, HEADING_TAGS, SUMMARY_NAMES, TITLE_NAMES
from feeds.reading.text import squeeze

MIN_LINE_WORDS = 4  # of a headline among the lines of a link; a kicker, time or name has fewer
MAX_MORE = 40  # characters of a text that leads on
MAX_BEFORE = 40  # entries before a link which are looked at for running text
MIN_PROSE_WORDS = 5  # in the text before a link; a kicker or byline has fewer
MAX_TITLE_WORDS = 25  # among texts of one story, more words than these make none a better headline


def find_title(page: Outline, box: Box) -> tuple[str, int, bool]:
    """The headline, the element it was found in (-1: an attribute), and whether that belongs to a heading."""
    element = _title_element(page, box)
    if element < 0:
        return _told_only(page, box), -1, False
    return whole(page, box, headline(page, element, box)), element, page.stands_in(element, box.start, HEADING_TAGS)


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
    told = told_of(page, box) if headings else []
    if repeated := next((entry for entry in headings if page.text_of(entry) in told), None):
        return repeated
    named = [entry for link in box.links for entry in named_titles(page, link)]
    if named and (best := _best(page, named)) >= 0:
        return best
    best = _best(page, [link for link in box.links if not leads_on(page, link)], least=1)
    return _line_inside(page, best) if best >= 0 else -1


def _touches(page: Outline, heading: int, links: list[int]) -> bool:
    end = page.ends[heading]
    return any(heading <= link < end or link <= heading < page.ends[link] for link in links)


def _best(page: Outline, elements: list[int], least: int = 2) -> int:
    """The element whose text is most like a headline, -1 if none has as many words as asked."""
    fitting = [entry for entry in elements if word_count(page.text_of(entry)) >= least]
    if len(fitting) < 2:
        return fitting[0] if fitting else -1
    return max(fitting, key=lambda entry: _worth(page, entry))


def _worth(page: Outline, entry: int) -> tuple[int, int]:
    text = page.text_of(entry)
    count = word_count(text)
    above = page.parents[entry]
    points = 2 * (count >= 2 and len(text) <= MAX_TITLE) - (page.tags[above] == "p")
    points += page.named(entry, TITLE_NAMES) - 2 * page.named(entry, SUMMARY_NAMES)
    return (points, min(count, MAX_TITLE_WORDS))


def _link_inside(page: Outline, heading: int, box: Box) -> int:
    """The link in a heading, where it holds most of the heading's text: what stands beside it is no headline.

    Nor is a kicker before a link that ends the heading, as long as it may be.
    """
    size, end = len(page.text_of(heading)), page.ends[heading]
    for link in box.links:
        if heading < link < end:
            text = page.text_of(link)
            if len(text) * 2 > size or (page.ends[link] == end and _follows_kicker(page, heading, link)):
                return link
    return heading


def _follows_kicker(page: Outline, heading: int, link: int) -> bool:
    """Whether a link is long enough for a headline, and all text before it in the heading is in elements."""
    if word_count(page.text_of(link)) < MIN_LINE_WORDS:
        return False
    return not any(page.tags[at] == TEXT and page.parents[at] == heading for at in range(heading + 1, link))


def _line_inside(page: Outline, link: int) -> int:
    """Of a link over several lines, a whole card, the element of the first line that is long enough for a headline."""
    inside = [line for line in lines(page, link, page.ends[link]) if line.owner > link]
    if len(inside) < 2:
        return link
    fitting = [
        line.owner
        for line in inside
        if word_count(line.text) >= MIN_LINE_WORDS and page.ends[line.owner] <= line.end + 1
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


def _told_only(page: Outline, box: Box) -> str:
    """Where no link of the story has text: its label, or what the picture in it is said to show."""
    for text in told_of(page, box):
        if word_count(text) >= 2 and len(text) <= MAX_TITLE:
            return text
    for link in box.links:
        for entry in range(link + 1, page.ends[link]):
            if page.tags[entry] == "img" and word_count(text := squeeze(page.attribute(entry, "alt"))) >= 3:
                return text if len(text) <= MAX_TITLE else ""
    return ""

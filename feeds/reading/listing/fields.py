"""What the box of a story says of it: headline, time, summary and picture (see `boxes`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from feeds.reading.dates.parse import parse_date, writing_order
from feeds.reading.listing.boxes import Box
from feeds.reading.listing.flat import TEXT, Outline
from feeds.reading.listing.headlines import whole
from feeds.reading.listing.images import Pictures
from feeds.reading.listing.lines import Line, lines, word_count
from feeds.reading.listing.titles import find_title, in_byline, in_prose, leads_on
from feeds.reading.page.names import (
    AUTHOR_NAMES,
    BADGE_NAMES,
    CHANGE_NAMES,
    HEADING_TAGS,
    PART_SUMMARY_NAMES,
    SUMMARY_NAMES,
    TIME_NAMES,
)
from feeds.reading.text import fold

MAX_TIME_TEXT = 70  # characters; a longer line is prose that may hold a date
MAX_RUNS = 8  # of a line that are asked for a time of their own
MIN_SUMMARY_WORDS = 5
ENOUGH_WORDS = 14  # more make no better summary: where whole texts stand in the list, the first paragraph is it
MIN_NAMED_WORDS = 3  # of a line that is named a summary

_TIME_ATTRIBUTES = ("datetime", "content", "title")
_TIME_NAME = re.compile(r"data-(?:\w+-)*\w*(?:time|timestamp|date|published|publish|epoch)$")
_OTHER_TIME = re.compile(r"modif|updat|expir|end|start|valid|cache|read|duration|runtime")
_ASIDE_NAMES = BADGE_NAMES | TIME_NAMES
_TEASER_TEXT = frozenset(("teaser", "text"))
_ICONS = frozenset(("icon", "icons", "ico"))
_CONTENT = frozenset((TEXT, "img", "source", "picture", "time", "meta", "a"))
_EMPTY = frozenset((TEXT, "a", "img", "source", "br", "hr", "input", "wbr"))
_DIGIT = re.compile(r"\d")
_EITHER = re.compile(r"(?<![\d/])\d{1,2}[/-]\d{1,2}(?![\d])")  # a date whose order may be the other
_HEAD = re.compile(r"([^|\n]{5,40}?)\s*(?:\s[–—-]|[|•·:])\s+(?=\S)")  # of a summary: "Apr 14, 2025 | The office …"


@dataclass(slots=True)
class Fields:
    """What one box says.

    Of the headline, ``heading`` says that it stands in a heading, ``told`` that only an attribute has it, ``prose``
    that it is a link in running text, and ``byline`` that it is the name of an author. ``reckoned``: its time was
    counted from now ("2 hours ago").
    """

    title: str = ""
    heading: bool = False
    told: bool = False
    prose: bool = False
    byline: bool = False
    summary: str | None = None
    published: datetime | None = None
    image: str | None = None
    reckoned: bool = False


class Reading:
    """The page, and what all of its boxes are read with."""

    def __init__(
        self,
        page: Outline,
        pictures: Pictures,
        *,
        timezone: ZoneInfo,
        now: datetime | None,
        language: str | None,
    ) -> None:
        self.page = page
        self.pictures = pictures
        self.timezone = timezone
        self.now = now
        self.language = language
        self.reckoned: set[datetime] = set()

    @cached_property
    def day_first(self) -> bool | None:
        """Which number of its dates is the day, as far as the page itself tells: the list's other dates."""
        texts = [text for text in self.page.runs if text and len(text) <= MAX_TIME_TEXT and _EITHER.search(text)]
        return writing_order(texts, self.now)


def read_box(reading: Reading, box: Box) -> Fields:
    """Read all fields of one box."""
    page = reading.page
    if _is_bare(page, box):
        return _read_bare(reading, box)
    title, element, heading = find_title(page, box)
    found = Fields(title, heading, told=element < 0)
    if element in box.links and not heading:
        found.prose = in_prose(page, element)
        found.byline = in_byline(page, element)
    beside = lines(page, box.start, box.end, _silent(page, box))
    around = [line for line in beside if element >= 0 and _overlaps(page, line, element)]
    if around:
        beside = [line for line in beside if line not in around]
    found.published, shown = _published(reading, box, beside)
    if found.published is None:
        found.published = next((moment for line in around if (moment := _time_in_line(reading, line, title))), None)
    found.summary = _summary(page, [line for line in beside if line is not shown], title, element)
    if found.summary and (head := _dated_head(reading, found.summary)):
        found.summary, found.published = head[1], found.published or head[0]
    found.image = reading.pictures.first(box.start, box.end)
    found.reckoned = found.published in reading.reckoned
    return found


def _is_bare(page: Outline, box: Box) -> bool:
    """Whether the box holds a link with one text and nothing else, as in plain lists of headlines."""
    link = box.links[0]
    if box.end != link + 2 or len(box.links) > 1 or page.tags[link + 1] != TEXT:
        return False
    return _CONTENT.isdisjoint(page.tags[box.start : link]) and not leads_on(page, link)


def _read_bare(reading: Reading, box: Box) -> Fields:
    """Read a bare box: most of what `read_box` looks for cannot be there."""
    page, link = reading.page, box.links[0]
    published = _time_around(reading, box)
    return Fields(
        title=whole(page, box, page.text_of(link)),
        heading=not HEADING_TAGS.isdisjoint(page.tags[box.start : link]),
        byline=in_byline(page, link),
        published=published,
        reckoned=published in reading.reckoned,
    )


def _silent(page: Outline, box: Box) -> set[int]:
    """The entries of links that only lead on: what they say is not said of the story."""
    found: set[int] = set()
    for link in box.links:
        if page.text_of(link) and leads_on(page, link):
            found.update(range(link, page.ends[link]))
    return found


def _overlaps(page: Outline, line: Line, element: int) -> bool:
    return line.start < page.ends[element] and line.end > element


# --- time ------------------------------------------------------------------------------------------------------------


def _published(reading: Reading, box: Box, beside: list[Line]) -> tuple[datetime | None, Line | None]:
    """The story's time and the line that shows it: elements made for times first, then short lines, then other data."""
    page = reading.page
    for entry in _clocks(page, box):
        moment = _time_of(reading, entry)
        if moment is not None:
            return moment, next((line for line in beside if _overlaps(page, line, entry)), None)
    for line in beside:
        if len(line.text) <= MAX_TIME_TEXT and (reading.now is not None or _DIGIT.search(line.text)):
            moment = _time_of_line(reading, line)
            if moment is not None:
                return moment, line
    return _time_around(reading, box), None


def _clocks(page: Outline, box: Box) -> list[int]:
    """The elements made for a time: ``time``, and those named so that hold nothing, for a script to fill."""
    tags, ends = page.tags, page.ends
    found = [
        entry
        for entry, tag in enumerate(tags[box.start : box.end], box.start)
        if tag not in _EMPTY and (tag == "time" or ends[entry] == entry + 1)
    ]
    clocks = [entry for entry in found if tags[entry] == "time" or _is_named_clock(page, entry)]
    if len(clocks) > 1:  # the first time is that of publication, unless its name says that it is the last change
        clocks.sort(key=lambda entry: not CHANGE_NAMES.isdisjoint(page.names(entry)))
    return clocks


def _is_named_clock(page: Outline, entry: int) -> bool:
    return not TIME_NAMES.isdisjoint(page.names(entry))


def _time_of_line(reading: Reading, line: Line) -> datetime | None:
    """The time a line of text tells: what the attributes around it say is more exact than the text."""
    page = reading.page
    for run in range(line.start, line.end):
        if page.tags[run] == TEXT and _DIGIT.search(page.runs[run]):
            entry = page.parents[run]
            named = _is_named_clock(page, entry)
            if (moment := _time_attribute(reading, entry, named_only=not named)) is not None:
                return moment
    if line.text.isdigit():
        return None
    return _parse(reading, line.text) or _time_in_line(reading, line, "")


def _time_in_line(reading: Reading, line: Line, title: str) -> datetime | None:
    """The time that one run of a line tells by itself, set apart from a name, a count, or from the headline."""
    page = reading.page
    runs = [run for run in range(line.start, line.end) if page.tags[run] == TEXT]
    for text in [page.runs[run].strip() for run in runs[:MAX_RUNS]] if len(runs) > 1 else ():
        tells = 4 < len(text) <= MAX_TIME_TEXT and _DIGIT.search(text) and not text.isdigit() and text not in title
        if tells and (moment := _parse(reading, text)) is not None:
            return moment
    return None


def _time_of(reading: Reading, entry: int) -> datetime | None:
    """The time an element tells: its attributes, or its text."""
    if (moment := _time_attribute(reading, entry)) is not None:
        return moment
    text = reading.page.text_of(entry)
    return _parse(reading, text) if len(text) <= MAX_TIME_TEXT else None


def _dated_head(reading: Reading, text: str) -> tuple[datetime, str] | None:
    """The time with which a summary opens, and the summary without it."""
    head = _HEAD.match(text)
    if head is None or not _DIGIT.search(head[1]) or (moment := _parse(reading, head[1])) is None:
        return None
    return moment, text[head.end() :]


def _time_around(reading: Reading, box: Box) -> datetime | None:
    """The time that an element around the link has among its data, as ``data-publishtime``."""
    page = reading.page
    for entry in page.ancestors(box.links[0], box.start):
        if page.attributes[entry] and (moment := _time_attribute(reading, entry, named_only=True)) is not None:
            return moment
    return None


def _time_attribute(reading: Reading, entry: int, *, named_only: bool = False) -> datetime | None:
    for name, value in reading.page.attributes[entry].items():
        if value and (_is_time_name(name) if name[:5] == "data-" else not named_only and name in _TIME_ATTRIBUTES):
            moment = _parse(reading, value)
            if moment is not None:
                return moment
    return None


@lru_cache(maxsize=1024)
def _is_time_name(attribute: str) -> bool:
    return bool(_TIME_NAME.match(attribute)) and not _OTHER_TIME.search(attribute)


def _parse(reading: Reading, text: str) -> datetime | None:
    if not _DIGIT.search(text) and reading.now is None:
        return None
    day_first = reading.day_first if _EITHER.search(text) else None
    moment = parse_date(
        text,
        timezone=reading.timezone,
        language=reading.language,
        now=reading.now,
        day_first=day_first,
        in_list=True,
    )
    if moment is None:
        return None
    if moment.reckoned:
        reading.reckoned.add(moment.at)
    return moment.at


# --- summary ---------------------------------------------------------------------------------------------------------


def repeats(text: str | None, title: str) -> bool:
    """Whether a text says the headline again, and little more."""
    if not text or not title:
        return False
    said, told = fold(text), fold(title)
    return said == told or (said.startswith(told) and word_count(text) - word_count(title) < MIN_NAMED_WORDS)


def _summary(page: Outline, beside: list[Line], title: str, element: int = -1) -> str | None:
    """The text beside the headline: a line named so, else the first that is long enough for a sentence or two."""
    best, best_worth = None, (False, 0)
    for line in beside:
        count = word_count(line.text)
        if count < MIN_NAMED_WORDS or repeats(line.text, title):
            continue
        named = page.named(line.owner, SUMMARY_NAMES) and BADGE_NAMES.isdisjoint(page.names(line.owner))
        worth = (named, min(count, ENOUGH_WORDS))
        if worth <= best_worth or not (named or count >= MIN_SUMMARY_WORDS) or _is_aside(page, line, element):
            continue
        best, best_worth = line.text, worth
    return best


def _is_aside(page: Outline, line: Line, element: int) -> bool:
    """Whether the line is named after an author, or most of its text is in elements named as labels, counts, times.

    A box that holds the headline as well is the whole card, whatever it is called.
    """
    for above in (line.owner, page.parents[line.owner]):
        if not (above <= element < page.ends[above] or AUTHOR_NAMES.isdisjoint(page.names(above))):
            return True
    if line.end == line.start + 1 and page.parents[line.start] == line.owner:
        return False  # nothing but text, as most lines
    told = 0
    for run in range(line.start, line.end):
        if page.tags[run] == TEXT and not _in_badge(page, run, line.owner):
            told += len(page.runs[run].strip())
    return told * 2 < len(line.text)


def _in_badge(page: Outline, entry: int, top: int) -> bool:
    for above in page.ancestors(entry, top + 1):
        names = page.names(above)
        if not PART_SUMMARY_NAMES.isdisjoint(names) or names >= _TEASER_TEXT:
            return False
        if "text" in names:  # "CardBodyIcons-text"
            names -= _ICONS
        if page.tags[above] == "time" or not _ASIDE_NAMES.isdisjoint(names):
            return True
    return False

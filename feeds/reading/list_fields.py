"""What the box of a story says of it: headline, time, summary and picture (see `list_boxes`)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from feeds.reading.dates import parse_date
from feeds.reading.list_boxes import Box
from feeds.reading.list_images import picture
from feeds.reading.list_outline import LINE, TEXT, Outline
from feeds.reading.list_titles import find_title, leads_on, words
from feeds.reading.list_words import AUTHOR_NAMES, SUMMARY_NAMES, TIME_NAMES
from feeds.reading.text import squeeze

MAX_BLOCKS = 40  # lines of text in a box; a teaser has a handful
MAX_TIME_TEXT = 70  # characters; a longer line is prose that may hold a date
MIN_SUMMARY_WORDS = 5

_TIME_ATTRIBUTES = ("datetime", "content", "title")
_TIME_NAME = re.compile(r"data-(?:\w+-)*\w*(?:time|timestamp|date|published|publish|epoch)$")
_OTHER_TIME = re.compile(r"modif|updat|expir|end|start|valid|cache|read|duration|runtime")
_EMPTY = frozenset((TEXT, "a", "img", "source", "br", "hr", "input", "wbr"))
_DIGIT = re.compile(r"\d")


@dataclass(slots=True)
class Line:
    """A line of text as a reader sees it: the range of its runs, and the element that sets it apart."""

    start: int
    end: int
    text: str
    owner: int


@dataclass(slots=True)
class Fields:
    """What one box says; ``heading``: the headline stands in a heading, ``told``: only an attribute has it."""

    title: str = ""
    heading: bool = False
    told: bool = False
    summary: str | None = None
    published: datetime | None = None
    image: str | None = None


@dataclass
class Reading:
    """The page, and what all of its boxes are read with."""

    page: Outline
    base: str
    language: str | None = None
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    now: datetime | None = None
    shared: Counter[str] = field(default_factory=Counter)


def read_box(reading: Reading, box: Box) -> Fields:
    """Read all fields of one box."""
    page = reading.page
    title, element, heading = find_title(page, box)
    found = Fields(title, heading, told=element < 0)
    beside = [line for line in _lines(page, box) if element < 0 or not _overlaps(page, line, element)]
    found.published, shown = _published(reading, box, beside)
    found.summary = _summary(page, [line for line in beside if line is not shown], title)
    found.image = picture(page, reading.base, box.start, box.end, reading.shared)
    return found


def _overlaps(page: Outline, line: Line, element: int) -> bool:
    return line.start < page.ends[element] and line.end > element


def _lines(page: Outline, box: Box) -> list[Line]:
    """The box's text, line by line: a line ends where an element of its own line starts or ends."""
    found: list[Line] = []
    parts: list[str] = []
    start = last = owner = -1
    silent = {entry for link in box.links if leads_on(page, link) for entry in range(link, page.ends[link])}
    for entry in range(box.start, box.end):
        tag = page.tags[entry]
        if tag != TEXT:
            if tag in LINE and parts:
                _add(found, parts, start, last, owner)
            continue
        if entry in silent:
            continue
        line = page.line_of(entry)
        if parts and line != owner:
            _add(found, parts, start, last, owner)
        if not parts:
            start, owner = entry, line
        parts.append(page.runs[entry])
        last = entry
        if len(found) >= MAX_BLOCKS:
            break
    _add(found, parts, start, last, owner)
    return found


def _add(found: list[Line], parts: list[str], start: int, last: int, owner: int) -> None:
    text = squeeze("".join(parts))
    if text:
        found.append(Line(start, last + 1, text, owner))
    parts.clear()


# --- time ------------------------------------------------------------------------------------------------------------


def _published(reading: Reading, box: Box, lines: list[Line]) -> tuple[datetime | None, Line | None]:
    """The story's time and the line that shows it: elements made for times first, then short lines, then other data."""
    page = reading.page
    for entry in range(box.start, box.end):
        if page.tags[entry] == "time" or (page.ends[entry] == entry + 1 and _is_empty_clock(page, entry)):
            moment = _time_of(reading, entry)
            if moment is not None:
                return moment, next((line for line in lines if _overlaps(page, line, entry)), None)
    for line in lines:
        if len(line.text) <= MAX_TIME_TEXT and (reading.now is not None or _DIGIT.search(line.text)):
            moment = _time_of_line(reading, line)
            if moment is not None:
                return moment, line
    return _time_around(reading, box), None


def _is_empty_clock(page: Outline, entry: int) -> bool:
    """Whether the element holds nothing, is named for a time, and so is filled by a script."""
    return page.tags[entry] not in _EMPTY and not TIME_NAMES.isdisjoint(page.names(entry))


def _time_of_line(reading: Reading, line: Line) -> datetime | None:
    """The time a line of text tells: what the attributes around it say is more exact than the text."""
    page = reading.page
    for run in range(line.start, line.end):
        if page.tags[run] == TEXT and _DIGIT.search(page.runs[run]):
            entry = page.parents[run]
            timed = not TIME_NAMES.isdisjoint(page.names(entry))
            if (moment := _time_attribute(reading, entry, named_only=not timed)) is not None:
                return moment
    return None if line.text.isdigit() else _parse(reading, line.text)


def _time_of(reading: Reading, entry: int) -> datetime | None:
    """The time an element tells: its attributes, or its text."""
    if (moment := _time_attribute(reading, entry)) is not None:
        return moment
    text = reading.page.text_of(entry)
    return _parse(reading, text) if len(text) <= MAX_TIME_TEXT else None


def _time_around(reading: Reading, box: Box) -> datetime | None:
    """The time that an element around the link has among its data, as ``data-publishtime``."""
    for entry in reading.page.ancestors(box.links[0], box.start):
        if (moment := _time_attribute(reading, entry, named_only=True)) is not None:
            return moment
    return None


def _time_attribute(reading: Reading, entry: int, *, named_only: bool = False) -> datetime | None:
    for name, value in reading.page.attributes[entry].items():
        if value and (_is_time_name(name) or (name in _TIME_ATTRIBUTES and not named_only)):
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
    moment = parse_date(text, timezone=reading.timezone, language=reading.language, now=reading.now)
    return moment.at if moment is not None else None


# --- summary ---------------------------------------------------------------------------------------------------------


def _summary(page: Outline, lines: list[Line], title: str) -> str | None:
    """The text beside the headline: a line named so, else the longest that is long enough for a sentence."""
    best, best_worth = None, (0, 0)
    for line in lines:
        names = page.names(line.owner) | page.names(page.parents[line.owner])
        count = words(line.text)
        named = bool(names & SUMMARY_NAMES)
        if count < (2 if named else MIN_SUMMARY_WORDS) or line.text == title or names & AUTHOR_NAMES:
            continue
        if (named, count) > best_worth:
            best, best_worth = line.text, (named, count)
    return best

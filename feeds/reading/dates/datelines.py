"""The dates that a page shows: texts and attributes with a date in them, and where they stand.

`beside_headline` looks at a few dozen texts around the headline and is cheap; `on_page` looks at every text, for pages
that have no better evidence. What a date is worth is `dates.weights`' matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from feeds.reading.dates.claims import MONTH_NAMES
from feeds.reading.dates.parse import SHORT_DATE, Moment, parts_of_dateline
from feeds.reading.dates.relative import MAX_TEXT as MAX_RELATIVE
from feeds.reading.page.page import DATED_TAGS, Entry, Scan
from feeds.reading.page.structured import same_words, word_letters
from feeds.reading.text import squeeze

MAX_ENTRIES = 20_000
MAX_TEXT = 200
MAX_SIGHTINGS = 60  # a page of an archive has hundreds
FEW_LETTERS = 14  # a weekday and a month
MAX_HEADINGS = 30
MAX_DEPTH = 200
MAX_JOINS, MAX_JOINED = 25, 60  # how many dates may be put together from pieces, and how long they may be
ENTRIES_BEFORE, ENTRIES_AFTER = 10, 50  # how far "beside the headline" reaches, in texts

_NATIVE = "\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0e50-\u0e59"  # digits of other scripts
# 19xx, 20xx, Persian 13xx and 14xx, Buddhist 256x, any four digits of other scripts. It begins with a set, which the
# engine finds fastest.
_YEAR = re.compile(rf"[12{_NATIVE}](?:[09{_NATIVE}]|5(?=[67])|(?<=1)[34])\d\d(?!\d)")
_SHORT_NUMBER = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_OPENING = re.compile(r"\s*\(?([^\n]{6,32}?\d{2,4}\.?)\)?\s*(?:[-–—|:]|//)\s")
_KEPT_IN = re.compile(r"(?<!\d)(20\d\d)[/-]?(0[1-9]|1[0-2])(?=/)")
_SILENT = frozenset(
    {"script", "style", "noscript", "template", "textarea", "title", "option", "code", "pre", "svg", "select"}
)
_LEVELS = frozenset(("h1", "h2"))
_ITEMPROP = re.compile(r"date(?:published|created|modified)", re.IGNORECASE)
_SCRIPTED = re.compile(
    r'"(?:datePublished|publishedAt|published_at|publishDate|publish_date|publicationDate|datePosted)"\s*:\s*"([^"]{8,40})"'
)

Parse = Callable[[str], Moment | None]


class Sighting(NamedTuple):
    """A date that the page shows.

    ``place`` is its distance from the headline in letters (from the page's beginning where there is no headline);
    ``made_for`` marks an attribute or element whose only purpose is a date.
    """

    text: str
    holder: LexborNode
    place: int
    made_for: bool
    moment: Moment


def headline(h1: list[LexborNode], h2: list[LexborNode], title: str) -> LexborNode | None:
    """The heading that says most of the page's title, else the first ``h1`` with text in it."""
    first = None
    least = max(8, len(word_letters(title)) * 3 // 10)
    for headings in (h1, h2):
        best, most = None, least
        for heading in headings[:MAX_HEADINGS]:
            text = heading.text(deep=True, separator=" ")[:600]
            letters = len(word_letters(text))
            if letters >= most and same_words(text, title):
                best, most = heading, letters + 1
            if first is None and headings is h1 and letters > 3:
                first = heading
        if best is not None:
            return best
    return first


def beside_headline(flow: list[Entry], heading: LexborNode, parse: Parse, relative: bool = False) -> list[Sighting]:
    """The dates around the headline; with ``relative`` also those that tell no year ("vor 2 Stunden")."""
    place = _place(flow, heading)
    before, _ = _scan(flow[max(0, place - ENTRIES_BEFORE) : place][::-1], parse, relative=relative)
    after, _ = _scan(flow[place : place + ENTRIES_AFTER], parse, relative=relative)
    return after + [sighting._replace(place=-sighting.place) for sighting in before]


def _place(flow: list[Entry], heading: LexborNode) -> int:
    key = heading.mem_id
    return next((i for i, (node, tag, _) in enumerate(flow) if tag in _LEVELS and node.mem_id == key), 0)


def on_page(page: Scan, heading: LexborNode | None, parse: Parse) -> list[Sighting]:
    """All the dates that the page shows, and those in its microdata."""
    marked = page.tree.css("[itemprop^=date], [data-date], [data-published]")
    others = frozenset(node.mem_id for node in marked if node.tag not in DATED_TAGS)
    flow = Scan(page.tree, others).flow if others else page.flow
    sightings, place = _scan(flow, parse, heading)
    return [sighting._replace(place=sighting.place - place) for sighting in sightings]


def short_date(flow: list[Entry], heading: LexborNode, picture: str, parse: Parse) -> str | None:
    """A date beside the headline with a year of two digits ("30.10.23"), in words; None where it stays in doubt.

    Which number is the year? It is believed where the address of the story's picture has the same year and month, as
    where publishing systems keep uploads ("/uploads/2023/10/"); without such a picture where the text proves it.
    """
    kept = _KEPT_IN.search(picture)
    place = _place(flow, heading)
    if kept is None:
        texts = [text for _, _, text in flow[max(0, place - ENTRIES_BEFORE) : place + ENTRIES_AFTER]]
        dated = (text for text in texts if len(text) <= MAX_JOINED and SHORT_DATE.search(text))
        return next((text for text in dated if parse(text) is not None), None)
    year, month = int(kept[1]), int(kept[2])
    for _, _, text in flow[max(0, place - ENTRIES_BEFORE) : place + ENTRIES_AFTER]:
        for match in SHORT_DATE.finditer(text) if len(text) <= MAX_TEXT else ():
            one, other, short = int(match[1]), int(match[3]), int(match[4])
            day = one if other == month else other
            if month in (one, other) and short == year % 100 and 1 <= day <= 31:
                return f"{day} {MONTH_NAMES[month - 1]} {year}"
    return None


def opening_date(flow: list[Entry], heading: LexborNode, parse: Parse) -> str | None:
    """The date with which the first paragraph behind the headline opens, as in dispatches: "9.2.2025 - The …"."""
    place = _place(flow, heading)
    for _, _, text in flow[place + 1 : place + ENTRIES_AFTER]:
        if len(text) > MAX_TEXT // 2:
            found = _OPENING.match(text)
            return found[1] if found and parse(found[1]) is not None else None
    return None


def in_scripts(scripts: list[LexborNode]) -> str | None:
    """The one time that the page's scripts call the publication's; None where they tell none, or several."""
    found: set[str] = {match for script in scripts for match in _SCRIPTED.findall(script.text(deep=True))}
    return found.pop() if len(found) == 1 else None


def _scan(
    flow: list[Entry], parse: Parse, heading: LexborNode | None = None, relative: bool = False
) -> tuple[list[Sighting], int]:
    """The dates among the entries, each with how many letters stand before it; and where the headline is."""
    found: list[Sighting] = []
    place, heading_place, joins = 0, 0, MAX_JOINS
    heading_id = heading.mem_id if heading is not None else None
    has_year = _YEAR.search
    for node, tag, text in flow[:MAX_ENTRIES]:
        sighting: Sighting | None = None
        several: list[Sighting] = []
        if tag == "-text":
            size = len(text)
            place += size
            if size <= MAX_TEXT and has_year(text):
                if _SHORT_NUMBER.search(text):
                    several = _text_dates(text, node, place - size, parse)
                elif joins and len(text.strip()) <= FEW_LETTERS:
                    joins -= 1
                    sighting = _joined_date(node, place - size, parse)
            elif relative and size <= MAX_RELATIVE and _SHORT_NUMBER.search(text):
                several = _text_dates(text, node, place - size, parse)
        elif tag not in _LEVELS:
            sighting = _attribute_date(node, place, parse)
        elif heading_id is not None and node.mem_id == heading_id:
            heading_place = place
        found += several if sighting is None else [sighting]
        if len(found) >= MAX_SIGHTINGS:
            break
    return found, heading_place


def _text_dates(text: str, node: LexborNode, place: int, parse: Parse) -> list[Sighting]:
    """The date of a text; both where it tells the publication and the last change."""
    holder = node.parent
    if holder is None or holder.tag in _SILENT:
        return []
    parts = parts_of_dateline(text)
    told = [text] if len(parts) == 1 else [part for part, _ in parts]
    made = holder.tag == "time"
    return [Sighting(squeeze(part), holder, place, made, moment) for part in told if (moment := parse(part))]


def _joined_date(node: LexborNode, place: int, parse: Parse) -> Sighting | None:
    """The date around a bare year, where day, month and year stand in elements of their own."""
    holder = node.parent
    for _ in range(2):
        holder = holder.parent if holder is not None else None
        if holder is None:
            return None
        text = holder.text(deep=True, separator=" ")
        if len(text) > MAX_JOINED:
            return None
        if moment := parse(text):
            return Sighting(squeeze(text), holder, place, holder.tag == "time", moment)
    return None


def _attribute_date(node: LexborNode, place: int, parse: Parse) -> Sighting | None:
    """``<time datetime>``, ``<abbr title>``, ``itemprop="datePublished"`` with its ``content``."""
    attributes = node.attributes
    named = node.tag in ("time", "abbr") or _ITEMPROP.search(attributes.get("itemprop") or "")
    for name in ("datetime", "content", "title") if named else ("data-date", "data-published"):
        value = attributes.get(name)
        if value and len(value) <= MAX_TEXT and (moment := parse(value)):
            return Sighting(value, node, place, True, moment)
    return None

"""A page to the times of its article: when it was published, and when last modified.

Four kinds of evidence, asked in the order of what they cost:

1. *metadata*: the JSON-LD node of this very article, meta elements. Right on more than nine pages in ten that have it;
2. *the dateline* beside the headline. It is what readers see, so it corrects metadata that tells another day
   altogether, and tells the zone of a clock that the metadata leaves in doubt;
3. where neither is sure: *every other date on the page*, weighed by its surroundings, and dates in the page's scripts;
4. *the address*, which gives a day, or confirms one.

A page that shows no date but that of its last update was published then, as far as its readers can tell. What no
evidence above `ENOUGH` supports is None.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from selectolax.lexbor import LexborHTMLParser

from feeds.model import Stated, UtcLabel
from feeds.reading.dates.claims import Claim, address_day, address_month, linked_claims, meta_claims
from feeds.reading.dates.datelines import (
    Sighting,
    beside_headline,
    headline,
    in_scripts,
    on_page,
    opening_date,
    short_date,
)
from feeds.reading.dates.page_clocks import clock, has_clock, on_own_clock, utc_label
from feeds.reading.dates.parse import Moment, is_ahead, parse_date, writes_day_first, writing_order
from feeds.reading.dates.weights import Shown, weigh
from feeds.reading.dates.zones import infer_zone
from feeds.reading.page.head import Head
from feeds.reading.page.page import Scan
from feeds.reading.page.structured import Node, json_ld, paths
from feeds.reading.urls import host

SURE = 8.0  # metadata of this weight needs no further search
PLAIN = 4.0  # nor does a dateline of this one
CONTRADICTS = 6.0  # a dateline of this weight is believed against metadata
ENOUGH = 2.0
ADDRESS = 4.5  # the weight of a day in the address; another date of that day gains CONFIRMED
CONFIRMED = 3.0
CONFIRMED_MONTH = 1.5  # what a date gains where the address tells its month

DAY = timedelta(days=1)
UNKNOWN = ZoneInfo("UTC")

_EITHER_ORDER = re.compile(r"(?<!\d)(0?[1-9]|1[0-2])([/-])(0?[1-9]|1[0-2])\2\d{4}(?!\d)")


class PageDates(msgspec.Struct, frozen=True):
    """When the article of a page was published and last modified; aware UTC, None where the page does not say.

    ``offset`` is from UTC to the clock that the page tells the publication by: ``published + offset`` is the day and
    hour that its readers see. ``utc_label``: what the printed clock says of a publication that is stated in UTC.
    ``stated``: how the page tells the publication.
    """

    published: datetime | None = None
    modified: datetime | None = None
    offset: timedelta | None = None
    utc_label: UtcLabel = None
    stated: Stated = None


class _Reading(NamedTuple):
    """A claim that could be read as a time."""

    moment: Moment
    text: str
    weight: float
    modified: bool = False
    shown: bool = False  # on the page, not in metadata
    beside: bool = False  # beside the headline

    @property
    def day(self) -> date:
        """The day that the text tells, on its own clock."""
        return clock(self.moment).date()


class _Site(NamedTuple):
    """What is known of the page's zone and language beforehand."""

    zone: ZoneInfo | None  # as the caller says
    likely: ZoneInfo | None  # of the site's country or language
    language: str | None
    day_first: bool
    now: datetime | None

    def parse(self, text: str) -> Moment | None:
        """Read a text of this site."""
        zone = self.zone or UNKNOWN
        return parse_date(text, timezone=zone, language=self.language, now=self.now, day_first=self.day_first)

    def in_other_order(self) -> _Site:
        """The same site, if it wrote day and month the other way round."""
        return self._replace(day_first=not self.day_first)


def find_dates(
    tree: LexborHTMLParser,
    url: str,
    *,
    page: Scan | None = None,
    head: Head | None = None,
    nodes: list[Node] | None = None,
    timezone: ZoneInfo | None = None,
    language: str | None = None,
    now: datetime | None = None,
) -> PageDates:
    """Weigh what the page says of its times, and return what is sure enough.

    ``page``, ``head`` and ``nodes`` are the page's texts, head and JSON-LD, where the caller has them. ``timezone`` is
    the site's. Without it a clock time that names no zone is read in the zone that the page's other evidence tells,
    else in UTC; a bare day is midnight UTC.
    """
    page = Scan(tree) if page is None else page
    head = Head(tree, page) if head is None else head
    question = _Question(page, head, url, _site(tree, url, timezone, language, now))
    question.ask_metadata(json_ld(tree) if nodes is None else nodes)
    question.ask_headline()
    if not question.is_agreed:
        question.weigh_datelines()
    if not question.is_settled and not question.is_ahead:
        question.search_page()
        question.believe_address()
        question.ask_short_date()
    question.put_in_order()
    return question.answer()


class _Question:
    """When was the article of this page published? What is known so far; each step adds to it.

    ``readings`` are the claims, ``stated`` the times of metadata, ``sightings`` the dates beside the headline.
    """

    def __init__(self, page: Scan, head: Head, url: str, site: _Site) -> None:
        self.page, self.head, self.url, self.site = page, head, url, site
        self.title = head.first("og:title") or head.title
        self.heading = headline(head.h1, head.h2, self.title)
        self.readings: list[_Reading] = []
        self.stated: list[Moment] = []
        self.is_ahead = False
        self.sightings: list[Sighting] = []
        day = address_day(url)
        self.addressed = _read([Claim(day, ADDRESS)], site) if day else []
        self.month = address_month(url) if day is None else None

    def ask_metadata(self, nodes: list[Node]) -> None:
        """JSON-LD and meta elements."""
        addresses = paths([self.url, self.head.links.get("canonical"), self.head.first("og:url")])
        claims = linked_claims(nodes, addresses, self.title) + meta_claims(self.head.metas)
        self.readings = _confirmed(_read(claims, self.site), self.addressed, self.month)
        self.stated = [reading.moment for reading in self.readings]

    def ask_headline(self) -> None:
        """The dates beside the headline; without sure metadata those that tell no year as well."""
        if self.heading is not None:
            relative = self.site.now is not None and not self.is_settled
            self.sightings = beside_headline(self.page.flow, self.heading, self.site.parse, relative)

    @property
    def is_agreed(self) -> bool:
        """Whether sure metadata tells a day that the page shows, give or take the zone."""
        best = _best([reading for reading in self.readings if not reading.modified])
        if best is None or best.weight < SURE:
            return False
        return any(abs(clock(sighting.moment).date() - best.day) <= DAY for sighting in self.sightings)

    @property
    def is_settled(self) -> bool:
        """Whether no further search is needed."""
        published = [reading for reading in self.readings if not reading.modified]
        good = [reading for reading in published if reading.weight >= (PLAIN if reading.beside else SURE)]
        days = {reading.day for reading in self.addressed}
        # Where the address tells another day, something surer is looked for.
        return any(reading.weight >= SURE or not days or reading.day in days for reading in good)

    def weigh_datelines(self) -> None:
        """What the dates beside the headline are worth; nothing where the story's own is ahead, and not believed."""
        self.is_ahead = self._is_dated_ahead()
        if self.is_ahead:
            return
        found = _shown(weigh(self.sightings, self.heading), beside=True)
        self.readings += _confirmed(found, self.addressed)

    def _is_dated_ahead(self) -> bool:
        """Whether the best dateline tells of days to come: the other dates of the page are those of other stories."""
        if self.heading is None or self.site.now is None:
            return False
        timeless = self.site._replace(now=None)
        found = beside_headline(self.page.flow, self.heading, timeless.parse)
        best = _best([reading for reading in _shown(weigh(found, self.heading)) if not reading.modified])
        if best is None or best.weight < PLAIN or not is_ahead(best.moment, self.site.now):
            return False
        return self.site.parse(best.text) is None  # in the other order it may be a day that was

    def search_page(self) -> None:
        """What the rest of the page and its scripts say."""
        found = _shown(weigh(on_page(self.page, self.heading, self.site.parse), self.heading, whole_page=True))
        if not any(reading.weight >= PLAIN for reading in found) and (told := in_scripts(self.page.named["script"])):
            found += _read([Claim(told, PLAIN)], self.site)
        self.readings += _confirmed(found, self.addressed, self.month)

    def believe_address(self) -> None:
        """The day in the address counts by itself where nothing better is known."""
        self.readings += self.addressed

    def ask_short_date(self) -> None:
        """A year of two digits, or the date that opens the first paragraph, where nothing else tells."""
        if self.heading is not None and _published(self.readings) is None:
            picture = self.head.first("og:image", "twitter:image") or ""
            told = short_date(self.page.flow, self.heading, picture, self.site.parse)
            told = told or opening_date(self.page.flow, self.heading, self.site.parse)
            self.readings += _read([Claim(told, PLAIN)], self.site) if told else []

    def put_in_order(self) -> None:
        """Day and month of "03/05/2026" exchanged where the page's other dates say so.

        Either the exchanged day is one that the page tells in a form without doubt, and this one is not; or no such
        day is near, and the site's other dates are written the other way round.
        """
        if not any(_EITHER_ORDER.search(reading.text) for reading in self.readings):
            return
        days = {clock(seen.moment).date() for seen in self.sightings if not _EITHER_ORDER.search(seen.text)}
        days |= {reading.day for reading in self.readings if not _EITHER_ORDER.search(reading.text)}
        self.readings = [self._in_order(reading, days) for reading in self.readings]

    def _in_order(self, reading: _Reading, days: set[date]) -> _Reading:
        if not _EITHER_ORDER.search(reading.text) or reading.day in days:
            return reading
        swapped = self.site.in_other_order().parse(reading.text)
        if swapped and (clock(swapped).date() in days or (reading.shown and self._order() != self.site.day_first)):
            return reading._replace(moment=swapped)
        return reading

    def _order(self) -> bool:
        """Whether the page's dates have the day first, as far as they tell."""
        told = writing_order(sighting.text for sighting in on_page(self.page, None, self.site.parse))
        return self.site.day_first if told is None else told

    def answer(self) -> PageDates:
        """What is sure enough, on the clock that the page's evidence tells."""
        stated_as: Stated
        site, shown = self.site, [sighting.moment for sighting in self.sightings]
        chosen = _published(self.readings)
        published = _exact(chosen, self.readings)
        stated_as = "address" if chosen in self.addressed else _stated(chosen, published)
        modified = _exact(_best([reading for reading in self.readings if reading.modified]), [])
        label = utc_label(published, shown, site.likely) if published is not None else None
        if published is not None:
            published = on_own_clock(published, self.stated, shown, site.zone, site.likely, site.now)
        if modified is not None:
            modified = on_own_clock(modified, self.stated, shown, site.zone, site.likely, site.now)
        return msgspec.structs.replace(_page_dates(published, modified), utc_label=label, stated=stated_as)


def _stated(chosen: _Reading | None, published: Moment | None) -> Stated:
    """How the page tells the time: a day that stands somewhere in it, and nobody says of what, is only found."""
    if chosen is None or published is None:
        return None
    if chosen.weight < PLAIN or (chosen.shown and not chosen.beside and chosen.weight < CONTRADICTS):
        return "found"
    if published.reckoned:
        return "ago"
    return "clock" if has_clock(published) else "day"


def _page_dates(published: Moment | None, modified: Moment | None) -> PageDates:
    if published is None:
        return PageDates(None, modified.at if modified else None)
    if modified is not None and modified.at < published.at:  # of a draft, or of the page's furniture
        modified = None
    return PageDates(published.at, modified.at if modified else None, published.offset)


def _site(
    tree: LexborHTMLParser, url: str, timezone: ZoneInfo | None, language: str | None, now: datetime | None
) -> _Site:
    if language is None and tree.root is not None:
        language = tree.root.attributes.get("lang")
    name = host(url)
    if language and language.lower() == "en":  # whose English? That of a national domain is not American
        day_first = infer_zone(name, None) != UNKNOWN
    else:
        day_first = writes_day_first(language, timezone or UNKNOWN)
    likely = timezone or infer_zone(name, language)
    return _Site(timezone, likely if likely != UNKNOWN else None, language, day_first, now)


def _read(claims: list[Claim], site: _Site) -> list[_Reading]:
    return [
        _Reading(moment, claim.text, claim.weight, claim.modified)
        for claim in claims
        if (moment := site.parse(claim.text))
    ]


def _shown(shown: list[Shown], beside: bool = False) -> list[_Reading]:
    return [_Reading(moment, claim.text, claim.weight, claim.modified, True, beside) for claim, moment in shown]


def _confirmed(
    readings: list[_Reading], addressed: list[_Reading], month: tuple[int, int] | None = None
) -> list[_Reading]:
    """The readings, with more weight for those of the day, or else the month, in the address."""
    days = {reading.day for reading in addressed}
    return [
        reading._replace(weight=reading.weight + CONFIRMED)
        if reading.day in days
        else reading._replace(weight=reading.weight + CONFIRMED_MONTH)
        if (reading.day.year, reading.day.month) == month
        else reading
        for reading in readings
    ]


def _published(readings: list[_Reading]) -> _Reading | None:
    """The best claim; a dateline that contradicts it wins, unless it only shows the last change."""
    candidates = [reading for reading in readings if not reading.modified]
    best = _best(candidates)
    if best is None:
        return _best([reading for reading in readings if reading.shown])
    if best.weight < PLAIN:
        updated = _best([reading for reading in readings if reading.beside and reading.weight >= CONTRADICTS])
        return updated or best
    dateline = _best([reading for reading in candidates if reading.beside and reading.weight >= CONTRADICTS])
    if dateline is None or abs(dateline.day - best.day) <= DAY:
        return best
    if any(abs(dateline.day - reading.day) <= DAY for reading in readings if reading.modified):
        return best
    return dateline


def _best(readings: list[_Reading]) -> _Reading | None:
    best = max(readings, key=lambda reading: reading.weight, default=None)
    return best if best is not None and best.weight >= ENOUGH else None


def _exact(chosen: _Reading | None, readings: list[_Reading]) -> Moment | None:
    """The chosen time; where it is but a day, the time of that day that another good claim tells."""
    if chosen is None or has_clock(chosen.moment):
        return chosen.moment if chosen else None
    for reading in readings:
        good = reading.weight >= PLAIN and not reading.modified
        if good and reading.day == chosen.day and has_clock(reading.moment):
            return reading.moment
    return chosen.moment

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
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.reading.date_claims import Claim, address_day, linked_claims, meta_claims, paths, read_head
from feeds.reading.datelines import Shown, Sighting, beside_headline, headline, in_scripts, on_page, weigh
from feeds.reading.dates import Moment, parse_date, writes_day_first
from feeds.reading.list_zones import infer_zone
from feeds.reading.structured import Node, json_ld
from feeds.reading.urls import host

SURE = 8.0  # metadata of this weight needs no further search
PLAIN = 5.0  # nor does a dateline of this one
CONTRADICTS = 6.0  # a dateline of this weight is believed against metadata
ENOUGH = 2.0
ADDRESS = 4.5  # the weight of a day in the address; another date of that day gains CONFIRMED
CONFIRMED = 3.0

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)  # every zone's offset is a multiple
FARTHEST = timedelta(hours=14)
NO_OFFSET = timedelta(0)

_EITHER_ORDER = re.compile(r"(?<!\d)(0?[1-9]|1[0-2])([/.-])(0?[1-9]|1[0-2])\2\d{4}(?!\d)")


class PageDates(msgspec.Struct, frozen=True):
    """When the article of a page was published and last modified; aware UTC, None where the page does not say.

    ``offset`` is from UTC to the clock that the page tells the publication by: ``published + offset`` is the day and
    hour that its readers see.
    """

    published: datetime | None = None
    modified: datetime | None = None
    offset: timedelta | None = None


class _Reading(NamedTuple):
    """A claim that could be read as a time."""

    moment: Moment
    text: str
    weight: float
    modified: bool = False
    shown: bool = False  # not metadata
    beside: bool = False  # shown beside the headline

    @property
    def clock(self) -> datetime:
        """What the text's own clock shows, to the minute."""
        return _clock(self.moment)

    @property
    def day(self) -> date:
        return self.clock.date()


class _Site(NamedTuple):
    """What is known of the page's zone and language beforehand."""

    zone: ZoneInfo | None  # as the caller says
    likely: ZoneInfo | None  # of the site's country or language
    language: str | None
    day_first: bool | None
    now: datetime | None

    def writes_day_first(self) -> bool:
        if self.day_first is not None:
            return self.day_first
        return writes_day_first(self.language, self.zone or ZoneInfo("UTC"))

    def parse(self, text: str) -> Moment | None:
        zone = self.zone or ZoneInfo("UTC")
        return parse_date(text, timezone=zone, language=self.language, now=self.now, day_first=self.day_first)


def find_dates(
    tree: LexborHTMLParser,
    url: str,
    *,
    nodes: list[Node] | None = None,
    timezone: ZoneInfo | None = None,
    language: str | None = None,
    now: datetime | None = None,
) -> PageDates:
    """Weigh what the page says of its times, and return what is sure enough.

    ``nodes`` is the page's JSON-LD where the caller has it. ``timezone`` is the site's. Without it a clock time that
    names no zone is read in the zone that the page's other evidence tells, else in UTC; a bare day is midnight UTC.
    """
    site = _site(tree, url, timezone, language, now)
    head = read_head(tree)
    addresses = paths([url, head.canonical, dict(head.metas).get("og:url")])
    claims = linked_claims(json_ld(tree) if nodes is None else nodes, addresses, head.title) + meta_claims(head.metas)
    heading = headline(tree, head.title)
    sightings = beside_headline(heading, site.parse) if heading is not None else []
    readings = _read(claims, site)
    if not _agreed(readings, sightings):
        readings += _shown(weigh(sightings, heading), beside=True)
    if not _settled(readings):
        readings += _search(tree, url, heading, site)
    readings = _in_order(readings, sightings, site)
    clocks = [reading.moment for reading in readings] + [sighting.moment for sighting in sightings]
    published = _finished(_published(readings), readings, clocks, site)
    modified = _finished(_best([reading for reading in readings if reading.modified]), [], clocks, site)
    if published and modified and modified.at < published.at:
        modified = None
    return PageDates(
        published.at if published else None,
        modified.at if modified else None,
        published.offset if published else None,
    )


def _site(
    tree: LexborHTMLParser, url: str, timezone: ZoneInfo | None, language: str | None, now: datetime | None
) -> _Site:
    if language is None and tree.root is not None:
        language = tree.root.attributes.get("lang")
    name = host(url)
    day_first = None
    if language and language.lower() == "en":  # whose English? That of a national domain is not American
        day_first = infer_zone(name, None).key != "UTC"
    likely = timezone or infer_zone(name, language)
    return _Site(timezone, likely if likely.key != "UTC" else None, language, day_first, now)


def _read(claims: list[Claim], site: _Site) -> list[_Reading]:
    return [
        _Reading(moment, claim.text, claim.weight, claim.modified)
        for claim in claims
        if (moment := site.parse(claim.text))
    ]


def _in_order(readings: list[_Reading], sightings: list[Sighting], site: _Site) -> list[_Reading]:
    """The readings, with day and month of "03/05/2026" exchanged where only that is a day that other evidence tells."""
    if not any(_EITHER_ORDER.search(reading.text) for reading in readings):
        return readings
    days = {_clock(sighting.moment).date() for sighting in sightings if not _EITHER_ORDER.search(sighting.text)}
    days |= {reading.day for reading in readings if not _EITHER_ORDER.search(reading.text)}
    ordered = []
    for reading in readings:
        if _EITHER_ORDER.search(reading.text) and reading.day not in days:
            swapped = site._replace(day_first=not site.writes_day_first()).parse(reading.text)
            if swapped and _clock(swapped).date() in days:
                reading = reading._replace(moment=swapped)
        ordered.append(reading)
    return ordered


def _agreed(readings: list[_Reading], sightings: list[Sighting]) -> bool:
    """Whether sure metadata tells a day that the page shows, give or take the zone."""
    best = _best([reading for reading in readings if not reading.modified])
    if best is None or best.weight < SURE:
        return False
    return any(abs(_clock(sighting.moment).date() - best.day) <= DAY for sighting in sightings)


def _shown(shown: list[Shown], beside: bool = False) -> list[_Reading]:
    return [_Reading(moment, claim.text, claim.weight, claim.modified, True, beside) for claim, moment in shown]


def _settled(readings: list[_Reading]) -> bool:
    return any(reading.weight >= (PLAIN if reading.beside else SURE) for reading in readings if not reading.modified)


def _search(tree: LexborHTMLParser, url: str, heading: LexborNode | None, site: _Site) -> list[_Reading]:
    """What the rest of the page, its scripts and its address say."""
    readings = []
    if tree.body is not None:
        readings = _shown(weigh(on_page(tree.body, heading, site.parse), heading, whole_page=True))
    if scripted := in_scripts(tree):
        readings += _read([Claim(scripted, PLAIN)], site)
    day = address_day(url)
    dated = _read([Claim(day, ADDRESS)], site) if day else []
    for reading in dated:
        readings = [
            other._replace(weight=other.weight + CONFIRMED) if other.day == reading.day else other for other in readings
        ]
    return readings + dated


def _published(readings: list[_Reading]) -> _Reading | None:
    candidates = [reading for reading in readings if not reading.modified]
    best = _best(candidates)
    if best is None:
        return _best([reading for reading in readings if reading.shown])
    dateline = _best([reading for reading in candidates if reading.beside and reading.weight >= CONTRADICTS])
    if dateline is None or abs(dateline.day - best.day) <= DAY:
        return best
    if any(dateline.day == reading.day for reading in readings if reading.modified):
        return best
    return dateline


def _best(readings: list[_Reading]) -> _Reading | None:
    best = max(readings, key=lambda reading: reading.weight, default=None)
    return best if best is not None and best.weight >= ENOUGH else None


def _clock(moment: Moment) -> datetime:
    return (moment.at + moment.offset).replace(second=0, microsecond=0, tzinfo=None)


def _finished(chosen: _Reading | None, readings: list[_Reading], clocks: list[Moment], site: _Site) -> Moment | None:
    """The chosen time as exactly as the page tells it, in the zone that the page's evidence tells."""
    if chosen is None:
        return None
    moment = chosen.moment
    if not _has_clock(moment):
        same_day = [reading for reading in readings if not reading.modified and reading.day == chosen.day]
        moment = next((reading.moment for reading in same_day if _has_clock(reading.moment)), moment)
    if moment.precision == "day":
        return moment
    twins = [other for other in clocks if other.precision != "day" and _clock(other) == _clock(moment)]
    if moment.offset == NO_OFFSET:
        for twin in twins:
            if twin.offset != NO_OFFSET and twin.zoned:
                return twin
    if not moment.zoned:
        return moment if site.zone or any(twin.zoned for twin in twins) else _rezoned(moment, site, clocks)
    if moment.offset == NO_OFFSET and site.likely and any(not twin.zoned for twin in twins):
        return _at(_clock(moment), moment, site.likely)
    return _on_page_clock(moment, clocks, site) if moment.offset == NO_OFFSET else moment


def _on_page_clock(moment: Moment, clocks: list[Moment], site: _Site) -> Moment:
    """The same time with the offset of the clock that the page shows it on, where the metadata tells it in UTC."""
    for other in clocks:
        if other.precision == "day":
            continue
        offset = (
            other.offset if other.zoned else _clock(other) - moment.at.replace(second=0, microsecond=0, tzinfo=None)
        )
        same = abs(other.at - moment.at) < MINUTE if other.zoned else offset % QUARTER == NO_OFFSET
        if same and NO_OFFSET < abs(offset) <= FARTHEST:
            return msgspec.structs.replace(moment, offset=offset)
    if site.likely is None:
        return moment
    local = moment.at.astimezone(site.likely)
    days = {_clock(other).date() for other in clocks if not other.zoned}
    if moment.at.date() in days and local.date() not in days:  # readers are shown the day that it is in UTC
        return moment
    return msgspec.structs.replace(moment, offset=local.utcoffset() or NO_OFFSET)


def _has_clock(moment: Moment) -> bool:
    """Whether the text tells a time of day; midnight is what systems write that know the day alone."""
    clock = moment.at + moment.offset
    return moment.precision != "day" and (clock.hour, clock.minute) != (0, 0)


def _rezoned(moment: Moment, site: _Site, clocks: list[Moment]) -> Moment:
    if not _has_clock(moment):
        return moment
    if site.likely:
        return _at(_clock(moment), moment, site.likely)
    for other in clocks:
        if other.zoned and other.offset != NO_OFFSET:
            return Moment(moment.at - other.offset, moment.precision, other.offset, True)
    return moment


def _at(clock: datetime, moment: Moment, zone: ZoneInfo) -> Moment:
    local = clock.replace(second=moment.at.second, tzinfo=zone)
    return Moment(local.astimezone(UTC), moment.precision, local.utcoffset() or NO_OFFSET, True)

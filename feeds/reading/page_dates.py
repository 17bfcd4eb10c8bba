"""A page to the times of its article: when it was published, and when last modified.

Four kinds of evidence, asked in the order of what they cost:

1. *metadata*: the JSON-LD node of this very article, meta elements. Right on more than nine pages in ten that have it;
2. *the dateline* beside the headline. It is what readers see, so it breaks ties, corrects metadata that tells another
   day altogether, and tells the zone of a clock that the metadata leaves in doubt;
3. where neither is sure: *every other date on the page*, weighed by its surroundings, and dates in the page's scripts;
4. *the address*, which gives a day, or confirms one.

A page that shows no date but that of its last update is published then, as far as its readers can tell. What no
evidence above `ENOUGH` supports is None.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.reading.date_claims import Claim, address_day, linked_claims, meta_claims, metas, paths
from feeds.reading.datelines import Shown, beside_headline, headline, in_scripts, on_page
from feeds.reading.dates import Moment, parse_date
from feeds.reading.dom import attribute
from feeds.reading.structured import Node, json_ld

SURE = 8.0  # metadata that needs no further evidence
PLAIN = 6.0  # a dateline that does not either
ENOUGH = 3.0
ADDRESS = 4.5  # the weight of a day in the address; a date elsewhere that confirms it gains CONFIRMED
CONFIRMED = 3.0


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
    weight: float
    modified: bool = False
    beside: bool = False  # shown beside the headline

    @property
    def clock(self) -> datetime:
        """What the text's own clock shows."""
        return self.moment.at + self.moment.offset

    @property
    def day(self) -> date:
        return self.clock.date()


Parse = Callable[[str], Moment | None]


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

    ``nodes`` is the page's JSON-LD where the caller has it. ``timezone`` is the site's: without it a time that names no
    zone is read in the zone that the page's other evidence tells, else in UTC.
    """
    zone = timezone or ZoneInfo("UTC")
    language = language or attribute(tree.css_first("html"), "lang")

    def parse(text: str) -> Moment | None:
        return parse_date(text, timezone=zone, language=language, now=now)

    found = metas(tree)
    names = dict(found)
    title_node = tree.css_first("title")
    title = names.get("og:title") or (title_node.text() if title_node else "")
    canonical = attribute(tree.css_first('link[rel="canonical"]'), "href")
    addresses = paths([url, canonical, names.get("og:url")])
    claims = linked_claims(json_ld(tree) if nodes is None else nodes, addresses, title) + meta_claims(found)
    readings = _read(claims, parse)
    heading = headline(tree, title)
    if heading is not None:
        readings += _shown(beside_headline(heading, parse), beside=True)
    if not _settled(readings):
        readings += _search(tree, url, heading, parse)
    published = _published(readings)
    modified = _best([reading for reading in readings if reading.modified])
    return PageDates(
        published.moment.at if published else None,
        modified.moment.at if modified else None,
        published.moment.offset if published else None,
    )


def _read(claims: list[Claim], parse: Parse) -> list[_Reading]:
    return [_Reading(moment, claim.weight, claim.modified) for claim in claims if (moment := parse(claim.text))]


def _shown(shown: list[Shown], beside: bool = False) -> list[_Reading]:
    return [_Reading(moment, claim.weight, claim.modified, beside) for claim, moment in shown]


def _settled(readings: list[_Reading]) -> bool:
    return any(reading.weight >= (PLAIN if reading.beside else SURE) for reading in readings if not reading.modified)


def _search(tree: LexborHTMLParser, url: str, heading: LexborNode | None, parse: Parse) -> list[_Reading]:
    """What the rest of the page, its scripts and its address say."""
    readings = _shown(on_page(tree.body, heading, parse)) if tree.body is not None else []
    if scripted := in_scripts(tree):
        readings += _read([Claim(scripted, PLAIN)], parse)
    day = address_day(url)
    dated = _read([Claim(day, ADDRESS)], parse) if day else []
    for reading in dated:
        readings = [
            other._replace(weight=other.weight + CONFIRMED) if other.day == reading.day else other for other in readings
        ]
    return readings + dated


def _published(readings: list[_Reading]) -> _Reading | None:
    candidates = [reading for reading in readings if not reading.modified]
    best = _best(candidates)
    if best is None:
        return _best([reading for reading in readings if reading.beside and reading.modified])
    dateline = _best([reading for reading in candidates if reading.beside and reading.weight >= PLAIN])
    if dateline is not None and abs(dateline.day - best.day) > timedelta(days=1):
        if all(dateline.day != reading.day for reading in readings if reading.modified):
            return dateline
    return best


def _best(readings: list[_Reading]) -> _Reading | None:
    best = max(readings, key=lambda reading: reading.weight, default=None)
    return best if best is not None and best.weight >= ENOUGH else None

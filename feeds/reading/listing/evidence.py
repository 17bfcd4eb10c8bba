"""Which addresses of a page are stories: the evidence, and how it is weighed.

Every address is heard on four things, and the points are added:

1. *itself*: what its address looks like, how long its headline is and where that stands, what its box holds beside it;
2. *the site's convention*: where nearly all good candidates carry an id or a date in their address, one without is a
   section;
3. *kin in markup*: links that stand in subtrees of the same make are probably of one kind, because lists repeat. That
   is the observation of MDR (Liu, Grossman, Zhai, KDD 2003) and of tag path clustering (Miao et al., WWW 2009);
4. *kin in address*: so are links whose addresses have the same shape.

A three-word headline among thirty good ones is carried by its kin, a five-word section among sections is brought down.
No group is "the list": lead, columns and category blocks of different make are each found for what they are.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from feeds.reading.dates.words import MONTHS_BY_LANGUAGE
from feeds.reading.listing.fields import Fields
from feeds.reading.listing.flat import Outline
from feeds.reading.listing.lines import word_count
from feeds.reading.listing.links import Address, Target
from feeds.reading.page.labels import PROMOTION_PARTS, PROMOTION_STARTS
from feeds.reading.text import word_set

THRESHOLD = 2.0  # points that make a story
GOOD = 4.0  # points of its own that make a candidate one of those from which the site's convention is learnt
MIN_GOOD = 5  # fewer tell no convention
CONVENTION = 0.75  # the share of them that must follow it
MAX_OWN = 4.0  # what a candidate can at most say for or against its kin
REPEATED = 3  # addresses under one text
KIN_WEIGHT = 0.5
SECTION_LEVELS = 4

_ID_POINTS = {"": -0.5, "number": 2.0, "mixed": 1.5, "query": 1.5}
_SLUG_POINTS = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.5)  # by words; more are worth no more
_TITLE_POINTS = (-3.0, -2.0, -1.0, 0.0, 0.75, 1.25, 2.0)

MAX_TIME = 40  # characters of a text that tells a time and nothing else
_HOUR = re.compile(r"(?:[01]?\d|2[0-3])[:h][0-5]\d(?::[0-5]\d)?")
_OF_TIME = word_set("am pm a.m p.m uhr um at on the lúc ngày tháng năm le la à el a las ore alle kl om")
_OF_TIME |= {word for months in MONTHS_BY_LANGUAGE.values() for month in months for word in month.split()}

Key = TypeVar("Key", bound=Hashable)


@dataclass(slots=True)
class Candidate:
    """An address, what its boxes say, and the points it gets."""

    target: Target
    fields: list[Fields]
    title: str  # the first that the boxes tell
    witness: bool = False  # the page's data name it, too
    own: float = 0.0
    score: float = 0.0


def stories(page: Outline, candidates: list[Candidate]) -> list[Candidate]:
    """Score all candidates; return the stories among them in the given order."""
    sections = _sections(candidates)
    for candidate in candidates:
        target = candidate.target
        path = target.address.path.rstrip("/").rsplit(".", 1)[0]
        candidate.own = target.points - 2.5 * (path in sections) + max(map(_box_points, candidate.fields))
        candidate.own += 1.5 * candidate.witness
    _apply_repetition(candidates)
    good = [candidate for candidate in candidates if candidate.own >= GOOD]
    _apply_convention(candidates, good)
    _apply_kin(page, candidates)
    return [candidate for candidate in candidates if candidate.score >= THRESHOLD]


def address_points(target: Target) -> float:
    """What an address says by itself."""
    address = target.address
    points = _ID_POINTS[address.id] + _SLUG_POINTS[min(address.words, 5)]
    if address.other:
        points -= 4.0 if address.words < 5 else 1.5
    if target.variant:
        points -= 5.0
    return points


def _box_points(fields: Fields) -> float:
    """What one box says: the headline's length counts most, then what a story has and a section has not."""
    points = _TITLE_POINTS[min(word_count(fields.title), 6)]
    if fields.told:
        points -= 1.0
    if fields.prose:
        points -= 8.0
    if fields.byline:
        points -= 4.0
    if fields.heading:
        points += 1.0
    if points > 0 and (_is_promotion(fields.title.lower()) or _is_time(fields.title)):
        points -= 4.0
    beside = (fields.image is not None) + (fields.summary is not None) + (fields.published is not None)
    return points + 0.5 * beside


def _is_time(text: str) -> bool:
    """Whether a text is nothing but a day and an hour, as of links to single comments."""
    if len(text) > MAX_TIME:
        return False
    told = [word.strip(".,()").lower() for word in text.replace("/", " ").replace("-", " ").split()]
    if not any(map(_HOUR.fullmatch, told)):
        return False
    return all(_HOUR.fullmatch(word) or word.isdigit() or word in _OF_TIME for word in told)


def _is_promotion(text: str) -> bool:
    return text.startswith(PROMOTION_STARTS) or any(map(text.__contains__, PROMOTION_PARTS))


def _sections(candidates: list[Candidate]) -> frozenset[str]:
    """Paths below which other addresses of the page lie, as ``sport`` is where there is a ``sport/football``."""
    found: set[str] = set()
    level = {candidate.target.address.path.rstrip("/") for candidate in candidates}
    for _ in range(SECTION_LEVELS):
        level = {path.rpartition("/")[0] for path in level} - {""}
        found |= level
    return frozenset(found)


def _apply_repetition(candidates: list[Candidate]) -> None:
    """Take points from texts that lead to several addresses: what stands there again and again is no headline."""
    times = Counter([candidate.title for candidate in candidates])
    for candidate in candidates:
        if candidate.title and times[candidate.title] >= REPEATED:
            candidate.own -= 4.0


def _apply_convention(candidates: list[Candidate], good: list[Candidate]) -> None:
    """Take points from addresses without an id on a site that gives its stories one."""
    marked = sum(candidate.target.address.id != "" for candidate in good)
    if len(good) < MIN_GOOD or marked < CONVENTION * len(good):
        return
    hosts = {candidate.target.address.host for candidate in good if candidate.target.address.id}
    for candidate in candidates:
        special = candidate.target.address.host not in hosts and any(map(_is_card, candidate.fields))
        if not candidate.target.address.id and not special:
            candidate.own -= 3.0


def _is_card(fields: Fields) -> bool:
    """Whether a box shows a story as lists do: a heading, and what only stories have."""
    return fields.heading and any((fields.summary, fields.published, fields.image))


def _apply_kin(page: Outline, candidates: list[Candidate]) -> None:
    """Add what kin in markup and kin in address say on average."""
    makes = _Makes(page)
    made = [{makes.of(link) for link in candidate.target.links} for candidate in candidates]
    shapes = [_shape(candidate.target.address) for candidate in candidates]
    told = [
        (candidate.own, keys, shape)
        for candidate, keys, shape in zip(candidates, made, shapes, strict=True)
        if not candidate.target.variant  # the next page of a list, an answer to a story, say nothing of their kin
    ]
    by_make = _averages((own, keys) for own, keys, _ in told)
    by_shape = _averages((own, (shape,)) for own, _, shape in told)
    for candidate, keys, shape in zip(candidates, made, shapes, strict=True):
        kin = max([by_make.get(key, 0.0) for key in keys]) + by_shape.get(shape, 0.0)
        candidate.score = candidate.own + KIN_WEIGHT * kin


class _Makes:
    """The make of links and of the two elements around each: element and class names."""

    def __init__(self, page: Outline) -> None:
        self._page = page
        self._numbers: dict[Hashable, int] = {}  # of the makes around links
        self._around: dict[int, int] = {}  # those numbers by the link's parent

    def of(self, link: int) -> Hashable:
        """What is the same in all links of one make."""
        attributes = self._page.attributes
        above = self._page.parents[link]
        around = self._around.get(above)
        if around is None:
            tags, higher = self._page.tags, self._page.parents[above]
            make = (tags[above], attributes[above].get("class"), tags[higher], attributes[higher].get("class"))
            around = self._around[above] = self._numbers.setdefault(make, len(self._numbers))
        return attributes[link].get("class"), around


def _shape(address: Address) -> Hashable:
    """What addresses of one kind have in common."""
    if address.id:
        return (address.host, address.id, address.extension, address.other)
    return (address.host, min(address.depth, 4), address.extension, address.other)


def _averages(said: Iterable[tuple[float, Iterable[Key]]]) -> dict[Key, float]:
    """The mean points by key; few members say less, as one more of no points is counted."""
    heard: defaultdict[Key, list[float]] = defaultdict(list)
    for points, keys in said:
        points = max(-MAX_OWN, min(MAX_OWN, points))
        for key in keys:
            heard[key].append(points)
    return {key: sum(points) / (len(points) + 1) for key, points in heard.items()}

"""Clock times inside a text, and the zone that the text names for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from datetime import timezone as fixed_zone
from typing import NamedTuple
from zoneinfo import ZoneInfo

from feeds.reading.dates.words import ZONE_MINUTES, ZONE_NAMES, Words

FARTHEST = timedelta(hours=14)  # no zone on earth is farther from UTC

_CLOCK = re.compile(
    r"(?<![\d.,/+-])([01]?\d|2[0-3])(?:"
    r"(?: ?[:h時时点點시] ?| giờ )([0-5]\d)(?!\d)(?::([0-5]\d)(?:[.,]\d+)?)?(?: ?(?:phút|分|분))?|(?= ?[ap]\.? ?m\b))",
    re.IGNORECASE,
)
_DOTTED_CLOCK = re.compile(r"(?<![\d.,/:+-])([01]?\d|2[0-3])\.([0-5]\d)(?!\d|\.|,\d| ?[%€$])")
_HOUR_ALONE = re.compile(r"(?<![\d:.,/+-])([01]?\d|2[0-3]) ?(?:uhr|h|giờ|時|时|点|點|시)(?![^\W_])", re.IGNORECASE)
_EAST_CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-3]) ?[時时点點시] ?([0-5]?\d)(?= ?[分분])")
_BARE_HOUR = re.compile(r"(?<![\d:.,/+-])(1[0-2]|0?[1-9])(?![\d:.,/])")
_GMT_OFFSET = re.compile(r"\b(?:GMT|UTC) ?([+−-]) ?(\d{1,2})(?::?(\d\d))?(?!\d)", re.IGNORECASE)
_OFFSET = re.compile(r" ?\(?([+−-])(\d\d):?(\d\d)?(?!\d)")
_ABBREVIATION = re.compile(r"(?: ?[AaPp]\. ?[Mm]\.?| ?[AaPp][Mm]\b)?[\s(,]*([A-Z]{1,5}|МСК)\b")
ZONE = re.compile(r"\(?(?:GMT|UTC)?[+−-]?\d{0,4}|" + "|".join([*ZONE_MINUTES, *ZONE_NAMES]) + r"\)?")  # beside a clock

_ZONES = {name: fixed_zone(timedelta(minutes=minutes)) for name, minutes in ZONE_MINUTES.items()}


class Clock(NamedTuple):
    """A time of day; ``rest`` is the text after it, where a zone may follow."""

    hour: int
    minute: int
    second: int | None
    rest: str


def find_clock(text: str, words: Words) -> Clock | None:
    """The first clock time that cannot be anything else: "14:05", "14h05", "2.05 p.m.", "8 pm", "下午2点"."""
    match = _CLOCK.search(text)
    halved = next(_with_half(text, words), None)
    if halved is not None and (match is None or halved.start() <= match.start()):
        match = halved
    if match is None:
        return None
    minute, second = (*match.groups()[1:], None, None)[:2]
    hours = _hour(int(match[1]), text, match, words)
    return Clock(hours, int(minute or 0), int(second) if second else None, text[match.end() :])


def _with_half(text: str, words: Words) -> Iterator[re.Match[str]]:
    """Times that would be mere numbers, did a half of the day not stand beside them."""
    for pattern in (_DOTTED_CLOCK, _HOUR_ALONE, _EAST_CLOCK):
        for match in pattern.finditer(text):
            if words.half_after.match(text, match.end()) or words.half_before.search(text[: match.start()]):
                yield match
    for match in _BARE_HOUR.finditer(text):
        half = words.half_after.match(text, match.end())
        if half and (" " in half[1].strip() or half[1].lower().replace(".", "") in ("am", "pm")):
            yield match


def _hour(hour: int, text: str, match: re.Match[str], words: Words) -> int:
    """The hour of 24, by the half of the day that is named behind the clock, else before it."""
    named = words.half_after.match(text, match.end()) or words.half_before.search(text[: match.start()])
    if named is None or hour > 12:
        return hour
    said = named[1].lower()
    half = words.halves.get(said) or words.halves.get(said.replace(".", "").replace(" ", ""))
    if half == "night":  # at 11 before midnight, at 12 and 1 behind it
        return hour % 12 + 12 * (6 <= hour < 12)
    return hour % 12 + 12 * (half == "afternoon") if half else hour


def find_loose_clock(text: str) -> Clock | None:
    """ "14.05" and "14 Uhr": only beside a date, since alone they are numbers."""
    if match := _DOTTED_CLOCK.search(text):
        return Clock(int(match[1]), int(match[2]), None, text[match.end() :])
    if match := _HOUR_ALONE.search(text):
        return Clock(int(match[1]), 0, None, text[match.end() :])
    return None


def named_zone(text: str, clock: Clock | None, zone: ZoneInfo, year: int) -> tzinfo | None:
    """The zone that the text names, if any: GMT+7 anywhere, an offset or an abbreviation after the clock time."""
    if clock is None:
        return None
    match = _GMT_OFFSET.search(text) or _OFFSET.match(clock.rest)
    if match:
        return fixed_offset(match[1], match[2], match[3])
    match = _ABBREVIATION.match(clock.rest)
    if match is None:
        return None
    name = match[1]
    if name in ZONE_NAMES:
        return ZoneInfo(ZONE_NAMES[name])
    if name in (datetime(year, 1, 1, tzinfo=zone).tzname(), datetime(year, 7, 1, tzinfo=zone).tzname()):
        return zone  # also where summer time is sloppily called by winter's name
    return _ZONES.get(name)


def fixed_offset(sign: str, hours: str, minutes: str | None) -> tzinfo | None:
    """The zone that is always so far from UTC; None where there is no such zone."""
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if offset > FARTHEST:
        return None
    return fixed_zone(offset if sign == "+" else -offset)

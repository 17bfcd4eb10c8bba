"""Which clock a page tells its time by.

Metadata often leaves the zone out, and some systems write local time as if it were UTC, or the other way round. The
page itself tells, where it shows the time beside its headline or states it twice. Evidence, strongest first:

- the same clock time elsewhere on the page with an offset: "10:00" and "10:00+07:00" are one time;
- a label that is wrong for sure: local time that is marked as UTC and would be still to come, UTC that is marked as
  local. Anything else that is stated with an offset stands: one page whose printed clock is that of the label does not
  contradict it, for there are sites that print UTC. Several pages of one site may (`utc_label`, for
  `feeds.deciding.credible`);
- the zone that the caller gave, or the one of the site's country or language.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from feeds.model import UtcLabel
from feeds.reading.dates.clocks import FARTHEST
from feeds.reading.dates.parse import Moment

MINUTE = timedelta(minutes=1)
MAX_FAST = timedelta(minutes=5)  # by which the clocks of sites are ahead
HALF_HOUR = timedelta(minutes=30)
NO_OFFSET = timedelta(0)


def clock(moment: Moment) -> datetime:
    """What the text's own clock shows, to the minute."""
    return (moment.at + moment.offset).replace(second=0, microsecond=0, tzinfo=None)


def has_clock(moment: Moment) -> bool:
    """Whether the text tells a time of day; midnight is what systems write that know the day alone."""
    return moment.precision != "day" and clock(moment).time() != datetime.min.time()


def on_own_clock(
    moment: Moment,
    stated: list[Moment],
    shown: list[Moment],
    given: ZoneInfo | None,
    likely: ZoneInfo | None,
    now: datetime | None = None,
) -> Moment:
    """The time in the zone that the page's evidence tells, with the offset of the clock that its readers see.

    ``stated`` are the times of metadata, ``shown`` those beside the headline; ``given`` is the caller's zone, in which
    times without one were read, ``likely`` that of the site's country or language.
    """
    if moment.precision == "day":
        return moment
    days = {clock(other).date() for other in shown if not other.zoned}
    shown = [other for other in shown if has_clock(other)]
    everywhere = [*stated, *shown]
    if not moment.zoned or moment.offset == NO_OFFSET:
        for other in everywhere:
            if other.zoned and other.offset != NO_OFFSET and clock(other) == clock(moment):
                return other
    if not moment.zoned:
        if given is not None or not has_clock(moment):
            return moment
        same = [other for other in everywhere if other.zoned and clock(other) == clock(moment)]
        if not same:
            return _in_likely_zone(moment, everywhere, likely)
        moment = same[0]
    return _relabelled(moment, shown, given, likely, now) or _as_shown(moment, everywhere, shown, days, likely)


def utc_label(moment: Moment, shown: list[Moment], likely: ZoneInfo | None) -> UtcLabel:
    """What the printed clock says of a time stated in UTC, where its readers do not live in that zone."""
    if not (moment.zoned and moment.offset == NO_OFFSET and has_clock(moment)) or likely is None:
        return None
    local = moment.at.astimezone(likely).replace(second=0, microsecond=0, tzinfo=None)
    clocks = {clock(other) for other in shown if not other.zoned and has_clock(other)}
    if local == clock(moment) or not clocks & {local, clock(moment)}:
        return None
    return "confirmed" if local in clocks else "contradicted"


def _in_likely_zone(moment: Moment, others: list[Moment], likely: ZoneInfo | None) -> Moment:
    """A clock that names no zone, read in the site's; else with the offset that the page's other times have."""
    if likely is not None:
        return _read_in(clock(moment), moment, likely)
    for other in others:
        if other.zoned and other.offset != NO_OFFSET:
            return Moment(moment.at - other.offset, moment.precision, other.offset, True)
    return moment


def _relabelled(
    moment: Moment, shown: list[Moment], given: ZoneInfo | None, likely: ZoneInfo | None, now: datetime | None
) -> Moment | None:
    """The true time where the label is wrong for sure: local time marked as UTC, or UTC marked as local.

    Without a zone from the caller there is no source whose other stories could tell: the printed clock is believed.
    """
    clocks = {clock(other) for other in shown if not other.zoned}
    latest = now + MAX_FAST if now is not None else None
    if moment.offset == NO_OFFSET and likely is not None and clock(moment) in clocks:
        to_come = latest is not None and moment.at > latest
        local = _read_in(clock(moment), moment, likely)
        return local if (given is None or to_come) and (latest is None or local.at <= latest) else None
    if moment.offset != NO_OFFSET and clock(moment) not in clocks and clock(moment) + moment.offset in clocks:
        return msgspec.structs.replace(moment, at=moment.at + moment.offset)
    return None


def _as_shown(
    moment: Moment, others: list[Moment], shown: list[Moment], days: set[date], likely: ZoneInfo | None
) -> Moment:
    """The same time; one that metadata tells in UTC gets the offset of the clock that the page shows it by."""
    if moment.offset != NO_OFFSET:
        return moment
    for other in others:
        if other.zoned and other.offset != NO_OFFSET and abs(other.at - moment.at) < MINUTE:
            return msgspec.structs.replace(moment, offset=other.offset)
    for other in shown:
        difference = clock(other) - clock(moment)
        if not other.zoned and difference % HALF_HOUR == NO_OFFSET and NO_OFFSET < abs(difference) <= FARTHEST:
            return msgspec.structs.replace(moment, offset=difference)
    if likely is None:
        return moment
    local = moment.at.astimezone(likely)
    if moment.at.date() in days and local.date() not in days:  # readers are shown the day that it is in UTC
        return moment
    return msgspec.structs.replace(moment, offset=local.utcoffset() or NO_OFFSET)


def _read_in(shown: datetime, moment: Moment, zone: ZoneInfo) -> Moment:
    local = shown.replace(second=moment.at.second, tzinfo=zone)
    return Moment(local.astimezone(UTC), moment.precision, local.utcoffset() or NO_OFFSET, True)

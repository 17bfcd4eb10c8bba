"""What may have been missed: lists that turned over between two polls, and what the site's other list has.

A list is known by the marks of its newest stories (`feeds.model.Front`). Where none of them is on it any more, it has
turned over: between the last reading and the oldest story that it names now, stories may have come and gone. Its older
pages are followed until one of the known stories stands there; what stays open is a gap (`feeds.model.Gap`).

1. Newest is what was found last, not what stands at the top: what is pinned there stays for weeks.
2. Times do not tell whether a list reaches back: many have days only, or a clock that is hours off.
3. Where a list begins anew (a sitemap at midnight), it has a gap only if a story is to be expected in it by the
   source's own rhythm.
4. A list that was changed by hand is no gap for long: the front is always that of the last reading.

What two lists of the same stories have, each by itself, tells how many neither has (capture and recapture; Chapman's
estimator, 1951). It holds as far as the two are made apart from each other; where one is made of the other it says
nothing, and where a site leaves the same stories out of both, neither do we.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import takewhile

import msgspec

from feeds.deciding.identity import key
from feeds.deciding.rhythm import Outlook, between
from feeds.model import Check, Front, Gap, Listing, Source, Story, Teaser, Watch

MARKED = 8  # stories that a list is known by: fewer might be withdrawn together
MAX_FRONTS = 50  # lists of one source
RESTLESS = 3  # gaps of a list within a week
MAX_WHY = 300  # characters; it may name addresses that a site made up
KEPT = 20  # gaps of one source that are remembered
KEPT_FOR = timedelta(days=30)
CHECKS_FOR = timedelta(days=7)  # the time that what is missed is estimated of
FAR = datetime(9999, 1, 1, tzinfo=UTC)  # no story was found since then
DAY = timedelta(days=1)
LIKELY = 0.5  # stories to be expected in a gap that is told of


class Estimate(msgspec.Struct, frozen=True):
    """What the checks of a week tell: stories ``found``, ``missed`` and known of, and ``unknown``, as estimated.

    ``unknown`` is None where the two lists have too few stories in common to tell (`FEW`).
    """

    found: int
    missed: int
    unknown: float | None
    last: datetime


FEW = 10  # stories that both lists had, for an estimate


def mark(teaser: Teaser) -> str:
    """A short name of a teaser's story."""
    return blake2b(key(teaser.url).encode(errors="replace"), digest_size=6).hexdigest()


def stood(front: Front, last_success: datetime | None) -> Front:
    """Where the list stood when it was last read: it was read since then without a change, too."""
    return Front(max(front.at, last_success or front.at), front.newest)


def has_turned_over(listing: Listing, watch: Watch, now: datetime) -> bool:
    """Whether no story that the list was known by is there any more.

    A list that had `RESTLESS` gaps within a week shows what it likes, and not what is new: it is not told of again.
    """
    front = watch.fronts.get(listing.url)
    if front is None or not front.newest or not listing.teasers or listing.first or listing.anew:
        return False
    if sum(gap.url == listing.url and now - gap.at < CHECKS_FOR for gap in watch.gaps) >= RESTLESS:
        return False
    return not reaches(listing.teasers, front)


def reaches(teasers: Sequence[Teaser], front: Front) -> bool:
    """Whether a story that the list was known by is among these."""
    return any(mark(teaser) in front.newest for teaser in teasers)


def before_front(teasers: Sequence[Teaser], front: Front) -> Sequence[Teaser]:
    """Those of a list's stories that came since it stood there: what follows was old then already."""
    return list(takewhile(lambda teaser: mark(teaser) not in front.newest, teasers))


def gap(
    listing: Listing, front: Front, watch: Watch, source: Source, why: str, now: datetime, outlook: Outlook
) -> Gap | None:
    """What may have been missed before the oldest of the list's stories; None where nothing is to be expected there.

    Its times tell where it begins only if most of them are of after the last reading: a clock that is hours behind, or
    days without a clock, would say that it reaches far back. One or two old stories may be pinned.
    """
    times = [teaser.published for teaser in listing.teasers or () if teaser.published is not None]
    fresh = [time for time in times if time >= front.at]
    until = min(fresh) if len(fresh) > len(times) / 2 else None
    if until is not None and watch.rhythm is not None:
        missed = between(watch.rhythm, front.at, min(until, now), source.timezone, outlook)
        if missed < LIKELY:
            return None
    return Gap(url=listing.url, why=why[:MAX_WHY], at=now, since=front.at, until=until)


def front_of(teasers: Sequence[Teaser], new: Collection[str], before: Front | None, now: datetime) -> Front:
    """Where a list stands: by its ``new`` stories (address keys), then by those it was known by, then by its order."""
    fresh = [teaser for teaser in teasers if before is None or key(teaser.url) in new]
    marks = [mark(teaser) for teaser in _newest(fresh)]
    here = {mark(teaser) for teaser in teasers}
    marks += [name for name in (before.newest if before is not None else ()) if name in here]
    if len(marks) < MARKED and before is not None:
        marks += [mark(teaser) for teaser in _newest(teasers)]
    return Front(now, tuple(dict.fromkeys(marks))[:MARKED])


def _newest(teasers: Sequence[Teaser]) -> list[Teaser]:
    """By their times, where all have one; else in the list's order, which puts the newest first."""
    if any(teaser.published is None for teaser in teasers):
        return list(teasers)
    return sorted(teasers, key=lambda teaser: teaser.published or datetime.min, reverse=True)


def remembered(watch: Watch, gaps: Iterable[Gap], checks: Iterable[Check], now: datetime) -> Watch:
    """What was learned, with new gaps and checks, without what is too old to be told."""
    kept = [one for one in (*watch.gaps, *gaps) if now - one.at < KEPT_FOR][-KEPT:]
    told = [one for one in (*watch.checks, *checks) if now - one.at < CHECKS_FOR]
    return msgspec.structs.replace(watch, gaps=tuple(kept), checks=tuple(told[-100:]))


class Compared(msgspec.Struct, frozen=True):
    """What the site's other list tells: the stories that only it has, some of them as ``backlog`` (address keys).

    ``both`` counts those of the time from ``start`` on that were known.
    """

    start: datetime
    both: int
    missing: tuple[Teaser, ...]
    backlog: frozenset[str]

    def check(self, found: int, now: datetime) -> Check:
        """With how many stories were ``found`` since the start on the list that is watched."""
        return Check(now, found, self.both + len(self.missing) - len(self.backlog), self.both)


def compared(
    second: Sequence[Teaser], known: Mapping[str, Story], here: Collection[str], before: datetime | None
) -> Compared:
    """Compare with the other list since the check ``before``; ``here`` are the keys of what the watched list has now.

    At the first check, and of the days before the last one, what only the other list has was there before bantin. What
    this poll found itself is counted by the next check.
    """
    missing, backlog, told = list[Teaser](), set[str](), list[datetime]()
    both = reached = 0
    for teaser in second:
        name = key(teaser.url)
        story = known.get(name)
        if story is not None:
            is_new = before is not None and story.first_seen > before
            told += [story.first_seen] if is_new else []
            both, reached = both + is_new, reached + (not is_new)
        elif name not in here:
            missing.append(teaser)
            if before is None or (teaser.published is not None and teaser.published < before - DAY):
                backlog.add(name)
    # A list that does not reach back to the last check tells of its own time only.
    start = before if before is not None and (reached or not told) else min(told, default=before)
    return Compared(start or FAR, both, tuple(missing), frozenset(backlog))


def estimate(watch: Watch, now: datetime) -> Estimate | None:
    """What a week's checks tell together; None without any."""
    told = [check for check in watch.checks if now - check.at < CHECKS_FOR]
    if not told:
        return None
    found, second, both = (sum(values) for values in zip(*((c.found, c.second, c.both) for c in told), strict=True))
    missed = second - both
    unknown = None
    if both >= FEW:
        unknown = max(0.0, (found + 1) * (second + 1) / (both + 1) - 1 - (found + missed))
    return Estimate(found, missed, unknown, told[-1].at)

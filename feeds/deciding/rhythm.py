"""When a source publishes, learned from its own stories, and when it is therefore best asked again.

A poll finds what appeared since the last one, and each of these stories has waited for it. `due` asks again as soon as
the stories that are to be expected since the last poll have waited for `PRICE` story-seconds together: then one more
request saves as much waiting wherever it is spent, at a source with five hundred stories a day and at one with five.
For a steady rate that is an interval in proportion to one over its square root, which is the least mean delay for a
number of requests (the square-root rule of crawling: Cho and Garcia-Molina, 2003, for freshness; here for delay).

What is to be expected is a rate: so many stories an hour, times how much of a day's stories the hour of the day has,
times the day of the week's part, plus what follows on others in bursts. All of it on the source's own clock.

1. Counts fade by half in `HALF_LIFE`, so that changed habits are learned within weeks.
2. Hours and days deviate from an even spread only as far as the counts cannot be chance (`_believed`).
   Neither is asked before it was there twice (`HOURS_FROM`).
3. A source of which little is known is taken for one like the others (`prior`), at a story an hour.
4. Bursts count only where it is sure that stories of this source follow on each other more than chance would have it.

Nothing here asks a clock or the network; the same values give the same answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from feeds.model import Rhythm, Source

PRICE, MAX_PRICE = 50.0, 5e6  # story-seconds that are worth a request: at a story an hour, a poll each ten minutes
HALF_LIFE = timedelta(days=14)  # two of each weekday; a week was worse on all simulated sources, three no better
BURST = 0.5  # hours after which a story's followers have mostly come
MAX_FOLLOWING = 0.3  # of what came just now follows as much at most: more made the latest twentieth later
SURE = 2.0  # standard errors between what follows and chance
GUESS, GUESS_FOR = 2.0, 2.0  # stories in so many hours: what is assumed of a source before it was watched
LIKE_OTHERS = 4.0  # stories that the others' hours count for
NOISE = 0.75  # of a count's own chance: 1 for whole counts, .5 for ones that have faded for long
# Watched hours (which fade) from which on the count of an hour, and of a weekday, tells more than that it was there:
HOURS_FROM, DAYS_FROM = 45.0, 240.0  # after two days and after two weeks
NEIGHBOUR = 0.2  # of an hour's stories might as well have come in each of the hours beside it
STEP = 1 / 60  # hours; nobody asks more often than each minute
MAX_COUNTED = 500  # stories of one poll; no poll takes in more
HISTORY = timedelta(days=7)  # of what a list had at the first look
TRUSTED = 0.75  # of these stories, the newest: an old one that is pinned to the top tells of no rhythm

# How a day's stories spread over its hours where nothing else is known: fewest before dawn.
_GUESSED = (
    0.78, 0.52, 0.42, 0.37, 0.37, 0.47, 0.68, 0.94, 1.2, 1.41, 1.46, 1.36,
    1.2, 1.2, 1.36, 1.46, 1.46, 1.41, 1.31, 1.25, 1.2, 1.15, 1.04, 0.94,
)  # fmt: skip
GUESSED = tuple(value * 24 / sum(_GUESSED) for value in _GUESSED)


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """What is known besides the source itself: how its like spread over a day, and what a request has to save.

    ``prior`` are the parts of 24 hours, one being the mean; ``price`` is in story-seconds.
    """

    prior: tuple[float, ...] = GUESSED
    price: float = PRICE


def learned(rhythm: Rhythm | None, times: Iterable[datetime], now: datetime, zone: str) -> Rhythm:
    """The rhythm with new stories of these ``times`` (aware), known at ``now``; nothing else was new since the last.

    Times to come, and of before what is remembered, count as now: some clock is wrong.
    """
    told = sorted(min(time, now) for time in times)[-MAX_COUNTED:]
    counted = rhythm or _begun(told, now)
    earliest = counted.at - timedelta(days=2)  # a story may be found a day late; a clock may be off by a year
    if rhythm is None:
        told = [time for time in told if time >= counted.at]
    for time in told:
        counted = _with_story(counted, time if time >= earliest else now, zone)
    return faded(counted, now)


def spread(count: int, since: datetime, now: datetime) -> list[datetime]:
    """Times for so many stories that were found at ``now`` and came at any time since then: evenly between."""
    since = max(since, now - timedelta(days=1))
    return [since + (now - since) * ((n + 0.5) / count) for n in range(count)]


def faded(rhythm: Rhythm, now: datetime) -> Rhythm:
    """The rhythm as it counts at ``now``, where nothing new came since."""
    passed = (now - rhythm.at) / timedelta(hours=1)
    if passed <= 0:  # a clock that went back: what was learned stays as it is
        return rhythm
    half = HALF_LIFE / timedelta(hours=1)
    left = 0.5 ** (passed / half)
    return msgspec.structs.replace(
        rhythm,
        at=now,
        watched=rhythm.watched * left + half / math.log(2) * (1 - left),
        hours=tuple(count * left for count in rhythm.hours),
        days=tuple(count * left for count in rhythm.days),
        near=rhythm.near * math.exp(-min(passed / BURST, 700.0)),
        followed=tuple(value * left for value in rhythm.followed),
    )


def due(rhythm: Rhythm | None, now: datetime, zone: str, shortest: float, longest: float, outlook: Outlook) -> datetime:
    """When a source that was asked at ``now`` is asked again: between ``shortest`` and ``longest`` seconds later."""
    rates = Rates(faded(rhythm, now) if rhythm is not None else Rhythm(at=now), zone, outlook.prior)
    price = outlook.price / 3600
    passed = stories = waited = 0.0
    step = max(STEP, longest / 3600 / 240)  # a day's wait need not be known to the minute
    while waited < price and passed * 3600 < longest:
        passed += step
        stories += rates.after(passed) * step
        waited += stories * step
    seconds = min(max(passed * 3600, shortest), longest)
    return now + timedelta(seconds=seconds)


class Usual(NamedTuple):
    """What is to be expected of a source in an hour of its own clock, which begins at ``hour``."""

    stories: float
    hour: datetime


def usual(rhythm: Rhythm, time: datetime, zone: str, outlook: Outlook | None = None) -> Usual:
    """How many stories a source usually has in the hour of its clock that ``time`` is in."""
    hour = time.astimezone(ZoneInfo(zone)).replace(minute=0, second=0, microsecond=0)
    rates = Rates(rhythm, zone, (outlook or Outlook()).prior)
    return Usual(rates.at(hour + timedelta(minutes=30)), hour)


def between(rhythm: Rhythm, first: datetime, last: datetime, zone: str, outlook: Outlook) -> float:
    """How many stories are to be expected between two times; of a longer time than a week, as if it were one."""
    last = min(last, first + timedelta(days=7))
    rates, stories, step = Rates(rhythm, zone, outlook.prior), 0.0, timedelta(minutes=30)
    while first < last:
        length = min(step, last - first)
        stories += rates.at(first + length / 2) * (length / timedelta(hours=1))
        first += step
    return stories


def prior_of(rhythms: Iterable[Rhythm]) -> tuple[float, ...]:
    """How the stories of these sources spread over a day, each as much as the others; the guess where they are few."""
    told = [rhythm.hours for rhythm in rhythms if sum(rhythm.hours) >= 20]
    if len(told) < 5:
        return GUESSED
    shares = [_smooth([24 * count / sum(hours) for count in hours]) for hours in told]
    return tuple(sum(some) / len(some) for some in zip(*shares, strict=True))


def outlook(watched: Sequence[Source], rhythms: Mapping[str, Rhythm], budget: int = 0) -> Outlook:
    """What the sources together tell of each, and the price at which they keep to ``budget`` requests an hour (0: any).

    The budget is for the requests of lists that are left when stories' pages, looks at them and sources with fixed
    intervals have theirs. Where not even the longest intervals keep to it, polls wait for the hour to pass.
    """
    prior = prior_of(rhythms.values())
    if not budget:
        return Outlook(prior=prior)
    left = float(budget)
    asking: list[tuple[Source, float]] = []
    for source in watched:
        rhythm = rhythms.get(source.id)
        stories = sum(rhythm.hours) if rhythm is not None else 0.0
        rate = (stories + GUESS) / ((rhythm.watched if rhythm is not None else 0.0) + GUESS_FOR)
        left -= rate * (1 + len(source.recheck)) if source.full_text else 0.0
        if source.auto:
            asking.append((source, rate))
        else:
            left -= 3600 / source.interval * len(source.urls)
    low, high = PRICE, MAX_PRICE
    while high > 1.01 * low:  # fifty steps; it may be anything between
        middle = math.sqrt(low * high)
        low, high = (low, middle) if _requests(asking, middle) <= left else (middle, high)
    return Outlook(prior=prior, price=PRICE if _requests(asking, PRICE) <= left else high)


def _requests(asking: Iterable[tuple[Source, float]], price: float) -> float:
    """Requests an hour for the lists of these sources, with their stories an hour, where a day were even."""
    return sum(
        min(max(math.sqrt(rate * 1800 / (price * lists)), 3600 / source.max_interval), 3600 / source.min_interval)
        * lists
        for source, rate in asking
        for lists in [len(source.urls)]
    )


class Rates:
    """Stories an hour to be expected of a source, from ``rhythm.at`` on."""

    def __init__(self, rhythm: Rhythm, zone: str, prior: Sequence[float]) -> None:
        self._zone = ZoneInfo(zone)
        self._now = rhythm.at
        stories = sum(rhythm.hours)
        own = _smooth(_believed(rhythm.hours)) if stories and rhythm.watched >= HOURS_FROM else list(prior)
        self._hours = [
            (value * stories + like * LIKE_OTHERS) / (stories + LIKE_OTHERS)
            for value, like in zip(own, prior, strict=True)
        ]
        self._days = _believed(rhythm.days) if stories and rhythm.watched >= DAYS_FROM else [1.0] * 7
        self._rate = (stories + GUESS) / (rhythm.watched + GUESS_FOR)
        follow = _following(rhythm.followed)
        self._more = follow * (rhythm.near - self.at(rhythm.at) * BURST) / BURST
        self._calms = BURST / (1 - follow)
        local = rhythm.at.astimezone(self._zone)
        self._begins = local.hour + local.minute / 60 + local.second / 3600
        self._weekday = local.weekday()

    def at(self, time: datetime) -> float:
        """By the habits alone."""
        local = time.astimezone(self._zone)
        return self._habit(local.weekday(), local.hour + local.minute / 60)

    def after(self, passed: float) -> float:
        """So many hours after the rhythm's time, with what came just now."""
        hour = self._begins + passed
        habit = self._habit((self._weekday + int(hour // 24)) % 7, hour % 24)
        # Nobody is sure enough of silence to expect less than a third of what is usual.
        return max(habit + self._more * math.exp(-passed / self._calms), 0.3 * habit)

    def _habit(self, weekday: int, hour: float) -> float:
        first = math.floor(hour - 0.5)  # an hour's count stands for its middle
        part = hour - 0.5 - first
        share = self._hours[first % 24] * (1 - part) + self._hours[(first + 1) % 24] * part
        return self._rate * share * self._days[weekday]


def _begun(times: Sequence[datetime], now: datetime) -> Rhythm:
    """What the first look at a list tells: its stories, from the oldest of their newest three quarters on."""
    told = [time for time in times if now - time <= HISTORY]
    first = told[len(told) - max(1, int(len(told) * TRUSTED))] if told else now
    return Rhythm(at=min(first, now))


def _with_story(rhythm: Rhythm, time: datetime, zone: str) -> Rhythm:
    rhythm = faded(rhythm, time)
    local = time.astimezone(ZoneInfo(zone))
    # How many came just before it, less those that chance would have had there.
    beyond = rhythm.near - Rates(rhythm, zone, GUESSED).at(time) * BURST
    count, total, squares = rhythm.followed
    return msgspec.structs.replace(
        rhythm,
        hours=_added(rhythm.hours, local.hour),
        days=_added(rhythm.days, local.weekday()),
        near=rhythm.near + 1,
        followed=(count + 1, total + beyond, squares + beyond * beyond),
    )


def _added(counts: Sequence[float], place: int) -> tuple[float, ...]:
    return tuple(count + (n == place) for n, count in enumerate(counts))


def _believed(counts: Sequence[float]) -> list[float]:
    """Each count beside their mean, as far as they differ by more than chance (James and Stein's shrinkage, 1961)."""
    mean = sum(counts) / len(counts)
    if mean <= 0:
        return [1.0] * len(counts)
    differ = sum((count - mean) ** 2 for count in counts) / mean
    part = max(0.0, 1 - NOISE * (len(counts) - 1) / differ) if differ else 0.0
    return [1 + part * (count / mean - 1) for count in counts]


def _smooth(hours: Sequence[float]) -> list[float]:
    own = 1 - 2 * NEIGHBOUR
    return [NEIGHBOUR * (hours[n - 1] + hours[(n + 1) % 24]) + own * hours[n] for n in range(24)]


def _following(followed: Sequence[float]) -> float:
    """How many more stories one story brings, where that is sure; else none."""
    count, total, squares = followed
    if count < 1:
        return 0.0
    mean = total / count
    error = math.sqrt(max(squares / count - mean * mean, 0.05) / count)
    sure = max(0.0, mean - SURE * error)
    return min(MAX_FOLLOWING, 2 * sure / (1 + 2 * sure))

"""When to look again: at a source's lists, and at the page of a story."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from feeds.deciding import rhythm
from feeds.deciding.rhythm import Outlook
from feeds.deciding.subscriptions import CHECK
from feeds.model import Rhythm, Source, Story, Teaser

FAILING_AFTER = 3  # failed polls in a row …
FAILING_FOR = timedelta(hours=1)  # … or this long without a good one: then subscribers are told
MAX_BACKOFF = 3600.0
MAX_RETRY_AFTER = 86_400.0
JITTER = 0.1
FRESH = 600.0  # seconds: caches that keep a list for longer are emptied when it changes, or its readers complain
TIMES, SOONER = 10, 2  # of a list's newest stories; pairs of them that came sooner than it says to change
PARTIAL_FOR = timedelta(days=7)
MAYBE_BACK = timedelta(days=7)


def next_poll(
    source: Source,
    now: datetime,
    *,
    failures: int = 0,
    retry_after: float | None = None,
    luck: float = 0.0,
    known: Rhythm | None = None,
    outlook: Outlook | None = None,
    floor: float = 0.0,
    pushed: bool = False,
) -> datetime:
    """When the source is due again; ``luck`` in [0, 1) adds up to a tenth, so that sources drift apart.

    A good poll of a source that is asked by its rhythm is followed by one when what is ``known`` of it says so, and not
    before ``floor`` seconds, which the site asks for.

    The first failed polls are repeated at the source's own interval, so that subscribers are told in time; from the one
    on of which they are told, the wait doubles each time, up to an hour (or the interval, where that is longer).
    ``pushed``: hubs tell of what is new, and polls only check that.
    """
    wait = source.interval
    if source.auto and not failures:
        shortest = min(max(source.min_interval, floor), source.max_interval)
        each = outlook or Outlook()
        whole = Outlook(prior=each.prior, price=each.price * len(source.urls))  # a poll asks for all of its lists
        due = rhythm.due(known, now, source.timezone, shortest, source.max_interval, whole)
        wait = (due - now).total_seconds()
        luck = luck if wait >= source.max_interval else 0.0  # rhythms drift apart by themselves
    if pushed and not failures:
        wait = max(source.longest, CHECK.total_seconds())
    if failures >= FAILING_AFTER:
        doubled = wait * 2.0 ** min(failures - FAILING_AFTER + 1, 16)
        wait = min(doubled, max(MAX_BACKOFF, source.interval))
    if retry_after is not None:
        wait = max(wait, min(retry_after, MAX_RETRY_AFTER))
    return now + timedelta(seconds=wait * (1 + JITTER * luck))


def floor_of(fresh_for: float, period: float, teasers: Sequence[Teaser]) -> float:
    """The seconds that a site asks to pass between two polls of a list, as far as that is sane.

    ``fresh_for`` is what caches are told, believed up to `FRESH`: asking sooner brings the same copy. ``period`` is how
    often the feed says to change, which most feeds have from their software; not believed where its own stories came
    closer together.
    """
    times = sorted({teaser.published for teaser in teasers if teaser.published is not None}, reverse=True)[:TIMES]
    sooner = sum((later - one).total_seconds() < period for later, one in pairwise(times))
    return max(min(fresh_for, FRESH), 0.0 if sooner >= SOONER else min(period, MAX_BACKOFF))


def is_failing(failures: int, since: datetime | None, now: datetime) -> bool:
    """Whether subscribers should hear of it: three failures in a row, or one hour without a good poll."""
    return failures >= FAILING_AFTER or (since is not None and now - since >= FAILING_FOR)


def next_look(source: Source, story: Story, now: datetime, steps: Sequence[float] | None = None) -> datetime | None:
    """When the story's page is asked for again; None: never again.

    A removed story is asked for each hour (or poll, where that is longer) for a week: sites take stories down by
    mistake. Others are looked at by ``steps``, seconds after they were first seen (the source's ``recheck``, unless
    given); a partial story also after waits that double from the source's interval, for a week.
    """
    age = now - story.first_seen
    step = next((step for step in (source.recheck if steps is None else steps) if timedelta(seconds=step) > age), None)
    again = None if step is None else story.first_seen + timedelta(seconds=step)
    if story.removed is not None:
        back = now + timedelta(seconds=max(source.interval, 3600.0))
        return back if now - story.removed < MAYBE_BACK else None
    if story.partial:
        if story.reason == "disallowed" or age > PARTIAL_FOR:
            return None
        wait = min(max(source.interval, 10.0) * 2.0 ** min(max(story.looks - 1, 0), 16), 21_600.0)
        retry = now + timedelta(seconds=wait)
        return min(retry, again) if again is not None else retry
    return again


def confirm_removal(source: Source, now: datetime) -> datetime:
    """When a story found gone is looked at the second time: a minute or a poll later, whichever is longer."""
    return now + timedelta(seconds=max(60.0, source.interval))

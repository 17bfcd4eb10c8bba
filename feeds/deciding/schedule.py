"""When to look again: at a source's lists, and at the page of a story."""

from __future__ import annotations

from datetime import datetime, timedelta

from feeds.deciding.subscriptions import CHECK
from feeds.model import Source, Story

FAILING_AFTER = 3  # failed polls in a row …
FAILING_FOR = timedelta(hours=1)  # … or this long without a good one: then subscribers are told
MAX_BACKOFF = 3600.0
MAX_RETRY_AFTER = 86_400.0
JITTER = 0.1
PARTIAL_FOR = timedelta(days=7)
MAYBE_BACK = timedelta(days=7)


def next_poll(
    source: Source,
    now: datetime,
    *,
    failures: int = 0,
    retry_after: float | None = None,
    luck: float = 0.0,
    pushed: bool = False,
) -> datetime:
    """When the source is due again; ``luck`` in [0, 1) adds up to a tenth, so that sources drift apart.

    The first failed polls are repeated at the source's own interval, so that subscribers are told in time; from the one
    on of which they are told, the wait doubles each time, up to an hour (or the interval, where that is longer).
    ``pushed``: hubs tell of what is new, and polls only check that.
    """
    wait = max(source.interval, CHECK.total_seconds()) if pushed else source.interval
    if failures >= FAILING_AFTER:
        doubled = wait * 2.0 ** min(failures - FAILING_AFTER + 1, 16)
        wait = min(doubled, max(MAX_BACKOFF, source.interval))
    if retry_after is not None:
        wait = max(wait, min(retry_after, MAX_RETRY_AFTER))
    return now + timedelta(seconds=wait * (1 + JITTER * luck))


def is_failing(failures: int, since: datetime | None, now: datetime) -> bool:
    """Whether subscribers should hear of it: three failures in a row, or one hour without a good poll."""
    return failures >= FAILING_AFTER or (since is not None and now - since >= FAILING_FOR)


def next_look(source: Source, story: Story, now: datetime) -> datetime | None:
    """When the story's page is asked for again; None: never again.

    A removed story is asked for each hour (or poll, where that is longer) for a week: sites take stories down by
    mistake. Others are looked at by the source's ``recheck`` steps after they were first seen; a partial story also
    after waits that double from the source's interval, for a week.
    """
    age = now - story.first_seen
    step = next((step for step in source.recheck if timedelta(seconds=step) > age), None)
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

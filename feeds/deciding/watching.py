"""What a poll teaches about how its source is to be watched: its rhythm, where its lists stand, what was missed, when
its stories are edited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from feeds.deciding import gaps, rhythm
from feeds.deciding.identity import key
from feeds.model import Front, Listing, Look, Rhythm, Source, SourceState, Story, Watch

FADED = 0.995  # of earlier looks' weight, at each look: the last two hundred count
LOOKED = 30.0  # looks at a step before it is judged
RARELY = 0.02  # share of them that found an edit, for a step that is left out
OFTEN = 0.2  # … and for one that gets another look halfway


def watched(
    source: Source,
    state: SourceState,
    listings: Sequence[Listing],
    looks: Sequence[Look],
    stories: Iterable[Story],
    now: datetime,
) -> Watch:
    """What is known after a poll; ``stories`` are those that it stored."""
    watch, told = state.watch, {story.entry_id: story for story in stories}
    new = [story for story in told.values() if story.first_seen == now and story.merged_into is None]
    first = any(listing.first for listing in listings)
    if new or (first and watch.rhythm is None):
        watch = msgspec.structs.replace(watch, rhythm=_rhythm(source, state, new, now))
    fronts = _fronts(watch, listings, looks, now)
    if fronts != watch.fronts:
        watch = msgspec.structs.replace(watch, fronts=fronts)
    found = [listing.gap for listing in listings if listing.gap is not None]
    checks = [listing.check for listing in listings if listing.check is not None]
    if found or checks:
        watch = gaps.remembered(watch, found, checks, now)
    floor = _floor(watch, listings)
    edits = _edits(source, watch, looks, told, now)
    if (floor, edits) != (watch.floor, watch.edits):
        watch = msgspec.structs.replace(watch, floor=floor, edits=edits)
    return watch


def _rhythm(source: Source, state: SourceState, new: Sequence[Story], now: datetime) -> Rhythm:
    """With the times that the stories state; those that state none came at any time since the last good poll."""
    known = state.watch.rhythm
    times = [story.stated for story in new if story.stated is not None]
    unclear = [story for story in new if story.stated is None and not story.backlog]
    if unclear and known is not None:
        times += rhythm.spread(len(unclear), state.last_success or now, now)
    elif known is not None:  # a list that is read for the first time tells nothing of when this source publishes
        times = [story.stated for story in new if story.stated is not None and not story.backlog]
    return rhythm.learned(known, times, now, source.timezone)


def _fronts(watch: Watch, listings: Sequence[Listing], looks: Sequence[Look], now: datetime) -> dict[str, Front]:
    new = {key(look.url) for look in looks if look.story is None}
    fronts = dict(watch.fronts)
    for listing in listings:
        if not listing.teasers or listing.failure is not None or listing.second or listing.cut:
            continue
        before = fronts.get(listing.url)
        front = gaps.front_of(listing.teasers, new, None if listing.gap else before, now)
        if before is None or front.newest != before.newest:
            fronts.pop(listing.url, None)
            fronts[listing.url] = front
    return dict(list(fronts.items())[-gaps.MAX_FRONTS :])


def _floor(watch: Watch, listings: Sequence[Listing]) -> float:
    """The seconds that the site asks to pass; of several lists what the most pressing one asks."""
    return min((listing.floor for listing in listings if listing.teasers and not listing.second), default=watch.floor)


def step_of(source: Source, age: timedelta) -> int | None:
    """Which step of looking again a look at a story of this age is: the last one that is over."""
    over = [number for number, step in enumerate(source.recheck) if timedelta(seconds=step) <= age]
    return over[-1] if over else None


def _edits(
    source: Source, watch: Watch, looks: Sequence[Look], told: dict[str, Story], now: datetime
) -> tuple[tuple[float, float], ...]:
    """How many looks of each step found another text."""
    edits = list(watch.edits) if len(watch.edits) == len(source.recheck) else [(0.0, 0.0)] * len(source.recheck)
    for look in looks:
        story = look.story
        if story is None or story.partial or story.next_look is None or look.outcome not in ("read", "unchanged"):
            continue
        step = step_of(source, now - story.first_seen) if story.next_look <= now else None
        if step is not None:
            after = told.get(story.entry_id)
            edited = after is not None and after.revision > story.revision
            looked, found = edits[step]
            edits[step] = (round(FADED * looked + 1, 2), round(FADED * found + edited, 2))
    return tuple(edits) if any(looked for looked, _ in edits) else watch.edits


def steps(source: Source, watch: Watch, story: Story) -> tuple[float, ...]:
    """Seconds after it was found at which a story is looked at again, by what such looks found so far.

    A source that is asked by its rhythm is not looked at when its stories are never edited, but for one story in ten,
    so that it is noticed when that changes; nor once only where they often are. The last step is always taken.
    """
    if not source.auto or len(watch.edits) != len(source.recheck):
        return source.recheck
    tried = int(story.entry_id[-2:], 16) % 10 == 0
    taken: list[float] = []
    for number, (step, (looked, found)) in enumerate(zip(source.recheck, watch.edits, strict=True)):
        before = source.recheck[number - 1] if number else 0.0
        if looked >= LOOKED and found > OFTEN * looked:
            taken.append((before + step) / 2)
        if looked < LOOKED or found >= RARELY * looked or tried or step == source.recheck[-1]:
            taken.append(step)
    return tuple(taken)

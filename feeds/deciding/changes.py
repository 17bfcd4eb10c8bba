"""What one poll found: `decide` takes what is known and what was read, and returns one value.

It touches nothing: no clock, no chance, no database. Rules:

1. A story is known by its addresses and by its text (`feeds.deciding.identity`); the same text is the same story.
2. A page that cannot be read, or that is a wall before the story (`feeds.deciding.walls`), makes a *partial* story,
   published from its teaser. Completing it is no revision.
3. Another text is a new revision of the same story, and one event, unless it is another reader's or noise
   (`feeds.deciding.texts`); the same text is nothing at all.
4. Gone at two looks, the second a minute or a poll later (whichever is longer), is removed.
5. What was listed when an address was read for the first time is backlog: published in feeds, announced to nobody.
6. What is learned of how to watch the source is part of it, too (`feeds.deciding.watching`).
7. Events and deliveries are part of the value: they exist exactly when the revision does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from feeds.deciding import drift, schedule
from feeds.deciding.boilerplate import learned
from feeds.deciding.credible import counted
from feeds.deciding.draft import Draft
from feeds.deciding.events import changed_event, failing_event, gap_event, recovered_event
from feeds.deciding.filters import Judge
from feeds.deciding.identity import key, shared_marks, shared_numbers
from feeds.deciding.rhythm import Outlook
from feeds.deciding.rules import Audience
from feeds.deciding.walls import without_walls
from feeds.deciding.watching import watched
from feeds.model import Changes, Event, Habits, KeptPage, Known, Listing, Look, Source, SourceState, Watch


class Next(NamedTuple):
    """What tells when a source is due again."""

    watch: Watch
    outlook: Outlook
    luck: float
    pushed: bool = False

    def poll(self, source: Source, now: datetime, *, failures: int = 0, retry_after: float | None = None) -> datetime:
        """When that is."""
        return schedule.next_poll(
            source,
            now,
            failures=failures,
            retry_after=retry_after,
            luck=self.luck,
            known=self.watch.rhythm,
            outlook=self.outlook,
            floor=self.watch.floor,
            pushed=self.pushed,
        )


def decide(
    source: Source,
    state: SourceState,
    listings: Sequence[Listing],
    looks: Sequence[Look],
    known: Known,
    audience: Audience,
    now: datetime,
    *,
    luck: float = 0.0,
    reading: str = "",
    judge: Judge | None = None,
    outlook: Outlook | None = None,
    pushed: bool = False,
) -> Changes:
    """Decide what a poll of ``source`` at ``now`` changes; ``luck`` in [0, 1) only spreads the next due time.

    ``reading`` names the reader of the looks' articles: one that differs from a story's own changes its text quietly.
    ``judge`` asks the rules of the new texts. ``pushed``: hubs tell of what is new (`feeds.deciding.subscriptions`).
    """
    looks = without_walls(looks, known.articles)
    habits = learned(known, looks)
    found = [teaser for listing in listings for teaser in listing.teasers or ()]
    told = [*((teaser, None) for teaser in found), *((look.teaser, look.article) for look in looks if look.article)]
    complete = all(listing.teasers is not None for listing in listings)
    draft = Draft(
        source,
        known,
        audience,
        now,
        listed={key(teaser.url) for teaser in found} if complete else None,
        shared=shared_numbers(found) | shared_marks(told),
        answered={key(url) for look in looks if look.outcome == "read" for url in (look.url, look.final_url) if url},
        reading=reading,
        judge=judge or Judge(),
        habits=habits,
        mislabels=(mislabels := counted(looks, state.mislabels)),
        watch=state.watch,
    )
    for look in _oldest_first(looks):
        draft.take(look)
    warning = _warning(draft, state, habits, now)
    watch = watched(source, state, listings, looks, draft.memory.stories.values(), now)
    then = Next(watch, outlook or Outlook(), luck, pushed)
    after, event = _after(source, state, listings, audience, now, draft.tally.new, then)
    after = msgspec.structs.replace(after, warning=warning, mislabels=mislabels, watch=watch)
    if event is not None:
        draft.announce(event)
    for gap in (item.gap for item in listings if item.gap is not None):
        draft.announce(gap_event(source, gap, audience, now))
    if draft.visible and (event := changed_event(source, audience, now)) is not None:
        draft.announce(event)
    return Changes(
        state=after,
        listings={item.url: item.state for item in listings if item.state is not None},
        stories=tuple(draft.memory.stories.values()),
        revisions=tuple(draft.revisions.values()),
        addresses=draft.memory.addresses,
        habits=habits if habits != known.habits else None,
        watch=watch if watch != state.watch else None,
        pages=tuple(_kept(listings)),
        events=tuple(draft.events),
        deliveries=tuple(draft.deliveries),
        verdicts=draft.verdicts,
        visible=draft.visible,
        hubs={item.url: item.hub for item in listings if item.hub is not None},
        decisions=tuple(draft.decisions),
        tally=draft.tally,
    )


def _warning(draft: Draft, state: SourceState, habits: Habits, now: datetime) -> str | None:
    """What is odd about a source that can be read."""
    made_anew = drift.said(habits, now)
    if made_anew is not None:
        return made_anew
    if draft.verdicts:  # what the rules' expressions did not decide is known only where they were asked
        return draft.judge.warning
    return state.warning if not (state.warning or "").startswith(drift.MADE_ANEW) else None


def _kept(listings: Sequence[Listing]) -> Iterator[KeptPage]:
    for item in listings:
        if item.failure is not None and item.page is not None:
            yield KeptPage(url=item.url, page=item.page, cause=item.failure.cause, at=item.failure.at)


def _oldest_first(looks: Sequence[Look]) -> list[Look]:
    """Stories of one poll are stored oldest first, so that "the newest 100" is right from the first poll on.

    Lists show the newest first: that decides where two have the same time, or none.
    """

    def published(look: Look) -> datetime:
        told = (look.article and look.article.published) or (look.teaser and look.teaser.published)
        return told or datetime.max.replace(tzinfo=UTC)

    backwards = list(reversed(looks))
    return sorted(backwards, key=published)


def _after(
    source: Source,
    state: SourceState,
    listings: Sequence[Listing],
    audience: Audience,
    now: datetime,
    new: int,
    then: Next,
) -> tuple[SourceState, Event | None]:
    """The source's state after the poll that found ``new`` stories, and the event that it began to fail or recovered.

    One address of several that fails makes the poll a failed one (someone should mend it), yet only a poll without
    any good address is put off.
    """
    failures = [item.failure for item in listings if item.failure is not None]
    if not failures:
        due = then.poll(source, now)
        after = SourceState(id=source.id, due_at=due, last_poll=now, last_success=now)
        return after, recovered_event(source, state, audience, now, new) if state.alarmed else None
    failed = state.failures + 1
    waits = [f.retry_after for f in failures if f.retry_after is not None]
    after = msgspec.structs.replace(
        state,
        due_at=then._replace(pushed=False).poll(  # a failing source is not hurried by posts, so it is polled itself
            source,
            now,
            failures=failed if len(failures) == len(listings) else 0,
            retry_after=max(waits, default=None),
        ),
        last_poll=now,
        failures=failed,
        failing_since=state.failing_since or now,
        failure=failures[0],
    )
    if state.alarmed or not schedule.is_failing(failed, after.failing_since, now):
        return after, None
    after = msgspec.structs.replace(after, alarmed=True)
    return after, failing_event(source, after, audience, now)

"""The pages of sources: how all of them fare, counted and kept for as long as counting is dear; and one by itself."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from daemon.config import Config
from daemon.health import is_paused, what_to_do, why_next
from daemon.storage import Storage
from daemon.web.pages.actions import OF_SOURCES
from daemon.web.pages.chart import DAYS, chart
from daemon.web.pages.context import View
from feeds.deciding import gaps
from feeds.deciding.subscriptions import agreement
from feeds.errors import StateError
from feeds.model import Article, Delay, Gap, ListingState, Source, Subscription
from state.store import PollRow, SourceRow

SHARE = 20  # what took a second to count is shown for so many seconds
PAGE = 100  # sources on one page
LEFT_OUT = 5  # texts of boxes that are shown as what was learned
TOO_OLD = 300.0  # seconds after which nobody is shown it any more


Glance = Mapping[str, SourceRow]  # how each source fares, by its id
Days = Mapping[str, Mapping[date, int]]  # by source: how many stories it had on each day of its own clock


class Glances:
    """Counts when asked, and again behind the back of those who are shown what was counted before."""

    def __init__(self, storage: Storage, *, keep: bool) -> None:
        self._storage, self._keep = storage, keep
        self._known: tuple[Config, float, float, Glance] | None = None
        self._turn = asyncio.Lock()
        self._counting: asyncio.Task[Glance] | None = None

    async def get(self, config: Config) -> Glance:
        """How the sources of this configuration fare."""
        known = self._known
        if known is None or known[0] is not config or time.monotonic() - known[1] > TOO_OLD or not self._keep:
            return await self.count(config)
        _, counted, took, glance = known
        if time.monotonic() - counted > took * SHARE and (self._counting is None or self._counting.done()):
            self._counting = asyncio.create_task(self._behind(config, glance))
        return glance

    async def _behind(self, config: Config, before: Glance) -> Glance:
        with contextlib.suppress(StateError):  # whoever asks when it is too old is told
            return await self.count(config)
        return before

    async def count(self, config: Config) -> Glance:
        """How they fare just now: something was changed a moment ago."""
        asked = time.monotonic()
        async with self._turn:
            known = self._known
            if self._keep and known is not None and known[0] is config and known[1] > asked:
                return known[3]  # somebody counted while this one waited
            begun = time.monotonic()
            rows = await self._storage.sources()
            glance = {row.state.id: row for row in rows}
            ended = time.monotonic()
            self._known = (config, ended, ended - begun, glance)
            return glance


async def days_of(storage: Storage, sources: Sequence[Source], now: datetime) -> Days:
    """The stories of each day: one question for each offset of the sources' clocks."""
    clocks: dict[timedelta, list[str]] = {}
    for source in sources:
        offset = now.astimezone(ZoneInfo(source.timezone)).utcoffset() or timedelta(0)
        clocks.setdefault(offset, []).append(source.id)
    found: dict[str, Mapping[date, int]] = {}
    for offset, names in clocks.items():
        found |= await storage.stories_by_day(names, now - timedelta(days=DAYS), offset)
    return found


def sources_page(
    config: Config, glance: Glance, days: Days, last: Mapping[str, datetime], shown: Sequence[Source], view: View, *,
    total: int, first: int, question: str,
) -> str:  # fmt: skip
    """One line for each source, those that fail first; ``shown`` are those of this page, of ``total``."""
    zone = config.zone
    failing = sum(_state(source, glance.get(source.id)) == "bad" for source in config.sources)
    return view.render(
        "sources.html",
        rows=[_line(source, glance, days, last.get(source.id), view, zone) for source in shown],
        total=total,
        failing=failing,
        all=len(config.sources),
        older=first + PAGE if total > first + PAGE else None,
        asked=question,
        zone=zone.key,
    )


def in_order(config: Config, glance: Glance, question: str) -> list[Source]:
    """The sources that have all the words in title, id or address: those that fail first, the others as configured."""
    words = question.casefold().split()

    def said(source: Source) -> str:
        return " ".join((source.title, source.id, *source.urls)).casefold()

    found = [source for source in config.sources if not words or all(word in said(source) for word in words)]
    rank = {"bad": 0, "odd": 1, "waiting": 2, "paused": 3, "good": 4}
    return sorted(found, key=lambda source: rank[_state(source, glance.get(source.id))])


def _state(source: Source, row: SourceRow | None) -> str:
    if is_paused(source, row):
        return "paused"
    if row is None or row.state.last_poll is None:
        return "waiting"
    return "bad" if row.state.failure else "odd" if row.state.warning else "good"


def _line(
    source: Source, glance: Glance, days: Days, last: datetime | None, view: View, zone: ZoneInfo
) -> dict[str, Any]:
    row, language, mine = glance.get(source.id), view.language, days.get(source.id, {})
    today = view.now.astimezone(ZoneInfo(source.timezone)).date()
    polled = row is not None and row.state.last_poll is not None
    return {
        "source": source,
        "fares": _state(source, row),
        "state": row.state if row and polled else None,
        "stories": row.stories if row else 0,
        "partial": row.partial if row else 0,
        "last": view.time(last, zone),
        "ago": language.ago(row.state.last_poll, view.now) if row else "",
        "until": language.until(row.state.due_at, view.now) if row else "",
        "today": mine.get(today, 0),
        "chart": chart(mine, today, language),
    }


def source_page(
    config: Config, source: Source, glance: Glance, days: Days, lists: Mapping[str, ListingState],
    history: Sequence[PollRow], texts: Sequence[Article], last: datetime | None, view: View, said: str = "",
    *, delay: Delay, hubs: Sequence[Subscription] = (),
) -> str:  # fmt: skip
    """A source by itself: what is watched and why, how its polls went, how late, and what may have been missed."""
    zone, row = ZoneInfo(source.timezone), glance.get(source.id)
    failure = row.state.failure if row else None
    left = dict.fromkeys(item.text for article in texts for item in article.left_out)
    return view.render(
        "source.html",
        card=_line(source, glance, days, last, view, zone),
        advice=what_to_do(failure, source.id, view.language) if failure else "",
        since=view.time(row.state.failing_since, zone) if row else None,
        lists=[(url, lists.get(url), _hub(url, hubs, view)) for url in source.urls],
        history=[(view.time(poll.at, zone), poll, _counts(poll, view)) for poll in history],
        left_out=list(left)[:LEFT_OUT],
        feeds=[feed for feed in config.feeds if source.id in feed.sources][:LEFT_OUT],
        actions=[(name, view.language.say(key)) for name, key in OF_SOURCES.items() if _offered(name, source, row)],
        said=said,
        why=why_next(source, row.state, view.language) if row else "",
        delays=_delays(delay, view),
        unclear=delay.unclear,
        missed=gaps.estimate(row.state.watch, view.now) if row else None,
        gaps=[(view.time(g.since, zone), view.time(g.until, zone), g) for g in _gaps(row)],
        card_zone=zone,
        zone=zone.key,
        all_feeds=[feed for feed in config.feeds if feed.id == source.id],
    )


def _gaps(row: SourceRow | None) -> Sequence[Gap]:
    return row.state.watch.gaps[::-1] if row is not None else ()


def _delays(delay: Delay, view: View) -> list[str]:
    """How late stories were found, stored and delivered, a line each."""
    return [
        view.language.say(f"source.{name}", half=view.language.lasting(told[0]), most=view.language.lasting(told[1]))
        for name, told in (("found", delay.found), ("stored", delay.stored), ("delivered", delay.delivered))
        if told is not None
    ]


def _hub(url: str, hubs: Sequence[Subscription], view: View) -> str:
    """What the hub of an address does for it, in words; "" where it has none."""
    hub = next((hub for hub in hubs if hub.url == url and not hub.leaving), None)
    if hub is None:
        return ""
    told = view.language.say(f"source.hub_{agreement(hub, view.now)}", hub=hub.hub)
    return f"{told} {view.language.count('source.hub_wrong', hub.refused)}" if hub.refused else told


def _offered(action: str, source: Source, row: SourceRow | None) -> bool:
    """What can be done with a source: what the configuration pauses is resumed there."""
    if row is None or not source.enabled:
        return False
    return {"poll": not row.paused, "pause": not row.paused, "resume": bool(row.paused)}[action]


def _counts(poll: PollRow, view: View) -> str:
    """What a poll found, in words."""
    counted = view.language.count
    told = [
        counted(f"source.{name}", number)
        for name in ("new", "caught_up", "missed", "revised", "completed", "removed")
        if (number := getattr(poll.tally, name))
    ]
    return ", ".join(told)

"""How all sources fare, counted over all their stories, and kept for as long as counting is dear."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from daemon.config import Config
from daemon.storage import Storage
from daemon.web.pages.chart import DAYS
from feeds.errors import StateError
from state.store import SourceRow

SHARE = 20  # what took a second to count is shown for so many seconds
TOO_OLD = 300.0  # seconds after which nobody is shown it any more


class Glance(msgspec.Struct, frozen=True):
    """By source: how it fares, and how many stories it had on each day of its own clock."""

    rows: Mapping[str, SourceRow]
    days: Mapping[str, Mapping[date, int]]


class Glances:
    """Counts when asked, and again behind the back of those who are shown what was counted before."""

    def __init__(self, storage: Storage, *, keep: bool) -> None:
        self._storage, self._keep = storage, keep
        self._known: tuple[Config, float, float, Glance] | None = None
        self._turn = asyncio.Lock()
        self._counting: asyncio.Task[Glance] | None = None

    async def get(self, config: Config, now: datetime) -> Glance:
        """How the sources of this configuration fare."""
        known = self._known
        if known is None or known[0] is not config or time.monotonic() - known[1] > TOO_OLD or not self._keep:
            return await self._count(config, now)
        _, counted, took, glance = known
        if time.monotonic() - counted > took * SHARE and (self._counting is None or self._counting.done()):
            self._counting = asyncio.create_task(self._behind(config, now, glance))
        return glance

    async def _behind(self, config: Config, now: datetime, before: Glance) -> Glance:
        with contextlib.suppress(StateError):  # whoever asks when it is too old is told
            return await self._count(config, now)
        return before

    async def _count(self, config: Config, now: datetime) -> Glance:
        asked = time.monotonic()
        async with self._turn:
            known = self._known
            if self._keep and known is not None and known[0] is config and known[1] > asked:
                return known[3]  # somebody counted while this one waited
            begun = time.monotonic()
            rows = await self._storage.sources()
            glance = Glance({row.state.id: row for row in rows}, await self._days(config, now))
            ended = time.monotonic()
            self._known = (config, ended, ended - begun, glance)
            return glance

    async def _days(self, config: Config, now: datetime) -> dict[str, Mapping[date, int]]:
        """One question for each offset of the sources' clocks."""
        clocks: dict[timedelta, list[str]] = {}
        for source in config.sources:
            offset = now.astimezone(ZoneInfo(source.timezone)).utcoffset() or timedelta(0)
            clocks.setdefault(offset, []).append(source.id)
        found: dict[str, Mapping[date, int]] = {}
        for offset, names in clocks.items():
            found |= await self._storage.stories_by_day(names, now - timedelta(days=DAYS), offset)
        return found

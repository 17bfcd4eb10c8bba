"""How sources fare, counted seldom where counting is dear."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from daemon.config import Config
from daemon.storage import Storage
from daemon.web.pages import sources as glance
from daemon.web.pages.sources import Glances
from feeds.errors import StateError
from state.sql import SqlStore
from state.store import SourceRow
from tests.daemon.test_pages import TOML
from tests.samples import commit, configured, make_entry


class Counting(SqlStore):
    """Counts how often it is asked to count; slow, or broken, where told."""

    asked, slow, broken = 0, 0.0, False

    def sources(self, source_ids: Iterable[str] | None = None, *, failing: bool = False) -> list[SourceRow]:
        self.asked += 1
        time.sleep(self.slow)
        if self.broken:
            raise StateError("x", "is broken", "mend it")
        return super().sources(source_ids, failing=failing)


@pytest.fixture
def counting(store: SqlStore, tmp_path: Path) -> Iterator[Counting]:
    """A store with a story of each of two sources."""
    store.sync({"ttv": 600.0, "new": 600.0}, {})
    commit(store, [make_entry(1)])
    opened = Counting(f"sqlite:///{tmp_path / 'bantin.db'}", store.clock)
    yield opened
    opened.close()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """The configuration of the pages' tests."""
    return configured(tmp_path, TOML)


async def test_many_at_once_count_once(counting: Counting, config: Config) -> None:
    """A front page that everybody opens at once would have the database count a million stories for each of them."""
    counting.slow, glances = 0.02, Glances(Storage(counting), keep=True)
    found = await asyncio.gather(*(glances.get(config) for _ in range(20)))
    assert counting.asked == 1
    assert found[0]["ttv"].stories == 1
    await glances.get(config)
    assert counting.asked == 1


async def test_nobody_waits_for_the_next_count(
    counting: Counting, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People would wait for seconds every few seconds, or see the same numbers for ever."""
    monkeypatch.setattr(glance, "SHARE", 0)
    glances = Glances(Storage(counting), keep=True)
    first = await glances.get(config)
    assert await glances.get(config) is first
    assert glances._counting is not None
    second = await glances._counting
    assert second is not first
    assert counting.asked == 2
    counting.broken = True
    assert await glances.get(config) is second
    assert await glances._counting is second  # what was known is shown until it is too old
    monkeypatch.setattr(glance, "TOO_OLD", 0.0)
    with pytest.raises(StateError):
        await glances.get(config)


async def test_another_configuration_is_seen_at_once(counting: Counting, config: Config, tmp_path: Path) -> None:
    """A source that was just added would have no chart, and its zone that of another."""
    glances = Glances(Storage(counting), keep=True)
    await glances.get(config)
    await glances.get(configured(tmp_path, TOML))
    assert counting.asked == 2

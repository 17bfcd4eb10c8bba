"""What every test may use: a fake clock, a real database, the invented site on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from daemon.demo.news import Newsroom
from daemon.demo.serve import serve
from daemon.demo.site import Site
from state.sql import SqlStore
from state.transfer.migrate import upgrade
from tests.postgres import MISSING, Server, programs, server

# Other work may share the machine: how long an example takes says nothing.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **by: float) -> datetime:
        """Let time pass: ``clock.go_on(minutes=5)``."""
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[SqlStore]:
    """A real SQLite database, with its tables, judged by the fake clock."""
    opened = SqlStore(f"sqlite:///{tmp_path / 'bantin.db'}", clock)
    upgrade(opened.engine, version="test")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server with a database ``ready`` that has the tables, to copy from."""
    if programs() is None:
        pytest.skip(MISSING)
    with server() as running:
        running.sql("CREATE DATABASE ready")
        made = SqlStore(running.url("ready"))
        upgrade(made.engine, version="test")
        made.close()
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[SqlStore]:
    """Each kind of database in turn, with its tables, judged by the fake clock."""
    if request.param == "sqlite":
        yield request.getfixturevalue("store")
        return
    opened = SqlStore(request.getfixturevalue("postgres").new_url("ready"), clock)
    yield opened
    opened.close()


@pytest.fixture
def newsroom(clock: Clock) -> Newsroom:
    """36 invented stories in three sections, always the same."""
    return Newsroom(clock(), seed=7)


class LiveSite:
    """The invented site, served on loopback; ``address`` ends with a slash."""

    def __init__(self, site: Site, address: str) -> None:
        self.site, self.address, self.newsroom = site, address, site.newsroom

    def lists(self) -> list[str]:
        """The addresses of its section lists."""
        return [f"{self.address}{name}.htm" for name in ("thoi-su", "kinh-te", "van-hoa")]


@pytest.fixture
async def live_site(newsroom: Newsroom) -> AsyncIterator[LiveSite]:
    site = Site(newsroom)
    async with serve(site.app) as address:
        yield LiveSite(site, address)

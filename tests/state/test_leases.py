"""Many daemons on one PostgreSQL: each piece of work is one's, what a dead one held goes to another, nobody waits."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from feeds.errors import LeaseLostError
from feeds.model import Attempt, SourceState, Verdict
from state.sql import SqlStore
from state.transfer.migrate import upgrade
from tests.conftest import NOW, Clock
from tests.postgres import Server
from tests.state.work import Titles, at_once, found, poll, stores

MANY = 20
STRESS = 2.0  # seconds


@pytest.fixture
def url(postgres: Server) -> str:
    """A new database with tables."""
    return postgres.new_url("ready")


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[SqlStore]:
    with stores(url, 1, clock) as (opened,):
        yield opened


def test_each_due_source_is_claimed_by_one_of_twenty(url: str, store: SqlStore, clock: Clock) -> None:
    """Sites would be polled by several daemons at the same time, or by none."""
    names = [f"s{n:03}" for n in range(200)]
    store.sync(dict.fromkeys(names, 600.0), {})
    with stores(url, MANY, clock) as daemons:

        def claim(number: int) -> list[str]:
            got: list[str] = []
            while some := daemons[number].claim_polls(f"daemon{number}", 7, 60):
                got += [claim.state.id for claim in some]
            return got

        claimed = at_once(partial(claim, number) for number in range(MANY))
    assert sorted(name for got in claimed for name in got) == names


def test_each_event_is_delivered_once_a_try_by_twenty(url: str, store: SqlStore, clock: Clock) -> None:
    """A newsroom would get every alert twenty times."""
    store.sync({"src": 600.0}, {"hook": "https://hook.example/"})
    poll(store, found("src", [f"title {n}" for n in range(100)]))
    posted: Counter[tuple[str, int]] = Counter()
    with stores(url, MANY, clock) as daemons:

        def deliver(number: int) -> None:
            mine = daemons[number]
            while some := mine.claim_deliveries(f"daemon{number}", "hook", 4, 60):
                for due in some:
                    posted[due.event.id, due.attempts] += 1
                    failed = due.attempts == 0  # each succeeds at its second try, which is due at once
                    attempt = Attempt(at=clock(), status=500 if failed else 204)
                    again = Verdict(state="pending", due_at=clock())
                    mine.record([(due, attempt, again if failed else Verdict(state="delivered"))])

        at_once(partial(deliver, number) for number in range(MANY))
    assert len(posted) == 200
    assert set(posted.values()) == {1}
    assert store.endpoints()["hook"].waiting == 0


def test_dead_daemons_work_is_taken_over_and_its_late_result_dropped(url: str, clock: Clock) -> None:
    """What a crashed machine had claimed would be lost to all others, or stored twice when it comes back."""
    with stores(url, 2, clock) as (dead, other):
        other.sync({"src": 600.0}, {"hook": "https://hook.example/"})
        poll(other, found("src", ["one"]))
        assert len(dead.claim_polls("dead", 5, 60)) == 1
        (due,) = dead.claim_deliveries("dead", "hook", 5, 60)
        assert other.claim_polls("other", 5, 60) == []
        clock.go_on(seconds=61)
        assert [claim.state.id for claim in other.claim_polls("other", 5, 60)] == ["src"]
        assert [again.id for again in other.claim_deliveries("other", "hook", 5, 60)] == [due.id]
        with pytest.raises(LeaseLostError, match="src"):
            dead.commit(found("src", ["one", "two"]), "dead")
        assert dead.commit_quiet([SourceState(id="src", due_at=clock())], "dead") == {"src"}
        other.commit(found("src", ["three"]), "other")
        assert [entry.article.title for _, entry in other.entries(["src"], 10)] == ["three", "one"]
        assert len(other.deliveries(None, None, 10)) == 2


def test_servers_clock_decides_between_hosts_hours_apart(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose clock is wrong would take the work out of all others' hands, or never get any."""
    hours = {"early": -3, "late": 5}
    with stores(url, 2) as (early, late):
        early.sync({"src": 600.0}, {})
        times = {}
        for name, store in (("early", early), ("late", late)):
            shift = timedelta(hours=hours[name])
            monkeypatch.setattr(time, "time", lambda by=shift: datetime.now(UTC).timestamp() + by.total_seconds())
            times[name] = store.clock()
        assert abs(times["late"] - times["early"]) < timedelta(seconds=20)
        assert len(early.claim_polls("early", 1, 60)) == 1
        assert late.claim_polls("late", 1, 60) == []
        early.release("early")
        assert len(late.claim_polls("late", 1, 60)) == 1


def test_server_that_is_away_does_not_stop_the_clock(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Polls under way would hang or crash for asking the time while the database server is restarted."""
    from state.databases import postgresql

    passed = [1000.0]
    monkeypatch.setattr(postgresql, "_passed", lambda: passed[0])
    with stores(url, 1) as (store,):
        before = store.clock()

        def away(_: object) -> None:
            raise OSError("the server is away")

        monkeypatch.setattr(postgresql._ServerClock, "_ask", away)
        passed[0] += 3600
        assert store.clock() - before == timedelta(hours=1)


def test_empty_database_is_migrated_once_by_many(postgres: Server) -> None:
    """Daemons that are started together for the first time would fail, or make half of the tables."""
    empty = postgres.new_url()
    with stores(empty, 4) as daemons:
        at_once(partial(upgrade, daemon.engine, version="test") for daemon in daemons)
        daemons[0].sync({"src": 600.0}, {})
        assert len(daemons[1].claim_polls("me", 5, 60)) == 1
    assert postgres.sql("SELECT count(*) FROM alembic_version", _name(empty)) == "1"


def test_twenty_configurations_at_once(url: str, clock: Clock) -> None:
    """Daemons that reload their configuration together would wait for each other for ever."""
    wanted = [f"s{n:03}" for n in range(50)]
    with stores(url, MANY, clock) as daemons:
        jobs = []
        for number, daemon in enumerate(daemons):
            mine = wanted if number % 2 else wanted[::-1]
            jobs.append(partial(daemon.sync, dict.fromkeys(mine, 600.0), {"hook": "https://hook.example/"}))
        at_once(jobs)
        assert sorted(claim.state.id for claim in daemons[0].claim_polls("me", 100, 60)) == wanted


def test_everything_at_once_gives_no_deadlock(url: str, clock: Clock) -> None:
    """Daemons that share a database would stop each other's polls, night work and configuration."""
    names = [f"s{n}" for n in range(8)]
    with stores(url, 2, clock) as daemons:
        daemons[0].sync(dict.fromkeys(names, 600.0), {"hook": "https://hook.example/"})
        for name in names:
            poll(daemons[0], found(name, _titles(0)))
        end = time.monotonic() + STRESS
        jobs = []
        for number, daemon in enumerate(daemons):
            owner = f"daemon{number}"
            jobs += [partial(_polls, daemon, owner, names, end)] * 2
            jobs += [partial(job, daemon, owner, names, end) for job in (_quiet, _deliveries, _upkeep, _clusters)]
        done = at_once(jobs)
        assert min(done) > 0
        assert sum(row.stories for row in daemons[0].sources()) > len(names) * len(_titles(0))


def _titles(number: int) -> list[str]:
    return [f"title {number + n}" for n in range(12)]


def _polls(store: SqlStore, owner: str, names: list[str], end: float) -> int:
    """Polls that find new stories and edit old ones, these in another order each time."""
    count = 0
    while time.monotonic() < end:
        for claim in store.claim_polls(owner, 2, 60):
            count += 1
            titles = _titles(count % 40)
            edited = found(claim.state.id, titles if count % 2 else titles[::-1], revision=1 + count % 3)
            with suppress(LeaseLostError):  # another job of the same daemon gave all of them back
                store.commit(edited, owner)
    return count


def _quiet(store: SqlStore, owner: str, names: list[str], end: float) -> int:
    count = 0
    while time.monotonic() < end:
        claims = store.claim_polls(owner, 5, 60)
        store.renew(owner, 60, [claim.state.id for claim in reversed(claims)], range(1, 50))
        store.commit_quiet([claim.state for claim in reversed(claims)], owner)
        store.release(owner, names)
        count += 1
    return count


def _deliveries(store: SqlStore, owner: str, names: list[str], end: float) -> int:
    count = 0
    while time.monotonic() < end:
        for due in reversed(store.claim_deliveries(owner, "hook", 10, 60)):
            store.record([(due, Attempt(at=NOW, status=204), Verdict(state="delivered"))])
        store.renew(owner, 60, names[::-1], range(50, 1, -1))
        if count % 5 == 0:
            store.release(owner)
        count += 1
    return count


def _upkeep(store: SqlStore, owner: str, names: list[str], end: float) -> int:
    count = 0
    while time.monotonic() < end:
        store.sync(dict.fromkeys(names[:: 1 if count % 2 else -1], 600.0), {"hook": "https://hook.example/"})
        store.forget(NOW + timedelta(days=1))
        store.tidy()
        count += 1
    return count


def _clusters(store: SqlStore, owner: str, names: list[str], end: float) -> int:
    count = 0
    while time.monotonic() < end:
        store.cluster(Titles(), 20)
        count += 1
    return count


def _name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]

"""kill -9 at random moments: every story once, every alert at least once, under one id each, also in digests."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from daemon.demo.receiver import Receiver
from daemon.demo.run import SECRET
from daemon.demo.serve import serve
from state.connections import reading
from state.sql import SqlStore
from tests.postgres import Server
from tests.whole.crash import whole
from tests.whole.live import Live, live, until

KILLS = {"sqlite": 200, "postgresql": 60}
LIMIT = {"sqlite": 800.0, "postgresql": 180.0}  # seconds after which a slow machine has had enough of it
MOMENTS = ("started", "serves", "asks", "polled", "alerted")  # what the daemon did last, not long before it is killed


@pytest.mark.slow
@pytest.mark.parametrize("kind", KILLS)
async def test_kill_at_random_moments(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash would cost the newsroom an alert, or show its readers a story twice."""
    # Sites keep a story in their lists for longer than three of these daemons live.
    monkeypatch.setattr("daemon.demo.site.SHOWN", 60)
    database = ""
    if kind == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        database = server.new_url("ready")
    chance = random.Random()
    started = time.monotonic()
    async with live(tmp_path, database) as parts, AsyncExitStack() as stack:
        others = await _others(parts, stack)
        await parts.start()
        await until(lambda: parts.log_lines("polled"))
        titles = {parts.newsroom.publish(datetime.now(UTC)).title}
        kills = 0
        while kills < KILLS[kind] and time.monotonic() - started < LIMIT[kind]:
            await _reached(parts, chance.choice(MOMENTS), titles)
            await asyncio.sleep(chance.uniform(0.0, 0.4))
            await _kill(parts)
            kills += 1
            titles |= {parts.newsroom.publish(datetime.now(UTC)).title for _ in range(chance.randint(1, 3))}
            (tmp_path / "daemon.log").write_text("")  # only the last one's is looked at
            await parts.start(wait=False)
        await until(parts.serves)
        await until(lambda: set(_alerted(parts)) >= titles)
        assert {title: len(names) for title, names in _alerted(parts).items() if len(names) != 1} == {}
        assert parts.receiver.refused == 0
        events = {name for names in _alerted(parts).values() for name in names}
        for name, receiver in others.items():
            await until(lambda got=receiver: set(_carried(got)) >= events, 150.0)
            twice = {event: ids for event, ids in _carried(receiver).items() if len(ids) != 1}
            assert twice == {}, f"{name} got events under two ids"
            assert set(_carried(receiver)) == events, name
        await until(lambda: parts.log_lines("polled"))
        shown = [entry.title for entry in await parts.entries()]
        assert len(shown) == len(set(shown)) == min(100, len(parts.newsroom.items))
        assert await parts.stop() == 0
        stored = _check(parts)
        assert stored == len(titles) == len(events)
        repeats = len(parts.receiver.got) - stored
        digests = {name: sum(body["type"] == "digest" for _, body in other.got) for name, other in others.items()}
        print(
            f"\n{kind}: {kills} kills in {time.monotonic() - started:.0f} s, {len(parts.newsroom.items)} stories,"
            f" {stored} events, {repeats} repeated under the same id; digests {digests}"
        )


async def _others(parts: Live, stack: AsyncExitStack) -> dict[str, Receiver]:
    """Receivers with a digest each minute, a quiet minute, and a rate."""
    now = datetime.now(UTC)
    start, end = (f"{now + timedelta(minutes=minutes):%H:%M}" for minutes in (1, 3))
    asks = {"digest": 'digest = "1m"', "quiet": f'quiet = "{start}-{end}"', "rate": 'rate = "5/m"'}
    receivers = {name: Receiver(SECRET) for name in asks}
    text = parts.config.read_text()
    for name, line in asks.items():
        address = await stack.enter_async_context(serve(receivers[name].app))
        text += f'\n[[webhook]]\nid = "{name}"\nurl = "{address}hook"\nsecret_file = "newsroom.secret"\n{line}\n'
    parts.config.write_text(text)
    return receivers


def _carried(receiver: Receiver) -> dict[str, set[str]]:
    """The ids under which each event came: its own, or those of the digests that carry it."""
    ids = defaultdict(set)
    for name, body in receiver.got:
        for event in body["data"]["events"] if body["type"] == "digest" else [name]:
            ids[event].add(name)
    return ids


async def _reached(parts: Live, moment: str, titles: set[str]) -> None:
    """Wait until the daemon has come that far."""
    asked = sum(parts.site.asked.values())
    if moment == "serves":
        await until(parts.serves)
    elif moment == "asks":
        await until(lambda: sum(parts.site.asked.values()) > asked)
    elif moment == "polled":
        await until(lambda: parts.log_lines("polled"))
    elif moment == "alerted":
        await until(lambda: set(_alerted(parts)) >= titles)


async def _kill(parts: Live) -> None:
    process = parts.process
    assert process is not None
    assert process.returncode is None, parts.logged()
    process.kill()
    await process.wait()


def _alerted(parts: Live) -> dict[str, set[str]]:
    """The ids under which each story was announced."""
    ids = defaultdict(set)
    for name, alert in parts.receiver.got:
        ids[alert["data"]["article"]["title"]].add(name)
    return ids


def _check(parts: Live) -> int:
    """Every story is stored once, and the database is whole; returns how many events there are."""
    store = SqlStore(parts.database)
    whole(store.engine)
    with reading(store.engine) as tx:
        stored = [msgspec.json.decode(row)["title"] for row in tx.scalars(text("SELECT article FROM revisions"))]
        events = tx.scalars(text("SELECT count(*) FROM events WHERE type <> 'digest'")).one()
    store.close()
    assert sorted(stored) == sorted(item.title for item in parts.newsroom.items)
    return int(events)

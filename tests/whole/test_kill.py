"""kill -9 at random moments: every story once, every alert at least once, under one id each."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.whole.live import live, until

KILLS = 50


@pytest.mark.slow
async def test_kill_at_random_moments(tmp_path: Path) -> None:
    """A crash would cost the newsroom an alert, or show its readers a story twice."""
    chance = random.Random()
    async with live(tmp_path) as parts:
        await parts.start()
        await until(lambda: parts.log_lines("polled"))
        published = []
        for _ in range(KILLS):
            process = parts.process
            assert process is not None
            published.extend(parts.newsroom.publish(datetime.now(UTC)) for _ in range(chance.randint(1, 3)))
            await asyncio.sleep(chance.uniform(0.0, 2.5))
            process.kill()
            await process.wait()
            await parts.start(wait=chance.random() < 0.7)
        await until(parts.serves)
        titles = {item.title for item in published}

        def alerted() -> dict[str, set[str]]:
            ids = defaultdict(set)
            for name, alert in parts.receiver.got:
                ids[alert["data"]["article"]["title"]].add(name)
            return ids

        await until(lambda: set(alerted()) >= titles)
        assert {title: len(names) for title, names in alerted().items() if len(names) != 1} == {}
        assert parts.receiver.refused == 0
        await until(lambda: parts.log_lines("polled"))
        with sqlite3.connect(tmp_path / "bantin.db") as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            stored = [row[0] for row in database.execute("SELECT json_extract(article, '$.title') FROM revisions")]
        database.close()
        assert sorted(stored) == sorted(item.title for item in parts.newsroom.items)
        shown = [entry.title for entry in await parts.entries()]
        assert len(shown) == len(set(shown)) == min(100, len(parts.newsroom.items))
        assert await parts.stop() == 0
        repeats = len(parts.receiver.got) - len(titles)
        print(f"{KILLS} kills, {len(titles)} new stories, {repeats} alerts repeated under the same id")

"""A feed reader that people use subscribes to bantin: what it makes of a feed, and what it asks the second time."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from state.sql import SqlStore
from tests.conftest import Clock
from tests.samples import commit, make_entry
from tests.whole.served import Served, served_stories

NEWSBOAT = shutil.which("newsboat", path=f"{os.environ.get('PATH', '')}:/usr/bin")

pytestmark = pytest.mark.skipif(NEWSBOAT is None, reason="newsboat is not installed: apt-get install newsboat")


@pytest.fixture
async def served(store: SqlStore, tmp_path: Path) -> AsyncIterator[Served]:
    """bantin's web application over a store with three stories."""
    async with served_stories(store, tmp_path) as found:
        yield found


class Reader:
    """newsboat in a home folder of its own, subscribed to one feed."""

    def __init__(self, home: Path, feed: str) -> None:
        self.home = home
        home.mkdir()
        (home / "urls").write_text(f"{feed}\n")
        (home / "config").write_text("auto-reload no\nreload-threads 1\nproxy-type http\nuse-proxy no\n")

    async def reload(self) -> None:
        """Ask for the feed, as a cron job does."""
        words = ["-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload"]
        env = {"HOME": str(self.home), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TERM": "dumb", "PATH": os.defpath}
        done = await asyncio.to_thread(
            subprocess.run, [NEWSBOAT, *words], cwd=self.home, env=env, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def table(self, query: str) -> list[sqlite3.Row]:
        """What newsboat remembers."""
        cache = sqlite3.connect(self.home / "cache.db")
        cache.row_factory = sqlite3.Row
        try:
            return cache.execute(query).fetchall()
        finally:
            cache.close()

    def items(self) -> list[sqlite3.Row]:
        """The stories that it shows, the first found first."""
        return self.table("SELECT * FROM rss_item WHERE deleted = 0 ORDER BY guid")


async def test_newsboat_subscribes(served: Served, store: SqlStore, clock: Clock, tmp_path: Path) -> None:
    """People who read with newsboat would miss titles, dates, authors or text, or fetch and see everything twice."""
    reader = Reader(tmp_path / "home", f"{served.address}feeds/ttv.atom")
    await reader.reload()
    assert served.answers == [("/feeds/ttv.atom", 200)]
    [feed] = reader.table("SELECT * FROM rss_feed")
    assert feed["title"] == "Truyền hình Thanh Hóa"
    assert feed["url"] == f"{served.address}feeds/ttv/"
    samples = [make_entry(number) for number in (1, 2)]
    items = {item["guid"]: item for item in reader.items()}
    assert len(items) == 3
    for sample in samples:
        item = items[sample.story.entry_id]
        assert sample.article.published is not None
        assert (item["title"], item["url"]) == (sample.article.title, sample.story.url)
        assert item["pubDate"] == sample.article.published.timestamp()
        assert item["author"] == "Minh Nguyệt, Quốc Bảo"
        for part in ("hai mươi đội", "khai hội", "Hai đội về đích", "Nguồn: Bản tin trưa"):
            assert part in item["content"]
    partial = items[make_entry(3).story.entry_id]
    assert partial["pubDate"] == make_entry(3).story.updated.timestamp()
    assert "Chưa đọc được toàn văn" in partial["content"]

    # newsboat 2.21 notes a new feed's validators before it notes the feed: they are there from its second time on.
    await reader.reload()
    await reader.reload()
    assert served.answers[2:] == [("/feeds/ttv.atom", 304)]
    assert len(reader.items()) == 3

    clock.go_on(minutes=5)
    edited = make_entry(2, title="Tin đã sửa", story={"updated": clock(), "revision": 2})
    commit(store, [edited, make_entry(4)])
    await reader.reload()
    assert served.answers[3:] == [("/feeds/ttv.atom", 200)]
    found = [item["title"] for item in reader.items()]
    assert len(found) == 4
    assert found.count("Tin đã sửa") == 1

"""The whole daemon on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.postgres import Server
from tests.whole.live import live, until


async def test_the_whole_way_on_postgresql(tmp_path: Path, postgres: Server) -> None:
    """Whoever chose PostgreSQL would get no feed, no alert, or everything again after a restart."""
    async with live(tmp_path, postgres.new_url()) as parts:
        await parts.start()
        await until(lambda: parts.log_lines("polled"))
        assert len(await parts.entries()) == 36
        item = parts.newsroom.publish(datetime.now(UTC))
        await until(lambda: parts.receiver.got)
        assert parts.receiver.got[0][1]["data"]["article"]["title"] == item.title
        before = (await parts.get("feeds/song-van.atom")).content
        assert await parts.stop() == 0
        await parts.start()
        await until(lambda: len(parts.log_lines("polled")) > 2)
        assert (await parts.get("feeds/song-van.atom")).content == before
        assert len(parts.receiver.got) == 1
        assert list(tmp_path.glob("*.db")) == []
        assert await parts.stop() == 0

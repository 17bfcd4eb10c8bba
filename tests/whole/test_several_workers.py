"""The how-to for several daemons on one PostgreSQL, its commands run as they stand, with two real daemons."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from daemon.config import parse
from tests.postgres import Server
from tests.whole.live import Live, live, until

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs/how-to/several-workers.md"


async def run(line: str, server: Server, folder: Path) -> str:
    """What a command of the page prints, on the tests' server instead of the machine's."""
    words = shlex.split(line)
    program = [sys.executable, "-m", "daemon"] if words[0] == "bantin" else [str(server.programs / words[0])]
    if words[0] == "bantin":
        words += ["--config", str(folder / "bantin.toml")]
    process = await asyncio.create_subprocess_exec(
        *program,
        *words[1:],
        env={**os.environ, "PGHOST": str(server.folder), "PGUSER": "bantin"},
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, f"{line}: {said.decode()}"
    return said.decode()


async def test_two_daemons_as_the_page_says(tmp_path: Path, postgres: Server) -> None:
    """Whoever follows the page would have a daemon that idles, alerts twice, or a command that does not work."""
    text = PAGE.read_text("utf-8")
    lines = [line.strip() for block in re.findall(r" *```sh\n(.*?)```", text, re.S) for line in block.splitlines()]
    create, upgrade, start, connections, owners = [line for line in lines if line]
    assert start == "bantin run"
    (example,) = re.findall(r" *```toml\n(.*?)```", text, re.S)
    assert parse(example, tmp_path / "bantin.toml", {}).database.endswith("/bantin")

    await run(create, postgres, tmp_path)
    async with live(tmp_path, postgres.url("bantin")) as one:
        more_sources(one.config, re.findall(r'"(http[^"]+\.htm)"', one.config.read_text()))
        assert "created" in await run(upgrade, postgres, tmp_path)
        (folder := tmp_path / "two").mkdir()
        two = Live(folder, one.site, one.receiver, "", "", one.database)
        two.config.write_text(one.config.read_text().replace(f":{one.port}", f":{two.port}"))
        await one.start()
        await two.start()
        try:
            await until(lambda: len(one.log_lines("polled")) > 4 and len(two.log_lines("polled")) > 4)
            item = one.newsroom.publish(datetime.now(UTC))
            await until(lambda: len(told(one, item.title)) > 1)  # each source that lists it has an alert of its own
            assert "(1 row)" in await run(connections, postgres, tmp_path)
            assert "lease_owner" in await run(owners, postgres, tmp_path)
            for daemon in (one, two):
                await until(partial(shows, daemon, item.title))
        finally:
            assert await two.stop() == 0
        before = len(one.log_lines("polled"))
        await until(lambda: len(one.log_lines("polled")) > before + 4)
        assert await one.stop() == 0
        assert len(set(told(one, item.title))) == len(told(one, item.title))


def more_sources(config: Path, lists: list[str]) -> None:
    """A source more for each list, so that there is work for two."""
    more = (f'[[source]]\nid = "more{n}"\nurls = ["{url}"]\ninterval = "1s"\n' for n, url in enumerate(lists))
    config.write_text(config.read_text() + "".join(more))


def told(daemon: Live, title: str) -> list[str]:
    """The ids of the alerts of a story: one for each source that lists it."""
    return [name for name, body in daemon.receiver.got if body["data"]["article"]["title"] == title]


async def shows(daemon: Live, title: str) -> bool:
    """Whether the daemon's feed has the story."""
    return title in (await daemon.get("feeds/song-van.atom")).text

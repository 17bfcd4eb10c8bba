"""docs/how-to/podcast.md, walked from a section's address to an episode in a podcast app."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from daemon.demo.news import Newsroom
from daemon.demo.serve import serve
from daemon.demo.site import Site
from tests.whole.live import until
from tests.whole.test_podcast_clients import SOUND, needs, run

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


async def test_how_to_is_walked_to_an_episode(tmp_path: Path) -> None:
    """Who follows the how-to to its end would have a configuration, and nothing to listen to."""
    text = (ROOT / "docs/how-to/podcast.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.S)
    newsroom = Newsroom(datetime.now(UTC), seed=3)
    newsroom.bulletin(datetime.now(UTC))
    bantin = (sys.executable, "-m", "daemon")
    home, env = tmp_path / "home", {"PYTHONPATH": str(ROOT), "GPODDER_HOME": str(tmp_path / "gPodder")}
    gpo = needs("gpo", "gpodder")
    async with serve(Site(newsroom).app) as station:
        opened = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
        port = opened.sockets[0].getsockname()[1]
        opened.close()
        section = f"{station}thoi-su.htm"
        example = example.replace("https://station.example.org/evening-bulletin", section)
        example = example.replace("^Evening bulletin", "^Bản tin Thời sự tối").replace('"en"', '"vi"')
        example = example.replace("https://feeds.example.org/", f"http://127.0.0.1:{port}/", 1)
        local = f'[server]\nlisten = "127.0.0.1:{port}"'
        allowed = '\n[fetch]\nallow_networks = ["127.0.0.0/8"]\nhost_interval = "0s"\n'
        file = tmp_path / "bantin.toml"
        file.write_text(example.replace("[server]", local, 1) + allowed)
        said = await run(*bantin, "preview", section, "--config", file, home=home, **env)
        assert re.search(r"recordings: video 0:06, http\S+\.mp4; audio 0:06, http\S+\.mp3", said)
        assert "no episode yet" not in await run(*bantin, "check", "--config", file, home=home, **env)
        await run(*bantin, "poll", "--config", file, home=home, **env)
        assert "refuse" not in await run(*bantin, "check", "--config", file, home=home, **env)
        words = [*bantin, "run", "--config", str(file)]
        daemon = await asyncio.create_subprocess_exec(*words, cwd=ROOT, stderr=asyncio.subprocess.DEVNULL)
        try:
            feed = f"http://127.0.0.1:{port}/feeds/evening.rss"

            async def answers() -> bool:
                async with httpx.AsyncClient() as client:
                    try:
                        return (await client.get(feed)).status_code == 200
                    except httpx.HTTPError:
                        return False

            await until(answers)
            await run(gpo, "subscribe", feed, home=home, **env)
            await run(gpo, "download", home=home, **env)
        finally:
            daemon.terminate()
            await daemon.wait()
    assert [path.read_bytes() for path in (tmp_path / "gPodder").rglob("*.mp3")] == [SOUND.read_bytes()]
    assert shutil.which("gpo")

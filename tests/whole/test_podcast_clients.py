"""Podcast players that people use take a podcast of bantin's, and fetch episodes; readers show the enclosure."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from daemon.demo.serve import serve
from daemon.storage import Storage
from daemon.web.app import make_app
from feeds.model import Media
from state.sql import SqlStore
from tests.samples import commit, configured, make_entry
from tests.whole import liferea
from tests.whole.live import until

pytestmark = pytest.mark.slow

SOUND = Path(__file__).parents[2] / "daemon" / "demo" / "bulletin" / "bulletin.mp3"
TOML = """
[[source]]
id = "ttv"
title = "Truyền hình"
urls = ["https://news.example/thoi-su.htm"]
language = "vi"
[[feed]]
id = "ban-tin"
title = "Bản tin tối"
sources = ["ttv"]
podcast = "audio"
category = "News"
"""


@pytest.fixture
async def podcast(store: SqlStore, tmp_path: Path) -> AsyncIterator[str]:
    """The address of bantin, with a podcast of two episodes whose files a server beside it has."""
    config = configured(tmp_path, TOML)
    store.sync({"ttv": 600.0}, {})
    files = Starlette(routes=[Route("/{name}", lambda request: FileResponse(SOUND, media_type="audio/mpeg"))])
    storage = Storage(store)
    async with serve(files) as cdn:
        size = SOUND.stat().st_size
        for number in (1, 2):
            media = Media(url=f"{cdn}episode-{number}.mp3", kind="audio", type="audio/mpeg", bytes=size, duration=6.0)
            commit(store, [make_entry(number, media=(media,))])
        commit(store, [make_entry(3)])
        app = Starlette()
        async with serve(app) as address:
            app.mount("/", make_app(lambda: config, storage, address))
            yield address
    storage.close()


async def run(*words: str | Path, home: Path, patience: float = 60, **env: str) -> str:
    """Run a program in a home folder of its own; what it said."""
    home.mkdir(exist_ok=True)
    told = {"HOME": str(home), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TERM": "dumb", "PATH": os.defpath, **env}
    done = await asyncio.to_thread(
        subprocess.run, list(map(str, words)), cwd=home, env=told, capture_output=True, text=True, timeout=patience
    )
    said = str(done.stdout) + str(done.stderr)
    assert done.returncode == 0, said
    return said


def needs(name: str, package: str) -> str:
    """The program, or a skip."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/bin:/usr/games")
    if found is None:
        pytest.skip(f"{name} is not installed: apt-get install {package}")
    return found


async def test_gpodder_fetches_an_episode(podcast: str, tmp_path: Path) -> None:
    """Listeners with gPodder would see no episode, or could not fetch one."""
    gpo, home = needs("gpo", "gpodder"), tmp_path / "home"
    env = {"GPODDER_HOME": str(home / "gPodder"), "NO_PROXY": "127.0.0.1"}
    await run(gpo, "subscribe", f"{podcast}feeds/ban-tin.rss", home=home, **env)
    assert "Bản tin tối" in await run(gpo, "list", home=home, **env)
    said = await run(gpo, "episodes", home=home, **env)
    assert [title in said for title in ("Làng 1 mở hội đua thuyền", "Làng 2 mở hội đua thuyền", "Làng 3")] == [
        True, True, False,
    ]  # fmt: skip
    await run(gpo, "download", home=home, **env)
    fetched = [file.read_bytes() for file in (home / "gPodder").rglob("*.mp3")]
    assert fetched == [SOUND.read_bytes()] * 2
    with sqlite3.connect(home / "gPodder" / "Database") as database:
        rows = database.execute("SELECT total_time, mime_type, file_size FROM episode").fetchall()
    assert rows == [(6, "audio/mpeg", SOUND.stat().st_size)] * 2


async def test_castget_fetches_an_episode(podcast: str, tmp_path: Path) -> None:
    """Stations that keep copies with castget would keep none."""
    castget, home = needs("castget", "castget"), tmp_path / "home"
    home.mkdir()
    (home / "spool").mkdir()
    (home / ".castgetrc").write_text(f"[tin]\nurl={podcast}feeds/ban-tin.rss\nspool={home}/spool\n")
    await run(castget, home=home)
    assert [file.read_bytes() for file in (home / "spool").iterdir()] == [SOUND.read_bytes()] * 2


async def test_newsboat_shows_the_enclosure_and_podboat_fetches_it(podcast: str, tmp_path: Path) -> None:
    """Readers in a terminal would have no key to press for the episode."""
    newsboat, podboat = needs("newsboat", "newsboat"), needs("podboat", "newsboat")
    home = tmp_path / "home"
    home.mkdir()
    (home / "urls").write_text(f"{podcast}feeds/ban-tin.rss\n")
    (home / "config").write_text(f"podcast-auto-enqueue yes\ndownload-path {home}/kept/\nuse-proxy no\n")
    shared = ["-c", home / "cache.db", "-C", home / "config"]
    await run(newsboat, "-u", home / "urls", *shared, "-x", "reload", home=home)
    with sqlite3.connect(home / "cache.db") as cache:
        rows = cache.execute("SELECT enclosure_type, enqueued FROM rss_item").fetchall()
    assert rows == [("audio/mpeg", 1)] * 2
    queue = next(file for file in (home / "queue", home / ".newsboat" / "queue") if file.exists())
    assert len(queue.read_text().splitlines()) == 2
    (home / "kept").mkdir(exist_ok=True)
    script = needs("script", "bsdutils")  # podboat needs a terminal, and downloads by itself with -a
    command = f"{podboat} -C {home}/config -q {queue} -a"
    env = {"HOME": str(home), "TERM": "xterm", "LANG": "C.UTF-8", "PATH": os.defpath}
    process = await asyncio.create_subprocess_exec(
        script, "-qec", command, "/dev/null", cwd=home, env=env,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        await until(lambda: len([f for f in home.rglob("*.mp3") if f.stat().st_size == SOUND.stat().st_size]) == 2)
    finally:  # with what it started, in a session of its own
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
        process.kill()
        await process.wait()
    assert {file.read_bytes() for file in home.rglob("*.mp3")} == {SOUND.read_bytes()}


@pytest.mark.skipif(bool(liferea.MISSING), reason=f"missing: {', '.join(liferea.MISSING)} (apt-get install liferea)")
async def test_liferea_shows_the_enclosure(podcast: str, tmp_path: Path) -> None:
    """Readers with a window would see a fragment of two sentences, and nothing to play."""
    feeds = [f"{podcast}feeds/ban-tin.{extension}" for extension in ("atom", "rss")]
    with liferea.liferea(tmp_path, feeds) as program:
        await asyncio.to_thread(program.refresh)
        for number in range(len(feeds)):
            await until(lambda number=number: len(program.items(number)) == 2, liferea.PATIENCE)
            for item in program.items(number).values():
                told = [value for key, value in item.metadata if key == "enclosure"]
                assert any("audio/mpeg" in value and ".mp3" in value for value in told), item.metadata

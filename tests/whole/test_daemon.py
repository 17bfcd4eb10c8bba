"""The daemon as its users run it: a process, signals, a feed that a reader reads, alerts that arrive."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE, STDOUT
from datetime import UTC, datetime
from pathlib import Path

from daemon import running
from tests.whole.live import live, until


async def test_the_whole_way(tmp_path: Path) -> None:
    """A subscriber would not see the site's stories, or the newsroom not the new one."""
    async with live(tmp_path) as parts:
        await parts.start()
        await until(lambda: parts.log_lines("polled"))
        entries = await parts.entries()
        assert len(entries) == 36
        assert {entry.title for entry in entries} == {item.title for item in parts.newsroom.items}
        assert all(entry.content[0].value.count("<p>") >= 4 for entry in entries)
        item = parts.newsroom.publish(datetime.now(UTC))
        await until(lambda: parts.receiver.got)
        ((_, alert),) = parts.receiver.got
        assert alert["type"] == "article.published"
        assert alert["data"]["article"]["title"] == item.title
        assert alert["data"]["article"]["text"].split("\n\n") == item.paragraphs
        assert parts.receiver.refused == 0
        assert (await parts.entries())[0].title == item.title
        again = await parts.get(
            "feeds/song-van.atom", **{"if-none-match": (await parts.get("feeds/song-van.atom")).headers["etag"]}
        )
        assert again.status_code == 304
        assert await parts.stop() == 0
        assert parts.log_lines("stopped")


async def test_worker_polls_and_delivers_and_serves_nothing(tmp_path: Path) -> None:
    """A second worker on one machine would not start, because the first one has the address."""
    async with live(tmp_path) as parts:
        process = await parts.start("--listen", "none", wait=False)
        await until(lambda: parts.log_lines("polled"))
        parts.newsroom.publish(datetime.now(UTC))
        await until(lambda: parts.receiver.got)
        process.send_signal(signal.SIGHUP)
        await until(lambda: parts.log_lines("configuration reloaded"))
        assert parts.log_lines("ready")[0]["address"] is None
        assert not parts.log_lines("a change takes effect at the next start")
        assert await parts.stop() == 0
        await parts.start("--listen", f"unix:{tmp_path}/web.sock", wait=False)
        await until(lambda: len(parts.log_lines("ready")) == 2)
        assert (tmp_path / "web.sock").is_socket()


async def test_restart_repeats_nothing(tmp_path: Path) -> None:
    """Every restart would announce the whole site as new."""
    async with live(tmp_path) as parts:
        await parts.start()
        await until(lambda: parts.log_lines("polled"))
        before = (await parts.get("feeds/song-van.atom")).content
        assert await parts.stop() == 0
        (tmp_path / "daemon.log").write_text("")
        await parts.start()
        await until(lambda: parts.log_lines("polled"))
        assert (await parts.get("feeds/song-van.atom")).content == before
        assert parts.receiver.got == []


async def test_stop_in_the_middle_of_a_poll(tmp_path: Path) -> None:
    """systemd would have to kill a daemon that waits for a slow site, and its source would stay claimed."""
    async with live(tmp_path) as parts:
        for item in parts.newsroom.items:
            item.page = "slow"
        await parts.start()
        await until(lambda: any(path.endswith(".htm") for path, _ in parts.site.asked))
        assert await parts.stop() == 0
        for item in parts.newsroom.items:
            item.page = "ok"
        await parts.start()
        await until(lambda: parts.log_lines("polled"))
        assert len(await parts.entries()) == 36


async def test_reload_takes_a_good_configuration_and_keeps_the_old_one_otherwise(tmp_path: Path) -> None:
    """A typing mistake in the configuration would stop a running daemon; a good change would need a restart."""
    async with live(tmp_path) as parts:
        process = await parts.start()
        good = parts.config.read_text("utf-8")
        parts.config.write_text(good.replace("\ninterval", "\nintervall"), "utf-8")
        process.send_signal(signal.SIGHUP)
        await until(lambda: parts.log_lines("configuration not reloaded"))
        assert 'did you mean "interval"?' in parts.log_lines("configuration not reloaded")[0]["problem"]
        assert (await parts.get("feeds/rung-va-bien.atom")).status_code == 200
        parts.config.write_text(good.replace('"rung-va-bien"', '"rung"'), "utf-8")
        profile = parts.config.parent / "profiles" / "own.toml"
        profile.parent.mkdir()
        profile.write_text("[[layout]]\n[layout.article]\ntitle = 'p['")
        process.send_signal(signal.SIGHUP)
        await until(lambda: len(parts.log_lines("configuration not reloaded")) == 2)
        assert (
            'own.toml: [[layout]] number 1: article.title "p["'
            in parts.log_lines("configuration not reloaded")[1]["problem"]
        )
        assert (await parts.get("feeds/rung-va-bien.atom")).status_code == 200
        profile.write_text("[[layout]]\n[layout.article]\ntitle = 'p'")
        process.send_signal(signal.SIGHUP)
        await until(lambda: parts.log_lines("configuration reloaded"))
        assert parts.log_lines("a change takes effect at the next start")[0]["part"] == "site profiles"
        assert (await parts.get("feeds/rung-va-bien.atom")).status_code == 404
        assert (await parts.get("feeds/rung.atom")).status_code == 200
        assert await parts.stop() == 0


async def test_reload_command_says_how_it_went(tmp_path: Path) -> None:
    """Whoever changed the configuration would believe that it is in force, and miss its alerts."""
    async with live(tmp_path) as parts:

        async def reload() -> tuple[int, str]:
            words = [sys.executable, "-m", "daemon", "reload", "--config", str(parts.config)]
            done = await asyncio.create_subprocess_exec(*words, stdout=PIPE, stderr=STDOUT)
            out, _ = await done.communicate()
            return done.returncode or 0, out.decode()

        status, said = await reload()
        assert (status, "no daemon runs" in said) == (1, True)
        process = await parts.start()
        good = parts.config.read_text("utf-8")
        parts.config.write_text(good.replace("\ninterval", "\nintervall"), "utf-8")
        status, said = await reload()
        assert (status, 'did you mean "interval"?' in said) == (2, True)
        changed = good.replace('"rung-va-bien"', '"rung"').replace('timeout = "5s"', 'timeout = "6s"')
        parts.config.write_text(changed, "utf-8")
        status, said = await reload()
        assert (status, "has taken it" in said) == (0, True), said
        assert "a change of [fetch] waits for the next start" in said
        assert (await parts.get("feeds/rung.atom")).status_code == 200
        process.kill()
        await process.wait()
        folder = next(Path(tempfile.gettempdir()).glob(f"bantin-{os.geteuid()}"), None)
        if folder is not None:  # what somebody may have put there is not waited for
            os.mkfifo(folder / f"{running._name(parts.config)}-1.json")
        status, said = await reload()
        if folder is not None:
            (folder / f"{running._name(parts.config)}-1.json").unlink()
        assert (status, "no daemon runs" in said) == (1, True), "a file of one that was killed is no daemon"


async def test_taken_address_is_told(tmp_path: Path) -> None:
    """An operator who starts bantin twice would see a traceback."""
    async with live(tmp_path) as parts:
        await parts.start()
        first = parts.process
        second = await parts.start(wait=False)
        assert await second.wait() == 1
        assert f"cannot listen on 127.0.0.1:{parts.port}" in parts.logged()
        assert "Traceback" not in parts.logged()
        parts.process = first
        assert await parts.stop() == 0


async def test_killed_daemon_is_taken_over_at_once(tmp_path: Path) -> None:
    """After a crash the sources of the dead daemon would wait for its leases to run out."""
    async with live(tmp_path) as parts:
        for item in parts.newsroom.items[:3]:
            item.page = "slow"
        process = await parts.start()
        await until(lambda: len(parts.site.asked) > 10)
        process.kill()
        await process.wait()
        await parts.start()
        await until(lambda: parts.log_lines("polled"))
        assert len(await parts.entries()) == 36

"""The disk fills or becomes read-only under a running daemon: it says so, loses nothing, and goes on afterwards."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from feeds.errors import StateError
from state.sql import SqlStore
from tests.whole.crash import scene, work
from tests.whole.live import until
from tests.whole.running import running


def _mount(*args: str) -> None:
    done = subprocess.run(["mount", *args], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"mounting is not possible here: {done.stderr.strip()}")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A small disk; the tables alone take more than one megabyte while they are made, twice that with their log."""
    if os.geteuid():
        pytest.skip("only root may mount a small disk")
    folder = tmp_path / "small"
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", "size=4m", "bantin-test", str(folder))
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


async def test_disk_that_fills(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk would cost stories or alerts, or stop the daemon for good."""
    ballast = small / "ballast"
    async with running(f"sqlite:///{small / 'bantin.db'}", monkeypatch) as parts:
        await parts.all_alerted()
        with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
            while True:
                file.write(b"\0" * 4096)
        for _ in range(30):  # more than fits into what SQLite has to itself
            parts.publish()
        await until(lambda: parts.told("the disk is full; free some space"))
        ballast.unlink()


async def test_database_that_becomes_read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that the kernel made read-only would cost stories or alerts, or go unnoticed."""
    frozen = False

    def begin(connection: Any) -> None:
        connection.connection.driver_connection.execute(f"PRAGMA query_only = {int(frozen)}")

    event.listen(Engine, "begin", begin)
    try:
        async with running(f"sqlite:///{tmp_path / 'bantin.db'}", monkeypatch) as parts:
            await parts.all_alerted()
            frozen = True
            parts.publish()
            await until(lambda: parts.told("is read-only; give this user write access"))
            assert await parts.is_ready()  # feeds are still served from it
            frozen = False
    finally:
        event.remove(Engine, "begin", begin)


async def test_start_on_a_read_only_disk(tmp_path: Path) -> None:
    """An operator would see a traceback after a mount went wrong, or lose what was stored."""
    if os.geteuid():
        pytest.skip("only root may mount a folder read-only")
    folder = tmp_path / "state"
    folder.mkdir()
    url = f"sqlite:///{folder / 'bantin.db'}"
    async with scene(url) as about:
        await work(about.config)
        _mount("--bind", str(folder), str(folder))
        try:
            _mount("-o", "remount,bind,ro", str(folder))
            with pytest.raises(StateError, match=r"is read-only; give|cannot be opened; create"):
                await work(about.config)
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)
        await work(about.config)
        store = SqlStore(url)
        about.check(store.engine)
        store.close()

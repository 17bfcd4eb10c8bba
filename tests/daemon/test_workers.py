"""Worker processes: fair turns, and processes that answer."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon import workers
from daemon.workers import EndedError, TooSlowError, Workers


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    """Two processes; what takes a fifth of a second is slow."""
    monkeypatch.setattr(workers, "SLOW", 0.2)
    opened = Workers(2, _nothing)
    yield opened
    opened.close()


def _nothing() -> None:
    """Nothing to prepare."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT, signal.SIGHUP))


async def ready(of: Workers) -> None:
    await asyncio.gather(*(asyncio.wrap_future(process.pid) for process in of._free))


async def quick(of: Workers, name: str, said: list[str]) -> None:
    await of.run(name, 5.0, len, name)
    said.append(name)


async def test_sources_take_turns(two: Workers) -> None:
    """A source with sixty new stories would hold up all others until they are read."""
    await ready(two)
    said: list[str] = []
    await asyncio.gather(*(quick(two, "many", said) for _ in range(60)), quick(two, "few", said))
    assert said.index("few") < 30, "not behind them all; the machine may run one of the two processes alone for a while"


async def test_slow_sources_leave_a_process_free(two: Workers, tmp_path: Path) -> None:
    """Three sources with pages that take their time would keep every other source from being read."""
    await ready(two)
    said: list[str] = []
    begun = tmp_path / "begun"
    slow = [asyncio.ensure_future(_slow(two, f"slow{n % 3}", begun, said)) for n in range(9)]
    while not begun.exists():
        await asyncio.sleep(0.01)
    for _ in range(10):  # all of them, while slow ones wait for this to end
        await quick(two, "good", said)
    assert said == ["good"] * 10
    begun.with_name("end").touch()
    await asyncio.gather(*slow)
    assert sorted(said) == ["good"] * 10 + sorted(f"slow{n % 3}" for n in range(9)), "those that gave way were done"
    assert two.is_slow("slow1")
    assert not two.is_slow("good")


async def _slow(of: Workers, name: str, begun: Path, said: list[str]) -> None:
    await of.run(name, 60.0, _until_the_end, begun)
    said.append(name)


def _until_the_end(begun: Path) -> None:
    """Work that lasts as long as its test wants, and a fifth of a second at least."""
    begun.touch()
    started = time.monotonic()
    while not begun.with_name("end").exists() or time.monotonic() - started < 0.25:
        time.sleep(0.01)


async def test_stopped_processes_are_replaced(two: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that were stopped (a debugger, a machine short of memory) would never read a page again."""
    monkeypatch.setattr(workers, "IDLE", 0.0)
    monkeypatch.setattr(workers, "SIGN", 0.3)
    await ready(two)
    for process in two._free:
        os.kill(process.pid.result(), signal.SIGSTOP)
    assert await asyncio.wait_for(two.run("a", 5.0, len, "abc"), 30) == 3, "the page itself lost nothing"


async def test_a_call_that_takes_too_long_ends(two: Workers) -> None:
    """A page that is never done would hold its process for ever."""
    with pytest.raises(TooSlowError):
        await two.run("a", 0.1, time.sleep, 60)
    assert await two.run("a", 5.0, len, "ab") == 2


async def test_a_process_that_ends_costs_its_call_alone(two: Workers) -> None:
    """A page that ends its process would be tried again and again, or take others with it."""
    with pytest.raises(EndedError):
        await two.run("a", 5.0, os._exit, 3)
    assert await asyncio.gather(*(two.run("b", 5.0, len, "ab") for _ in range(4))) == [2] * 4


async def test_a_process_that_cannot_be_made_is_made_later(two: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment without free files would leave the daemon without anybody who reads, until it is started anew."""
    monkeypatch.setattr(workers, "IDLE", 0.0)
    await ready(two)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for process in (*two._free, two._spare):
        assert process is not None
        os.kill(process.pid.result(), signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with pytest.raises(EndedError):
            await two.run("unlucky", 5.0, len, "abc")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert [await two.run("later", 5.0, len, "abc") for _ in range(4)] == [3] * 4


async def test_calls_that_nobody_waits_for_are_not_made(two: Workers) -> None:
    """A poll that gave up would have its pages read all the same, before everybody else's."""
    await ready(two)
    waiting = [asyncio.ensure_future(two.run("a", 5.0, time.sleep, 0.1)) for _ in range(30)]
    await asyncio.sleep(0.01)
    for call in waiting:
        call.cancel()
    began = time.monotonic()
    await two.run("b", 5.0, len, "")
    assert not [calls for calls in two._waiting.values() if calls]
    assert time.monotonic() - began < 2


def test_processes_end_with_the_program() -> None:
    """Each SIGKILL (too little memory, an impatient operator) would leave three processes of 50 MB behind for good."""
    code = """
import asyncio, os, signal
from daemon.workers import Workers
from tests.daemon.test_workers import _nothing, ready
async def main():
    opened = Workers(2, _nothing)
    await ready(opened)
    print(*[process.pid.result() for process in opened._free], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
if __name__ == "__main__":
    asyncio.run(main())
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    pids = list(map(int, ended.stdout.split()))
    assert len(pids) == 2
    deadline = time.monotonic() + 20
    while alive := [pid for pid in pids if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < deadline, alive
        time.sleep(0.05)

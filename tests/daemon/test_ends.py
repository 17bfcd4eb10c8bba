"""What runs in threads, and what becomes of it when bantin ends."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from daemon import storage as module
from daemon.storage import Storage
from daemon.threads import LARGE, for_polls
from state.sql import SqlStore
from tests.daemon.commands import command


async def test_closing_waits_a_while_only(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """One long question would keep the daemon from ending, until systemd kills it in the middle of something."""
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    let_go, asked = threading.Event(), threading.Event()

    def long(number: int) -> int:
        asked.set()
        let_go.wait(20)
        return number

    monkeypatch.setattr(store, "search", long)
    long.__name__ = "search"
    storage: Any = Storage(store)
    calls = [asyncio.ensure_future(storage.search(number)) for number in range(3)]
    await asyncio.to_thread(asked.wait, 20)
    storage.close()
    let_go.set()
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert answers[0] == 0
    assert [isinstance(answer, asyncio.CancelledError) for answer in answers] == [False, True, True]


def test_the_process_ends_though_a_thread_works_on() -> None:
    """A poll that decides of a hundred long stories would outlive SIGTERM by half a minute."""
    code = """
import sys, threading
from daemon import cli, start
start.PATIENCE = 0.2
def run():
    threading.Thread(target=threading.Event().wait, args=[60]).start()
    sys.exit(3)
cli.main = run
start.main()
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=30, check=False).returncode == 3


STUCK = """
import asyncio, sys
from daemon.cli import main
from daemon.work import pump, service
service.END_WITHIN = 0.2
async def close(self, patience):
    await asyncio.Event().wait()
pump.Pump.close = close
main()
"""


def test_a_daemon_that_cannot_end_is_ended(file: Path) -> None:
    """A poll that nothing cancels would keep the daemon for ever, with its address taken and nobody knowing why."""
    file.write_text(f'[server]\nlisten = "127.0.0.1:0"\n{file.read_text("utf-8").replace("[server]", "", 1)}', "utf-8")
    start = command("run", "--config", file)
    args = [sys.executable, "-c", STUCK, *start["args"][3:]]
    with subprocess.Popen(args, env=start["env"], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for said in process.stderr:
            if '"ready"' in said:
                process.terminate()
                break
        rest = process.stderr.read()
        assert process.wait(30) == 1
    assert "did not end in time" in rest
    assert "Service.run" in rest, "and what it waited for"


async def test_polls_of_long_texts_wait_for_each_other_only() -> None:
    """Two sources with long texts would keep every other source from being stored."""
    let_go = threading.Event()
    long = [asyncio.ensure_future(for_polls(LARGE, let_go.wait, 20)) for _ in range(4)]
    try:
        assert await asyncio.wait_for(for_polls(LARGE - 1, lambda: "short"), 15) == "short"
        assert not any(call.done() for call in long)
    finally:
        let_go.set()
        await asyncio.gather(*long)


LEAVINGS = """
import sys, threading
from daemon.cli import work
if sys.argv[1] == "back":
    work._give_memory_back()
kept = []
def texts():
    for _ in range(60):
        large = ["x" * 2_000_000 for _ in range(4)]
        kept.append("y" * 100_000)
for _ in range(2):
    threads = [threading.Thread(target=texts) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print(open("/proc/self/status").read().split("VmRSS:")[1].split()[0])
"""


def test_what_large_texts_leave_behind() -> None:
    """A daemon that once read long stories would hold their gigabyte for ever, though none of it is in use."""
    held = {}
    for way in ("back", "not"):
        said = subprocess.run([sys.executable, "-c", LEAVINGS, way], capture_output=True, check=True, timeout=120)
        held[way] = int(said.stdout)
    assert held["back"] < 0.9 * held["not"]

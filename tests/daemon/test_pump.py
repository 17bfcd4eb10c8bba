"""The pump: never more than the limit, never less than is due, nothing left behind."""

from __future__ import annotations

import asyncio

from daemon.work.pump import Pump


class Queue:
    """Work that is claimed by number; `run` waits until it is let go."""

    def __init__(self, waiting: int) -> None:
        self.waiting = list(range(waiting))
        self.done: list[int] = []
        self.now = self.most = 0
        self.gate = asyncio.Event()

    async def claim(self, room: int) -> list[int]:
        taken, self.waiting = self.waiting[:room], self.waiting[room:]
        return taken

    async def run(self, work: int) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        await self.gate.wait()
        self.now -= 1
        self.done.append(work)


async def test_limit_is_kept_and_everything_is_done() -> None:
    """A webhook would get hundreds of requests at once, or wait for a tick after each."""
    queue = Queue(20)
    pump = Pump(3, queue.claim, queue.run)
    queue.gate.set()
    await pump.drain()
    assert sorted(queue.done) == list(range(20))
    assert queue.most == 3


async def test_one_failure_does_not_stop_the_others() -> None:
    """One source that crashes its poll would stop all polls."""
    done: list[int] = []

    async def run(work: int) -> None:
        if work == 1:
            raise RuntimeError("bug")
        done.append(work)

    queue = Queue(5)
    await Pump(2, queue.claim, run).drain()
    assert sorted(done) == [0, 2, 3, 4]


async def test_slow_work_delays_nobody_else() -> None:
    """A site that never answers would hold up the polls of all others."""
    slow, done = asyncio.Event(), []

    async def run(work: int) -> None:
        if work == 0:
            await slow.wait()
        done.append(work)

    queue = Queue(9)
    pump = Pump(2, queue.claim, run)
    await pump.tick()
    while len(done) < 8:
        await asyncio.sleep(0)
    assert 0 not in done
    slow.set()
    await pump.close(1)


async def test_close_waits_then_cancels_and_claims_no_more() -> None:
    """A stop would lose work that was nearly done, or hang on work that never ends."""
    queue = Queue(5)
    pump = Pump(2, queue.claim, queue.run)
    await pump.tick()
    await pump.close(0.01)
    assert queue.done == []
    assert pump.running == {}
    await pump.tick()
    assert len(queue.waiting) == 3

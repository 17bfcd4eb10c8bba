"""Processes that can be ended: work on other people's text is done there, in fair turns, each call within a time limit.

1. A call that takes too long costs its process, which is replaced, and nobody else anything.
2. Whoever asks for much waits behind himself: sources take turns, one call each.
3. A source with a slow page has one call at a time, and all of these together leave one process free for the others.
   Where slow ones were faster than this rule, the last of them gives its process up, and begins anew when it may.
4. A process that was idle for a while is asked for a sign of life before it gets work: one that was stopped (SIGSTOP, a
   debugger, a machine that was out of memory) is replaced before it costs a page.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import signal
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any

from cachetools import TTLCache

SLOW = 0.5  # seconds; ordinary pages take hundredths
SLOW_FOR = 1800.0  # seconds that a source counts as slow after its last slow page
STARTING = 60.0  # seconds for a process to begin, on a machine that is short of everything
IDLE = 5.0  # seconds after which a process is asked for a sign of life
SIGN = 2.0  # seconds that it has for it
ENDING = 0.5  # seconds for what is left of a process that was ended
TASKS = 2000  # calls after which a process is replaced, so that nothing it leaks adds up
MAX_SLOW = 10_000  # sources remembered as slow
# Why a call was broken off: it took too long; it needed too much memory; its process died (killed, or of too little
# memory); it was slow, and gave way to others (it is made again).
STOPS = ("time", "memory", "died", "gave_way")


class TooSlowError(Exception):
    """The call did not end within its time limit."""


class EndedError(Exception):
    """The process ended before it answered."""


class _Call:
    """One function call on its way through the processes, for ``of``."""

    def __init__(self, of: str, function: Callable[..., Any], args: tuple[Any, ...], within: float) -> None:
        self.of, self.function, self.args, self.within = of, function, args, within
        self.answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.began = 0.0
        self.gives_way = False
        self.tries = 0  # of processes that were found dead


class _Process:
    """One process, in an executor of its own: nothing is shared with the others that a dead one could hold."""

    def __init__(self, initializer: Callable[..., None], initargs: tuple[Any, ...]) -> None:
        self._starting = (initializer, initargs)
        self._executor: ProcessPoolExecutor | None = None
        self.pid: Future[int] = Future()
        self._start()
        self.calls = 0
        self._heard = time.monotonic()

    async def run(self, call: _Call) -> Any:
        """What the call returns or raises; raises `TooSlowError` and `EndedError`."""
        if self._executor is None:
            self._start()
        await self._within(STARTING, self.pid)
        if time.monotonic() - self._heard > IDLE:
            await self._within(SIGN, self._submit(os.getpid))
        future = self._submit(call.function, *call.args)
        call.began = time.monotonic()
        return await self._within(call.within, future)

    def _start(self) -> None:
        executor = None
        try:
            executor = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), *self._starting)
            with _no_signals():
                self.pid = executor.submit(os.getpid)
            self._executor = executor
        except OSError as error:  # no memory, processes or files left: whoever comes next tries again
            self.pid = Future()
            self.pid.set_exception(BrokenProcessPool(str(error)))
            if executor is not None:
                executor.shutdown(wait=False)

    def _submit(self, function: Callable[..., Any], *args: Any) -> Future[Any]:
        self.calls += 1
        try:
            if self._executor is None:
                raise EndedError
            return self._executor.submit(function, *args)
        except (BrokenProcessPool, RuntimeError) as error:  # it died while it had nothing to do
            raise EndedError from error

    async def _within(self, seconds: float, future: Future[Any]) -> Any:
        answer = asyncio.wrap_future(future)
        done, _ = await asyncio.wait([answer], timeout=seconds)
        if not done:
            answer.cancel()
            raise TooSlowError
        self._heard = time.monotonic()
        try:
            return answer.result()
        except (BrokenProcessPool, asyncio.CancelledError) as error:
            raise EndedError from error

    def kill(self) -> Thread | None:
        """End it, whatever it does; SIGKILL reaches stopped ones. Returns the thread that sees to the rest."""
        if self._executor is None:
            return None
        for process in list((self._executor._processes or {}).values()):
            process.kill()
        manager: Any = self._executor._executor_manager_thread
        self._executor.shutdown(wait=False, cancel_futures=True)
        return manager  # type: ignore[no-any-return]


class Workers:
    """A few processes for everybody's calls; `close` them at the end. Calls of more than ``slow`` seconds are slow.

    ``started`` counts the processes so far, ``stopped`` the calls that were broken off, by `STOPS`.
    """

    def __init__(
        self, count: int, initializer: Callable[..., None], initargs: tuple[Any, ...] = (), slow: float | None = None
    ) -> None:
        self._is_slow_after = SLOW if slow is None else slow
        self._count, self._starting = count, (_begin, (initializer, *initargs))
        self._closed = False
        self.started, self.stopped = 0, Counter[str]()
        self._free: deque[_Process] = deque(self._open() for _ in range(count))
        # A process takes a second to begin: one is always ready to take the place of one that is ended.
        self._spare = self._open() if count > 1 else None
        self._busy: dict[_Call, _Process] = {}
        self._waiting: OrderedDict[str, deque[_Call]] = OrderedDict()  # by source, whose turn is next first
        self._slow: TTLCache[str, bool] = TTLCache(MAX_SLOW, SLOW_FOR, time.monotonic)
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking: asyncio.TimerHandle | None = None

    @property
    def busy(self) -> int:
        """How many processes are at work."""
        return len(self._busy)

    @property
    def idle(self) -> int:
        """How many wait for work, the one in reserve among them."""
        return len(self._free) + (self._spare is not None)

    def _open(self) -> _Process:
        self.started += 1
        return _Process(*self._starting)

    def _another(self) -> _Process:
        """A process in the place of one that was ended."""
        found, self._spare = self._spare or self._open(), self._open() if self._spare else None
        return found

    def close(self) -> None:
        """End the processes, whatever they do; calls that wait are cancelled."""
        self._closed = True
        if self._looking is not None:
            self._looking.cancel()
        managers = [process.kill() for process in [*self._free, *self._busy.values(), *filter(None, [self._spare])]]
        for manager in filter(None, managers):  # Python stumbles over one that is ending when the program ends
            manager.join(ENDING)
        for call in [*self._busy, *(call for calls in self._waiting.values() for call in calls)]:
            with suppress(RuntimeError):  # its event loop is gone
                call.answer.get_loop().call_soon_threadsafe(call.answer.cancel)
        self._waiting.clear()

    async def run(self, of: str, within: float, function: Callable[..., Any], *args: Any) -> Any:
        """``function(*args)`` in a process, when it is the turn of ``of``, in at most ``within`` seconds of its own.

        Raises what it raises, `TooSlowError` and `EndedError`.
        """
        call = _Call(of, function, args, within)
        self._waiting.setdefault(of, deque()).append(call)
        self._dispatch()
        return await call.answer

    def is_slow(self, of: str) -> bool:
        """Whether a page of this source was slow not long ago, or is just now."""
        now = time.monotonic()
        if of in self._slow:
            return True
        return any(call.of == of and call.began and now - call.began > self._is_slow_after for call in self._busy)

    # -- turns

    def _dispatch(self) -> None:
        while self._free and not self._closed and (call := self._next()) is not None:
            process = self._free.popleft()
            self._busy[call] = process
            task = asyncio.get_running_loop().create_task(self._serve(call, process))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._look_again()

    def _look_again(self) -> None:
        """See in a moment whether somebody waits for slow calls. (A call may take long to begin: a process starts.)"""
        if self._waiting and self._busy and not self._closed and self._looking is None:
            self._looking = asyncio.get_running_loop().call_later(self._is_slow_after, self._relieve)

    def _next(self) -> _Call | None:
        """The next call that may be made; its source goes to the end of the line."""
        slow = [call.of for call in self._busy if self.is_slow(call.of)]
        for of in list(self._waiting):
            calls = self._waiting[of]
            while calls and calls[0].answer.done():  # nobody waits for it any more
                calls.popleft()
            if not calls:
                del self._waiting[of]
                continue
            if self.is_slow(of) and (of in slow or len(slow) >= max(1, self._count - 1)):
                continue
            call = calls.popleft()
            if calls:
                self._waiting.move_to_end(of)
            else:
                del self._waiting[of]
            return call
        return None

    def _relieve(self) -> None:
        """Where all processes are held by slow calls, and a source waits that is not slow, the last one gives way."""
        self._looking = None
        self._look_again()
        if self._closed or self._free or all(self.is_slow(of) for of in self._waiting):
            return
        running = sorted(self._busy, key=lambda call: call.began)
        if len(running) > 1 and all(call.began and self.is_slow(call.of) for call in running):
            last = running[-1]
            last.gives_way = True
            self._busy[last].kill()

    async def _serve(self, call: _Call, process: _Process) -> None:
        keep, took = False, 0.0
        try:
            try:
                answer = await process.run(call)
            finally:
                took = time.monotonic() - call.began if call.began else 0.0
            keep = process.calls < TASKS
            _settle(call, answer)
        except (TooSlowError, EndedError) as error:
            why = "gave_way" if call.gives_way else "time" if isinstance(error, TooSlowError) else "died"
            self.stopped[why] += not self._closed
            if call.gives_way and not self._closed:
                call.gives_way, call.began = False, 0.0
                self._waiting.setdefault(call.of, deque()).appendleft(call)
            elif not call.began and call.tries <= self._count and not self._closed:  # no fault of the page
                call.tries += 1
                self._waiting.setdefault(call.of, deque()).appendleft(call)
            else:
                _settle(call, error)
        except Exception as error:  # noqa: BLE001  # what the function raised is for its caller
            keep = True
            self.stopped["memory"] += isinstance(error, MemoryError)
            _settle(call, error)
        finally:
            del self._busy[call]
            if took > self._is_slow_after:
                self._note(call.of)
            if not keep:
                process.kill()
                process = process if self._closed else self._another()
            self._free.append(process)
        self._dispatch()

    def _note(self, of: str) -> None:
        self._slow[of] = True


def _settle(call: _Call, answer: Any) -> None:
    if call.answer.done():
        return
    if isinstance(answer, BaseException):
        call.answer.set_exception(answer)
    else:
        call.answer.set_result(answer)


def settle_in(memory: int) -> None:
    """For initializers: at most ``memory`` bytes of address space, and no part in the terminal's signals."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT, signal.SIGHUP))  # see `_no_signals`
    with suppress(OSError, ValueError):  # a service may be forbidden to; it has limits of its own then
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (memory, hard))


def _begin(initializer: Callable[..., None], *args: Any) -> None:
    """The first that a process does. It ends with the program, even where that had no time to say so (SIGKILL)."""
    program = multiprocessing.parent_process()
    if program is not None:
        Thread(target=_end_with, args=[program], daemon=True).start()
    initializer(*args)


def _end_with(program: BaseProcess) -> None:
    program.join()
    os._exit(1)


@contextmanager
def _no_signals() -> Iterator[None]:
    """A process that begins meanwhile is deaf to Ctrl-C, which is the program's alone, until it says otherwise."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGHUP))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

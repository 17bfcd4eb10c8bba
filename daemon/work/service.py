"""The daemon: a schedule of a few ticks, the pumps that they drive, and the web server, from start to SIGTERM.

APScheduler drives only the ticks. What is due, and for whom, is data in the store, claimed with leases: a second
daemon on the same database takes its share, and what a killed one held is done by the next.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from datetime import datetime
from threading import Timer

import msgspec
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from daemon import logs
from daemon.config import NOWHERE, Config, ConfigError
from daemon.health import health
from daemon.metrics import Metrics
from daemon.notify import notifies, notify, watchdog_interval
from daemon.polling.push import Push
from daemon.running import Record
from daemon.threads import for_pages
from daemon.web.server.server import WebServer
from daemon.work.engine import LEASE, Parts, make_known, open_parts
from daemon.work.pump import Pump
from daemon.work.work import Work
from feeds.errors import StateError
from feeds.model import Attempt, Changes, Verdict
from state.store import Claim, Due

POLLS_AT_ONCE = 64
# Seconds that work under way has to finish after SIGTERM; with all the rest it stays under 20. A poll that is broken
# off costs its site a second visit.
POLL_PATIENCE = 4.0
END_WITHIN = 19.0  # seconds after a signal: what does not end by then is named, and ended
AHEAD_EVERY = 3600  # seconds; what all sources together tell changes slowly
TEND_EVERY = 600.0  # seconds; hubs of sources that were taken out go on posting for so long
PUBLISH_EVERY = 2.0  # seconds; what did not change costs one question to the database
INDEXED_AT_ONCE = 50  # stories, each second: some hundredths of a second in which nothing else is stored
STALLED = 60.0  # seconds without a finished tick: not ready, and no watchdog ping
CLOCK_EVERY, CLOCK_SLACK = 5.0, 2.0  # seconds: between two looks at the clock, and what it may be set back unnoticed
TOLD_EVERY = 10  # seconds between two lines for `systemctl status`; one costs two questions to the database


class Service:
    """Runs one configuration until told to stop. ``reload`` gives the configuration anew, or raises `ConfigError`."""

    def __init__(self, config: Config, reload: Callable[[], Config] | None = None) -> None:
        self.config = config
        self._reload = reload
        self._stop, self._serving = asyncio.Event(), asyncio.Event()
        self._ticked = self._stored = time.monotonic()
        self._offset = time.time() - time.monotonic()  # of the machine's clock, which somebody may set
        self._log, self._metrics = logs.get(), Metrics()
        self._not_published = ""
        self._indexed = self._indexing = False
        self._one_reload = asyncio.Lock()
        self._record = Record(config.file) if config.file else None

    async def run(self) -> None:
        """Run until `stop` or SIGTERM/SIGINT.

        Raises `StateError` for a database that cannot be used, `OSError` for an address that cannot be listened on.
        """
        asyncio.get_running_loop().set_exception_handler(logs.Once().of_loop)
        self._watch_for(self._told_to_stop, signal.SIGTERM, signal.SIGINT)
        if self._reload is not None:  # from the first moment on: a SIGHUP that nobody watches for ends a process
            self._watch_for(self._begin_reload, signal.SIGHUP)
        with self._found_by_others():
            await self._run()

    @contextmanager
    def _found_by_others(self) -> Iterator[None]:
        """`bantin reload` finds this daemon meanwhile."""
        if self._record is None or self._reload is None:
            yield
            return
        try:
            self._record.open()
        except OSError as error:
            self._log.warning("bantin reload will not find this daemon", cause=str(error), hint="send it SIGHUP")
        try:
            yield
        finally:
            self._record.close()

    async def _run(self) -> None:
        async with open_parts(self.config, tell=lambda text: self._log.info("database", what=text)) as parts:
            self._metrics.browser = parts.poller.pages.browser
            self._metrics.workers, parts.storage.timed = parts.reader.workers, self._metrics.asked
            push = Push(parts.storage, parts.fetcher, parts.storage.store.clock)
            self._work = Work(parts, self.config, delivered=self._tell_delivered, trouble=self._tell_of, push=push)
            self._polls: Pump[Claim] = Pump(POLLS_AT_ONCE, self._work.claim, self._poll)
            async with self._web_server(parts) as web:
                self._web = web
                self._serving.set()
                await self._serve()

    def _web_server(self, parts: Parts) -> AbstractAsyncContextManager[WebServer | None]:
        """None for a worker beside another daemon that serves."""
        if self.config.server.listen == NOWHERE:
            return nullcontext()
        return WebServer(self.config, parts.storage, parts.reader, self.stalled, self._metrics)

    async def _serve(self) -> None:
        scheduler = self._schedule()
        scheduler.start()
        for hint in self.config.hints:
            self._log.warning("configuration", hint=hint)
        self._log.info("ready", address=self._web.address if self._web else None, sources=len(self.config.sources))
        notify("READY=1")
        watching = asyncio.create_task(self._watch_clock(scheduler))
        try:
            await self._stop.wait()
        finally:
            watching.cancel()
            notify("STOPPING=1")
            scheduler.shutdown(wait=False)
            await asyncio.gather(self._polls.close(POLL_PATIENCE), self._work.close())
            self._log.info("stopped")

    def stop(self) -> None:
        """Finish or give back what is under way, and let `run` return."""
        self._stop.set()

    def _told_to_stop(self) -> None:
        if not self._stop.is_set():
            tasks = asyncio.all_tasks()
            ending = Timer(END_WITHIN, self._end, [tasks])
            ending.daemon = True
            ending.start()
        self.stop()

    def _end(self, tasks: set[asyncio.Task[object]]) -> None:
        """The last resort, in a thread. Nothing is lost by it: what was not stored is done again at the next start."""
        waiting = sorted({task.get_coro().__qualname__ for task in tasks if not task.done()})  # type: ignore[union-attr]
        self._log.error("did not end in time", waited_for=waiting)
        os._exit(1)

    def stalled(self) -> bool:
        """Whether nothing could be claimed for a while: the database does not answer, or the loop hangs."""
        return time.monotonic() - self._stored > STALLED

    # -- schedule

    def _schedule(self) -> AsyncIOScheduler:
        scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True})
        now = {"next_run_time": datetime.now().astimezone()}
        scheduler.add_job(self._tick, "interval", seconds=1, **now)
        scheduler.add_job(self._or_tell(self._work.renew), "interval", seconds=LEASE / 4)
        scheduler.add_job(self._or_tell(self._work.compare), "interval", seconds=1, **now)
        scheduler.add_job(self._or_tell(self._work.look_ahead), "interval", seconds=AHEAD_EVERY, **now)
        scheduler.add_job(self._or_tell(self._publish), "interval", seconds=PUBLISH_EVERY, **now)
        scheduler.add_job(self._or_tell(self._reindex), "interval", seconds=1, **now)
        scheduler.add_job(self._or_tell(self._work.tend_hubs), "interval", seconds=TEND_EVERY, **now)
        scheduler.add_job(self._or_tell(self._tidy), "cron", hour=3, minute=17)
        watched = watchdog_interval()
        if watched:
            scheduler.add_job(self._ping, "interval", seconds=max(0.5, watched / 3), **now)
        if notifies():
            scheduler.add_job(self._or_tell(self._tell_status), "interval", seconds=TOLD_EVERY, **now)
        return scheduler

    async def _watch_clock(self, scheduler: AsyncIOScheduler) -> None:
        """Go on where the machine's clock is set back: ticks and polls would wait until it is so late again."""
        while True:
            await asyncio.sleep(CLOCK_EVERY)
            before, self._offset = self._offset, time.time() - time.monotonic()
            if self._offset < before - CLOCK_SLACK:
                self._log.warning("the clock was set back", seconds=round(before - self._offset))
                for job in scheduler.get_jobs():
                    if isinstance(job.trigger, IntervalTrigger):
                        job.modify(next_run_time=datetime.now().astimezone())
                await self._or_tell(lambda: make_known(self._work.storage, self.config))()

    async def _tick(self) -> None:
        """Start what is due. A database that cannot be used just now is told, and asked again at the next tick."""
        try:
            await self._polls.tick()
            await self._work.deliver_due()
        except StateError as error:
            # Not ready, but alive: a restart would not mend the database, and feeds that are known are still served.
            self._tell_of(error)
        except asyncio.CancelledError:
            return  # the schedule is shut down; what was claimed is given back
        else:
            self._stored = time.monotonic()
        self._ticked = time.monotonic()

    def _or_tell(self, work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
        """The work, for the schedule: a database that cannot be used just now is told, and asked again next time."""

        async def done() -> None:
            try:
                await work()
            except StateError as error:
                self._tell_of(error)
            except asyncio.CancelledError:
                return  # the schedule is shut down

        return done

    async def _reindex(self) -> None:
        """After an upgrade: make the index of words anew, some stories at a time, while everything else goes on."""
        if self._indexed:
            return
        done = await self._work.storage.reindex(INDEXED_AT_ONCE)
        if done is not None and not self._indexing:
            self._log.info("index of words", what="is made anew; stories not in it yet are not found", stories=done[1])
        if done is None and self._indexing:
            self._log.info("index of words", what="is whole")
        self._indexing, self._indexed = done is not None, done is None

    async def _publish(self) -> None:
        """Write feeds that changed into the folder; what cannot be written is told once, and tried again."""
        try:
            await self._work.publish()
            self._not_published = ""
        except StateError as error:
            if str(error) != self._not_published:
                self._log.error("feeds not published", cause=str(error))
            self._not_published = str(error)

    async def _tidy(self) -> None:
        """Nightly: forget what is older than `keep_days`, and put the database in order."""
        forgotten = await self._work.tidy()
        if forgotten is not None:
            self._log.info("forgotten", texts=forgotten[0], before=forgotten[1])

    def _tell_of(self, error: StateError) -> None:
        self._log.error("database", cause=error.cause, hint=error.hint)

    def _ping(self) -> None:
        if time.monotonic() - self._ticked <= STALLED:
            notify("WATCHDOG=1")

    async def _tell_status(self) -> None:
        """The line that `systemctl status` shows."""
        counts, endpoints = await self._work.storage.source_counts(), await self._work.storage.endpoints()
        fares = health(self.config, counts, endpoints, self._work.storage.store.clock())
        numbers = {
            "failing": counts.failing,
            "not polled yet": counts.waiting,
            "alerts waiting": fares.waiting,
            "given up": fares.dead,
        }
        odd = (f"{number} {what}" for what, number in numbers.items() if number)
        notify(f"STATUS={', '.join([f'{counts.good} sources good', *odd])}")

    # -- polls

    async def _poll(self, claim: Claim) -> None:
        source = self.config.source(claim.state.id)
        if source is None:  # another daemon's configuration has it, ours no longer
            await self._work.storage.release(self._work.parts.owner, [claim.state.id])
            return
        started = time.monotonic()
        changes = await self._work.poll(source, claim)
        self._metrics.polled(changes, time.monotonic() - started)
        if isinstance(changes, str):
            self._log.error("poll not stored", source=source.id, why=changes)
            return
        if claim.state.last_success is not None:
            self._metrics.found(changes, source)
        self._tell(changes, time.monotonic() - started, claim.state.warning)
        if changes.deliveries:
            await self._work.deliver_at_once()

    def _tell(self, changes: Changes, seconds: float, before: str | None) -> None:
        state = changes.state
        if state.warning and state.warning != before:
            self._log.warning("source is odd", source=state.id, cause=state.warning)
        for decision in changes.decisions:
            self._log.debug("decided", source=state.id, **msgspec.structs.asdict(decision))
        told = {"source": state.id, "seconds": round(seconds, 3), **_found(changes)}
        if state.failure is None:
            self._log.info("polled", **told)
        else:
            failure = state.failure
            kept = {"look": f"bantin replay {state.id}"} if changes.pages else {}
            self._log.warning(
                "poll failed", **told, url=failure.url, cause=failure.cause, failures=state.failures, **kept
            )

    # -- deliveries

    def _tell_delivered(self, due: Due, attempt: Attempt, verdict: Verdict) -> None:
        self._metrics.delivered(due, attempt, verdict)
        told = {"endpoint": due.endpoint_id, "id": due.event.id, "type": due.event.type, "attempt": due.attempts + 1}
        told["seconds"] = round(attempt.duration, 3)
        if verdict.state == "delivered":
            self._log.info("delivered", **told)
            return
        again = verdict.due_at and str(max(verdict.due_at, verdict.resume_at or verdict.due_at))
        if verdict.disable:
            hint = f"its alerts wait; bantin notify enable {due.endpoint_id}, or another url, puts it back"
            self._log.error("endpoint disabled", **told, cause=verdict.disable, hint=hint)
        elif verdict.state == "dead":
            hint = f"it is kept; bantin deliveries retry {due.id} tries it anew"
            self._log.error("given up", **told, cause=attempt.said, hint=hint)
        else:
            self._log.warning("not delivered", **told, cause=attempt.said, state=verdict.state, next=again)

    # -- signals

    def _watch_for(self, react: Callable[[], None], *numbers: signal.Signals) -> None:
        for number in numbers:
            asyncio.get_running_loop().add_signal_handler(number, react)

    def _begin_reload(self) -> None:
        self._reloading = asyncio.ensure_future(self.reload())

    async def reload(self) -> None:
        """Take the configuration anew; one with faults is told of, and the old one stays."""
        assert self._reload is not None
        await self._serving.wait()
        async with self._one_reload:
            notify(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")
            problems, notes = await self._read_anew(self._reload)
            for problem in problems:
                self._log.error("configuration not reloaded", file=str(self.config.file), problem=problem)
            for part in notes:
                self._log.warning("a change takes effect at the next start", part=part)
            if self._record is not None:
                self._record.reloaded(problems, notes)
            notify("READY=1")

    async def _read_anew(self, read: Callable[[], Config]) -> tuple[Sequence[str], Sequence[str]]:
        """Why it was not taken; and which parts of it wait for the next start."""
        try:
            config = await for_pages(read)  # thousands of sources are seconds
            return (), await self._take(config)
        except ConfigError as error:
            return error.problems, ()
        except StateError as error:
            return [str(error)], ()
        except Exception as error:  # noqa: BLE001  # whatever a file can do to its readers, the old configuration is good
            self._log.exception("configuration not reloaded")
            return [repr(error)[:300]], ()

    async def _take(self, config: Config) -> Sequence[str]:
        """Go on with it; returns which parts of it wait for the next start."""
        old = self.config
        fixed = {
            "[server]": (old.server, config.server),
            "[state]": (old.database, config.database),
            "[fetch]": (old.fetch, config.fetch),
            "[deliver]": (old.deliver_networks, config.deliver_networks),
            "site profiles": (old.profiles, config.profiles),
        }
        waits = [name for name, (before, now) in fixed.items() if before != now]
        config = msgspec.structs.replace(
            config, server=old.server, database=old.database, fetch=old.fetch, profiles=old.profiles
        )
        await make_known(self._work.storage, config)
        self.config = self._work.config = config
        if self._web is not None:
            self._web.config = config
        self._log.info("configuration reloaded", sources=len(config.sources), endpoints=len(config.endpoints))
        return waits


def _found(changes: Changes) -> dict[str, int]:
    """What the poll found, without what it did not."""
    return {name: count for name, count in msgspec.structs.asdict(changes.tally).items() if count}

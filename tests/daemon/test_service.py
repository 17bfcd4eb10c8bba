"""The daemon's ticks, in this process: upkeep at night, the watchdog, a publisher that fails."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs

import daemon.work.service
from daemon.config import Config
from daemon.demo.english import ENGLISH
from daemon.demo.news import VIETNAMESE, Vocabulary
from daemon.work.service import STALLED, Service
from feeds.errors import StateError
from feeds.model import Attempt, Changes, Event, Failure, SourceState, Tally, Verdict
from state.sql import SqlStore
from state.store import Due
from state.transfer.migrate import upgrade
from tests.conftest import NOW
from tests.samples import commit, configured, make_entry
from tests.whole.live import until

TOML = """
[server]
listen = "127.0.0.1:{port}"
public_url = "https://feeds.example.org/"
[state]
url = "sqlite:///{folder}/bantin.db"
keep_days = 30
[publish]
directory = "{folder}/public"
[[source]]
id = "ttv"
urls = ["http://127.0.0.1:9/list"]
interval = "1d"
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return configured(tmp_path, TOML.format(port=port, folder=tmp_path))


@asynccontextmanager
async def at_work(service: Service) -> AsyncIterator[list[Any]]:
    """The service, running; what it says."""
    with capture_logs() as said:
        task = asyncio.create_task(service.run())
        try:
            await until(lambda: task.done() or any(line["event"] == "ready" for line in said))
            yield said
        finally:
            service.stop()
            await task


def jobs(service: Service) -> dict[str, Any]:
    """What the schedule would do, by the kind of its trigger and how often."""
    scheduler = service._schedule()
    return {str(job.trigger): job for job in scheduler.get_jobs()}


async def test_old_texts_are_forgotten_at_night(config: Config, tmp_path: Path) -> None:
    """The database would grow for ever, though keep_days says how long texts are to be kept."""
    store = SqlStore(config.database)
    upgrade(store.engine, version="test")
    store.sync({"ttv": 86400.0}, {})
    for number, days in ((1, 60), (2, 2)):
        then = datetime.now(UTC) - timedelta(days=days)
        commit(store, [make_entry(number, story={"first_seen": then, "updated": then})])
    store.close()
    service = Service(config)
    async with at_work(service) as said:
        (nightly,) = (job for trigger, job in jobs(service).items() if trigger.startswith("cron"))
        evening = datetime(2026, 11, 28, 22, 0, tzinfo=UTC)
        assert nightly.trigger.get_next_fire_time(None, evening) == datetime(2026, 11, 29, 3, 17, tzinfo=UTC)
        await nightly.func()
        (told,) = (line for line in said if line["event"] == "forgotten")
        assert told["texts"] == 1
    with closing(sqlite3.connect(tmp_path / "bantin.db")) as opened:
        assert opened.execute("select count(*) from revisions").fetchone() == (1,)


async def test_systemd_hears_from_a_daemon_that_works_and_not_from_one_that_hangs(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """systemd would restart a daemon that works, or keep one that hangs."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "1500000")
        monkeypatch.delenv("WATCHDOG_PID", raising=False)
        service = Service(config)
        heard: list[bytes] = []

        def has_heard(word: bytes) -> bool:
            while True:
                try:
                    heard.append(systemd.recv(200))
                except BlockingIOError:
                    return word in heard

        async with at_work(service):
            await until(lambda: has_heard(b"READY=1"))
            await until(lambda: has_heard(b"WATCHDOG=1"))
            service._ping()
            assert has_heard(b"WATCHDOG=1")
            heard.clear()
            clock = daemon.work.service.time.monotonic
            monkeypatch.setattr(daemon.work.service.time, "monotonic", lambda: clock() + STALLED + 30)
            service._ping()
            assert not has_heard(b"WATCHDOG=1")
            assert service.stalled()
            monkeypatch.undo()


@pytest.mark.parametrize("hangs", ["claim", "deliver_due"])
async def test_watchdog_is_fed_by_polls_and_deliveries(
    config: Config, monkeypatch: pytest.MonkeyPatch, hangs: str
) -> None:
    """A daemon that polls no more, or delivers no more, would run for ever without anybody noticing."""
    told: list[str] = []
    monkeypatch.setattr(daemon.work.service, "notify", told.append)
    service, hanging = Service(config), asyncio.Event()

    async def hang(*_: object) -> None:
        hanging.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(daemon.work.service.Work, hangs, hang)
    async with at_work(service):
        await asyncio.wait_for(hanging.wait(), 20)
        clock, begun = daemon.work.service.time.monotonic, service._ticked
        monkeypatch.setattr(daemon.work.service.time, "monotonic", lambda: max(clock(), begun + STALLED + 1))
        service._ping()
        assert "WATCHDOG=1" not in told
        monkeypatch.undo()


async def test_a_publisher_that_fails_is_told_of_once_and_tried_again(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log would be full of one line, or the feeds stand still until somebody starts bantin anew."""
    service = Service(config)
    async with at_work(service) as said:
        works = service._work.publish
        cause = "cannot be written (No space left on device)"

        async def fails() -> int:
            raise StateError("/public/feeds/ttv.atom", cause, "free space")

        monkeypatch.setattr(service._work, "publish", fails)
        await service._publish()
        await service._publish()
        told = [line for line in said if line["event"] == "feeds not published"]
        assert len(told) == 1
        assert cause in told[0]["cause"]
        monkeypatch.setattr(service._work, "publish", works)
        await service._publish()
        assert config.publish is not None
        assert (config.publish / "feeds" / "ttv.atom").exists()
        monkeypatch.setattr(service._work, "publish", fails)
        await service._publish()
        assert len([line for line in said if line["event"] == "feeds not published"]) == 2, "a new trouble is told"


async def test_a_clock_that_is_set_back_a_day_stops_nothing(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose clock was ahead until the network came up would poll nothing, and alert nobody, for a day."""
    monkeypatch.setattr(daemon.work.service, "CLOCK_EVERY", 0.05)
    often = tuple(msgspec.structs.replace(source, interval=600.0) for source in config.sources)
    service, day = Service(msgspec.structs.replace(config, sources=often)), timedelta(days=1)
    schedulers, schedule = [], service._schedule

    def scheduled() -> Any:
        schedulers.append(schedule())
        return schedulers[-1]

    monkeypatch.setattr(service, "_schedule", scheduled)
    async with at_work(service) as said:
        store = service._work.storage.store
        wall, clock = daemon.work.service.time.time, store.clock
        await until(lambda: any(line["event"] == "poll failed" for line in said))  # what it stores is there
        with closing(sqlite3.connect(config.database.removeprefix("sqlite:///"))) as opened:
            opened.execute("update sources set due_at = due_at + 86400000")  # as the clock had it that was ahead
            opened.commit()
        for job in schedulers[0].get_jobs():
            job.modify(next_run_time=job.next_run_time + day)
        monkeypatch.setattr(daemon.work.service.time, "time", lambda: wall() - 86_400)
        await until(lambda: any(line["event"] == "the clock was set back" for line in said))
        ticked = service._ticked
        await until(lambda: service._ticked > ticked)

        async def is_due_in_time() -> bool:
            (row,) = await service._work.storage.sources()
            # As soon as the interval has it, with its tenth of chance.
            return row.state.due_at <= clock() + timedelta(minutes=11)

        await until(is_due_in_time)


def _names_a_place(line: str, words: Vocabulary) -> bool:
    """Whether the headline in this line is of that paper: each names one of its places."""
    return any(place in line for place in words.places)


async def test_the_demonstration_shows_stories_and_alerts() -> None:
    """The first command of the README would show a newcomer nothing he can read in his language, or an error."""
    demo = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "daemon", "demo", "--seconds", "90", "--port", "0",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert demo.stdout is not None
    said = b""
    waiting = {"Vietnamese": VIETNAMESE, "English": ENGLISH}  # the papers of which no alert has come yet
    while waiting and (line := await demo.stdout.readline()):
        said += line
        if b"alert   verified article." in line:
            waiting = {name: words for name, words in waiting.items() if not _names_a_place(line.decode(), words)}
    with contextlib.suppress(ProcessLookupError):  # it has ended by itself, without an alert
        demo.send_signal(signal.SIGINT)
    said += await demo.stdout.read()
    assert await demo.wait() == 0, said.decode()
    assert waiting == {}, said.decode()
    assert b".atom" in said


@pytest.mark.parametrize(
    ("attempt", "verdict", "event", "cause"),
    [
        (Attempt(at=NOW, status=204), Verdict(state="delivered"), "delivered", None),
        (Attempt(at=NOW, status=503), Verdict(state="pending", due_at=NOW), "not delivered", "HTTP 503"),
        (Attempt(at=NOW, error="no route"), Verdict(state="dead"), "given up", "no route"),
        (
            Attempt(at=NOW, status=410),
            Verdict(state="pending", disable="it is gone"),
            "endpoint disabled",
            "it is gone",
        ),
    ],
)
def test_a_delivery_is_one_line(
    config: Config, attempt: Attempt, verdict: Verdict, event: str, cause: str | None
) -> None:
    """An operator who looks for an alert in the log would find nothing, three lines for one attempt, or no cause."""
    sent = Event(id="evt_1", type="article.published", created=NOW, payload=b"{}")
    due = Due(id=7, endpoint_id="hook", event=sent, attempts=2)
    with capture_logs() as said:
        Service(config)._tell_delivered(due, attempt, verdict)
    (line,) = said
    assert (line["event"], line.get("cause")) == (event, cause)
    assert (line["endpoint"], line["id"], line["attempt"]) == ("hook", "evt_1", 3)


def test_a_poll_is_one_line(config: Config) -> None:
    """An operator who looks for a source in the log would find nothing, or not why its poll failed."""
    failure = Failure(url="https://ttv.example/", cause="HTTP 503", at=NOW)
    failed = Changes(state=SourceState(id="ttv", due_at=NOW, failures=2, failure=failure))
    good = Changes(state=SourceState(id="ttv", due_at=NOW), tally=Tally(new=3))
    for changes, event, more in ((failed, "poll failed", ("cause", "HTTP 503")), (good, "polled", ("new", 3))):
        with capture_logs() as said:
            Service(config)._tell(changes, 0.5, None)
        (line,) = said
        assert (line["event"], line["source"], line["seconds"]) == (event, "ttv", 0.5)
        assert line[more[0]] == more[1]

"""``/metrics`` and ``/status.json``: how bantin is, for programs."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from daemon.config import Config, Fetch, Server
from daemon.metrics import Metrics
from daemon.storage import Storage
from daemon.web.app import make_app
from daemon.web.status import Counted, kind_of
from daemon.work.service import Service
from daemon.workers import TooSlowError, Workers
from feeds.model import Attempt, Changes, Endpoint, Event, Failure, Revision, Source, SourceState, Tally, Verdict
from state.sql import SqlStore
from state.store import Due, SourceCounts
from tests.conftest import NOW
from tests.daemon.commands import SECRET
from tests.daemon.test_doctor import free_port
from tests.daemon.test_service import at_work
from tests.samples import configured, make_entry
from tests.whole.live import until


def made(server: Server | None = None) -> Config:
    hook = Endpoint(id="hook", url="https://hook.example/", secrets=(SECRET,))
    never = Endpoint(id="never", url="https://never.example/", secrets=(SECRET,))
    return Config(
        file=Path("bantin.toml"),
        database="",
        server=server or Server(),
        fetch=Fetch(user_agent="x"),
        sources=(),
        feeds=(),
        endpoints=(hook, never),
    )


async def get(store: SqlStore, path: str, config: Config, metrics: Metrics | None = None) -> httpx.Response:
    app = make_app(lambda: config, Storage(store), "http://127.0.0.1:8711/", metrics=metrics)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8711") as client:
        return await client.get(path)


def sampled(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """By name and values of labels."""
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_numbers_for_prometheus(filled: SqlStore) -> None:
    """An operator would hear of a queue that grows from the newsroom."""
    metrics = Metrics()
    failed = SourceState(id="x", due_at=NOW, failure=Failure(url="https://x.example/", cause="HTTP 503", at=NOW))
    metrics.polled(Changes(state=failed), 0.2)
    metrics.polled(Changes(state=SourceState(id="y", due_at=NOW), tally=Tally(new=3, revised=1)), 0.1)
    metrics.polled("the lease was lost", 0.1)
    event = Event(id="evt_1", type="article.published", created=NOW - timedelta(seconds=20), payload=b"{}")
    due = Due(id=1, endpoint_id="hook", event=event, attempts=0)
    metrics.delivered(due, Attempt(at=NOW, status=204, duration=1.5), Verdict(state="delivered"))
    metrics.delivered(due, Attempt(at=NOW, status=500), Verdict(state="dead"))
    answer = await get(filled, "/metrics", made(), metrics)
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = sampled(answer.text)
    for name, value in {
        ("bantin_polls_total", ("good",)): 1,
        ("bantin_polls_total", ("failed",)): 1,
        ("bantin_polls_total", ("lost",)): 1,
        ("bantin_stories_total", ("new",)): 3,
        ("bantin_delivery_attempts_total", ("delivered",)): 1,
        ("bantin_delivery_attempts_total", ("dead",)): 1,
        ("bantin_event_delivery_delay_seconds_count", ()): 1,
        ("bantin_event_delivery_delay_seconds_sum", ()): 21.5,
        ("bantin_outbox_waiting", ("hook",)): 1,
        ("bantin_endpoint_disabled", ("hook",)): 0,
    }.items():
        assert samples[name] == value, name
    assert samples["bantin_sources", ("good",)] + samples["bantin_sources", ("waiting",)] == 2
    assert samples["process_resident_memory_bytes", ()] > 0


async def test_is_it_well(filled: SqlStore) -> None:
    """A monitor would have to read pages that are made for people."""
    told = (await get(filled, "/status.json", made())).json()
    assert told["sources"]["failing"] == 0
    assert [(item["id"], item["waiting"]) for item in told["endpoints"]] == [("hook", 1), ("never", 0)]
    assert told["well"] is True
    (due,) = filled.claim_deliveries("tests", "hook", 1, 60)
    filled.record([(due, Attempt(at=NOW, status=500), Verdict(state="pending", due_at=NOW))])
    told = (await get(filled, "/status.json", made())).json()
    assert (told["well"], told["endpoints"][0]["last_error"]) == (False, "HTTP 500")
    (due,) = filled.claim_deliveries("tests", "hook", 1, 60)
    filled.record([(due, Attempt(at=NOW, status=204), Verdict(state="delivered"))])
    assert (await get(filled, "/status.json", made())).json()["well"] is True
    filled.claim_source("tests", "other", 60)
    failing = {"id": "other", "due_at": NOW, "failures": 2, "last_poll": NOW}
    filled.commit(Changes(state=msgspec.convert(failing, SourceState)), "tests")
    told = (await get(filled, "/status.json", made())).json()
    assert (told["well"], told["sources"]["failing"]) == (False, 1)
    assert told["troubles"] == ["1 of 2 sources fails"]


async def test_they_are_not_for_everybody(filled: SqlStore) -> None:
    """The readers of a public feed would see the operator's queues and hosts."""
    public = made(Server(public_url="https://feeds.example.org/"))
    assert (await get(filled, "/metrics", public)).status_code == 404
    assert (await get(filled, "/status.json", public)).status_code == 404


SOURCE = Source(id="ttv", title="TTV", urls=("https://news.example/",), timezone="Asia/Ho_Chi_Minh")
REFERENCE = Path(__file__).parents[2] / "docs/reference/metrics.md"


def found(number: int, article: dict[str, object], **story: object) -> Changes:
    """A poll at ``NOW`` that found one story."""
    entry = make_entry(number, story={"first_seen": NOW, "looks": 1, **story})
    text = msgspec.structs.replace(entry.article, **article)
    revision = Revision(source_id="ttv", entry_id=entry.story.entry_id, number=1, seen_at=NOW, article=text)
    return Changes(state=SourceState(id="ttv", due_at=NOW), stories=(entry.story,), revisions=(revision,))


def test_how_late_stories_are_found() -> None:
    """A delay that backlogs and second looks are mixed into would say nothing about the polls."""
    metrics = Metrics()
    before = NOW - timedelta(minutes=7)
    metrics.found(found(1, {}, stated=before), SOURCE)
    metrics.found(found(2, {}, stated=before), SOURCE)
    metrics.found(found(3, {}, stated=NOW + timedelta(minutes=1)), SOURCE)
    metrics.found(found(4, {}, stated=before, backlog=True), SOURCE)
    metrics.found(found(5, {}, stated=before, looks=2), SOURCE)
    metrics.found(found(6, {"published": before}), SOURCE)
    samples = sampled(metrics.text(SourceCounts(), {}, NOW).decode())
    assert samples["bantin_story_found_delay_seconds_count", ()] == 3
    assert samples["bantin_story_found_delay_seconds_sum", ()] == 2 * 7 * 60


def test_why_stories_are_teasers() -> None:
    """An operator could not tell a paywall from a robots.txt or a server that is down."""
    metrics = Metrics()
    reasons = ["disallowed", "skipped", "its page asks for consent", "HTTP 503", "its address leads to another site"]
    for number, reason in enumerate(reasons, start=1):
        metrics.found(found(number, {}, partial=True, reason=reason), SOURCE)
    samples = sampled(metrics.text(SourceCounts(), {}, NOW).decode())
    counted = {labels[0]: value for (name, labels), value in samples.items() if name == "bantin_stories_partial_total"}
    assert counted == {"robots": 1, "wall": 2, "later": 1, "failed": 1}


def greedy() -> None:
    """A page that needs more memory than there is."""
    raise MemoryError


async def test_workers_and_memory() -> None:
    """Pages that are built to stop readers, or memory that grows, would be seen when the machine is out of it."""
    metrics = Metrics()
    assert sampled(metrics.text(SourceCounts(), {}, NOW).decode())["bantin_workers", ("busy",)] == 0
    metrics.workers = Workers(1, print)
    try:
        with pytest.raises(TooSlowError):
            await metrics.workers.run("slow", 0.05, time.sleep, 60)
        with pytest.raises(MemoryError):
            await metrics.workers.run("large", 30.0, greedy)
        samples = sampled(metrics.text(SourceCounts(), {}, NOW).decode())
    finally:
        metrics.workers.close()
    assert samples["bantin_readings_stopped_total", ("time",)] == 1
    assert samples["bantin_readings_stopped_total", ("memory",)] == 1
    assert samples["bantin_workers_started_total", ()] == 2
    assert (samples["bantin_workers", ("idle",)], samples["bantin_workers", ("busy",)]) == (1, 0)
    assert samples["bantin_resident_memory_bytes", ("daemon",)] > 10e6
    assert samples["bantin_resident_memory_bytes", ("workers",)] > 1e6


async def test_the_database_and_the_answers(filled: SqlStore) -> None:
    """Nobody could say whether it is the database that is slow, nor who asks so much."""
    metrics, config = Metrics(), made()
    storage = Storage(filled)
    storage.timed = metrics.asked
    app = make_app(lambda: config, storage, "http://127.0.0.1:8711/", metrics=metrics)
    transport = httpx.ASGITransport(Counted(app, metrics))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8711") as client:
        await storage.release("nobody")
        for path in ("/", "/nowhere", "/feeds/none.atom", "/healthz"):
            await client.get(path)
        samples = sampled((await client.get("/metrics")).text)
    storage.close()
    assert samples["bantin_database_seconds_count", ("write",)] == 1
    assert samples["bantin_database_wait_seconds_count", ("write",)] == 1
    assert samples["bantin_database_seconds_count", ("show",)] >= 2
    told = {labels: value for (name, labels), value in samples.items() if name == "bantin_http_requests_total"}
    assert told == {("page", "2xx"): 1, ("page", "4xx"): 1, ("feed", "4xx"): 1, ("probe", "2xx"): 1}


def test_kinds_of_requests() -> None:
    """The readers of feeds, of pages, and the monitor itself would be one number."""
    paths = {
        "feed": ["/feeds/a.atom", "/feeds/a/archive/1.atom", "/opml"],
        "page": ["/", "/feeds/a/", "/articles/x/", "/deliveries", "/search"],
        "picture": ["/pictures/a/1"],
        "probe": ["/metrics", "/readyz", "/healthz", "/status.json"],
    }
    assert {kind: [kind_of(path) for path in of] for kind, of in paths.items()} == {
        kind: [kind] * len(of) for kind, of in paths.items()
    }


async def test_every_metric_is_in_the_reference(filled: SqlStore) -> None:
    """An operator would find numbers that nobody explains, or look for some that are not there."""
    text = (await get(filled, "/metrics", made())).text
    there = dict(re.findall(r"^# TYPE (bantin_\w+) (\w+)$", text, re.M))
    told = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", REFERENCE.read_text("utf-8"), re.M))
    assert told == there


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is missing (apt-get install prometheus)")
async def test_prometheus_likes_the_names(filled: SqlStore) -> None:
    """Dashboards and rules would be built on names that break Prometheus' own rules, and would have to change."""
    text = (await get(filled, "/metrics", made())).text
    ours = "".join(re.findall(r"^(?:# \w+ )?bantin_.*\n", text, re.M))
    done = subprocess.run(["promtool", "check", "metrics"], input=ours, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


async def test_the_daemon_counts(tmp_path: Path) -> None:
    """Everything would be counted in tests, and nothing where it runs."""
    port = free_port()
    server = f'[server]\nlisten = "127.0.0.1:{port}"\n'
    source = '[[source]]\nid = "ttv"\nurls = ["http://127.0.0.1:9/list"]\n'
    config = configured(tmp_path, f'{server}[state]\nurl = "sqlite:///{tmp_path}/bantin.db"\n{source}')
    async with at_work(Service(config)) as said:
        await until(lambda: any(line["event"] == "poll failed" for line in said))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            await client.get("/nowhere")
            samples = sampled((await client.get("/metrics")).text)
    assert samples["bantin_polls_total", ("failed",)] == 1
    assert samples["bantin_sources", ("failing",)] == 1
    assert samples["bantin_workers_started_total", ()] >= 3
    assert samples["bantin_database_seconds_count", ("write",)] > 0
    assert samples["bantin_http_requests_total", ("page", "4xx")] == 1

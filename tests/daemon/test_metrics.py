"""``/metrics`` and ``/status.json``: how bantin is, for programs."""

from __future__ import annotations

from pathlib import Path

import httpx
import msgspec
from prometheus_client.parser import text_string_to_metric_families

from daemon.config import Config, Fetch, Server
from daemon.metrics import Metrics
from daemon.storage import Storage
from daemon.web.app import make_app
from feeds.model import Attempt, Changes, Endpoint, Failure, SourceState, Tally, Verdict
from state.sql import SqlStore
from tests.conftest import NOW
from tests.daemon.commands import SECRET


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


async def test_numbers_for_prometheus(filled: SqlStore) -> None:
    """An operator would hear of a queue that grows from the newsroom."""
    metrics = Metrics()
    failed = SourceState(id="x", due_at=NOW, failure=Failure(url="https://x.example/", cause="HTTP 503", at=NOW))
    metrics.polled(Changes(state=failed), 0.2)
    metrics.polled(Changes(state=SourceState(id="y", due_at=NOW), tally=Tally(new=3, revised=1)), 0.1)
    metrics.polled("the lease was lost", 0.1)
    metrics.delivered(Attempt(at=NOW, status=204), Verdict(state="delivered"))
    metrics.delivered(Attempt(at=NOW, status=500), Verdict(state="dead"))
    answer = await get(filled, "/metrics", made(), metrics)
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    for name, value in {
        ("bantin_polls_total", ("good",)): 1,
        ("bantin_polls_total", ("failed",)): 1,
        ("bantin_polls_total", ("lost",)): 1,
        ("bantin_stories_total", ("new",)): 3,
        ("bantin_delivery_attempts_total", ("delivered",)): 1,
        ("bantin_delivery_attempts_total", ("dead",)): 1,
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

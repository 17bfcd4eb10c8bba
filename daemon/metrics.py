"""What the daemon counts while it runs, and how that and what is stored look to Prometheus.

Few labels, none of them a source: ten thousand sources would be as many series. A source that fails is in the log, on
the pages, and in ``bantin status``. What each metric means is in docs/reference/metrics.md, which a test compares.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from daemon import VERSION
from daemon.browser.browser import Browser
from daemon.workers import STOPS, Workers
from feeds.model import Attempt, Changes, Source, Verdict
from state.store import Due, EndpointRow, SourceCounts

SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)  # of a poll: a quiet one takes a tenth, a large one a minute
FOUND = (30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 21_600, 86_400)  # polls come every minute to every hour
DELIVERED = (0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 3600, 21_600, 86_400)  # at once, or at one of the later attempts
ASKED = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10)  # ten is where a lock is given up
KINDS = ("write", "read", "show", "search")  # the lines of `daemon.storage`
_PAGE = os.sysconf("SC_PAGE_SIZE")
WHAT = ("new", "completed", "revised", "removed", "caught_up", "missed")  # fields of a poll's tally
REASONS = ("robots", "wall", "later", "failed")

disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each, which Prometheus does not know from its text format

__all__ = ["CONTENT_TYPE", "Metrics"]


class Metrics:
    """The daemon's counters, and gauges that are set when somebody asks.

    ``workers`` are the processes that read pages, once there are any; ``browser`` runs scripts, where there is one.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.workers: Workers | None = None
        self.browser: Browser | None = None
        ProcessCollector(registry=self.registry)
        self.registry.register(_Processes(self))
        info = self._gauge("bantin_info", "Which bantin this is.", "version")
        info.labels(VERSION).set(1)
        self._of_polls()
        self._of_deliveries()
        self._of_answers()

    def _of_polls(self) -> None:
        self._polls = self._counter("bantin_polls", "Polls, by what came of them.", "outcome")
        self._seconds = self._histogram("bantin_poll_seconds", "How long polls took.", SECONDS)
        self._stories = self._counter("bantin_stories", "Stories, by what a poll found.", "what")
        self._gaps = self._counter("bantin_gaps", "Lists that turned over between two polls; stories may be missing.")
        self._partial = self._counter(
            "bantin_stories_partial", "Stories that were published from their teasers, by why.", "reason"
        )
        self._found = self._histogram(
            "bantin_story_found_delay_seconds",
            "From the time of publication that a story states with a clock to the poll that found it.",
            FOUND,
        )
        self._sources = self._gauge("bantin_sources", "Sources, by how they fare.", "state")
        self._late = self._gauge("bantin_poll_delay_seconds", "How long the poll that is longest due has waited.")
        for outcome in ("good", "failed", "lost"):
            self._polls.labels(outcome)
        for what in WHAT:
            self._stories.labels(what)
        for reason in REASONS:
            self._partial.labels(reason)

    def _of_deliveries(self) -> None:
        self._attempts = self._counter(
            "bantin_delivery_attempts", "Attempts at deliveries, by what came of them.", "outcome"
        )
        self._delivered = self._histogram(
            "bantin_event_delivery_delay_seconds", "From the making of an event to its receiver's answer.", DELIVERED
        )
        self._waiting = self._gauge("bantin_outbox_waiting", "Deliveries that wait.", "endpoint")
        self._dead = self._gauge("bantin_outbox_dead", "Deliveries that were given up.", "endpoint")
        self._oldest = self._gauge("bantin_outbox_oldest_seconds", "Age of the oldest event that waits.", "endpoint")
        self._failures = self._gauge("bantin_endpoint_failures", "Failures in a row.", "endpoint")
        self._disabled = self._gauge("bantin_endpoint_disabled", "1 where nothing is sent.", "endpoint")
        for outcome in ("delivered", "failed", "dead"):
            self._attempts.labels(outcome)

    def _of_answers(self) -> None:
        self._asked = self._histogram("bantin_database_seconds", "How long the database took.", ASKED, "kind")
        self._lined_up = self._histogram(
            "bantin_database_wait_seconds", "How long work for the database waited for its turn.", ASKED, "kind"
        )
        self._requests = self._counter("bantin_http_requests", "HTTP requests that were answered.", "kind", "status")
        self._pushes = self._counter("bantin_websub_pushes", "Posts of hubs with the right signature.")
        self._wrong = self._counter("bantin_websub_refused", "Posts to hubs' addresses that were refused.")
        for kind in KINDS:
            self._asked.labels(kind)
            self._lined_up.labels(kind)

    def _counter(self, name: str, said: str, *labels: str) -> Counter:
        return Counter(name, said, labels, registry=self.registry)

    def _gauge(self, name: str, said: str, *labels: str) -> Gauge:
        return Gauge(name, said, labels, registry=self.registry)

    def _histogram(self, name: str, said: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(name, said, labels, buckets=buckets, registry=self.registry)

    # -- what happens

    def polled(self, changes: Changes | str, seconds: float) -> None:
        """Count a poll; a text says why its result was not stored."""
        self._seconds.observe(seconds)
        if isinstance(changes, str):
            self._polls.labels("lost").inc()
            return
        self._polls.labels("failed" if changes.state.failure is not None else "good").inc()
        for what in WHAT:
            self._stories.labels(what).inc(getattr(changes.tally, what))

        self._gaps.inc(sum(event.type == "source.gap" for event in changes.events))

    def found(self, changes: Changes, source: Source) -> None:
        """Count the stories that a poll of a source, not its first, found: how late, and which from their teasers.

        What was there before bantin was came late through no fault of anybody.
        """
        articles = {(item.entry_id, item.number): item.article for item in changes.revisions}
        for story in changes.stories:
            article = articles.get((story.entry_id, 1))
            if article is None or story.looks != 1 or story.backlog:
                continue
            if story.partial:
                self._partial.labels(_why(story.reason or "")).inc()
            if story.stated is not None:
                # A site's clock may be ahead of ours; its story is in time all the same.
                self._found.observe(max(0.0, (story.first_seen - story.stated).total_seconds()))

    def delivered(self, due: Due, attempt: Attempt, verdict: Verdict) -> None:
        """Count an attempt at a delivery."""
        failed = "dead" if verdict.state == "dead" else "failed"
        self._attempts.labels("delivered" if attempt.is_good else failed).inc()
        if attempt.is_good:
            self._delivered.observe(max(0.0, (attempt.at - due.event.created).total_seconds() + attempt.duration))

    def asked(self, kind: str, waited: float, took: float) -> None:
        """Count a question to the database, or something stored there; seconds. May be called from any thread."""
        self._lined_up.labels(kind).observe(waited)
        self._asked.labels(kind).observe(took)

    def answered(self, kind: str, status: int) -> None:
        """Count an HTTP request."""
        self._requests.labels(kind, f"{status // 100}xx").inc()

    def pushed(self) -> None:
        """Count a post of a hub that had its source polled."""
        self._pushes.inc()

    def refused(self) -> None:
        """Count one with a wrong signature, or too large."""
        self._wrong.inc()

    def text(self, counts: SourceCounts, endpoints: Mapping[str, EndpointRow], now: datetime) -> bytes:
        """Everything, in Prometheus' text format."""
        for state in ("good", "failing", "waiting"):
            self._sources.labels(state).set(getattr(counts, state))
        late = (now - counts.longest_due).total_seconds() if counts.longest_due else 0.0
        self._late.set(max(0.0, late))
        for gauge in (self._waiting, self._dead, self._oldest, self._failures, self._disabled):
            gauge.clear()
        for name, row in endpoints.items():
            self._waiting.labels(name).set(row.waiting)
            self._dead.labels(name).set(row.dead)
            self._oldest.labels(name).set(max(0.0, (now - row.oldest).total_seconds()) if row.oldest else 0)
            self._failures.labels(name).set(row.state.failures)
            self._disabled.labels(name).set(row.state.disabled_at is not None)
        return generate_latest(self.registry)


def _why(reason: str) -> str:
    """The kind of a story's `reason`: what stands before a story is told by `feeds.deciding.walls` as "its …"."""
    if reason in ("disallowed", "skipped"):
        return {"disallowed": "robots", "skipped": "later"}[reason]
    return "wall" if reason.startswith("its ") else "failed"


class _Processes(Collector):
    """What is known of the daemon's processes at the moment that somebody asks."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        """The families."""
        memory = GaugeMetricFamily(
            "bantin_resident_memory_bytes", "Memory of the daemon and of its workers.", labels=["of"]
        )
        memory.add_metric(["daemon"], _resident("self"))
        memory.add_metric(["workers"], sum(map(_resident, _children())))
        yield memory
        workers = self._metrics.workers
        running = GaugeMetricFamily("bantin_workers", "Processes that read pages.", labels=["state"])
        running.add_metric(["busy"], workers.busy if workers else 0)
        running.add_metric(["idle"], workers.idle if workers else 0)
        yield running
        yield CounterMetricFamily(
            "bantin_workers_started", "Processes that read pages, started so far.", workers.started if workers else 0
        )
        stopped = CounterMetricFamily(
            "bantin_readings_stopped", "Pages whose reading was broken off.", labels=["cause"]
        )
        for cause in STOPS:
            stopped.add_metric([cause], workers.stopped[cause] if workers else 0)
        yield stopped
        browser = self._metrics.browser
        visits = CounterMetricFamily("bantin_browser_pages", "Pages that a browser showed.", labels=["outcome"])
        visits.add_metric(["good"], browser.visits - browser.failed if browser else 0)
        visits.add_metric(["failed"], browser.failed if browser else 0)
        yield visits
        refused = CounterMetricFamily(
            "bantin_browser_refused", "Requests of pages that were not made for them.", labels=["why"]
        )
        for why, count in sorted(browser.refused.items()) if browser else ():
            refused.add_metric([why], count)
        yield refused


def _children() -> list[str]:
    """The processes that this one started, by number; none where the kernel does not tell."""
    found = []
    for file in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):  # the thread ended meanwhile
            found += file.read_text().split()
    return found


def _resident(process: str) -> int:
    """Bytes of a process; 0 for one that ended meanwhile."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0

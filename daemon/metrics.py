"""What the daemon counts while it runs, and how that and what is stored look to Prometheus.

Few labels, none of them a source: ten thousand sources would be as many series. A source that fails is in the log, on
the pages, and in ``bantin status``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE

from daemon import VERSION
from feeds.model import Attempt, Changes, Verdict
from state.store import EndpointRow, SourceCounts

SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)  # of a poll: a quiet one takes a tenth, a large one a minute

__all__ = ["CONTENT_TYPE", "Metrics"]


class Metrics:
    """The daemon's counters, and gauges that are set when somebody asks."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        info = Gauge("bantin_info", "Which bantin this is.", ["version"], registry=self.registry)
        info.labels(VERSION).set(1)
        self._polls = Counter("bantin_polls", "Polls, by what came of them.", ["outcome"], registry=self.registry)
        self._seconds = Histogram(
            "bantin_poll_seconds", "How long polls took.", buckets=SECONDS, registry=self.registry
        )
        self._stories = Counter("bantin_stories", "Stories, by what a poll found.", ["what"], registry=self.registry)
        self._attempts = Counter(
            "bantin_delivery_attempts",
            "Attempts at deliveries, by what came of them.",
            ["outcome"],
            registry=self.registry,
        )
        self._sources = Gauge("bantin_sources", "Sources, by how they fare.", ["state"], registry=self.registry)
        self._late = Gauge(
            "bantin_poll_delay_seconds", "How long the poll that is longest due has waited.", registry=self.registry
        )
        of = ["endpoint"]
        self._waiting = Gauge("bantin_outbox_waiting", "Deliveries that wait.", of, registry=self.registry)
        self._dead = Gauge("bantin_outbox_dead", "Deliveries that were given up.", of, registry=self.registry)
        self._oldest = Gauge(
            "bantin_outbox_oldest_seconds", "Age of the oldest event that waits.", of, registry=self.registry
        )
        self._failures = Gauge("bantin_endpoint_failures", "Failures in a row.", of, registry=self.registry)
        self._disabled = Gauge("bantin_endpoint_disabled", "1 where nothing is sent.", of, registry=self.registry)
        for outcome in ("good", "failed", "lost"):
            self._polls.labels(outcome)
        for what in ("new", "completed", "revised", "removed"):
            self._stories.labels(what)
        for outcome in ("delivered", "failed", "dead"):
            self._attempts.labels(outcome)

    def polled(self, changes: Changes | str, seconds: float) -> None:
        """Count a poll; a text says why its result was not stored."""
        self._seconds.observe(seconds)
        if isinstance(changes, str):
            self._polls.labels("lost").inc()
            return
        self._polls.labels("failed" if changes.state.failure is not None else "good").inc()
        for what in ("new", "completed", "revised", "removed"):
            self._stories.labels(what).inc(getattr(changes.tally, what))

    def delivered(self, attempt: Attempt, verdict: Verdict) -> None:
        """Count an attempt at a delivery."""
        failed = "dead" if verdict.state == "dead" else "failed"
        self._attempts.labels("delivered" if attempt.is_good else failed).inc()

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
            self._oldest.labels(name).set((now - row.oldest).total_seconds() if row.oldest else 0)
            self._failures.labels(name).set(row.state.failures)
            self._disabled.labels(name).set(row.state.disabled_at is not None)
        return generate_latest(self.registry)

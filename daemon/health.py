"""How bantin is, said once: for ``bantin status``, ``/status.json``, and whoever else asks whether it is well.

Only what the configuration names counts: a source or an endpoint that left it is nobody's trouble.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from daemon.config import Config
from feeds.deciding import gaps, rhythm
from feeds.deciding.subscriptions import agreement
from feeds.model import Endpoint, Failure, Source, SourceState, Subscription
from state.store import EndpointRow, SourceCounts, SourceRow

if TYPE_CHECKING:
    from daemon.web.pages.language import Language

DELAYS_OF = timedelta(days=7)  # before now: what delays and gaps are told of

# The schedule ticks each second; a daemon that is restarted, or polls hundreds of sources at once, catches up by then.
OVERDUE = timedelta(minutes=2)


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """Whether bantin is well, and what is not: ``troubles`` in a few words each, the worst first.

    ``waiting`` and ``dead`` are the deliveries to all endpoints that wait, and that were given up.
    """

    sources: SourceCounts
    endpoints: tuple[dict[str, Any], ...]
    troubles: tuple[str, ...] = ()
    waiting: int = 0
    dead: int = 0

    @property
    def well(self) -> bool:
        """Whether nothing needs anybody."""
        return not self.troubles


def health(
    config: Config, sources: SourceCounts, rows: Mapping[str, EndpointRow], now: datetime, *, stalled: bool = False
) -> Health:
    """How the configured sources and endpoints fare; ``now`` is the store's time, ``stalled``: nothing is claimed."""
    endpoints = [endpoint_told(item, rows.get(item.id)) for item in config.endpoints]
    dead = sum(item["dead"] for item in endpoints)
    troubles = ["the schedule stands still"] if stalled else []
    if sources.failing:
        known = sources.good + sources.failing + sources.waiting
        verb = "fails" if sources.failing == 1 else "fail"
        troubles.append(f"{sources.failing:,} of {count_of(known, 'source')} {verb}")
    if is_overdue(sources.longest_due, now):
        troubles.append("polls are overdue")
    troubles += _named(endpoints, "disabled_at", "is disabled", "are disabled")
    failing = [item for item in endpoints if item["disabled_at"] is None]
    troubles += _named(failing, "failures", "fails", "fail")
    if dead:
        troubles.append(f"{count_of(dead, 'alert')} {'was' if dead == 1 else 'were'} given up")
    return Health(
        sources=sources,
        endpoints=tuple(endpoints),
        troubles=tuple(troubles),
        waiting=sum(item["waiting"] for item in endpoints),
        dead=dead,
    )


def is_overdue(due_at: datetime | None, now: datetime) -> bool:
    """Whether a poll that is due since then, and that nobody makes, should have been made."""
    return due_at is not None and due_at < now - OVERDUE


def is_paused(source: Source, row: SourceRow | None) -> bool:
    """Whether the source rests: by the configuration, or by hand."""
    return not source.enabled or (row is not None and row.paused is not None)


def counted(sources: Iterable[Source], rows: Mapping[str, SourceRow]) -> SourceCounts:
    """`state.store.Store.source_counts` of these sources, by what the configuration says now: paused ones rest."""
    good = failing = waiting = 0
    due = []
    for source in sources:
        row = rows.get(source.id)
        if is_paused(source, row):
            continue
        waiting += row is None or row.state.last_poll is None
        failing += row is not None and row.state.last_poll is not None and row.state.failures > 0
        good += row is not None and row.state.last_poll is not None and not row.state.failures
        if row is not None and not row.leased:
            due.append(row.state.due_at)
    return SourceCounts(good=good, failing=failing, waiting=waiting, longest_due=min(due, default=None))


def endpoint_told(endpoint: Endpoint, row: EndpointRow | None) -> dict[str, Any]:
    """An endpoint as JSON has it; without ``row`` nothing was ever sent there."""
    told: dict[str, Any] = {"id": endpoint.id, "kind": endpoint.kind, "waiting": 0, "dead": 0, "oldest": None}
    told |= {"failures": 0, "disabled_at": None, "disabled_why": None, "resume_at": None}
    told |= {"last_attempt": None, "last_success": None, "last_error": None}
    if row is None:
        return told
    told |= {"waiting": row.waiting, "dead": row.dead, "oldest": row.oldest}
    return told | {name: getattr(row.state, name) for name in told if hasattr(row.state, name)}


def source_told(source: Source, row: SourceRow | None, now: datetime, language: Language) -> dict[str, Any]:
    """A source as JSON has it, words in the language; without ``row`` it was never polled."""
    told: dict[str, Any] = {"id": source.id, "title": source.title, "paused": is_paused(source, row)}
    told |= {"stories": 0, "partial": 0, "polling": False, "last_poll": None, "last_success": None, "next_poll": None}
    told |= {"failures": 0, "failing_since": None, "failure": None, "warning": None}
    told |= {"gaps": (), "missed": None, "why_next": ""}
    if row is None:
        return told
    state = row.state
    told |= {"stories": row.stories, "partial": row.partial, "polling": row.leased, "next_poll": state.due_at}
    names = ("last_poll", "last_success", "failures", "failing_since", "failure", "warning")
    missed = gaps.estimate(state.watch, now)
    told |= {"gaps": state.watch.gaps, "missed": missed, "why_next": why_next(source, state, language)}
    return told | {name: getattr(state, name) for name in names}


def hubs_told(source: Source, hubs: Sequence[Subscription], now: datetime) -> list[dict[str, Any]]:
    """What the hubs of a source's addresses do for it, as JSON has it."""
    return [
        {
            "url": hub.url,
            "hub": hub.hub,
            "state": agreement(hub, now),
            "last_push": hub.last_push,
            "refused": hub.refused,
        }
        for hub in hubs
        if hub.source_id == source.id and not hub.leaving
    ]


def why_next(source: Source, state: SourceState, language: Language) -> str:
    """Why the next poll of a source that is asked by its rhythm is when it is; "" for others."""
    if not source.auto or state.failure is not None or state.watch.rhythm is None:
        return ""
    told = rhythm.usual(state.watch.rhythm, state.due_at, source.timezone)
    span = {"first": f"{told.hour:%H:%M}", "last": f"{told.hour + timedelta(hours=1):%H:%M}"}
    if told.stories >= 1:
        return language.count("source.usual", round(told.stories), **span)
    return language.count("source.rare", max(2, round(1 / max(told.stories, 0.001))), **span)


def _named(endpoints: Sequence[Mapping[str, Any]], key: str, one: str, many: str) -> list[str]:
    """Who of the endpoints is so, by name where it is one."""
    found = [item for item in endpoints if item[key]]
    if len(found) == 1:
        return [f"{found[0]['kind']} {found[0]['id']} {one}"]
    return [f"{len(found)} endpoints {many}"] if found else []


def count_of(number: int, noun: str, many: str = "") -> str:
    """``1 source``, ``2,000 sources``."""
    return f"{number:,} {noun if number == 1 else many or f'{noun}s'}"


_STATUS = re.compile(r"\bstatus (\d{3})\b|\b(?:HTTP )?([45]\d{2})\b")
_KINDS = (
    ("scripts", re.compile(r"built by scripts|\[browser\]", re.IGNORECASE)),
    ("login", re.compile(r"unlike all before|no stories|none of what|log.?in", re.IGNORECASE)),
    ("robots", re.compile(r"robots\.txt", re.IGNORECASE)),
    ("certificate", re.compile(r"certificate|TLS|SSL", re.IGNORECASE)),
    ("name", re.compile(r"resolve|name or service|no address|nodename", re.IGNORECASE)),
    ("refused", re.compile(r"allow_networks|private|loopback", re.IGNORECASE)),
    ("slow", re.compile(r"time|slow", re.IGNORECASE)),
)


def what_to_do(failure: Failure, name: str, language: Language) -> str:
    """A sentence on what to do about a failure of the source ``name``."""
    return language.say(f"advice.{advice(failure)}", id=name, url=failure.url)


def advice(failure: Failure) -> str:
    """Which kind of failure it is, for what to do about it (``advice`` in the languages' files)."""
    for name, pattern in _KINDS:
        if pattern.search(failure.cause):
            return name
    found = _STATUS.search(failure.cause)
    status = int(found[1] or found[2]) if found else 0
    if status in (404, 410):
        return "moved"
    if status == 429:
        return "often"
    return "forbidden" if 400 <= status < 500 else "broken" if status >= 500 else "other"

"""When an endpoint hears of events one by one, when not at all, and when of many at once.

Rules:

1. In its quiet hours an endpoint gets nothing. What came meanwhile, and was not sent before, follows in one digest.
2. An endpoint with a digest gets everything so, at fixed times of its own clock: which events go together follows from
   when they were made, so a process that dies between loses none and doubles none.
3. What goes beyond its rate waits until there is room again, and then goes in one digest.
4. An event that was ever sent by itself, or may have been, is sent again by itself: never under two ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from feeds.deciding.events import MAX_EVENT
from feeds.deciding.identity import event_id
from feeds.deciding.retry import BROKEN
from feeds.model import DIGEST, Endpoint, Event, Every, Quiet, Terms, Waiting

MOST = 500  # events in one digest; more are several
MAX_SUMMARY = 1_000  # characters of each story's lead
DAY = 24 * 60  # minutes


def terms(endpoint: Endpoint, now: datetime) -> Terms:
    """What the endpoint may get at ``now``."""
    local = now.astimezone(ZoneInfo(endpoint.timezone))
    if endpoint.quiet is not None and _is_quiet(endpoint.quiet, local):
        return Terms(quiet=True)
    gathered = _last_end(endpoint.quiet, local) if endpoint.quiet is not None else None
    if endpoint.digest is not None:
        gathered = max(filter(None, (gathered, _last_time(endpoint.digest, local))))
    alone = endpoint.digest is None
    return Terms(alone=alone, gathered=gathered, rate=endpoint.rate, merge=endpoint.merge, broken=BROKEN)


def _is_quiet(quiet: Quiet, local: datetime) -> bool:
    minute = local.hour * 60 + local.minute
    if quiet.start <= quiet.end:
        return quiet.start <= minute < quiet.end
    return minute >= quiet.start or minute < quiet.end


def _last_end(quiet: Quiet, local: datetime) -> datetime:
    """When the last quiet hours ended."""
    return _last_minute(quiet.end, local)


def _last_time(every: Every, local: datetime) -> datetime:
    """The last time at which a digest was due. Those of a day are counted from its midnight."""
    if every.at is not None:
        return _last_minute(every.at, local)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    passed = (local - midnight).total_seconds()  # on the wall: an hour that is skipped or repeated moves no digest
    return midnight + timedelta(seconds=passed // every.seconds * every.seconds)


def _last_minute(minute: int, local: datetime) -> datetime:
    """When the clock last showed this minute of the day. (One that is skipped in spring comes an hour later.)"""
    found = local.replace(hour=minute // 60, minute=minute % 60, second=0, microsecond=0)
    return found if found <= local else found - timedelta(days=1)


def fitting(endpoint: Endpoint, waiting: Sequence[Waiting], now: datetime) -> tuple[Sequence[Waiting], Event]:
    """As many of these, from the first on, as one digest may carry without being too large for receivers; and it."""
    event = digest(endpoint, waiting, now)
    while len(event.payload) > MAX_EVENT and len(waiting) > 1:
        waiting = waiting[: len(waiting) // 2]
        event = digest(endpoint, waiting, now)
    return waiting, event


def digest(endpoint: Endpoint, waiting: Sequence[Waiting], now: datetime) -> Event:
    """One event that carries these: ``{"events": [ids], "articles": […], "notices": […]}``.

    Articles are grouped by source, the source with the newest story first, and newest first; what several sources tell
    alike stands with the first, under ``also``. Of one story there is one article: what it came to. Everything else
    (sources that fail, endpoints that are disabled) is a notice. Stories come without their texts.
    """
    ids = [item.event.id for item in waiting]
    data = {
        "endpoint": endpoint.id,
        "events": ids,
        "articles": _grouped(waiting),
        "notices": [_body(item.event) for item in waiting if not item.event.type.startswith("article.")],
    }
    mark = blake2b("\n".join(ids).encode(), digest_size=12).hexdigest()
    stamp = now.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Event(
        id=event_id(endpoint.id, DIGEST, mark),
        type=DIGEST,
        created=now,
        payload=msgspec.json.encode({"type": DIGEST, "timestamp": stamp, "data": data}),
    )


def _grouped(waiting: Sequence[Waiting]) -> list[dict[str, Any]]:
    stories: dict[tuple[str | None, str | None], dict[str, Any]] = {}
    clusters: dict[tuple[str | None, str | None], int | None] = {}
    for item in waiting:  # in the order in which they happened
        if not item.event.type.startswith("article."):
            continue
        of = (item.event.source_id, item.event.entry_id)
        told = _article(item.event)
        before = stories.pop(of, None)
        if before is not None and before["type"] == "article.published" and told["type"] == "article.revised":
            told |= {"type": "article.published", "changes": None}  # nobody has seen what it was before
        stories[of] = told
        clusters[of] = item.cluster
    firsts: dict[int, dict[str, Any]] = {}
    shown = []
    for of, told in reversed(stories.items()):  # the newest first
        shown.append((of, told))
    for of, told in stories.items():
        cluster = clusters[of]
        if cluster is not None:
            first = firsts.setdefault(cluster, told)
            if first is not told:
                also = {"source": told["source"], "title": told["article"]["title"], "url": told["article"]["url"]}
                first["also"].append(also)
                shown.remove((of, told))
    order = {name: place for place, name in enumerate(dict.fromkeys(of[0] for of, _ in shown))}
    return [told for of, told in sorted(shown, key=lambda item: order[item[0][0]])]


def _article(event: Event) -> dict[str, Any]:
    """What a digest tells of a story."""
    body = _body(event)
    data, article = body["data"], body["data"]["article"]
    names = ("id", "url", "title", "summary", "authors", "published", "updated", "language", "images", "revision")
    told = {name: article[name] for name in names if name in article}
    summary = told.get("summary")
    if summary and len(summary) > MAX_SUMMARY:
        told["summary"] = summary[:MAX_SUMMARY].rpartition(" ")[0] + " …"
    told["images"] = (told.get("images") or [])[:1]
    changes = data.get("changes")
    return {
        "type": body["type"],
        "event": event.id,
        "source": data["source"],
        "feeds": data["feeds"],
        "article": told,
        "changes": {"fields": changes["fields"]} if changes else None,
        "also": [],
    }


def _body(event: Event) -> dict[str, Any]:
    return msgspec.json.decode(event.payload, type=dict[str, Any])

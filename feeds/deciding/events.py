"""What subscribers are told, as the bodies of webhooks: JSON in the shape that `docs/reference/events.md` fixes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

from feeds.deciding.difference import Difference
from feeds.deciding.identity import event_id
from feeds.deciding.rules import Audience
from feeds.model import (
    FEED_CHANGED,
    Article,
    Endpoint,
    Event,
    EventType,
    Gap,
    Source,
    SourceState,
    Story,
)

MAX_EVENT = 1_000_000  # bytes; receivers refuse larger ones (nginx takes one megabyte unless told otherwise)


def article_event(
    kind: EventType,
    source: Source,
    story: Story,
    article: Article,
    feeds: Sequence[str],
    now: datetime,
    changes: Difference | None = None,
) -> Event | None:
    """``article.published``, ``.revised`` or ``.removed``, of a story that these ``feeds`` show; None where none does.

    An event of more than `MAX_EVENT` bytes comes without the text, ``text`` and ``content_html`` being null, and where
    that is not enough, without what changed: it names the story's address.
    """
    if not feeds:
        return None
    told = _article(story, article)
    data = {
        "source": _source(source),
        "feeds": list(feeds),
        "article": told,
        "changes": msgspec.to_builtins(changes) if changes else None,
    }
    payload = _body(kind, now, data)
    if len(payload) > MAX_EVENT:
        told |= {"text": None, "content_html": None}
        payload = _body(kind, now, data)
    if len(payload) > MAX_EVENT and changes:
        data["changes"] = msgspec.to_builtins(Difference(fields=changes.fields))
        payload = _body(kind, now, data)
    # A story that is removed, comes back and is removed again makes two events: the time tells them apart. So does the
    # text of a revision: after a restored backup, its number may come again with another one.
    again = {"article.removed": (stamp(now),), "article.revised": (story.fingerprint,)}.get(kind, ())
    return Event(
        id=event_id(source.id, story.entry_id, kind, story.revision, *again),
        type=kind,
        source_id=source.id,
        created=now,
        payload=payload,
        entry_id=story.entry_id,
        revision=story.revision,
    )


def failing_event(source: Source, state: SourceState, audience: Audience, now: datetime) -> Event:
    """``source.failing``: with address, cause, since when, and what to do."""
    failure = state.failure
    since = state.failing_since or now
    told = None
    if failure is not None:
        told = {
            "url": failure.url,
            "cause": failure.cause,
            "since": stamp(since),
            "next_poll": stamp(state.due_at),
            "hint": f"open {failure.url} in a browser; bantin preview shows what bantin reads there",
        }
    data = {"failure": told}
    return _source_event("source.failing", source, audience, now, data, stamp(since), state.failures)


def recovered_event(source: Source, state: SourceState, audience: Audience, now: datetime, stories: int) -> Event:
    """``source.recovered``: how long it failed, and how many ``stories`` the first good poll brought.

    ``state`` is the source's before that poll.
    """
    since = state.failing_since or now
    failure = state.failure
    data = {
        "failure": None if failure is None else {"url": failure.url, "cause": failure.cause, "since": stamp(since)},
        "outage": {"since": stamp(since), "seconds": round((now - since).total_seconds()), "new_stories": stories},
    }
    return _source_event("source.recovered", source, audience, now, data, stamp(since), state.failures)


def gap_event(source: Source, gap: Gap, audience: Audience, now: datetime) -> Event:
    """``source.gap``: on which list stories may have been missed, from when to when, and why that stayed open."""
    told = {
        "url": gap.url,
        "from": stamp(gap.since),
        "to": stamp(gap.until) if gap.until else None,
        "cause": gap.why,
        "hint": f"look through {gap.url} for that time; a shorter interval keeps it from happening again",
    }
    return _source_event("source.gap", source, audience, now, {"gap": told}, gap.url, stamp(gap.at))


def _source_event(
    kind: EventType, source: Source, audience: Audience, now: datetime, data: dict[str, Any], *marks: object
) -> Event:
    """``marks`` are what tells it from others of the kind and the source: the same happening has one id."""
    feeds = [feed.id for feed in audience.feeds_of(source.id)]
    return Event(
        id=event_id(source.id, kind, *marks),
        type=kind,
        source_id=source.id,
        created=now,
        payload=_body(kind, now, {"source": _source(source), "feeds": feeds, **data}),
    )


def disabled_event(endpoint: Endpoint, why: str, waiting: int, now: datetime) -> Event:
    """``endpoint.disabled``: nothing more is sent there; ``waiting`` deliveries stay, for the day it is put back."""
    data = {
        "endpoint": {"id": endpoint.id, "kind": endpoint.kind},
        "cause": why,
        "waiting": waiting,
        "hint": f"see what became of it; then: bantin notify enable {endpoint.id}",
    }
    kind = "endpoint.disabled"
    return Event(id=event_id(endpoint.id, kind, stamp(now)), type=kind, created=now, payload=_body(kind, now, data))


def changed_event(source: Source, audience: Audience, now: datetime) -> Event | None:
    """``feed.changed``: what a hub is sent when the feeds of a source show something else; None where there is none.

    WebSub leaves to hubs how they are told. What they understand is PubSubHubbub's form (0.4, section 7.1), in which
    ``hub.url`` may be there several times.
    """
    if audience.topics is None:
        return None
    topics = audience.topics
    feeds = audience.feeds_of(source.id)
    urls = [f"{topics.base}feeds/{feed.id}.{name}" for feed in feeds for name in topics.formats]
    return Event(
        id=event_id(source.id, FEED_CHANGED, stamp(now)),
        type=FEED_CHANGED,
        source_id=source.id,
        created=now,
        payload=urlencode([("hub.mode", "publish"), *(("hub.url", url) for url in urls)]).encode(),
    )


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC, with ``Z``, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _source(source: Source) -> dict[str, str]:
    return {"id": source.id, "title": source.title}


def _article(story: Story, article: Article) -> dict[str, Any]:
    return {
        "id": story.entry_id,
        "url": story.url,
        "title": article.title,
        "summary": article.summary,
        "authors": list(article.authors),
        "published": stamp(article.published) if article.published else None,
        "updated": stamp(story.updated),
        "language": article.language,
        "images": [{"url": i.url, "caption": i.caption, "alt": i.alt} for i in article.images],
        "media": [
            {key: value or None if key == "bytes" else value for key, value in one.items() if key != "name"}
            for one in msgspec.to_builtins(article.media)
        ],
        "tags": list(article.tags),
        "text": article.body_text,
        "content_html": article.content_html,
        "credit": article.credit,
        "fingerprint": story.fingerprint,
        "revision": story.revision,
        "partial": story.partial,
    }


def _body(kind: str, now: datetime, data: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"type": kind, "timestamp": stamp(now), "data": data})

"""Who hears of an event: what each endpoint asks for, and why it does not hear of the rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

import msgspec

from feeds.deciding.filters import Judge, Rules
from feeds.model import FEED_CHANGED, Article, Delivery, Endpoint, Event, FeedSpec

CHANGES = ("title", "summary", "text", "images", "media")  # that may be asked for; pictures: of galleries only


class Topics(msgspec.Struct, frozen=True, kw_only=True):
    """How hubs know feeds: by addresses under ``base``, one for each of ``formats``."""

    base: str
    formats: tuple[str, ...]


class Audience(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Who may hear of an event: the feeds that stories go to, and the endpoints that listen. ``topics``: for a hub."""

    feeds: tuple[FeedSpec, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    topics: Topics | None = None

    def feeds_of(self, source_id: str) -> list[FeedSpec]:
        """The feeds that show stories of the source."""
        return self._by_source.get(source_id, [])

    @cached_property
    def _by_source(self) -> dict[str, list[FeedSpec]]:
        found: dict[str, list[FeedSpec]] = {}
        for feed in self.feeds:
            for source_id in feed.sources:
                found.setdefault(source_id, []).append(feed)
        return found


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What an event is about: its feeds, its story, and which of the story's fields changed."""

    feeds: Collection[str] = ()
    article: Article | None = None
    changed: Sequence[str] = ()


def deliveries(event: Event, audience: Audience, told: Told, judge: Judge) -> list[Delivery]:
    """One delivery for each endpoint that asks for such events."""
    return [
        Delivery(event_id=event.id, endpoint_id=endpoint.id)
        for endpoint in audience.endpoints
        if refusal(endpoint, event.type, told, judge) is None
    ]


def refusal(endpoint: Endpoint, kind: str, told: Told, judge: Judge) -> str | None:
    """Why the endpoint does not hear of such an event; None: it does."""
    if (kind == FEED_CHANGED) != (endpoint.channel == "websub"):
        return "a hub hears of feeds, and nobody else"
    if kind == FEED_CHANGED:
        return None
    if kind not in endpoint.events:
        return f"events does not name {kind}"
    if endpoint.feeds and kind != "endpoint.disabled" and not set(endpoint.feeds) & set(told.feeds):
        return f"none of its feeds has it ({', '.join(endpoint.feeds)})"
    if kind == "article.revised" and endpoint.changes and not set(endpoint.changes) & set(told.changed):
        return f"changed: {', '.join(told.changed) or 'something else'}; changes asks for {', '.join(endpoint.changes)}"
    return _refused_story(endpoint, told.article, judge) if told.article is not None else None


def _refused_story(endpoint: Endpoint, article: Article, judge: Judge) -> str | None:
    authors = {name.casefold() for name in article.authors}
    if endpoint.authors and authors.isdisjoint(name.casefold() for name in endpoint.authors):
        return (
            f"by {', '.join(article.authors) or 'nobody who is named'}; authors asks for {', '.join(endpoint.authors)}"
        )
    asked = {"sections": Rules(sections=endpoint.sections), "tags": Rules(tags=endpoint.tags)}
    for name, rules in asked.items():
        if judge.verdict(rules, article) is False:
            return f"none of its {name} ({', '.join(getattr(endpoint, name))})"
    if endpoint.include and judge.verdict(Rules(include=(endpoint.include,)), article) is False:
        return "include is not found in it"
    if endpoint.exclude and judge.verdict(Rules(exclude=endpoint.exclude), article) is False:
        return "exclude is found in it"
    return None

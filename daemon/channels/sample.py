"""An invented event of each kind, for trying an endpoint and its templates out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from daemon.channels import Hands, apart
from feeds.deciding.difference import compare
from feeds.deciding.digests import digest
from feeds.deciding.events import article_event, disabled_event, failing_event, gap_event, recovered_event
from feeds.deciding.identity import entry_id
from feeds.deciding.rules import Audience
from feeds.errors import TemplateError
from feeds.model import DIGEST, Article, Endpoint, Event, Failure, Gap, Image, Source, SourceState, Story, Waiting

URL = "https://news.example/a-test-of-alerts"
_ARTICLE = Article(
    url=URL,
    title="Đây là tin thử của bantin: “the bridge is open” & more",
    summary="A story that bantin has invented, to see whether alerts arrive. Nothing has happened.",
    authors=("bantin",),
    language="en",
    body_text="This is a test of alerts.\n\nNothing has happened.",
    content_html="<p>This is a test of alerts.</p><p>Nothing has happened.</p>",
    images=(Image(url="https://news.example/a-test.jpg"),),
)


async def faults(endpoint: Endpoint, hands: Hands, now: datetime) -> list[str]:
    """What is wrong with an endpoint's address or templates, tried with a sample of each event that it may get."""
    if endpoint.channel != "apprise" and not endpoint.body:
        return []
    found: dict[str, None] = {}
    gathers = endpoint.digest or endpoint.quiet or endpoint.rate
    for event in samples(endpoint, now):
        if event.type in endpoint.events or (event.type == DIGEST and gathers):
            try:
                await hands.apart(endpoint.id, apart.previewed, event.payload, endpoint)
            except (TemplateError, ValueError, OSError) as error:
                found[f"[[{endpoint.kind}]] {endpoint.id}: {error}"] = None
    return list(found)


def sample(endpoint: Endpoint, now: datetime, kind: str = "article.published") -> Event:
    """The sample of one kind."""
    return next(event for event in samples(endpoint, now) if event.type == kind)


def samples(endpoint: Endpoint, now: datetime) -> Iterator[Event]:
    """One event of each kind that the endpoint may get."""
    source = Source(id="test", title="A test by bantin", urls=("https://news.example/",), interval=600.0)
    story = Story(
        source_id="test", entry_id=entry_id(URL, 1), url=URL, first_seen=now, updated=now, fingerprint=f"test:{now}"
    )
    before = Article(url=URL, title="This was the headline before", body_text=_ARTICLE.body_text)
    changes = compare(before, _ARTICLE)
    told = [
        article_event("article.published", source, story, _ARTICLE, ["test"], now),
        article_event("article.revised", source, story, _ARTICLE, ["test"], now, changes),
        article_event("article.removed", source, story, _ARTICLE, ["test"], now),
    ]
    articles = [event for event in told if event is not None]
    yield from articles
    since = now - timedelta(hours=2)
    failure = Failure(url="https://news.example/", cause="HTTP 503", at=since)
    state = SourceState(id="test", due_at=now, failures=3, failing_since=since, failure=failure)
    yield failing_event(source, state, Audience(), now)
    yield recovered_event(source, state, Audience(), now, 2)
    gap = Gap(url="https://news.example/", why="the list names no older page", at=now, since=since, until=now)
    yield gap_event(source, gap, Audience(), now)
    yield disabled_event(endpoint, "it answered 410 Gone", 3, now)
    yield digest(endpoint, [Waiting(id=n, event=event) for n, event in enumerate(articles[:1], 1)], now)

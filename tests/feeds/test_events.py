"""What subscribers are told, who of them, and under which id."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from feeds.deciding.difference import compare
from feeds.deciding.events import MAX_EVENT, article_event, changed_event, failing_event, recovered_event
from feeds.deciding.filters import Judge
from feeds.deciding.rules import Audience, Told, Topics
from feeds.deciding.rules import deliveries as deliveries_to
from feeds.model import Delivery, Endpoint, Event, Failure, FeedSpec, Story
from tests.conftest import NOW
from tests.feeds.makers import SECRET, SITE, article, audience, source, state

STORY = Story(source_id="src", entry_id="urn:uuid:1", url=f"{SITE}a", first_seen=NOW, updated=NOW, fingerprint="2:a")
LATER = NOW + timedelta(hours=1)


def event(
    kind: str = "article.published", story: Story = STORY, text: str = "", feeds: tuple[str, ...] = ("src",)
) -> Event:
    found = article_event(kind, source(), story, article("a", text), feeds, NOW)
    assert found is not None
    return found


def data(of: Event) -> Any:
    return msgspec.json.decode(of.payload)["data"]


def test_the_same_event_has_the_same_id() -> None:
    """After a crash between the decision and its storing, an alert would go out twice."""
    assert event().id == event().id
    revised = msgspec.structs.replace(STORY, revision=2)
    again = msgspec.structs.replace(revised, fingerprint="2:b")
    ids = {event().id, event("article.revised", revised).id, event("article.revised", again).id}
    ids |= {event("article.removed").id, event(story=msgspec.structs.replace(STORY, entry_id="urn:uuid:2")).id}
    assert len(ids) == 5


def test_a_story_that_no_feed_shows_is_told_to_nobody() -> None:
    """An alert would go out for what the operator's rules leave out."""
    assert article_event("article.published", source(), STORY, article("a"), (), NOW) is None


def test_what_an_event_says_of_a_long_story() -> None:
    """A receiver would be sent a story of megabytes, and refuse it until it is dead."""
    short, long = event(text="x" * 1000), event(text="word " * (MAX_EVENT // 5))
    assert data(short)["article"]["text"] == "x" * 1000
    assert len(long.payload) <= MAX_EVENT
    told = data(long)["article"]
    assert (told["text"], told["content_html"], told["url"]) == (None, None, f"{SITE}a")


def test_what_changed_is_left_out_where_it_is_too_long() -> None:
    """A rewritten live blog would make an event that no endpoint takes."""
    old, new = (article("a", "\n\n".join(f"{word} {n}." for n in range(60_000))) for word in ("One", "Other"))
    found = article_event("article.revised", source(), STORY, new, ("src",), NOW, compare(old, new))
    assert found is not None
    assert len(found.payload) <= MAX_EVENT
    assert data(found)["changes"]["fields"] == ["text"]


def deliveries(told: Event, of: Audience) -> list[Delivery]:
    return deliveries_to(told, of, Told(feeds=["src"]), Judge())


@pytest.mark.parametrize(
    ("events", "feeds", "hears"),
    [
        (("article.published",), (), True),
        (("article.revised",), (), False),
        (("article.published",), ("src",), True),
        (("article.published",), ("other",), False),
        (("article.published",), ("other", "src"), True),
    ],
)
def test_who_hears_of_it(events: tuple[str, ...], feeds: tuple[str, ...], hears: bool) -> None:
    """A newsroom would get the alerts of another desk, or none."""
    hook = Endpoint(id="hook", url="https://hook.example/", secrets=(SECRET,), events=events, feeds=feeds)
    assert bool(deliveries(event(), audience(endpoints=(hook,)))) is hears


def test_only_hubs_hear_of_feeds() -> None:
    """Every webhook would be sent forms that it does not understand, or the hub an article."""
    hooks = (
        Endpoint(
            id="hook", url="https://hook.example/", secrets=(SECRET,), events=("feed.changed", "article.published")
        ),
        Endpoint(id="hub", url="https://hub.example/", secrets=("",), events=("feed.changed",), channel="websub"),
    )
    topics = Topics(base="https://feeds.example/", formats=("atom", "rss"))
    of = audience(endpoints=hooks, topics=topics)
    changed = changed_event(source(), of, NOW)
    assert changed is not None
    assert b"hub.url=https%3A%2F%2Ffeeds.example%2Ffeeds%2Fsrc.rss" in changed.payload
    assert [delivery.endpoint_id for delivery in deliveries(changed, of)] == ["hub"]
    assert [delivery.endpoint_id for delivery in deliveries(event(), of)] == ["hook"]
    assert changed_event(source(), audience(endpoints=hooks), NOW) is None


def test_a_source_that_fails_says_where_and_why() -> None:
    """An alarm would leave its reader to find out what is broken."""
    failure = Failure(url=f"{SITE}list", cause="HTTP 503", at=NOW)
    failing = state(failure=failure, failures=3, failing_since=NOW)
    told = failing_event(source(), failing, audience(), LATER)
    failed = data(told)["failure"]
    assert (failed["url"], failed["cause"], failed["since"]) == (f"{SITE}list", "HTTP 503", "2026-11-21T10:00:00Z")
    assert "bantin preview" in failed["hint"]
    again = failing_event(source(), msgspec.structs.replace(failing, failing_since=LATER), audience(), LATER)
    assert told.id != again.id
    assert data(told)["feeds"] == ["src"]


def test_a_source_that_recovered_says_how_long_it_was_gone() -> None:
    """An operator would not know how much of the day may be missing."""
    failing = state(failures=3, failing_since=NOW)
    told = data(recovered_event(source(), failing, audience(), NOW + timedelta(hours=2), 7))
    assert told["outage"] == {"since": "2026-11-21T10:00:00Z", "seconds": 7200, "new_stories": 7}


def test_feeds_of_a_source_are_found_at_once() -> None:
    """A source would alert the subscribers of feeds that do not show it."""
    feeds = (FeedSpec(id="one", title="", sources=("src", "x")), FeedSpec(id="two", title="", sources=("x",)))
    of = audience(feeds=feeds)
    assert [feed.id for feed in of.feeds_of("src")] == ["one"]
    assert [feed.id for feed in of.feeds_of("x")] == ["one", "two"]
    assert of.feeds_of("y") == []

"""What a poll found, decided: the rules at the head of `feeds.deciding.changes`."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from feeds.deciding.fingerprint import fingerprint
from feeds.deciding.identity import entry_id
from feeds.deciding.rules import Topics
from feeds.model import Endpoint, Failure, Listing
from tests.conftest import NOW
from tests.feeds.makers import SITE, History, article, audience, listing, outcome, read, teaser

LATER = NOW + timedelta(minutes=30)


def test_new_story() -> None:
    """A new story would not reach the feed, or would reach the newsroom twice or never."""
    history = History()
    changes = history.poll(read("a"))
    (story,) = changes.stories
    assert (story.entry_id, story.revision, story.partial) == (entry_id(f"{SITE}a"), 1, False)
    assert [event.type for event in changes.events] == ["article.published"]
    assert [(d.event_id, d.endpoint_id) for d in changes.deliveries] == [(changes.events[0].id, "hook")]
    assert changes.visible
    assert changes.tally.new == 1


def test_same_text_again_is_nothing() -> None:
    """Readers would be told of edits that nobody made."""
    history = History()
    history.poll(read("a"))
    curly = article("a", title="Headline  a of the day\u00ad", content_html="<div>other markup</div>")
    changes = history.poll(read("a", curly), now=LATER)
    assert (changes.events, changes.revisions, changes.visible) == ((), (), False)


def test_edit_is_a_revision_of_the_same_entry() -> None:
    """An edited headline would show up as a second story in every reader."""
    history = History()
    history.poll(read("a"))
    edited = article("a", title="Headline a of the evening")
    changes = history.poll(read("a", edited), now=LATER)
    (story,) = changes.stories
    assert (story.entry_id, story.revision, story.updated) == (entry_id(f"{SITE}a"), 2, LATER)
    (event,) = changes.events
    told = msgspec.json.decode(event.payload)["data"]
    assert event.type == "article.revised"
    assert told["changes"]["fields"] == ["title"]
    assert {"op": "insert", "text": "evening"} in told["changes"]["title"]


def test_same_text_at_two_addresses_is_one_story() -> None:
    """A story listed under two sections would be in the feed twice."""
    history = History()
    same = article("a")
    changes = history.poll(read("a", same), read("b", msgspec.structs.replace(same, url=f"{SITE}b")))
    assert len(changes.stories) == len(changes.events) == 1
    assert set(changes.addresses.values()) == {changes.stories[0].entry_id}
    assert {name for name in changes.addresses if name.startswith("https:")} == {f"{SITE}a", f"{SITE}b"}


def test_address_after_redirect_names_the_story() -> None:
    """A story that lists link through a redirect would get another id once they link it directly."""
    history = History()
    history.poll(read("short", article("long"), final_url=f"{SITE}long"))
    changes = history.poll(read("long", article("long")), now=LATER)
    assert [s.entry_id for s in history.shown] == [entry_id(f"{SITE}long")]
    assert changes.events == ()


@pytest.mark.parametrize("canonical", [f"{SITE}list", SITE])
def test_canonical_link_to_a_list_is_not_believed(canonical: str) -> None:
    """On a site whose pages all name their section as canonical, every story would become a revision of one."""
    history = History()
    changes = history.poll(
        read("a", article("a", url=canonical)), read("b", article("b", "Wholly other words here", url=canonical))
    )
    assert sorted(s.url for s in changes.stories) == [f"{SITE}a", f"{SITE}b"]


def test_canonical_link_to_another_story_is_not_believed() -> None:
    """A template's left-over canonical link would merge different stories."""
    history = History()
    history.poll(read("a"))
    other = article("b", "Nothing of this was said before anywhere", title="Quite unlike", url=f"{SITE}a")
    changes = history.poll(read("b", other, teaser=teaser("b", title="Quite unlike")), now=LATER)
    assert [e.type for e in changes.events] == ["article.published"]
    assert len(history.shown) == 2


def test_reused_address_is_a_new_story() -> None:
    """Tomorrow's bulletin at today's address would be announced as an edit of today's."""
    history = History()
    history.poll(read("bulletin"))
    unlike = article("bulletin", "Rừng ngập mặn xanh trở lại sau bão lớn", title="Rừng ngập mặn")
    changes = history.poll(read("bulletin", unlike, teaser=teaser("bulletin", title="Rừng ngập mặn")), now=LATER)
    assert [e.type for e in changes.events] == ["article.published"]
    assert {s.entry_id for s in history.shown} == {entry_id(f"{SITE}bulletin", 1), entry_id(f"{SITE}bulletin", 2)}
    third = article("bulletin", "Đua thuyền trên sông mở hội đầu xuân", title="Đua thuyền")
    history.poll(read("bulletin", third, teaser=teaser("bulletin", title="Đua thuyền")), now=LATER)
    assert entry_id(f"{SITE}bulletin", 3) in history.stories


def test_page_before_the_story_is_no_new_story() -> None:
    """A login or consent page that a site puts before a story would be announced as news."""
    history = History()
    history.poll(read("a"))
    wall = article("a", "Please sign in to continue to our service", title="Sign in")
    changes = history.poll(read("a", wall, teaser=teaser("a")), now=LATER)
    assert (changes.events, changes.revisions) == ((), ())


def test_text_that_a_site_closes_later_is_kept() -> None:
    """Readers would lose the text of a story that goes behind a paywall after some hours."""
    history = History()
    history.poll(read("a"))
    stub = article("a", "Story a tells of a", truncated=True)
    changes = history.poll(read("a", stub), now=LATER)
    assert (changes.events, changes.revisions) == ((), ())


@pytest.mark.parametrize("kind", ["failed", "gone", "skipped"])
def test_unreadable_page_is_published_from_its_teaser(kind: str) -> None:
    """A story whose page breaks would never reach anyone."""
    history = History()
    changes = history.poll(outcome(kind, "a", cause="HTTP 500"))
    (story,) = changes.stories
    assert story.partial
    assert story.next_look is not None
    told = msgspec.json.decode(changes.events[0].payload)["data"]["article"]
    assert (told["partial"], told["title"]) == (True, "Headline a of the day")


def test_completing_a_partial_story_tells_nobody() -> None:
    """The newsroom would be alerted twice of a story whose page was slow to come."""
    history = History()
    history.poll(outcome("failed", "a"))
    changes = history.poll(read("a"), now=LATER)
    (story,) = changes.stories
    assert (story.partial, story.revision, story.entry_id) == (False, 1, entry_id(f"{SITE}a"))
    assert changes.events == ()
    assert changes.revisions[0].number == 1
    assert changes.visible


def test_partial_story_that_turns_out_known_leaves_the_feed() -> None:
    """A story whose second address was unreadable at first would stay in the feed twice."""
    history = History()
    history.poll(read("a"), outcome("failed", "b"))
    assert len(history.shown) == 2
    history.poll(read("b", article("a", url=f"{SITE}b")), now=LATER)
    assert [s.entry_id for s in history.shown] == [entry_id(f"{SITE}a")]
    assert history.known.by_key["https://news.example/b"].entry_id == entry_id(f"{SITE}a")


def test_disallowed_page_is_never_asked_for_again() -> None:
    """bantin would keep knocking where robots.txt asks it not to."""
    changes = History().poll(outcome("disallowed", "a", cause="robots.txt asks not to fetch this page"))
    assert (changes.stories[0].reason, changes.stories[0].next_look) == ("disallowed", None)


def test_removal_needs_two_looks() -> None:
    """One 404 during a site's deployment would withdraw a story from every reader."""
    history = History()
    history.poll(read("a"))
    story = next(iter(history.stories.values()))
    first = history.poll(outcome("gone", "a", story=story), now=LATER)
    assert first.events == ()
    assert first.stories[0].next_look == LATER + timedelta(minutes=10)
    early = history.poll(outcome("gone", "a"), now=LATER + timedelta(seconds=59))
    assert early.events == ()
    sure = history.poll(outcome("gone", "a"), now=LATER + timedelta(minutes=10))
    assert [e.type for e in sure.events] == ["article.removed"]
    assert history.shown == []
    assert history.poll(outcome("gone", "a"), now=LATER + timedelta(hours=2)).events == ()


def test_story_that_comes_back_is_shown_again() -> None:
    """A story withdrawn by mistake would stay hidden from readers for ever."""
    history = History()
    history.poll(read("a"))
    history.poll(outcome("gone", "a"), now=LATER)
    history.poll(outcome("gone", "a"), now=LATER + timedelta(hours=1))
    changes = history.poll(read("a"), now=LATER + timedelta(hours=2))
    assert len(history.shown) == 1
    assert changes.visible
    assert changes.events == ()


def test_redirect_to_another_story_is_a_removal() -> None:
    """A story that its site sends to another one would be published as that one's twin."""
    history = History()
    history.poll(read("a"), read("b", article("b", "Other words entirely, of another thing")))
    away = read("a", article("b", "Other words entirely, of another thing"), final_url=f"{SITE}b")
    history.poll(away, now=LATER)
    history.poll(away, now=LATER + timedelta(hours=1))
    assert history.events == ["article.published", "article.published", "article.removed"]
    assert [s.entry_id for s in history.shown] == [entry_id(f"{SITE}b")]


def test_never_read_story_is_not_withdrawn_while_listed() -> None:
    """Stories whose pages are 404 from the start would vanish from the feed though the site still lists them."""
    history = History()
    history.poll(outcome("gone", "a"))
    unchanged = [Listing(url=f"{SITE}list")]
    for hours in (1, 2, 3):
        history.poll(outcome("gone", "a", teaser=None), now=NOW + timedelta(hours=hours), lists=unchanged)
    assert len(history.shown) == 1
    for hours in (4, 5):
        history.poll(outcome("gone", "a", teaser=None), now=NOW + timedelta(hours=hours), lists=[listing()])
    assert history.shown == []


def test_backlog_is_published_silently() -> None:
    """Subscribing to a site would flood the newsroom with last week's stories."""
    history = History()
    changes = history.poll(read("a", backlog=True), outcome("failed", "b", backlog=True))
    assert changes.events == ()
    assert len(history.shown) == 2
    completed = history.poll(read("b", article("b", "Now it can be read in full")), now=LATER)
    assert completed.events == ()
    edited = history.poll(read("a", article("a", "Story a tells of a and of something new")), now=LATER)
    assert [e.type for e in edited.events] == ["article.revised"]


def test_date_in_the_future_is_treated_as_absent() -> None:
    """One mistyped year would pin a story to the top of every reader for a year."""
    changes = History().poll(read("a", article("a", published=NOW + timedelta(days=2))))
    assert changes.revisions[0].article.published is None
    assert "future" in (changes.stories[0].warning or "")
    assert changes.stories[0].updated == NOW


def test_undated_stories_keep_the_order_of_the_list() -> None:
    """The newest story of a site without dates would stand at the end of the feed."""
    changes = History().poll(read("new"), read("mid", article("mid", "m")), read("old", article("old", "o")))
    assert [s.url.rpartition("/")[2] for s in changes.stories] == ["old", "mid", "new"]


def test_story_that_no_feed_shows_is_not_announced() -> None:
    """The newsroom would be alerted of stories that its own rules exclude."""
    history = History(exclude=("headline",))
    assert history.poll(read("a")).events == ()
    assert len(history.shown) == 1  # stored all the same: rules can change


def test_failures_put_off_and_are_told_once() -> None:
    """A site that breaks would be hammered, or break in silence, or be reported at every poll."""
    history = History(interval=60.0)
    broken = [Listing(url=f"{SITE}list", failure=Failure(url=f"{SITE}list", cause="HTTP 500", at=NOW))]
    waits = []
    for number in range(5):
        changes = history.poll(lists=broken, now=NOW + timedelta(minutes=number))
        waits.append((changes.state.due_at - changes.state.last_poll).total_seconds())
    assert waits == [60, 60, 120, 240, 480]
    assert history.events == ["source.failing"]
    good = history.poll(lists=[listing()], now=LATER)
    assert history.events == ["source.failing", "source.recovered"]
    assert (good.state.failures, good.state.failure, good.state.failing_since) == (0, None, None)


def test_failing_for_an_hour_is_told_without_three_failures() -> None:
    """A source that is polled every two hours would fail for six before anyone hears of it."""
    history = History(interval=7200.0)
    broken = [Listing(url=f"{SITE}list", failure=Failure(url=f"{SITE}list", cause="HTTP 500", at=NOW))]
    history.poll(lists=broken)
    assert history.events == []
    history.poll(lists=broken, now=NOW + timedelta(hours=2))
    assert history.events == ["source.failing"]


def test_one_bad_list_of_two_is_a_failed_poll_that_is_not_put_off() -> None:
    """A section that was renamed would fail in silence, or slow down the sections that work."""
    history = History(urls=(f"{SITE}list", f"{SITE}other"), interval=60.0)
    failure = Failure(url=f"{SITE}other", cause="HTTP 404", at=NOW)
    lists = [listing(teaser("a")), Listing(url=f"{SITE}other", failure=failure)]
    changes = history.poll(read("a"), lists=lists)
    assert len(changes.stories) == 1
    assert changes.state.failure == failure
    assert changes.state.due_at == NOW + timedelta(seconds=60)


def test_events_have_the_same_ids_when_a_poll_is_repeated() -> None:
    """After a crash between commit and delivery a receiver could not tell a repeat from news."""
    one, two = (History().poll(read("a")) for _ in range(2))
    assert [event.id for event in one.events] == [event.id for event in two.events]


def test_source_without_full_text_follows_its_teasers() -> None:
    """A source that is watched by its list alone would never show a corrected headline."""
    history = History(full_text=False)
    first = history.poll(outcome("skipped", "a"))
    assert (first.stories[0].partial, first.stories[0].next_look) == (False, None)
    new = teaser("a", title="Headline a, corrected")
    changes = history.poll(outcome("skipped", "a", teaser=new), now=LATER)
    assert [e.type for e in changes.events] == ["article.revised"]


def test_webhook_hears_only_of_its_feeds_and_types() -> None:
    """A desk would get the alerts of another."""
    hooks = audience().endpoints
    sports = msgspec.structs.replace(hooks[0], id="sports", feeds=("sports",))
    quiet = msgspec.structs.replace(hooks[0], id="quiet", events=("article.removed",))
    history = History()
    history.audience = audience(endpoints=(*hooks, sports, quiet))
    assert [d.endpoint_id for d in history.poll(read("a")).deliveries] == ["hook"]


def test_fingerprint_of_what_is_stored_is_that_of_the_article() -> None:
    """Every story would look changed at the second look."""
    changes = History(language="vi").poll(read("a"))
    assert changes.stories[0].fingerprint == fingerprint(changes.revisions[0].article)


def test_removed_story_is_asked_for_again() -> None:
    """A site's outage of an hour would take its stories out of every reader for good."""
    history = History()
    history.poll(read("a"))
    history.poll(outcome("gone", "a"), now=LATER)
    removed = history.poll(outcome("gone", "a"), now=LATER + timedelta(hours=1)).stories[0]
    assert removed.next_look == LATER + timedelta(hours=2)
    still = history.poll(outcome("gone", "a"), now=LATER + timedelta(days=9)).stories[0]
    assert still.next_look is None


def test_story_that_moves_to_another_text_is_removed() -> None:
    """A withdrawn story whose address leads to some other page would stay in the feed for ever."""
    history = History()
    history.poll(read("a"))
    other = article("z", "Nothing of this was ever said before anywhere", title="Quite unlike")
    away = read("a", other, final_url=f"{SITE}z", teaser=None)
    history.poll(away, now=LATER)
    assert history.poll(away, now=LATER + timedelta(hours=1)).tally.removed == 1


def test_hub_hears_of_what_feeds_show_and_of_nothing_else() -> None:
    """Subscribers through a hub would miss a change, or be woken at every poll."""
    hub = Endpoint(id="websub", url="https://hub.example/", secrets=("",), events=("feed.changed",), channel="websub")
    history = History()
    history.audience = audience(endpoints=(hub,), topics=Topics(base="https://f.example/", formats=("atom", "rss")))
    changes = history.poll(read("a"))
    (event,) = [event for event in changes.events if event.type == "feed.changed"]
    assert b"hub.url=https%3A%2F%2Ff.example%2Ffeeds%2Fsrc.atom&hub.url=" in event.payload
    assert [item.endpoint_id for item in changes.deliveries if item.event_id == event.id] == ["websub"]
    assert not [item for item in changes.deliveries if item.event_id != event.id], "a hub gets no alerts"
    again = history.poll(read("a"), now=NOW + timedelta(hours=1))
    assert not [event for event in again.events if event.type == "feed.changed"]

"""What is remembered of hubs, in every kind of database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from feeds.model import Changes, ListingState, SourceState, Subscription
from state.sql import SqlStore
from tests.conftest import NOW, Clock
from tests.state.work import at_once, poll, stores

LIST = "https://news.example/feed"


def made(name: str = "one", **facts: Any) -> Subscription:
    told = {"source_id": "src", "url": LIST, "topic": LIST, "hub": "https://hub.example/", "secret": "s"}
    return Subscription(**{"name": name, "asked_at": NOW, "base": "https://feeds.example/", **told, **facts})


@pytest.fixture
def polled(any_store: SqlStore) -> SqlStore:
    """A store with a source whose list was read just now, and that is due in an hour."""
    any_store.sync({"src": 7200.0, "two": 7200.0}, {})
    for name in ("src", "two"):
        state = SourceState(id=name, due_at=NOW + timedelta(hours=1), last_poll=NOW, last_success=NOW)
        poll(any_store, Changes(state=state, listings={LIST: ListingState(teasers=3)}))
    return any_store


def due(store: SqlStore, name: str = "src") -> timedelta:
    """How long after `NOW` the source is due."""
    (row,) = store.sources([name])
    return row.state.due_at - NOW


def test_a_subscription_comes_back_as_it_was(polled: SqlStore, clock: Clock) -> None:
    """A post would be refused because its secret was kept wrongly."""
    polled.subscribe(made())
    assert polled.subscription("one") == made()
    assert polled.subscription("two") is None
    assert polled.verified("one", NOW + timedelta(days=10))
    assert not polled.verified("two", NOW)
    after = made(tries=0, verified_until=NOW + timedelta(days=10))
    assert polled.subscriptions() == [after]
    again = msgspec.structs.replace(after, asked_at=clock.go_on(days=9), tries=1)
    polled.subscribe(again)
    assert polled.subscriptions() == [again]
    assert polled.denied("one", clock())
    (found,) = polled.subscriptions()
    assert (found.denied_at, found.verified_until) == (clock(), None)
    polled.forget_subscriptions(["one"])
    assert polled.subscriptions() == []


def test_a_poll_begins_with_what_is_subscribed_to(polled: SqlStore) -> None:
    """Each poll would ask the hub anew."""
    polled.subscribe(made())
    polled.subscribe(made("other", url="https://news.example/other"))  # was never read: it is asked for again
    claim = polled.claim_source("me", "src", 60)
    assert claim is not None
    assert claim.subscriptions == {LIST: made()}
    assert claim.claimed_at == NOW
    other = polled.claim_source("me", "two", 60)
    assert other is not None and other.subscriptions == {}


def test_of_one_list_there_is_one_subscription(polled: SqlStore) -> None:
    """Two hubs' posts would each have the source polled, and one of them be renewed for ever."""
    polled.subscribe(made())
    polled.subscribe(made("new", hub="https://other.example/"))
    assert {one.name: one.leaving for one in polled.subscriptions()} == {"one": True, "new": False}
    assert not polled.verified("one", NOW)
    assert not polled.denied("one", NOW)
    claim = polled.claim_source("me", "src", 60)
    assert claim is not None and [one.name for one in claim.subscriptions.values()] == ["new"]
    polled.subscribe(made("x", source_id="nobody"))
    assert polled.subscription("x") is None


def test_a_post_makes_the_source_due_when_it_has_rested(polled: SqlStore, clock: Clock) -> None:
    """A hub could have a site asked each second, or its news wait for the next poll."""
    polled.subscribe(made())
    polled.subscribe(made("two", source_id="two"))
    clock.go_on(seconds=10)
    polled.heard(["one"], {"two": 3, "nobody": 1}, 30.0)
    assert (due(polled), due(polled, "two")) == (timedelta(seconds=30), timedelta(hours=1))
    clock.go_on(seconds=10)
    polled.heard(["one"], {}, 30.0)
    assert due(polled) == timedelta(seconds=30)
    clock.go_on(minutes=10)
    polled.heard(["two", "nobody"], {"two": 1}, 30.0)
    assert due(polled, "two") == clock() - NOW
    assert {one.name: (one.last_push, one.refused) for one in polled.subscriptions()} == {
        "one": (NOW + timedelta(seconds=20), 0),
        "two": (clock(), 4),
    }
    polled.leave(["one"], clock())
    polled.heard(["one"], {}, 30.0)
    assert polled.subscriptions()[0].last_push == NOW + timedelta(seconds=20)


def test_a_source_that_waits_for_its_poll_waits_no_longer_for_a_post(polled: SqlStore, clock: Clock) -> None:
    """A hub that posts without end would put off each poll."""
    polled.subscribe(made())
    clock.go_on(hours=2)
    polled.heard(["one"], {}, 30.0)
    assert due(polled) == timedelta(hours=1)


def test_a_post_does_not_hurry_a_site_that_fails(polled: SqlStore, clock: Clock) -> None:
    """A site that asked to be left alone for an hour would be asked again whenever its hub posts."""
    polled.subscribe(made())
    state = SourceState(id="src", due_at=NOW + timedelta(hours=2), last_poll=NOW, failures=1, failing_since=NOW)
    poll(polled, Changes(state=state))
    clock.go_on(minutes=5)
    polled.heard(["one"], {}, 30.0)
    assert not polled.overtaken("src", NOW, 30.0)
    assert due(polled) == timedelta(hours=2)


def test_a_post_during_a_poll_is_made_up_for(polled: SqlStore, clock: Clock) -> None:
    """What a site published while its list was read would be found at the next check."""
    polled.subscribe(made())
    since = clock.go_on(minutes=20)
    assert not polled.overtaken("src", since, 30.0)
    assert polled.claim_source("me", "src", 60) is not None
    clock.go_on(seconds=5)
    polled.heard(["one"], {}, 30.0)
    state = SourceState(id="src", due_at=clock() + timedelta(hours=1), last_poll=clock())
    polled.commit(Changes(state=state), "me")
    assert polled.overtaken("src", since, 30.0)
    assert due(polled) == clock() + timedelta(seconds=30) - NOW
    assert not polled.overtaken("two", since, 30.0)


def test_a_hub_in_doubt_has_to_post_anew(polled: SqlStore, clock: Clock) -> None:
    """A post that came meanwhile would not count, and the source be polled each minute beside its hub."""
    polled.subscribe(made())
    polled.heard(["one"], {}, 30.0)
    polled.doubt_pushes("src", NOW)
    assert polled.subscriptions()[0].last_push == NOW
    polled.doubt_pushes("src", clock.go_on(seconds=1))
    assert polled.subscriptions()[0].last_push is None


def test_a_source_takes_its_subscriptions_along(polled: SqlStore) -> None:
    """A renamed source would be told of nothing, or its old id be polled."""
    polled.subscribe(made())
    polled.subscribe(made("two", source_id="two"))
    polled.rename_source("src", "two")
    assert [(one.name, one.source_id) for one in polled.subscriptions()] == [("one", "two")]


def test_posts_to_many_at_once_wait_for_each_other(polled: SqlStore) -> None:
    """Two daemons that hear of the same two sources would stop each other for good."""
    polled.subscribe(made())
    polled.subscribe(made("two", source_id="two"))
    url = polled.engine.url.render_as_string(hide_password=False)
    with stores(url, 2) as (here, there):
        jobs = [lambda: here.heard(["one", "two"], {"two": 1, "one": 1}, 30.0)] * 3
        jobs += [lambda: there.heard(["two", "one"], {"one": 1, "two": 1}, 30.0)] * 3
        at_once(jobs)
    assert [one.refused for one in polled.subscriptions()] == [6, 6]

"""The outbox: order, digests, rates, broken endpoints, and putting right by hand; on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from feeds.deciding.digests import MOST, digest
from feeds.deciding.retry import BROKEN, judge
from feeds.model import Attempt, Changes, Delivery, Endpoint, Event, Rate, SourceState, Terms, Verdict
from state.sql import SqlStore
from state.store import Due
from tests.conftest import Clock
from tests.samples import commit, make_entry
from tests.state.work import Titles, found, poll

DESK = Endpoint(id="desk", url="https://desk.example/")
PLAIN = Terms(broken=BROKEN)


@pytest.fixture
def store(any_store: SqlStore) -> SqlStore:
    any_store.sync({"src": 600.0, "two": 600.0}, {"desk": DESK.url, "other": "https://other.example/"})
    return any_store


def put(store: SqlStore, clock: Clock, *stories: str, to: tuple[str, ...] = ("desk",), kind: str = "published") -> None:
    """One event for each story, as a poll commits them."""
    events = tuple(
        Event(
            id=f"evt_{name}_{kind}_{clock():%H%M%S}",
            type=f"article.{kind}",
            source_id="src",
            entry_id=f"urn:{name}",
            created=clock(),
            payload=b'{"type":"article.%s","data":{"source":{"id":"src","title":"Src"},"feeds":["src"],'
            b'"article":{"title":"%s","url":"https://a.example/"},"changes":null}}' % (kind.encode(), name.encode()),
        )
        for name in stories
    )
    told = tuple(Delivery(event_id=event.id, endpoint_id=name) for event in events for name in to)
    assert store.claim_source("me", "src", 60) is not None
    store.commit(Changes(state=SourceState(id="src", due_at=clock()), events=events, deliveries=told), "me")


def claim(store: SqlStore, terms: Terms = PLAIN, limit: int = 50) -> list[Due]:
    return store.claim_deliveries("me", "desk", limit, 60, terms)


def names(dues: list[Due]) -> list[str]:
    return [due.event.id.split("_")[1] for due in dues]


def done(store: SqlStore, clock: Clock, *dues: Due, status: int = 204, error: str | None = None) -> None:
    for due in dues:
        attempt = Attempt(at=clock(), status=None if error else status, error=error)
        verdict = judge(attempt, due.attempts - due.forgiven + 1, failures=due.failures, luck=0.0)
        store.record([(due, attempt, verdict)])


# -- order


def test_events_about_one_story_go_one_after_the_other(store: SqlStore, clock: Clock) -> None:
    """A newsroom would hear of the correction before the story, and then of the story as it was."""
    put(store, clock, "a", "b")
    clock.go_on(seconds=1)
    put(store, clock, "a", kind="revised")
    first = claim(store)
    assert names(first) == ["a", "b"]
    assert claim(store) == []
    done(store, clock, first[1])
    assert claim(store) == []
    done(store, clock, first[0], status=500)
    assert claim(store) == [], "the first is tried again before the second goes"
    clock.go_on(minutes=1)
    (again,) = claim(store)
    assert again.event.type == "article.published"
    done(store, clock, again)
    assert [due.event.type for due in claim(store)] == ["article.revised"]


def test_what_was_given_up_holds_nothing_up(store: SqlStore, clock: Clock) -> None:
    """One alert that nobody takes would be the last of its story."""
    put(store, clock, "a")
    (due,) = claim(store)
    store.record([(due, Attempt(at=clock(), status=500), Verdict(state="dead"))])
    clock.go_on(seconds=1)
    put(store, clock, "a", kind="revised")
    assert names(claim(store)) == ["a"]


@pytest.mark.parametrize("days", [-30, -1, 1, 30])
def test_a_clock_that_jumps_loses_no_alert(store: SqlStore, clock: Clock, days: int) -> None:
    """A machine whose clock was a month ahead would send its alerts in a month."""
    put(store, clock, "a", "b")
    (tried,) = claim(store, limit=1)
    done(store, clock, tried, status=500)
    clock.go_on(days=days)
    assert "b" in names(claim(store))
    clock.go_on(days=2)
    assert names(claim(store)) == ["a", "b"]


# -- endpoints that fail


def test_a_broken_endpoint_gets_one_at_a_time(store: SqlStore, clock: Clock) -> None:
    """A receiver that is down would be knocked at by every alert, each of which used up its tries."""
    put(store, clock, *"abcdefghi")
    done(store, clock, *claim(store, limit=BROKEN), status=500)
    probe = claim(store)
    assert len(probe) == 1
    assert claim(store) == []
    assert probe[0].attempts == 0, "one that was tried least"
    done(store, clock, *probe, status=500)
    assert claim(store) == [], "a rest"
    clock.go_on(minutes=6)
    (probed,) = claim(store)
    done(store, clock, probed)
    rest = claim(store)
    assert len(rest) == 8, "all that waited goes at once, also what would have been tried in hours only"
    assert [due.id for due in rest] == sorted(due.id for due in rest)
    state = store.endpoints()["desk"].state
    assert (state.failures, state.resume_at) == (0, None)


def test_an_endpoint_that_asks_for_patience_gets_it_for_all_its_alerts(store: SqlStore, clock: Clock) -> None:
    """A receiver that limits its callers would be called a hundred times meanwhile, and ban bantin."""
    put(store, clock, "a")
    (due,) = claim(store)
    attempt = Attempt(at=clock(), status=429, retry_after=120.0)
    store.record([(due, attempt, judge(attempt, 1, luck=0.0))])
    put(store, clock, "b")
    clock.go_on(seconds=119)
    assert claim(store) == []
    clock.go_on(seconds=2)
    assert names(claim(store)) == ["a", "b"]


def test_a_disabled_endpoint_tells_the_others_once_and_keeps_what_waits(store: SqlStore, clock: Clock) -> None:
    """Nobody would notice that a desk gets nothing any more, or its alerts would be gone."""
    put(store, clock, "a")
    notice = Event(id="evt_off", type="endpoint.disabled", created=clock(), payload=b"{}")
    told = [Delivery(event_id="evt_off", endpoint_id="other")]
    assert store.disable("desk", "it answered 410 Gone", clock(), notice, told)
    assert not store.disable("desk", "again", clock(), notice, told)
    assert claim(store) == []
    (other,) = store.claim_deliveries("me", "other", 5, 60)
    assert other.event.type == "endpoint.disabled"
    row = store.endpoints()["desk"]
    assert (row.waiting, row.state.disabled_why) == (1, "it answered 410 Gone")
    assert store.enable("desk")
    assert names(claim(store)) == ["a"]
    assert not store.enable("nobody")


def test_404_is_counted_in_a_row(store: SqlStore, clock: Clock) -> None:
    """An endpoint whose proxy was restarted now and then would be disabled one day."""
    put(store, clock, *"abc")
    dues = claim(store)
    done(store, clock, dues[0], status=404)
    assert store.endpoints()["desk"].state.missing == 1
    done(store, clock, dues[1], status=500)
    state = store.endpoints()["desk"].state
    assert (state.missing, state.failures, state.last_error) == (0, 2, "HTTP 500")
    done(store, clock, dues[2])
    assert store.endpoints()["desk"].state.failures == 0


def test_an_endpoint_that_limits_its_callers_loses_nothing_and_is_not_broken(store: SqlStore, clock: Clock) -> None:
    """A backlog of a thousand alerts would be given up one after the other by an endpoint that takes ten a minute."""
    put(store, clock, *"abcdef")
    for _ in range(30):
        dues = claim(store)
        attempt = Attempt(at=clock(), status=429, retry_after=6.0)
        for due in dues:
            verdict = judge(attempt, due.attempts - due.forgiven + 1, failures=due.failures, luck=0.0)
            store.record([(due, attempt, verdict)])
        clock.go_on(seconds=7)
    assert store.endpoints()["desk"].state.failures == 0
    assert len(claim(store)) == 6


# -- digests


def gathered(store: SqlStore, terms: Terms, at: datetime) -> str | None:
    """Put together what is to go together, as the daemon does."""
    waiting = store.waiting("desk", terms, MOST)
    if not waiting:
        return None
    event = digest(DESK, waiting, at)
    assert store.gather("desk", waiting, event)
    return event.id


def test_a_digest_takes_its_events_along(store: SqlStore, clock: Clock) -> None:
    """A digest that arrived would be followed by each of its stories, or one that did not would lose them."""
    put(store, clock, *"abc")
    until = clock()
    clock.go_on(seconds=5)
    put(store, clock, "d")
    terms = Terms(alone=False, gathered=until, broken=BROKEN)
    name = gathered(store, terms, clock())
    assert gathered(store, terms, clock()) is None
    (due,) = claim(store, terms)
    assert due.event.id == name
    assert store.endpoints()["desk"].waiting == 4
    done(store, clock, due)
    assert store.endpoints()["desk"].waiting == 1
    states = {row.event_id.split("_")[1]: (row.state, row.digest_id) for row in store.deliveries(None, "desk", 10)}
    assert states["a"] == ("delivered", due.id)
    assert states["d"] == ("pending", None)


def test_a_digest_that_is_given_up_gives_its_events_up_and_is_tried_anew_with_them(
    store: SqlStore, clock: Clock
) -> None:
    """The stories of a dead digest would be neither sent nor listed as dead."""
    put(store, clock, *"ab")
    terms = Terms(alone=False, gathered=clock(), broken=BROKEN)
    gathered(store, terms, clock())
    (due,) = claim(store, terms)
    store.record([(due, Attempt(at=clock(), status=500), Verdict(state="dead"))])
    assert store.endpoints()["desk"].dead == 2
    carried = next(row.id for row in store.deliveries("dead", "desk", 9) if row.digest_id)
    assert store.drop([carried]) == 0, "it shares its digest's fate"
    assert store.retry([due.id]) == 3
    (again,) = claim(store, terms)
    assert again.event.id == due.event.id
    done(store, clock, again)
    assert {row.state for row in store.deliveries(None, "desk", 10)} == {"delivered"}


def test_what_was_perhaps_sent_never_joins_a_digest(store: SqlStore, clock: Clock) -> None:
    """A receiver would get one event under two ids: its own, and the digest's."""
    put(store, clock, "a", "b")
    (tried,) = claim(store, limit=1)
    store.release("me")  # the daemon was killed while it sent it
    terms = Terms(alone=False, gathered=clock(), broken=BROKEN)
    waiting = store.waiting("desk", terms, MOST)
    assert [item.event.id.split("_")[1] for item in waiting] == ["b"]
    assert names(claim(store, terms)) == ["a"]
    clock.go_on(seconds=1)
    put(store, clock, "a", kind="revised")
    later = Terms(alone=False, gathered=clock(), broken=BROKEN)
    assert [item.event.id.split("_")[1] for item in store.waiting("desk", later, MOST)] == ["b"], "not before its story"
    done(store, clock, tried)
    assert len(store.waiting("desk", later, MOST)) == 2


def test_two_daemons_make_one_digest(store: SqlStore, clock: Clock) -> None:
    """A newsroom would get its morning twice."""
    put(store, clock, *"abc")
    terms = Terms(alone=False, gathered=clock(), broken=BROKEN)
    one, other = store.waiting("desk", terms, MOST), store.waiting("desk", terms, 2)
    assert store.gather("desk", one, digest(DESK, one, clock()))
    assert not store.gather("desk", other, digest(DESK, other, clock()))
    assert [row.type for row in store.deliveries("pending", "desk", 10)].count("digest") == 1


def test_in_quiet_hours_nothing_goes_and_afterwards_what_is_new_goes_alone(store: SqlStore, clock: Clock) -> None:
    """Alerts would ring at night, or the whole day's be kept for a digest."""
    put(store, clock, "a")
    assert claim(store, Terms(quiet=True, broken=BROKEN)) == []
    ended = clock() + timedelta(seconds=1)
    clock.go_on(seconds=2)
    put(store, clock, "b")
    after = Terms(gathered=ended, broken=BROKEN)
    assert names(claim(store, after)) == ["b"]
    assert [item.event.id.split("_")[1] for item in store.waiting("desk", after, MOST)] == ["a"]


# -- rates


def test_what_is_beyond_the_rate_joins_the_next_digest(store: SqlStore, clock: Clock) -> None:
    """A page that changes all day would flood a chat, or its stories be lost."""
    terms = Terms(rate=Rate(2, 3600.0), broken=BROKEN)
    put(store, clock, *"abcde")
    done(store, clock, *claim(store, terms))
    assert claim(store, terms) == []
    assert gathered(store, terms, clock()) is None
    clock.go_on(minutes=61)
    assert gathered(store, terms, clock()) is not None
    put(store, clock, "f")
    dues = claim(store, terms)
    assert [due.event.type for due in dues] == ["digest", "article.published"]
    done(store, clock, *dues)
    assert claim(store, terms) == []
    assert store.endpoints()["desk"].waiting == 0


# -- what several sources tell alike


@pytest.mark.parametrize("twice", [False, True])
def test_a_story_of_two_sources_is_one_alert(store: SqlStore, clock: Clock, twice: bool) -> None:
    """A desk would be alerted nine times to one agency's report."""
    store.sync({"src": 600.0, "two": 600.0}, {"hook": "https://hook.example/"})
    poll(store, found("src", ["one story of the day", "another one altogether"]))
    terms = Terms(merge=True, broken=BROKEN)
    assert store.claim_deliveries("me", "hook", 9, 60, terms) == [], "not before they were compared"
    store.cluster(Titles(), 100)
    first = store.claim_deliveries("me", "hook", 9, 60, terms)
    assert len(first) == 2
    if twice:
        done(store, clock, *first)
    clock.go_on(seconds=30)
    poll(store, found("two", ["one story of the day", "a third"], now=clock()))
    store.cluster(Titles(), 100)
    second = store.claim_deliveries("me", "hook", 9, 60, terms)
    assert len(second) == 1
    (merged,) = store.deliveries("merged", "hook", 9)
    assert (merged.source_id, "merge" in (merged.reason or "")) == ("two", True)


# -- by hand


def test_dead_ones_are_tried_anew_with_all_their_tries(store: SqlStore, clock: Clock) -> None:
    """An operator who mended a receiver could not have the alerts of the night sent."""
    put(store, clock, "a")
    (due,) = claim(store)
    store.record([(due, Attempt(at=clock(), status=500), Verdict(state="dead"))])
    assert claim(store) == []
    assert store.retry([due.id, 999]) == 1
    (again,) = claim(store)
    assert (again.attempts, again.forgiven) == (1, 1)
    done(store, clock, again, status=500)
    row = store.delivery(due.id)
    assert row is not None
    assert (row[0].state, row[0].attempts, len(row[2])) == ("pending", 2, 2)


def test_dropped_ones_stay_to_be_looked_at(store: SqlStore, clock: Clock) -> None:
    """What was dropped by mistake would be gone."""
    put(store, clock, "a")
    (row,) = store.deliveries("pending", "desk", 9)
    assert store.drop([row.id]) == 1
    assert claim(store) == []
    (kept,) = store.deliveries("dropped", "desk", 9)
    assert kept.reason == "dropped by hand"
    assert store.retry([row.id]) == 1
    assert names(claim(store)) == ["a"]


def test_a_day_is_counted_by_hours(store: SqlStore, clock: Clock) -> None:
    """The chart of an endpoint would show nothing, or another endpoint's alerts."""
    put(store, clock, *"abc")
    dues = claim(store)
    done(store, clock, *dues[:2])
    done(store, clock, dues[2], status=500)
    hour = clock().replace(minute=0, second=0, microsecond=0)
    assert store.delivered_by_hour(clock() - timedelta(days=1)) == {"desk": {hour: (2, 1)}}


def test_a_rate_that_is_taken_away_lets_go_of_what_it_held(store: SqlStore, clock: Clock) -> None:
    """An operator who lifts the limit because alerts are late would never see them."""
    limited = Terms(rate=Rate(2, 3600.0), broken=BROKEN)
    put(store, clock, *"abcd")
    done(store, clock, *claim(store, limited))
    assert claim(store, limited) == []
    assert names(claim(store)) == ["c", "d"]


def test_clocks_that_were_ahead_silence_no_rate_and_no_digest(store: SqlStore, clock: Clock) -> None:
    """A machine that was a year ahead for an hour would send nothing for a year."""
    clock.go_on(days=365)
    put(store, clock, "a", "b")
    limited = Terms(rate=Rate(1, 3600.0), broken=BROKEN)
    done(store, clock, *claim(store, limited))
    put(store, clock, "c")
    clock.go_on(days=-365)
    assert names(claim(store, limited)) == ["b"]
    gathering = Terms(alone=False, gathered=clock(), broken=BROKEN)
    assert [item.event.id.split("_")[1] for item in store.waiting("desk", gathering, MOST)] == ["c"]


def test_one_refused_digest_holds_up_no_other(store: SqlStore, clock: Clock) -> None:
    """A morning that a receiver finds too large would cost it the next three days."""
    put(store, clock, "a")
    terms = Terms(alone=False, gathered=clock(), broken=BROKEN)
    gathered(store, terms, clock())
    (due,) = claim(store, terms)
    done(store, clock, due, status=413)
    clock.go_on(seconds=1)
    put(store, clock, "b")
    later = Terms(alone=False, gathered=clock(), broken=BROKEN)
    gathered(store, later, clock())
    assert [found.event.type for found in claim(store, later)] == ["digest"]


def test_a_digest_under_way_is_not_dropped_by_half(store: SqlStore, clock: Clock) -> None:
    """Its stories would be said to be dropped, and arrive."""
    put(store, clock, *"ab")
    terms = Terms(alone=False, gathered=clock(), broken=BROKEN)
    gathered(store, terms, clock())
    (due,) = claim(store, terms)
    assert store.drop([due.id]) == 0
    assert store.endpoints()["desk"].waiting == 2


def test_how_late_stories_are(store: SqlStore, clock: Clock) -> None:
    """An operator would be told that all is in time by the stories that say nothing of when they were published."""
    stated = clock()
    clock.go_on(seconds=100)
    stories = [
        make_entry(n, source="src", story={"first_seen": clock(), "stated": stated - timedelta(seconds=n)})
        for n in range(1, 21)
    ]
    stories.append(make_entry(21, source="src", story={"first_seen": clock()}))
    stories.append(make_entry(22, source="src", story={"first_seen": clock(), "stated": stated, "backlog": True}))
    stories.append(make_entry(23, source="src", story={"first_seen": clock(), "stated": clock() + timedelta(hours=1)}))
    clock.go_on(seconds=10)
    commit(store, stories, source="src")
    told = Event(
        id="evt_new", type="article.published", source_id="src", entry_id=stories[0].story.entry_id, created=clock(),
        payload=b"{}",
    )  # fmt: skip
    assert store.claim_source("me", "src", 60) is not None
    both = tuple(Delivery(event_id="evt_new", endpoint_id=name) for name in ("desk", "other"))
    store.commit(Changes(state=SourceState(id="src", due_at=clock()), events=(told,), deliveries=both), "me")
    for name in ("desk", "other"):
        clock.go_on(seconds=30)
        (due,) = store.claim_deliveries("me", name, 5, 60, PLAIN)
        attempt = Attempt(at=clock(), status=204)
        store.record([(due, attempt, judge(attempt, 1, luck=0.0))])
    found = store.delays(["src"], stated)["src"]
    assert (found.stories, found.unclear) == (21, 1)
    assert found.found == (110.0, 119.0), "a clock that is ahead is in time"
    assert found.stored == (120.0, 129.0)
    assert found.delivered == (141.0, 141.0), "to the first"
    assert store.delays(None, clock()) == {}
    assert store.count_found("src", stated) == 22


def test_what_is_asked_for_by_hand_waits_for_no_pause(store: SqlStore, clock: Clock) -> None:
    """An operator who mended the receiver would press retry, be told "at once", and wait three quarters of an hour."""
    put(store, clock, "one", "two")
    for n in range(BROKEN + 1):
        clock.go_on(hours=2)
        for due in claim(store, limit=1):
            attempt = Attempt(at=clock(), status=503)
            store.record([(due, attempt, judge(attempt, due.attempts + 1, failures=BROKEN + n, luck=0.0))])
    assert claim(store) == [], "it rests"
    number = store.deliveries("pending", "desk", None)[0].id
    assert store.retry([number]) == 1
    assert [due.id for due in claim(store)] == [number]

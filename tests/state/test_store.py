"""The guarantees that `state.store` states, kept by a real database."""

from __future__ import annotations

import inspect
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import event

from feeds.deciding.identity import key
from feeds.errors import LeaseLostError, StateError
from feeds.model import Attempt, Changes, Event, Failure, KeptPage, ListingState, Page, Tally, Validators, Verdict
from state.commits import KEPT, MAX_KEPT
from state.sql import SqlStore
from tests.conftest import NOW, Clock
from tests.feeds.makers import SITE, History, article, outcome, read
from tests.samples import whole
from tests.state.work import found, poll


@pytest.fixture
def polled(any_store: SqlStore) -> SqlStore:
    """The store, with one source and one webhook made known."""
    any_store.sync({"src": 600.0}, {"hook": "https://hook.example/"})
    return any_store


def commit(store: SqlStore, changes: Changes, owner: str = "me") -> None:
    assert store.claim_source(owner, "src", 60) is not None
    store.commit(changes, owner)


def test_story_comes_back_as_it_was_stored(polled: SqlStore) -> None:
    """A field that is lost on the way to the disk would be wrong in every feed."""
    changes = History().poll(read("a", article("a", authors=("Mây", "Sa"), published=NOW, credit="SVTV")))
    commit(polled, changes)
    ((_, entry),) = polled.entries(["src"], 10)
    assert entry.story == changes.stories[0]
    assert whole(polled, ["src"]) == [changes.revisions[0].article]
    assert entry.article == msgspec.structs.replace(changes.revisions[0].article, content_html="", body_text="")


def test_story_is_known_by_its_addresses_and_text(polled: SqlStore) -> None:
    """The same story would be stored again at every poll."""
    changes = History().poll(read("a", final_url=f"{SITE}long"))
    commit(polled, changes)
    story = changes.stories[0]
    known = polled.known("src", [key(f"{SITE}a"), key(f"{SITE}long"), key(f"{SITE}z")], [story.fingerprint or ""])
    assert known.by_key == {key(f"{SITE}a"): story, key(f"{SITE}long"): story}
    assert known.by_fingerprint == {story.fingerprint: story}
    assert known.articles == {story.entry_id: changes.revisions[0].article}
    assert polled.known("other", [key(f"{SITE}a")]).by_key == {}


def test_revisions_are_kept_and_the_newest_is_shown(polled: SqlStore) -> None:
    """An edit would replace what was published before, for good."""
    history = History()
    commit(polled, history.poll(read("a")))
    edited = article("a", "Story a tells of a and of something new as well")
    commit(polled, history.poll(read("a", edited), now=NOW + timedelta(hours=1)))
    ((_, entry),) = polled.entries(["src"], 10)
    assert [article.body_text for article in whole(polled, ["src"])] == [edited.body_text]
    ((story, revisions),) = polled.story(entry.story.entry_id)
    assert [r.number for r in revisions] == [1, 2]
    assert story.revision == 2


def test_newest_first_in_pages(polled: SqlStore) -> None:
    """A feed's second page would repeat or skip stories."""
    commit(polled, History().poll(*(read(f"s{n}", article(f"s{n}", f"text number {n}")) for n in range(7))))
    first = polled.entries(["src"], 3)
    second = polled.entries(["src"], 10, first[-1][0])
    assert [e.story.url for _, e in first + second] == [f"{SITE}s{n}" for n in range(7)]


def test_removed_and_merged_stories_are_not_shown(polled: SqlStore) -> None:
    """A withdrawn story would stay in the feed."""
    history = History()
    commit(polled, history.poll(read("a"), outcome("failed", "b")))
    commit(polled, history.poll(read("b", article("a", url=f"{SITE}b"))))
    assert len(polled.entries(["src"], 10)) == 1
    commit(polled, history.poll(outcome("gone", "a")))
    commit(polled, history.poll(outcome("gone", "a"), now=NOW + timedelta(hours=1)))
    assert polled.entries(["src"], 10) == []


def test_due_source_is_claimed_by_one_of_many(polled: SqlStore, clock: Clock) -> None:
    """Two daemons on one database would poll the same site at the same time."""
    polled.sync({f"s{n}": 600.0 for n in range(40)}, {})
    claimed: list[str] = []
    ready = threading.Barrier(4)

    def claim(owner: str) -> None:
        ready.wait()
        while got := polled.claim_polls(owner, 3, 60):
            claimed.extend(claim.state.id for claim in got)

    threads = [threading.Thread(target=claim, args=(f"owner{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(f"s{n}" for n in range(40))


def test_lease_runs_out(polled: SqlStore, clock: Clock) -> None:
    """What a dead daemon had claimed would never be polled again."""
    assert [c.state.id for c in polled.claim_polls("dead", 5, 60)] == ["src"]
    assert polled.claim_polls("me", 5, 60) == []
    clock.go_on(seconds=61)
    assert [c.state.id for c in polled.claim_polls("me", 5, 60)] == ["src"]


def test_renewed_lease_is_kept_and_others_are_not(polled: SqlStore, clock: Clock) -> None:
    """A poll of a slow site would be done twice; work that was lost would stay claimed for ever."""
    polled.sync({"src": 600.0, "lost": 600.0}, {})
    polled.claim_polls("me", 5, 60)
    clock.go_on(seconds=50)
    polled.renew("me", 60, ["src"], [])
    clock.go_on(seconds=50)
    assert [c.state.id for c in polled.claim_polls("other", 5, 60)] == ["lost"]


def test_released_source_is_due_as_it_was(polled: SqlStore) -> None:
    """A daemon that is stopped in the middle of a poll would leave its sources to wait."""
    polled.claim_polls("me", 5, 60)
    assert polled.owners() == {"me"}
    polled.release("me")
    assert polled.owners() == set()
    assert [c.state.id for c in polled.claim_polls("other", 5, 60)] == ["src"]


def test_result_of_a_lost_lease_is_dropped_whole(polled: SqlStore, clock: Clock) -> None:
    """Two polls of one source would both be stored, and both alert."""
    changes = History().poll(read("a"))
    polled.claim_source("slow", "src", 60)
    clock.go_on(seconds=61)
    polled.claim_source("quick", "src", 60)
    with pytest.raises(LeaseLostError, match="src"):
        polled.commit(changes, "slow")
    assert polled.entries(["src"], 10) == []
    assert polled.deliveries(None, None, 10) == []


def test_quiet_polls_are_stored_together(polled: SqlStore, clock: Clock) -> None:
    """A source that is polled without news would stay claimed, or one whose lease was lost be taken for done."""
    polled.sync(dict.fromkeys(("src", "two", "lost"), 600.0), {})
    claims = polled.claim_polls("me", 5, 60)
    polled.release("me", ["lost"])
    polled.claim_source("other", "lost", 60)
    later = clock() + timedelta(hours=1)
    states = [msgspec.structs.replace(claim.state, due_at=later, last_poll=clock()) for claim in claims]
    assert polled.commit_quiet(states, "me") == {"lost"}
    assert polled.owners() == {"other"}
    stored = {row.state.id: row.state for row in polled.sources()}
    assert stored["src"].due_at == stored["two"].due_at == later
    assert stored["lost"].last_poll is None


def test_commit_is_all_or_nothing(polled: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash half-way would store stories whose alerts are never sent."""
    import state.commits as module

    def broken(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(module, "store_events", broken)
    with pytest.raises(RuntimeError):
        commit(polled, History().poll(read("a")))
    assert polled.entries(["src"], 10) == []
    monkeypatch.undo()
    polled.release("me")
    (claim,) = polled.claim_polls("me", 1, 60)
    assert claim.listings == {}
    polled.release("me")
    commit(polled, History().poll(read("a")))
    assert len(polled.entries(["src"], 10)) == 1


def test_validators_are_opaque(polled: SqlStore) -> None:
    """A server with odd ETags would send its whole page at every poll."""
    odd = Validators(etag='W/"ä \\" ,"', last_modified="yesterday", body_hash="0" * 32)
    changes = History().poll(read("a"))
    url = next(iter(changes.listings))
    state = ListingState(validators=odd, teasers=7, via="https://x.example/feed", via_kind="feed", why="…", chosen=NOW)
    changes.listings[url] = state
    commit(polled, changes)
    claim = polled.claim_source("me", "src", 60)
    assert claim is not None
    assert claim.listings == {url: state}


def test_version_grows_only_with_what_feeds_show(polled: SqlStore, clock: Clock) -> None:
    """Every reader would download a feed that did not change."""
    history = History()
    commit(polled, history.poll(read("a")))
    before = polled.versions(["src"])
    clock.go_on(minutes=5)
    commit(polled, history.poll(read("a"), now=clock()))
    assert polled.versions(["src"]) == before
    commit(polled, history.poll(read("b", article("b", "new text here")), now=clock()))
    assert polled.versions(["src"])["src"].changed == clock()


def test_source_that_left_the_configuration_rests(polled: SqlStore) -> None:
    """A source that was taken out would go on being polled, or its stories would be lost."""
    commit(polled, History().poll(read("a")))
    polled.sync({"new": 600.0}, {})
    assert [c.state.id for c in polled.claim_polls("me", 5, 60)] == ["new"]
    assert len(polled.entries(["src"], 10)) == 1


def test_delivery_is_due_until_it_is_delivered(polled: SqlStore, clock: Clock) -> None:
    """An alert would be lost at the first failure, or sent again after a success."""
    commit(polled, History().poll(read("a")))
    (due,) = polled.claim_deliveries("me", "hook", 5, 60)
    assert polled.claim_deliveries("other", "hook", 5, 60) == []
    failed = Attempt(at=clock(), status=500, duration=0.25)
    polled.record([(due, failed, Verdict(state="pending", due_at=clock() + timedelta(seconds=5)))])
    assert polled.claim_deliveries("me", "hook", 5, 60) == []
    clock.go_on(seconds=6)
    (again,) = polled.claim_deliveries("me", "hook", 5, 60)
    assert (again.event, again.attempts) == (due.event, 1)
    done = Attempt(at=clock(), status=204)
    polled.record([(again, done, Verdict(state="delivered"))])
    clock.go_on(days=1)
    assert polled.claim_deliveries("me", "hook", 5, 60) == []
    found = polled.delivery(due.id)
    assert found is not None
    assert (found[0].state, found[0].attempts, found[2]) == ("delivered", 2, [failed, done])


def test_gone_webhook_gets_nothing_until_its_address_changes(polled: SqlStore, clock: Clock) -> None:
    """An endpoint that asked to be left alone would be called for days; a new one would never be."""
    commit(polled, History().poll(read("a")))
    (due,) = polled.claim_deliveries("me", "hook", 5, 60)
    gone = Attempt(at=clock(), status=410)
    polled.record([(due, gone, Verdict(state="pending", due_at=clock(), disable="gone"))])
    notice = Event(id="evt_gone", type="endpoint.disabled", created=clock(), payload=b"{}")
    assert polled.disable("hook", "gone", clock(), notice, [])
    assert not polled.disable("hook", "gone again", clock(), notice, [])
    assert polled.claim_deliveries("me", "hook", 5, 60) == []
    assert polled.endpoints()["hook"].state.disabled_at == clock()
    polled.sync({"src": 600.0}, {"hook": "https://hook.example/"})
    assert polled.claim_deliveries("me", "hook", 5, 60) == []
    polled.sync({"src": 600.0}, {"hook": "https://new.example/"})
    assert len(polled.claim_deliveries("me", "hook", 5, 60)) == 1


def test_webhook_that_left_the_configuration_keeps_its_alerts(polled: SqlStore) -> None:
    """Taking a webhook out for a day would lose that day's alerts."""
    commit(polled, History().poll(read("a")))
    polled.sync({"src": 600.0}, {})
    polled.sync({"src": 600.0}, {"hook": "https://hook.example/"})
    assert polled.endpoints()["hook"].waiting == 1


def test_due_looks_are_found(polled: SqlStore, clock: Clock) -> None:
    """Edits and withdrawals would never be seen."""
    changes = History().poll(read("a"))
    commit(polled, changes)
    clock.go_on(minutes=14)
    (early,) = polled.claim_polls("me", 5, 60)
    assert early.looks == ()
    clock.go_on(minutes=2)
    (claim,) = polled.claim_polls("me", 5, 60)
    assert claim.looks == changes.stories


def test_forgotten_story_is_not_new_when_it_is_listed_again(polled: SqlStore, clock: Clock) -> None:
    """With `keep_days` set, old stories that a site still lists would be announced again every month."""
    history = History()
    commit(polled, history.poll(read("a")))
    assert polled.forget(clock.go_on(days=1)) == 1
    assert polled.entries(["src"], 10) == []
    known = polled.known("src", [key(f"{SITE}a")])
    assert known.by_key.keys() == {key(f"{SITE}a")}
    history.known = known
    again = history.poll(read("a"), now=clock())
    assert again.events == ()


def test_forgetting_keeps_what_waits_to_be_delivered(polled: SqlStore, clock: Clock) -> None:
    """A webhook that was down for long would lose its alerts to the nightly maintenance."""
    commit(polled, History().poll(read("a")))
    polled.forget(clock.go_on(days=100))
    (due,) = polled.claim_deliveries("me", "hook", 5, 60)
    polled.record([(due, Attempt(at=clock(), status=204), Verdict(state="delivered"))])
    polled.forget(clock())
    assert polled.deliveries(None, None, 10) == []


def test_sources_as_people_see_them(polled: SqlStore) -> None:
    """`bantin status` would count wrongly."""
    commit(polled, History().poll(read("a"), outcome("failed", "b")))
    (row,) = polled.sources()
    assert (row.state.id, row.stories, row.partial, row.leased) == ("src", 2, 1, False)


def test_backup_while_writing(polled: SqlStore, tmp_path: Path) -> None:
    """A backup of a running bantin would be of no use on the day that it is needed."""
    commit(polled, History().poll(read("a")))
    polled.backup(tmp_path / "copy.db")
    commit(polled, History().poll(read("b", article("b", "another text"))))
    copy = SqlStore(f"sqlite:///{tmp_path / 'copy.db'}")
    assert len(copy.entries(["src"], 10)) == 1
    copy.close()


def test_everything_is_there_after_reopening(polled: SqlStore, clock: Clock) -> None:
    """A restart would make every story new again."""
    commit(polled, History().poll(read("a")))
    before = polled.entries(["src"], 10)
    again = SqlStore(str(polled.engine.url), clock)
    assert again.entries(["src"], 10) == before
    again.close()


def test_tidy_leaves_everything_in_place(polled: SqlStore) -> None:
    """The nightly maintenance would cost a newsroom its archive."""
    commit(polled, History().poll(read("a")))
    before = polled.entries(["src"], 10)
    polled.tidy()
    assert polled.entries(["src"], 10) == before


def test_renamed_source_keeps_everything(polled: SqlStore) -> None:
    """Another id for a source would make every story of it new, and every alert come again."""
    commit(polled, History().poll(read("a")))
    ((_, entry),) = polled.entries(["src"], 10)
    assert polled.rename_source("src", "new") == 1
    assert polled.renamed() == {"src": "new"}
    ((_, moved),) = polled.entries(["new"], 10)
    assert moved.story == msgspec.structs.replace(entry.story, source_id="new")
    assert polled.entries(["src"], 10) == []
    assert polled.known("new", [key(f"{SITE}a")]).by_key
    claim = polled.claim_source("me", "new", 60)
    assert claim is not None and claim.listings
    polled.release("me")
    assert polled.rename_source("new", "src") == 1
    assert polled.renamed() == {"new": "src"}
    assert polled.entries(["src"], 10)[0][1] == entry


def test_poll_that_is_late_after_a_rename_stores_nothing(polled: SqlStore, clock: Clock) -> None:
    """A poll whose lease ran out would announce under the old id what the new one will find again."""
    assert polled.claim_source("slow", "src", 60) is not None
    clock.go_on(minutes=5)
    polled.rename_source("src", "new")
    with pytest.raises(LeaseLostError):
        polled.commit(History().poll(read("a")), "slow")
    assert polled.claim_source("me", "new", 60) is not None


def test_source_is_not_renamed_onto_stories_nor_under_a_poll(polled: SqlStore) -> None:
    """Two sources' stories would be mixed for good, or a poll would store into a source that is gone."""
    polled.sync({"src": 600.0, "two": 600.0}, {})
    commit(polled, History().poll(read("a")))
    with pytest.raises(StateError, match="no source 'nobody'"):
        polled.rename_source("nobody", "x")
    with pytest.raises(StateError, match="has stories of a source 'src'"):
        polled.rename_source("two", "src")
    assert polled.claim_source("me", "src", 60) is not None
    with pytest.raises(StateError, match="is polling 'src'"):
        polled.rename_source("src", "new")


def test_verdicts_say_what_is_shown(polled: SqlStore) -> None:
    """A feed with a rule that matches seldom would ask it of thousands of stories for each of its readers."""
    assert polled.claim_source("me", "src", 60) is not None
    changes = History().poll(*(read(f"s{n}") for n in range(6)))
    entries = [story.entry_id for story in changes.stories]
    verdicts = {entry: {"rule": n % 3 == 0} for n, entry in enumerate(entries[:5])}
    polled.commit(msgspec.structs.replace(changes, verdicts=verdicts), "me")
    found = polled.entries(["src"], 10, rules={"src": "rule"})
    assert [(entry.story.entry_id, entry.judged) for _, entry in found] == [
        (entries[5], False),
        (entries[3], True),
        (entries[0], True),
    ], "and those of which nobody asked it yet"
    polled.keep_verdicts({"src": "rule"}, {found[0][0]: False})
    assert len(polled.entries(["src"], 10, rules={"src": "rule"})) == 2
    assert len(polled.entries(["src"], 10)) == 6
    assert len(polled.stretch(["src"], 1, 6, {"src": "rule"})[0]) == 2
    assert polled.showing(entries[0], {"src": "rule"}) == {"src": True}
    assert polled.showing(entries[1], {"src": "rule"}) == {}
    assert polled.showing(entries[1], {"src": "unknown"}) == {"src": False}


def test_a_new_text_has_verdicts_of_its_own(polled: SqlStore) -> None:
    """A story that was edited would be hidden or shown by what it said before."""
    history = History()
    assert polled.claim_source("me", "src", 60) is not None
    first = history.poll(read("a"))
    (entry,) = (story.entry_id for story in first.stories)
    polled.commit(msgspec.structs.replace(first, verdicts={entry: {"old": False, "rule": False}}), "me")
    assert polled.claim_source("me", "src", 60) is not None
    other = article("a", "Another text of this story, and of nothing else at all.")
    edited = history.poll(read("a", other), now=NOW + timedelta(hours=1))
    polled.commit(msgspec.structs.replace(edited, verdicts={entry: {"rule": True}}), "me")
    assert len(polled.entries(["src"], 5, rules={"src": "rule"})) == 1
    assert polled.showing(entry, {"src": "old"}) == {"src": False}, "nobody asked it of this text"


def test_kept_pages_are_few_and_not_large(polled: SqlStore) -> None:
    """A site that answers with another page at every address would fill the disk."""
    empty = History().poll()
    pages = [
        KeptPage(
            url=f"{SITE}{n}\0",
            page=Page(url=f"{SITE}login", body=b"<p>Log in</p>", content_type="text/html"),
            cause=f"cause {n}",
            at=NOW + timedelta(minutes=n),
        )
        for n in range(KEPT + 5)
    ]
    noise = b"".join(n.to_bytes(4, "little") for n in range(MAX_KEPT))
    large = msgspec.structs.replace(pages[0], url=f"{SITE}large", page=Page(url=SITE, body=noise))
    commit(polled, msgspec.structs.replace(empty, pages=(large, *pages)))
    rows = polled.kept_pages()
    assert [row.cause for row in rows] == [f"cause {n}" for n in reversed(range(5, KEPT + 5))]
    assert polled.kept_page(rows[0].number) == (
        "src",
        msgspec.structs.replace(pages[-1], url=f"{SITE}{KEPT + 4}"),
    )
    assert polled.kept_page(10_000) is None


def test_whatever_writes_says_so() -> None:
    """Two writers at once would wait for each other's lock, and feeds show what was there before."""
    for name, method in inspect.getmembers(SqlStore, inspect.isfunction):
        if "writing(self.engine" in inspect.getsource(method) and not name.startswith("_"):
            assert getattr(method, "writes", False), name


def test_what_changed_comes_last_first_and_in_pages(any_store: SqlStore, clock: Clock) -> None:
    """A newsroom would not see what was edited or taken down, or the same edit on two pages and another on none."""
    any_store.sync({"src": 600.0, "two": 600.0}, {"hook": "https://hook.example/"})
    for name in ("src", "two"):
        poll(any_store, found(name, ["a", "b"]))
    hour = timedelta(hours=1)
    poll(any_store, found("src", ["a", "b"], now=NOW + hour, revision=2))
    poll(any_store, found("two", ["a"], now=NOW + 2 * hour, revision=2, noisy=True))
    poll(any_store, found("two", ["b"], now=NOW + 3 * hour, removed=NOW + 3 * hour))
    changed = any_store.changes(["src", "two"], 10)
    assert [(row.at - NOW, row.entry.story.url[-1], row.new is None) for row in changed] == [
        (3 * hour, "b", True),
        (hour, "b", False),
        (hour, "a", False),
    ]
    edit = changed[-1]
    assert edit.old is not None
    assert edit.new is not None
    assert (edit.old.number, edit.old.article.body_text) == (1, "a, told 1 times.")
    assert (edit.new.number, edit.new.article.body_text) == (2, "a, told 2 times.")
    one_by_one = []
    before = None
    while page := any_store.changes(["src", "two"], 1, before):
        one_by_one += page
        before = page[-1].at, page[-1].number
    assert one_by_one == changed
    assert any_store.changes(["two"], 10) == changed[:1]


def test_the_last_polls_are_remembered(any_store: SqlStore, clock: Clock) -> None:
    """An operator would see that a source fails, and not since which poll, nor whether it ever was better."""
    any_store.sync({"src": 600.0}, {})

    def polled(failures: int = 0, **tally: int) -> None:
        claim = any_store.claim_source("me", "src", 60)
        assert claim is not None
        clock.now += timedelta(minutes=10)
        failure = Failure(url="https://x.example/", cause=f"cause {failures}", at=clock()) if failures else None
        state = msgspec.structs.replace(claim.state, last_poll=clock(), failures=failures, failure=failure)
        if tally:
            any_store.commit(Changes(state=state, tally=Tally(**tally)), "me")
        else:
            assert any_store.commit_quiet([state], "me") == set()

    for new in range(60):
        polled(new=new + 1)
    polled()
    for failures in range(1, 10):
        polled(failures)
    history = any_store.poll_history("src")
    assert len(history) == 50
    assert [row.failures for row in history[:5]] == [8, 4, 2, 1, 0]
    assert history[0].failure is not None
    assert history[0].failure.cause == "cause 8"
    assert [row.tally.new for row in history[4:]] == list(range(60, 14, -1))


def test_a_source_that_is_paused_by_hand_rests(any_store: SqlStore, clock: Clock) -> None:
    """A source that an editor paused on the page would be polled on, or never again."""
    any_store.sync({"src": 600.0}, {})
    assert any_store.pause("src", True)
    assert not any_store.pause("src", True)
    any_store.sync({"src": 600.0}, {})
    assert any_store.claim_polls("me", 5, 60) == []
    assert any_store.sources()[0].paused == clock()
    assert any_store.source_counts().waiting == 0
    assert any_store.pause("src", False)
    (claim,) = any_store.claim_polls("me", 5, 60)
    later = msgspec.structs.replace(claim.state, due_at=clock() + timedelta(hours=1))
    assert not any_store.make_due("src"), "it is being polled"
    assert any_store.commit_quiet([later], "me") == set()
    assert any_store.claim_polls("me", 5, 60) == []
    assert any_store.make_due("src")
    assert len(any_store.claim_polls("me", 5, 60)) == 1
    assert not any_store.make_due("nobody")


def test_stories_of_a_day(any_store: SqlStore, clock: Clock) -> None:
    """Who asks for yesterday's stories would get today's, or those of one source only."""
    any_store.sync({"src": 600.0, "two": 600.0}, {"hook": "https://hook.example/"})
    for day in range(3):
        for name in ("src", "two"):
            poll(any_store, found(name, [f"day {day}"], now=NOW + timedelta(days=day)))
    span = (NOW + timedelta(days=1), NOW + timedelta(days=2))
    for sources in (["src", "two"], ["two"]):
        told = any_store.entries(sources, 10, found=span)
        assert {entry.article.title for _, entry in told} == {"day 1"}
        assert len(told) == len(sources)


def test_sources_keep_count_of_what_they_show(any_store: SqlStore) -> None:
    """The pages would count a million stories at each visit, or show numbers that drift from what is there."""
    any_store.sync({"a": 600.0, "b": 600.0}, {"hook": "https://hook.example/"})
    poll(any_store, found("a", ["one", "two", "three"], partial=True, backlog=False))
    poll(any_store, found("b", ["one"]))
    counts = {row.state.id: (row.stories, row.partial) for row in any_store.sources()}
    assert counts == {"a": (3, 3), "b": (1, 0)}
    poll(any_store, found("a", ["one"], revision=2))
    poll(any_store, found("a", ["two"], removed=NOW, partial=True))
    poll(any_store, found("a", ["two"], removed=NOW, partial=True))
    assert {row.state.id: (row.stories, row.partial) for row in any_store.sources(["a"])} == {"a": (2, 1)}
    any_store.rename_source("a", "c")
    moved = {row.state.id: (row.stories, row.partial) for row in any_store.sources()}
    assert moved == {"a": (0, 0), "b": (1, 0), "c": (2, 1)}


@pytest.mark.parametrize("asked", [{}, {"changed": True}, {"withdrawn": True}])
def test_what_happened_last_is_read_from_its_index(store: SqlStore, asked: dict[str, bool]) -> None:
    """A page of what changed today would read and sort all stories that there ever were: seconds, with a million."""
    plans: list[str] = []

    def explain(connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT stories"):
            found = connection.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[3] for row in found)

    event.listen(store.engine, "before_cursor_execute", explain)
    store.found_since([f"s{number}" for number in range(100)], 30, **asked)
    name = "withdrawn" if "withdrawn" in asked else "changed" if "changed" in asked else "found"
    assert any(f"ix_stories_{name}" in line for line in plans), plans
    assert not any("ORDER BY" in line for line in plans), plans

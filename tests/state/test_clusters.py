"""Stories that several sources tell, found and shown as one."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import text

from feeds.model import Article
from state import clusters
from state.connections import writing
from state.published import MAX_TWINS
from state.sql import SqlStore
from tests.conftest import NOW, Clock
from tests.postgres import Server
from tests.state.work import Titles, at_once, found, poll, stores

THREE = ["one", "two", "three"]
STORM = "storm hits the coast"


@pytest.fixture
def told(any_store: SqlStore) -> SqlStore:
    """Three sources that tell of the same storm, and of something of their own each."""
    any_store.sync(dict.fromkeys(THREE, 600.0), {"hook": "https://hook.example/"})
    for number, name in enumerate(THREE):
        poll(any_store, found(name, [STORM, f"only {name} knows"], now=NOW + timedelta(minutes=number)))
    return any_store


def all_compared(store: SqlStore, judge: Titles | None = None) -> None:
    while store.cluster(judge or Titles(), 100) == 100:
        pass


def shown(store: SqlStore, names: list[str]) -> list[tuple[str, str, list[str]]]:
    """What a merged feed of these sources shows: source, title and who else tells it."""
    found = store.entries(names, 100)
    twins = store.twins(names, [number for number, _ in found])
    return [
        (entry.story.source_id, entry.article.title, [other.story.source_id for _, other in twins.get(number, [])])
        for number, entry in found
        if all(other > number for other, _ in twins.get(number, []))
    ]


def storms(store: SqlStore, names: list[str]) -> list[tuple[str, list[str]]]:
    return [(source, others) for source, title, others in shown(store, names) if title == STORM]


def test_story_is_shown_once_with_the_others_named(told: SqlStore) -> None:
    """Readers of a merged feed would see the same news once for each source, or lose a source's own."""
    all_compared(told)
    assert shown(told, THREE) == [
        ("three", "only three knows", []),
        ("two", "only two knows", []),
        ("one", "only one knows", []),
        ("one", STORM, ["two", "three"]),
    ]
    assert len(told.entries(THREE, 100)) == 6


def test_first_of_the_feeds_own_sources_is_shown(told: SqlStore) -> None:
    """A feed of two sources would lack a story because a third, which it does not show, was first."""
    all_compared(told)
    assert storms(told, ["two", "three"]) == [("two", ["three"])]
    assert storms(told, ["three"]) == [("three", [])]


def test_withdrawn_story_gives_way_to_the_next(told: SqlStore, clock: Clock) -> None:
    """A story that one source takes back would vanish though the others still tell it."""
    all_compared(told)
    poll(told, found("one", [STORM], removed=clock()))
    assert storms(told, THREE) == [("two", ["three"])]
    poll(told, found("three", [STORM], merged_into="another"))
    assert storms(told, THREE) == [("two", [])]


def test_withdrawn_story_is_nobodys_pattern(told: SqlStore, clock: Clock) -> None:
    """A new story would be put behind one that is shown no more, and be lost to the feed."""
    for name in THREE[:2]:
        poll(told, found(name, [STORM], removed=clock()))
    all_compared(told)
    assert storms(told, THREE) == [("three", [])]


def test_stories_long_apart_are_different(told: SqlStore) -> None:
    """Every storm would be taken for the one of last year, and not be shown."""
    all_compared(told)
    told.sync(dict.fromkeys([*THREE, "four"], 600.0), {})
    poll(told, found("four", [STORM], now=NOW + timedelta(days=9)))
    all_compared(told)
    assert storms(told, ["one", "four"]) == [("four", []), ("one", [])]


def test_feed_grows_when_a_cluster_does(told: SqlStore) -> None:
    """Readers would not load the merged feed anew, and go on seeing a story twice."""
    before = told.versions(THREE)
    all_compared(told)
    after = told.versions(THREE)
    assert all(after[name].number > before[name].number for name in THREE)
    assert told.cluster(Titles(), 100) == 0
    assert told.versions(THREE) == after


def test_story_in_few_steps_or_in_one_is_the_same(told: SqlStore) -> None:
    """What a merged feed shows would depend on how busy the daemon was."""
    counts = []
    while (count := told.cluster(Titles(), 2)) == 2:
        counts.append(count)
    assert storms(told, THREE) == [("one", ["two", "three"])]
    assert counts == [2, 2, 2]


def test_forgotten_texts_do_not_break_it(told: SqlStore, clock: Clock) -> None:
    """With `keep_days` set, nothing would be compared any more after the first night."""
    clock.go_on(days=1)
    told.cluster(Titles(), 1)
    assert told.forget(NOW + timedelta(hours=1)) == 6
    all_compared(told)
    all_compared(told)
    poll(told, found("one", ["new storm now"], now=clock()))
    poll(told, found("two", ["new storm now"], now=clock()))
    all_compared(told)
    assert shown(told, THREE) == [("one", "new storm now", ["two"])]
    told.tidy()
    assert told.cluster(Titles(), 10) == 0


def test_story_that_comes_meanwhile_is_compared_later(told: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A story stored at the moment when nothing was left to compare would be shown twice for ever."""
    import state.clusters as module

    told.cluster(Titles(), 100)
    told.forget(NOW + timedelta(hours=1))
    with writing(told.engine) as tx:  # a text that was forgotten before it was compared
        tx.exec_driver_sql("UPDATE stories SET cluster = NULL WHERE id = 1")
    looked = []
    pass_over = module._pass_over

    def late(tx: object) -> None:
        if told.engine.dialect.name == "postgresql":  # SQLite has one writer at a time
            poll(told, found("one", ["new storm now"], now=NOW + timedelta(hours=2)))
        looked.append(tx)
        pass_over(tx)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_pass_over", late)
    assert told.cluster(Titles(), 100) == 0
    assert looked
    assert told.cluster(Titles(), 100) == (1 if told.engine.dialect.name == "postgresql" else 0)


def test_teaser_is_compared_once_it_has_a_text(told: SqlStore) -> None:
    """A story whose page failed at first would be shown twice for ever."""
    told.sync(dict.fromkeys([*THREE, "four"], 600.0), {})
    poll(told, found("four", [STORM], partial=True))
    all_compared(told)
    assert storms(told, ["one", "four"]) == [("four", []), ("one", [])]
    poll(told, found("four", [STORM]))
    all_compared(told)
    assert storms(told, ["one", "four"]) == [("one", ["four"])]


def test_story_without_bands_stays_alone(told: SqlStore) -> None:
    """A text too short to compare would stop the comparing of all others."""

    class Blind(Titles):
        def bands(self, article: Article) -> tuple[int, ...]:
            return ()

    all_compared(told, Blind())
    assert storms(told, THREE) == [(name, []) for name in reversed(THREE)]


def test_many_that_compare_at_once_agree(postgres: Server, clock: Clock) -> None:
    """Two daemons on one database would show a story twice, each taking its own copy for the first."""
    names = [f"s{n}" for n in range(6)]
    titles = [f"headline number {n}" for n in range(15)]
    with stores(postgres.new_url("ready"), 6, clock) as daemons:
        daemons[0].sync(dict.fromkeys(names, 600.0), {"hook": "https://hook.example/"})

        def work(number: int) -> None:
            daemon = daemons[number]
            for title in titles:
                poll(daemon, found(names[number], [title]), f"daemon{number}")
                daemon.cluster(Titles(), 4)
            while daemon.cluster(Titles(), 4):
                pass

        at_once(partial(work, number) for number in range(6))
        merged = shown(daemons[0], names)
        assert sorted(title for _, title, _ in merged) == sorted(titles)
        assert all(len(others) == 5 for _, _, others in merged)


class Shared:
    """Takes texts for one that share a sentence."""

    WINDOW = timedelta(days=3)

    def bands(self, article: Article) -> tuple[int, ...]:
        return tuple(sorted(hash(line) % 2**60 for line in article.body_text.split("\n")))

    def same(self, one: Article, other: Article) -> bool:
        return not set(one.body_text.split("\n")).isdisjoint(other.body_text.split("\n"))


def test_round_up_joins_no_two_stories(any_store: SqlStore) -> None:
    """A merged feed would hide a story behind another that has nothing to do with it."""
    any_store.sync(dict.fromkeys(THREE, 600.0), {})
    texts = {"one": "The bridge opens.", "two": "The bridge opens.\nThe minister goes.", "three": "The minister goes."}
    for name, body in texts.items():
        poll(any_store, found(name, [f"story of {name}"], text=body))
    any_store.cluster(Shared(), 10)
    assert [source for source, _, _ in shown(any_store, THREE)] == ["three", "one"]


def test_what_changed_while_stories_were_compared_is_compared_again(told: SqlStore) -> None:
    """An edit, or another daemon, at the wrong moment would leave a story beside its twin for good."""
    told.sync(dict.fromkeys([*THREE, "four", "five"], 600.0), {"hook": "https://hook.example/"})
    found_before = told.compare(Titles(), 100)
    poll(told, found("four", [STORM], now=NOW + timedelta(minutes=9)))
    all_compared(told)
    assert told.place(found_before, 100) == 100, "somebody else placed them: there is more to do"
    assert storms(told, THREE) == [("one", ["two", "three"])]
    poll(told, found("five", [STORM], now=NOW + timedelta(minutes=10)))
    found_before = told.compare(Titles(), 100)
    poll(told, found("five", [STORM], now=NOW + timedelta(minutes=11), revision=2))
    assert told.place(found_before, 100) == 100
    all_compared(told)
    assert storms(told, [*THREE, "five"]) == [("one", ["two", "three", "five"])]


def test_comparing_holds_up_nobody_who_writes(told: SqlStore) -> None:
    """A source with long texts would keep all others from being stored, and the daemon from ending."""

    class Writing(Titles):
        def same(self, one: Article, other: Article) -> bool:
            if one.title == STORM:
                poll(told, found("one", [f"told meanwhile {len(asked)}"]))
                asked.append(one.title)
            return super().same(one, other)

    asked: list[str] = []
    all_compared(told, Writing())
    assert asked
    assert storms(told, THREE) == [("one", ["two", "three"])]


def test_long_texts_are_compared_a_few_at_a_time(any_store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty long reports at once would hold a thread for a minute."""
    monkeypatch.setattr(clusters, "MAX_COMPARED", 1_000)
    any_store.sync(dict.fromkeys(THREE, 600.0), {})
    for name in THREE:
        poll(any_store, found(name, [f"report {n}" for n in range(5)], text="A long text. " * 100))
    comparison = any_store.compare(Titles(), 100)
    assert comparison is not None
    assert (len(comparison.placements), comparison.more) == (1, True)
    all_compared(any_store)
    assert len(shown(any_store, THREE)) == 5


class Alike(Titles):
    """Takes for one what begins alike."""

    def same(self, one: Article, other: Article) -> bool:
        return one.title.split()[:3] == other.title.split()[:3]


def test_a_source_that_copies_itself_has_a_few_twins(any_store: SqlStore) -> None:
    """A merged feed over four hundred copies of one story would read a hundred thousand rows, for anybody."""
    any_store.sync(dict.fromkeys(THREE, 600.0), {})
    poll(any_store, found("one", [STORM]))
    poll(any_store, found("two", [f"{STORM} again {n}" for n in range(12)]))
    poll(any_store, found("three", [f"{STORM}, they say"]))
    all_compared(any_store, Alike())
    stored = any_store.entries(THREE, 100)
    twins = any_store.twins(THREE, [number for number, _ in stored])
    of_first = [entry.story.source_id for _, entry in twins[stored[-1][0]]]
    assert (of_first.count("two"), of_first.count("three")) == (MAX_TWINS, 1)
    assert len(shown(any_store, THREE)) == 1


def test_what_hundreds_have_in_common_is_a_form(any_store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that fills in one form for months would make each of its stories cost as much as all before it."""
    monkeypatch.setattr("state.clusters.MOST_IN_A_BAND", 5)
    names = [f"s{n}" for n in range(8)]
    any_store.sync(dict.fromkeys(names, 600.0), {})
    for number, name in enumerate(names):
        poll(any_store, found(name, [STORM], now=NOW + timedelta(minutes=number)))
        all_compared(any_store)
    with any_store.engine.connect() as connection:
        stored = connection.execute(text("SELECT count(*) FROM bands GROUP BY band")).scalars().all()
    assert max(stored) == 5
    assert len([others for _, others in storms(any_store, names) if others]) == 1
    assert len(storms(any_store, names)) == 4, "one that five tell, and three for themselves"

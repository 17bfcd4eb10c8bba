"""Stories that several sources tell, found and shown as one."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from feeds.model import Article
from state.engine import writing
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
    return [
        (entry.story.source_id, entry.article.title, [other.source_id for other in entry.elsewhere])
        for _, entry in store.entries(names, 100, merge=True)
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
    ((_, entry),) = [pair for pair in told.entries(THREE, 100, merge=True) if pair[1].elsewhere]
    assert [(other.title, other.url) for other in entry.elsewhere] == [
        (STORM, f"https://{name}.example/{STORM}") for name in ("two", "three")
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

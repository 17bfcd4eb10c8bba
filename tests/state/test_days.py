"""How many stories are found on each day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from state.sql import SqlStore
from tests.samples import commit, make_entry


def test_stories_by_day(any_store: SqlStore) -> None:
    """The chart on the front page would show a story on another day than it came, or one that is another's teaser."""
    any_store.sync({"ttv": 600.0, "b": 600.0}, {})
    evening = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)  # half past midnight in Vietnam
    times = [evening, evening - timedelta(hours=1), evening - timedelta(days=30), evening + timedelta(minutes=1)]
    stories = [make_entry(number, story={"first_seen": seen}) for number, seen in enumerate(times)]
    merged = make_entry(9, story={"first_seen": evening, "merged_into": stories[0].story.entry_id})
    gone = make_entry(10, story={"first_seen": evening, "removed": evening})
    commit(any_store, [*stories, merged, gone])
    commit(any_store, [make_entry(20, source="b", story={"first_seen": evening})], source="b")
    since, ahead = evening - timedelta(days=14), timedelta(hours=7)
    assert any_store.stories_by_day(["ttv", "nope"], since, ahead) == {
        "ttv": {date(2026, 11, 20): 1, date(2026, 11, 21): 3}
    }
    assert any_store.stories_by_day(["b", "ttv"], since) == {
        "ttv": {date(2026, 11, 20): 4},
        "b": {date(2026, 11, 20): 1},
    }
    assert any_store.stories_by_day([], since) == {}


def test_the_newest_of_many_sources(any_store: SqlStore) -> None:
    """A feed of several sources would leave stories out, or have its database read all that they ever had."""
    names = [f"s{number}" for number in range(4)]
    any_store.sync(dict.fromkeys(names, 600.0), {})
    for number in range(24):
        name = names[number % 3]
        removed = datetime(2026, 11, 21, tzinfo=UTC) if number % 5 == 0 else None
        commit(any_store, [make_entry(number, source=name, story={"removed": removed})], source=name)
    everything = any_store.entries(names, 100)
    assert len(everything) == 19
    assert [number for number, _ in everything] == sorted((number for number, _ in everything), reverse=True)
    paged = any_store.entries(names, 7)
    while len(more := any_store.entries(names, 7, paged[-1][0])):
        paged += more
    assert paged == everything
    assert any_store.entries(names[:2], 3) == [item for item in everything if item[1].story.source_id != "s2"][:3]

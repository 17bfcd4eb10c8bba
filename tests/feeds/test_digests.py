"""When events go one by one, when not at all, and when together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from feeds.deciding.digests import digest, fitting, terms
from feeds.model import Endpoint, Event, Every, Quiet, Rate, Waiting

HANOI = "Asia/Ho_Chi_Minh"  # seven hours ahead of UTC, all year
NIGHT = Quiet(22 * 60, 6 * 60 + 30)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}:00+00:00")


def endpoint(**values: Any) -> Endpoint:
    return Endpoint(id="desk", url="https://desk.example/", **values)


@pytest.mark.parametrize(
    ("now", "quiet"),
    [("20T14:59", False), ("20T15:00", True), ("20T17:30", True), ("20T23:29", True), ("20T23:30", False)],
)
def test_quiet_hours_go_over_midnight(now: str, quiet: bool) -> None:
    """An editor would be woken at night, or get nothing all day."""
    assert terms(endpoint(quiet=NIGHT, timezone=HANOI), at(now)).quiet is quiet


def test_what_came_in_quiet_hours_goes_together_after_them() -> None:
    """Forty alerts of the night would arrive one after the other at breakfast."""
    after = terms(endpoint(quiet=NIGHT, timezone=HANOI), at("20T23:31"))
    assert (after.alone, after.gathered) == (True, at("20T23:30"))
    assert terms(endpoint(), at("20T23:31")).gathers is False


@pytest.mark.parametrize(
    ("every", "now", "gathered"),
    [
        (Every(3600.0), "20T10:59", "20T10:00"),
        (Every(900.0), "20T10:59", "20T10:45"),
        (Every(5 * 3600.0), "20T16:59", "20T13:00"),  # at 0, 5, 10, 15 and 20 o'clock in Hanoi
        (Every(at=7 * 60 + 30), "20T00:29", "19T00:30"),
        (Every(at=7 * 60 + 30), "20T00:30", "20T00:30"),
    ],
)
def test_digests_have_fixed_times(every: Every, now: str, gathered: str) -> None:
    """A daemon that was restarted would send a digest early, or twice, or another one than before."""
    found = terms(endpoint(digest=every, timezone=HANOI), at(now))
    assert (found.alone, found.gathered) == (False, at(gathered))


def test_a_digest_is_made_at_the_end_of_quiet_hours_too() -> None:
    """A morning's digest would wait for the next full hour."""
    found = terms(endpoint(digest=Every(at=20 * 60), quiet=NIGHT, timezone=HANOI), at("20T23:45"))
    assert found.gathered == at("20T23:30")


def test_the_hour_that_is_repeated_in_autumn_makes_no_digest_of_the_future() -> None:
    """A digest would be made of events that nobody has seen yet, or twice."""
    for minutes in range(0, 300, 7):
        now = datetime(2026, 10, 24, 23, 0, tzinfo=UTC) + timedelta(minutes=minutes)
        found = terms(endpoint(digest=Every(3600.0), timezone="Europe/Berlin"), now)
        assert found.gathered is not None
        assert timedelta(0) <= now - found.gathered <= timedelta(hours=2)


def test_a_rate_lets_go_alone_what_fits() -> None:
    """A limit would turn every alert into a digest."""
    found = terms(endpoint(rate=Rate(30, 3600.0)), at("20T10:00"))
    assert (found.alone, found.gathered, found.gathers) == (True, None, True)


# -- what is in it


def event(name: str, kind: str = "article.published", source: str = "ttv", **article: Any) -> Event:
    told = {"url": f"https://{source}.example/{name}", "title": f"Story {name}", "text": "long", **article}
    data = {"source": {"id": source, "title": source.upper()}, "feeds": [source], "article": told, "changes": None}
    if kind == "article.revised":
        data["changes"] = {"fields": ["title"], "title": [], "summary": [], "text": []}
    body = msgspec.json.encode({"type": kind, "timestamp": "2026-11-20T10:00:00Z", "data": data})
    return Event(
        id=f"evt_{name}_{kind}", type=kind, source_id=source, created=at("20T10:00"), payload=body, entry_id=name
    )


def told(*events: Event | tuple[Event, int]) -> dict[str, Any]:
    pairs = [item if isinstance(item, tuple) else (item, None) for item in events]
    waiting = [Waiting(id=n, event=found, cluster=cluster) for n, (found, cluster) in enumerate(pairs, 1)]
    body = msgspec.json.decode(digest(endpoint(), waiting, at("20T11:00")).payload)
    return dict(body["data"])


def test_stories_stand_by_source_the_newest_first() -> None:
    """A reader would have to sort forty stories in his head."""
    found = told(event("a"), event("b", source="other"), event("c"), event("d", source="other"))
    assert [item["article"]["title"][-1] for item in found["articles"]] == ["d", "b", "c", "a"]
    assert found["events"] == [f"evt_{name}_article.published" for name in "abcd"]
    assert "text" not in found["articles"][0]["article"]


def test_one_story_is_there_once_with_what_it_came_to() -> None:
    """A story that was changed twice in the night would stand three times in the morning's digest."""
    first, second = event("a"), event("a", "article.revised", title="Story a, mended")
    found = told(first, second)
    assert [(item["type"], item["article"]["title"]) for item in found["articles"]] == [
        ("article.published", "Story a, mended")
    ]
    assert found["events"] == [first.id, second.id]
    gone = told(event("a", "article.revised"), event("a", "article.removed"))
    assert [item["type"] for item in gone["articles"]] == ["article.removed"]


def test_what_several_sources_tell_alike_stands_with_the_first() -> None:
    """One agency's report in nine papers would fill the digest."""
    found = told((event("a"), 7), (event("b", source="other"), 7), (event("c"), 8))
    assert [item["article"]["title"] for item in found["articles"]] == ["Story c", "Story a"]
    assert [other["title"] for other in found["articles"][1]["also"]] == ["Story b"]


def test_what_is_no_story_is_a_notice() -> None:
    """A source that fails would be missing from the digest, and nobody be told."""
    body = msgspec.json.encode({"type": "source.failing", "timestamp": "", "data": {"source": {"id": "ttv"}}})
    failing = Event(id="evt_f", type="source.failing", source_id="ttv", created=at("20T10:00"), payload=body)
    found = told(event("a"), failing)
    assert [item["type"] for item in found["notices"]] == ["source.failing"]
    assert len(found["articles"]) == 1


def test_its_id_follows_from_what_it_carries() -> None:
    """A daemon that died while it made a digest would send the same events again under another id."""
    one = [Waiting(id=1, event=event("a")), Waiting(id=2, event=event("b"))]
    assert digest(endpoint(), one, at("20T11:00")).id == digest(endpoint(), one, at("20T12:00")).id
    assert digest(endpoint(), one, at("20T11:00")).id != digest(endpoint(), one[:1], at("20T11:00")).id


def test_a_digest_is_no_larger_than_receivers_take() -> None:
    """A receiver that refuses more than a megabyte would be tried for three days, and then miss a whole night."""
    waiting = [Waiting(id=n, event=event(f"n{n}", summary="Vài lời. " * 130, title="x" * 500)) for n in range(700)]
    some, found = fitting(endpoint(), waiting, at("20T11:00"))
    assert len(found.payload) <= 1_000_000
    assert 100 < len(some) < 700
    assert some == waiting[: len(some)]

"""When a source publishes, and when it is asked again."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.deciding import rhythm
from feeds.deciding.rhythm import PRICE, Outlook, due, learned, outlook
from feeds.deciding.schedule import floor_of, next_poll
from feeds.model import Rhythm, Source
from tests.conftest import NOW
from tests.feeds.makers import source, teaser

MONDAY = datetime(2026, 8, 31, tzinfo=UTC)
HOURS = st.floats(-20_000, 20_000)


def lived(times: Sequence[float], until: float, zone: str = "UTC", price: float = PRICE) -> tuple[Rhythm, list[float]]:
    """The rhythm of a source that publishes at these hours after a Monday's start, and the hours of its polls."""
    polls, at, known, counts = list[float](), 0.0, 0, learned(None, [], MONDAY, zone)
    while at < until:
        polls.append(at)
        now = MONDAY + timedelta(hours=at)
        new = [time for time in times[known:] if time <= at]
        if new:
            counts = learned(counts, [MONDAY + timedelta(hours=time) for time in new], now, zone)
        known += len(new)
        at = (due(counts, now, zone, 60, 3600, Outlook(price=price)) - MONDAY) / timedelta(hours=1)
    return counts, polls


def made(rate: Callable[[float], float], highest: float, until: float, seed: int = 1) -> list[float]:
    """Hours at which a process of this rate publishes."""
    chance, at, found = random.Random(seed), 0.0, list[float]()
    while (at := at + chance.expovariate(highest)) < until:
        if chance.random() * highest < rate(at):
            found.append(at)
    return found


def waits(counts: Rhythm, hours: Sequence[float], zone: str = "UTC") -> list[float]:
    """Minutes to the next poll, asked at these hours after the Monday."""
    return [
        (due(counts, now, zone, 60, 3600, Outlook()) - now) / timedelta(minutes=1)
        for hour in hours
        for now in [MONDAY + timedelta(hours=hour)]
    ]


def test_a_day_with_a_night() -> None:
    """A station's morning would be asked for as rarely as its night."""
    times = made(lambda at: 4.0 if 6 <= at % 24 < 22 else 0.0, 4.0, 28 * 24)
    counts, _ = lived(times, 28 * 24)
    day, night = waits(counts, [28 * 24 + 12, 28 * 24 + 2])
    assert day < 8
    assert night > 3 * day
    noon = rhythm.usual(counts, MONDAY + timedelta(days=28, hours=12.7), "UTC")
    assert (noon.stories, noon.hour.hour) == (pytest.approx(4, rel=0.3), 12)


def test_a_week_with_a_sunday() -> None:
    """A paper that is silent on Sundays would be asked as often as on a Monday."""
    times = made(lambda at: 0.0 if int(at / 24) % 7 == 6 else 3.0, 3.0, 42 * 24)
    counts, _ = lived(times, 42 * 24)
    monday, sunday = waits(counts, [42 * 24 + 12, 48 * 24 + 12])
    assert sunday > 2 * monday


def test_an_even_source_is_asked_evenly() -> None:
    """Chance would be taken for a habit, and stories between its hours be found late."""
    counts, _ = lived(made(lambda at: 1.0, 1.0, 28 * 24), 28 * 24)
    found = waits(counts, [28 * 24 + hour for hour in range(0, 168, 5)])
    assert max(found) < 1.6 * min(found)
    assert sum(found) / len(found) == pytest.approx(10, rel=0.25)


def test_five_hundred_a_day_and_one_a_week() -> None:
    """A busy source would be found late, or a quiet one asked each minute for nothing."""
    busy, _ = lived(made(lambda at: 500 / 24, 500 / 24, 7 * 24), 7 * 24)
    quiet, polls = lived([100.0, 268.0, 436.0], 28 * 24)
    assert max(waits(busy, [7 * 24])) < 4
    assert waits(quiet, [28 * 24]) == [60]
    assert len(polls) < 28 * 24 * 1.3


def test_habits_change() -> None:
    """A source that moved its work to the night would be asked in the morning for ever."""
    times = made(lambda at: 3.0 if (8 <= at % 24 < 16) == (at < 28 * 24) else 0.0, 3.0, 56 * 24)
    counts, _ = lived(times, 56 * 24)
    old, new = waits(counts, [56 * 24 + 11, 56 * 24 + 21])
    assert new < old


def test_bursts_are_followed() -> None:
    """On a day of great news the second story would be found as late as on any other."""
    chance, times = random.Random(4), made(lambda at: 0.4, 0.4, 42 * 24)
    times = sorted(times + [time + chance.expovariate(3) for time in times if chance.random() < 0.2 for _ in range(9)])
    counts, _ = lived(times, 42 * 24)
    now = MONDAY + timedelta(hours=42 * 24)
    calm = due(rhythm.faded(counts, now + timedelta(hours=12)), now + timedelta(hours=12), "UTC", 60, 3600, Outlook())
    after = learned(counts, [now] * 4, now, "UTC")
    assert due(after, now, "UTC", 60, 3600, Outlook()) - now < (calm - now - timedelta(hours=12)) * 0.8


def test_summer_time() -> None:
    """After the clocks changed, the morning's news would be asked for an hour late for months."""
    zone = "Europe/Berlin"  # on 25 October the clocks go back: seven o'clock is six in UTC, not five
    times = [24 * day + 5 + minute / 60 for day in range(54) for minute in range(0, 60, 6)]
    counts, _ = lived(times, 54 * 24, zone)
    winter = 60 * 24
    seven, before = waits(counts, [winter + 6.2, winter + 5.2], zone)
    assert seven < before


def test_cold_start() -> None:
    """A new source would be asked each hour until it is known, or its first list be thrown away."""
    assert (due(None, NOW, "UTC", 60, 3600, Outlook()) - NOW) / timedelta(minutes=1) == pytest.approx(10, abs=5)
    busy = learned(None, [NOW - timedelta(minutes=6 * n) for n in range(30)], NOW, "UTC")
    slow = learned(None, [NOW - timedelta(hours=5 * n) for n in range(30)], NOW, "UTC")
    pinned = learned(None, [NOW - timedelta(minutes=6 * n) for n in range(30)] + [NOW - timedelta(days=6)], NOW, "UTC")
    waited = [due(one, NOW, "UTC", 60, 3600, Outlook()) - NOW for one in (busy, slow, pinned)]
    assert waited[0] < waited[1]
    assert waited[2] < waited[1]


def test_first_days() -> None:
    """On its second day, which no weekday's count knows yet, a source would be asked each hour at most."""
    times = made(lambda at: 3.0, 3.0, 20 * 24)
    for day in (1.5, 2.5, 4.5, 8.5):
        counts, _ = lived(times, day * 24)
        assert max(waits(counts, [day * 24 + hour for hour in (1, 9, 25)])) < 15, day


def test_silence_of_a_week() -> None:
    """After holidays without news a source would be asked no more than once a day."""
    times = made(lambda at: 0.0 if 21 <= at / 24 < 28 else 2.0, 2.0, 28 * 24)
    _, polls = lived(times, 28 * 24)
    late = [two - one for one, two in pairwise(polls) if one > 27 * 24]
    assert max(late) <= 1.02
    assert sum(late) / len(late) < 0.6


@given(
    st.lists(HOURS, max_size=40), st.lists(HOURS, max_size=20), HOURS,
    st.sampled_from(["UTC", "Asia/Ho_Chi_Minh", "Asia/Kathmandu", "Pacific/Apia", "Europe/London"]),
    st.floats(1, 7200), st.floats(0, 100_000), st.floats(0.001, 1e9),
)  # fmt: skip
def test_whatever_clocks_say(
    first: list[float], then: list[float], gone: float, zone: str, shortest: float, more: float, price: float
) -> None:
    """A site whose clock is years off, or ours that jumped, would stop a source for ever, or hammer its server."""
    counts = learned(None, [NOW + timedelta(hours=hour) for hour in first], NOW, zone)
    now = NOW + timedelta(hours=gone)
    counts = learned(counts, [NOW + timedelta(hours=hour) for hour in then], now, zone)
    found = due(counts, now, zone, shortest, shortest + more, Outlook(price=price))
    assert found == due(counts, now, zone, shortest, shortest + more, Outlook(price=price))
    wait = (found - now).total_seconds()
    assert shortest - 0.001 <= wait <= shortest + more + 0.001
    assert all(math.isfinite(value) and value >= 0 for value in (*counts.hours, *counts.days, counts.near))
    assert len(msgspec.json.encode(counts)) < 1000


def test_budget() -> None:
    """Five thousand sources would ask as often as one, and the operator's line, or the sites, be flooded."""
    rates = {f"s{n}": rate for n, rate in enumerate([0.1, 1, 5, 20] * 25)}
    rhythms = {
        name: Rhythm(at=NOW, watched=400.0, hours=(rate * 400 / 24,) * 24, days=(rate * 400 / 7,) * 7)
        for name, rate in rates.items()
    }
    watched = [source(id=name, auto=True, full_text=False) for name in rates]
    free, bound = outlook(watched, rhythms), outlook(watched, rhythms, 500)
    assert (free.price, bound.price > PRICE) == (PRICE, True)

    def requests(found: Outlook) -> float:
        waited = (due(rhythms[one.id], NOW, "UTC", 60, 3600, found) - NOW for one in watched)
        return sum(timedelta(hours=1) / wait for wait in waited)

    assert requests(free) > 900
    assert 350 < requests(bound) <= 525
    assert outlook(watched, rhythms, 10).price > bound.price, "less than each source once an hour: polls wait"


def test_what_a_site_asks_for() -> None:
    """A cached page would be asked for each minute; or a default of the feed's software keep news away for a day."""
    now_and_then = [teaser(f"n{n}", published=NOW - timedelta(hours=3 * n)) for n in range(10)]
    often = [teaser(f"o{n}", published=NOW - timedelta(minutes=9 * n)) for n in range(10)]
    assert floor_of(120.0, 0.0, often) == 120.0
    assert floor_of(86_400.0, 0.0, often) == 600.0
    assert floor_of(0.0, 3600.0, now_and_then) == 3600.0
    assert floor_of(0.0, 86_400.0, now_and_then) == 0.0
    assert floor_of(0.0, 3600.0, often) == 0.0
    auto = source(auto=True)
    assert next_poll(auto, NOW, floor=1800.0) - NOW == timedelta(minutes=30)
    assert next_poll(auto, NOW, floor=1e9) - NOW <= timedelta(hours=1, minutes=6)


def test_failures_are_retried_as_ever() -> None:
    """A source that fails would be asked by the rhythm of its news, and its operator hear of it in the morning."""
    auto, fixed = source(auto=True), source()
    for failures in (1, 2, 3, 9):
        assert next_poll(auto, NOW, failures=failures) == next_poll(fixed, NOW, failures=failures)


def test_several_lists_cost_more() -> None:
    """A source of ten sections would get ten times the requests of one with as many stories on one list."""
    one, ten = source(auto=True), source(auto=True, urls=tuple(f"https://a.example/{n}" for n in range(10)))
    assert next_poll(ten, NOW) - NOW > 2 * (next_poll(one, NOW) - NOW)


def test_prior_is_learned_from_all() -> None:
    """A new source of a newsroom in another part of the world would be taken for one that sleeps when we do."""
    evening = tuple(20.0 if 18 <= hour < 22 else 1.0 for hour in range(24))
    rhythms = {f"s{n}": Rhythm(at=NOW, watched=400.0, hours=evening, days=(14.0,) * 7) for n in range(6)}
    watched = [Source(id=name, title="", urls=("https://a.example/",), auto=True) for name in rhythms]
    prior = outlook(watched, rhythms).prior
    assert prior[20] > 4 * prior[9]
    assert sum(prior) == pytest.approx(24)

"""When bantin looks again: at lists, at pages of stories, and at endpoints that did not take an alert."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest

from feeds.deciding.retry import WAITS, judge
from feeds.deciding.schedule import confirm_removal, is_failing, next_look, next_poll
from feeds.model import Attempt, Story
from tests.conftest import NOW
from tests.feeds.makers import SITE, source

STORY = Story(source_id="src", entry_id="e", url=SITE, first_seen=NOW, updated=NOW)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def wait(moment: datetime | None) -> float | None:
    """Seconds from now."""
    return (moment - NOW).total_seconds() if moment is not None else None


# -- lists


@pytest.mark.parametrize(
    ("interval", "failures", "seconds"),
    [(600, 0, 600), (600, 2, 600), (600, 3, 1200), (600, 4, 2400), (600, 5, 3600), (600, 99, 3600), (7200, 5, 7200)],
)
def test_failures_that_are_told_double_the_wait_up_to_an_hour(interval: float, failures: int, seconds: float) -> None:
    """A site that is down would be asked without end, or a morning of news be missed after it came back."""
    assert wait(next_poll(source(interval=interval), NOW, failures=failures)) == seconds


@pytest.mark.parametrize(("asked", "seconds"), [(60, 600), (900, 900), (86_400, 86_400), (10**9, 86_400)])
def test_retry_after_is_kept_for_a_day_at_most(asked: float, seconds: float) -> None:
    """A server's "come back in a thousand years" would end a source, or its "in fifteen minutes" be ignored."""
    assert wait(next_poll(source(interval=600), NOW, retry_after=asked)) == seconds


def test_luck_spreads_by_a_tenth() -> None:
    """A hundred sources would be asked in the same second, for ever."""
    assert wait(next_poll(source(interval=600), NOW, luck=0.5)) == 630


@pytest.mark.parametrize(
    ("failures", "since", "failing"),
    [(2, None, False), (3, None, True), (1, NOW - 0.99 * HOUR, False), (1, NOW - HOUR, True)],
)
def test_when_a_source_counts_as_failing(failures: int, since: datetime | None, failing: bool) -> None:
    """A newsroom would be alarmed by every hiccup, or hear of a dead source a day late."""
    assert is_failing(failures, since, NOW) is failing


# -- pages of stories


def test_steps_count_from_the_first_sight() -> None:
    """Edits an hour after publication would be found a day later, or a story asked for without an end."""
    of = source(recheck=(3600.0, 86_400.0))
    assert wait(next_look(of, STORY, NOW)) == 3600
    assert wait(next_look(of, STORY, NOW + HOUR)) == 86_400
    assert next_look(of, STORY, NOW + DAY) is None


@pytest.mark.parametrize(("looks", "seconds"), [(1, 600), (2, 1200), (3, 2400), (6, 19_200), (7, 21_600), (30, 21_600)])
def test_a_partial_story_is_tried_again_with_growing_waits(looks: int, seconds: float) -> None:
    """A wall that falls after ten minutes would leave its story a teaser for a day, or be run against all day."""
    story = msgspec.structs.replace(STORY, partial=True, looks=looks)
    assert wait(next_look(source(interval=600, recheck=()), story, NOW)) == seconds


def test_a_partial_story_is_tried_at_the_steps_as_well() -> None:
    """A story whose wall fell would wait for hours, though the source asks for stories after a quarter of an hour."""
    story = msgspec.structs.replace(STORY, partial=True, looks=6)
    assert wait(next_look(source(interval=600, recheck=(900.0,)), story, NOW)) == 900


@pytest.mark.parametrize(
    ("age", "reason", "tried"), [(7 * DAY, "503", True), (7 * DAY + HOUR, "503", False), (HOUR, "disallowed", False)]
)
def test_how_long_a_partial_story_is_tried(age: timedelta, reason: str, tried: bool) -> None:
    """A page that is never to be had would be asked for until the end of time, against robots.txt even."""
    story = msgspec.structs.replace(STORY, partial=True, reason=reason, first_seen=NOW - age)
    assert (next_look(source(recheck=()), story, NOW) is not None) is tried


@pytest.mark.parametrize(
    ("gone_for", "interval", "seconds"),
    [(HOUR, 600, 3600), (HOUR, 7200, 7200), (7 * DAY - HOUR, 600, 3600), (7 * DAY, 600, None)],
)
def test_a_removed_story_may_come_back_for_a_week(gone_for: timedelta, interval: float, seconds: float | None) -> None:
    """A story that was taken down by mistake would stay withdrawn, or be asked for without an end."""
    story = msgspec.structs.replace(STORY, removed=NOW - gone_for)
    assert wait(next_look(source(interval=interval), story, NOW)) == seconds


@pytest.mark.parametrize(("interval", "seconds"), [(5, 60), (60, 60), (600, 600)])
def test_a_removal_is_confirmed_a_minute_or_a_poll_later(interval: float, seconds: float) -> None:
    """A deploy of the site that lasts half a minute would withdraw its stories."""
    assert wait(confirm_removal(source(interval=interval), NOW)) == seconds


# -- deliveries


def test_three_days_of_tries() -> None:
    """An endpoint that breaks on a Friday evening would have lost its alerts by Monday."""
    waits = [judge(Attempt(at=NOW, error="refused"), n, luck=0.0) for n in range(1, len(WAITS) + 1)]
    assert [wait(verdict.due_at) for verdict in waits] == list(WAITS)
    assert timedelta(seconds=sum(WAITS)) > 3 * DAY
    assert judge(Attempt(at=NOW, error="refused"), len(WAITS) + 1, luck=0.0).state == "dead"


@pytest.mark.parametrize(
    ("status", "asked", "seconds"),
    [(503, None, 5), (503, 60.0, 60), (429, 60.0, 60), (500, 60.0, 5), (301, None, 5), (503, 10.0**9, 86_400)],
)
def test_an_endpoint_may_ask_for_patience(status: int, asked: float | None, seconds: float) -> None:
    """An endpoint that asks for a minute would be hit again after five seconds, and shut bantin out."""
    verdict = judge(Attempt(at=NOW, status=status, retry_after=asked), 1, luck=0.0)
    assert (verdict.state, wait(verdict.due_at)) == ("pending", seconds)


@pytest.mark.parametrize(
    ("status", "state"), [(200, "delivered"), (204, "delivered"), (299, "delivered"), (300, "pending")]
)
def test_what_counts_as_delivered(status: int, state: str) -> None:
    """A redirect would pass for an alert that arrived."""
    assert judge(Attempt(at=NOW, status=status), 1, luck=0.0).state == state


def test_gone_disables_and_loses_nothing() -> None:
    """An endpoint's 410 would throw its alerts away."""
    verdict = judge(Attempt(at=NOW, status=410), 1, luck=0.0)
    assert (verdict.state, verdict.disable) == ("pending", "it answered 410 Gone")

"""When a hub is asked, what of its word is believed, and when its word makes polls rare."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from feeds.deciding.schedule import next_poll
from feeds.deciding.subscriptions import granted, is_pushed, todo, was_missed
from feeds.model import Subscription
from tests.conftest import NOW
from tests.feeds.makers import source

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HUB, TOPIC = "https://hub.example/", "https://news.example/feed"


def subscription(**facts: Any) -> Subscription:
    """One that the hub granted now, for ten days, and posted to."""
    told = {"tries": 0, "verified_until": NOW + 10 * DAY, "last_push": NOW} | facts
    names = {"name": "n", "source_id": "src", "url": TOPIC, "topic": TOPIC, "hub": HUB, "secret": "s", "base": "b"}
    return Subscription(**{"asked_at": NOW, **names, **told})


@pytest.mark.parametrize(
    ("facts", "later", "wanted"),
    [
        ({}, 8.9 * DAY, "nothing"),
        ({}, 9 * DAY, "ask"),
        ({}, 99 * DAY, "ask"),
        ({"verified_until": NOW + 30 * DAY}, 28.9 * DAY, "nothing"),
        ({"verified_until": NOW + 30 * DAY}, 29 * DAY, "ask"),
        ({"verified_until": NOW + HOUR}, 0.89 * HOUR, "nothing"),
        ({"verified_until": NOW + HOUR}, 0.9 * HOUR, "ask"),
        ({"tries": 1}, 0.9 * HOUR, "wait"),
        ({"tries": 1, "verified_until": None}, HOUR, "ask"),
        ({"tries": 2}, 1.9 * HOUR, "wait"),
        ({"tries": 2}, 2 * HOUR, "ask"),
        ({"tries": 1000}, 0.9 * DAY, "wait"),
        ({"tries": 1000}, DAY, "ask"),
        ({"denied_at": NOW, "verified_until": None}, 9 * DAY, "wait"),
        ({"denied_at": NOW, "verified_until": None}, 10 * DAY, "ask"),
        ({"hub": "https://other.example/"}, 0.9 * HOUR, "wait"),
        ({"hub": "https://other.example/"}, HOUR, "ask"),
        ({"topic": "https://news.example/other"}, HOUR, "ask"),
    ],
)
def test_a_hub_is_asked_when_it_has_to_be(facts: dict[str, Any], later: timedelta, wanted: str) -> None:
    """A subscription would run out in the night, or a hub that does not answer be asked at each poll."""
    assert todo(subscription(**facts), HUB, TOPIC, NOW + later) == wanted


def test_a_hub_that_was_never_asked_is_asked() -> None:
    """Nobody would ever be subscribed to."""
    assert todo(None, HUB, TOPIC, NOW) == "ask"


@pytest.mark.parametrize(
    ("said", "believed"),
    [
        ("864000", 10 * DAY),
        ("0000864000", 10 * DAY),
        ("5", HOUR),
        ("0", HOUR),
        ("2592001", 30 * DAY),
        ("1" + "0" * 300, 30 * DAY),
        ("-864000", HOUR),
        ("+864000", HOUR),
        ("NaN", HOUR),
        ("1e9", HOUR),
        ("864000.0", HOUR),
        ("٨٦٤٠٠٠", HOUR),
        ("²", HOUR),
        ("", HOUR),
    ],
)
def test_what_a_hub_grants_is_believed_within_bounds(said: str, believed: timedelta) -> None:
    """A hub would be trusted for ever, or asked without end, or its number stop the daemon."""
    assert granted(said) == believed


@pytest.mark.parametrize(
    ("facts", "pushed"),
    [
        ({}, True),
        ({"last_push": None}, False),
        ({"verified_until": None}, False),
        ({"verified_until": NOW + HOUR}, False),
        ({"verified_until": NOW - HOUR}, False),
    ],
)
def test_only_hubs_that_granted_and_have_posted_make_polls_rare(facts: dict[str, Any], pushed: bool) -> None:
    """Stories would come an hour late from a site whose hub grants everything and posts nothing."""
    one = source(urls=(TOPIC,))
    assert is_pushed(one, {TOPIC: subscription(**facts)}, NOW) is pushed
    two = source(urls=(TOPIC, "https://news.example/other"))
    assert not is_pushed(two, {TOPIC: subscription(**facts)}, NOW)


def test_what_no_hub_told_is_noticed() -> None:
    """A hub that stopped posting would make its site's stories an hour late for ever."""
    assert was_missed([subscription(last_push=NOW - HOUR)], NOW)
    assert not was_missed([subscription(last_push=NOW + HOUR), subscription(last_push=None)], NOW)
    assert not was_missed([subscription()], None)


@pytest.mark.parametrize(("interval", "seconds"), [(60, 3600), (7200, 7200)])
def test_a_pushed_source_is_polled_hourly_or_less(interval: float, seconds: float) -> None:
    """A site that tells of everything would be asked each minute all the same."""
    assert (next_poll(source(interval=interval), NOW, pushed=True) - NOW).total_seconds() == seconds


def test_a_subscription_does_not_show_its_secrets() -> None:
    """A traceback in a log would tell who may post in the hub's name."""
    shown = repr(msgspec.structs.replace(subscription(), secret="s3cret", name="n4me"))
    assert "s3cret" not in shown
    assert "n4me" not in shown

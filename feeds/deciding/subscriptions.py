"""What to do about a subscription at a hub (WebSub, W3C Recommendation): ask, wait, or nothing; and what a lease is.

1. A hub is asked once, and again where it does not verify: after an hour, then after twice as long, up to a day.
2. What it grants is renewed within a tenth of the lease before its end, or a day where that is less.
3. A hub that refuses is asked again when the lease would have ended: hubs that do not want us seldom change their mind.
4. A document that names another hub or topic each time has one asked in an hour.
5. A source is polled rarely only where each of its lists is granted, and a hub has shown that it posts. A poll that
   finds what no post had told of takes that back, until the hub posts again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from feeds.model import Source, Subscription

LEASE = timedelta(days=10)  # what a hub is asked for: "10 days is a good default" (WebSub section 8)
SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=30)  # that is believed of what a hub says it grants
RENEWED = timedelta(days=1)  # before the end, at most
FIRST_WAIT, LONGEST_WAIT = timedelta(hours=1), timedelta(days=1)  # for a hub that does not verify
LEFT_FOR = timedelta(days=1)  # in which a hub may agree that it is left; then it is forgotten all the same
REST = 30.0  # seconds between two polls that hubs ask for: a newsroom that publishes a dozen stories posts as often
CHECK = timedelta(hours=1)  # how often a source is polled to see whether its hubs still post

Todo = Literal["ask", "wait", "nothing"]


def todo(known: Subscription | None, hub: str, topic: str, now: datetime) -> Todo:
    """What to do at ``now`` about the ``topic`` at the ``hub``, where this is known of it (None: never asked)."""
    if known is None:
        return "ask"
    if (known.hub, known.topic) != (hub, topic):
        return "ask" if now - known.asked_at >= FIRST_WAIT else "wait"
    if known.denied_at is not None:
        return "ask" if now - known.denied_at >= LEASE else "wait"
    if known.tries:
        wait = min(FIRST_WAIT * 2 ** min(known.tries - 1, 10), LONGEST_WAIT)
        return "ask" if now - known.asked_at >= wait else "wait"
    return "ask" if known.verified_until is None or known.verified_until - _margin(known) <= now else "nothing"


def agreement(known: Subscription, now: datetime) -> Literal["tells", "asked", "refused"]:
    """How a hub stands to what it was asked for: it tells, was asked and has not agreed, or refused."""
    if known.denied_at is not None:
        return "refused"
    return "tells" if known.verified_until is not None and known.verified_until > now else "asked"


def _margin(known: Subscription) -> timedelta:
    """How long before its end it is renewed."""
    assert known.verified_until is not None
    return min(abs(known.verified_until - known.asked_at) / 10, RENEWED)


def granted(lease_seconds: str) -> timedelta:
    """How long a hub grants, as ``hub.lease_seconds`` says it (WebSub section 5.3): a positive decimal integer.

    Within bounds; where it says anything else, the shortest: it is asked again soon.
    """
    if not (lease_seconds.isascii() and lease_seconds.isdigit()):
        return SHORTEST
    digits = lease_seconds.lstrip("0")
    seconds = int(digits[:9] or "0") if len(digits) <= 9 else 10**9  # nine digits are thirty years
    return min(max(timedelta(seconds=seconds), SHORTEST), LONGEST)


def was_missed(known: Iterable[Subscription], last_poll: datetime | None) -> bool:
    """Whether what a poll found was told by none of these since the ``last_poll`` before it."""
    return not any(one.last_push is not None and (last_poll is None or one.last_push >= last_poll) for one in known)


def is_pushed(source: Source, known: Mapping[str, Subscription], now: datetime) -> bool:
    """Whether hubs tell of everything new in the source, until the next time that it is looked at: then polls only
    check that. ``known`` are its subscriptions by address."""
    until = now + CHECK
    return all(
        (one := known.get(url)) is not None
        and one.verified_until is not None
        and one.verified_until > until
        and one.last_push is not None
        for url in source.urls
    )

"""When to try a delivery again. A decision is a returned value; nothing here sleeps."""

from __future__ import annotations

from datetime import timedelta

from feeds.model import Attempt, Verdict

# Seconds before the second, third … attempt (Standard Webhooks' recommendation, longer at the end): three days in all,
# so that an endpoint that breaks on a Friday evening gets its alerts on Monday.
WAITS = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
MAX_RETRY_AFTER = 86_400.0
JITTER = 0.2


def judge(attempt: Attempt, attempts: int, *, luck: float) -> Verdict:
    """Decide after the ``attempts``-th attempt; ``luck`` in [0, 1) spreads the retries of many deliveries.

    2xx is success. 410 disables the endpoint; its deliveries stay pending, for the day it is put back. Everything
    else, redirects too, is a failure; 429 and 503 wait at least as long as their Retry-After asks.
    """
    if attempt.status is not None and 200 <= attempt.status < 300:
        return Verdict(state="delivered")
    if attempt.status == 410:
        return Verdict(state="pending", due_at=attempt.at, disable=True)
    if attempts > len(WAITS):
        return Verdict(state="dead")
    wait = WAITS[attempts - 1] * (1 + JITTER * luck)
    if attempt.status in (429, 503) and attempt.retry_after is not None:
        wait = max(wait, min(attempt.retry_after, MAX_RETRY_AFTER))
    return Verdict(state="pending", due_at=attempt.at + timedelta(seconds=wait))

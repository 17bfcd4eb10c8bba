"""When to try a delivery again, and an endpoint. A decision is a returned value; nothing here sleeps."""

from __future__ import annotations

from datetime import datetime, timedelta

from feeds.model import Attempt, EndpointState, Verdict

# Seconds before the second, third … attempt (Standard Webhooks' recommendation, longer at the end): three days in all,
# so that an endpoint that breaks on a Friday evening gets its alerts on Monday.
WAITS = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
MAX_RETRY_AFTER = 86_400.0
# Full jitter, upwards: a wait is anything between its step and twice that. Downwards, as it is often drawn (anything
# between nothing and the step), a day without an answer would be the end of one delivery in eleven.
JITTER = 1.0
BROKEN = 5  # failures in a row after which an endpoint gets one delivery at a time, to see whether it is back
PROBES = (60, 300, 900, 1800)  # seconds before the first, second … such delivery
MISSING = 10  # answers of 404 in a row that mean what one of 410 does


def judge(attempt: Attempt, attempts: int, *, failures: int = 0, luck: float) -> Verdict:
    """Decide after the ``attempts``-th attempt; ``luck`` in [0, 1) spreads the retries of many deliveries.

    2xx is success. 410 disables the endpoint; its deliveries stay pending, for the day it is put back. Everything
    else, redirects too, is a failure; 429 and 503 wait at least as long as their Retry-After asks, and so does all
    else for that endpoint. One of 429 that says when is no failure: the endpoint works, and takes its time; a backlog
    of thousands would use up every alert's tries on it. ``failures`` are the endpoint's in a row, before this one.
    """
    if attempt.is_good:
        return Verdict(state="delivered", back=failures >= BROKEN)
    if attempt.status == 410:
        return Verdict(state="pending", due_at=attempt.at, disable="it answered 410 Gone")
    asked = 0.0
    if attempt.status in (429, 503) and attempt.retry_after is not None:
        asked = min(attempt.retry_after, MAX_RETRY_AFTER)
    if attempt.status == 429 and asked:
        due_at = attempt.at + timedelta(seconds=max(asked, WAITS[0] * (1 + JITTER * luck)))
        soon = attempt.at + timedelta(seconds=asked)
        return Verdict(state="pending", due_at=due_at, resume_at=soon, excused=True)
    resume_at = _resumed(attempt.at, failures + 1, asked, luck)
    if attempts > len(WAITS):
        return Verdict(state="dead", resume_at=resume_at)
    wait = max(WAITS[attempts - 1] * (1 + JITTER * luck), asked)
    return Verdict(state="pending", due_at=attempt.at + timedelta(seconds=wait), resume_at=resume_at)


def _resumed(at: datetime, failures: int, asked: float, luck: float) -> datetime | None:
    """When the endpoint may get something again; None: at any time."""
    probe = 0.0
    if failures >= BROKEN:
        probe = PROBES[min(failures - BROKEN, len(PROBES) - 1)] * (1 + JITTER * luck)
    wait = max(probe, asked)
    return at + timedelta(seconds=wait) if wait else None


def is_missing(state: EndpointState) -> bool:
    """Whether nobody has been at the endpoint's address for long enough to send nothing more."""
    return state.disabled_at is None and state.missing >= MISSING

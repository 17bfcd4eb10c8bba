"""How often a feed says that it changes: RSS's ``<ttl>``, and ``sy:updatePeriod`` of the syndication module."""

from __future__ import annotations

import re

HEAD = 20_000  # bytes; both stand before the first item
DAY = 86_400.0
PERIODS = {"hourly": 3600.0, "daily": DAY, "weekly": 7 * DAY, "monthly": 30 * DAY, "yearly": 365 * DAY}

_ITEM = re.compile(rb"<(?:item|entry)\b", re.IGNORECASE)
_TTL = re.compile(rb"<ttl>\s{0,9}([0-9]{1,6})\s{0,9}</ttl>", re.IGNORECASE)  # RSS 2.0: minutes
_PERIOD = re.compile(rb"<sy:updatePeriod>\s{0,99}([a-z]{5,7})\s{0,99}</sy:updatePeriod>", re.IGNORECASE)
_FREQUENCY = re.compile(rb"<sy:updateFrequency>\s{0,99}([0-9]{1,4})\s{0,99}</sy:updateFrequency>", re.IGNORECASE)


def period_of(document: bytes) -> float:
    """Seconds between two changes, as the feed has it; 0 where it says nothing (pages do not)."""
    head = document[:HEAD]
    items = _ITEM.search(head)
    head = head[: items.start()] if items is not None else head
    if (ttl := _TTL.search(head)) is not None:
        return 60.0 * int(ttl[1])
    period = _PERIOD.search(head)
    if period is None:
        return 0.0
    frequency = _FREQUENCY.search(head)
    times = max(1, int(frequency[1])) if frequency is not None else 1
    return PERIODS.get(period[1].lower().decode(), 0.0) / times

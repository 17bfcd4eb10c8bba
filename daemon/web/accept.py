"""What a client would rather have: ``Accept-Encoding`` and ``Accept-Language`` (RFC 9110 section 12.4.2)."""

from __future__ import annotations

MOST = 20  # items that are looked at; browsers send a dozen


def weights(header: str) -> dict[str, float]:
    """The items in lower case and in their order, with their weights from 0 to 1; a weight that is none is 0."""
    found: dict[str, float] = {}
    for item in header.lower().split(",")[:MOST]:
        name, _, weight = item.replace(" ", "").replace("\t", "").partition(";q=")
        try:
            told = float(weight or 1)
        except ValueError:
            told = 0.0
        found[name] = min(told, 1.0) if told > 0 else 0.0  # "nan" is greater than nothing
    return found

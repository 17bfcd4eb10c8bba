"""Stories a day, and alerts an hour, as bars small enough to stand beside a source's name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import msgspec

from daemon.web.pages.language import Language

DAYS, HOURS = 14, 24
HEIGHT = 32
_STEP, _BAR = 10, 7  # from bar to bar, and a bar's width
WIDTH = DAYS * _STEP - (_STEP - _BAR)


class Chart(msgspec.Struct, frozen=True):
    """Bars as SVG paths (today's by itself), the same in words, and how many there are in all."""

    bars: str
    today: str
    text: str
    total: int
    size: tuple[int, int] = (WIDTH, HEIGHT)


def chart(counts: Mapping[date, int], today: date, language: Language) -> Chart:
    """The last days' stories; a day without any is a line."""
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    numbers = [counts.get(day, 0) for day in days]
    top = max(*numbers, 1)
    bars = [_bar(place, number / top) for place, number in enumerate(numbers)]
    text = language.say(
        "chart.text",
        first=language.day(days[0]),
        last=language.day(days[-1]),
        numbers=", ".join(map(str, numbers)),
    )
    return Chart("".join(bars[:-1]), bars[-1], text, sum(numbers))


def hours(counts: Mapping[datetime, tuple[int, int]], now: datetime, language: Language) -> Chart:
    """What arrived in each of the last 24 hours."""
    this = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    numbers = [counts.get(this - timedelta(hours=back), (0, 0))[0] for back in range(HOURS - 1, -1, -1)]
    top = max(*numbers, 1)
    bars = [_bar(place, number / top) for place, number in enumerate(numbers)]
    text = language.say("deliveries.text", numbers=", ".join(map(str, numbers)))
    return Chart("".join(bars[:-1]), bars[-1], text, sum(numbers), (HOURS * _STEP - (_STEP - _BAR), HEIGHT))


def _bar(place: int, share: float) -> str:
    tall = max(1, round(share * HEIGHT)) if share else 1
    return f"M{place * _STEP} {HEIGHT}v-{tall}h{_BAR}v{tall}z"

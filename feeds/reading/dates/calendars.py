"""Days of the other calendars that news is dated by, as Gregorian ones: Persian solar, Thai Buddhist, eras."""

from __future__ import annotations

from datetime import date

ERAS: dict[str, int] = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}  # what to add to the era's year

BUDDHIST_YEARS = range(2533, 2643)  # 1990 to 2099 of the common era
PERSIAN_YEARS = range(1369, 1426)  # 1990 to 2046; Hijri years of this century are higher, and are not converted
_ORIGIN = -356033  # proleptic Gregorian ordinal of the cycle's beginning


def from_buddhist(year: int) -> int:
    """The common year of a Thai one (2569 is 2026); any other year is returned as it is."""
    return year - 543 if year in BUDDHIST_YEARS else year


def from_persian(year: int, month: int, day: int) -> date | None:
    """The Gregorian day of a Persian solar one; None where there is no such day.

    Leap years by the 33-year cycle, which agrees with the astronomical calendar for all years in `PERSIAN_YEARS`.
    """
    if not (1 <= month <= 12 and 1 <= day <= (31 if month < 7 else 30)):
        return None
    cycles, rest = divmod(year + 1595, 33)
    leap_days = cycles * 8 + (rest + 3) // 4
    before_month = 31 * (month - 1) if month < 7 else 186 + 30 * (month - 7)
    return date.fromordinal(_ORIGIN + 365 * (year + 1595) + leap_days + before_month + day)

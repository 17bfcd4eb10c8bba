"""Words of dates in all languages (`feeds.languages`), put together; and what belongs to no language."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from feeds.languages import LANGUAGES, Dates, Relative
from feeds.reading.text import word_set


def _dates(pick: Callable[[Dates], Iterable[str]]) -> list[str]:
    return [word for language in LANGUAGES.values() for word in pick(language.dates)]


def _relative(pick: Callable[[Relative], Iterable[str]]) -> list[str]:
    return [word for language in LANGUAGES.values() for word in pick(language.relative)]


def _table(lines: dict[int, list[str]]) -> dict[str, int]:
    return {word: number for number, line in lines.items() for word in line}


# Twelve months by language, each with its spellings. Where two languages have one word for different months, the page's
# language decides, else the first here.
MONTHS_BY_LANGUAGE = {code: language.dates.months for code, language in LANGUAGES.items() if language.dates.months}

# Months of the Persian solar calendar, which most Persian news is dated by.
PERSIAN_MONTHS = (
    "فروردین",
    "اردیبهشت",
    "خرداد",
    "تیر",
    "مرداد",
    "شهریور",
    "مهر",
    "آبان",
    "آذر",
    "دی",
    "بهمن",
    "اسفند",
)

# Vietnamese months are numbers, and sometimes number words ("tháng Ba", "tháng Mười Hai"); the longest come first.
VIETNAMESE_MONTHS: dict[str, int] = {
    "mười hai": 12,
    "mười một": 11,
    "mười": 10,
    "giêng": 1,
    "một": 1,
    "hai": 2,
    "ba": 3,
    "tư": 4,
    "bốn": 4,
    "năm": 5,
    "sáu": 6,
    "bảy": 7,
    "tám": 8,
    "chín": 9,
}

# Names of months in two words, as the Levant's newspapers have them, to the one-word name.
LEVANTINE_MONTHS: dict[str, str] = {
    "كانون الثاني": "يناير",
    "كانون الأول": "ديسمبر",
    "كانون الاول": "ديسمبر",
    "تشرين الأول": "أكتوبر",
    "تشرين الاول": "أكتوبر",
    "تشرين الثاني": "نوفمبر",
}

# Small words and endings that stand between a day, its month and its year.
FILLERS = frozenset(_dates(lambda dates: dates.fillers.split()))

# Half of the day, after the clock time (Latin, Greek, Arabic scripts) or before it (East Asian ones).
AFTERNOON = frozenset(_dates(lambda dates: dates.afternoon.split()))
FORENOON = frozenset(_dates(lambda dates: dates.forenoon.split()))

# Minutes east of UTC. What newspapers mean by it: an abbreviation of the page's own zone is read from that zone first,
# so that IST is Israel's time on an Israeli site and CST China's on a Chinese one.
ZONE_MINUTES: dict[str, int] = {
    **dict.fromkeys(("Z", "UTC", "GMT", "WET", "UCT"), 0),
    **dict.fromkeys(("BST", "WEST", "CET", "MEZ", "WAT"), 60),
    **dict.fromkeys(("CEST", "MESZ", "EET", "CAT", "SAST"), 120),
    **dict.fromkeys(("EEST", "MSK", "МСК", "EAT", "TRT", "IDT"), 180),
    "IRST": 210,
    "GST": 240,
    "PKT": 300,
    "IST": 330,
    "NPT": 345,
    **dict.fromkeys(("ICT", "WIB"), 420),
    **dict.fromkeys(("HKT", "SGT", "PHT", "MYT", "WITA", "AWST"), 480),
    **dict.fromkeys(("JST", "KST", "WIT"), 540),
    "ACST": 570,
    "AEST": 600,
    "ACDT": 630,
    "AEDT": 660,
    "NZST": 720,
    "NZDT": 780,
    "NDT": -150,
    **dict.fromkeys(("BRT", "ART", "ADT"), -180),
    "NST": -210,
    **dict.fromkeys(("EDT", "AST"), -240),
    **dict.fromkeys(("EST", "CDT"), -300),
    **dict.fromkeys(("CST", "MDT"), -360),
    **dict.fromkeys(("MST", "PDT"), -420),
    **dict.fromkeys(("PST", "AKDT"), -480),
    "AKST": -540,
    "HST": -600,
}

# "ET" and its kind name a zone, not an offset: summer time decides.
ZONE_NAMES: dict[str, str] = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}

# Where English writes the month first.
MONTH_FIRST_ZONES = word_set(
    "America/New_York America/Chicago America/Denver America/Los_Angeles America/Phoenix America/Anchorage "
    "America/Detroit America/Boise Pacific/Honolulu Asia/Manila"
)

# Units of "N … ago", in seconds; the longest entry that fits wins. Months and years are left out: "two months ago"
# names no day.
AGO_UNITS = _table(
    {
        1: _relative(lambda words: words.second.split()),
        60: _relative(lambda words: words.minute.split()),
        3600: _relative(lambda words: words.hour.split()),
        86400: _relative(lambda words: words.day.split()),
        604800: _relative(lambda words: words.week.split()),
    }
)
AGO_WHOLES = {word: seconds for language in LANGUAGES.values() for word, seconds in language.relative.wholes.items()}
ONE = frozenset(_relative(lambda words: words.one.split()))

# What makes "2 hours" a time in the past: words, and marks that may stand inside a run of letters or in several words.
AGO_WORDS = frozenset(_relative(lambda words: words.ago.split()))
AGO_MARKS = tuple(_relative(lambda words: words.marks))

JUST_NOW = frozenset(_relative(lambda words: words.now))

# Days named from today: 0 is today, 1 yesterday, 2 the day before.
DAY_WORDS = _table(
    {
        0: _relative(lambda words: words.today),
        1: _relative(lambda words: words.yesterday),
        2: _relative(lambda words: words.day_before),
    }
)

# Words beside a date that say whose it is, as regular expressions (beginnings of words).
MODIFIED_LABELS = "|".join(_dates(lambda dates: dates.modified))
PUBLISHED_LABELS = "|".join(_dates(lambda dates: dates.published))
OTHER_LABELS = "|".join(_dates(lambda dates: dates.other))

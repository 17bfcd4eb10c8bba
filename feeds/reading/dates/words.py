"""Words of dates (`feeds.languages`), as a text of one language is read; and what belongs to no language.

A word means what it means in the text's own language: Dutch "ma" is Monday, though Hungarians say "ma" for today.
What has no meaning there is looked for in the other languages, for pages that name the wrong one, or none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from feeds.languages import LANGUAGES, Dates, Language, code_of
from feeds.reading.text import word_set

_HALVES = ("forenoon", "afternoon", "night")

# East Asian, Thai, Lao, Burmese and Khmer writing sets no space between words; elsewhere a word must stand alone
# ("hier", not "hierfür").
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\uffff]")


class Words:
    """The words of dates that a text of one language may hold: its own before those of others."""

    def __init__(self, own: Language | None) -> None:
        others = list(LANGUAGES.values())[::-1]  # the last one counts: the lowest rank
        known = _vocabulary(own) if own is not None else frozenset()

        def table(meanings: Callable[[Language], Iterable[tuple[str, int]]]) -> dict[str, int]:
            found = {word: number for language in others for word, number in meanings(language) if word not in known}
            found |= dict(meanings(own)) if own is not None else {}
            return {same_letters(word): number for word, number in found.items()}

        def days(meanings: Callable[[Language], Iterable[tuple[str, int]]]) -> dict[str, int]:
            """Of other languages those that cannot be a word of this one: German "hier" is no French yesterday."""
            english = dict(meanings(LANGUAGES["en"]))
            told = dict(meanings(own)) if own is not None else {}
            return {
                word: number
                for word, number in table(meanings).items()
                if own is None or not word.isascii() or word in told or word in english
            }

        def words(pick: Callable[[Language], Iterable[str]]) -> frozenset[str]:
            return frozenset(table(lambda language: ((word, 0) for word in pick(language))))

        self.months = table(_months)
        self._phrases = standing_alone(month.replace("_", " ") for month in self.months if "_" in month)
        self.weekdays = days(_weekdays)
        self.weekday = standing_alone(self.weekdays)
        self.fillers = words(lambda language: language.dates.fillers.split())
        self.units = table(_units)  # of "N … ago", in seconds; months and years name no day
        self.wholes = table(lambda language: language.relative.wholes.items())
        self.one = words(lambda language: language.relative.one.split())
        self.ago = words(lambda language: language.relative.ago.split())
        self.marks = tuple(words(lambda language: language.relative.marks))
        self.now = words(lambda language: language.relative.now)
        self.days = days(_days)  # 0 is today, 1 yesterday, 2 the day before
        self.day = standing_alone(self.days)
        self.halves = {word: _HALVES[number] for word, number in table(_halves).items()}
        self.half_after = re.compile(rf"[ ,]{{0,2}}({_spellings(self.halves)})(?![^\W\d_])", re.IGNORECASE)
        # Before a clock ASCII words are prepositions: German "am 12. März".
        self.half_before = standing_alone((word for word in self.halves if not word.isascii()), "[ ,]{0,2}$")
        self.month_first = own is not None and own.dates.month_first
        self.unit_alone = _unit_alone(own)
        self.longest_unit = max(map(len, self.units))

    def in_one_word(self, text: str) -> str:
        """The text with "_" for the spaces inside the names of months ("كانون الثاني"); as long as before."""
        return text if text.isascii() else self._phrases.sub(lambda match: match[0].replace(" ", "_"), text)


def _unit_alone(own: Language | None) -> re.Pattern[str] | None:
    """A time ago that says nothing else: "3h", "5 m", "23 hrs"; None where "3h" is three o'clock."""
    if own is not None and own.dates.h_is_a_clock:
        return None
    return re.compile(r"(\d{1,2}) ?(m|h|hrs?|hours?|d|days?|w|wks?)\.?")


def same_letters(text: str) -> str:
    """Arabic and Persian keyboards have different letters for one: "تير" is "تیر"."""
    return text if text.isascii() else text.translate(_SAME_LETTERS)


_SAME_LETTERS = {ord("ی"): "ي", ord("ک"): "ك", ord("ى"): "ي"}


@lru_cache(maxsize=len(LANGUAGES) + 1)
def _words_of(code: str | None) -> Words:
    return Words(LANGUAGES[code] if code else None)


def words_of(language: str | None) -> Words:
    """The words of a text in that language (a BCP 47 tag); of all languages together where it is None or unknown."""
    return _words_of(code_of(language))


def _months(language: Language) -> Iterator[tuple[str, int]]:
    return ((word, number) for number, names in enumerate(language.dates.months, 1) for word in names.split())


def _weekdays(language: Language) -> Iterator[tuple[str, int]]:
    return ((word, number) for number, names in enumerate(language.dates.weekdays) for word in names)


def _units(language: Language) -> Iterator[tuple[str, int]]:
    told = language.relative
    units = ((told.second, 1), (told.minute, 60), (told.hour, 3600), (told.day, 86400), (told.week, 604800))
    return ((word, seconds) for words, seconds in units for word in words.split())


def _days(language: Language) -> Iterator[tuple[str, int]]:
    told = language.relative
    return ((word, days) for days, words in enumerate((told.today, told.yesterday, told.day_before)) for word in words)


def _halves(language: Language) -> Iterator[tuple[str, int]]:
    return ((word, number) for number, half in enumerate(_HALVES) for word in getattr(language.dates, half))


def _vocabulary(language: Language) -> frozenset[str]:
    """Every word of dates that means something in the language."""
    tables = (_months, _weekdays, _units, _days, _halves)
    told = language.relative
    lists = (language.dates.fillers.split(), told.one.split(), told.ago.split(), told.now, told.marks, told.wholes)
    return frozenset(word for table in tables for word, _ in table(language)).union(*lists)


def standing_alone(words: Iterable[str], then: str = "") -> re.Pattern[str]:
    """Any of the words (the only group) where it is a word of its own; ``then`` is an expression for what follows."""
    words = list(words)
    spaced = "|".join(_longest_first(re.escape(word) for word in words if not _UNSPACED.match(word)))
    unspaced = "|".join(_longest_first(re.escape(word) for word in words if _UNSPACED.match(word)))
    return re.compile(rf"((?<![^\W\d_])(?:{spaced})(?![^\W\d_])|{unspaced}){then}", re.IGNORECASE)


def _spellings(words: Iterable[str]) -> str:
    """The words, those of one or two letters with dots as well: "pm", "p.m.", "p. m."."""
    return "|".join(
        r"\.? ?".join(map(re.escape, word)) + r"\.?" if len(word) < 3 and not _UNSPACED.match(word) else re.escape(word)
        for word in _longest_first(words)
    )


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))


def _labels(pick: Callable[[Dates], Iterable[str]]) -> str:
    return "|".join(dict.fromkeys(word for language in LANGUAGES.values() for word in pick(language.dates)))


# Twelve months by language, each with its spellings.
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

# Minutes east of UTC. What newspapers mean by it: an abbreviation of the page's own zone is read from that zone first,
# so that IST is Israel's time on an Israeli site and CST China's on a Chinese one.
ZONE_MINUTES: dict[str, int] = {
    **dict.fromkeys(("Z", "UT", "UTC", "GMT", "WET", "UCT"), 0),
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

# Words beside a date that say whose it is, as regular expressions (beginnings of words), of all languages.
MODIFIED_LABELS = _labels(lambda dates: dates.modified)
PUBLISHED_LABELS = _labels(lambda dates: dates.published)
OTHER_LABELS = _labels(lambda dates: dates.other)

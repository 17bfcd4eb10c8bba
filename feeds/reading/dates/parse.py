"""Text to time: the dates that news sites print, in their languages, read without guessing.

The text may be a machine's ("2023-12-28T20:02:00+07:00", an HTTP date, epoch seconds) or a newspaper's dateline
("Thứ Hai, 12/01/2026 - 08:15 (GMT+7)", "Stand: 3. März 2026, 14:05 Uhr", "vor 2 Stunden"). Reading goes from the
surest form to the loosest, and the first that fits decides:

1. ISO 8601 and digits alone (epoch, compact date);
2. three numbers with a four-digit year first or last. Of "05/03/2026" the site decides which is the month: a number
   over 12 is the day, else ``day_first``, else language and zone. Two-digit years are no dates;
3. East Asian dates (2026年3月5日), years of eras included;
4. a month's name with a day and a year beside it, in any order;
5. with ``now``: relative forms (see `dates.relative`) and days without a year.

Then a clock time and a zone are looked for in the rest of the text. None is the answer whenever this fails: a wrong
date does more harm in a feed than a missing one. There is no fallback to a general date parser on purpose; the
measurements are in docs/explanation/reading-dates.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from feeds.reading.dates import relative as relative_dates
from feeds.reading.dates.calendars import ERAS, PERSIAN_YEARS, from_buddhist, from_persian
from feeds.reading.dates.clocks import Clock, find_clock, find_loose_clock, fixed_offset, named_zone
from feeds.reading.dates.words import (
    MODIFIED_LABELS,
    MONTH_FIRST_ZONES,
    MONTHS_BY_LANGUAGE,
    PERSIAN_MONTHS,
    PUBLISHED_LABELS,
    VIETNAMESE_MONTHS,
    Words,
    same_letters,
    words_of,
)

Precision = Literal["day", "minute", "second"]

MAX_TEXT = 300  # no dateline is longer; what follows is not looked at
REACH = 60  # how far from its year a date, its time and its zone can stand
MAX_SHORT = 60  # letters of a text in which a year may have two digits
LATEST_SHORT = 39  # without a time of reading: 2039
MAX_YEARLESS = 40  # a longer text without a year is prose that happens to hold a day
FIRST_YEAR, LAST_YEAR = 1990, 2100
AHEAD = timedelta(days=1)  # clocks and zones err; more than a day ahead of the reading is an event, not a publication


class Moment(msgspec.Struct, frozen=True):
    """A time as a text tells it. ``at`` is UTC; of a bare day it is midnight in the zone that the caller named.

    ``offset`` is from UTC to the clock of the text (``at + offset`` is what it shows); ``zoned`` tells that the text
    itself named it, or needs none (epoch seconds, "2 hours ago"); ``reckoned`` that it was counted from now.
    """

    at: datetime
    precision: Precision
    offset: timedelta = timedelta(0)
    zoned: bool = False
    reckoned: bool = False


class _Day(NamedTuple):
    """A calendar day, and where in the text it stands."""

    year: int
    month: int
    day: int
    start: int
    end: int


_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:(?:[Tt]| +)(\d{1,2}):(\d\d)(?::(\d{1,2})(?:[.,]\d+)?)?)?(?: ?([Zz]|[+-]\d\d(?::?\d\d)?))?"
)
_HTTP = re.compile(
    r"(?:[A-Z][a-z]{2}, ?)?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d)(?::(\d\d))? (?:(?:GMT|UTC|Z)|([+-]\d{4}))"
)
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:[Tt]?(\d\d)(\d\d)(\d\d)?)?([Zz])?")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(rf"\d{{4}}(?!\d)|{'|'.join(ERAS)}")
_SHORT_NUMBER = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_NUMERIC = re.compile(r"(?<![\d./-])(\d{1,4}) ?([./-]) ?(\d{1,2}) ?\2 ?(\d{1,4})(?!\d|[./]\d)")
_NUMERIC_YEARLESS = re.compile(r"(?<![\d./:-])(\d{1,2})([./-])(\d{1,2})(?![\d:/-])")
# The American form of .NET's systems, whatever the page's language. Australia's has the month with a zero.
_AMERICAN = re.compile(r"[1-9]\d?/[1-9]\d?/\d{4},? \d{1,2}:\d\d:\d\d [AP]M", re.IGNORECASE)
SHORT_DATE = re.compile(r"(?<![\d.,/-])(\d{1,2})([./-])(\d{1,2})\2(\d\d)(?![\d.,/-]*\d)")
_CHANGED = re.compile(MODIFIED_LABELS)
_TOLD = re.compile(PUBLISHED_LABELS)
_BETWEEN = re.compile(r"\s*[|•·;]\s*|\s+[–—-]\s+(?=[^\W\d_])")
_SAID = re.compile(f"{PUBLISHED_LABELS}|{MODIFIED_LABELS}")
_DAY_BEFORE_MONTH = re.compile(r"\b\d{1,2}(?:st|nd|rd|th|\.)? [^\W\d_]{3,12}\.?,? (?:19|20)\d\d\b")
_MONTH_BEFORE_DAY = re.compile(r"\b[^\W\d_]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d\b")
_EAST_ASIAN = re.compile(
    rf"(?:(\d{{4}})|({'|'.join(ERAS)}) ?(\d{{1,3}}|元)) ?[年년] ?(\d{{1,2}}) ?[月월] ?(\d{{1,2}})(?: ?[日일號号])?"
)
_EAST_ASIAN_YEARLESS = re.compile(r"(?<!\d)(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日일號号]")
_TOKEN = re.compile(r"\d+|[^\s\d,:;،؛၊/()|\[\]\"'’«»<>·•–—-]+")
_VIETNAMESE_MONTH = re.compile(
    rf"\b(?:tháng|thg|th)\.? ?(?:(\d{{1,2}})(?!\d)|({'|'.join(VIETNAMESE_MONTHS)})\b)", re.IGNORECASE
)
_PERSIAN = {same_letters(word): number for number, word in enumerate(PERSIAN_MONTHS, 1)}


def parse_date(
    text: str,
    *,
    timezone: ZoneInfo,
    language: str | None = None,
    now: datetime | None = None,
    day_first: bool | None = None,
    in_list: bool = False,
) -> Moment | None:
    """The time that a short text tells, or None.

    ``timezone`` is the text's own unless it names another. ``day_first`` settles "05/03/2026" where the caller knows
    the site's habit (see `writing_order`). ``now`` is the time of reading: without it relative forms and days without a
    year are None; with it so are times more than a week ahead. ``in_list``: "3h" is three hours ago.
    """
    text = text[:MAX_TEXT].strip()
    if (moment := _machine_date(text, timezone)) is not None:
        return None if is_ahead(moment, now) else moment
    plain = _plain(text)
    if not _DIGIT.search(plain):
        if now is None:
            return None
        words = words_of(language)
        return _relative(plain, timezone, words, now) or _on_weekday(plain, timezone, words, now)
    if in_list and now is not None and (ago := relative_dates.bare_ago(plain, words_of(language))):
        return _ago_of(ago, timezone, now)
    if _AMERICAN.fullmatch(plain):
        day_first = False
    elif day_first is None:
        day_first = writes_day_first(language, timezone)
    moment = _printed_date(plain, timezone, language, now, day_first)
    if moment is not None and is_ahead(moment, now) and (language or "en")[:2].lower() == "en":
        # Of English, and where nobody says, the order is a guess: who writes so puts the other number first.
        moment = _printed_date(plain, timezone, language, now, not day_first)
    return None if moment is None or is_ahead(moment, now) else moment


def is_ahead(moment: Moment, now: datetime | None) -> bool:
    """Whether nobody can have published then yet; ``now`` None: nobody knows."""
    return now is not None and moment.at > now + AHEAD


def writing_order(texts: Iterable[str], now: datetime | None = None) -> bool | None:
    """Whether a site writes the day before the month, told by its other dates; None when they don't tell.

    A number over 12 tells, and so does the order of day and month in words: who writes "16 February 2026" means
    February by the second number of "05/02/2026". Else, with ``now``, an order in which one of them is yet to come is
    not the site's.
    """
    numbers = words = 0
    ahead = [0, 0]
    for text in texts:
        text = text[:MAX_TEXT]
        pairs = [(first, second, year) for first, _, second, year in _NUMERIC.findall(text)]
        pairs += [(first, second, "") for first, _, second in _NUMERIC_YEARLESS.findall(text) if ":" in text]
        for first, second, year in pairs:
            if len(year) in (0, 4) and len(first) < 3:
                numbers += (int(first) > 12) - (int(second) > 12)
                if now is not None and year == str(now.year):
                    today = (now + AHEAD).month, (now + AHEAD).day
                    ahead[0] += (int(second), int(first)) > today
                    ahead[1] += (int(first), int(second)) > today
        words += len(_DAY_BEFORE_MONTH.findall(text)) - len(_MONTH_BEFORE_DAY.findall(text))
    votes = numbers or words or (ahead[1] > 0) - (ahead[0] > 0)
    return None if votes == 0 else votes > 0


def parts_of_dateline(text: str) -> list[tuple[str, bool]]:
    """The parts of a line that tells both, each with whether it tells the last change: "Published … | Updated …".

    Where it does not, the whole line.
    """
    lower = text.lower()
    if not (changes := [found.start() for found in _CHANGED.finditer(lower)]):
        return [(text, False)]
    borders = sorted({0, len(text), *changes, *(found.start() for found in _TOLD.finditer(lower))})
    borders = sorted({*borders, *(found.end() for found in _BETWEEN.finditer(text))})
    parts = [text[begin:end].strip(" |•·;,–—-") for begin, end in pairwise(borders)]
    dated = [
        part for part in parts if _SHORT_NUMBER.search(part) and (_YEAR.search(part) or _NUMERIC_YEARLESS.search(part))
    ]
    told = [(part, _CHANGED.search(part.lower()) is not None) for part in dated]
    return told if {changed for _, changed in told} == {True, False} else [(text, bool(told) and told[0][1])]


def writes_day_first(language: str | None, zone: ZoneInfo) -> bool:
    """Whether "05/03/2026" is the fifth of March: everywhere but in American and Philippine English."""
    language = (language or "").lower().replace("_", "-")
    if language in ("", "en"):
        return zone.key not in MONTH_FIRST_ZONES
    return language not in ("en-us", "en-ph")


def _machine_date(text: str, zone: tzinfo) -> Moment | None:
    """ISO 8601, HTTP and mail dates, epoch seconds or milliseconds, compact dates: the whole text is nothing else."""
    if not text.isascii():
        return None
    if not text[:4].isdigit():
        return _http_date(text)
    match = _ISO.fullmatch(text)
    if match is None:
        if len(text) in (10, 13) and text.isdigit():
            return _epoch(text)
        match = _COMPACT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, offset = match.groups()
    named: tzinfo | None = None
    if offset:
        named = UTC if offset in "Zz" else fixed_offset(offset[0], offset[1:3], offset[3:].lstrip(":"))
    clock = Clock(int(hour), int(minute), int(second) if second else None, "") if hour else None
    return _moment(int(year), int(month), int(day), clock, zone, named)


def _http_date(text: str) -> Moment | None:
    """RFC 9110 (section 5.6.7) and RFC 5322 (section 3.3): "Thu, 28 Dec 2023 20:02:00 GMT"."""
    match = _HTTP.fullmatch(text)
    month = words_of("en").months.get(match[2].lower()) if match else None
    if match is None or month is None:
        return None
    day, _, year, hour, minute, second, offset = match.groups()
    named = fixed_offset(offset[0], offset[1:3], offset[3:]) if offset else UTC
    clock = Clock(int(hour), int(minute), int(second) if second else None, "")
    return _moment(int(year), month, int(day), clock, UTC, named)


def _epoch(digits: str) -> Moment | None:
    seconds = int(digits[:10])
    if not 1_000_000_000 <= seconds < 2**31:  # 2001 to 2038: other numbers of ten digits are telephones and keys
        return None
    return Moment(datetime.fromtimestamp(seconds, UTC), "second", zoned=True)


def _plain(text: str) -> str:
    """The text with ASCII digits, and with one spelling of what is written in several."""
    if not text.isascii():
        text = same_letters(unicodedata.normalize("NFKC", text).translate(_PLAIN))
        if "th" in text or "Th" in text or "TH" in text:
            text = _VIETNAMESE_MONTH.sub(_month_in_english, text)
    elif "th" in text or "Th" in text:  # "12 Th3, 2026"
        text = _VIETNAMESE_MONTH.sub(_month_in_english, text)
    return " ".join(text.split())


_PLAIN = {
    **dict.fromkeys((0x200E, 0x200F, 0x200B, 0xAD, 0xFEFF, 0x61C, *range(0x202A, 0x202F))),
    ord("İ"): "i",  # its lower case is two letters long, which would shift every place after it
    **{zero + digit: str(digit) for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xBE6, 0xE50) for digit in range(10)},
}


def _month_in_english(match: re.Match[str]) -> str:
    """ "tháng 3", "Thg 3" and "tháng Ba" become a name, so that they are read as other languages' months are."""
    number = int(match[1]) if match[1] else VIETNAMESE_MONTHS[match[2].lower()]
    return f" {MONTHS_BY_LANGUAGE['en'][number - 1].split()[0]} " if 1 <= number <= 12 else match[0]


def _printed_date(
    text: str, zone: ZoneInfo, language: str | None, now: datetime | None, day_first: bool
) -> Moment | None:
    words = words_of(language)
    text = next((part for part, is_change in parts_of_dateline(text) if not is_change), text)
    year = _YEAR.search(text)
    if year and _SHORT_NUMBER.search(text):
        if len(text) > 2 * REACH:  # a sentence: only what stands around its first year
            text = text[max(0, year.start() - REACH) : year.end() + REACH]
        persian = (language or "")[:2].lower() == "fa" or zone.key in ("Asia/Tehran", "Asia/Kabul")
        day = _numeric(text, day_first, persian) or _east_asian(text) or _named_month(text, words)
        if day is not None:
            return _with_clock(text, day, zone, words)
    if day := _short_year(text, words, now, day_first):
        return _with_clock(text, day, zone, words)
    if now is None:
        return None
    return (
        _relative(text, zone, words, now)
        or _without_year(text, zone, words, now, day_first)
        or _on_weekday(text, zone, words, now)
    )


def _short_year(text: str, words: Words, now: datetime | None, day_first: bool) -> _Day | None:
    """ "27.02.25", where a label, a weekday, a clock time or a number over 12 proves that it is a day."""
    match = SHORT_DATE.search(text) if len(text) <= MAX_SHORT else None
    if match is None:
        return None
    first, second, last = int(match[1]), int(match[3]), int(match[4])
    lower = text.lower()
    proved = find_clock(text, words) or _SAID.search(lower) or words.weekday.search(lower)
    if words.month_first and len(match[1]) == 2:  # where the month comes first, the year does before it
        year, month, day = first, second, last
    else:
        day, month = _day_and_month(first, second, day_first or match[2] == ".")
        year = last
    latest = now.year % 100 if now is not None else LATEST_SHORT
    if not (proved or day > 12) or not (1 <= month <= 12 and 1 <= day <= 31 and year <= latest):
        return None
    return _Day(2000 + year, month, day, *match.span())


def _numeric(text: str, day_first: bool, persian: bool) -> _Day | None:
    for match in _NUMERIC.finditer(text):
        first, separator, second, last = match.groups()
        if len(first) == 4 and len(last) < 3:
            year, month, day = int(first), int(second), int(last)
        elif len(last) == 4 and len(first) < 3:
            year = int(last)
            day, month = _day_and_month(int(first), int(second), day_first or separator == ".")
        else:
            continue
        if persian and year in PERSIAN_YEARS and (converted := from_persian(year, month, day)):
            year, month, day = converted.year, converted.month, converted.day
        if FIRST_YEAR <= from_buddhist(year) <= LAST_YEAR and 1 <= month <= 12:
            return _Day(year, month, day, *match.span())
    return None


def _day_and_month(first: int, second: int, day_first: bool) -> tuple[int, int]:
    """A number over 12 is the day; else the site's habit decides."""
    if first > 12 or (second <= 12 and day_first):
        return first, second
    return second, first


def _east_asian(text: str) -> _Day | None:
    match = _EAST_ASIAN.search(text)
    if match is None:
        return None
    year, era, era_year, month, day = match.groups()
    if era:
        year = ERAS[era] + (1 if era_year == "元" else int(era_year))
    return _Day(int(year), int(month), int(day), *match.span())


def _named_month(text: str, words: Words, yearless: bool = False) -> _Day | None:
    """A month's name with its day and year beside it; with ``yearless`` its day alone, and year 0."""
    tokens = list(_TOKEN.finditer(words.in_one_word(text)))
    for place, token in enumerate(tokens):
        word = token[0]
        if word.isdigit():
            continue
        word = word.replace(".", "").lower()
        month = words.months.get(word)
        if month is None and word not in _PERSIAN:
            continue
        found = _beside(tokens, place, words, yearless)
        if found is None:
            continue
        number, month_day, start, end = found
        if month is not None:
            return _Day(number, month, month_day, start, end)
        if converted := from_persian(number, _PERSIAN[word], month_day):
            return _Day(converted.year, converted.month, converted.day, start, end)
    return None


def _beside(tokens: list[re.Match[str]], place: int, words: Words, yearless: bool) -> tuple[int, int, int, int] | None:
    """Year, day, start and end of the date whose month is the token at ``place``."""
    month = tokens[place]
    known = words.months.get(month[0].replace(".", "").lower())
    before, far, *_ = [*_numbers(tokens[max(0, place - 6) : place][::-1], words, known), month, month]
    after = [*_numbers(tokens[place + 1 : place + 7], words, known), month, month]
    first, second, last = after[0], after[1], tokens[-1]
    if yearless:
        day = before if _is_day(before) and before.string[before.start() - 1] != ":" else first
        return (0, int(day[0]), *_span(day, month)) if _is_day(day) else None
    if _is_year(first) and _is_day(before):  # 3 March 2026
        return int(first[0]), int(before[0]), before.start(), first.end()
    if _is_day(before) and _is_year(far):  # 2026. gada 3. marts
        return int(far[0]), int(before[0]), far.start(), month.end()
    if not _is_day(first):
        return None
    if _is_year(second):  # March 3, 2026
        return int(second[0]), int(first[0]), month.start(), second.end()
    if _is_year(before):  # 2026. március 3.
        return int(before[0]), int(first[0]), before.start(), first.end()
    others = (token[0].lower() in words.months for token in tokens[place + 1 :])
    if _is_year(last) and len(tokens) - place < 9 and not any(others):  # Mar 3 14:05:22 EST 2026
        return int(last[0]), int(first[0]), month.start(), first.end()
    return None


def _numbers(tokens: list[re.Match[str]], words: Words, month: int | None) -> Iterator[re.Match[str]]:
    """The numbers at the head of the tokens, over small words and endings; any other word ends them."""
    for token in tokens:
        word = token[0]
        if word.isdigit():
            yield token
        elif (
            (word := word.replace(".", "").lower())
            and word not in words.fillers
            and (month is None or words.months.get(word) != month)  # Arabic writes both: "17 أيار / مايو 2022"
        ):
            return


def _is_day(token: re.Match[str]) -> bool:
    return len(token[0]) < 3 and token[0].isdigit() and 1 <= int(token[0]) <= 31


def _is_year(token: re.Match[str]) -> bool:
    return len(token[0]) == 4 and token[0].isdigit()


def _span(one: re.Match[str], other: re.Match[str]) -> tuple[int, int]:
    return min(one.start(), other.start()), max(one.end(), other.end())


def _relative(text: str, zone: ZoneInfo, words: Words, now: datetime) -> Moment | None:
    """A time counted from ``now``: to the minute where hours are told, else the day alone."""
    if (ago := relative_dates.time_ago(text, words)) is not None:
        return _ago_of(ago, zone, now)
    local = now.astimezone(zone)
    clock = find_clock(text, words) or find_loose_clock(text)
    days = relative_dates.days_ago(text, words)
    if days is not None and clock is None and not relative_dates.is_day_word(text, words):
        return None
    if days is None:
        return None
    return _days_before(local, days, text, clock, zone)


def _on_weekday(text: str, zone: ZoneInfo, words: Words, now: datetime) -> Moment | None:
    """ "Thứ Hai, 15:05": the last such day."""
    named = relative_dates.weekday(text, words)
    if named is None:
        return None
    local = now.astimezone(zone)
    clock = find_clock(text, words) or find_loose_clock(text)
    days = (local.weekday() - named) % 7
    if days == 0 and clock and (clock.hour, clock.minute) > (local.hour, local.minute):
        days = 7
    return _days_before(local, days, text, clock, zone)


def _days_before(local: datetime, days: int, text: str, clock: Clock | None, zone: ZoneInfo) -> Moment | None:
    day = local - timedelta(days=days)
    return _moment(day.year, day.month, day.day, clock, zone, named_zone(text, clock, zone, day.year))


def _ago_of(ago: relative_dates.Ago, zone: ZoneInfo, now: datetime) -> Moment | None:
    at = (now.astimezone(zone) - ago.by).replace(second=0, microsecond=0)
    if not ago.exact:
        return _moment(at.year, at.month, at.day, None, zone)
    return Moment(at.astimezone(UTC), "minute", at.utcoffset() or timedelta(0), zoned=True, reckoned=True)


def _without_year(text: str, zone: ZoneInfo, words: Words, now: datetime, day_first: bool) -> Moment | None:
    """ "28/12 20:02", "3. März, 14:05", "3月5日": the last such day that is not ahead of ``now``."""
    if len(text) > MAX_YEARLESS or (day := _yearless(text, words, day_first)) is None:
        return None
    for year in (now.year + 1, now.year, now.year - 1):
        moment = _with_clock(text, day._replace(year=year), zone, words)
        if moment and moment.at <= now + AHEAD:
            return moment
    return None


def _yearless(text: str, words: Words, day_first: bool) -> _Day | None:
    if match := _EAST_ASIAN_YEARLESS.search(text):
        return _Day(0, int(match[1]), int(match[2]), *match.span())
    clock = find_clock(text, words)
    if clock and (match := _NUMERIC_YEARLESS.search(text)):
        as_day = (day_first or match[2] == ".") and not words.month_first
        day, month = _day_and_month(int(match[1]), int(match[3]), as_day)
        return _Day(0, month, day, *match.span())
    found = _named_month(text, words, yearless=True)
    if found and (clock or found.start == 0 or found.end >= len(text) - 1):
        return found
    return None


def _with_clock(text: str, day: _Day, zone: ZoneInfo, words: Words) -> Moment | None:
    """The day with the clock time that stands after it, else before it, if any."""
    if not FIRST_YEAR <= from_buddhist(day.year) <= LAST_YEAR:
        return None
    after, before = text[day.end :], text[: day.start]
    clock = find_clock(after, words) or find_clock(before, words) or find_loose_clock(after) or find_loose_clock(before)
    return _moment(day.year, day.month, day.day, clock, zone, named_zone(text, clock, zone, day.year))


def _moment(
    year: int, month: int, day: int, clock: Clock | None, zone: tzinfo, named: tzinfo | None = None
) -> Moment | None:
    year = from_buddhist(year)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    hour, minute, second = (clock.hour, clock.minute, clock.second) if clock else (0, 0, 0)
    try:
        local = datetime(year, month, day, hour, minute, second or 0, tzinfo=named or zone)
    except ValueError:  # no such day, or no such time
        return None
    precision: Precision = "day" if clock is None else "minute" if second is None else "second"
    return Moment(local.astimezone(UTC), precision, local.utcoffset() or timedelta(0), named is not None)

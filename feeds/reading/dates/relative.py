"""Times told from the time of reading: "2 giờ trước", "il y a 2 heures", "5分钟前", "Hôm qua 15:30".

Only a short text that says nothing else much is read so: a headline may hold "two days ago" as well.
"""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise

from feeds.reading.dates.words import AGO_MARKS, AGO_UNITS, AGO_WHOLES, AGO_WORDS, DAY_WORDS, JUST_NOW, ONE

MAX_TEXT = 48  # "Zuletzt aktualisiert vor 2 Stunden und 15 Minuten" is about the longest
MAX_AGO = timedelta(days=60)  # nobody counts longer in days, hours or minutes

_WORD = re.compile(r"[^\s\d,.:;()|]+")
_QUANTITY = re.compile(r"(?<![\d.,:/-])(\d{1,3})\s?(?:de )?([^\W\d_][^\s\d,.:;()|]*)")
_LONGEST_UNIT = max(map(len, AGO_UNITS))


def _alternatives(words: list[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


# East Asian and Thai writing sets no space between words; elsewhere a word must stand alone ("hier", not "hierfür").
_UNSPACED = re.compile("[\u0e00-\u0e7f\u2e80-\uffff]")
_SPACED_DAYS = _alternatives([word for word in DAY_WORDS if not _UNSPACED.match(word)])
_UNSPACED_DAYS = _alternatives([word for word in DAY_WORDS if _UNSPACED.match(word)])
_DAY = re.compile(rf"(?<![^\W\d_])(?:{_SPACED_DAYS})(?![^\W\d_])|{_UNSPACED_DAYS}")


def time_ago(text: str) -> timedelta | None:
    """How long before the reading: of "2 giờ 15 phút trước" the sum; zero for "just now"."""
    if len(text) > MAX_TEXT:
        return None
    text = text.lower().strip(" .,:–-|•·")
    if text in JUST_NOW:
        return timedelta(0)
    words = _WORD.findall(text)
    if AGO_WORDS.isdisjoint(words) and not any(mark in text for mark in AGO_MARKS):
        return None
    seconds = [_unit(word) * int(number) for number, word in _QUANTITY.findall(text)]
    if not seconds:
        seconds = [AGO_WHOLES[word] for word in words if word in AGO_WHOLES]
        seconds += [_unit(word) for before, word in pairwise(words) if before in ONE]
    if not seconds or 0 in seconds:
        return None
    ago = timedelta(seconds=sum(seconds))
    return ago if ago <= MAX_AGO else None


def _unit(word: str) -> int:
    """Seconds of the unit that the word is, or begins with; 0 for none."""
    if word in AGO_UNITS:
        return AGO_UNITS[word]
    for length in range(min(len(word) - 1, _LONGEST_UNIT), 0, -1):
        beginning = word[:length]
        if beginning in AGO_UNITS and (length > 2 or not beginning.isascii()):
            return AGO_UNITS[beginning]
    return 0


def days_ago(text: str) -> int | None:
    """0 where the text says today, 1 for yesterday, 2 for the day before."""
    if len(text) > MAX_TEXT:
        return None
    match = _DAY.search(text.lower())
    return DAY_WORDS[match[0]] if match else None


def is_day_word(text: str) -> bool:
    """Whether the text is such a word and nothing else."""
    return text.lower().strip(" .,:–-|•·") in DAY_WORDS

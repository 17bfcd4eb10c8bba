"""Times told from the time of reading: "2 giờ trước", "il y a 2 heures", "5分钟前", "Hôm qua 15:30".

Only a short text that says nothing else much is read so: a headline may hold "two days ago" as well.
"""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise

from feeds.reading.dates.words import Words

MAX_TEXT = 48  # "Zuletzt aktualisiert vor 2 Stunden und 15 Minuten" is about the longest
MAX_AGO = timedelta(days=60)  # nobody counts longer in days, hours or minutes

_WORD = re.compile(r"[^\s\d,.:;()|]+")
_QUANTITY = re.compile(r"(?<![\d.,:/-])(\d{1,3})\s?(?:de )?([^\W\d_][^\s\d,.:;()|]*)")
_UNIT_FIRST = re.compile(r"([^\s\d,.:;()|]+) (\d{1,3})(?![\d.,:/-])")  # Swahili: "saa 2 zilizopita"


def time_ago(text: str, words: Words) -> timedelta | None:
    """How long before the reading: of "2 giờ 15 phút trước" the sum; zero for "just now"."""
    if len(text) > MAX_TEXT:
        return None
    text = text.lower().strip(" .,:–-|•·")
    if text in words.now:
        return timedelta(0)
    said = _WORD.findall(text)
    if words.ago.isdisjoint(said) and not any(mark in text for mark in words.marks):
        return None
    seconds = [unit(word, words) * int(number) for number, word in _QUANTITY.findall(text)]
    if not any(seconds):
        seconds = [unit(word, words) * int(number) for word, number in _UNIT_FIRST.findall(text)] or seconds
    if not seconds:
        seconds = [words.wholes[word] for word in said if word in words.wholes]
        seconds += [unit(word, words) for before, word in pairwise(said) if before in words.one]
    if not seconds or 0 in seconds:
        return None
    ago = timedelta(seconds=sum(seconds))
    return ago if ago <= MAX_AGO else None


def unit(word: str, words: Words) -> int:
    """Seconds of the unit that the word is, or begins with; 0 for none."""
    if word in words.units:
        return words.units[word]
    for length in range(min(len(word) - 1, words.longest_unit), 0, -1):
        beginning = word[:length]
        if beginning in words.units and (length > 2 or not beginning.isascii()):
            return words.units[beginning]
    return 0


def days_ago(text: str, words: Words) -> int | None:
    """0 where the text says today, 1 for yesterday, 2 for the day before."""
    if len(text) > MAX_TEXT:
        return None
    match = words.day.search(text.lower())
    return words.days[match[0]] if match else None


def is_day_word(text: str, words: Words) -> bool:
    """Whether the text is such a word and nothing else."""
    return text.lower().strip(" .,:–-|•·") in words.days

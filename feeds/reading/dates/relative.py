"""Times told from the time of reading: "2 giờ trước", "il y a 2 heures", "5分钟前", "Hôm qua 15:30".

Only a short text that says nothing else much is read so: a headline may hold "two days ago" as well.
"""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

from feeds.reading.dates.words import Words

MAX_TEXT = 48  # "Zuletzt aktualisiert vor 2 Stunden und 15 Minuten" is about the longest
DAY = 86_400  # seconds
MAX_AGO = timedelta(days=60)  # nobody counts longer in days, hours or minutes

_WORD = re.compile(r"[^\s\d,.:;()|]+")
_QUANTITY = re.compile(r"(?<![\d.,:/-])(\d{1,3})\s?(?:de )?([^\W\d_][^\s\d,.:;()|]*)")
_UNIT_FIRST = re.compile(r"([^\s\d,.:;()|]+) (\d{1,3})(?![\d.,:/-])")  # Swahili: "saa 2 zilizopita"


class Ago(NamedTuple):
    """How long before the reading. ``exact`` is to the hour or better: "46 hours ago" is, "2 days ago" is not."""

    by: timedelta
    exact: bool


def time_ago(text: str, words: Words) -> Ago | None:
    """How long before the reading: of "2 giờ 15 phút trước" the sum; zero for "just now"."""
    if len(text) > MAX_TEXT:
        return None
    text = text.lower().strip(" .,:–-|•·")
    if text in words.now:
        return Ago(timedelta(0), True)
    said = _WORD.findall(text)
    if words.ago.isdisjoint(said) and not any(mark in text for mark in words.marks):
        return None
    told = [(int(number), unit(word, words)) for number, word in _QUANTITY.findall(text)]
    if not any(size for _, size in told):
        told = [(int(number), unit(word, words)) for word, number in _UNIT_FIRST.findall(text)] or told
    if not told:
        told = [(1, words.wholes[word]) for word in said if word in words.wholes]
        told += [(1, unit(word, words)) for before, word in pairwise(said) if before in words.one]
    return _ago([number * size for number, size in told], [size for _, size in told])


def _ago(seconds: list[int], sizes: list[int]) -> Ago | None:
    if not sizes or 0 in sizes:
        return None
    by = timedelta(seconds=sum(seconds))
    return Ago(by, min(sizes) < DAY) if by <= MAX_AGO else None


def bare_ago(text: str, words: Words) -> Ago | None:
    """A time ago that says nothing else: "3h", "5m", "23 hrs"; only where a time is looked for, as in a list."""
    found = words.unit_alone.fullmatch(text.lower().strip(" .·•|")) if words.unit_alone else None
    return _ago([int(found[1]) * _LETTERS[found[2][0]]], [_LETTERS[found[2][0]]]) if found else None


_LETTERS = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}  # seconds


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


def weekday(text: str, words: Words) -> int | None:
    """The weekday that a short text names and, but for a clock time, nothing else; Monday is 0."""
    if len(text) > MAX_TEXT:
        return None
    text = text.lower()
    match = words.weekday.search(text)
    if match is None:
        return None
    rest = f"{text[: match.start()]} {_TIME.sub(' ', text[match.end() :])}"
    said = not any(map(str.isdigit, rest)) and all(
        word in words.fillers or word in words.halves or word in _AT for word in _WORD.findall(rest)
    )
    return words.weekdays[match[0]] if said else None


_TIME = re.compile(r"\d{1,2}(?:[:h.]\d\d(?::\d\d)?(?: ?uhr)?| ?uhr| ?[ap]\.? ?m\b\.?)")
_AT = frozenset(["at", "um", "lúc", "kl", "klo", "om", "la", "las", "le", "à", "ore", "alle", "o"])

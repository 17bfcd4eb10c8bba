"""Who wrote a story: lines that say it, and the people whom they name, taken apart.

The words of bylines ("by", "Bài:", "Redaktion") are those of all languages together: a page's language says little
about its agencies' names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from feeds.languages import LANGUAGES, Bylines
from feeds.reading.dates.clocks import ZONE
from feeds.reading.dates.relative import unit
from feeds.reading.dates.words import MODIFIED_LABELS, PUBLISHED_LABELS, standing_alone, words_of
from feeds.reading.page.labels import LABELS
from feeds.reading.text import squeeze

MAX_TEXT = 1000  # characters of a byline that are looked at
MAX_NAME = 60  # characters of the longest name believed
MAX_WORDS = 6
MAX_AUTHORS = 12
_EDGES = " .,:;-–—|/*~→»›"


def _any(pick: Callable[[Bylines], Iterable[str]]) -> str:
    """The words of all languages as alternatives, the longest first."""
    words = {word for language in LANGUAGES.values() for word in pick(language.bylines)}
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


_WORD = r"[A-ZÀ-ÖØ-ÞĐ][^\s\d:;!?,.]*\.?"
_NAME = rf"{_WORD}(?:\s{_WORD}){{1,3}}"
_JOIN = _any(lambda words: words.joins)
PICTURES = _any(lambda words: words.pictures)
# "Von Jo Beispiel", "Eine Kolumne von Jo Beispiel, Hanoi", "By Jo Doe and Ann Roe", "Bài: Lê Mai"; the group is who.
# Words that mean more than "by" count with a colon only; Vietnamese "theo" ("according to") opens sentences.
BYLINE = re.compile(
    r"(?:(?i:an?|eine?|une?|una?|een|en) [^\W\d_]+ )?"
    rf"(?:(?i:{_any(lambda words: set(words.by) - {'theo'})})\s*:?|(?i:{_any(lambda words: words.labels)})\s*:)"
    rf"\s+(?!The\s|This\s|Our\s)({_NAME}(?:(?:,| &| {_JOIN.replace('|', '| ')})\s{_NAME}){{0,4}})(?:, {_WORD})?"
)

# What stands between names. A hyphen joins two people only between spaces: "Anne-Marie" is one.
_BETWEEN = re.compile(rf"\s+[-–—|/·•]\s+|\s*[,;&\n]\s*(?:(?:{_JOIN})\s+)?|\s+(?:{_JOIN})\s+", re.IGNORECASE)
_BY = re.compile(
    rf"^(?i:(?:{_any(lambda words: words.before)})\s*[:：]?\s*)?"
    rf"(?:(?i:(?<!\w)(?:{_any(lambda words: (*words.by, *words.labels))})(?!\w)\s*[:：]?)(?:\s+|$)"
    r"|(?:[Bb]y|[Aa]uthor)(?=[A-Z][a-z]))"  # "AuthorJo Doe": styles set the label apart
    r"|^[:：]\s*"
)
_INNER_BY = re.compile(
    rf"\s(?:{_any(lambda words: set(words.by) - {'theo', 'di', 'av', 'af', 'von', 'vom'})})\s+(?=[A-ZÀ-ÞĐ])"
)
_AFTER = re.compile(rf"\s(?:{_any(lambda words: words.after)})\b.*$", re.IGNORECASE)
_WHERE = re.compile(rf"(?<=\w\s)(?:{_any(lambda words: words.where)})(?:\s[A-ZÀ-ÞĐ]\w+){{1,3}}$")
# Degrees behind a comma, as they are written.
_DEGREE = re.compile(r"(?:Ph|M|Ed|Dr)\.? ?D\.?|[BM]\.[AS][c.]*|[A-Z]{2,5}(?:-[A-Z])?|Esq\.?|[JS]r\.?|MSc|BSc")
_AGENCIES = frozenset(("AFP", "AP", "DPA", "EFE", "ANSA", "APA", "KNA", "EPD", "SID", "PTI", "UPI", "TASS"))
_ROLE = re.compile(_any(lambda words: words.roles), re.IGNORECASE)  # what somebody is in a newsroom, without a name
_DESK = re.compile(
    rf"^(?:{_any(lambda words: words.desks)})\b.*$", re.IGNORECASE
)  # the newsroom, where no person signs
_JOINTS = re.compile(r"[\s._-]+")
# A publisher's postal address for an author: "Blue River Post, Munich, Germany".
_ADDRESS = re.compile(r"^([^,]+),[^,]+, ?(?:Germany|Deutschland|Austria|Österreich|Switzerland|Schweiz)$")
_NOT_A_NAME = re.compile(
    r"https?:|www\.|@|\d{2}|\.com\b|[{}<>=|]|\b(?:GmbH|Inc|Ltd|LLC|PLC|AG|KG|e\.V)\b"
    rf"|^(?:{_any(lambda words: words.where)}|publisher)\b"
    r"|^(?i:name|null|none|undefined|by|story by|posted by|no author)$"
    rf"|\bauthors?\b|\d\s|^\(|(?i:\bgetty images\b|^(?:{PICTURES}) ?:)"
)

# A date inside a byline: words of time around at least one number.
_TIMES = words_of(None)
_MULTIPLE = standing_alone(word for word in _TIMES.weekdays if " " in word)
_OF_TIME = frozenset(
    (*_TIMES.months, *_TIMES.weekdays, *_TIMES.halves, "lúc", "ngày", "um", "uhr", "on", "at", "am", "om")
)
_OF_DATES = re.compile(f"{MODIFIED_LABELS}|{PUBLISHED_LABELS}")
_TOKEN = re.compile(r"[^\s,|–—•·()]+")
_NUMBER = re.compile(r"\d[\d.:/hHg-]*(?:st|nd|rd|th|am|pm|Uhr)?[.,]?")


def people(texts: Iterable[str], site_names: Iterable[str] = (), *, desks: bool = True) -> tuple[str, ...]:
    """The people that bylines name, in order, each once.

    A desk ("Ban biên tập") or the site itself stands only where no person does, and ``desks`` are asked for.
    """
    found: dict[str, str] = {}
    for text in texts:
        for name in _split(text):
            found.setdefault(_JOINTS.sub("", name.casefold()), name)  # "Jo Doe" and "jo-doe" are one
    if not found:
        return ()
    sites = {squeeze(name).casefold() for name in site_names if name}
    persons = [name for name in found.values() if not (name.casefold() in sites or _is_desk(name))]
    return tuple((persons or (list(found.values()) if desks else []))[:MAX_AUTHORS])


def _is_desk(name: str) -> bool:
    return _DESK.match(name) is not None or _ROLE.fullmatch(name) is not None


def _split(text: str) -> list[str]:
    names: list[str] = []
    text = text[:MAX_TEXT]
    if address := _ADDRESS.match(text):
        text = address[1]
    if any(map(str.isdigit, text)):
        text = _without_dates(text)
    for piece in _BETWEEN.split(text):
        name = squeeze(piece).strip(_EDGES)
        name = _AFTER.sub("", _BY.sub("", name)).strip(_EDGES)
        if name.count(" ") > 1:
            name = _WHERE.sub("", _INNER_BY.split(name)[-1]).strip(_EDGES)
        if names and _is_title(name):
            continue
        if 1 < len(name) <= MAX_NAME and any(map(str.isalpha, name)) and not _is_no_name(name):
            names.append(name)
    return names


def _without_dates(text: str) -> str:
    """The text with a comma for each date: "Jane Roe on Monday, 2 November 2026 at 10:05 GMT" is Jane Roe's."""
    text = _MULTIPLE.sub(lambda match: match[0].replace(" ", "_"), text)
    kept, run, numbers = [], [], 0
    for match in (*_TOKEN.finditer(text), None):
        token = match[0] if match else ""
        is_number = _NUMBER.fullmatch(token) is not None
        if match and (is_number or _is_of_time(token) or (numbers and ZONE.fullmatch(token))):
            run.append(match.span())
            numbers += is_number
            continue
        if numbers:
            kept.append((run[0][0], run[-1][1]))
        run, numbers = [], 0
    for start, end in reversed(kept):
        text = f"{text[:start]}, {text[end:]}"
    return text.replace("_", " ")


def _is_of_time(token: str) -> bool:
    word = token.lower().rstrip(".").replace(".", "").replace("_", " ")
    return word in _OF_TIME or (len(word) > 2 and unit(word, _TIMES) > 0)


def _is_title(name: str) -> bool:
    """Whether what stands behind a name is a degree or a role, and no other name."""
    return (_DEGREE.fullmatch(name) is not None and name not in _AGENCIES) or _ROLE.fullmatch(name) is not None


def _is_no_name(text: str) -> bool:
    words = text.split()
    if len(words) == 1 and (
        words[0] in _TIMES.fillers or _OF_DATES.match(words[0].lower())
    ):  # what a date has left over
        return True
    return len(words) > MAX_WORDS or _NOT_A_NAME.search(text) is not None or LABELS.kind(text) is not None

"""The text of a part of the page, line by line, as a reader sees it; and how many words a text has."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from feeds.reading.listing.flat import LINE, TEXT, Outline
from feeds.reading.text import squeeze

MAX_LINES = 40  # in one part; a teaser has a handful

_DENSE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(slots=True)
class Line:
    """A line of text: the range of its runs, and the element that sets it apart from others."""

    start: int
    end: int
    text: str
    owner: int


def word_count(text: str) -> int:
    """How many words a text has; in scripts without spaces two characters count as one."""
    if text.isascii():
        return text.count(" ") + 1 if text else 0
    dense = len(_DENSE.findall(text))
    return (dense + 1) // 2 + len(_DENSE.sub(" ", text).split()) if dense else text.count(" ") + 1


def lines(page: Outline, start: int, end: int, silent: Container[int] = ()) -> list[Line]:
    """The lines in a range of entries: one ends where an element of its own line starts or ends.

    The runs whose entries are ``silent`` are passed over.
    """
    found: list[Line] = []
    parts: list[str] = []
    first = last = owner = -1
    runs = page.runs
    for entry, tag in enumerate(page.tags[start:end], start):
        if tag != TEXT:
            if parts and tag in LINE:
                _add(found, parts, first, last, owner)
            continue
        if silent and entry in silent:
            continue
        line = page.line_of(entry)
        if parts and line != owner:
            _add(found, parts, first, last, owner)
        if not parts:
            first, owner = entry, line
        parts.append(runs[entry])
        last = entry
        if len(found) >= MAX_LINES:
            break
    if parts:
        _add(found, parts, first, last, owner)
    return found


def _add(found: list[Line], parts: list[str], first: int, last: int, owner: int) -> None:
    text = squeeze(parts[0] if len(parts) == 1 else "".join(parts))
    if text:
        found.append(Line(first, last + 1, text, owner))
    parts.clear()

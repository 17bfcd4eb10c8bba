"""Lines that say who wrote a story, and nothing else: beside headlines in lists, and at the ends of stories."""

from __future__ import annotations

import re

_WORD = r"[A-ZÀ-ÖØ-ÞĐ][^\s\d:;!?,.]*\.?"
_NAME = rf"{_WORD}(?:\s{_WORD}){{1,3}}"

# "Von Jo Beispiel", "Eine Kolumne von Jo Beispiel, Hanoi", "By Jo Doe and Ann Roe", "Bài: Lê Mai"; the group is who.
# Words that mean more than "by" count with a colon only.
BYLINE = re.compile(
    r"(?:(?i:an?|eine?|une?|una?|een|en) [^\W\d_]+ )?"
    r"(?:(?i:von|by|par|por|di|door|av|af)\s*:?|(?i:bài|tác giả|text|autor(?:in)?)\s*:)\s+(?!The\s|This\s|Our\s)"
    rf"({_NAME}(?:(?:,| &| and| und| et| y| e| và)\s{_NAME}){{0,4}})(?:, {_WORD})?"
)

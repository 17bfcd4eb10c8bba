"""Characters that need care wherever texts are compared or stored: invisible ones, and marks in heaps.

Putting the marks above one letter in order takes time by the square of their number, in C, with nobody else's turn in
between. So nothing here normalises a text before its heaps are cut to what scripts have, and nobody else normalises.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

# Soft hyphen, zero-width spaces and joiners, marks of direction, word joiner, byte order mark.
INVISIBLE = "\u00ad\u200b-\u200f\u2060\ufeff"
# U+0F73, U+0F75 and U+0F81 are no marks to Unicode, but made of nothing else; nor are U+FF9E and U+FF9F, until NFKC.
_MADE_OF_MARKS = "\u0f73\u0f75\u0f81\uff9e\uff9f"
_MARK = "".join(char for char in map(chr, range(0x300, 0x1E950)) if unicodedata.combining(char)) + _MADE_OF_MARKS
MOST_MARKS = 30  # on one letter: more than any script has (Unicode's Stream-Safe Text Format, UAX #15, section 13)

_ANY_INVISIBLE = re.compile(f"[{INVISIBLE}]")
# Invisible characters part the marks of a heap only until somebody takes them out. A run is looked at from its
# beginning only, and in one go: tried again at each mark it takes thirty times as long, with nobody else having a turn.
_OF_A_RUN = f"[{_MARK}{INVISIBLE}]"
_RUN = re.compile(f"{_OF_A_RUN}(?<!{_OF_A_RUN}{_OF_A_RUN}){_OF_A_RUN}{{{MOST_MARKS},}}+")
_ANY_OF_A_RUN = re.compile(_OF_A_RUN)
_ANY_MARK = re.compile(f"[{_MARK}]")


def nfc(text: str) -> str:
    """The text as it is compared: without invisible characters, in NFC, in time by its length whatever it holds."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", without_heaps(_ANY_INVISIBLE.sub("", text)))


def without_heaps(text: str) -> str:
    """The text with at most `MOST_MARKS` marks on one letter, invisible characters between them or not."""
    # A heap is so long that one of every thirty characters is in it: most texts need no closer look.
    if text.isascii() or not _ANY_OF_A_RUN.search(text[::MOST_MARKS]):
        return text
    return _RUN.sub(_cut, text)


def _cut(run: re.Match[str]) -> str:
    """The run up to its last mark that has room, with the invisible characters right behind that."""
    marks = [found.end() for found in islice(_ANY_MARK.finditer(run[0]), MOST_MARKS + 1)]
    if len(marks) <= MOST_MARKS:
        return run[0]
    return run[0][: marks[-1] - 1]

"""Plain-text helpers shared by every reader."""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls but for tab, line feed and carriage return; lone surrogates; noncharacters: XML 1.0 (section 2.2)
# has no way to write most of them, and no reader shows any.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")


def squeeze(text: str) -> str:
    """One line: every run of white space is one space, invisible characters are gone, Unicode is NFC."""
    line = " ".join(text.split())
    if not line.isprintable():  # most lines are: what is removed below is all unprintable to Python, too
        line = " ".join(_INVISIBLE.sub("", printable(line)).split())
    return line if unicodedata.is_normalized("NFC", line) else unicodedata.normalize("NFC", line)


def printable(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return _UNPRINTABLE.sub("", text)


def words(text: str) -> frozenset[str]:
    """The words of a text as a set: how lists of names are written down."""
    return frozenset(text.split())

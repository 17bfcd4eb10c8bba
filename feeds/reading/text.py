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
    line = text.strip()
    if line.isascii() and "  " not in line and line.isprintable():
        return line
    line = one_line(line)
    if not line.isprintable():  # most lines are: what is removed below is all unprintable to Python, too
        line = one_line(_INVISIBLE.sub("", printable(line)))
    return line if unicodedata.is_normalized("NFC", line) else unicodedata.normalize("NFC", line)


def one_line(text: str) -> str:
    """The text with every run of white space as one space, none at its ends.

    Cutting a text into words and joining them costs five times as much as asking whether it has to be done. All white
    space but the space is unprintable to Python, so that a printable text without two spaces in a row needs no cut.
    """
    text = text.strip()
    return text if "  " not in text and text.isprintable() else " ".join(text.split())


def printable(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return _UNPRINTABLE.sub("", text)


def words(text: str) -> frozenset[str]:
    """The words of a text as a set: how lists of names are written down."""
    return frozenset(text.split())

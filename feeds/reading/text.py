"""Plain-text helpers shared by every reader."""

from __future__ import annotations

import re
import unicodedata

from feeds.characters import without_heaps

# C0 and C1 controls but for tab, line feed and carriage return; lone surrogates; noncharacters: XML 1.0 (section 2.2)
# has no way to write most of them, and no reader shows any.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_NO_LETTERS = re.compile(r"[\W_]+")
# Of the invisible characters (`feeds.characters`) those that no script needs: joiners are part of words in some, marks
# of direction of lines in others. Overrides of direction only make a name read as another.
_INVISIBLE = re.compile("[\u00ad\u200b\u202d\u202e\u2060\ufeff]")


def squeeze(text: str) -> str:
    """One line: every run of white space is one space, invisible characters are gone, Unicode is NFC."""
    line = text.strip()
    if (
        "  " in line or not line.isprintable()
    ):  # most lines are: what is removed below is all unprintable to Python, too
        line = one_line(line)
        if not line.isprintable():
            line = one_line(_INVISIBLE.sub("", printable(line)))
    if line.isascii() or unicodedata.is_normalized("NFC", line):
        return line
    return unicodedata.normalize("NFC", without_heaps(line))


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


def fold(text: str) -> str:
    """Letters and digits only, without case: equal for two spellings of one name."""
    return _NO_LETTERS.sub("", text.casefold())


def word_set(text: str) -> frozenset[str]:
    """The words of a text as a set: how lists of names are written down."""
    return frozenset(text.split())

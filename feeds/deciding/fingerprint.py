"""The hash that says whether two texts are the same to a reader.

Versioned (``1:…``): another way of normalising gets another number, and hashes of different versions are never
compared. Empty fields are skipped, so that a field added later changes no old hash (after lemon24/reader).
"""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b

from feeds.model import Article, Teaser

VERSION = 1

_QUOTES = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4`", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
    | {"\u2026": "..."}
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_BETWEEN = re.compile(r"\s*(['\"-])\s*")


def fingerprint(article: Article) -> str:
    """The hash of title, summary and text: blind to markup, pictures, captions, white space, quotes and dashes."""
    return _digest(("title", article.title), ("summary", article.summary), ("text", article.body_text))


def of_teaser(teaser: Teaser) -> str:
    """The hash of what a list says of a story, to see when the list says something else.

    The time is left out: lists print "2 hours ago". The summary is left out: lists cut it where there is room.
    """
    return _digest(("title", teaser.title))


def normalise(text: str) -> str:
    """The text as it is hashed: NFC, one space between words, one kind of quote and dash, no invisible characters."""
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).translate(_QUOTES)
    return " ".join(_BETWEEN.sub(r"\1", text).split())


def _digest(*fields: tuple[str, str | None]) -> str:
    state = blake2b(digest_size=16)
    for name, value in fields:
        text = normalise(value or "")
        if text:
            data = text.encode()
            state.update(f"{name}:{len(data)}:".encode() + data)
    return f"{VERSION}:{state.hexdigest()}"

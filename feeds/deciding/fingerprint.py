"""The hash that says whether two texts are the same to a reader, and the versions of it.

A mark reads ``2:…``: the version, and the hash. Version 1 is of title, summary and text as they are; version 2 leaves
out of the text what passes (`feeds.deciding.passing`),
and has the recordings of stories that show any. Another way of normalising gets another number, and the ways
before stay computable: a stored mark is compared in its own version, so that an upgrade finds nothing changed, and is
replaced at the story's next look. Empty fields are skipped, so that a field added later changes no old hash (after
lemon24/reader).
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b

from feeds.characters import nfc
from feeds.deciding.passing import lasting
from feeds.deciding.recordings import shown
from feeds.model import Article, Teaser

VERSION = 2
VERSIONS = (2, 1)  # that are understood, the newest first
WORDING = 1  # the version of a teaser's hash, which has no text that could pass

MAX_CAPTIONS = 200  # whose parts are looked for; a gallery may have more
MAX_PARTS = 10_000  # characters of them together: each block of the text is looked for in them
PART = 20  # characters of a caption's part; what is shorter stands in many texts

_QUOTES = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4`", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
    | {"\u2026": "..."}
)
LINE, LINES = 200, 16_384  # characters of what is taken for a headline, and how many are at hand: 26 MB at most
_BETWEEN = re.compile(r" ?(['\"-]) ?")


def fingerprint(article: Article, version: int = VERSION) -> str:
    """The mark of title, summary, text and recordings.

    It is blind to markup, pictures, captions, white space, quotes and dashes; of a gallery, which has little text, to
    its pictures it is not.
    """
    text = article.body_text if version == 1 else lasting(_without_captions(article))
    told = [("title", article.title), ("summary", article.summary), ("text", text)]
    return _digest(version, *told, *([("media", shown(article))] if version > 1 else []))


def _without_captions(article: Article) -> str:
    """The text without the captions in it: a picture that is exchanged, or described better, is no revision.

    A caption of several paragraphs is one line with its picture, and several in the text.
    """
    captions = [image.caption for image in article.images if image.caption]
    if not captions:
        return article.body_text
    whole, parts = frozenset(captions), "\n".join(captions[:MAX_CAPTIONS])[:MAX_PARTS]
    told = [(block, block.replace("\n", " ")) for block in article.body_text.split("\n\n")]
    return "\n\n".join(block for block, line in told if not (line in whole or (len(line) >= PART and line in parts)))


def fingerprints(article: Article) -> tuple[str, ...]:
    """The marks under which the article may be stored, that of `VERSION` first."""
    return tuple(fingerprint(article, version) for version in VERSIONS)


def same_text(mark: str | None, article: Article) -> bool:
    """Whether a stored mark is that of the article, in the mark's own version. One that is not understood never is."""
    version = version_of(mark)
    return version is not None and mark == fingerprint(article, version)


def version_of(mark: str | None) -> int | None:
    """The version of a mark; None where there is no mark, or of a version that is not understood (a newer one)."""
    told = (mark or "").partition(":")[0]
    return next((version for version in VERSIONS if told == str(version)), None)


def of_teaser(teaser: Teaser) -> str:
    """The hash of what a list says of a story, to see when the list says something else.

    The time is left out: lists print "2 hours ago". The summary is left out: lists cut it where there is room.
    """
    return _digest(WORDING, ("title", teaser.title))


def normalise(text: str) -> str:
    """The text as it is hashed: NFC, one space between words, one kind of quote and dash, no invisible characters."""
    return _normal_line(text) if len(text) <= LINE else _normal(text)


def _normal(text: str) -> str:
    # Runs of white space first: where they may have any length, looking for what stands between two takes their square.
    return _BETWEEN.sub(r"\1", " ".join(nfc(text).translate(_QUOTES).split()))


# The headlines of a list are asked about at every poll, and are mostly those of the poll before.
_normal_line = lru_cache(LINES)(_normal)


def _digest(version: int, *fields: tuple[str, str | None]) -> str:
    state = blake2b(digest_size=16)
    for name, value in fields:
        text = normalise(value or "")
        if text:
            data = text.encode()
            state.update(f"{name}:{len(data)}:".encode() + data)
    return f"{version}:{state.hexdigest()}"

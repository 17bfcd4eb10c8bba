"""What changed between two texts, word by word: for people who want to see an edit, not guess it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

import msgspec

from feeds.deciding.fingerprint import normalise
from feeds.model import Article

# difflib is quadratic on unlike texts: larger changed stretches than this are shown as one deletion and one insertion.
MAX_WORDS = 1500
CONTEXT = 8  # words shown on each side of a change

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")


class Run(msgspec.Struct, frozen=True):
    """A stretch of text that stayed, went or came. A long stretch that stayed is abbreviated with an ellipsis."""

    op: Literal["equal", "delete", "insert"]
    text: str


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """How an article changed: the fields, and the runs of each text that did."""

    fields: tuple[str, ...]
    title: tuple[Run, ...] = ()
    summary: tuple[Run, ...] = ()
    text: tuple[Run, ...] = ()


def compare(old: Article, new: Article) -> Difference:
    """The difference of title, summary and text; a field that changed only in spaces, quotes or dashes did not."""
    pairs = {
        "title": (old.title, new.title),
        "summary": (old.summary or "", new.summary or ""),
        "text": (old.body_text, new.body_text),
    }
    changed = {name: pair for name, pair in pairs.items() if normalise(pair[0]) != normalise(pair[1])}
    runs = {name: tuple(_abbreviated(_words(*pair))) for name, pair in changed.items()}
    return Difference(fields=tuple(changed), **runs)


def _words(old: str, new: str) -> list[Run]:
    """First by paragraphs, which is cheap and finds what moved; then by words inside the paragraphs that changed."""
    runs: list[Run] = []
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for op, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        left, right = "".join(before[i1:i2]), "".join(after[j1:j2])
        if op == "equal":
            runs.append(Run("equal", left))
        else:
            runs.extend(_tokens(_TOKEN.findall(left), _TOKEN.findall(right)))
    return _joined(runs)


def _tokens(left: Sequence[str], right: Sequence[str]) -> Iterator[Run]:
    if len(left) > MAX_WORDS * 2 or len(right) > MAX_WORDS * 2:
        yield from _replacement(left, right)
        return
    for op, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if op == "equal":
            yield Run("equal", "".join(left[i1:i2]))
        else:
            yield from _replacement(left[i1:i2], right[j1:j2])


def _replacement(left: Sequence[str], right: Sequence[str]) -> Iterator[Run]:
    if left:
        yield Run("delete", "".join(left))
    if right:
        yield Run("insert", "".join(right))


def _joined(runs: list[Run]) -> list[Run]:
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1].op == run.op:
            joined[-1] = Run(run.op, joined[-1].text + run.text)
        else:
            joined.append(run)
    return joined


def _abbreviated(runs: list[Run]) -> Iterator[Run]:
    for number, run in enumerate(runs):
        words = run.text.split(" ")
        if run.op != "equal" or len(words) <= 2 * CONTEXT + 2:
            yield run
            continue
        head = words[:CONTEXT] if number else []
        tail = words[-CONTEXT:] if number < len(runs) - 1 else []
        yield Run("equal", " ".join([*head, "…", *tail]))

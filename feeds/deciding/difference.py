"""What changed between two texts, word by word: for people who want to see an edit, not guess it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

import msgspec

from feeds.deciding.fingerprint import normalise
from feeds.model import Article

# difflib is quadratic on unlike texts. What is longer than this is shown as one deletion and one insertion: so many
# paragraphs that changed, so many words in one stretch, and so many words in all stretches of a text together.
MAX_PARAGRAPHS = 200
MAX_WORDS = 800
MAX_WORDS_IN_ALL = 4000
CONTEXT = 8  # words shown on each side of a change

_TOKEN = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")  # a space belongs to its word: alone it would match everywhere


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
    before, after = _paragraphs(old), _paragraphs(new)
    start, end = _same_ends(before, after)
    middle_before, middle_after = before[start : len(before) - end], after[start : len(after) - end]
    middle: Sequence[tuple[str, int, int, int, int]] = [("replace", 0, len(middle_before), 0, len(middle_after))]
    if max(len(middle_before), len(middle_after)) <= MAX_PARAGRAPHS:
        middle = SequenceMatcher(None, middle_before, middle_after, autojunk=False).get_opcodes()
    runs.append(Run("equal", "".join(before[:start])))
    left_over = MAX_WORDS_IN_ALL
    for op, i1, i2, j1, j2 in middle:
        left, right = _TOKEN.findall("".join(middle_before[i1:i2])), _TOKEN.findall("".join(middle_after[j1:j2]))
        if op == "equal":
            runs.append(Run("equal", "".join(left)))
            continue
        left_over -= max(len(left), len(right))
        runs.extend(_tokens(left, right) if left_over >= 0 else _replacement(left, right))
    runs.append(Run("equal", "".join(before[len(before) - end :])))
    return _joined([run for run in runs if run.text])


def _paragraphs(text: str) -> list[str]:
    return re.findall(r".+?(?:\n\s*|$)", text, re.S) if text else []


def _same_ends(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """How many paragraphs are the same from the first on, and from the last back."""
    shorter = min(len(before), len(after))
    start = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    end = next((n for n in range(shorter - start) if before[-1 - n] != after[-1 - n]), shorter - start)
    return start, end


def _tokens(left: Sequence[str], right: Sequence[str]) -> Iterator[Run]:
    if len(left) > MAX_WORDS or len(right) > MAX_WORDS:
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

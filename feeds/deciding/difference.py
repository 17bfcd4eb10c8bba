"""What changed between two texts, word by word: for people who want to see an edit, not guess it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from feeds.deciding.fingerprint import normalise
from feeds.deciding.patience import pairs_in_order
from feeds.model import Article

# Between words that both texts have once, few of each are compared with all others; more are one deletion and one
# insertion, which people read more easily as well.
MAX_BETWEEN = 60  # words on either side
MAX_PRODUCT = 200_000  # comparisons in all stretches of a text together: some hundredths of a second
MAX_DEPTH = 12  # stretches within stretches; each is shorter than the one around it
CONTEXT = 8  # words shown on each side of a change

Span = tuple[int, int]

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
    """By paragraphs first, which finds what moved; then by words inside the stretches that changed."""
    left = [MAX_PRODUCT]
    runs: list[Run] = []
    before, after = _paragraphs(old), _paragraphs(new)
    for op, (i1, i2), (j1, j2) in _stretches(before, after, 0):
        if op == "equal":
            runs.append(Run("equal", "".join(before[i1:i2])))
        else:
            tokens = (_TOKEN.findall("".join(before[i1:i2])), _TOKEN.findall("".join(after[j1:j2])))
            runs.extend(_tokens(*tokens, left))
    return _joined([run for run in runs if run.text])


def _paragraphs(text: str) -> list[str]:
    return re.findall(r".+?(?:\n\s*|$)", text, re.S) if text else []


def _stretches(a: Sequence[str], b: Sequence[str], depth: int) -> Iterator[tuple[str, Span, Span]]:
    """The parts that are equal, and those that are not, in their order; every part of both once."""
    start, end = _same_ends(a, b)
    if start:
        yield "equal", (0, start), (0, start)
    i = j = start
    stop_a, stop_b = len(a) - end, len(b) - end
    pairs = pairs_in_order(a[start:stop_a], b[start:stop_b]) if depth < MAX_DEPTH else []
    for m, n in [*((m + start, n + start) for m, n in pairs), (stop_a, stop_b)]:
        if m > i or n > j:
            yield from _between(a, b, (i, m), (j, n), depth if pairs else MAX_DEPTH)
        if m < stop_a:
            yield "equal", (m, m + 1), (n, n + 1)
        i, j = m + 1, n + 1
    if end:
        yield "equal", (stop_a, len(a)), (stop_b, len(b))


def _between(
    a: Sequence[str], b: Sequence[str], mine: Span, yours: Span, depth: int
) -> Iterator[tuple[str, Span, Span]]:
    """What lies between two parts that are equal: within it, other elements may occur once."""
    (i, m), (j, n) = mine, yours
    if m == i or n == j or depth >= MAX_DEPTH:
        yield "replace", mine, yours
        return
    for op, (i1, i2), (j1, j2) in _stretches(a[i:m], b[j:n], depth + 1):
        yield op, (i + i1, i + i2), (j + j1, j + j2)


def _same_ends(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """How many elements are the same from the first on, and from the last back."""
    shorter = min(len(before), len(after))
    start = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    end = next((n for n in range(shorter - start) if before[-1 - n] != after[-1 - n]), shorter - start)
    return start, end


def _tokens(a: Sequence[str], b: Sequence[str], left: list[int]) -> Iterator[Run]:
    """The words of a stretch that changed; ``left`` holds how many comparisons are allowed yet."""
    for op, (i1, i2), (j1, j2) in _stretches(a, b, 0):
        mine, yours = a[i1:i2], b[j1:j2]
        if op == "equal":
            yield Run("equal", "".join(mine))
            continue
        left[0] -= len(mine) * len(yours)
        if left[0] < 0 or max(len(mine), len(yours)) > MAX_BETWEEN:
            yield from _replacement(mine, yours)
        else:
            yield from _compared(mine, yours)


def _compared(a: Sequence[str], b: Sequence[str]) -> Iterator[Run]:
    """A few words: their longest common subsequence, each word compared with each."""
    longest = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            same = a[i] == b[j]
            longest[i][j] = longest[i + 1][j + 1] + 1 if same else max(longest[i + 1][j], longest[i][j + 1])
    i = j = 0
    while i < len(a) and j < len(b):
        if a[i] == b[j]:
            yield Run("equal", a[i])
            i, j = i + 1, j + 1
        elif longest[i + 1][j] >= longest[i][j + 1]:
            yield Run("delete", a[i])
            i += 1
        else:
            yield Run("insert", b[j])
            j += 1
    yield from _replacement(a[i:], b[j:])


def _replacement(left: Sequence[str], right: Sequence[str]) -> Iterator[Run]:
    if left:
        yield Run("delete", "".join(left))
    if right:
        yield Run("insert", "".join(right))


def _joined(runs: Sequence[Run]) -> list[Run]:
    """Neighbours of one kind as one; what went before what came, where both stand in one place."""
    joined: list[Run] = []
    waiting: dict[str, list[str]] = {"delete": [], "insert": []}

    def flush() -> None:
        for op, texts in waiting.items():
            if texts:
                joined.append(Run(op, "".join(texts)))  # type: ignore[arg-type]
                texts.clear()

    same: list[str] = []
    for run in runs:
        if run.op != "equal":
            if same:
                joined.append(Run("equal", "".join(same)))
                same.clear()
            waiting[run.op].append(run.text)
        else:
            flush()
            same.append(run.text)
    flush()
    return [*joined, Run("equal", "".join(same))] if same else joined


def _abbreviated(runs: list[Run]) -> Iterator[Run]:
    for number, run in enumerate(runs):
        words = run.text.split(" ")
        if run.op != "equal" or len(words) <= 2 * CONTEXT + 2:
            yield run
            continue
        head = words[:CONTEXT] if number else []
        tail = words[-CONTEXT:] if number < len(runs) - 1 else []
        yield Run("equal", " ".join([*head, "…", *tail]))

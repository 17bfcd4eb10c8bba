"""What changed between two texts, word by word: for people who want to see an edit, not guess it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from feeds.deciding.fingerprint import normalise
from feeds.deciding.patience import pairs_in_order
from feeds.deciding.recordings import shown
from feeds.model import Article

# Between words that both texts have once, few of each are compared with all others; more are one deletion and one
# insertion, which people read more easily as well.
MAX_BETWEEN = 60  # words on either side
MAX_PRODUCT = 200_000  # comparisons in all stretches of a text together: some hundredths of a second
MAX_DEPTH = 12  # stretches within stretches; each is shorter than the one around it
CONTEXT = 8  # words shown on each side of a change
FEW = 3  # words between two changes that are read as one: "of the city" between two other ones is no island
LONG = 30  # words of a sentence before a change: most sentences are shorter, and lists without a full stop are not

Span = tuple[int, int]

_SENTENCE = re.compile(r"(?:[^.!?…。！？\n]|[.!?…](?![\s\"”’»)\]]|$))*(?:[.!?…。！？]+[\"”’»)\]]*\s*|\n+|$)")
_END = re.compile(r"[.!?…。！？][\"”’»)\]]*\s|[。！？]|\n")
_INSIDE = re.compile(r"[.,:/'’\-–]\w+\s*")
_CLOSED = re.compile(r"(?:[.!?…][\"”’»)\]]*\s+|[。！？][\"”’»)\]]*\s*|\n\s*)$")
_TOKEN = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")  # a space belongs to its word: alone it would match everywhere


class Run(msgspec.Struct, frozen=True):
    """A stretch of text that stayed, went or came. A long stretch that stayed is abbreviated with an ellipsis."""

    op: Literal["equal", "delete", "insert"]
    text: str


class Passage(msgspec.Struct, frozen=True):
    """A few whole sentences that changed: ``was`` marks in them what went, ``now`` what came.

    One is empty where sentences only came, or only went.
    """

    was: tuple[Run, ...] = ()
    now: tuple[Run, ...] = ()


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """How an article changed: the fields, and the runs of each text that did."""

    fields: tuple[str, ...]
    title: tuple[Run, ...] = ()
    summary: tuple[Run, ...] = ()
    text: tuple[Run, ...] = ()


def compare(old: Article, new: Article) -> Difference:
    """The difference of title, summary and text; a field that changed only in spaces, quotes or dashes did not.

    ``media`` is among the fields where another recording is shown, ``images`` where a gallery shows other pictures;
    they have no words to compare.
    """
    pairs = {
        "title": (old.title, new.title),
        "summary": (old.summary or "", new.summary or ""),
        "text": (old.body_text, new.body_text),
    }
    changed = {name: pair for name, pair in pairs.items() if normalise(pair[0]) != normalise(pair[1])}
    runs = {name: tuple(_abbreviated(_words(*pair))) for name, pair in changed.items()}
    others = (("media" if new.media else "images"),) if shown(new) and shown(old) != shown(new) else ()
    return Difference(fields=(*changed, *others), **runs)


def passages(old: str, new: str) -> list[Passage]:
    """What changed between two texts, in whole sentences, in the order of the new one.

    A few words that stayed between two changes belong to the change: in single words nobody reads what was meant.
    """
    # Both end alike: the last paragraph is not another one because one follows it now.
    runs = _calmed(_whole(_words(f"{old.rstrip()}\n\n", f"{new.rstrip()}\n\n")))
    found: list[Passage] = []
    for group in _grouped(runs):
        was = tuple(run for run in group if run.op != "insert" and run.text.strip())
        now = tuple(run for run in group if run.op != "delete" and run.text.strip())
        went, came = (any(run.op != "equal" for run in side) for side in (was, now))
        if not went and not came:
            continue
        # Sentences that only came stand in no sentence of before: that is not repeated beside them.
        only_came, only_went = (all(run.op != "equal" for run in side) for side in (now, was))
        found.append(
            Passage(_trimmed(was if went or not only_came else ()), _trimmed(now if came or not only_went else ()))
        )
    return found


def _trimmed(side: Sequence[Run]) -> tuple[Run, ...]:
    return (*side[:-1], Run(side[-1].op, side[-1].text.rstrip())) if side else ()


def _whole(runs: Sequence[Run]) -> list[Run]:
    """Changes that end inside a number or a word with a hyphen reach to its end."""
    whole: list[Run] = []
    for run in runs:
        before = whole[-1] if whole else None
        found = _INSIDE.match(run.text) if run.op == "equal" and before is not None and before.op != "equal" else None
        if found and before is not None and before.text[-1:].isalnum():
            whole += [Run("delete", found[0]), Run("insert", found[0]), Run("equal", run.text[found.end() :])]
        else:
            whole.append(run)
    return _joined([run for run in whole if run.text])


def _calmed(runs: Sequence[Run]) -> list[Run]:
    """Words that stayed between two changes of one sentence, and are few, went and came."""
    calm: list[Run] = []
    for number, run in enumerate(runs):
        inside = 0 < number < len(runs) - 1
        if run.op == "equal" and inside and len(run.text.split()) <= FEW and not _END.search(run.text):
            calm += [Run("delete", run.text), Run("insert", run.text)]
        else:
            calm.append(run)
    return _joined(calm)


def _grouped(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Runs together that share a sentence; of what stayed only the sentences that a change is in."""
    group: list[Run] = []
    for number, run in enumerate(runs):
        if run.op != "equal":
            group.append(run)
            continue
        rest = run.text
        if any(item.op != "equal" for item in group):
            head = "" if _closed(group[-1].text) else _first(rest)
            group.append(Run("equal", head))
            rest = rest[len(head) :]
            if not rest and head and not _closed(head) and number < len(runs) - 1:
                continue  # the sentence goes on in the next change
            yield group
        begun = _last(rest) if number < len(runs) - 1 else ""
        group = [Run("equal", _shortened(begun))] if begun else []
    if group:
        yield group


def _first(text: str) -> str:
    """The text as far as its first sentence goes."""
    found = _SENTENCE.match(text)
    return found[0] if found else text


def _last(text: str) -> str:
    """The sentence that is begun and not ended in the text; nothing where the last one ends."""
    begun = "" if _closed(text) else next(filter(None, reversed(_SENTENCE.findall(text))), "")
    return str(begun)


def _closed(text: str) -> bool:
    """Whether a sentence ends at the end of the text."""
    return bool(_CLOSED.search(text))


def _shortened(text: str) -> str:
    """The end of a long sentence: what stands far before a change does not explain it."""
    words = text.split(" ")
    return text if len(words) <= LONG else "… " + " ".join(words[-LONG:])


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

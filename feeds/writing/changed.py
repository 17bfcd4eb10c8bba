"""What a revision changed, as a few lines below a story."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from feeds.deciding.difference import Difference, Run
from feeds.writing.phrases import words

MAX_TEXT = 6000  # characters of one field, old and new; whoever rewrote a whole story is not followed word by word

_TAGS = {"insert": "ins", "delete": "del"}
_BREAKS = re.compile(r"\s*\n\s*")


def changed_html(change: Difference | None, language: str | None) -> str:
    """A discreet note: which fields changed, and each changed line as it was and as it is; empty where none did.

    It reads without styles, which many readers take away: what is struck through there stands behind "Was".
    """
    if change is None or not change.fields:
        return ""
    said = words(language)
    named = ", ".join(said.get(field, escape(field)) for field in change.fields)
    lines = [f"<hr><p><small><em>{said['changed']}: {named}.</em></small></p>"]
    for field in ("title", "summary", "text"):
        passages = list(_passages(getattr(change, field)))
        old, new = (_changed(passage[side] for passage in passages) for side in (0, 1))
        left = [max(MAX_TEXT // 2, MAX_TEXT - other) for other in (new, old)]
        for number, passage in enumerate(passages):
            told = [said[field].capitalize()] if number == 0 else []
            for side, name in enumerate(("was", "now")):
                if any(run.text.strip() for run in passage[side]) and left[side] >= 0:
                    told.append(f"{said[name]}: {''.join(_marked(passage[side], left[side]))}")
                    left[side] -= sum(len(run.text) for run in passage[side]) or 1
            if len(told) > (number == 0):
                lines.append(f"<p><small>{'<br>'.join(told)}</small></p>")
    return "\n".join(lines)


def _passages(runs: Sequence[Run]) -> Iterator[tuple[list[Run], list[Run]]]:
    """The lines that are not the same, each as it was and as it is; a change over several lines is one."""
    was: list[Run] = []
    now: list[Run] = []
    for run in [*runs, Run("equal", "\n")]:
        if run.op != "equal":
            (was if run.op == "delete" else now).append(run)
            continue
        first, *rest = _BREAKS.split(run.text)
        was.append(same := Run("equal", first))
        now.append(same)
        for text in rest:
            if any(part.op != "equal" for part in (*was, *now)):
                yield was, now
            same = Run("equal", text)
            was, now = [same], [same]


def _changed(lines: Iterable[Sequence[Run]]) -> int:
    """How many characters of them are not the same."""
    return sum(len(run.text) for line in lines for run in line if run.op != "equal")


def _marked(runs: Iterable[Run], left: int) -> Iterator[str]:
    """The runs as HTML, up to so many characters."""
    for run in runs:
        if left <= 0 < len(run.text):
            yield " …"
            return
        text = _BREAKS.sub("<br>", escape(run.text[:left] + ("…" if len(run.text) > left else ""), quote=False))
        tag = _TAGS.get(run.op)
        yield f"<{tag}>{text}</{tag}>" if tag else text
        left -= len(run.text)

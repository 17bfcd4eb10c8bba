"""What a revision changed, as a few lines below a story."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from feeds.deciding.difference import Difference, Run
from feeds.writing.phrases import words

MAX_TEXT = 6000  # characters of one field; whoever rewrote a whole story is not followed word by word

_TAGS = {"insert": "ins", "delete": "del"}
_BREAKS = re.compile(r"\s*\n\s*")


def changed_html(change: Difference | None, language: str | None) -> str:
    """A discreet note: which fields changed, and how; empty where none did."""
    if change is None or not change.fields:
        return ""
    said = words(language)
    named = ", ".join(said.get(field, escape(field)) for field in change.fields)
    lines = [f"<hr><p><small><em>{said['changed']}: {named}.</em></small></p>"]
    for field in ("title", "summary", "text"):
        runs = getattr(change, field)
        if runs:
            lines.append(f"<p><small>{said[field].capitalize()}: {''.join(_marked(runs))}</small></p>")
    return "\n".join(lines)


def _marked(runs: Sequence[Run]) -> Iterator[str]:
    """The runs as HTML, up to the limit."""
    left = MAX_TEXT
    for run in runs:
        if left <= 0:
            yield " …"
            return
        text = _BREAKS.sub("<br>", escape(run.text[:left] + ("…" if len(run.text) > left else ""), quote=False))
        tag = _TAGS.get(run.op)
        yield f"<{tag}>{text}</{tag}>" if tag else text
        left -= len(run.text)

"""How well an article was read, measured against what is known of its page (`bench/articles.py` names the figures)."""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from typing import Any, NamedTuple

from bench.helpers.article_readers import Read

SHINGLE = 4  # words
QUOTES = str.maketrans("‘’‚“”„«»–—", '\'\'\'"""""--')

Gold = dict[str, Any]


class Scores(NamedTuple):
    """Means over pages; None where no page has an answer."""

    P: float | None
    R: float | None
    F1: float | None
    exact: float | None
    seg: float | None
    title: float | None
    date: float | None


class _Snippets(NamedTuple):
    """Snippets that belong to the article and were kept, were lost; that do not belong to it and were kept."""

    kept: int
    lost: int
    wrong: int


def score(pages: list[tuple[Gold, Read]]) -> Scores:
    bodies = [(got.text, gold["body"]) for gold, got in pages if gold.get("body") is not None]
    overlaps = [_overlap(text, known) for text, known in bodies]
    precision = _mean(precise for precise, _ in overlaps if precise is not None)
    recall = _mean(complete for _, complete in overlaps if complete is not None)
    return Scores(
        P=precision,
        R=recall,
        F1=round(2 * precision * recall / (precision + recall), 4) if precision and recall else None,
        exact=_mean(_words(text) == _words(known) for text, known in bodies),
        seg=_snippet_score([_snippets(got.text, gold) for gold, got in pages if gold.get("must")]),
        title=_mean(_fold(got.title) == _fold(gold["title"]) for gold, got in pages if gold.get("title")),
        date=_mean(
            _day(got.published, _zone(gold["published"])) == _day(gold["published"])
            for gold, got in pages
            if gold.get("published") and _day(gold["published"])
        ),
    )


def _mean(values: Iterable[float]) -> float | None:
    """Rounded to what is printed, so that F1 is that of the printed P and R."""
    listed = list(values)
    return round(statistics.mean(listed), 4) if listed else None


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _words(text)
    return (
        Counter(tuple(words[n : n + SHINGLE]) for n in range(max(1, len(words) - SHINGLE + 1))) if words else Counter()
    )


def _overlap(text: str, known: str) -> tuple[float | None, float | None]:
    """Precision and recall of one body; None where there are no words to be precise about."""
    got, gold = _shingles(text), _shingles(known)
    common = (got & gold).total()
    return common / got.total() if got else None, common / gold.total() if gold else None


def _snippets(text: str, gold: Gold) -> _Snippets:
    flat = " ".join(text.split())
    kept = sum(" ".join(snippet.split()) in flat for snippet in gold["must"])
    wrong = sum(" ".join(snippet.split()) in flat for snippet in gold.get("mustnot", ()))
    return _Snippets(kept, len(gold["must"]) - kept, wrong)


def _snippet_score(pages: list[_Snippets]) -> float | None:
    kept, lost, wrong = (sum(column) for column in zip(*pages, strict=True)) if pages else (0, 0, 0)
    return round(2 * kept / (2 * kept + wrong + lost), 4) if kept else None


def _fold(text: str | None) -> str:
    plain = unicodedata.normalize("NFKC", text or "").casefold().translate(QUOTES)
    return re.sub(r"\s+", " ", plain).strip()


def _day(value: date | str | None, zone: tzinfo | None = None) -> date | None:
    """The calendar day of a time, in ``zone`` if the time itself has one."""
    if isinstance(value, str):
        text = value.strip()
        try:
            value = datetime.fromisoformat(re.sub(r"Z$", "+00:00", text))
        except ValueError:
            day = re.match(r"\d{4}-\d\d-\d\d", text)
            return date.fromisoformat(day[0]) if day else None
    if isinstance(value, datetime):
        return (value.astimezone(zone) if zone and value.tzinfo else value).date()
    return value


def _zone(value: str) -> tzinfo | None:
    try:
        return datetime.fromisoformat(re.sub(r"Z$", "+00:00", value)).tzinfo
    except ValueError:
        return None

"""How well the stories of a list page were found, against what was labelled by hand (`bench/teasers.py` names the
figures)."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable
from datetime import UTC, datetime
from difflib import SequenceMatcher
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from bench.helpers.teaser_readers import Found, fold

# Parameters that don't tell stories apart.
TRACKING = re.compile(
    r"^(utm_|at_|vnn_|wt_|itm_|fbclid|gclid|intcmp|itid|icid)|^(ocid|cmp|ito|ref|wtrid|section|hpt|iid)$", re.IGNORECASE
)
SIMILAR, COMPARED = 0.9, 300  # difflib's ratio of two summaries, over that many characters

Gold = dict[str, Any]


class Scores(NamedTuple):
    """The figures of one page, or means over several; None where nothing is known."""

    P: float | None
    R: float | None
    F1: float | None
    mainR: float | None  # noqa: N815 - what is printed
    mainF1: float | None  # noqa: N815
    title: float | None
    time: float | None
    time_unasked: float | None
    summary: float | None
    image: float | None


def score(found: list[Found], page: Gold) -> Scores:
    """The figures of one page."""
    base = page["url"]
    hits, wrong = _match(found, page)
    pairs = [(gold, got) for gold, got in hits if not gold.get("optional")]
    firm = [gold for gold in page["teasers"] if not gold.get("optional")]
    main = [gold for gold in firm if gold["zone"] == "main"]
    precision, recall, both = _rates(len(pairs), wrong, len(firm))
    _, main_recall, main_both = _rates(sum(gold["zone"] == "main" for gold, _ in pairs), wrong, len(main))
    return Scores(
        P=precision,
        R=recall,
        F1=both,
        mainR=main_recall,
        mainF1=main_both,
        title=_share(_is_title(got.title, gold) for gold, got in pairs),
        time=_share(_is_time(got.published, gold) for gold, got in pairs if gold["published"]),
        time_unasked=_share(bool(got.published) for gold, got in pairs if not gold["published"]),
        summary=_share(_is_similar(got.summary, gold["summary"]) for gold, got in pairs if gold["summary"]),
        image=_share(_is_image(got.image, gold, base) for gold, got in pairs if gold["image"]),
    )


def mean(pages: list[Scores]) -> Scores:
    """Means over the pages that have a figure."""
    columns = [[figure for figure in column if figure is not None] for column in zip(*pages, strict=True)]
    return Scores(*(statistics.mean(column) if column else None for column in columns))


def _match(found: list[Found], page: Gold) -> tuple[list[tuple[Gold, Found]], int]:
    """Each labelled story with the first teaser at one of its addresses, and the number of other addresses."""
    owners = {
        _key(url, page["url"]): number
        for number, gold in enumerate(page["teasers"])
        for url in (gold["url"], *gold.get("alt_urls", ()))
    }
    first: dict[str, Found] = {}
    for got in found:
        first.setdefault(_key(got.url, page["url"]), got)
    hits: dict[int, Found] = {}
    for key, got in first.items():
        if key in owners:
            hits.setdefault(owners[key], got)
    return [(page["teasers"][number], got) for number, got in hits.items()], sum(key not in owners for key in first)


def _rates(right: int, wrong: int, gold: int) -> tuple[float, float, float]:
    return right / (right + wrong or 1), right / gold, 2 * right / (right + wrong + gold)


def _share(values: Iterable[bool]) -> float | None:
    listed = list(values)
    return sum(listed) / len(listed) if listed else None


def _key(url: str | None, base: str) -> str:
    """What tells one address from another: no scheme, ``www.``, tracking or last slash."""
    try:
        parts = urlsplit(urljoin(base, (url or "").strip()))
    except ValueError:
        return f"bad:{url}"
    query = urlencode([pair for pair in parse_qsl(parts.query, True) if not TRACKING.search(pair[0])])
    return re.sub(r"^www\.", "", parts.netloc.lower()) + parts.path.rstrip("/") + (f"?{query}" if query else "")


def _is_title(got: str | None, gold: Gold) -> bool:
    return fold(got) in {fold(title) for title in (gold["title"], *gold.get("titles_ok", ()))}


def _is_time(got: datetime | str | None, gold: Gold) -> bool:
    told, want = _moment(got), _moment(gold["published"])
    if told is None or want is None:
        return False
    if len(gold["published"]) == len("2026-11-21"):
        return told.date() == want.date()
    if told.tzinfo is None:
        told = told.replace(tzinfo=want.tzinfo)
    form = "%m-%d %H:%M" if gold.get("year_inferred") else "%Y-%m-%d %H:%M"
    return told.astimezone(UTC).strftime(form) == want.astimezone(UTC).strftime(form)


def _moment(value: datetime | str | None) -> datetime | None:
    try:
        return (
            value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip().replace("Z", "+00:00"))
        )
    except ValueError:
        return None


def _is_similar(got: str | None, want: str) -> bool:
    one, other = fold(got)[:COMPARED], fold(want)[:COMPARED]
    return bool(one) and SequenceMatcher(None, one, other, autojunk=False).ratio() >= SIMILAR


def _is_image(got: str | None, gold: Gold, base: str) -> bool:
    return _key(got, base) in {_key(url, base) for url in (gold["image"], *gold.get("images_ok", ()))}

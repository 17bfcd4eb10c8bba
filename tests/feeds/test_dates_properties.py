"""Dates under any input: nothing raises, what is written is read back, and no text takes long."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from feeds.reading.dates.claims import address_day
from feeds.reading.dates.pages import find_dates
from feeds.reading.dates.parse import MAX_TEXT, parse_date, writing_order
from feeds.reading.dates.words import MONTHS_BY_LANGUAGE, words_of

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 3, 17, 15, tzinfo=UTC)
WORDS = [word for months in MONTHS_BY_LANGUAGE.values() for month in months for word in month.split()]
ALL = words_of(None)

times = st.datetimes(datetime(1990, 1, 2), datetime(2035, 12, 31), timezones=st.just(HANOI)).map(
    lambda moment: moment.replace(microsecond=0)
)
pieces = st.one_of(
    st.integers(0, 10**14).map(str),
    st.sampled_from(
        [*WORDS, *ALL.units, *ALL.days, "ago", "trước", "GMT+7", "+0700", "PM", "年", "月", "日", "令和", ":"]
    ),
    st.sampled_from(["0000", "1402", "2569", "2026", "99", "00:00", "24:00", "٣", "۱۴۰۲", "๒๕๖๙", "/", "-", ".", ","]),
    st.text(max_size=4),
)
datelike = st.lists(pieces, max_size=12).map(lambda parts: " ".join(parts)) | st.lists(pieces, max_size=12).map("".join)


@given(
    st.text(max_size=400) | datelike, st.booleans(), st.sampled_from(["vi", "en", "en-US", "fa", "hr", "x", "", None])
)
def test_any_text_gives_a_moment_or_none(text: str, with_now: bool, language: str | None) -> None:
    """One odd character on a page would stop the reading of the whole page."""
    moment = parse_date(text, timezone=HANOI, language=language, now=NOW if with_now else None)
    if moment is not None:
        assert moment.at.utcoffset() == timedelta(0)
        assert datetime(1989, 12, 30, tzinfo=UTC) < moment.at < datetime(2101, 1, 2, tzinfo=UTC)
        assert not with_now or moment.at <= NOW + timedelta(days=1)


@given(times)
def test_machine_formats_are_read_back(moment: datetime) -> None:
    """Times in metadata would change on their way into the feed."""
    seconds = int(moment.timestamp())
    texts = [moment.isoformat(), f"{moment:%Y%m%dT%H%M%S}", f"{moment:%a, %d %b %Y %H:%M:%S %z}"]
    if seconds >= 1_000_000_000:
        texts += [str(seconds), str(seconds * 1000)]
    for text in texts:
        read = parse_date(text, timezone=HANOI)
        assert read is not None, text
        assert (read.at, read.precision) == (moment, "second"), text


@given(
    times,
    st.sampled_from(["{:%d/%m/%Y %H:%M}", "{:%H:%M , %d/%m/%Y}", "{:%d-%m-%Y, %H:%M (GMT+7)}", "{:%d.%m.%Y %H:%M}"]),
)
def test_printed_formats_are_read_back(moment: datetime, form: str) -> None:
    """Times that readers see on a page would differ from those in the feed."""
    read = parse_date(form.format(moment), timezone=HANOI)
    assert read is not None
    assert (read.at, read.precision) == (moment.replace(second=0), "minute")


@given(times, st.sampled_from(sorted(MONTHS_BY_LANGUAGE)), st.integers(0, 3))
def test_months_in_words_are_read_back(moment: datetime, language: str, spelling: int) -> None:
    """Some month of some language would be another month."""
    words = MONTHS_BY_LANGUAGE[language][moment.month - 1].split()
    text = f"{moment.day}. {words[spelling % len(words)]} {moment.year}, {moment:%H:%M}"
    read = parse_date(text, timezone=HANOI, language=language)
    assert read is not None, text
    assert read.at == moment.replace(second=0), text


@given(st.lists(st.text(max_size=60)), st.text(max_size=200))
def test_helpers_take_anything(texts: list[str], url: str) -> None:
    """An odd address or text would stop the reading of a page."""
    assert writing_order(texts) in (True, False, None)
    assert isinstance(address_day(url), str | None)


@given(st.lists(datelike, max_size=6), st.text(max_size=60))
def test_any_page_gives_dates_or_none(texts: list[str], url: str) -> None:
    """A page with odd metadata would stop the poll that reads it."""
    metas = "".join(f'<meta property="article:published_time" content="{text}">' for text in texts)
    body = "".join(f'<time datetime="{text}">{text}</time><p class="date">{text}</p>' for text in texts)
    script = '<script type="application/ld+json">{"@type": ["NewsArticle"], "datePublished": 2026, "url": {}}</script>'
    dates = find_dates(LexborHTMLParser(f"<head>{metas}{script}</head><h1>Title</h1>{body}"), url)
    assert dates.published is None or dates.published.utcoffset() == timedelta(0)
    assert dates.published is None or dates.modified is None or dates.modified >= dates.published


@pytest.mark.parametrize(
    "unit", ["2026 ", "1/", "12:", "a.m. ", "tháng ", "3 March ", "2026-", "年1月", "( ", "١", "th."]
)
def test_long_texts_take_no_longer(unit: str) -> None:
    """A hostile text could hold up the worker that reads it."""
    text = unit * (100_000 // len(unit))
    start = time.process_time()
    parse_date(text, timezone=HANOI, now=NOW)
    parse_date(text[:MAX_TEXT], timezone=HANOI, now=NOW)
    assert time.process_time() - start < 0.1


@pytest.mark.parametrize(
    "markup",
    [
        "<p>2019</p>",
        "<div><p>2019</p>",
        "<h1>3 March 2026<p>",
        "<time datetime='2026-03-03'>3 March 2026</time>",
        "<span>3</span><span>March</span><span>2026</span>",
        "<table><td>2026",
    ],
)
def test_large_pages_take_no_longer_than_their_parsing(markup: str) -> None:
    """A hostile page could hold up the worker that reads it, by work that grows with the square of its size."""
    tree = LexborHTMLParser("<h1>A headline of some length</h1>" + markup * 3_000)
    start = time.process_time()
    find_dates(tree, "https://example.org/a")
    assert time.process_time() - start < 0.5

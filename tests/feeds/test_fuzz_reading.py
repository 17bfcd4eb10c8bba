"""Any page gives an article, teasers or a named error; what goes out is clean; nothing takes unreasonably long."""

from __future__ import annotations

import contextlib
import math
import re
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import pairwise
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from selectolax.lexbor import LexborHTMLParser

from feeds.errors import ReadError
from feeds.model import Article, Teaser
from feeds.reading.article.extract import extract_article
from feeds.reading.dates.pages import find_dates
from feeds.reading.dates.parse import parse_date
from feeds.reading.listing.find import find_teasers
from feeds.reading.page.clean import TAGS
from feeds.reading.page.dom import parse
from tests.feeds.fuzz_pages import NOW, SEED, URLS, Input, make_date, make_input
from tests.feeds.growing_pages import GROWING

UNREASONABLE = 20.0  # CPU seconds for one page; hundredths are ordinary
SHOWN = 10
GROWTH = 1.5  # the exponent of CPU time over size; 1.3 and less were measured, 2 is quadratic
QUADRATICALLY = 1.8  # no noise: it need not be measured again
STEP = 4  # times the sizes in growing_pages
MEASURABLE = 0.05  # seconds; what takes less than this when it has grown is no trouble
ZONES = (None, ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("America/New_York"), ZoneInfo("UTC"))
LANGUAGES = (None, "vi", "de", "en-us", "ja", "ar", "fa", "xx-\ud800", "")

# What is known to grow faster, and where.
QUADRATIC = {
    "entities": "nh3.clean, in feeds.reading.article.html_out.sanitised",
    "nested anchors around headings": "Lexbor's parser, which looks through the open elements for each heading",
}

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LINK = re.compile(r"https?://[^/\s]")


class Timed(NamedTuple):
    """What one input cost."""

    seconds: float
    number: int
    size: int
    made_by: str


def check_text(*texts: str | None) -> None:
    """Raise unless all of it can be written as XML and shown."""
    for text in texts:
        assert text is None or not (found := _UNPRINTABLE.search(text)), f"unprintable {found[0]!r}"


def check_links(*links: str | None) -> None:
    """Raise unless all lead to the web."""
    for link in links:
        assert link is None or _LINK.match(link), f"no link of the web: {link[:80]!r}"
    check_text(*links)


def check_time(moment: datetime | None) -> None:
    """Raise unless the time names its zone and can be written."""
    assert moment is None or (moment.tzinfo is not None and moment.astimezone(ZoneInfo("UTC")).isoformat())


def check_html(html: str) -> None:
    """Raise unless a browser finds nothing in it but plain markup with links of the web."""
    body = LexborHTMLParser(html).body
    assert body is not None
    for node in body.traverse():
        assert node is body or node.mem_id == body.mem_id or node.tag in TAGS, f"<{node.tag}> goes out"
        for name, value in node.attributes.items():
            assert not name.startswith("on") and name not in ("style", "srcset", "srcdoc"), f"{name}= goes out"
            if name in ("href", "src", "cite"):
                check_links(value or "")


def check_article(article: Article) -> None:
    """Raise unless the article can go out."""
    assert isinstance(article, Article)
    assert article.title.strip() and (article.body_text.strip() or article.media or article.images)
    check_html(article.content_html)
    check_text(article.title, article.summary, article.body_text, article.language, article.section, article.credit)
    check_text(
        *article.authors, *article.tags, *(text for image in article.images for text in (image.caption, image.alt))
    )
    check_links(article.url, article.next_page, *(image.url for image in article.images))
    check_time(article.published)
    check_time(article.modified)


def check_teasers(teasers: list[Teaser]) -> None:
    """Raise unless the teasers can go out."""
    assert isinstance(teasers, list)
    assert len({teaser.url for teaser in teasers}) == len(teasers)
    for teaser in teasers:
        assert teaser.title.strip()
        check_text(teaser.title, teaser.summary)
        check_links(teaser.url, teaser.image)
        check_time(teaser.published)


def read(page: Input, rng: Random) -> float:
    """Read a page in every way, check what goes out, and return the CPU seconds of the slowest way."""
    zone, now, language = rng.choice(ZONES), rng.choice((None, NOW)), rng.choice(LANGUAGES)
    clock = [time.process_time()]
    try:
        article = extract_article(page.html, page.url, timezone=zone, now=now)
    except ReadError as error:
        assert error.url == page.url and error.cause
        article = None
    clock.append(time.process_time())
    teasers = find_teasers(page.html, page.url, timezone=zone, now=now)
    clock.append(time.process_time())
    dates = find_dates(parse(page.html), page.url, timezone=zone, language=language, now=now)
    clock.append(time.process_time())
    if article is not None:
        check_article(article)
    check_teasers(teasers)
    check_time(dates.published)
    check_time(dates.modified)
    return max(after - before for before, after in pairwise(clock))


def read_text(text: str, rng: Random) -> None:
    """Read a text as a date."""
    zone = rng.choice(ZONES) or ZoneInfo("UTC")
    moment = parse_date(text, timezone=zone, language=rng.choice(LANGUAGES), now=rng.choice((None, NOW)))
    check_time(moment.at if moment else None)


def fuzz(numbers: Iterable[int]) -> None:
    """Read the inputs of these numbers; fail at the end, with the first few that were not read well."""
    failures: list[str] = []
    costs: list[Timed] = []
    for number in numbers:
        page, rng = make_input(number), Random(f"{SEED}-call-{number}")
        seconds = 0.0
        try:
            seconds = read(page, rng)
            for text in range(number * 5, number * 5 + 5):
                read_text(make_date(text), rng)
        except Exception as error:  # noqa: BLE001 - any error is what this is looking for
            failures.append(f"input {number} ({page.made_by}): {type(error).__name__}: {str(error)[:200]}")
        costs.append(Timed(seconds, number, len(page.html), page.made_by))
    slowest = sorted(costs, reverse=True)[:SHOWN]
    total = sum(cost.seconds for cost in costs)
    print(f"\nseed {SEED}: {len(costs)} inputs, {total:.0f} CPU seconds in the slowest way of each; the slowest:")
    for cost in slowest:
        print(f"  {cost.seconds:7.3f} s, {cost.size:8} characters, input {cost.number}: {cost.made_by}")
    assert not failures, "\n".join([f"{len(failures)} inputs:", *failures[:30]])
    assert slowest[0].seconds < UNREASONABLE


def test_a_few_hundred_broken_pages_are_read_or_refused() -> None:
    """Without it an ordinary change to the readers could end workers on pages that are merely untidy."""
    fuzz(range(300))


@pytest.mark.parametrize("character", ["&#2;", "\x02", "\x84", "\ufffe", "\x7f"], ids=ascii)
def test_no_character_that_cannot_be_shown_goes_out_in_a_body(character: str) -> None:
    """Without it a webhook's receiver would get bodies that no XML document can hold."""
    story = "".join(
        f"<p>Chuyến {n}: con đò chở khách{character} qua sông Vân mỗi sáng, chiều lại quay về <b>bến cũ</b>.</p>"
        for n in ("một", "hai", "ba", "bốn", "năm")
    )
    html = f"<title>Con đò trên sông</title><h1>Con đò trên sông</h1><article>{story * 3}</article>"
    check_text(extract_article(html, "https://song-van.example/con-do-tren-song-12345678.htm").content_html)


@pytest.mark.parametrize("size", ["1.2.3w", ".x"])
def test_a_size_that_is_no_number_ends_no_list(size: str) -> None:
    """Without it one odd picture on a home page would hide all of its stories from readers."""
    teaser = "<div><h3><a href=/con-do-tren-song-van-{0}00000.htm>Con đò trên sông Vân chuyến {0}</a></h3>{1}</div>"
    page = "".join(teaser.format(n, f"<img srcset='/a.jpg {size}'>") for n in range(1, 6))
    assert len(find_teasers(page, URLS[1])) == 5


@pytest.mark.slow
def test_twenty_thousand_broken_pages_are_read_or_refused() -> None:
    """Without it a hostile page could end workers, put a script into feeds, or keep a worker busy at every poll."""
    fuzz(range(300, 20_300))


def _cost(read_page: Callable[[str], object], html: str) -> float:
    """CPU seconds of reading a page, less those of Lexbor's parse, which is no linear one either; the best of two."""
    costs = []
    for _ in range(2):
        started = time.process_time()
        read_page(html)
        between = time.process_time()
        parse(html)
        costs.append(2 * between - started - time.process_time())
    return max(min(costs), 1e-4)


def _growth(read_page: Callable[[str], object], make: Callable[[int], str], size: int) -> tuple[float, list[float]]:
    """The exponent with which the cost grows over the last two doublings, and the costs."""
    costs: list[float] = []
    for times in (1, 2, 4, 8):
        costs.append(_cost(read_page, make(size * times)))
        if costs[-1] > 5:
            break
    steps = min(2, len(costs) - 1)
    return (math.log2(costs[-1] / costs[-1 - steps]) / steps if steps else math.inf), costs


def _article(html: str) -> None:
    with contextlib.suppress(ReadError):
        extract_article(html, URLS[0], now=NOW)


def _teasers(html: str) -> None:
    find_teasers(html, URLS[1], now=NOW)


@pytest.mark.slow
@pytest.mark.parametrize("read_page", [_article, _teasers], ids=["article", "teasers"])
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.xfail(reason=QUADRATIC[name], strict=False) if name in QUADRATIC else ())
        for name in GROWING
    ],
)
def test_a_page_of_twice_the_size_costs_about_twice_as_much(name: str, read_page: Callable[[str], None]) -> None:
    """Without it a page of ordinary size, but of many equal things, could cost its worker minutes."""
    make, size = GROWING[name]
    for _ in range(3):  # another program may have had the caches
        exponent, costs = _growth(read_page, make, size * STEP)
        if exponent < GROWTH or exponent > QUADRATICALLY or costs[-1] < MEASURABLE:
            break
    print(f"\n{name}: {', '.join(f'{cost:.3f}' for cost in costs)} s: to the power of {exponent:.2f}")
    assert exponent < GROWTH or costs[-1] < MEASURABLE

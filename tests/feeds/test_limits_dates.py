"""How sure a page's date has to be, and how far it is looked for: an invented page on either side of each border."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from feeds.reading.dates.datelines import headline
from feeds.reading.dates.pages import PageDates, find_dates
from feeds.reading.page.dom import parse

URL = "https://paper.example/news/the-ferry-returns"
TITLE = "The ferry returns to the lake"
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
WORDS = "The boat was late and nobody on the shore of the lake knew what had become of it before it came. "

CLIP = json.dumps({"@type": "VideoObject", "name": TITLE, "uploadDate": "2026-03-03"})
VIDEO = f'<script type="application/ld+json">{CLIP}</script>'


def read(body: str, head: str = "", url: str = URL) -> PageDates:
    page = f"<!doctype html><html lang=en><head><title>{TITLE}</title>{head}</head><body>{body}</body></html>"
    return find_dates(parse(page), url)


def day(body: str, head: str = "", url: str = URL) -> str | None:
    """The day of the publication."""
    found = read(body, head, url).published
    return f"{found:%d %B}".lstrip("0") if found else None


def meta(name: str, told: str) -> str:
    return f'<meta name="{name}" content="{told}">'


# -- how sure a date has to be


@pytest.mark.parametrize(("inner", "is_sure"), [("{}", True), ("{} Olexan", False)])
def test_a_date_needs_some_evidence(inner: str, is_sure: bool) -> None:
    """A date of some other thing on the page would be the story's, or a story with a plain dateline have none."""
    dates = (f"<a>{inner.format(told)}</a>" for told in ("3 September 2026", "5 September 2026"))
    assert (day("".join(dates)) is not None) is is_sure


@pytest.mark.parametrize(("name", "is_fourteen"), [("Olexa", True), ("Olexan", False)])
def test_a_dateline_says_little_besides_its_date(name: str, is_fourteen: bool) -> None:
    """A line with a date and a name would pass for a dateline, or one with a weekday be passed over."""
    dates = (f"<a>{told} {name}</a>" for told in ("3 September 2026", "5 September 2026"))
    assert (day("".join(dates)) is not None) is is_fourteen


def test_a_date_is_stated_when_it_is_plain() -> None:
    """A day that some box tells would be kept against the list's exact time, or a stated one be lost to it."""
    assert read("", meta("created", "2026-03-03")).stated == "day"
    assert read("", VIDEO).stated == "found"


@pytest.mark.parametrize(("names", "told"), [("", "5 May"), ("date", "3 March")])
def test_a_dateline_contradicts_metadata_when_it_is_sure(names: str, told: str) -> None:
    """Readers would see another day than the page's, or a date beside a headline be the story's against its own."""
    body = f"<h1>{TITLE}</h1><div class='{names}'>3 March 2026</div>"
    assert day(body, meta("article:published_time", "2026-05-05")) == told


@pytest.mark.parametrize(("name", "told"), [("article.published", "3 March"), ("pubdate", "5 May")])
def test_sure_metadata_need_no_further_search(name: str, told: str) -> None:
    """A box of the page would tell a story's day against its own metadata, or a draft's day stand for it."""
    body = "<time itemprop='datePublished' class='date'>Published 3 March 2026</time>"
    assert day(body, meta(name, "2026-05-05")) == told


@pytest.mark.parametrize(("name", "told"), [("created", "3 March"), ("article.created", "5 May")])
def test_a_day_in_the_address_counts_for_something(name: str, told: str) -> None:
    """The day on which a page was made would be the story's, or an address with some day in it tell the wrong one."""
    assert day("", meta(name, "2026-05-05"), "https://paper.example/2026/03/03/the-ferry") == told


@pytest.mark.parametrize(
    ("body", "head", "told"),
    [
        ("<div>3 March 2026</div><time>Published 5 May 2026</time>", "", "3 March"),
        ("", meta("created", "2026-03-03") + meta("pubdate", "2026-05-05"), "5 May"),
    ],
)
def test_a_date_that_the_address_confirms_is_surer(body: str, head: str, told: str) -> None:
    """Another story's day would be the story's, or an address with some day in it outweigh all that is said."""
    assert day(body, head, "https://paper.example/2026/03/03/the-ferry") == told


@pytest.mark.parametrize(
    ("other", "told"), [('{"@type": "NewsArticle", "datePublished": "2026-05-05"}', "3 March"), ("", "5 May")]
)
def test_a_date_whose_month_the_address_tells_is_a_little_surer(other: str, told: str) -> None:
    """Another story's day would be the story's, or a folder of uploads outweigh what is said."""
    nodes = f'<script type="application/ld+json">[{other}, {{"@type": "NewsArticle", "datePublished": "x"}}]</script>'
    head = meta("created", "2026-03-03") + (nodes if other else meta("article.created", "2026-05-05"))
    assert day("", head, "https://paper.example/2026/03/the-ferry") == told


# -- how far it is looked for


@pytest.mark.parametrize(("length", "is_read"), [(200, True), (201, False)])
def test_a_line_with_a_date_has_two_hundred_characters(length: int, is_read: bool) -> None:
    """A story dated in a long line would have no time, or each paragraph of a page be read as a date."""
    assert (day(f"<div>3 March 2026 {'·' * (length - 13)}</div>") is not None) is is_read


@pytest.mark.parametrize(("before", "is_read"), [(19_999, True), (20_000, False)])
def test_a_date_is_looked_for_in_twenty_thousand_texts(before: int, is_read: bool) -> None:
    """A story below a long menu would have no time, or a page without end keep its worker busy."""
    assert (day(f"{'<i>a</i>' * before}<div>3 March 2026</div>") is not None) is is_read


@pytest.mark.parametrize(("before", "is_read"), [(59, True), (60, False)])
def test_sixty_dates_of_a_page_are_read(before: int, is_read: bool) -> None:
    """A chronicle would have no date of its own, or a page of an archive keep its worker busy."""
    told = "<p>It was on 5 May 2025 that the boat left the old harbour for good.</p>" * before
    assert (day(f"{told}<div>3 March 2026</div>") == "3 March") is is_read


@pytest.mark.parametrize(("before", "is_read"), [(11, True), (12, False)])
def test_twelve_dates_of_a_page_are_weighed(before: int, is_read: bool) -> None:
    """A story below its comments would have no date, or each date of an archive be weighed."""
    others = "<div class=comment><i>5 May 2025</i></div>" * before
    assert (day(f"{others}<time class=date>3 March 2026</time>") == "3 March") is is_read


@pytest.mark.parametrize(("length", "told"), [(200, "3 March"), (201, "5 May")])
def test_names_of_elements_have_two_hundred_letters(length: int, told: str) -> None:
    """A dateline with many classes would count for little, or names of megabytes be looked through."""
    body = f"<h1>{TITLE}</h1><div class='{'x' * (length - 5)} date'>3 March 2026</div>"
    assert day(body, meta("article:published_time", "2026-05-05")) == told


@pytest.mark.parametrize(("before", "is_read"), [("boats sail away", True), ("boats sail far away", False)])
def test_a_dateline_has_three_small_words(before: str, is_read: bool) -> None:
    """A sentence with a date would date its story, or a dateline with "from our" in it be passed over."""
    assert (day(f"<div>{before} 3 March 2026</div>") is not None) is is_read


@pytest.mark.parametrize(("before", "is_read"), [(18, True), (19, False)])
def test_a_label_opens_its_line(before: int, is_read: bool) -> None:
    """A sentence about a book that was published on some day would date its story, or a labelled line be none."""
    line = "lake " * 3 + "boat"[: before - 16] + " "
    assert (day(f"<div>{line}published by all the people of the lake on 3 March 2026</div>") is not None) is is_read


@pytest.mark.parametrize(("length", "is_read"), [(250, True), (251, False)])
def test_a_date_in_a_long_paragraph_is_what_it_is_about(length: int, is_read: bool) -> None:
    """The day of which a story tells would be its own, or a short notice's date be lost."""
    names = ("Anna Olexa, Berta Moll, " * 20)[: length - 12]
    pages = "".join(f"<p><i>{told} May 2026</i>{names.ljust(length - 10, 'x')}</p>" for told in (5, 7))
    assert (day(f"<section>{'<b>Boats</b> ' * 400}</section>{pages}") is not None) is is_read


@pytest.mark.parametrize(("others", "is_line"), [(98, False), (99, True)])
def test_a_paragraph_has_a_hundred_elements(others: int, is_line: bool) -> None:
    """A sentence with a date in it would date its story, or a whole page in one box be taken for a sentence."""
    body = f"<div>{'<b></b>' * others}{WORDS}It was on <i>3 March 2026</i></div>"
    assert (day(body) is not None) is is_line


@pytest.mark.parametrize(("before", "is_headline"), [(29, True), (30, False)])
def test_thirty_headings_may_be_the_headline(before: int, is_headline: bool) -> None:
    """A dateline would be looked for beside another heading, or each of a thousand be compared."""
    tree = parse(f"{'<h1>Boats of the lake</h1>' * before}<h1>{TITLE}</h1>")
    found = headline(tree.css("h1"), [], TITLE)
    assert found is not None
    assert (found.text() == TITLE) is is_headline


@pytest.mark.parametrize(("shown", "hour"), [("17:04", 10), ("17:06", 17)])
def test_the_clocks_of_sites_are_five_minutes_fast(shown: str, hour: int) -> None:
    """A site that writes local time as if it were UTC would be hours ahead, or a story dated before it was written."""
    page = (
        f"<html lang=vi><head><title>{TITLE}</title>{meta('article:published_time', f'2026-11-21T{shown}:00Z')}</head>"
        f"<body><h1>{TITLE}</h1><div class=date>21/11/2026 {shown}</div></body></html>"
    )
    found = find_dates(parse(page), URL, timezone=HANOI, now=NOW).published
    assert found is not None
    assert found.hour == hour


# -- beside the headline


def beside(before: str = "", after: str = "", opening: str = "") -> str | None:
    """The day of a page whose metadata tell 5 May, and that shows another date before or behind its headline."""
    return day(f"{before}<h1>{TITLE}</h1>{after}", opening + meta("article:published_time", "2026-05-05"))


def dateline(told: str = "3 March 2026") -> str:
    return f"<div class=date>{told}</div>"


@pytest.mark.parametrize(("between", "told"), [(47, "3 March"), (48, "5 May")])
def test_a_dateline_stands_within_fifty_texts_behind_the_headline(between: int, told: str) -> None:
    """Readers would see another day than the page's, or a date from far below be believed against all that is said."""
    assert beside(after="<i>a</i>" * between + dateline()) == told


@pytest.mark.parametrize(("between", "told"), [(9, "3 March"), (10, "5 May")])
def test_a_dateline_stands_within_ten_texts_before_the_headline(between: int, told: str) -> None:
    """Readers would see another day than the page's, or today's date on top of it be every story's."""
    assert beside(before=dateline() + "<i>a</i>" * between) == told


@pytest.mark.parametrize(("letters", "told"), [(471, "3 March"), (472, "5 May")])
def test_a_dateline_stands_within_five_hundred_letters_behind_the_headline(letters: int, told: str) -> None:
    """A dateline below the lead would count for little, or a date in the story be its dateline."""
    assert beside(after=f"<i>{'x' * letters}</i>{dateline()}") == told


@pytest.mark.parametrize(("letters", "told"), [(300, "3 March"), (301, "5 May")])
def test_a_dateline_stands_within_three_hundred_letters_before_the_headline(letters: int, told: str) -> None:
    """A dateline above a kicker would count for little, or a date of the page's head be the story's."""
    assert beside(before=f"{dateline()}<i>{'x' * letters}</i>") == told


@pytest.mark.parametrize(("letters", "told"), [(1_471, "3 March"), (1_472, "5 May")])
def test_the_head_of_a_story_has_fifteen_hundred_letters(letters: int, told: str) -> None:
    """A dateline below a long lead would count for little, or a date in the story be its dateline."""
    assert beside(after=f"<i>{'x' * letters}</i>{dateline('Published 3 March 2026')}") == told


@pytest.mark.parametrize(("letters", "told"), [(1_000, "3 March"), (1_001, "5 May")])
def test_the_head_of_a_story_begins_a_thousand_letters_above(letters: int, told: str) -> None:
    """A dateline above a long kicker would count for little, or a date of the page's head be the story's."""
    assert beside(before=f"{dateline('Published 3 March 2026')}<i>{'x' * letters}</i>") == told


@pytest.mark.parametrize(("letters", "told"), [(40, "3 March"), (41, "5 May")])
def test_a_dateline_has_forty_letters(letters: int, told: str) -> None:
    """A line that names several things would be believed against metadata, or one with a place and a name not."""
    assert beside(after=dateline(f"3 March 2026 Anna O{'l' * (letters - 10)}")) == told


@pytest.mark.parametrize(("letters", "told"), [(60, "3 March"), (61, None)])
def test_a_line_of_sixty_letters_is_no_sentence(letters: int, told: str | None) -> None:
    """A sentence with a date in it would date its story, or a long dateline be passed over."""
    assert day(f"<h1>{TITLE}</h1>{dateline('3 March 2026 Anna O' + 'l' * (letters - 10))}") == told


@pytest.mark.parametrize(("length", "told"), [(60, "3 March"), (61, None)])
def test_a_date_in_pieces_is_put_together_where_it_is_short(length: int, told: str | None) -> None:
    """A story whose day, month and year are set apart would have no date, or a whole box of numbers be one."""
    rest = "X" + "x" * (length - 14)
    assert day(f"<div><b>3</b><b>March</b><b>2026</b><b>{rest}</b></div>") == told


@pytest.mark.parametrize(("before", "told"), [(24, "3 March"), (25, None)])
def test_so_many_dates_are_put_together(before: int, told: str | None) -> None:
    """A story below a list of years would have no date, or each year of an archive cost a look at all around it."""
    years = f"<section>{'<i>2025</i>' * before}{'<i>boats of the lake</i>' * 9}</section>"
    assert day(f"{years}<div><b>3</b><b>March</b><b>2026</b></div>") == told


@pytest.mark.parametrize(("levels", "told"), [(198, "3 March"), (199, "5 May")])
def test_two_hundred_elements_around_the_headline_are_the_storys(levels: int, told: str) -> None:
    """A page in a box called after comments would have no dateline, or one of nothing but elements cost minutes."""
    page = f"{dateline()}{'<div>' * levels}<h1>{TITLE}</h1>{'</div>' * levels}"
    assert day(f"<div class=comments>{page}</div>", meta("article:published_time", "2026-05-05")) == told


@pytest.mark.parametrize(("shown", "told"), [("6 May 2026", "5 May"), ("7 May 2026", "7 May")])
def test_a_dateline_may_be_a_day_off(shown: str, told: str) -> None:
    """A page in another zone would lose its exact time for a bare day, or a wrong day of its metadata stand."""
    assert beside(after=dateline(shown)) == told


# -- by which clock it is told


@pytest.mark.parametrize(("shown", "hours"), [("17:00", 7), ("17:12", 0)])
def test_zones_are_half_hours_apart(shown: str, hours: int) -> None:
    """A story of the night would be filed under the day before, or the hour of some event be taken for a zone."""
    found = read(f"<h1>{TITLE}</h1><div>3 March 2026 {shown}</div>", meta("pubdate", "2026-03-03T10:00:00Z"))
    assert found.offset == timedelta(hours=hours)


@pytest.mark.parametrize(("second", "hours"), [("10:00:30", 7), ("10:01:30", 0)])
def test_two_times_of_one_minute_are_one(second: str, hours: int) -> None:
    """A story of the night would be filed under the day before, or two times of a page be taken for one."""
    head = meta("pubdate", f"2026-03-03T{second}Z") + meta("modified", "2026-03-03T17:00:00+07:00")
    assert read("", head).offset == timedelta(hours=hours)

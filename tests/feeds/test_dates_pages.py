"""A page to the times of its article, on invented pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from selectolax.lexbor import LexborHTMLParser

from feeds.reading.dates.pages import PageDates, find_dates
from feeds.reading.page.head import Head
from feeds.reading.page.structured import json_ld

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
TITLE = "Harbour bridge opens after nine years of work"
URL = "https://paper.example/harbour-bridge-opens"
PROSE = (
    "<p>The bridge was promised on 4 May 2015, when the mayor spoke for an hour to a crowd of some hundreds.</p>" * 3
)


def page(dateline: str = "", head: str = "", after: str = "", lang: str = "de", title: str = TITLE) -> LexborHTMLParser:
    """An article page with something beside its headline, in its head, and after its text."""
    return LexborHTMLParser(
        f'<html lang="{lang}"><head><title>{title} - The Paper</title>{head}</head>'
        f'<body><nav><a href="/">Home</a></nav><main><h1>{title}</h1>{dateline}<div>{PROSE}</div></main>{after}'
        "<footer>© 2019-2026 The Paper, founded 1 May 1999</footer></body></html>"
    )


def meta(**values: str) -> str:
    """Meta elements; a double underscore stands for a colon."""
    return "".join(f'<meta property="{name.replace("__", ":")}" content="{value}">' for name, value in values.items())


def linked(*nodes: dict[str, object]) -> str:
    """One JSON-LD script with all the nodes."""
    return f'<script type="application/ld+json">{json.dumps(list(nodes))}</script>'


def shown(dates: PageDates) -> str | None:
    """The publication on the page's own clock."""
    if dates.published is None or dates.offset is None:
        return None
    return f"{dates.published + dates.offset:%Y-%m-%d %H:%M}"


def test_the_own_article_of_several_in_json_ld() -> None:
    """The date of a related story would be taken, since its node comes first."""
    related = {"@type": "NewsArticle", "headline": "Old tunnel closes", "datePublished": "2020-01-01T08:00:00Z"}
    own = {"@type": "NewsArticle", "mainEntityOfPage": {"@id": URL}, "datePublished": "2026-03-03T08:00:00Z"}
    titled = {"@type": "NewsArticle", "headline": TITLE, "datePublished": "2026-03-04T08:00:00Z"}
    assert shown(find_dates(page(head=linked(related, own)), URL, timezone=ZoneInfo("UTC"))) == "2026-03-03 08:00"
    assert shown(find_dates(page(head=linked(related, titled)), URL, timezone=ZoneInfo("UTC"))) == "2026-03-04 08:00"


def test_nodes_may_be_given() -> None:
    """The article reader would have to parse the JSON-LD twice."""
    tree = page(head=linked({"@type": "NewsArticle", "datePublished": "2026-03-03T08:00:00Z"}))
    assert find_dates(tree, URL, nodes=json_ld(tree)) == find_dates(tree, URL)
    given = [{"@type": "NewsArticle", "datePublished": "2026-03-04T08:00:00Z"}]
    assert find_dates(tree, URL, nodes=given).published == datetime(2026, 3, 4, 8, tzinfo=UTC)


def test_published_and_modified() -> None:
    """Revised stories would be dated by their revision."""
    head = meta(article__published_time="2026-03-03T08:00:00+01:00", article__modified_time="2026-03-05T09:00:00+01:00")
    dates = find_dates(page(head=head), URL)
    assert dates.published == datetime(2026, 3, 3, 7, tzinfo=UTC)
    assert dates.modified == datetime(2026, 3, 5, 8, tzinfo=UTC)


def test_a_change_before_publication_is_none() -> None:
    """A feed would say that a story was updated before it appeared."""
    head = meta(article__published_time="2026-03-03T08:00:00Z", article__modified_time="2026-03-02T09:00:00Z")
    assert find_dates(page(head=head), URL).modified is None


@pytest.mark.parametrize(
    "dateline",
    [
        "<p>Donnerstag, 3. September 2026, 14:05 Uhr</p>",
        "<p class=byline>Von A. Writer | 03.09.2026, 14:05 Uhr | 3 Kommentare</p>",
        '<time datetime="2026-09-03T14:05:00+02:00">vor langer Zeit</time>',
        '<p itemprop="datePublished" content="2026-09-03T14:05:00+02:00">September</p>',
        '<abbr class=published title="2026-09-03T14:05:00+02:00">14:05 Uhr</abbr>',
        "<div><span>3</span> <span>September</span> <span>2026</span> <span>14:05</span></div>",
        "<div><b>Erstellt:</b> 03.09.2026 14:05</div>",
    ],
)
def test_datelines_beside_the_headline(dateline: str) -> None:
    """Sites without metadata would have no dates."""
    dates = find_dates(page(dateline), URL, timezone=ZoneInfo("Europe/Berlin"))
    assert dates.published == datetime(2026, 9, 3, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "after",
    [
        "<div class=comments><div class=comment><b class=date>3. September 2026, 14:05</b> Well said!</div></div>",
        "<aside>" + "<div class=teaser><span class=date>03.09.2026</span> Another story</div>" * 4 + "</aside>",
        "<div class=related-posts><time datetime=2026-09-03>3. September 2026</time><a href=/x>Another</a></div>",
        "<div class=copyright>Copyright 03.09.2026</div>",
    ],
)
def test_dates_of_other_things_are_none(after: str) -> None:
    """A story without a date would get that of a comment, a teaser or the footer."""
    assert find_dates(page(after=after), URL).published is None


def test_a_date_in_the_headline_is_what_the_story_is_about() -> None:
    """Minutes of a meeting would be dated by the meeting."""
    tree = page("<p class=date>5. März 2026</p>", title="Minutes of the council of 28 February 2026")
    assert shown(find_dates(tree, URL)) == "2026-03-05 00:00"


def test_a_date_in_a_caption_is_not_the_storys() -> None:
    """A story would be dated by the picture under its headline."""
    caption = "<figure><img src=a.jpg><figcaption>The bridge at night, 4. Mai 2015</figcaption></figure>"
    assert shown(find_dates(page(f"{caption}<p>5. März 2026</p>"), URL)) == "2026-03-05 00:00"


@pytest.mark.parametrize(
    ("dateline", "picture", "told"),
    [
        ("Reise, 30.10.23", "/images/202310/bridge.png", "2023-10-30 00:00"),
        ("10/30/23", "/wp-content/uploads/2023/10/bridge.png", "2023-10-30 00:00"),
        ("30.10.23", "/wp-content/uploads/2023/09/bridge.png", None),
        ("05.10.23", "/images/bridge.png", None),
        ("Akte 7.30.10.23", "/images/202310/bridge.png", None),
        ("31.11.23", "/images/202311/bridge.png", None),
    ],
)
def test_a_year_of_two_digits_needs_a_witness(dateline: str, picture: str, told: str | None) -> None:
    """A story would be dated by a guess which number is the year, or not at all where the page itself settles it."""
    tree = page(f"<p class=date>{dateline}</p>", meta(og__image=f"https://paper.example{picture}"))
    assert shown(find_dates(tree, URL)) == told


def test_microdata_in_the_head_is_the_pages() -> None:
    """Sites whose builder writes nothing else would have no times, and others those of a product on the page."""
    told = '<meta itemprop="datePublished" content="2026-03-05T12:35:08+0700">'
    assert shown(find_dates(page(head=told), URL)) == "2026-03-05 12:35"
    product = '<div itemscope><meta itemprop="datePublished" content="2019-01-02"></div>'
    assert Head(page(head=told, after=product)).metas == [("datepublished", "2026-03-05T12:35:08+0700")]


def test_a_month_in_the_address_confirms_a_day() -> None:
    """Blogs that set the day as a heading above the headline would have no dates."""
    header = "<h2 class='date-header'><span>Monday, September 8, 2025</span></h2>"
    comments = "<a class=comment-timestamp>September 11, 2025 at 2:06 PM</a>"
    tree = page(f"<div class='widget Blog'>{header}<h3>A quiet day</h3></div>", after=comments, title="Harbour notes")
    assert find_dates(tree, "https://paper.example/2024/09/notes.html").published is None
    assert shown(find_dates(tree, "https://paper.example/2025/09/notes.html")) == "2025-09-08 00:00"


def test_a_dateline_far_from_the_headline() -> None:
    """Sites that print the date under the text would have none."""
    tree = page(after="<div><span>Veröffentlicht am 5. März 2026</span></div>")
    assert shown(find_dates(tree, URL)) == "2026-03-05 00:00"


def test_a_dateline_contradicts_metadata() -> None:
    """A page of a wrongly set up system would be dated by what no reader sees."""
    head = meta(article__published_time="2019-01-01T08:00:00Z", article__modified_time="2026-04-01T08:00:00Z")
    dateline = "<p class=date>Veröffentlicht: 5. März 2026, 10:00 Uhr</p>"
    assert shown(find_dates(page(dateline, head), URL)) == "2026-03-05 10:00"


def test_a_dateline_of_the_last_change_does_not() -> None:
    """Old stories would come up as new whenever they are touched."""
    head = meta(article__published_time="2026-01-01T08:00:00Z", article__modified_time="2026-03-05T09:00:00Z")
    assert shown(find_dates(page("<p class=date>5. März 2026</p>", head), URL)) == "2026-01-01 09:00"


@pytest.mark.parametrize("label", ["Updated on", "Aktualisiert:", "Cập nhật", "Mis à jour le"])
def test_a_page_that_shows_its_last_change_alone(label: str) -> None:
    """Pages that print nothing but their last update would have no date at all."""
    dates = find_dates(page(f"<p>{label} 5.3.2026</p>"), URL)
    assert shown(dates) == "2026-03-05 00:00"
    assert dates.modified == dates.published


def test_both_labels_in_words() -> None:
    """The day of the change would be taken for that of publication, since it comes first."""
    dateline = "<p><span>Aktualisiert: 6. März 2026</span> <span>Veröffentlicht: 5. März 2026</span></p>"
    dates = find_dates(page(dateline), URL)
    assert shown(dates) == "2026-03-05 00:00"
    assert dates.modified == datetime(2026, 3, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "path", ["/2026/03/05/bridge", "/2026/mar/05/bridge", "/bridge-05-03-2026", "/20260305-bridge"]
)
def test_a_day_in_the_address(path: str) -> None:
    """Sites that tell the day in their addresses only would have no dates."""
    assert shown(find_dates(page(), f"https://paper.example{path}")) == "2026-03-05 00:00"


def test_the_address_confirms_one_of_several_dates() -> None:
    """Of two plain dates on a page the first would be taken, though the address names the other."""
    after = "<div><p>3. März 2026</p><p>Something</p><p>5. März 2026</p></div>"
    assert shown(find_dates(page(after=after), "https://paper.example/2026/03/05/bridge")) == "2026-03-05 00:00"


def test_dates_in_scripts_come_last() -> None:
    """Pages that are built by scripts would have no dates; with several in them, any could be a teaser's."""
    one = '<script>state = {"publishedAt": "2026-03-05T10:00:00Z"}</script>'
    assert shown(find_dates(page(after=one, lang="en"), URL)) == "2026-03-05 10:00"
    assert find_dates(page(after=one + one.replace("05T", "06T"), lang="en"), URL).published is None


def test_a_day_gets_its_time_from_the_dateline() -> None:
    """Stories of one day would have no order, though the page tells the minute."""
    head = meta(article__published_time="2026-03-05")
    tree = page("<p class=date>5. März 2026, 14:05 Uhr</p>", head)
    assert shown(find_dates(tree, URL, timezone=ZoneInfo("Europe/Berlin"))) == "2026-03-05 00:00"
    head = meta(date="2026-03-05")
    tree = page("<p class=date>5. März 2026, 14:05 Uhr</p>", head)
    assert shown(find_dates(tree, URL, timezone=ZoneInfo("Europe/Berlin"))) == "2026-03-05 14:05"


def test_metadata_in_the_order_of_another_country() -> None:
    """An American system on a German site would date stories half a year off."""
    tree = page("<p>Erstellt am: 05.03.2026</p>", '<meta name="pubdate" content="03/05/2026 12:43:42">')
    assert shown(find_dates(tree, URL)) == "2026-03-05 12:43"


def test_the_other_dates_of_an_english_page_tell_the_order() -> None:
    """British pages on a .com would be read with month and day exchanged."""
    teaser = "<li class=teaser>{} Another story</li>"
    british, american = (teaser.format(date) * 4 for date in ("16 February 2026", "February 16, 2026"))
    dateline = "<p class=date>05/03/2026</p>"
    assert shown(find_dates(page(dateline, after=british, lang="en"), URL)) == "2026-03-05 00:00"
    assert shown(find_dates(page(dateline, after=american, lang="en"), URL)) == "2026-05-03 00:00"


@pytest.mark.parametrize("stamp", ["2026-03-05T20:02:00", "2026-03-05T20:02:00Z", "2026-03-05T13:02:00Z", "2026-03-05"])
def test_one_vietnamese_time_in_all_spellings(stamp: str) -> None:
    """Stories would be seven hours off where a site leaves the zone out, or writes its local time as UTC."""
    tree = page("<div data-role=publishdate>05/03/2026 20:02</div>", meta(date=stamp), lang="vi")
    expected = datetime(2026, 3, 5, 13, 2, tzinfo=UTC)
    assert find_dates(tree, "https://bao.example/a", timezone=HANOI).published == expected
    assert find_dates(tree, "https://bao.vn/a").published == expected or stamp == "2026-03-05"


def test_utc_marked_as_local_time() -> None:
    """Stories would be seven hours early where a site puts its own offset behind UTC."""
    tree = page("<p>05/03/2026 20:02</p>", meta(article__published_time="2026-03-05T13:02:00+07:00"), lang="vi")
    assert find_dates(tree, URL, timezone=HANOI).published == datetime(2026, 3, 5, 13, 2, tzinfo=UTC)


def test_zones_are_taken_from_the_same_time_elsewhere() -> None:
    """A time without a zone would be read as UTC, though the page tells the zone next to it."""
    head = linked({"@type": "NewsArticle", "datePublished": "2026-03-05T20:02:00"})
    head += meta(article__modified_time="2026-03-05T20:02:00-05:00")
    assert find_dates(page(head=head, lang="en"), URL).published == datetime(2026, 3, 6, 1, 2, tzinfo=UTC)


def test_the_offset_is_that_of_the_clock_that_readers_see() -> None:
    """A story of the evening would be counted to the next day."""
    head = meta(article__published_time="2026-03-06T01:02:00Z")
    dates = find_dates(page("<p>March 5, 2026 8:02 PM</p>", head, lang="en"), URL)
    assert dates.published == datetime(2026, 3, 6, 1, 2, tzinfo=UTC)
    assert dates.offset == timedelta(hours=-5)


def test_a_bare_day_keeps_its_number_where_no_zone_is_given() -> None:
    """A guessed zone would turn a day into the one before."""
    tree = page("<p class=date>5. März 2026</p>")
    assert find_dates(tree, "https://zeitung.de/a").published == datetime(2026, 3, 5, tzinfo=UTC)
    given = find_dates(tree, "https://zeitung.de/a", timezone=ZoneInfo("Europe/Berlin"))
    assert given.published == datetime(2026, 3, 4, 23, tzinfo=UTC)


def test_relative_datelines_need_now() -> None:
    """Fresh stories of sites that say "vor 2 Stunden" would have no time; without now, a made-up one."""
    tree = page("<p class=date>vor 2 Stunden</p>")
    now = datetime(2026, 3, 5, 12, tzinfo=UTC)
    assert find_dates(tree, URL, now=now).published == datetime(2026, 3, 5, 10, tzinfo=UTC)
    assert find_dates(tree, URL).published is None


def test_the_future_is_refused() -> None:
    """The date of an announced event would be taken for that of the story."""
    head = meta(article__published_time="2026-12-24T08:00:00Z")
    assert find_dates(page(head=head), URL, now=datetime(2026, 3, 5, tzinfo=UTC)).published is None


@pytest.mark.parametrize("letters", [200, 480, 700, 3000])
def test_a_date_at_the_end_of_a_paragraph_is_what_it_tells_of(letters: int) -> None:
    """A story would be dated by what its longest paragraph ends with."""
    prose = ("the council of the harbour town spoke of it for hours and then went home " * 50)[:letters]
    told = page(f"<p>It is said that {prose} and that it was on <b>3. März 2026</b></p>", title="Another")
    assert find_dates(told, URL).published is None


def test_beside_a_date_ahead_no_other_is_looked_for() -> None:
    """An announcement that is dated ahead would get the date of a related story."""
    now = datetime(2026, 3, 3, 9, tzinfo=UTC)
    related = '<aside><h2>More</h2><a href="/tunnel">Old tunnel closes</a> <p>2. März 2026, 08:00</p></aside>'
    ahead = page("<div>6. März 2026, 08:00 Uhr</div>", after=related)
    assert find_dates(ahead, URL, now=now).published is None
    assert find_dates(page(after=related), URL, now=now).published is not None


@pytest.mark.parametrize("html", ["", "<p>", "<h1>2026</h1>", "<!doctype html><title>3 March 2026</title>", "<time>"])
def test_pages_without_dates(html: str) -> None:
    """A page that tells no date would stop the poll, or get one."""
    assert find_dates(LexborHTMLParser(html), URL) == PageDates()


def labelled(label: str, printed: str, zone: str | None = "Asia/Ho_Chi_Minh", now: datetime | None = None) -> PageDates:
    """The dates of a page that states its time so, and prints it so."""
    html = (
        f"<html lang=vi><head><title>Lễ hội đua thuyền mùa xuân</title></head><body><article>"
        f"<h1>Lễ hội đua thuyền mùa xuân</h1><time datetime='{label}'>{printed}</time>"
        f"<p>Một câu chuyện về lễ hội.</p></article></body></html>"
    )
    return find_dates(
        LexborHTMLParser(html), "https://bao.example/a", timezone=ZoneInfo(zone) if zone else None, now=now
    )


LATER = datetime(2026, 3, 6, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("label", "printed", "published"),
    [
        ("2026-03-05T22:39:24+00:00", "05/03/2026 22:39", "22:39"),
        ("2026-03-05T22:39:24Z", "22:39 05/03/2026", "22:39"),
        ("2026-03-05T15:39:24+00:00", "05/03/2026 22:39", "15:39"),
        ("2026-03-05T22:39:24+07:00", "05/03/2026 22:39", "15:39"),
        ("2026-03-05T22:39:24", "05/03/2026 22:39", "15:39"),
    ],
)
def test_a_stated_offset_stands(label: str, printed: str, published: str) -> None:
    """A site that prints UTC would have its stories seven hours early, or tomorrow's stories today."""
    found = labelled(label, printed, now=LATER)
    assert found.published is not None
    assert f"{found.published:%H:%M}" == published


def test_a_label_that_is_still_to_come_is_wrong() -> None:
    """A site that writes its local time as if it were UTC would have stories of the evening at noon."""
    now = datetime(2026, 3, 5, 15, 45, tzinfo=UTC)
    found = labelled("2026-03-05T22:39:24+00:00", "05/03/2026 22:39", now=now)
    assert found.published == datetime(2026, 3, 5, 15, 39, 24, tzinfo=UTC)
    later = labelled("2026-03-05T22:39:24+00:00", "05/03/2026 22:39", now=now - timedelta(hours=2))
    assert later.published == datetime(2026, 3, 5, 22, 39, 24, tzinfo=UTC), "nor is the other one any better"


@pytest.mark.parametrize(
    ("label", "printed", "says"),
    [
        ("2026-03-05T22:39:24+00:00", "05/03/2026 22:39", "contradicted"),
        ("2026-03-05T15:39:24+00:00", "05/03/2026 22:39", "confirmed"),
        ("2026-03-05T15:39:24+00:00", "05/03/2026", None),
        ("2026-03-05T22:39:24+07:00", "05/03/2026 22:39", None),
    ],
)
def test_what_the_printed_clock_says_of_the_label(label: str, printed: str, says: str | None) -> None:
    """Several stories of a site that mislabels its times could not tell that it does."""
    assert labelled(label, printed, now=LATER).utc_label == says
    assert labelled(label, printed, zone="UTC", now=LATER).utc_label is None


def far_below(*boxes: str) -> LexborHTMLParser:
    """A page on which dates stand far below the headline, and nowhere else."""
    prose = "<p>The bridge was promised by the mayor, who spoke for an hour to a crowd of some hundreds.</p>" * 30
    told = "".join(f"{prose}<div>{box}</div>" for box in boxes)
    return LexborHTMLParser(
        f'<html lang="en"><title>{TITLE}</title><body><main><h1>{TITLE}</h1>{told}</main></body></html>'
    )


def test_the_only_day_of_a_page_is_believed_more() -> None:
    """A date among other words at the end would be no date, where the page tells no other."""
    line = "The Harbour Bridge Office and Old Tunnel Station Company, {}"
    one, other = line.format("3 March 2026"), line.format("7 March 2026")
    assert shown(find_dates(far_below(one), URL)) == "2026-03-03 00:00"
    assert find_dates(far_below(one, other), URL).published is None
    caption = "<figure><figcaption>3 March 2026</figcaption></figure>"
    assert find_dates(far_below(caption), URL).published is None, "of the picture"

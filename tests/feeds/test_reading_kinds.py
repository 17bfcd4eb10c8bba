"""Kinds of markup that many sites have and readers get wrong: a page of each, invented."""

# ruff: noqa: E501  # a page is easier to read when an element of it stands on one line

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feeds.model import Article, Teaser
from feeds.reading.article.extract import extract_article
from feeds.reading.bylines import people
from feeds.reading.dates.parse import parse_date, parts_of_dateline, writing_order
from feeds.reading.listing.find import find_teasers
from tests.feeds.test_article_borders import paragraphs, prose

URL = "https://paper.example/news/the-ferry-returns-to-the-lake-123456.html"
TITLE = "The ferry returns to the lake"
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")


def page(body: str, *, head: str = "", title: str = TITLE, lang: str = "en") -> str:
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body>{body}</body></html>"
    )


def story(body: str, **more: str) -> Article:
    return extract_article(page(f"<main><article><h1>{TITLE}</h1>{body}</article></main>", **more), URL)


def told(article: Article) -> list[str]:
    return article.body_text.split("\n\n")


# -- bodies


def test_a_body_in_several_boxes_of_one_name() -> None:
    """Half of each story would be lost on sites that set advertisements between its parts."""
    boxes = '<div class="ad-slot"></div>'.join(
        f'<div class="StoryBody">{paragraphs(*prose(6, n))}</div>' for n in (0, 20, 40)
    )
    assert told(story(f"<div>{boxes}</div>")) == [*prose(6), *prose(6, 20), *prose(6, 40)]


def test_ids_made_by_chance_tell_no_setting() -> None:
    """The entries of a live blog would be dropped, since no two of them are set alike."""
    entries = "".join(
        f'<div class="entry" id="live-8123-{name}"><h3>Update {n}</h3><p>{prose(1, n)[0]}</p></div>'
        for n, name in enumerate(("mqwbt", "kchfq", "vkrxf", "zkbjs", "a81fd"), 50)
    )
    news = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"' + TITLE + '"}</script>'
    found = story(f"<div>{paragraphs(*prose(4))}<div>{entries}</div></div>", head=news)
    assert [text for n in range(50, 55) for text in prose(1, n) if text not in found.body_text] == []


def test_ids_made_of_headings_are_no_names() -> None:
    """A chapter about sharing would be taken for a bar of buttons."""
    chapters = (
        ("how-to-share-a-boat", "How to share a boat"),
        ("a-similar-lake-in-the-north", "A similar lake in the North"),
    )
    body = "".join(
        f'<div id="{name}"><h2>{title}</h2>{paragraphs(*prose(3, n * 30))}</div>'
        for n, (name, title) in enumerate(chapters)
    )
    assert all(text in story(body).body_text for text in (*prose(3), *prose(3, 30)))


def test_captions_set_in_paragraphs_are_captions() -> None:
    """What stands under pictures would stand in the middle of sentences, but in Vietnam, where it is meant to."""
    figure = "<figure><img src=/a.jpg width=800 height=500><figcaption><p class=t>The ferry at the old landing stage.</p></figcaption></figure>"
    body = paragraphs(*prose(3)) + figure + paragraphs(*prose(3, 20))
    assert told(story(body)) == [*prose(3), *prose(3, 20)]
    assert story(body).images[0].caption == "The ferry at the old landing stage."
    assert "The ferry at the old landing stage." in told(story(body, lang="vi"))


def test_lists_at_both_ends_are_of_the_story() -> None:
    """A recipe would come without what it takes, and a report of a match without its results."""
    first = "<p>All that is needed for four people:</p><ul><li>two cups of flour</li><li>a lemon</li></ul>"
    last = "<h2>Who goes on</h2><ul><li>Osten (group A)</li><li>Tolm (group B)</li></ul>"
    news = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"' + TITLE + '"}</script>'
    found = told(story(f'<div class="entry-content">{first}{paragraphs(*prose(5))}{last}</div>', head=news))
    assert "\n".join(found[1:2]) == "two cups of flour\na lemon"
    assert found[-1] == "Osten (group A)\nTolm (group B)"


def test_a_story_that_is_a_list() -> None:
    """The winners of a prize would be left out, and the sentence above them be the story."""
    lists = "".join(f"<h2>Prize {n}</h2><ul><li>Winner {n} of Osten</li><li>Second {n}</li></ul>" for n in range(5))
    body = f'<p class="standfirst">{prose(1)[0]}</p><div itemprop="articleBody"><p>In fat letters</p>{lists}</div>'
    assert all(f"Winner {n} of Osten" in story(body).body_text for n in range(5))


def test_what_is_said_three_times_is_meant() -> None:
    """A plan of meals would have its first day only; a quote that is pulled out stands there once all the same."""
    line = "Oats with a cup of milk, an egg, and a slice of the dark bread of the day before"
    body = "".join(f"<h3>Day {n}</h3><p>{line}</p><p>{prose(1, n * 9)[0]}</p>" for n in range(4))
    assert story(f"<div>{body}</div>").body_text.count(line) == 4
    quote = prose(1)[0]
    assert story(f"{paragraphs(*prose(4))}<blockquote>{quote}</blockquote>").body_text.count(quote) == 1


def test_forms_feet_and_offers_are_no_story() -> None:
    """ "Your e-mail address" and the publisher's address would be paragraphs of a short story."""
    form = "<form action=/x><h3>The guide to the lake</h3><p>Tell us where we may send it to, and it comes with the next boat.</p></form>"
    assert "guide to the lake" not in story(paragraphs(*prose(4)) + form + paragraphs(*prose(4, 20))).body_text
    foot = f'<div class="rodape">{paragraphs(*prose(9, 60))}</div>'
    body = page(f"<div class=story><h1>{TITLE}</h1>{paragraphs(*prose(2))}</div>{foot}")
    assert told(extract_article(body, URL)) == prose(2)
    whole = page(f"<form id=aspnet><h1>{TITLE}</h1>{paragraphs(*prose(6))}</form>")
    assert told(extract_article(whole, URL)) == prose(6), "a form around all of it is none"


def test_an_advertisement_that_nobody_closed() -> None:
    """All that follows it would be lost with it."""
    body = '<div class="ad-container"><div></div>'.join(paragraphs(*prose(3, n)) for n in (0, 20, 40))
    assert told(story(f"<div class=text>{body}</div>")) == [*prose(3), *prose(3, 20), *prose(3, 40)]


def test_a_lead_that_is_printed_twice_or_begins_with_a_place() -> None:
    """The summary would stand twice, or be the caption of the picture."""
    lead = "Four quiet walks around the lake for the month in which the ferry rests."
    described = f'<meta name="description" content="{lead}">'
    twice = f"<header><h1>{TITLE}</h1><div class=dek>{lead}</div></header><section><div class=abstract>{lead}</div><div>{paragraphs(*prose(5))}</div></section>"
    assert extract_article(page(f"<article>{twice}</article>", head=described), URL).body_text.count(lead) == 1


def test_ruby_is_read_without_its_readings() -> None:
    """Each word of a Japanese story for learners would stand there twice."""
    sentence = (
        "<ruby>港<rt>みなと</rt></ruby>の<ruby>町<rt>まち</rt></ruby>に<ruby>新<rt>あたら</rt></ruby>しい家ができます。"
    )
    found = story(f"<div>{'<p>' + sentence * 4 + '</p>'}<p>{sentence * 3}</p></div>", lang="ja")
    assert "港の町に新しい家ができます。" in found.body_text
    assert "みなと" not in found.body_text


def test_lines_that_ask_leave_are_no_story() -> None:
    """ "To see this content, accept…" would stand between the paragraphs, and links to other stories in any language."""
    ask = "Um eingebettete Inhalte anzuzeigen, ist Ihre Einwilligung in die Übermittlung von Daten nötig, die widerrufen werden kann."
    lead = "<p><b>FUNDA LAPHA |</b> <a href=/b-1234567>The old mill opens as a school this spring</a></p>"
    found = story(paragraphs(*prose(3), ask) + lead + paragraphs(*prose(3, 20)))
    assert told(found) == [*prose(3), *prose(3, 20)]
    named = story(paragraphs(*prose(3)) + "<p>In focus: <a href=/c>Osten Boats</a></p>" + paragraphs(*prose(3, 20)))
    assert "In focus: Osten Boats" in named.body_text


@pytest.mark.parametrize(
    "script",
    [
        '<script id="__NEXT_DATA__" type="application/json">%s</script>',
        '<script>self.__next_f.push([1,"1:"])</script><script>self.__next_f.push([1,%s])</script>',
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"%h","articleBody":"%b"}</script>',
    ],
    ids=["island", "streamed", "linked data"],
)
def test_a_story_that_only_scripts_hold(script: str) -> None:
    """Sites built by scripts would have no stories, or a notice for old browsers as each of them."""
    state = json.dumps(
        {"props": {"article": {"title": TITLE, "id": 7, "body": paragraphs(*prose(5))}}, "menu": [{"name": "City"}]}
    )
    streamed = json.dumps("1:" + state)
    filled = script.replace("%h", TITLE).replace("%b", "\\n".join(prose(5)))
    filled = filled.replace("%s", streamed if "__next_f" in script else state).replace('[1,"1:"]', '[1,""]')
    html = page(f'<div id="__next"></div><p>This browser is older than the site expects it to be, sadly.</p>{filled}')
    assert told(extract_article(html, URL)) == prose(5)


def test_addresses_are_of_the_base() -> None:
    """Pictures and links of a story would lead nowhere where its system writes a base element."""
    head = '<base href="https://paper.example/"><link rel="canonical" href="news/ferry.html">'
    found = story(
        paragraphs(*prose(3))
        + '<figure><img src="files/f.jpg" width=800 height=500></figure><p>'
        + prose(1, 9)[0]
        + ' See <a href="plan/w.html">the plan</a>.</p>',
        head=head,
    )
    assert found.url == "https://paper.example/news/ferry.html"
    assert found.images[0].url == "https://paper.example/files/f.jpg"
    assert "https://paper.example/plan/w.html" in found.content_html


@pytest.mark.parametrize(
    "wrapped",
    ["//<![CDATA[\n%s\n//]]>", "<!-- %s -->", "/*<![CDATA[*/%s/*]]>*/", "%s;", "%s"],
)
def test_linked_data_as_people_write_it(wrapped: str) -> None:
    """Author and section would be lost for a comment sign or a comma."""
    node = (
        '{"@type":"NewsArticle","headline":"'
        + TITLE
        + '","articleSection":"Boats", /* x */ "author":{"name":"Jo D\\\'Arc",},}'
    )
    found = story(
        paragraphs(*prose(4)), head=f'<script type="application/ld+json; charset=utf-8">{wrapped % node}</script>'
    )
    assert (found.section, found.authors) == ("Boats", ("Jo D'Arc",))


# -- titles


@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        (
            "Clever ideas for a small cabin",
            "<h1>Twenty ways to live on nine square metres</h1>",
            "Twenty ways to live on nine square metres",
        ),
        (
            "Broken lamps: the museum counts | Lake Post",
            "<h2>Broken lamps: the museum counts</h2>",
            "Broken lamps: the museum counts",
        ),
        (
            "Report on the fire: One key too many",
            "<h1><span>Report on the fire</span> <span>One key too many</span></h1>",
            "Report on the fire: One key too many",
        ),
        (
            "Common lock faults and how to mend them - Lockworks",
            "<h1>Most common lock faults and how to mend them</h1>",
            "Most common lock faults and how to mend them",
        ),
        (
            "등불 박물관 문 연다 봄까지 무료-사회ㅣ호수일보",
            "<h2>등불 박물관 문 연다 봄까지 무료</h2>",
            "등불 박물관 문 연다 봄까지 무료",
        ),
    ],
)
def test_the_headline_that_readers_see(head: str, heading: str, title: str) -> None:
    """Feeds would show what was written for search engines, the site's name, or half a headline."""
    html = page(f"<main><article>{heading}<div class=text>{paragraphs(*prose(5))}</div></article></main>", title=head)
    assert extract_article(html, "https://paper.example/a").title == title


def test_a_sites_name_as_h1_is_no_headline() -> None:
    """All stories of a blog would be called after the blog."""
    head = '<meta property="og:title" content="A thin harvest">'
    body = f"<div><h1>Notes by the Water</h1></div><div class=post><h3>A thin harvest</h3>{paragraphs(*prose(5))}</div>"
    assert (
        extract_article(page(body, head=head, title="Notes by the Water: A thin harvest"), URL).title
        == "A thin harvest"
    )


# -- lists


def card(number: int, inner: str, href: str = "") -> str:
    slug = headline(number).lower().replace(" ", "-")
    return f'<article class="card">{inner.replace("HREF", href or f"/story/{slug}-10{number}234")}</article>'


def headline(number: int) -> str:
    return f"Village number {number} opens its school in spring"


def summary(number: int) -> str:
    return f"The school of village {number} was closed for eleven years, and the mayor has the key again."


def teasers(*cards: str, url: str = "https://paper.example/news", **more: str) -> list[Teaser]:
    return find_teasers(page(f"<main>{''.join(cards)}</main>", title="News", **more), url, timezone=UTC_ZONE, now=NOW)


@pytest.mark.parametrize(
    "inner",
    [
        '<a href="HREF"><figure><img src="/i.jpg"></figure><section class="card_figcaption"><header>%h</header><p>%s</p></section></a>',
        '<h3><a href="HREF"><span class="BodyIcons-text">%h</span></a></h3><div class="description"><a href="HREF"><span class="BodyIcons-text">%s</span></a></div>',
        '<a class=thumb href="HREF"><img src="/i.jpg"></a><div><a href="HREF" class=big>%h</a><div><a href="/life-on-both-shores/">Life on both shores</a></div><div class="sapo_small">%s</div></div>',
        '<h3><a href="HREF">%h</a></h3><p class=a>%h</p><p class=b>%s</p>',
        '<h3><a href="HREF">%h</a></h3><div class=t>Nov 14, 2026 | %s</div>',
    ],
    ids=["figcaption", "icons", "section", "title again", "date at the head"],
)
def test_summaries_of_cards(inner: str) -> None:
    """Feeds of lists would come without a word under their headlines."""
    cards = [card(n, inner.replace("%h", headline(n)).replace("%s", summary(n))) for n in range(1, 6)]
    found = teasers(*cards)
    assert [teaser.title for teaser in found] == [headline(n) for n in range(1, 6)]
    assert [teaser.summary for teaser in found] == [summary(n) for n in range(1, 6)]
    if "Nov 14" in inner:
        assert found[0].published == datetime(2026, 11, 14, tzinfo=UTC)


def test_the_picture_for_large_screens() -> None:
    """Readers would get pictures of the size of a stamp."""
    inner = '<a href="HREF"><picture><source media="(max-width: 700px)" srcset="/s.jpg 120w"><img src="/large-%d.jpg"></picture><h2>%h</h2></a>'
    found = teasers(*(card(n, inner.replace("%h", headline(n)).replace("%d", str(n))) for n in range(1, 6)))
    assert [teaser.image for teaser in found] == [f"https://paper.example/large-{n}.jpg" for n in range(1, 6)]


def test_with_and_without_a_slash_is_one_story() -> None:
    """A story would be announced twice."""
    hero = [
        card(n, f"<h2><a href=HREF>{headline(n)}</a></h2>", f"/story/{n}-the-village-school-opens-again")
        for n in (1, 2)
    ]
    items = [
        card(
            n,
            f"<h2><a href=HREF>{headline(n)}</a></h2><p>{summary(n)}</p>",
            f"/story/{n}-the-village-school-opens-again/",
        )
        for n in range(1, 6)
    ]
    found = teasers(*hero, *items)
    assert len(found) == 5
    assert found[0].summary == summary(1)


def test_topics_with_a_number_are_no_stories() -> None:
    """Every topic above a list would be a story."""
    topics = "".join(f'<a href="/the-price-of-oranges-tag9001{n}223344.html">Oranges {n}</a>' for n in range(4))
    stories = [card(n, f"<h3><a href=HREF>{headline(n)}</a></h3>") for n in range(1, 6)]
    assert [teaser.title for teaser in teasers(f"<div>{topics}</div>", *stories)] == [headline(n) for n in range(1, 6)]


def test_special_stories_at_a_sister_host() -> None:
    """The stories that a newsroom spent most work on would be left out, for their addresses have no number."""
    stories = [card(n, f"<h3><a href=HREF>{headline(n)}</a></h3><p>{summary(n)}</p>") for n in range(1, 8)]
    special = card(
        9,
        "<h3><a href=HREF>Can the valley be fed without draining the marsh?</a></h3><img src=/m.jpg width=400 height=260>",
        "https://projects.paper.example/2026/valley/feeding-it/index.html",
    )
    assert "Can the valley be fed without draining the marsh?" in [
        teaser.title for teaser in teasers(*stories, special)
    ]


def test_hosts_as_people_write_them() -> None:
    """A Russian or German site named in its own letters would list nothing."""
    stories = [card(n, f"<h2><a href=HREF>{headline(n)}</a></h2>") for n in range(1, 6)]
    found = teasers(*stories, url="https://bücherblatt.example/")
    assert len(found) == 5
    assert found[0].url.startswith("https://xn--bcherblatt-9db.example/")


@pytest.mark.parametrize(
    ("shown", "lang", "first"),
    [
        (("11-05 22:41", "11-28 19:58", "10-04 09:05"), "ko", "2026-11-05 22:41"),
        (("28/11/2025", "05/11/2026", "03/04/2026"), "en", "2025-11-28 00:00"),
        (("ma 23 november 15:05", "di 24 november 15:05", "vandaag 9:30"), "nl", "2026-11-23 15:05"),
        (("3h", "23 hrs", "2d"), "en", "2026-11-27 09:00"),
        (("46 hours ago", "just now", "yesterday"), "en", "2026-11-25 14:00"),
    ],
)
def test_times_of_lists(shown: tuple[str, ...], lang: str, first: str) -> None:
    """Stories would stand under another month, under today, or without a time."""
    cards = [
        card(n, f'<h2><a href="HREF">{headline(n)}</a></h2><span class=date>{time}</span>')
        for n, time in enumerate(shown, 1)
    ]
    found = teasers(*cards, lang=lang)
    assert [f"{teaser.published:%Y-%m-%d %H:%M}" for teaser in found if teaser.published][:1] == [first]
    assert all(teaser.published for teaser in found)


def test_the_american_form_of_an_attribute() -> None:
    """A Vietnamese list whose system is American would be dated by the wrong number."""
    inner = '<h2><a href="HREF">%h</a></h2><span class="time" title="2/%d/2026 4:18:00 PM">%02d/02/2026 16:18</span>'
    found = teasers(*(card(n, inner.replace("%h", headline(n)) % (n + 3, n + 3)) for n in range(1, 5)), lang="vi")
    assert [teaser.published for teaser in found] == [datetime(2026, 2, n + 3, 16, 18, tzinfo=UTC) for n in range(1, 5)]


# -- dates


@pytest.mark.parametrize(
    ("text", "language", "read"),
    [
        ("2 Nov 2026 at 12.30am", "en", "2026-11-02 00:30"),
        ("November 2, 2026 @ 3.05 p.m.", "en", "2026-11-02 15:05"),
        ("3 de noviembre de 2026, 8 de la tarde", "es", "2026-11-03 20:00"),
        ("2026年11月2日 晚上8点", "zh", "2026-11-02 20:00"),
        ("2026年11月2日 午後3時5分", "ja", "2026-11-02 15:05"),
        ("2/11/2026 3 giờ chiều", "vi", "2026-11-02 15:00"),
        ("Published on 02/27/25", "en", "2025-02-27 00:00"),
        ("25.11.05 22:41", "ko", "2025-11-05 22:41"),
        ("21 تير 1401 - 16:20", "fa", "2022-07-12 16:20"),
        ("17 أيار / مايو 2022 الساعة 08:45 مساء", "ar", "2022-05-17 20:45"),
        ("2024-11-08T23:40:5Z", "it", "2024-11-08 23:40"),
        ("15:05 ngày 02/11/2026 | Cập nhật 09:00 ngày 03/11/2026", "vi", "2026-11-02 15:05"),
        ("Updated 3 Nov 2026, 9:00 | Published 2 Nov 2026, 15:05", "en", "2026-11-02 15:05"),
        ("09/12/2026", "en-us", "2026-09-12 00:00"),
        ("12/09/2026", "en-us", "2026-09-12 00:00"),
        ("01/12/2026 08:00", "vi", None),  # of a Vietnamese page the order is sure
        ("Thứ Hai, 15:05", "vi", "2026-11-23 15:05"),
        ("ma 15:05", "nl", "2026-11-23 15:05"),
        ("Hier 15:05", "de", None),
        ("1.12.25", "en", None),
    ],
)
def test_dates_of_many_forms(text: str, language: str, read: str | None) -> None:
    """A story would be twelve hours, a month or a year away from where it belongs."""
    moment = parse_date(text, timezone=UTC_ZONE, language=language, now=NOW)
    assert (f"{moment.at:%Y-%m-%d %H:%M}" if moment else None) == read


@pytest.mark.parametrize(
    "digits",
    [
        "0123456789",
        "٠١٢٣٤٥٦٧٨٩",
        "۰۱۲۳۴۵۶۷۸۹",
        "०१२३४५६७८९",
        "০১২৩৪৫৬৭৮৯",
        "๐๑๒๓๔๕๖๗๘๙",
        "௦௧௨௩௪௫௬௭௮௯",
        "０１２３４５６７８９",
    ],
)
@pytest.mark.parametrize("separator", [*"/-. ", "\u2044", "年", ""])
def test_digits_of_every_script(digits: str, separator: str) -> None:
    """A number that no date has would stop the reading of a page."""
    native = str.maketrans("0123456789", digits)
    text = f"17{separator}03{separator}2026".translate(native)
    moment = parse_date(text, timezone=UTC_ZONE, now=NOW)
    assert moment is None or f"{moment.at:%Y-%m-%d}" == "2026-03-17"
    assert separator not in "/-." or not separator or moment is not None
    assert parse_date(digits * 500, timezone=UTC_ZONE, now=NOW) is None


def test_the_parts_of_a_dateline() -> None:
    """A change would be the publication, or the other way round."""
    assert parts_of_dateline("Published 2 Nov 2026, 15:05 Updated 3 Nov 2026, 9:00") == [
        ("Published 2 Nov 2026, 15:05", False), ("Updated 3 Nov 2026, 9:00", True),
    ]  # fmt: skip
    assert parts_of_dateline("2 Nov 2026, 15:05") == [("2 Nov 2026, 15:05", False)]


def test_the_order_that_the_future_tells() -> None:
    """A list of early days would be read as of months to come."""
    assert writing_order(["05/12/2026", "04/10/2026"], NOW) is False
    assert writing_order(["12/05/2026"], NOW) is True
    assert writing_order(["05/06/2026"], NOW) is None


@pytest.mark.parametrize(
    ("dateline", "read"),
    [
        ("<p>The old bridge, which had been opened on 3 May 1996 by the king, was closed for good.</p>", None),
        ("<p>The decree of 12 June 2025 came into force at once, and the town had no time to answer it.</p>", None),
        ("<p>9.2.2025 - The museum looks after the clock above the square since winter, before the first frost comes to the lake and the boats are taken from the water.</p>", "2025-02-09"),
        ("<div class=event_date>23 October 2024, 08:15</div>", "2024-10-23"),
        ("<p class=print>Printed in No. 1187 of 15 October 2025</p><span itemprop=datePublished content=2025-10-14T19:41:07Z>Tuesday</span>", "2025-10-14"),
        ("<div>Published on 02/27/25</div>", "2025-02-27"),
        ("<p class=d>2 Nov 2025, 15:05 | Updated 3 Nov 2025, 9:00</p>", "2025-11-02"),
    ],
)  # fmt: skip
def test_what_is_the_day_of_a_story(dateline: str, read: str | None) -> None:
    """A story would be dated by the king's visit of which it tells."""
    url = "https://paper.example/2025/10/14/ferry.html" if "1187" in dateline else "https://paper.example/ferry"
    html = page(f"<main><h1>{TITLE}</h1>{dateline}{paragraphs(*prose(6))}</main>")
    published = extract_article(html, url, timezone=UTC_ZONE).published
    assert (f"{published:%Y-%m-%d}" if published else None) == read


def test_a_change_of_the_next_day_in_utc_is_that_change() -> None:
    """A page of three years ago would be new whenever it is changed in the evening."""
    head = '<meta property="article:published_time" content="2021-11-03T06:10:40+00:00">'
    head += '<meta property="article:modified_time" content="2024-06-15T01:20:11+00:00">'
    found = story(f"<div class=meta><span class=date>14 June, 2024</span></div>{paragraphs(*prose(5))}", head=head)
    assert found.published is not None
    assert found.published.year == 2021


# -- bylines


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Posted by Jane Roe on November 2, 2026", ("Jane Roe",)),
        ("Monday November 2, 2026 10:05 am PST by Jane Roe", ("Jane Roe",)),
        ("By Jane Roe Monday, November 2, 2026", ("Jane Roe",)),
        ("Thứ Hai, 02/11/2026 10:05 - Lê Văn An", ("Lê Văn An",)),
        ("Mon 2 Nov 2026 10.05 GMT, Jane Roe in Osten", ("Jane Roe",)),
        ("Par Anne Legrand, le 2 novembre 2026 à 10h05", ("Anne Legrand",)),
        ("Updated: 14:05, 3 May 2026 | By April Jones", ("April Jones",)),
        ("By Jane Roe and John Poe", ("Jane Roe", "John Poe")),
    ],
)
def test_dates_and_places_are_no_authors(byline: str, names: tuple[str, ...]) -> None:
    """A story would be by "Monday November 2" or by "Thứ Hai"."""
    assert people([byline]) == names


@pytest.mark.parametrize(
    "sentence",
    [
        "He was arrested on March 3, 2024.",
        "On 4 July 2025, the mayor opened the bridge.",
        "Since <b>3 May 2019</b> the boat lies in the harbour of the old town and waits there.",
        "The race of <a href=/x>14 October 2011</a> is not forgotten by anybody in this town.",
        "Am 3. Mai 2019 wurde die Brücke eröffnet.",
        "Kể từ ngày 1/7/2025, giá vé mới được áp dụng cho toàn bến.",
    ],
)
@pytest.mark.parametrize("element", ["p", "div"])
def test_a_day_in_a_sentence_is_not_the_storys(sentence: str, element: str) -> None:
    """A story without a dateline would be dated by the history that it tells, and sink to the end of the feed."""
    assert story(f"<{element}>{sentence}</{element}>{paragraphs(*prose(5))}").published is None

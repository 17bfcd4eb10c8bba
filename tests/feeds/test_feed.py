"""Teasers from RSS, RDF, Atom and JSON feeds, good and bad."""

from __future__ import annotations

import base64
import contextlib
import json
from datetime import UTC, datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import NotAFeedError, ReadError
from feeds.model import Teaser
from feeds.reading.documents.feed import MAX_HTML, MAX_ITEMS, looks_like_feed, memory_of, read_feed
from feeds.reading.documents.sitemap import read_sitemap

URL = "https://news.example/rss/tin.xml"
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
TEN = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
VERSION = "https://jsonfeed.org/version/1.1"


def rss(items: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/">'
        f"<channel><title>Tin</title><link>https://news.example/</link>{items}</channel></rss>"
    )


def json_feed(*items: Any, **more: Any) -> str:
    return json.dumps({"version": VERSION, "title": "Tin", "items": items, **more})


def one(text: str, **settings: Any) -> Teaser:
    (teaser,) = read_feed(text, URL, **settings)
    return teaser


def test_rss_is_read_in_full() -> None:
    """A site's own feed would lose its titles, times, pictures, authors or texts."""
    item = (
        "<item><title><![CDATA[Lễ hội &amp; <b>đua thuyền</b>]]></title><link>/tin/a?utm_source=rss&amp;id=7</link>"
        "<guid>7</guid><pubDate>Sat, 21 Nov 2026 17:00:00 +0700</pubDate><dc:creator>Mây Sa</dc:creator>"
        '<description><![CDATA[<img src="/i.jpg"> Sáng nay,\n 256&nbsp;đội <i>đã</i> đua.]]></description>'
        '<content:encoded><![CDATA[<p onclick="x()">Xem <a href="/b">thêm</a><script>alert(1)</script></p>]]>'
        '</content:encoded><media:content url="/p.jpg" medium="image"/></item>'
    )
    assert one(rss(item)) == Teaser(
        url="https://news.example/tin/a?id=7",
        title="Lễ hội & đua thuyền",
        published=TEN,
        summary="Sáng nay, 256 đội đã đua.",
        image="https://news.example/p.jpg",
        authors=("Mây Sa",),
        content_html='<p>Xem <a href="https://news.example/b">thêm</a></p>',
        guid="7",
    )


def test_atom_is_read_in_full() -> None:
    """A site's own Atom feed would lose its titles, times, authors or texts."""
    text = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://www.news.example/x/"><title>Tin</title><entry>'
        '<title type="html">Lễ hội &amp;amp; &lt;b&gt;đua&lt;/b&gt;</title><link rel="alternate" href="a"/>'
        "<id>urn:1</id><author><name>Mây Sa</name></author><published>2026-11-21T17:00:00+07:00</published>"
        "<updated>2026-11-21T19:00:00+07:00</updated><summary>Tóm tắt</summary>"
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Thân <a href="b">bài</a></p></div>'
        "</content>"
        "</entry></feed>"
    )
    teaser = one(text)
    assert (teaser.url, teaser.title) == ("https://www.news.example/x/a", "Lễ hội & đua")
    assert (teaser.published, teaser.authors, teaser.summary) == (TEN, ("Mây Sa",), "Tóm tắt")
    assert teaser.content_html == '<p>Thân <a href="https://www.news.example/x/b">bài</a></p>'


def test_rdf_is_read() -> None:
    """Feeds of old sites (RSS 1.0) could not be watched."""
    text = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>x</title></channel>'
        '<item rdf:about="u"><title>Tin</title><link>https://news.example/a</link>'
        "<dc:date>2026-11-21T17:00:00+07:00</dc:date></item></rdf:RDF>"
    )
    assert one(text) == Teaser(url="https://news.example/a", title="Tin", published=TEN, guid="u")


@pytest.mark.parametrize("slashes", ["/", "\\/"])
def test_json_feed_is_read(slashes: str) -> None:
    """JSON feeds, also those with PHP's escaped slashes, could not be watched."""
    item = {
        "id": "1",
        "url": "/a",
        "title": "Lễ hội",
        "content_html": "<p>x<script>1</script></p>",
        "date_published": "2026-11-21T17:00:00+07:00",
        "image": "/i.png",
        "authors": [{"name": "Mây Sa"}],
    }
    assert one(json_feed(item).replace("/", slashes)) == Teaser(
        url="https://news.example/a",
        title="Lễ hội",
        published=TEN,
        image="https://news.example/i.png",
        authors=("Mây Sa",),
        content_html="<p>x</p>",
        guid="1",
    )


def test_plain_text_of_a_json_feed_is_no_markup() -> None:
    """A story about "a < b" would lose half its text."""
    assert (
        one(json_feed({"id": "1", "url": "/a", "title": "T", "content_text": "a <b & c"})).content_html
        == "a &lt;b &amp; c"
    )


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("Sat, 21 Nov 2026 17:00:00 +0700", 10),
        ("Sat, 21 Nov 2026 17:00:00 GMT+7", 10),
        ("Sat, 21 Nov 2026 10:00:00 GMT", 10),
        ("Sat, 21 Nov 2026 17:00:00", 10),
        ("2026-11-21 17:00:00", 10),
        ("2026-11-21T10:00:00Z", 10),
        ("21/11/2026 17:00", 10),
        ("<![CDATA[Sat, 21 Nov 2026 17:00:00 GMT+7]]>", 10),
        ("\n  Sat, 21 Nov 2026 17:00:00 +0700\n", 10),
        ("17:00", None),
        ("hôm nay", None),
        ("", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("x" * 90, None),
    ],
)
def test_times_are_in_the_sources_zone_and_none_is_made_up(written: str, hour: int | None) -> None:
    """Stories would stand in the feed seven hours off, or under the day they were read."""
    item = f"<item><title>Tin</title><link>/a</link><pubDate>{written}</pubDate></item>"
    expected = None if hour is None else TEN.replace(hour=hour)
    assert one(rss(item), timezone=HANOI).published == expected


def test_day_and_month_are_not_swapped() -> None:
    """A story of 2 November would be one of 11 February."""
    item = "<item><title>Tin</title><link>/a</link><pubDate>02/11/2026 17:00</pubDate></item>"
    assert one(rss(item), timezone=HANOI).published == datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


def test_items_without_address_or_title_are_left_out_and_repeats_are_one() -> None:
    """Stories that cannot be opened, or the same one twice, would stand in the feed."""
    items = (
        "<item><title>Không địa chỉ</title></item><item><link>/khong-tit</link></item>"
        "<item><title> &lt;b&gt;&lt;/b&gt; </title><link>/trong</link></item>"
        "<item><title>A</title><link>/a</link></item><item><title>A2</title><link>/a?utm_medium=rss#x</link></item>"
        "<item><title>x</title><link>javascript:alert(1)</link></item>"
        "<item><title>x</title><link>https://u:p@news.example/</link></item>"
        "<item><title>x</title><link>file:///etc/passwd</link></item>"
    )
    assert [(t.title, t.url) for t in read_feed(rss(items), URL)] == [("A", "https://news.example/a")]


def test_an_empty_feed_has_no_stories_and_is_a_feed() -> None:
    """A feed that is empty for an hour would look broken."""
    assert read_feed(rss(""), URL) == []
    assert read_feed(json_feed(), URL) == []


def test_a_huge_feed_is_cut() -> None:
    """A feed of a whole archive would cost thousands of requests."""
    items = "".join(f"<item><title>T{n}</title><link>/{n}</link></item>" for n in range(MAX_ITEMS + 50))
    assert len(read_feed(rss(items), URL)) == MAX_ITEMS


def test_a_feed_that_is_cut_off_gives_what_is_there() -> None:
    """One missing end tag would hide all stories."""
    text = rss("<item><title>A</title><link>/a</link></item><item><title>B</title><link>/b")
    assert read_feed(text[: text.index("<title>B")], URL)[0].url == "https://news.example/a"


@pytest.mark.parametrize("declared", ["windows-1258", "utf-16", "iso-8859-1", "nonsense"])
def test_the_declared_encoding_of_decoded_text_is_ignored(declared: str) -> None:
    """Vietnamese headlines of feeds in old encodings would come out garbled, or the feed not at all."""
    item = "<item><title>Đặng Thị Ngọc</title><link>/a</link></item>"
    assert one(rss(item).replace("utf-8", declared)).title == "Đặng Thị Ngọc"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Tin",
        "<!doctype html><html><body><a href=/a>Tin</a></body></html>",
        "<html><!-- <rss> --></html>",
        "{}",
        '{"items": []}',
        "[1]",
        "null",
        "<urlset></urlset>",
        "https://news.example/rss",
        "%PDF-1.7",
    ],
)
def test_what_is_no_feed_is_told(text: str) -> None:
    """A login page at the feed's address would look like a feed without news."""
    assert not looks_like_feed(text)
    with pytest.raises(NotAFeedError, match="is no RSS, Atom or JSON feed") as caught:
        read_feed(text, URL)
    assert caught.value.url == URL
    assert ("HTML" in caught.value.cause) == ("<html" in text)


@pytest.mark.parametrize(
    "text",
    [
        "<rss version='2.0'></rss>",
        "<rss",
        "<feed>&",
        "<rdf:RDF",
        json_feed()[:-3],
        '{"version":"https://jsonfeed.org/version/1","items":' + "[" * 50_000,
        *(json.dumps({"version": VERSION, "items": items}) for items in (5, None, "x", [5], [None], ["x"], [[]])),
    ],
)
def test_broken_feeds_are_told_or_empty(text: str) -> None:
    """A feed that its server broke would end the worker with an error that nobody expects."""
    try:
        assert read_feed(text, URL) == []
    except NotAFeedError as error:
        assert len(error.cause) < 200
        assert error.cause.isprintable()


@pytest.mark.parametrize(
    "field",
    [
        "url",
        "title",
        "content_html",
        "content_text",
        "summary",
        "image",
        "date_published",
        "authors",
        "author",
        "tags",
        "attachments",
        "id",
        "external_url",
    ],
)
@pytest.mark.parametrize("value", [5, True, 1.5, [], ["x"], {}, {"a": 1}, None, -(10**30), "\ud800"])
def test_json_of_any_type_is_no_surprise(field: str, value: Any) -> None:
    """A number where a text should be would end the worker with an error that nobody expects."""
    item = {"id": "1", "url": "/a", "title": "Tin", "content_html": "<p>x</p>", field: value}
    try:
        for teaser in read_feed(json_feed(item), URL):
            teaser.title.encode()
    except ReadError:
        pass


LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)) + "]>"
)


@pytest.mark.parametrize(
    "doctype",
    [
        LAUGHS,
        "<!DOCTYPE x [<!ENTITY a9 SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE x [<!ENTITY a9 SYSTEM 'http://127.0.0.1:9/'>]>",
        "<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'>",
        "<!DOCTYPE x [<!ENTITY a9 '" + "y" * 1500 + "'>]>",
    ],
)
def test_entities_are_no_way_in(doctype: str) -> None:
    """A feed could fill the memory, or read files and addresses of the operator's machine."""
    for document in (
        "<rss version='2.0'><channel><title>x</title><item><title>Tin &a9;</title><link>/a</link>"
        f"<description>{'&a9;' * 5000}</description></item></channel></rss>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry>"
        f"<title>Tin {'&a9;' * 5000}</title><link href='/a'/></entry></feed>",
    ):
        try:
            found = repr(read_feed(doctype + document, URL))
        except ReadError as error:
            found = error.cause
        assert "root:" not in found
        assert len(found) < 100_000


PIECES = st.lists(
    st.sampled_from(
        [
            "<rss>",
            "<rss version='2.0'>",
            "<channel>",
            "<item>",
            "<title>",
            "</title>",
            "<link>/a</link>",
            "</item>",
            "</channel>",
            "</rss>",
            "<feed xmlns='http://www.w3.org/2005/Atom'>",
            "<entry>",
            "<link href='/a'/>",
            "</entry>",
            "<pubDate>",
            "</pubDate>",
            "<![CDATA[",
            "]]>",
            "<?xml version='1.0' encoding='x'?>",
            "&",
            "&amp;",
            "<!DOCTYPE x [",
            "<!ENTITY a 'b'>",
            "]>",
            "&a;",
            "\x00",
            "\ud800",
            "<guid>",
            "<rdf:RDF>",
            "<content:encoded>",
            "<media:content url='x'/>",
            "2026-11-21",
            "{",
            '"version": "https://jsonfeed.org/version/1"',
            "}",
        ]
    )
    | st.text(max_size=10),
    max_size=16,
).map("".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@settings(max_examples=150)
@given(
    st.sampled_from(
        ["", "<rss version='2.0'>", "<rss version='2.0'><channel>", "<feed xmlns='http://www.w3.org/2005/Atom'>"]
    ),
    PIECES,
)
def test_any_text_is_a_feed_or_told(start: str, text: str) -> None:
    """Some broken feed somewhere would end the worker with an error that nobody expects."""
    try:
        for teaser in read_feed(start + text, URL):
            assert teaser.url.startswith("http")
            teaser.title.encode()
    except ReadError:
        pass


@settings(max_examples=80)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["id", "url", "title", "content_html", "summary", "image", "date_published", "authors"]),
            VALUES,
        ),
        max_size=3,
    )
)
def test_any_json_is_a_feed_or_told(items: list[dict[str, Any]]) -> None:
    """Some broken JSON feed somewhere would end the worker with an error that nobody expects."""
    with contextlib.suppress(ReadError):
        read_feed(json_feed(*items), URL)


def test_a_guid_of_a_megabyte_names_nothing_else() -> None:
    """One item could fill the memory with its name."""
    told = one(rss(f"<item><title>Tin</title><link>/a</link><guid>{'x' * 1_000_000}</guid></item>"))
    assert len(told.guid or "") <= 500


def test_texts_that_swell_have_room_together() -> None:
    """One feed of 300 KB would take a gigabyte: parsers open again in each paragraph what was not closed."""
    marks = "".join(f"<strong x={n}>" for n in range(60))
    body = f"<p>\U0001f600{marks}" + "<p>a</p>" * 100
    items = "".join(
        f"<item><title>Item {n}</title><link>https://x.example/{n}</link>"
        f"<content:encoded><![CDATA[{body}]]></content:encoded></item>"
        for n in range(200)
    )
    found = read_feed(rss(items), "https://x.example/feed")
    assert len(found) == 200, "their stories are read from their pages"
    held = [teaser.content_html for teaser in found if teaser.content_html]
    assert held
    assert sum(map(memory_of, held)) < MAX_HTML + max(map(memory_of, held))
    assert [teaser.content_html is None for teaser in found] == [n >= len(held) for n in range(200)]


def test_an_ordinary_feed_is_whole() -> None:
    """The longest feeds of real sites would come without the texts of their older items."""
    text = "<p>Bản tin sáng của làng kể rằng cầu mới đã mở, và chợ phiên đông hơn mọi năm.</p>" * 60
    items = "".join(
        f"<item><title>Item {n}</title><link>https://x.example/{n}</link><description>x</description>"
        f"<content:encoded><![CDATA[{text}]]></content:encoded></item>"
        for n in range(100)
    )
    assert all(teaser.content_html for teaser in read_feed(rss(items), "https://x.example/feed"))


# -- feeds as they are written


def item(inner: str) -> str:
    return rss(f"<item>{inner}</item>")


def atom(inner: str, of_feed: str = "") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Tin</title>{of_feed}<entry>{inner}</entry></feed>'


def test_what_is_wrong_with_one_item_costs_that_alone() -> None:
    """One raw "&" in the address of a picture would change the addresses of all stories behind it."""
    items = (
        "<item><title>Ca &amp; cua</title><link>/show?id=1&cat=3&amp;lang=vi</link>"
        "<enclosure url='/p.jpg?w=8&q=8'/></item>"
        "<item><title>AT&T h&oacute;p &nbsp; s\u1eafm &unknown; &#0; x</title><link>/b</link></item>"
        "<item><title>Dưới < 50% và 3<4</title><link>/c</link></item>"
        "<item><title>Chữ <b>đậm</title><description>một<br>hai <p>ba</description><link>/d</link></item>"
        "<item><title>Sau cùng &amp; hết</title><link>/e?x=1&amp;y=2</link></item>"
    )
    found = read_feed(rss(items), URL)
    assert [teaser.title for teaser in found] == [
        "Ca & cua", "AT&T hóp s\u1eafm &unknown; x", "Dưới < 50% và 3<4", "Chữ đậm", "Sau cùng & hết",
    ]  # fmt: skip
    assert [teaser.url.removeprefix("https://news.example") for teaser in found] == [
        "/show?id=1&cat=3&lang=vi", "/b", "/c", "/d", "/e?x=1&y=2",
    ]  # fmt: skip
    assert found[3].summary == "một hai ba"


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("<title>Bỏ &lt;blink&gt;, giữ &lt;b&gt;</title>", "Bỏ <blink>, giữ <b>"),
        ('<title type="text">Bỏ &lt;blink&gt;</title>', "Bỏ <blink>"),
        ('<title type="html">Bỏ &lt;b&gt;chữ&lt;/b&gt; &amp;lt;blink&amp;gt;</title>', "Bỏ chữ <blink>"),
        (
            '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Bỏ <b>chữ</b> &lt;x&gt;</div></title>',
            "Bỏ chữ <x>",
        ),
        ("<title>Chợ &amp;amp; phiên &amp;#8217;</title>", "Chợ & phiên ’"),
    ],
)
def test_atom_says_which_titles_are_markup(title: str, said: str) -> None:
    """A headline about an element of HTML would lose it, or show its marks."""
    assert one(atom(f"{title}<link href='/a'/>")).title == said


def test_titles_of_json_are_plain() -> None:
    """A headline with a "<" in it would be cut there."""
    assert one(json_feed({"id": "1", "url": "/a", "title": "A <b> & 5 < 6 &amp; x"})).title == "A <b> & 5 < 6 &amp; x"


@pytest.mark.parametrize(
    ("inner", "url"),
    [
        ('<atom:link rel="related" href="/other"/><link>/a</link>', "/a"),
        ('<atom:link rel="self" href="/feed"/><guid isPermaLink="true">https://news.example/a</guid>', "/a"),
        ("<guid>https://news.example/a</guid>", "/a"),
        ('<enclosure url="/a.mp3" type="audio/mpeg"/><link> /a </link>', "/a"),
        ('<atom:link href="/a"/>', "/a"),
    ],
)
def test_the_address_of_an_item_is_its_page(inner: str, url: str) -> None:
    """Stories would lead to pictures, to other stories, or nowhere."""
    text = item(f"<title>Tin</title>{inner}").replace(
        "xmlns:dc", 'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc', 1
    )
    assert one(text).url == f"https://news.example{url}"


@pytest.mark.parametrize(
    "inner",
    [
        '<link rel="enclosure" type="image/jpeg" href="/i.jpg"/><link href="/a"/>',
        '<link rel="enclosure"/><link rel="alternate" type="text/html" href="/a"/>',
        '<link rel="alternate" type="application/pdf" href="/a.pdf"/><link href="/a"/>',
        "<id>https://news.example/a</id>",
        '<link rel="replies" href="/a#comments"/><link rel="alternate" href="/a"/>',
    ],
)
def test_the_address_of_an_entry_is_its_page(inner: str) -> None:
    """Subscribers would be sent to a picture instead of the story."""
    assert one(atom(f"<title>Tin</title>{inner}")).url == "https://news.example/a"


@pytest.mark.parametrize(
    ("inner", "authors"),
    [
        ("<author>tin@news.example (Mây Sa)</author>", ("Mây Sa",)),
        ("<author>Mây Sa &lt;tin@news.example&gt;</author>", ("Mây Sa",)),
        ("<author>tin@news.example</author>", ()),
        ("<dc:creator>Mây Sa</dc:creator><dc:creator>Lê Na</dc:creator>", ("Mây Sa", "Lê Na")),
    ],
)
def test_authors_are_people_and_no_addresses(inner: str, authors: tuple[str, ...]) -> None:
    """The newsroom's mail address would be published as the author, and the second author not at all."""
    assert one(item(f"<title>Tin</title><link>/a</link>{inner}")).authors == authors


def test_authors_of_atom() -> None:
    """Only the first of several authors would be named, and nobody where the feed names one for all."""
    both = "<author><name>Mây Sa</name><email>m@news.example</email></author><author><name>Lê Na</name></author>"
    assert one(atom(f"<title>T</title><link href='/a'/>{both}")).authors == ("Mây Sa", "Lê Na")
    assert one(atom("<title>T</title><link href='/a'/>", of_feed=both)).authors == ("Mây Sa", "Lê Na")


def test_an_item_without_a_title_is_called_by_its_beginning() -> None:
    """Tickers and channels of messengers would be empty."""
    text = "Bến đò đóng cửa đến thứ Hai vì nước lớn, sở giao thông nói sáng nay. " * 3
    told = one(item(f"<link>/a</link><description>{text}</description>"))
    assert told.title.startswith("Bến đò đóng cửa đến thứ Hai")
    assert told.title.endswith("…")
    assert len(told.title) <= 101
    assert (
        one(json_feed({"id": "1", "url": "/a", "content_text": "Hai chuyến mỗi ngày"})).title == "Hai chuyến mỗi ngày"
    )


def test_words_of_other_vocabularies_are_not_the_items() -> None:
    """A story would be called after the picture in it."""
    inner = '<media:title>Ảnh</media:title><media:group><media:content url="/i.webp" type="image/webp"/></media:group>'
    for text in (
        item(f"{inner}<title>Tin</title><link>/a</link>"),
        f"<rss><channel><item>{inner}<title>Tin</title><link>/a</link></item>",
    ):
        told = one(text)
        assert (told.title, told.image) == ("Tin", "https://news.example/i.webp")
    nameless = "<rss><channel><item><title>Tin</title><link>/a</link><dc:creator>Mây Sa</dc:creator>"
    nameless += "<content:encoded><![CDATA[<p>x</p>]]></content:encoded></item></channel></rss>"
    assert (one(nameless).authors, one(nameless).content_html) == (("Mây Sa",), "<p>x</p>")


@pytest.mark.parametrize(
    "written",
    [
        "Sat, 21 Nov 2026 10:00:00 UT",
        "Sat, 21 Nov 26 10:00:00 GMT",
        "21 Nov 26 10:00 Z",
        "2026-11-21T10:00Z",
        "21-Nov-2026 10:00:00 GMT",
    ],
)
def test_times_of_old_forms(written: str) -> None:
    """Stories of feeds made by old scripts would have no time."""
    assert one(item(f"<title>Tin</title><link>/a</link><pubDate>{written}</pubDate>"), timezone=HANOI).published == TEN


def test_relative_addresses_are_of_their_base() -> None:
    """Links would lead to the host of the feed, which has no such pages."""
    entry = '<title>T</title><link href="a"/><content type="html">&lt;a href="b"&gt;x&lt;/a&gt;</content>'
    text = (
        atom(entry)
        .replace("<entry>", '<entry xml:base="/x/y/">')
        .replace("<feed ", '<feed xml:base="https://www.n.example/" ')
    )
    told = one(text)
    assert (told.url, told.content_html) == (
        "https://www.n.example/x/y/a",
        '<a href="https://www.n.example/x/y/b">x</a>',
    )
    served = read_feed(item("<title>T</title><link>/a</link>"), "https://feeds.burner.example/news")
    assert served[0].url == "https://news.example/a"


def test_texts_in_base64_and_in_foreign_prefixes() -> None:
    """The texts of old feeds would come out as letters and digits, or not at all."""
    entry = '<title mode="escaped" type="text/html">A &amp;lt; b</title><link href="/a"/>'
    entry += f'<content type="text/html" mode="base64">{base64.b64encode(b"<p>Hello</p>").decode()}</content>'
    told = one(atom(entry).replace("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"))
    assert (told.title, told.content_html) == ("A < b", "<p>Hello</p>")
    inner = "<title>T</title><link>/a</link><xhtml:body><xhtml:p>Thân <xhtml:b>bài</xhtml:b></xhtml:p></xhtml:body>"
    assert one(item(inner)).content_html == "<p>Thân <b>bài</b></p>"


@pytest.mark.parametrize("documents_tried", [60, pytest.param(5000, marks=pytest.mark.slow)])
def test_mutated_documents_give_teasers_or_a_named_error(documents_tried: int) -> None:
    """Some broken feed or sitemap somewhere would end the worker with an error that nobody expects."""
    chance = Random(20261128 + documents_tried)
    items = "".join(
        f"<item><title>T {n} &amp; x</title><link>/{n}</link><description><![CDATA[<p>x</p>]]></description>"
        "<dc:creator>M</dc:creator><pubDate>Sat, 21 Nov 2026 10:00:00 GMT</pubDate></item>"
        for n in range(4)
    )
    news = "<urlset><url><loc>/a</loc><news:news><news:title>T</news:title></news:news></url></urlset>"
    documents = [
        rss(items),
        atom('<title type="html">T</title><link href="/a"/><content type="xhtml"><div>x</div></content>'),
        json_feed({"id": "1", "url": "/a", "title": "T"}),
        news,
    ]
    for _ in range(documents_tried):
        text = chance.choice(documents)
        for _ in range(chance.randint(1, 6)):
            at, piece = chance.randrange(len(text)), chance.choice(documents)
            begin = chance.randrange(len(piece))
            cut = piece[begin : begin + chance.randint(0, 40)]
            text = (
                text[:at]
                + chance.choice([cut, "", "<", ">", "&", "]]>", "<![CDATA[", "\0", "\ud800", "&#x110000;"])
                + text[at + chance.randint(0, 8) :]
            )
        for read in (read_feed, read_sitemap):
            with contextlib.suppress(ReadError):
                for teaser in read(text, URL, timezone=HANOI):
                    assert teaser.url.startswith("http")
                    teaser.title.encode()

"""Teasers from news sitemaps, good and bad."""

from __future__ import annotations

import pickle
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import NotAFeedError, ReadError, SitemapIndexError
from feeds.model import Teaser
from feeds.reading.documents.sitemap import MAX_ITEMS, looks_like_sitemap, read_sitemap
from tests.feeds.test_feed import LAUGHS

URL = "https://news.example/sitemap-news.xml"
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def sitemap(entries: str, declaration: str = "<?xml version='1.0' encoding='UTF-8'?>") -> str:
    return (
        f"{declaration}<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
        "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9' "
        f"xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'>{entries}</urlset>"
    )


def entry(loc: str = "/a", title: str = "Tin", date: str = "2026-11-21T17:00:00+07:00", more: str = "") -> str:
    return (
        f"<url><loc>{loc}</loc><news:news><news:publication><news:name>Báo</news:name></news:publication>"
        f"<news:publication_date>{date}</news:publication_date><news:title>{title}</news:title></news:news>{more}</url>"
    )


def read(text: str) -> list[Teaser]:
    return read_sitemap(text, URL, timezone=HANOI)


def test_a_news_sitemap_is_read_in_full() -> None:
    """Sites that announce their stories in a sitemap only could not be watched."""
    picture = "<image:image><image:loc>/i.jpg</image:loc><image:title>Ảnh</image:title></image:image>"
    text = sitemap(
        entry("https://news.example/a?utm_source=x&amp;id=7#y", "<![CDATA[Lễ hội & đua]]>\n thuyền", more=picture)
    )
    assert read(text) == [
        Teaser(
            url="https://news.example/a?id=7",
            title="Lễ hội & đua thuyền",
            published=datetime(2026, 11, 21, 10, 0, tzinfo=UTC),
            image="https://news.example/i.jpg",
        )
    ]


def test_a_picture_before_the_news_gives_no_title() -> None:
    """A story would be called after its picture."""
    picture = "<image:image><image:loc>/i.jpg</image:loc><image:title>Ảnh</image:title></image:image>"
    text = sitemap(entry().replace("<loc>", f"{picture}<loc>"))
    assert [(t.title, t.url) for t in read(text)] == [("Tin", "https://news.example/a")]


def test_a_sitemap_that_forgets_its_namespaces_is_read() -> None:
    """Sites that use the news extension without declaring it could not be watched, or end the worker."""
    picture = "<image:image><image:title>Ảnh</image:title></image:image>"
    text = f"<urlset>{entry().replace('<loc>', f'{picture}<loc>')}</urlset>"
    assert [(t.title, t.url) for t in read(text)] == [("Tin", "https://news.example/a")]


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("2026-11-21T17:00:00+07:00", datetime(2026, 11, 21, 10, 0, tzinfo=UTC)),
        ("2026-11-21T10:00:00Z", datetime(2026, 11, 21, 10, 0, tzinfo=UTC)),
        ("2026-11-21T17:00", datetime(2026, 11, 21, 10, 0, tzinfo=UTC)),
        ("2026-11-21", datetime(2026, 11, 20, 17, 0, tzinfo=UTC)),
        ("hôm nay", None),
        ("2026-13-45", None),
        ("", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
    ],
)
def test_times_are_in_the_sources_zone(written: str, published: datetime | None) -> None:
    """Stories would stand in the feed seven hours off, or one broken date hide all the others."""
    assert [t.published for t in read(sitemap(entry(date=written)))] == [published]


def test_addresses_without_a_title_and_repeats_are_left_out() -> None:
    """Pages that are no stories, or the same one twice, would stand in the feed."""
    entries = (
        "<url><loc>/lien-he</loc></url><!-- x --><url/>"
        + entry(loc="javascript:alert(1)")
        + entry()
        + entry("/a#2", "Khác")
    )
    assert [t.title for t in read(sitemap(entries))] == ["Tin"]


@pytest.mark.parametrize(
    "declaration",
    [
        "<?xml version='1.0' encoding='windows-1258'?>",
        "<?xml version='1.0' encoding='UTF-16'?>",
        "\n \n<?xml version='1.0'?>",
        "",
        "<?xml version='1.0' encoding='nonsense'?>",
    ],
)
def test_the_declared_encoding_of_decoded_text_is_ignored(declaration: str) -> None:
    """Vietnamese headlines of sitemaps in old encodings would come out garbled, or not at all."""
    assert [t.title for t in read(sitemap(entry(title="Đặng Thị Ngọc"), declaration))] == ["Đặng Thị Ngọc"]


@pytest.mark.parametrize("odd", ["\ud800", "\x00", "\x0b", "\uffff"])
def test_odd_characters_hide_no_story(odd: str) -> None:
    """One control character in one headline would hide it and all that follow."""
    titles = [t.title for t in read(sitemap(entry(title=f"T{odd}in") + entry("/b", "Sau")))]
    assert "Sau" in titles


def test_a_huge_sitemap_is_cut() -> None:
    """A sitemap of a whole archive would keep the worker and the poll busy."""
    assert len(read(sitemap("".join(entry(f"/{n}") for n in range(MAX_ITEMS + 10))))) == MAX_ITEMS


def test_a_sitemap_that_is_cut_off_gives_what_is_there() -> None:
    """One missing end tag would hide all stories."""
    assert next(t.url for t in read(sitemap(entry() + entry("/b"))[:-100])) == "https://news.example/a"


def test_an_index_leads_to_its_newest_news() -> None:
    """Thousands of old pages would be fetched for the news of today, or the source never work."""
    parts = (
        ("/pages-1.xml", "2026-11-21"), ("/news-2025.xml", "2025-12-31"), ("/news-2026-10.xml", "2026-10-31"),
        ("/news-2026-11.xml", "2026-11-21"), ("/news-2024.xml", "2024-12-31"), ("https://other.example/news.xml", ""),
    )  # fmt: skip
    entries = "".join(f"<sitemap><loc>{loc}</loc><lastmod>{day}</lastmod></sitemap>" for loc, day in parts)
    text = f"<?xml version='1.0'?><sitemapindex>{entries}</sitemapindex>"
    assert looks_like_sitemap(text)
    with pytest.raises(SitemapIndexError, match="index of sitemaps; read one of its parts") as caught:
        read(text)
    base = "https://news.example"
    assert caught.value.parts == (f"{base}/news-2026-11.xml", f"{base}/news-2026-10.xml", f"{base}/news-2025.xml")
    assert pickle.loads(pickle.dumps(caught.value)).parts == caught.value.parts, "it comes out of a worker"


@pytest.mark.parametrize("first", ["video", "image"])
def test_titles_and_times_of_other_extensions_are_not_the_storys(first: str) -> None:
    """A story would be called after the clip in it, and be years old."""
    clip = f"<{first}:{first}><{first}:title>Clip</{first}:title>"
    clip += f"<{first}:publication_date>2024-01-05</{first}:publication_date>"
    clip += f"<{first}:loc>https://i.example/1.jpg</{first}:loc></{first}:{first}>"
    news = "<news:news><news:publication_date>2026-11-21T10:00:00Z</news:publication_date>"
    news += "<news:title>Tin &amp;amp; chợ</news:title></news:news>"
    (teaser,) = read(f"<urlset><url><loc>/a?n=1&s=2</loc>{clip}{news}</url></urlset>")
    assert (teaser.title, teaser.url) == ("Tin & chợ", "https://news.example/a?n=1&s=2")
    assert teaser.published is not None
    assert teaser.published.year == 2026
    assert teaser.image == ("https://i.example/1.jpg" if first == "image" else None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Tin",
        "<html><body>404</body></html>",
        "<html><!-- <urlset> --></html>",
        "x <urlset",
        "<rss/>",
        "{}",
        "<!-- <sitemapindex> -->",
    ],
)
def test_what_is_no_sitemap_is_told(text: str) -> None:
    """An error page at the sitemap's address would look like a sitemap without news."""
    with pytest.raises(NotAFeedError, match=r"is no sitemap|cannot be read as a sitemap"):
        read(text)


@pytest.mark.parametrize(
    "doctype",
    [
        LAUGHS,
        "<!DOCTYPE x [<!ENTITY a9 SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'>",
    ],
)
def test_entities_are_no_way_in(doctype: str) -> None:
    """A sitemap could fill the memory, or read files of the operator's machine."""
    (teaser,) = read(sitemap(entry(title=f"Tin {'&a9;' * 1000}"), doctype))
    assert teaser.title == "Tin"


@settings(max_examples=120)
@given(
    st.sampled_from(["", "<urlset>", sitemap("")[:-9]]),
    st.lists(
        st.sampled_from(
            [
                entry(),
                "<url>",
                "</url>",
                "<loc>",
                "</loc>",
                "&",
                "&x;",
                "<![CDATA[",
                "<!--",
                "<?x ?>",
                "\x00",
                "\ud800",
                "<a:b>",
            ]
        )
        | st.text(max_size=10),
        max_size=12,
    ).map("".join),
)
def test_any_text_is_a_sitemap_or_told(start: str, text: str) -> None:
    """Some broken sitemap somewhere would end the worker with an error that nobody expects."""
    with suppress(ReadError):
        for teaser in read(start + text):
            assert teaser.url.startswith("http")
            teaser.title.encode()

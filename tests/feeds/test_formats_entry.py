"""What the formats say of an entry: its source, who else tells it, what changed, and what is not there."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import lxml.etree as etree
import msgspec
import pytest
from selectolax.lexbor import LexborHTMLParser

from feeds.deciding.difference import Difference, Run, compare
from feeds.model import Elsewhere, Entry, FeedSpec, Image
from feeds.writing.changed import MAX_TEXT, changed_html
from feeds.writing.content import content_html
from feeds.writing.feed import Feed, Origin, feed_id
from feeds.writing.formats import FORMATS, atom, rss
from feeds.writing.formats import json as jsonfeed
from feeds.writing.notices import failing
from tests.samples import BOTH, NOON, ORIGINS, make_entry, make_feed

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
XML = "{http://www.w3.org/XML/1998/namespace}"


def only(body: bytes) -> Any:
    """The one entry of an Atom or RSS document."""
    [entry] = etree.fromstring(body).xpath("//*[local-name() = 'entry' or local-name() = 'item']")
    return entry


def contents(feed: Feed) -> list[str]:
    """The content of the feed's one entry, in each format."""
    [atom_entry] = feedparser.parse(atom.write(feed), sanitize_html=False).entries
    [rss_entry] = feedparser.parse(rss.write(feed), sanitize_html=False).entries
    [item] = json.loads(jsonfeed.write(feed))["items"]
    return [atom_entry.content[0].value, rss_entry.content[0].value, item["content_html"]]


def test_where_an_entry_is_from() -> None:
    """Readers of a feed over several sources would not know which of them a story is from (RFC 4287 section 4.2.11)."""
    feed = make_feed(make_entry(1, source="b", authors=()), spec=BOTH, site=None, origins=ORIGINS)
    source = only(atom.write(feed)).find(f"{ATOM}source")
    own = FeedSpec(id="b", title="Báo B & C", sources=("b",))
    assert source.findtext(f"{ATOM}id") == feed_id(own, "https://b.example/")
    assert source.findtext(f"{ATOM}title") == "Báo B & C"
    assert source.findtext(f"{ATOM}updated") == "2026-11-21T05:00:00Z"
    assert source.findtext(f"{ATOM}author/{ATOM}name") == "Báo B & C"
    found = {link.get("rel"): link.get("href") for link in source.findall(f"{ATOM}link")}
    assert found == {"self": "https://feeds.example.org/feeds/b.atom", "alternate": "https://b.example/"}
    item = only(rss.write(feed)).find("source")
    assert (item.text, item.get("url")) == ("Báo B & C", "https://feeds.example.org/feeds/b.rss")


def test_a_source_s_own_feed_names_none() -> None:
    """Every entry of a source's own feed would repeat what the feed says."""
    feed = make_feed(make_entry(1), origins=ORIGINS)
    assert only(atom.write(feed)).find(f"{ATOM}source") is None
    assert only(rss.write(feed)).find("source") is None


@pytest.mark.parametrize(("language", "said"), [("vi", "Cũng đưa tin này: "), ("en", "Also told by: ")])
def test_the_same_story_elsewhere(language: str, said: str) -> None:
    """Readers would not learn that other sources have the story, too, or would be tracked on their way there."""
    others = (
        Elsewhere(source_id="b", title="Hội <làng>", url="https://b.example/1?utm_source=x&a=1"),
        Elsewhere(source_id="c", title="Khác", url="https://c.example/2"),
        Elsewhere(source_id="d", title="Không có", url="javascript:alert(1)"),
    )
    entry = msgspec.structs.replace(make_entry(1, language=language), elsewhere=others)
    feed = make_feed(entry, spec=BOTH, origins=ORIGINS)
    for html in contents(feed):
        assert LexborHTMLParser(html).text().endswith(f"{said}Báo B & C, c.example.")
    for body in (atom.write(feed), rss.write(feed)):
        found = [link for link in only(body).findall(f"{ATOM}link") if link.get("rel") == "related"]
        addresses = [(link.get("href"), link.get("title")) for link in found]
        assert addresses == [("https://b.example/1?a=1", "Hội <làng>"), ("https://c.example/2", "Khác")]
        assert feedparser.parse(body).entries[0].link == entry.story.url


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("vi-VN", "Đã sửa sau khi đăng lần đầu: tiêu đề, nội dung."),
        ("en", "Changed after it was first published: headline, text."),
        ("fr", "Changed after it was first published: headline, text."),
    ],
)
def test_what_a_revision_changed(language: str, said: str) -> None:
    """Those who asked to see edits would not, or not in the story's language."""
    before = make_entry(1, title="Làng 1 mở <hội>", body_text="Hội có mười đội.", language=language)
    after = make_entry(1, body_text="Hội có hai mươi đội.", language=language, story={"revision": 2})
    changes = {after.story.entry_id: compare(before.article, after.article)}
    for html in contents(make_feed(after, changes=changes, show_changes=True)):
        note = html[html.index("<hr") :]
        assert said in note
        assert "<ins>hai mươi </ins>" in note
        assert "<del>&lt;" in note
    for feed in (
        make_feed(after, changes=changes),
        make_feed(after, show_changes=True),
        make_feed(make_entry(1), changes=changes, show_changes=True),  # revision 1: nothing was changed yet
    ):
        assert not any("<ins>" in html for html in contents(feed))


def test_a_change_reads_without_styles() -> None:
    """Readers that take styles away would show both headlines as one, and nobody could tell which is true."""
    change = Difference(
        fields=("title", "text"),
        title=(Run("equal", "The bridge "), Run("delete", "opens"), Run("insert", "stays shut")),
        text=(
            Run("equal", "The same.\n\nA man "), Run("delete", "died"), Run("insert", "was hurt"),
            Run("equal", " there.\n\nThe end."), Run("insert", "\n\nAdded."),
        ),
    )  # fmt: skip
    plain = re.sub("<[^>]+>", "", changed_html(change, "en").replace("<br>", "\n"))
    assert plain.splitlines()[1:] == [
        "Headline", "Was: The bridge opens", "Now: The bridge stays shut",
        "Text", "Was: A man died there.", "Now: A man was hurt there.",
        "Was: The end.", "Now: The end.", "Added.",
    ]  # fmt: skip


def test_a_story_that_was_rewritten() -> None:
    """A rewritten story would be there three times over."""
    change = Difference(fields=("text",), text=(Run("delete", "a\n\nb " * 9000), Run("insert", "c " * 9000)))
    note = changed_html(change, "en")
    assert len(note) < 2 * MAX_TEXT
    assert "a<br>b" in note
    assert note.count("<del>") == note.count("</del>") == 1
    assert changed_html(Difference(fields=()), "en") == changed_html(None, "en") == ""


def test_summaries_only() -> None:
    """A source whose texts are not to be republished would have them republished."""
    feeds = [
        make_feed(make_entry(1), full_text=False),
        make_feed(make_entry(1), origins={"ttv": Origin(id="ttv", title="TTV", full_text=False)}),
    ]
    for feed in feeds:
        for name, form in FORMATS.items():
            body = form.write(feed).decode()
            assert "hai mươi đội" not in body
            assert "Sáng nay, làng 1 khai hội." in body
            assert "https://news.example/anh/1.jpg" in body, name
        entry = only(atom.write(feed))
        assert entry.find(f"{ATOM}content") is None
        [link] = entry.findall(f"{ATOM}link")
        assert (link.get("rel"), link.get("href")) == ("alternate", "https://news.example/bai-1.htm")
        assert json.loads(jsonfeed.write(feed))["items"][0]["content_text"] == "Sáng nay, làng 1 khai hội."


@pytest.mark.parametrize(
    ("language", "title", "said"),
    [
        ("vi", "Hiện không đọc được TTV & {x}", "từ 2026-11-21 05:00 UTC"),
        ("en", "TTV & {x} cannot be read at present", "since 2026-11-21 05:00 UTC"),
    ],
)
def test_a_source_that_fails(language: str, title: str, said: str) -> None:
    """Subscribers would take silence for a quiet day, or get the same notice again and again."""

    def notice(cause: str = "503 <b>", since: datetime = NOON) -> Entry:
        return failing("ttv", "TTV & {x}", cause, since, url="https://news.example/", language=language)

    entry = notice()
    assert entry.article.title == title
    assert entry.article.published == entry.story.updated == NOON
    for html in contents(make_feed(entry)):
        text = LexborHTMLParser(html).text()
        assert said in text
        assert "503 <b>" in text
    assert entry.story.entry_id.startswith("urn:uuid:")
    assert notice("404").story.entry_id == entry.story.entry_id, "the same failure, another cause"
    assert notice(since=NOON + timedelta(days=1)).story.entry_id != entry.story.entry_id
    assert notice(since=NOON.astimezone(UTC)).story.entry_id == entry.story.entry_id


def test_languages_and_credit() -> None:
    """An English story in a Vietnamese feed would be read aloud wrongly, or shown without whose it is."""
    feed = make_feed(make_entry(1, language="en"))
    assert etree.fromstring(atom.write(feed)).get(f"{XML}lang") == "vi"
    assert etree.fromstring(rss.write(feed)).findtext("channel/language") == "vi"
    assert json.loads(jsonfeed.write(feed))["language"] == "vi"
    entry, item = only(atom.write(feed)), only(rss.write(feed))
    assert entry.get(f"{XML}lang") == item.get(f"{XML}lang") == "en"
    assert json.loads(jsonfeed.write(feed))["items"][0]["language"] == "en"
    assert entry.findtext(f"{ATOM}rights") == item.findtext(f"{DC}rights") == "Source: Bản tin trưa"


def test_a_story_without_a_language_speaks_that_of_its_feed() -> None:
    """Vietnamese readers would find English sentences below stories whose pages do not tell their language."""
    for html in contents(make_feed(make_entry(1, language=None, content_html="", story={"partial": True}))):
        assert "Chưa đọc được toàn văn" in html
        assert "Nguồn: Bản tin trưa" in html


def test_pictures() -> None:
    """Readers would show no picture, a counter's pixel, or offer a picture as an episode."""
    images = (
        Image(url="https://news.example/dot.gif", width=1, height=1),
        Image(url="data:image/gif;base64,R0lGOD"),
        Image(url="https://news.example/a.webp?utm_source=x", caption="Đội", width=800, height=450),
    )
    feed = make_feed(make_entry(1, images=images))
    for body in (atom.write(feed), rss.write(feed)):
        [media], [thumb] = only(body).findall(f"{MEDIA}content"), only(body).findall(f"{MEDIA}thumbnail")
        size = {"url": "https://news.example/a.webp", "width": "800", "height": "450"}
        assert dict(media.attrib) == {**size, "medium": "image", "type": "image/webp"}
        assert dict(thumb.attrib) == size
        assert not only(body).findall("enclosure")
    assert json.loads(jsonfeed.write(feed))["items"][0]["image"] == "https://news.example/a.webp"
    for html in contents(feed):
        [shown] = LexborHTMLParser(html).css("img")
        assert shown.attributes["src"] == "https://news.example/a.webp"
    assert "attachments" not in json.loads(jsonfeed.write(feed))["items"][0]


def test_rss_has_what_it_promises() -> None:
    """A reader of RSS would take the id for an address, or not know when the feed changed."""
    entry = make_entry(1)
    body = rss.write(make_feed(entry))
    item = only(body)
    assert dict(item.find("guid").attrib) == {"isPermaLink": "false"}
    assert item.findtext("guid") == entry.story.entry_id
    assert item.findtext("pubDate") == "Sat, 21 Nov 2026 05:01:00 GMT"
    assert etree.fromstring(body).findtext("channel/lastBuildDate") == "Sat, 21 Nov 2026 06:01:00 GMT"
    assert [creator.text for creator in item.findall(f"{DC}creator")] == ["Minh Nguyệt", "Quốc Bảo"]
    assert only(rss.write(make_feed(make_entry(1, published=None)))).find("pubDate") is None


def test_what_is_too_long_says_so() -> None:
    """People would take the beginning of an endless page for the whole story."""
    html = content_html(make_entry(1, language="en", content_html="<p>word</p>" * 200_000))
    assert "longer than a feed can carry" in html
    assert len(html) < 1_100_000

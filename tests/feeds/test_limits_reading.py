"""Limits of reading: what a page, a feed or a file may hold, with an invented one on either side of each border."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from feeds import characters, toml
from feeds.errors import OpmlError, SitemapIndexError
from feeds.model import Article, Image, Teaser
from feeds.reading.border import article_within, teasers_within
from feeds.reading.bylines import people
from feeds.reading.dates.parse import parse_date
from feeds.reading.documents.discover import named_feeds
from feeds.reading.documents.feed import read_feed
from feeds.reading.documents.opml import Subscription, new_id, read_opml
from feeds.reading.documents.sitemap import read_sitemap
from feeds.reading.documents.xml import parse_mended
from feeds.reading.page.charset import decode, unpacked
from feeds.reading.page.dom import parse
from feeds.reading.page.head import Head
from feeds.reading.page.labels import Labels
from feeds.reading.page.page import Scan
from feeds.reading.page.pictures import is_small, size_of, waiting
from feeds.reading.page.printed import Printed
from feeds.reading.page.structured import json_ld
from feeds.reading.robots import for_product
from feeds.reading.saved import own_address
from feeds.reading.sites.answers import ArticleAnswers, read_items
from feeds.reading.sites.profiles import ArticleRules, ListRules
from feeds.reading.state.prose import html_of
from feeds.reading.state.references import objects
from feeds.reading.state.scripts import decoded, values
from feeds.reading.state.stories import own_story
from feeds.reading.urls import absolute
from tests.conftest import NOW

SITE = "https://news.example/"
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
LONDON = ZoneInfo("Europe/London")


def story(**fields: Any) -> Article:
    return Article(**{"url": f"{SITE}1", "title": "Title", **fields})


# -- the border


@pytest.mark.parametrize(
    ("field", "most"), [("title", 500), ("summary", 5_000), ("section", 200), ("credit", 200), ("language", 35)]
)
def test_lines_are_cut_where_they_are_too_long(field: str, most: int) -> None:
    """A headline of a page would stand in every feed as long as it likes, or ordinary ones lose their ends."""
    assert getattr(article_within(story(**{field: "x" * most})), field) == "x" * most
    assert getattr(article_within(story(**{field: "x" * (most + 1)})), field).endswith("x …")


@pytest.mark.parametrize("field", ["caption", "alt"])
def test_captions_are_cut_where_they_are_too_long(field: str) -> None:
    """A picture's text without end would be in every feed, or a long caption lose its last sentence."""
    told: list[dict[str, Any]] = [{field: "x" * size} for size in (1_500, 1_501)]
    found = [article_within(story(images=(Image(url=f"{SITE}a.jpg", **text),))).images[0] for text in told]
    assert [getattr(image, field).endswith("…") for image in found] == [False, True]


@pytest.mark.parametrize(("size", "is_cut"), [(200_000, False), (200_001, True)])
def test_a_text_is_cut_where_it_is_too_long(size: int, is_cut: bool) -> None:
    """A long report would lose its end without a need, or a page without end fill the database."""
    assert article_within(story(body_text="x" * size)).truncated is is_cut


@pytest.mark.parametrize(("size", "is_cut"), [(400_000, False), (400_001, True)])
def test_markup_is_cut_where_it_is_too_long(size: int, is_cut: bool) -> None:
    """A story full of links would lose its end without a need, or its markup fill every feed."""
    assert article_within(story(content_html=f"<p>{'x' * (size - 7)}</p>")).truncated is is_cut


@pytest.mark.parametrize(("field", "most"), [("authors", 50), ("tags", 60)])
def test_names_of_a_story_are_counted(field: str, most: int) -> None:
    """A page that names a thousand tags would have them all in every feed, or a report lose its last author."""
    found = [
        getattr(article_within(story(**{field: tuple(f"N{n}" for n in range(size))})), field)
        for size in (most, most + 1)
    ]
    assert [len(names) for names in found] == [most, most]
    assert found[0][-1] == f"N{most - 1}"


def test_pictures_of_a_story_are_counted() -> None:
    """A gallery without end would be in every feed, or a long one lose its last picture."""
    images = tuple(Image(url=f"{SITE}{n}.jpg") for n in range(101))
    assert [len(article_within(story(images=images[:size])).images) for size in (99, 100, 101)] == [99, 100, 100]


def test_stories_of_a_list_are_counted() -> None:
    """A list of a hundred thousand stories would fill the database, or a long sitemap lose its first stories."""
    teasers = [Teaser(url=f"{SITE}{n}", title="Title") for n in range(1_001)]
    assert [len(teasers_within(teasers[:size])) for size in (999, 1_000, 1_001)] == [999, 1_000, 1_000]


@pytest.mark.parametrize(("length", "is_one"), [(2048, True), (2049, False)])
def test_an_address_has_two_thousand_characters(length: int, is_one: bool) -> None:
    """A story with many parameters in its address would be missing, or one without end choke its readers."""
    url = SITE + "x" * (length - len(SITE))
    assert (absolute(SITE, url) is not None) is is_one
    assert bool(teasers_within([Teaser(url=url, title="Title")])) is is_one


@pytest.mark.parametrize(("marks", "kept"), [(30, 30), (31, 30)])
def test_thirty_marks_stand_on_a_letter(marks: int, kept: int) -> None:
    """A heap of marks would hold up every comparison, or a letter of some script lose one of its own."""
    assert len(characters.without_heaps("a" + "\u0301" * marks + "b")) == kept + 2


# -- robots.txt


@pytest.mark.parametrize(
    ("before", "is_read"), [("Allow: /news\n" * 999, True), ("Allow: /news\n" * 1_000, False)], ids=["999", "1000"]
)
def test_a_thousand_rules_are_read(before: str, is_read: bool) -> None:
    """bantin would ask for what a long file forbids in its end, or each address be compared with rules without end."""
    assert ("/private" in for_product(f"User-agent: *\n{before}Disallow: /private\n")) is is_read


@pytest.mark.parametrize(("size", "is_read"), [(100_000, True), (100_001, False)])
def test_rules_have_room_for_a_hundred_thousand_characters(size: int, is_read: bool) -> None:
    """A large shop's rules would be read by half, or each address be compared with megabytes."""
    rest = size - 124 * 800 - len("/private")
    rules = f"Allow: /{'x' * 799}\n" * 124 + f"Allow: /{'y' * (rest - 1)}\n"
    assert ("/private" in for_product(f"User-agent: *\n{rules}Disallow: /private\n")) is is_read


@pytest.mark.parametrize(("length", "is_read"), [(1_000, True), (1_001, False)])
def test_a_rule_has_a_thousand_characters(length: int, is_read: bool) -> None:
    """A rule with a long pattern would be passed over, or one without end be compared with each address."""
    assert bool(for_product(f"User-agent: *\nDisallow: /{'x' * (length - 1)}\n")) is is_read


@pytest.mark.parametrize(("length", "rule"), [(2_000, "/private"), (2_001, "/privat")])
def test_a_line_has_two_thousand_characters(length: int, rule: str) -> None:
    """A rule behind many spaces would be lost, or a line of megabytes be taken apart."""
    line = f"Disallow:{' ' * (length - 17)}/private"
    assert for_product(f"User-agent: *\n{line}\n").endswith(f"disallow: {rule}")


# -- lists of subscriptions


def opml(*outlines: str) -> bytes:
    return f'<opml version="2.0"><body>{"".join(outlines)}</body></opml>'.encode()


def is_refused(body: bytes) -> bool:
    try:
        read_opml(body, "list.opml")
    except OpmlError:
        return True
    return False


def test_a_list_of_subscriptions_has_five_megabytes() -> None:
    """A large list would be refused without a need, or one without end fill the memory."""
    body = opml('<outline xmlUrl="https://news.example/feed"/>')
    assert [is_refused(body + b" " * (size - len(body))) for size in (5_000_000, 5_000_001)] == [False, True]


@pytest.mark.parametrize(("outlines", "refused"), [(5_000, False), (5_001, True)])
def test_a_list_of_subscriptions_has_five_thousand(outlines: int, refused: bool) -> None:
    """A newsroom's list would be refused without a need, or half a million sources be made of one file."""
    assert is_refused(opml("<outline/>" * outlines)) is refused


@pytest.mark.parametrize(("length", "kept"), [(500, 500), (501, 500)])
def test_a_subscriptions_title_has_five_hundred_characters(length: int, kept: int) -> None:
    """A source would be called by a text of megabytes, or lose the end of its name."""
    (found,) = read_opml(opml(f'<outline text="{"x" * length}" xmlUrl="https://news.example/feed"/>'), "list.opml")
    assert len(found.title) == kept


@pytest.mark.parametrize(("length", "kept"), [(64, 64), (65, 64)])
def test_a_sources_id_has_sixty_four_characters(length: int, kept: int) -> None:
    """The file that an import writes would be refused when it is read."""
    assert len(new_id(Subscription(title="x" * length, url=SITE, is_feed=True), set())) == kept


# -- feeds and sitemaps


def rss(*items: str) -> str:
    return f'<rss version="2.0"><channel><title>News</title>{"".join(items)}</channel></rss>'


def item(inner: str = "", name: object = "a") -> str:
    return f"<item><title>Story {name}</title><link>{SITE}{name}</link>{inner}</item>"


def only(text: str) -> Teaser:
    (found,) = read_feed(text, f"{SITE}feed")
    return found


def test_a_page_names_six_feeds() -> None:
    """A site's own feed would not be found, or all the hundred that its page names be asked for."""
    links = [f'<link rel="alternate" type="application/rss+xml" href="/{n}.rss">' for n in range(7)]
    assert [len(named_feeds(parse("".join(links[:count])), SITE)) for count in (5, 6, 7)] == [5, 6, 6]


@pytest.mark.parametrize(("items", "is_read"), [(500, True), (501, False)])
def test_five_hundred_items_of_a_feed_are_read(items: int, is_read: bool) -> None:
    """A busy site's stories would be missing, or a feed without end keep its worker busy."""
    found = read_feed(rss(*(item(name=n) for n in range(items))), f"{SITE}feed")
    assert (found[-1].url == f"{SITE}{items - 1}") is is_read


@pytest.mark.parametrize(("size", "is_whole"), [(1_999_000, True), (2_001_000, False)])
def test_the_texts_of_a_feed_have_room(size: int, is_whole: bool) -> None:
    """A feed with full texts would lose those of its older items, or fill the memory with them."""
    text = "ồ" * (size - 7)
    large = f"<description>Short</description><content:encoded>&lt;p&gt;{text}&lt;/p&gt;</content:encoded>"
    small = "<content:encoded>&lt;p&gt;Short&lt;/p&gt;</content:encoded>"
    found = read_feed(rss(item(large), item(small, "b")), f"{SITE}feed")
    assert (found[1].content_html is not None) is is_whole


@pytest.mark.parametrize("length", [500, 501])
def test_an_items_guid_has_five_hundred_characters(length: int) -> None:
    """Two items that differ in the end of a long guid would be one, or a guid without end fill the database."""
    assert only(rss(item(f'<guid isPermaLink="false">{"x" * length}</guid>'))).guid == "x" * 500


@pytest.mark.parametrize(("length", "is_whole"), [(100, True), (101, False)])
def test_a_short_text_is_the_title_that_its_item_lacks(length: int, is_whole: bool) -> None:
    """A ticker's notices would be cut off in their headlines, or have whole paragraphs for them."""
    text = ("ferry lake " * 10)[: length - 1].rstrip() + "."
    text = "x" * (length - len(text)) + text
    found = only(rss(f"<item><link>{SITE}a</link><description>{text}</description></item>"))
    assert (found.title == text) is is_whole


@pytest.mark.parametrize(
    ("field", "markup", "most"),
    [("tags", "<category>Ferry {}</category>", 20), ("authors", "<dc:creator>Ann Roe {}</dc:creator>", 12)],
)
def test_an_items_names_are_counted(field: str, markup: str, most: int) -> None:
    """An item filed under everything would fill each feed's categories, or a report lose its last author."""
    found = [getattr(only(rss(item("".join(map(markup.format, range(count)))))), field) for count in (most, most + 1)]
    assert [len(names) for names in found] == [most, most]


@pytest.mark.parametrize(("length", "kept"), [(200, 200), (201, 200)])
def test_an_items_author_has_two_hundred_characters(length: int, kept: int) -> None:
    """A long name would lose its end, or a text of megabytes be somebody's name."""
    assert [len(name) for name in only(rss(item(f"<author>{'x' * length}</author>"))).authors] == [kept]


@pytest.mark.parametrize(("begin", "is_read"), [(19_900, True), (20_000, False)])
def test_an_items_names_have_some_room(begin: int, is_read: bool) -> None:
    """A line before an item's time would hide it, or a name of megabytes be taken apart."""
    assert (only(rss(item(f"<pubDate>{' ' * begin}3 Mar 2026 10:00 GMT</pubDate>"))).published is not None) is is_read


@pytest.mark.parametrize(("entries", "is_read"), [(5_000, True), (5_001, False)])
def test_five_thousand_entries_of_a_sitemap_are_read(entries: int, is_read: bool) -> None:
    """A news story behind a site's pages would be missing, or an archive's sitemap keep its worker busy."""
    last = f"<url><loc>{SITE}last</loc><news:title>Last</news:title></url>"
    first = f"<url><loc>{SITE}first</loc><news:title>First</news:title></url>"
    found = read_sitemap(f"<urlset>{first}{'<url/>' * (entries - 2)}{last}</urlset>", SITE, timezone=HANOI)
    assert (found[-1].title == "Last") is is_read


@pytest.mark.parametrize(("parts", "read"), [(3, 3), (4, 3)])
def test_three_parts_of_an_index_are_read(parts: int, read: int) -> None:
    """The news before midnight would be missing, or all years of a site be fetched for today's."""
    entries = "".join(f"<sitemap><loc>{SITE}news-{n}.xml</loc></sitemap>" for n in range(parts))
    with pytest.raises(SitemapIndexError) as caught:
        read_sitemap(f"<sitemapindex>{entries}</sitemapindex>", SITE, timezone=HANOI)
    assert len(caught.value.parts) == read


@pytest.mark.parametrize(("begin", "is_declared"), [(1_991, True), (1_992, False)])
def test_a_document_type_stands_at_the_beginning(begin: int, is_declared: bool) -> None:
    """An entity that a feed declares would stand in its headlines, or each text be searched for a document type."""
    text = f"<!--{'x' * (begin - 7)}--><!DOCTYPE rss><rss><title>Ferry &lake9;</title></rss>"
    root = parse_mended(text)
    assert root is not None
    assert (root.findtext("title") == "Ferry ") is is_declared


# -- configuration


@pytest.mark.parametrize(("faults", "is_enough"), [(99, False), (100, True)])
def test_a_hundred_faults_are_told(faults: int, is_enough: bool) -> None:
    """An operator would mend a file in many rounds, or a broken one be compared with itself for minutes."""
    found = toml.Faults()
    for number in range(faults - 1):
        found.tell(f"line {number}")
    try:
        found.tell("the last line")
    except toml.TooManyFaultsError:
        assert is_enough
    else:
        assert not is_enough


@pytest.mark.parametrize(("names", "is_near"), [(1_000, True), (1_001, False)])
def test_a_thousand_names_are_compared(names: int, is_near: bool) -> None:
    """Nobody would be told the right spelling of a time zone, or a file with many faults be read for minutes."""
    known = ["Europe/Berlin", *(f"{n}" for n in range(names - 1))]
    assert bool(toml.nearest("Europe/Berlni", known)) is is_near


# -- bylines


def called(words: int, letters: int) -> str:
    """A name of so many words and letters."""
    parts = [f"{letter}ara" for letter in "ABDEFGHIJ"[:words]]
    return " ".join([*parts[:-1], parts[-1] + "m" * (letters - len(" ".join(parts)))])


@pytest.mark.parametrize(
    ("name", "is_one"),
    [(called(5, 60), True), (called(5, 61), False), (called(6, 40), True), (called(7, 40), False)],
    ids=["60 letters", "61 letters", "6 words", "7 words"],
)
def test_a_name_has_some_words(name: str, is_one: bool) -> None:
    """Somebody with a long name would have written nothing, or a sentence stand as the author of a story."""
    assert bool(people([name])) is is_one


@pytest.mark.parametrize(("authors", "named"), [(12, 12), (13, 12)])
def test_twelve_people_write_a_story(authors: int, named: int) -> None:
    """A report of a whole desk would lose names, or a list of members be the authors of every story."""
    assert len(people([", ".join(f"Ann {letter}oe" for letter in "ABCDEFGHIJKLM"[:authors])])) == named


@pytest.mark.parametrize(("begin", "is_read"), [(990, True), (1_000, False)])
def test_a_byline_has_a_thousand_characters(begin: int, is_read: bool) -> None:
    """The last of many authors would be lost, or a text without end be taken apart as names."""
    assert bool(people([f"{'-' * (begin - 3)} | Ann Roe"])) is is_read


# -- pages


def page(body: str, head: str = "") -> str:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


@pytest.mark.parametrize(("begin", "is_read"), [(199_900, True), (200_001, False)])
def test_a_saved_page_says_at_its_beginning_where_it_is_from(begin: int, is_read: bool) -> None:
    """A page with long styles could not be put in, or a file of megabytes be searched for its address."""
    html = f'<style>{"x" * (begin - 15)}</style><link rel="canonical" href="{SITE}a">'
    assert (own_address(html.encode()) is not None) is is_read


@pytest.mark.parametrize(("good", "is_utf8"), [(11, True), (10, False)])
def test_one_bad_byte_in_eleven_letters_is_a_fault(good: int, is_utf8: bool) -> None:
    """One pasted character would garble a whole page, or a page in another encoding be read as broken UTF-8."""
    body = "ồ".encode() * good + b" \xe9 " + b"Ferry " * 10
    assert ("ồ" * good in decode(body, "text/html; charset=iso-8859-1")) is is_utf8


@pytest.mark.parametrize(("begin", "is_read"), [(4_000, True), (4_097, False)])
def test_an_encoding_is_declared_at_the_beginning(begin: int, is_read: bool) -> None:
    """A page that declares its encoding behind its scripts would be garbled, or each page be searched to its end."""
    body = f"<!--{'x' * (begin - 7)}--><meta charset=mac_roman>".encode() + "Straße".encode("mac_roman")
    assert ("Straße" in decode(body)) is is_read


@pytest.mark.parametrize(("width", "is_small_one"), [(39, True), (40, False)])
def test_a_picture_with_a_side_of_forty_is_one(width: int, is_small_one: bool) -> None:
    """An icon would be the picture of a story, or a small one be lost."""
    assert is_small(size_of({"width": str(width), "height": "900"})) is is_small_one


@pytest.mark.parametrize(("width", "is_size"), [("20000", True), ("20001", False)])
def test_a_side_of_twenty_thousand_is_a_size(width: str, is_size: bool) -> None:
    """A panorama would have no size, or readers be told of a picture as wide as a street."""
    assert (size_of({"width": width, "height": "900"})[0] is not None) is is_size


@pytest.mark.parametrize(("length", "is_one"), [(2048, True), (2049, False)])
def test_a_waiting_pictures_address_has_two_thousand_characters(length: int, is_one: bool) -> None:
    """A picture behind an image server would be lost, or a picture's own data be taken for its address."""
    assert bool(waiting({"data-later": f"/{'x' * (length - 5)}.jpg"})) is is_one


@pytest.mark.parametrize(("entries", "is_read"), [(2_000, True), (2_001, False)])
def test_two_thousand_elements_of_a_head_are_read(entries: int, is_read: bool) -> None:
    """A page would lose its own title among its pictures', or one with a million elements keep its worker busy."""
    metas = "<meta>" * (entries - 1) + '<meta property="og:title" content="Ferry">'
    assert (Head(parse(page("", metas))).first("og:title") == "Ferry") is is_read


@pytest.mark.parametrize(("nodes", "is_read"), [(2_000, True), (2_001, False)])
def test_two_thousand_objects_of_structured_data_are_read(nodes: int, is_read: bool) -> None:
    """A long list's last stories would be lost, or a page with a million objects keep its worker busy."""
    told = json.dumps([{"@type": "Thing"}] * (nodes - 1) + [{"@type": "NewsArticle"}])
    found = json_ld(parse(page("", f'<script type="application/ld+json">{told}</script>')))
    assert (found[-1]["@type"] == "NewsArticle") is is_read


@pytest.mark.parametrize(("length", "is_read"), [(60, True), (61, False)])
def test_what_structured_data_are_wrapped_in_is_short(length: int, is_read: bool) -> None:
    """An old theme's stories would lose their dates, or a long text be looked through for the end of its wrapping."""
    script = f'//<![CDATA[\n{{"@type": "NewsArticle"}}//{" " * (length - 5)}]]>'
    found = json_ld(parse(page("", f'<script type="application/ld+json">{script}</script>')))
    assert bool(found) is is_read


@pytest.mark.parametrize(("count", "is_read"), [(1_000, True), (1_001, False)])
def test_a_thousand_elements_are_asked_for_names(count: int, is_read: bool) -> None:
    """A story's author would be lost behind its tags, or a page of nothing else keep its worker busy."""
    html = '<i class="tagged"></i>' * (count - 1) + '<a rel="author">Ann Roe</a>'
    assert bool(Printed(parse(page(html))).bylines()) is is_read


@pytest.mark.parametrize(("what", "most"), [("bylines", 4), ("tags", 40), ("onward", 60)])
def test_what_a_page_prints_is_counted(what: str, most: int) -> None:
    """All names in the comments would be authors, all links tags, or each page of an archive the story's next."""
    html = '<a rel="author tag" class="author" href="/page/1">Ann Roe</a>' if what == "bylines" else ""
    html = html or '<a rel="tag" href="/page/1">Ferry</a>'
    found = [getattr(Printed(parse(page(html * count))), what)() for count in (most - 1, most, most + 1)]
    assert [len(each) for each in found] == [most - 1, most, most]


@pytest.mark.parametrize(("length", "is_label"), [(48, True), (49, False)])
def test_a_label_goes_on_for_a_few_words(length: int, is_label: bool) -> None:
    """A sentence that begins like a label would be cut out of the story, or a long label stay in it."""
    labels = Labels(related=["more from…"])
    assert (labels.kind("More from" + " " + "x" * (length - 1)) is not None) is is_label


# -- the state of scripts


def states(html: str) -> list[Any]:
    return list(values(parse(html).css("script")))


@pytest.mark.parametrize(("others", "is_read"), [(29_998, True), (29_999, False)])
def test_thirty_thousand_objects_of_a_state_are_read(others: int, is_read: bool) -> None:
    """A page that scripts build would have no story, or one with a million objects keep its worker busy."""
    told: list[Any] = [[] for _ in range(others)]
    assert any(node.get("headline") for node in objects([*told, {"headline": "Ferry"}])) is is_read


@pytest.mark.parametrize(("size", "is_read"), [(8_000_000, True), (8_000_001, False)])
def test_a_state_has_eight_megabytes(size: int, is_read: bool) -> None:
    """A front page with all its data would list nothing, or a state without end fill the memory."""
    told = json.dumps({"headline": "Ferry", "rest": ""})
    told = told[:-2] + "x" * (size - len(told)) + told[-2:]
    assert bool(decoded(told)) is is_read
    assert bool(states(f'<script type="application/json">{told}</script>')) is is_read


@pytest.mark.parametrize(("count", "read"), [(50, 50), (51, 50)])
def test_fifty_values_of_a_page_are_read(count: int, read: int) -> None:
    """A page of many islands would lose its stories, or one of a million keep its worker busy."""
    island = f'<script type="application/json">{json.dumps({"text": "x" * 80})}</script>'
    assert len(states(island * count)) == read


@pytest.mark.parametrize(("length", "is_story"), [(300, False), (301, True)])
def test_a_storys_text_in_a_state_has_some_length(length: int, is_story: bool) -> None:
    """The summary of a story would be its text, or a short notice have none."""
    told = {"headline": "The ferry returns to the lake", "body": f"<b></b>{'x' * length}"}
    assert (own_story([told], "The ferry returns to the lake", "/") is not None) is is_story


@pytest.mark.parametrize(("parts", "is_read"), [(1_999, True), (2_000, False)])
def test_two_thousand_paragraphs_of_a_state_are_read(parts: int, is_read: bool) -> None:
    """A live blog would lose its beginning, or a list of a million numbers be a story."""
    told = {"headline": "Ferry", "body": ["x"] * (parts - 1) + ["The last paragraph"]}
    assert ("The last paragraph" in html_of(told)) is is_read


# -- what a profile finds


@pytest.mark.parametrize(("authors", "named"), [(40, 40), (41, 40)])
def test_forty_matches_of_a_profile_are_read(authors: int, named: int) -> None:
    """A rule that matches half of the page would make authors of it, or one of many contributors be left out."""
    html = "".join(f"<b>Ann Roe {n}</b>" for n in range(authors))
    assert len(ArticleAnswers(parse(page(html)), ArticleRules(authors="b")).authors) == named


@pytest.mark.parametrize(("items", "read"), [(1_000, 1_000), (1_001, 1_000)])
def test_a_thousand_items_of_a_profile_are_read(items: int, read: int) -> None:
    """A rule that matches every element would keep its worker busy, or a long list lose its last stories."""
    html = "".join(f"<li><a href=/{n}>{n}</a></li>" for n in range(items))
    rules = ListRules(item="li", link="a", title="a")
    assert len(read_items(parse(page(html)), rules, SITE, lambda _: [], lambda _: None)) == read


# -- dates in texts


def told(text: str, now: datetime | None = None, language: str = "en") -> datetime | None:
    moment = parse_date(text, timezone=LONDON, language=language, now=now)
    return moment.at if moment else None


@pytest.mark.parametrize(("length", "is_read"), [(300, True), (301, False)])
def test_a_date_stands_in_the_first_three_hundred_letters(length: int, is_read: bool) -> None:
    """A story whose time stands in a long line would have none, or a whole text be searched for one."""
    assert (told(f"{'x' * (length - 13)} 3 March 2026") is not None) is is_read


@pytest.mark.parametrize(("between", "has_clock"), [(54, True), (56, False)])
def test_a_clock_stands_near_its_day(between: int, has_clock: bool) -> None:
    """A story would be at midnight though its line tells its hour, or at the hour of some event in it."""
    moment = parse_date(f"{'x' * 120} 3 March 2026 {'x' * (between - 2)} 14:05 x", timezone=LONDON, language="en")
    assert moment is not None
    assert (moment.precision == "minute") is has_clock


@pytest.mark.parametrize(("length", "is_read"), [(60, True), (61, False)])
def test_a_year_of_two_digits_stands_in_a_short_line(length: int, is_read: bool) -> None:
    """A story dated 27.02.25 would have no time, or the result of a match be the day of its report."""
    assert (told(f"27.02.25 {'x' * (length - 9)}") is not None) is is_read


@pytest.mark.parametrize(("text", "is_read"), [("27.02.39", True), ("27.02.40", False)])
def test_years_of_two_digits_are_of_the_near_future_at_most(text: str, is_read: bool) -> None:
    """A story of this year would have no time, or one of 1998 be of the next century."""
    assert (told(text) is not None) is is_read


@pytest.mark.parametrize(("length", "is_read"), [(40, True), (41, False)])
def test_a_day_without_a_year_stands_in_a_short_line(length: int, is_read: bool) -> None:
    """A list that leaves the year out would have no times, or a sentence with a day be one."""
    assert (told(f"20/11 09:02 {'x' * (length - 12)}", NOW) is not None) is is_read


@pytest.mark.parametrize(("ahead", "is_read"), [(timedelta(hours=24), True), (timedelta(hours=24, minutes=1), False)])
def test_a_date_is_a_day_ahead_at_most(ahead: timedelta, is_read: bool) -> None:
    """An announced event's day would be the story's, or a story from a zone ahead have none."""
    assert (told(f"{NOW + ahead:%Y-%m-%dT%H:%M:%SZ}", NOW) is not None) is is_read


@pytest.mark.parametrize(("length", "is_read"), [(48, True), (49, False)])
def test_a_time_ago_stands_in_a_short_line(length: int, is_read: bool) -> None:
    """A list that counts hours would have no times, or a headline about something long ago be one."""
    assert (told(f"2 hours ago {'x' * (length - 12)}", NOW) is not None) is is_read


@pytest.mark.parametrize(("text", "is_read"), [("60 days ago", True), ("61 days ago", False)])
def test_times_ago_are_of_two_months(text: str, is_read: bool) -> None:
    """An old story of a list would have no time, or "900 days ago" in a headline date it."""
    assert (told(text, NOW) is not None) is is_read


@pytest.mark.parametrize(("text", "precision"), [("46 hours ago", "minute"), ("2 days ago", "day")])
def test_days_ago_tell_no_hour(text: str, precision: str) -> None:
    """A story of "2 days ago" would be put at the hour of the poll, or one of "46 hours ago" at midnight."""
    moment = parse_date(text, timezone=LONDON, language="en", now=NOW)
    assert moment is not None
    assert moment.precision == precision


@pytest.mark.parametrize(("offset", "hour"), [("+14:00", 20), ("+15:00", 10)])
def test_no_zone_is_farther_than_fourteen_hours(offset: str, hour: int) -> None:
    """A story from Kiribati would be a day off, or a misprinted offset move one by two days."""
    moment = told(f"2026-01-03T10:00:00{offset}")
    assert moment is not None
    assert moment.astimezone(UTC).hour == hour


# -- sizes that only bound the work


@pytest.mark.parametrize(("before", "is_read"), [(399_900, True), (400_000, False)])
def test_a_page_is_scanned_up_to_so_many_nodes(before: int, is_read: bool) -> None:
    """The end of a long live blog would be lost, or a page without end keep its worker busy."""
    assert bool(Scan(parse(f"<body>{'<!---->' * before}<p>The end</p>")).flow) is is_read


@pytest.mark.parametrize("size", [49_999_999, 50_000_001])
def test_a_packed_file_holds_fifty_megabytes(size: int) -> None:
    """A large sitemap would be cut off, or a small file be unpacked until the memory is full."""
    assert len(unpacked(gzip.compress(bytes(size), 1))) == min(size, 50_000_000)


@pytest.mark.parametrize(("year", "is_read"), [(1989, False), (1990, True), (2100, True), (2101, False)])
def test_dates_are_of_the_time_of_the_web(year: int, is_read: bool) -> None:
    """A story about 1848 would be dated by it, or a site's whole archive have no dates."""
    assert (told(f"3 March {year}") is not None) is is_read

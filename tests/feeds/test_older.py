"""Where a list goes on: which of a page's many addresses lead to older stories, and which only look so."""

# ruff: noqa: E501 - pages are written down as sites write them

from __future__ import annotations

import json

import pytest

from feeds.reading.documents.older import older_feed
from feeds.reading.listing.older import older_pages
from tests.costs import times_as_dear

SITE = "https://www.hoaban.example"
LIST = f"{SITE}/thoi-su.htm"
STORIES = "".join(
    f"<div class=card><h3><a href='/song-lam-thong-xe-cau-moi-so-{n}-2002026{n:05}.htm'>Cầu mới số {n} trên sông Lam đã thông xe</a></h3></div>"
    for n in range(12)
)
MENU = "<nav><a href='/thoi-su.htm'>Thời sự</a><a href='/kinh-te.htm'>Kinh tế</a><a href='/the-thao.htm'>Thể thao</a></nav>"


def page(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>Hoa Ban</title>{head}</head><body>{MENU}<main>{STORIES}</main>{body}</body></html>"


def older(body: str, url: str = LIST, head: str = "") -> list[str]:
    """What is found, without the site."""
    return [address.removeprefix(SITE) for address in older_pages(page(body, head), url)]


# What is shown below a list, the list's path, and where it goes on.
KINDS = {
    "a number in a pager": (
        "<div class=pagination><span class=current>1</span><a href='/kinh-te-p2'>2</a><a href='/kinh-te-p3'>3</a></div>",
        "/kinh-te",
        "/kinh-te-p2",
    ),
    "a pager on a later page": (
        "<ul class=pager><li><a href='/tin/page/3/'>‹</a><li><a href='/tin/page/3/'>3</a><li><b>4</b><li><a href='/tin/page/5/'>5</a><li><a href='/tin/page/5/'>›</a></ul>",
        "/tin/page/4/",
        "/tin/page/5/",
    ),
    "English, older": ("<a href='/news/page/2/'>Older posts →</a>", "/news/", "/news/page/2/"),
    "English, previous entries, which go on": (
        "<div class=nav-previous><a href='/page/2/'>« Previous Entries</a></div>",
        "/",
        "/page/2/",
    ),
    "Vietnamese, next page": ("<a href='/kinh-te/trang-2.htm'>Trang sau</a>", "/kinh-te.htm", "/kinh-te/trang-2.htm"),
    "Vietnamese, a loader of another address": (
        "<div class=loadmore><a href='/timeline/88/trang-2.htm'>Xem thêm</a></div>",
        "/thoi-su.htm",
        "/timeline/88/trang-2.htm",
    ),
    "German": ("<a class=weiter href='?seite=2'>Ältere Artikel</a>", "/lokales", "/lokales?seite=2"),
    "French": ("<a href='/region/page2/'>Page suivante</a>", "/region/", "/region/page2/"),
    "Spanish": ("<a href='/sucesos/pagina/2'>Siguiente »</a>", "/sucesos", "/sucesos/pagina/2"),
    "Chinese": ("<a href='/yaowen/index_2.html'>下一页</a>", "/yaowen/index.html", "/yaowen/index_2.html"),
    "Japanese": ("<a href='/news/?p=2'>次へ</a>", "/news/", "/news/?p=2"),
    "Korean": ("<a class=btn href='/local/list?page=2'>더보기</a>", "/local/list", "/local/list?page=2"),
    "Russian": ("<a href='/novosti/?PAGEN_1=2'>Показать ещё новости</a>", "/novosti/", "/novosti/?PAGEN_1=2"),
    "Arabic": ("<a href='/akhbar/page/2'>الصفحة التالية</a>", "/akhbar", "/akhbar/page/2"),
    "an arrow alone": ("<div class=paging><a href='/tin/2'>»</a></div>", "/tin", "/tin/2"),
    "an arrow that is drawn, with a label for those who cannot see it": (
        "<a aria-label='Next page' href='?trang=2'><svg></svg></a>",
        "/tin",
        "/tin?trang=2",
    ),
    "a current page that only the markup tells": (
        "<nav><a href='?start=0'>1</a><a aria-current=page>2</a><div class=pages><a href='?start=40'>3</a></div></nav>",
        "/tin?start=20",
        "/tin?start=40",
    ),
    "pages that count from nought": (
        "<ul class=pager><li class=active>1<li><a href='?page=1'>2</a><li><a href='?page=2'>3</a></ul>",
        "/tin",
        "/tin?page=1",
    ),
    "a later page of those that count from nought": (
        "<a href='?page=0'>1</a><a href='?page=2'>3</a><a href='?page=3'>4</a>",
        "/tin?page=1",
        "/tin?page=2",
    ),
    "two pagers' numbers in one parameter": (
        "<ul class=pager><li><a href='?page=0%2C1'>2</a><li><a rel=next href='?page=0%2C1'>Next</a></ul>",
        "/tin",
        "/tin?page=0%2C1",
    ),
    "an icon in a link": (
        "<a class='next page-numbers' href='/page/2.html'><i class=icon></i></a>",
        "/",
        "/page/2.html",
    ),
    "Polish, a count of pages from nought": (
        "<a href='?from=1' title='x'>Następna strona &gt;</a>",
        "/kraj",
        "/kraj?from=1",
    ),
    "how many to skip, for a script": (
        "<li data-next-url='/feed/more?offset=20'></li>",
        "/tin",
        "/feed/more?offset=20",
    ),
    "more parameters than the list has": (
        "<a href='?m=tin&amp;page=2&amp;perpage=20'>下一页</a>",
        "/?m=tin",
        "/?m=tin&page=2&perpage=20",
    ),
    "a label with a number of its own": ("<a href='?page=2'>Next 20</a>", "/tin", "/tin?page=2"),
    "rel=next on a link": ("<a rel='nofollow next' href='/tin/p2'>Cũ</a>", "/tin", "/tin/p2"),
    "behind a story": ("<a href='/tin?after=k81x'>Older posts</a>", "/tin", "/tin?after=k81x"),
    "behind a time, elsewhere": (
        "<a class=blog-pager-older-link href='/search?updated-max=2026-02-01T08:00&amp;max-results=7'>Older Posts</a>",
        "/",
        "/search?updated-max=2026-02-01T08:00&max-results=7",
    ),
    "a button for a script": (
        "<button class=btn-more data-url='/ajax/category/12/2.html'>Xem thêm</button>",
        "/thoi-su.htm",
        "/ajax/category/12/2.html",
    ),
    "a named attribute": (
        "<div data-page=1 data-next-page='/thoi-su/page/2/'></div>",
        "/thoi-su/",
        "/thoi-su/page/2/",
    ),
    "JSON in an attribute": (
        """<div data-settings='{"pager":{"next_page":"https:\\/\\/www.hoaban.example\\/tin\\/page\\/2\\/"}}'></div>""",
        "/tin/",
        "/tin/page/2/",
    ),
    "a call in an attribute": (
        """<span onclick="loadMore('/timeline/88/trang-2.htm')">Xem</span>""",
        "/thoi-su.htm",
        "/timeline/88/trang-2.htm",
    ),
    "a path in a script": (
        "<script>var pager = {url: '/timeline/88/trang-2.htm', size: 20};</script>",
        "/thoi-su.htm",
        "/timeline/88/trang-2.htm",
    ),
    "a query in a script": ("<script>$('#more').load(\"?page=2\")</script>", "/tin", "/tin?page=2"),
    "a state with the next page": (
        '<script type="application/json">{"list":{"nextUrl":"/tin?cursor=q81"}}</script>',
        "/tin",
        "/tin?cursor=q81",
    ),
    "a state that streams": (
        r'<script>self.__next_f.push([1,"3:{\"next\":{\"href\":\"/tin?cursor=q81\"}}"])</script>',
        "/tin",
        "/tin?cursor=q81",
    ),
    "a hole for the number": (
        "<div data-load-url='/thoi-su/trang-{page}.htm'></div>",
        "/thoi-su.htm",
        "/thoi-su/trang-2.htm",
    ),
    "the list's other name": ("<a href='/tin-tuc/thoi-su/2'>2</a>", "/thoi-su.htm", "/tin-tuc/thoi-su/2"),
    "a list of photos": (
        "<div class=gallery-pager><a href='/photo/page/2'>2</a></div>",
        "/photo",
        "/photo/page/2",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_pager_is_followed(kind: str) -> None:
    """A source whose list turned over between two polls would lose the stories that only its second page still has."""
    body, path, expected = KINDS[kind]
    head = f"<link rel=canonical href='{SITE}/tin-tuc/thoi-su'>" if "other name" in kind else ""
    assert older(body, SITE + path, head) == [expected]


def test_the_head_is_believed_first() -> None:
    """A poll would follow a script's fragment where the page itself says which page comes next."""
    found = older(
        "<div class=loadmore><a href='/timeline/88/trang-2.htm'>Xem thêm</a></div><a href='?page=2'>2</a>",
        head="<link rel=next href='/thoi-su/trang-2.htm'>",
    )
    assert found == ["/thoi-su/trang-2.htm", "/thoi-su.htm?page=2", "/timeline/88/trang-2.htm"]


# What looks like a pager and is none, and the list's path.
OTHERS = {
    "the next story": ("<a rel=next href='/mua-lon-o-hoa-ban-20020260001.htm'>Next</a>", "/thoi-su.htm"),
    "the next page of a manual": ("<a href='/tin/next-post/' data-next-url='/tin/next-post/'>Next</a><i data-next-url='/auth/?next=/tin/'></i>", "/tin/"),
    "the next post of a blog": ("<a rel=next href='/2026/02/rain/'>Next post: Rain →</a>", "/2026/02/bridge/"),
    "the way back": ("<a href='/tin/page/2/'>« Newer posts</a><a href='/tin/page/2/'>Trang trước</a>", "/tin/page/3/"),
    "fewer than now are left out": ("<ul class=pager><li><a href='?start=10'>2</a></ul>", "/tin?start=30"),
    "the last page": ("<ul class=pager><li><a href='/tin/page/87/'>»</a></ul>", "/tin/"),
    "the page itself": ("<ul class=pager><li><a href='/tin/page/2/'>2</a></ul>", "/tin/page/2/"),
    "a calendar": (
        "<table class=calendar><tr><td><a href='/tin/1'>1</a><td><a href='/tin/2'>2</a></table>",
        "/tin",
    ),
    "days as numbers": ("<a href='/2026/02/05'>5</a><a href='/2026/02/03'>3</a>", "/2026/02"),
    "tomorrow": ("<a href='/tin/2026/02/05/'>5</a>", "/tin/2026/02/04/"),
    "further comments": (
        "<div id=comments><a href='?page=2'>2</a></div><a href='/tin/comment-page-2/'>Next</a><a href='?cpage=2'>Older comments</a>",
        "/tin",
    ),
    "a slide show": ("<div class='photo-slider'><a href='?page=2'>›</a></div><a rel=next href='/gallery/9?page=2'>Next</a>", "/tin"),
    "another section's second page": ("<div class=more><a href='/kinh-te/trang-2.htm'>Xem thêm</a></div>", "/thoi-su.htm"),
    "a section": ("<a class=more href='/kinh-te.htm'>Xem thêm</a>", "/thoi-su.htm"),
    "a section with a number": ("<nav><a href='/zone/13'>Đời sống</a></nav>", "/zone/12"),
    "a script for a link": ("<div class=pager><a href='javascript:go(2)'>2</a><a href='#page=2'>Next</a></div>", "/tin"),
    "another site": ("<a rel=next href='https://khac.example/thoi-su/page/2/'>Next</a>", "/thoi-su/"),
    "the second page of a story": ("<a href='/cau-moi-tren-song-lam/page/2/'>2</a>", "/thoi-su/"),
    "a second visit": ("<a class=btn href='/tham-quan-2/'>Weiter »</a>", "/tham-quan/"),
    "the size of a page": ("<a href='?page_size=2'>2</a><a href='?page_id=2'>2</a><script>x='/api/list?per_page=2'</script>", "/"),
    "a picture for a script": ("<img data-original='/page/2.jpg'><script>a='/ajax/list/2.js'</script>", "/"),
    "no pager at all": ("<footer><a href='/lien-he'>Liên hệ</a></footer>", "/thoi-su.htm"),
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_no_pager_is_left_alone(kind: str) -> None:
    """A poll would spend its requests on comments, galleries and other sections, and alert of their stories."""
    body, path = OTHERS[kind]
    assert older(body, SITE + path) == []


def test_a_page_that_gives_the_first_ones_name_as_its_own_is_still_itself() -> None:
    """The third page would be taken for the first, and the second be followed for ever."""
    pager = "".join(f"<a href='/tin/page/{number}/'>{number}</a>" for number in range(1, 6))
    assert older(pager, f"{SITE}/tin/page/3/", f"<link rel=canonical href='{SITE}/tin/'>") == ["/tin/page/4/"]


def test_pages_read_already_are_left_out() -> None:
    """A poll that follows a pager would go round in a circle."""
    html = page("<a rel=next href='/tin/page/2'>2</a><a href='?page=2'>2</a>")
    url = f"{SITE}/tin/"
    assert older_pages(html, url, seen=["http://hoaban.example/tin/page/2/?utm_source=a#top"]) == (f"{url}?page=2",)


def test_a_page_number_survives_the_cleaning() -> None:
    """Every further page would be the first again, were the number taken for a trace of how a reader came."""
    assert older("<a href='?utm_source=pager&amp;pg=2&amp;fbclid=x'>2</a>", f"{SITE}/tin") == ["/tin?pg=2"]


def test_of_days_the_one_before_comes_first() -> None:
    """Someone who watches a day's archive would get last year's, or tomorrow's, for what was missed today."""
    body = (
        "".join(f"<a href='/tin/2026/02/0{day}/'>0{day}</a>" for day in (1, 3, 2, 5)) + "<a href='/tin/2026/01/'>1</a>"
    )
    assert older(body, f"{SITE}/tin/2026/02/04/") == ["/tin/2026/02/03/", "/tin/2026/02/02/", "/tin/2026/02/01/"]
    paged = older(body + "<a href='/tin/2026/02/04/page/2/'>2</a>", f"{SITE}/tin/2026/02/04/")
    assert paged[0] == "/tin/2026/02/04/page/2/"


def test_addresses_are_relative_to_the_base() -> None:
    """Sites with a base element would answer 404 to every further page."""
    assert older("<a href='tin?page=2'>2</a>", f"{SITE}/tin", "<base href='/'>") == ["/tin?page=2"]


GROWING = {
    "links": lambda n: "".join(f"<a href='/page/{i % 7}/{i}'>{i}</a>" for i in range(n)),
    "pagers": lambda n: "<div class=pagination>" + "<a href='?page=2&amp;x=%d'>2</a>" * n + "</div>",
    "questions": lambda n: "<a href='?after=1'><b>Older</b></a>" * n,
    "nested": lambda n: "<div class=a>" * min(n, 3000) + "<a href='?page=2'>2</a>" * (n // 10),
    "attributes": lambda n: "<i data-url='/page/2/'></i>" * n,
    "quotes": lambda n: "<script>" + "'/page/2\\" * n + "</script>",
    "holes": lambda n: "<i data-url='" + "{{page" * (n // 10) + "'></i>" + "<script>'" + "${ page" * n + "'</script>",
}


@pytest.mark.parametrize("kind", GROWING)
def test_what_looking_costs_grows_as_the_page_does(kind: str) -> None:
    """One hostile page would hold up the worker that reads for all sources."""

    def work(html: str) -> object:
        return older_pages(html, LIST)

    small, large = page(GROWING[kind](1_000)), page(GROWING[kind](8_000))
    assert times_as_dear(work, large, small) < 24  # it is eight times as long; 64 would be quadratic


def test_a_pager_behind_many_links_is_found_and_three_are_enough() -> None:
    """A long page would seem to have no second one, or every poll would follow a hundred addresses."""
    many = "".join(f"<a href='/tin-ngan-so-{n}.htm'>{n}</a>" for n in range(20_000))
    assert older(f"{many}<div class=pager><a href='/thoi-su/trang-2.htm'>2</a></div>") == ["/thoi-su/trang-2.htm"]
    assert len(older("".join(f"<a href='/timeline/{n}/trang-2.htm'>Load more</a>" for n in range(50)))) == 3


# --- feeds

FEED = "https://hoaban.example/feed/"
ATOM = "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'>{}<entry><link rel='next' href='/story'/></entry></feed>"
RSS = "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><link>https://hoaban.example/</link>{}<item><title>Mưa</title></item></channel></rss>"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (ATOM.format("<link rel='self' href='/feed/'/><link href='/feed/?p=2&amp;q=1' rel='next'/>"), ["/feed/?p=2&q=1"]),
        (ATOM.format("<link rel='prev-archive' href='a/1'/><link rel='next' href='?page=2'/>"), ["/feed/?page=2", "/feed/a/1"]),
        (ATOM.replace("<feed", "<feed xml:base='/old/'").format("<link rel='prev-archive' href='7.atom'/>"), ["/old/7.atom"]),
        (RSS.format("<atom:link rel=\"next\" href=\"/feed/2\" />"), ["/feed/2"]),
        (RSS.format("<atom:link rel='http://www.iana.org/assignments/relation/next' href='/feed/2'/>"), ["/feed/2"]),
        (RSS.format("<generator>https://wordpress.org/?v=6.9</generator>"), ["/feed/?paged=2"]),
        (RSS.format("<generator>Hoa Ban 2</generator>"), []),
        (RSS.format("<!-- <atom:link rel='next' href='/no'/> --><description><![CDATA[<link rel='next' href='/no'>]]></description>"), []),
        (RSS.format("<atom:link rel='next' href='https://khac.example/feed/2'/>"), []),
        (RSS.format("<atom:link rel='previous' href='/feed/0'/><atom:link rel='next-archive' href='/feed/9'/>"), []),
        (RSS.format("") + "<atom:link rel='next' href='", []),
        ("<html><head><link rel='next' href='/page/2'></head></html>", []),
    ],
)  # fmt: skip
def test_a_feed_says_where_it_goes_on(document: str, expected: list[str]) -> None:
    """Entries that left a short feed between two polls would be lost, though the feed's next page has them."""
    assert [address.removeprefix("https://hoaban.example") for address in older_feed(document, FEED)] == expected
    assert older_feed(document.encode(), FEED) == older_feed(document, FEED)


def test_wordpress_pages_are_counted_on() -> None:
    """The second page of a feed would lead to itself."""
    html = RSS.format("<generator>https://wordpress.org/?v=6.9</generator>")
    assert older_feed(html, f"{FEED}?cat=3&paged=2") == (f"{FEED}?cat=3&paged=3",)
    assert older_feed(html, f"{FEED}?cat=3") == (f"{FEED}?cat=3&paged=2",)


def test_a_json_feed_says_it_at_its_top_only() -> None:
    """An item that has such a key, or a text that quotes one, would lead a poll astray."""
    version = "https://jsonfeed.org/version/1.1"
    items = [{"id": "1", "_x": {"next_url": "/no"}, "content_text": '"next_url": "/no"'}]
    told = {"version": version, "items": items, "next_url": "https://hoaban.example/feed/2.json"}
    assert older_feed(json.dumps(told), FEED) == ("https://hoaban.example/feed/2.json",)
    assert older_feed(json.dumps({"version": version, "items": items, "next_url": None}), FEED) == ()
    assert older_feed(json.dumps({"version": version, "title": "next_url", "items": []}), FEED) == ()


@pytest.mark.parametrize(
    "unit", ["<link rel='next' href='", '{"a":', '"\\', "<!--", "<![CDATA[", "<link a=b ", "<x:" * 9]
)
def test_a_broken_feed_costs_no_time(unit: str) -> None:
    """One hostile feed would hold up the worker that reads for all sources."""
    for head, whole in (("<rss>", "<a b='c'/>"), ('{"version": "https://jsonfeed.org/version/1.1", ', '"a": {}, ')):
        plain, hostile = (head + part * (200_000 // len(part)) for part in (whole, unit))
        assert times_as_dear(lambda text: [older_feed(text, FEED) for _ in range(3)], hostile, plain) < 20

"""Site profiles: what they say replaces what the generic way finds, and nothing else. The pages are invented."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from feeds.errors import ProfileError
from feeds.reading.article.extract import extract_article
from feeds.reading.listing.find import find_teasers
from feeds.reading.page.dom import parse
from feeds.reading.sites.file import read_profile
from feeds.reading.sites.profiles import Profile, choose, profile_of
from tests.feeds import invented_lists as lists
from tests.feeds.invented_lists import card, plain
from tests.feeds.test_article import BODY, PARAGRAPHS, URL, page

FILE = "/etc/bantin/profiles/song-lam.toml"
ADVERT = "Cuốn sách về những cây cầu nay chỉ còn một trăm nghìn đồng tại nhà sách của báo, giao hàng miễn phí."


def profile(text: str, *, hosts: str = "bao-song-lam.example", file: str = FILE) -> Profile:
    """A profile with one layout."""
    return read_profile(f'hosts = ["{hosts}"]\n[[layout]]\n{text}', file)


def article_rules(text: str) -> list[Profile]:
    """A profile that has these rules for articles."""
    return [profile(f"[layout.article]\n{text}")]


def list_rules(text: str) -> list[Profile]:
    """A profile that has these rules for lists, of the newspaper of the invented lists."""
    return [profile(f"[layout.list]\n{text}", hosts="baohoaban.vn")]


# -- articles


def test_every_part_of_a_story_may_be_told() -> None:
    """The author of a profile could not correct a field, and nobody would say that the key has no effect."""
    html = page(
        "<h2 class=real>Cầu đi bộ đã thông xe</h2><p class=kick>Tóm tắt do toà soạn viết.</p>"
        "<div class=who><b>Lê Mai</b> và <b>Trần An</b></div><i class=when>07:30 - 01/02/2031</i>"
        f"<div id=x1>{BODY}</div><em class=agency>Nguồn: Thông tấn Sông Lam</em><u class=topic>cầu, sông; đi bộ</u>"
    )
    told = extract_article(
        html,
        URL,
        timezone=ZoneInfo("Asia/Ho_Chi_Minh"),
        profiles=article_rules(
            'title = "h2.real"\nsummary = ".kick"\nauthors = ".who"\npublished = ".when"\nbody = "#x1"\n'
            'credit = ".agency"\ntags = ".topic"'
        ),
    )
    assert told.title == "Cầu đi bộ đã thông xe"
    assert told.summary == "Tóm tắt do toà soạn viết."
    assert told.authors == ("Lê Mai", "Trần An")
    assert told.published is not None
    assert told.published.isoformat() == "2031-02-01T07:30:00+07:00"
    assert told.body_text.split("\n\n") == list(PARAGRAPHS)
    assert told.credit == "Thông tấn Sông Lam"
    assert told.tags == ("cầu", "sông", "đi bộ")


def test_what_a_profile_does_not_find_stays_generic() -> None:
    """A redesign of the site would empty every field that its profile names."""
    html = page(f"<p class=byline>Lê Mai</p><time datetime=2031-02-01T07:30:00Z></time><div class=detail>{BODY}</div>")
    rules = "\n".join(
        f'{key} = ".gone"' for key in ("title", "summary", "authors", "published", "body", "credit", "tags")
    )
    helped = extract_article(html, URL, profiles=article_rules(f'{rules}\nremove = [".gone"]'))
    assert helped == extract_article(html, URL)
    assert helped.authors == ("Lê Mai",)


def test_empty_matches_say_nothing() -> None:
    """A box that scripts fill would take title and text from the story."""
    html = page(f"<h2 class=t></h2><div id=b><p> </p></div><i class=when>hôm nào</i><div>{BODY}</div>")
    rules = article_rules('title = ".t"\nbody = "#b"\npublished = ".when"\nauthors = ".t"')
    assert extract_article(html, URL, profiles=rules) == extract_article(html, URL)


def test_the_body_of_a_profile_is_taken_whole() -> None:
    """Paragraphs that look like something else to the generic way would be lost although the profile names them."""
    lines = "".join(f"<p><a href='/cau-{n}.htm'>Cầu số {n}</a></p>" for n in range(3))
    html = page(f"<div class=related-links id=a>{lines}</div><div>{BODY}</div><div id=z class=comments>Hết.</div>")
    told = extract_article(html, URL, profiles=article_rules('body = "#a, #z"'))
    assert told.body_text.split("\n\n") == ["Cầu số 0", "Cầu số 1", "Cầu số 2", "Hết."]


def test_what_is_removed_is_nowhere() -> None:
    """An advert in the text would be published with every story, and announced as its correction when it changes."""
    nested = f"<div class=k9><p class=k9>{ADVERT}</p><div class=k9><b class=k9>!</b></div></div>"
    html = page(f"<div class=detail>{BODY}{nested}{PARAGRAPHS[0].upper()}</div>")
    assert ADVERT in extract_article(html, URL).body_text
    helped = extract_article(html, URL, profiles=article_rules('remove = ["b.k9, .k9", "p.k9", "html", "body"]'))
    assert helped.body_text.split("\n\n") == [*PARAGRAPHS, PARAGRAPHS[0].upper()]


def test_captions_of_a_profile_are_no_text() -> None:
    """On sites whose editor sets each caption as a paragraph, all of them would stand in the text."""
    figure = "<figure><img src=/a.jpg><div class=k7><p>Cây cầu mới</p><p>Ảnh: Lê Mai</p></div></figure>"
    html = page(f"<div class=detail><p>{PARAGRAPHS[0]}</p>{figure}<p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p></div>")
    told = extract_article(html, URL, profiles=article_rules('captions = ".k7"'))
    assert told.body_text.split("\n\n") == list(PARAGRAPHS)
    assert [image.caption for image in told.images] == ["Cây cầu mới Ảnh: Lê Mai"]
    line = html.replace("<div class=k7><p>Cây cầu mới</p><p>Ảnh: Lê Mai</p></div>", "<p class=k7>Cây cầu mới.</p>")
    told = extract_article(line, URL, profiles=article_rules('captions = "p.k7"'))
    assert told.body_text.split("\n\n") == list(PARAGRAPHS)
    assert [image.caption for image in told.images] == ["Cây cầu mới."]


def test_meta_elements_may_be_told() -> None:
    """Sites that tell a good title or time only in a meta element of their own could not be helped."""
    head = '<meta name="x-title" content="Cầu mới"><meta name="x-time" content="2031-02-01T07:30:00+07:00">'
    rules = article_rules("title = 'meta[name=x-title]'\npublished = 'meta[name=x-time]'")
    told = extract_article(page(f"<div>{BODY}</div>", head=head), URL, profiles=rules)
    assert told.title == "Cầu mới"
    assert told.published == datetime(2031, 2, 1, 0, 30, tzinfo=UTC)


# -- lists

NAMES = [f"Một câu chuyện của ngày hôm nay ở xã số {n}" for n in range(5)]


def test_items_of_a_profile_are_the_list() -> None:
    """A list that the generic way does not see as one could not be watched at all."""
    rows = "".join(
        f"<div class=row><span class=h>{name}<b class=badge>Mới</b></span><a href='/x?u={n}#top'>Đọc</a>"
        f"<i class=t>0{n + 1}:30 01/02/2031</i><q class=s>Tóm lược {n}.</q><div class=p><img data-src='/{n}.jpg'></div>"
        "</div>"
        for n, name in enumerate(NAMES)
    )
    html = lists.page(card("Một câu chuyện không thuộc danh sách này", "/tin-khac-999901.htm"), rows, rows)
    rules = list_rules(
        'item = ".row"\ntitle = ".h"\nlink = "a"\npublished = ".t"\nsummary = ".s"\nimage = ".p"\nremove = [".badge"]'
    )
    found = find_teasers(html, lists.HOME, profiles=rules)
    assert [teaser.title for teaser in found] == NAMES
    assert [teaser.url for teaser in found] == [f"{lists.HOME}x?u={n}" for n in range(5)]
    assert found[0].published == datetime(2031, 1, 31, 18, 30, tzinfo=UTC)
    assert found[0].summary == "Tóm lược 0."
    assert found[0].image == f"{lists.HOME}0.jpg"


def test_an_item_alone_is_read_the_generic_way() -> None:
    """The author of a profile would have to name every field, though only the boxes were misread."""
    beside = "<time datetime='2031-02-01T07:30:00Z'></time><p class=summary>Tóm lược của câu chuyện này là như thế.</p>"
    html = lists.page(
        *[card(name, f"/tin-{n}-10010{n}.htm", beside=beside, image=f"/{n}.jpg") for n, name in enumerate(NAMES)]
    )
    plainly = find_teasers(html, lists.HOME)
    assert [teaser.title for teaser in plainly] == NAMES
    assert find_teasers(html, lists.HOME, profiles=list_rules('item = ".card"')) == plainly


def test_a_list_without_the_items_is_read_the_generic_way() -> None:
    """A redesign of the site would silence its feed."""
    html = lists.page(*[plain(name, f"/tin-{n}-10010{n}.htm") for n, name in enumerate(NAMES)])
    rules = list_rules('item = ".gone"\ntitle = "h3"\nremove = [".gone"]\nignore = [".gone"]')
    assert find_teasers(html, lists.HOME, profiles=rules) == find_teasers(html, lists.HOME) != []


def test_items_without_link_or_title_are_passed_over() -> None:
    """One advert among the items would cost the list, or come as a story without a name."""
    html = lists.page(
        "<div class=card>Quảng cáo</div><div class=card><a href='javascript:x()'>Quảng cáo của nhà tài trợ</a></div>",
        card(NAMES[0], "/tin-0-100100.htm"),
    )
    found = find_teasers(html, lists.HOME, profiles=list_rules('item = ".card"\nlink = "a"\ntitle = "h3"'))
    assert [teaser.title for teaser in found] == NAMES[:1]


def test_ignored_stories_are_listed_nowhere() -> None:
    """Paid stories that a page also shows among the most read would come through all the same."""
    html = lists.page(
        *[card(name, f"/tin-{n}-10010{n}.htm") for n, name in enumerate(NAMES)],
        f"<div class=paid>{card(NAMES[1], '/tin-1-100101.htm?utm_source=paid')}</div>",
    )
    found = find_teasers(html, lists.HOME, profiles=list_rules('ignore = [".paid"]'))
    assert [teaser.title for teaser in found] == [NAMES[0], *NAMES[2:]]


# -- which profile, which layout


def named(name: str, *, hosts: tuple[str, ...] = (), markup: str = "") -> Profile:
    """A profile that is found in some way, with a layout that says nothing."""
    return msgspec.structs.replace(profile("since = 2024-01-01"), name=name, hosts=hosts, markup=markup)


def test_profiles_are_found_by_name_host_and_markup() -> None:
    """A page would be read by the rules of another site."""
    known = [
        named("cms", markup="div.cms-body"),
        named("wide", hosts=("example.org",)),
        named("narrow", hosts=("other.example", "news.example.org")),
        named("alone"),
    ]
    html = "<div class=cms-body>"
    for url, site, expected in (
        ("https://example.org/a", "", "wide"),
        ("https://www.example.org/a", "", "wide"),
        ("https://NEWS.example.org:8443/a", "", "narrow"),
        ("https://m.news.example.org/a", "", "narrow"),
        ("https://notexample.org/a", "", "cms"),
        ("https://example.org/a", "alone", "alone"),
        ("https://example.org/a", "gone", "wide"),
        ("http://[", "", "cms"),
    ):
        assert profile_of(html, url, known, site) == expected, (url, site)
    assert profile_of("<div>", "https://notexample.org/a", known) is None
    assert choose(known, "https://notexample.org/a", parse("<div>")) is None


LAYOUTS = """
hosts = ["bao-song-lam.example"]
[[layout]]
until = 2020-12-31
[layout.article]
body = "td.text"
title = "font"
[[layout]]
since = 2024-05-31
[layout.article]
body = "#story"
[layout.list]
item = ".card"
[[layout]]
since = 2021-01-01
until = 2024-05-30
[layout.article]
body = ".content"
[layout.list]
item = "li"
"""


def test_old_layouts_stay_readable() -> None:
    """After a redesign was described, corrections of older stories would be read as something else."""
    known = [read_profile(LAYOUTS, FILE)]

    def body(html: str) -> str:
        layout = choose(known, URL, parse(html))
        assert layout is not None
        return layout.article.body

    assert [layout.article.body for layout in known[0].layouts] == ["#story", ".content", "td.text"]
    assert body("<table><td class=text>") == "td.text"
    assert body("<div class=content><li>") == ".content"
    assert body("<div class=content><p id=story>") == "#story"
    assert body("<div class=content><p class=card>") == ".content"  # a related story, which is no mark of an article
    assert body("<p>") == "#story"
    layout = choose(known, URL, parse("<div id=story><li>"), part="list")
    assert layout is not None
    assert layout.list.item == "li"


# -- files


@pytest.mark.parametrize(
    ("text", "key", "cause"),
    [
        ("[", "", "is not valid TOML"),
        ("", "layout", "is missing"),
        ("layout = 3", "layout", "is 3; write [[layout]] on a line of its own"),
        ("host = []\n[[layout]]", "", 'unknown key "host"; did you mean "hosts"?'),
        ('hosts = "a.example"\n[[layout]]', "hosts", 'is "a.example"; write a list'),
        ('hosts = ["https://a.example/"]\n[[layout]]', "hosts", '"https://a.example/" is no host name'),
        ('name = "Sông Lam"\n[[layout]]', "name", 'is "Sông Lam"; use a-z'),
        ('markup = "div["\n[[layout]]', "markup", '"div[" is no CSS selector'),
        ("[[layout]]\nsince = '2024'", "[[layout]] number 1: since", 'is "2024"; write a day'),
        ("[[layout]]\nsince = 2024-01-01T00:00:00Z", "[[layout]] number 1: since", "write a day"),
        ("[[layout]]\nsince = 2024-01-02\nuntil = 2024-01-01", "[[layout]] number 1: until", "before since"),
        (
            "[[layout]]\narticle = 'p'",
            "[[layout]] number 1: article",
            'is "p"; write [layout.article] on a line of its own',
        ),
        (
            "[[layout]]\n[[layout]]\n[layout.article]\ntitel = 'p'",
            "",
            '[[layout]] number 2: article.unknown key "titel"; did you mean "title"?',
        ),
        (
            "[[layout]]\n[layout.article]\ntitle = 'p >'",
            "[[layout]] number 1: article.title",
            '"p >" is no CSS selector',
        ),
        ("[[layout]]\n[layout.article]\ntitle = ''", "[[layout]] number 1: article.title", '"" is no CSS selector'),
        (
            "[[layout]]\n[layout.article]\ntitle = ['p']",
            "[[layout]] number 1: article.title",
            "is a list; write a text in quotes",
        ),
        ("[[layout]]\n[layout.article]\nremove = 'p'", "[[layout]] number 1: article.remove", 'is "p"; write a list'),
        (
            "[[layout]]\n[layout.list]\nremove = ['p', '..x']",
            "[[layout]] number 1: list.remove",
            '"..x" is no CSS selector',
        ),
        (
            "[[layout]]\n[layout.list]\nlink = 'a'",
            "[[layout]] number 1: list.link",
            "is looked for in each item; write item",
        ),
        ("[[layout]]\n[layout.list]\nbody = 'a'", "", 'list.unknown key "body"; allowed: item, title, link'),
    ],
)
def test_a_fault_names_file_key_and_selector(text: str, key: str, cause: str) -> None:
    """The author of a profile would see that it has no effect, and not why."""
    with pytest.raises(ProfileError) as caught:
        read_profile(text, FILE)
    assert caught.value.file == FILE
    assert caught.value.key == key
    assert cause in caught.value.cause
    assert str(caught.value).startswith(f"{FILE}: {key}")
    assert "\n" not in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_profile_is_named_by_its_file() -> None:
    """The name that a source has to give would be nowhere to be found."""
    assert profile("").name == "song-lam"
    assert read_profile('name = "other"\n[[layout]]', FILE).name == "other"
    with pytest.raises(ProfileError, match=r'name is "Sông Lam" \(of the file\)'):
        read_profile("[[layout]]", "profiles/Sông Lam.toml")

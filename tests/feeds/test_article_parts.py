"""The parts of article reading that have rules of their own: people, titles, pictures, following pages, words."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from feeds.reading.article.blocks import Block, Element
from feeds.reading.article.continued import find_next_page
from feeds.reading.article.extract import extract_article
from feeds.reading.article.images import image_of, is_automatic, lead_image
from feeds.reading.article.title import find_title
from feeds.reading.bylines import people
from feeds.reading.page.head import Head
from feeds.reading.page.labels import CREDIT, LABELS, LEADING_LABELS, is_notice
from feeds.reading.page.names import CAPTION_NAMES, JUNK_NAMES
from feeds.reading.page.pictures import size_of


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Khánh An - Xuân Bình"], ("Khánh An", "Xuân Bình")),
        (["Hữu Đạt – Xuân Bình"], ("Hữu Đạt", "Xuân Bình")),
        (["By Anne-Marie Roe and Jo Doe"], ("Anne-Marie Roe", "Jo Doe")),
        (["Von Uta Berg, Jan Tal und Eva See"], ("Uta Berg", "Jan Tal", "Eva See")),
        (["Lê Mai; Trần An & Vũ Hà", "lê mai"], ("Lê Mai", "Trần An", "Vũ Hà")),
        (["Ban biên tập", "Lê Mai"], ("Lê Mai",)),
        (["Ban biên tập"], ("Ban biên tập",)),
        (["Sông Lam News", "Lê Mai"], ("Lê Mai",)),
        (["https://social.example/lemai", "@lemai", "12/03/2031"], ()),
        (["By Jo Doe, Ann Roe, and Kim Poe"], ("Jo Doe", "Ann Roe", "Kim Poe")),
        (["name, email@mail.example"], ()),
        (["Jo Doe", "jo-doe"], ("Jo Doe",)),
        (["Jo Doe, Ph.D., RD"], ("Jo Doe",)),
        (["Jo Doe", "Associate Editor"], ("Jo Doe",)),
        (["Blue River staff reporter"], ("Blue River staff reporter",)),
        (["AuthorJo Doe"], ("Jo Doe",)),
        (["Posted byJo Doe", "Posted by", "8 hours ago", "Sat, 20 Dec"], ("Jo Doe",)),
        (["~ Jo Doe", "Zeige alle Beiträge von Jo Doe →"], ("Jo Doe",)),
        (["Interview: Jo Doe", "erstellt von Ann Roe"], ("Jo Doe", "Ann Roe")),
        (["Sông Lam News, Munich, Germany"], ("Sông Lam News",)),
        (["No Author", "page.head.extra.author"], ()),
        (["मीना शर्मा", "मोना शर्मा"], ("मीना शर्मा", "मोना शर्मा")),
        (["Jane Roe Political Editor and Tom Jones"], ("Jane Roe Political Editor", "Tom Jones")),
        (["Do", "Thu", "Sun", "Ma"], ("Do", "Thu", "Sun", "Ma")),
        (["songlamnews", "Ann Roe"], ("songlamnews", "Ann Roe")),
        (["Jo Doe, AFP"], ("Jo Doe", "AFP")),
        (["Byron Smith", "Authora Vonk"], ("Byron Smith", "Authora Vonk")),
        (["Jo Doe", "(Image: Blue River Post)", "Photo: Ann Roe", "Getty Images/Blue"], ("Jo Doe",)),
    ],
)
def test_people_are_told_apart(texts: list[str], expected: tuple[str, ...]) -> None:
    """Without it two reporters would be one strange name, or a desk would stand beside its own reporter."""
    assert people(texts, ["Sông Lam News"]) == expected


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("<title>Cầu mới thông xe | Báo Sông Lam</title>", "", "Cầu mới thông xe"),
        ("<title>Báo Sông Lam - Cầu mới thông xe</title>", "", "Cầu mới thông xe"),
        ("<title>河畔新桥通车步行过河：五分钟到集市</title>", "", "河畔新桥通车步行过河：五分钟到集市"),
        ("<title>河畔新桥通车，步行五分钟到集市_蓝江晚报</title>", "", "河畔新桥通车，步行五分钟到集市"),
        ("<title>河畔新桥通车，步行五分钟到集市-蓝江网</title>", "", "河畔新桥通车，步行五分钟到集市"),
        ("<title>第三届蓝江-清河博览会</title>", "", "第三届蓝江-清河博览会"),
        ("<title>A bridge opens - Lam Daily</title>", "<h1>Lam Daily</h1><h1>A bridge opens</h1>", "A bridge opens"),
        ('<title>x</title><meta property="og:title" content="Bridge opens">', "<h1>Bridge opens</h1>", "Bridge opens"),
        (
            "<title>The old bridge opens again after two years</title>",
            "<h1>After two years the old bridge opens to walkers</h1>",
            "After two years the old bridge opens to walkers",
        ),
        (
            '<title>Ferry stays</title><meta property="og:title" content="Ferry stays">',
            "<h1>Harbour Ferry stays</h1>",
            "Ferry stays",
        ),
        ("", "<h1>Only   a <br>heading</h1>", "Only a heading"),
        ("<title>Lam Daily » Blog Archive » A bridge opens</title>", "<h1>Lam Daily</h1>", "A bridge opens"),
        (
            '<title>Traffic: A bridge opens - Lam Daily</title><meta property="og:title" content="A bridge opens">',
            "<h1>Traffic: A bridge opens</h1>",
            "A bridge opens",
        ),
        (
            '<meta property="og:title" content="Lam Valley / Bridge opens | Lam Daily">',
            "<h1><span>Lam Valley</span><span>Bridge opens</span></h1>",
            "Lam Valley / Bridge opens",
        ),
        ("<title>A bridge opens |</title>", "<h1>A bridge opens</h1>", "A bridge opens"),
        ("<title>Old bridge - The Lam Valley Club of Walkers</title>", "<h1>Old bridge</h1>", "Old bridge"),
        ("", "", ""),
    ],
)
def test_titles_come_without_the_site(head: str, body: str, expected: str) -> None:
    """Without it every entry of a feed would repeat the site's name, or be called after its logo."""
    tree = LexborHTMLParser(f"<html><head>{head}</head><body>{body}</body></html>")
    assert find_title(Head(tree), None, ["Báo Sông Lam", "Lam Daily"])[0] == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<img src="/a.jpg">', "https://x.example/a.jpg"),
        ('<img src="/lazy-loading.gif" data-src="/b.jpg">', "https://x.example/b.jpg"),
        ('<img src="data:image/gif;base64,AA" srcset="/s.jpg 320w, /l.jpg 1280w">', "https://x.example/l.jpg"),
        ('<picture><source srcset="/p.webp 2x"><img alt=""></picture>', "https://x.example/p.webp"),
        ('<img src="/placeholder.png">', None),
        ('<img src="/pixel.gif?id=1" width="1" height="1">', None),
        ('<img src="/static/logo.svg">', None),
        ('<img src="javascript:alert(1)">', None),
        ('<img src="/leer.gif" data-retina-src="/r.jpg">', "https://x.example/r.jpg"),
        ('<img src="/5_${formatId}.jpg" srcset="/f.jpg 900w">', "https://x.example/f.jpg"),
        ('<img src="/5_$%7BformatId%7D.jpg">', None),
        ('<img src="/trans.gif" longdesc="https://y.example/l.jpg?w=9">', "https://y.example/l.jpg?w=9"),
        ('<img src="data:,a" data-our-own-loader="/o.webp" data-page="/o.html">', "https://x.example/o.webp"),
        ('<img src="/shape.jpg" width="16" height="9">', "https://x.example/shape.jpg"),
        ('<img src="/icon16.jpg" width="16" height="16">', None),
        ('<figure class="story-author__image"><picture><img src="/lemai.jpg"></picture></figure>', None),
        ('<picture class="image--profile-picture"><img src="/lemai.jpg"></picture>', None),
        ('<img src="/authors/lemai.jpg">', None),
        ('<img src="/2031/author-jo-doe-honoured.jpg">', "https://x.example/2031/author-jo-doe-honoured.jpg"),
        ('<img src="/2031/hafen-leer.jpg">', "https://x.example/2031/hafen-leer.jpg"),
        ('<figure class="avatar-film"><img src="/f.jpg" width="800"></figure>', "https://x.example/f.jpg"),
        ('<div class="authored-story"><figure><img src="/cau.jpg"></figure></div>', "https://x.example/cau.jpg"),
    ],
)
def test_pictures_are_the_real_ones(markup: str, expected: str | None) -> None:
    """Without it readers would see grey boxes, logos and tracking pixels where the pictures should be."""
    node = LexborHTMLParser(f"<body>{markup}</body>").css_first("img")
    image = image_of(Block(Element("div", "", None), image=node), "https://x.example/n/1", None)
    assert (image.url if image else None) == expected


def test_a_shape_is_no_size() -> None:
    """Without it pictures would be drawn sixteen pixels wide."""
    for shape, size in ((("16", "9"), (None, None)), (("640", "360px"), (640, 360)), (("100%", "0"), (None, None))):
        assert size_of({"width": shape[0], "height": shape[1]}) == size


def test_automatic_captions_are_none() -> None:
    """Without it each picture would repeat the headline and a number under it."""
    assert is_automatic("Khánh thành cầu - Ảnh 12.")
    assert not is_automatic("Ảnh: Lê Mai")


def test_the_heads_picture_stands_in_for_none() -> None:
    """Without it a story without pictures would lose the one that its page names, or show the site's logo."""
    for name, count in (("/bia.jpg", 1), ("/images/logo.png", 0)):
        tree = LexborHTMLParser(f'<head><meta property="og:image" content="{name}"></head>')
        assert len(lead_image(Head(tree), "https://x.example/1")) == count


@pytest.mark.parametrize(
    ("here", "markup", "expected"),
    [
        ("https://x.example/a", '<link rel="next" href="/a?page=2">', "https://x.example/a?page=2"),
        ("https://x.example/a?page=2", '<a href="/a?page=3">3</a><a href="/a">1</a>', "https://x.example/a?page=3"),
        ("https://x.example/a", '<link rel="next" href="/a/2/">', "https://x.example/a/2/"),
        ("https://x.example/a", '<link rel="next" href="/other-story">', None),
        ("https://x.example/a", '<link rel="next" href="https://y.example/a?page=2">', None),
        ("https://x.example/a?page=3", '<a href="/a?page=2">2</a>', None),
    ],
)
def test_the_next_page_is_of_the_same_article(here: str, markup: str, expected: str | None) -> None:
    """Without it long articles would end on their first page, or run on into the next story."""
    tree = LexborHTMLParser(f"<html><head></head><body>{markup}</body></html>")
    assert find_next_page(Head(tree), here) == expected


def test_names_are_compared_by_word() -> None:
    """Without it "shared-header" would pass for sharing buttons, or "articleRelatedPosts" for the article."""
    for names in (
        "related-posts",
        "articleRelatedPosts",
        "box newsletter",
        "share",
        "read-more",
        "ad-300x250",
        "noConsent",
    ):
        assert names in JUNK_NAMES
    for names in ("shared-header", "article-body", "commentary", "download", "already", "no_toc", "no-ads"):
        assert names not in JUNK_NAMES
    for names in ("component_1ad269af0d", "elementor-element-75ead38", "block-ddd261f2-56d7-4daf-9af6-f086977fc075"):
        assert names not in JUNK_NAMES
    assert "wp-caption-text" in CAPTION_NAMES


def test_labels_are_whole_lines() -> None:
    """Without it a sentence that begins like a label would be cut out of the story."""
    assert LABELS.kind("Ý kiến bạn đọc (12)") == "comments"
    assert LABELS.kind("» Related articles:") == "related"
    assert LABELS.kind("Share") == "noise"
    assert LABELS.kind("Comments by the minister angered farmers in the valley.") is None
    assert LEADING_LABELS.opens("Read more: The ferry stays")
    assert not LEADING_LABELS.opens("Reading aloud is back in schools")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("© 2031 Sông Lam News", True),
        ("Copyright 2031 Blue River Post", True),
        ("(Blue River Post) All rights reserved.", True),
        ("【责任编辑：某某】", True),
        ("版权说明：凡注明来源为“蓝江网”的作品，其他网站未经许可不得转载。", True),
        ("Bản quyền thuộc về Báo Sông Lam", True),
        ("The band holds the copyright in all of its early songs.", False),
        ("Copyright holders have until June to answer the ministry.", False),
        ("(c) the third condition is that the bridge stays open.", False),
        ("Bản quyền thuộc về đội chủ nhà trong ba mùa giải tới.", False),
        ("警方说，他未经授权进入了两家公司的系统。", False),
        ("You can follow any responses to this entry through the RSS 2.0 feed.", True),
        ("Sie können alle Antworten zu diesem Eintrag durch den RSS 2.0 Feed verfolgen.", True),
        ("Most of the museum's visitors had never heard of RSS 2.0 before.", False),
        ("他说，责任编辑这个职位已经空缺多年。", False),
    ],
)
def test_notices_are_told_from_sentences(line: str, expected: bool) -> None:
    """Without it every story of a site would end in the same legal notice, or lose a sentence that speaks of one."""
    assert is_notice(line) is expected


def test_credit_is_what_stands_behind_the_colon() -> None:
    """Without it the source of a story would carry its label, or a quotation would pass for one."""
    match = CREDIT.match("Nguồn: Bản tin Sáng/BSL")
    assert match is not None
    assert match[1] == "Bản tin Sáng/BSL"
    assert CREDIT.match("Nguồn nước của cả vùng đang cạn dần") is None


RELATED = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Ferry drivers end their strike",
"url": "https://news.example/ferry-strike", "author": {"name": "Otto Other"}, "articleSection": "Transport",
"keywords": "ferry, strike", "description": "The ferries are back."}</script>"""
OWN = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Town builds a new bridge",
"url": "https://news.example/bridge", "author": {"name": "Jane Roe"}, "articleSection": "Town",
"keywords": "bridge", "description": "It opens in May."}</script>"""
BRIDGE = "<p>The town builds a new bridge over the river, which opens in May, the mayor said on Monday.</p>" * 4


def bridge(data: str) -> str:
    head = f"<title>Town builds a new bridge</title>{data}"
    return f"<html><head>{head}</head><body><article><h1>Town builds a new bridge</h1>{BRIDGE}</article></body></html>"


@pytest.mark.parametrize("data", [RELATED + OWN, OWN + RELATED, RELATED], ids=["before", "behind", "alone"])
def test_data_of_a_related_story_is_not_this_storys(data: str) -> None:
    """A story would be published under the name of another one's author, and filed where that one is."""
    found = extract_article(bridge(data), "https://news.example/bridge")
    assert "Otto Other" not in found.authors
    assert found.section != "Transport"
    assert "strike" not in found.tags
    assert found.summary != "The ferries are back."
    if data != RELATED:
        assert (found.authors, found.section, found.tags) == (("Jane Roe",), "Town", ("bridge",))


def test_data_without_an_address_is_this_storys() -> None:
    """Sites whose data names neither address nor headline would lose authors, sections and tags."""
    data = OWN
    for told in ('"headline": "Town builds a new bridge",', '"url": "https://news.example/bridge",'):
        data = data.replace(told, "")
    assert extract_article(bridge(data), "https://news.example/bridge").authors == ("Jane Roe",)

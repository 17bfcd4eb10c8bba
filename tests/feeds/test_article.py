"""Reading whole articles. The pages are invented, in the kinds of markup that newsrooms use."""

from __future__ import annotations

import json

import pytest

from feeds.errors import NotAnArticleError, ReadError
from feeds.reading.article.extract import extract_article

URL = "https://bao-song-lam.example/khanh-thanh-cau-di-bo-qua-song-1002003.htm"
PARAGRAPHS = (
    "Sáng nay, cây cầu đi bộ dài 240 mét nối hai bờ sông đã được thông sau mười tám tháng thi công liên tục.",
    "Chủ đầu tư cho biết cầu dành riêng cho người đi bộ và xe đạp, có mái che ở những đoạn dừng chân ngắm cảnh.",
    "Người dân hai bên bờ nói rằng quãng đường đến chợ nay chỉ còn năm phút, thay vì phải đi vòng gần bốn cây số.",
)
BODY = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


def page(body: str, *, head: str = "", title: str = "Khánh thành cầu đi bộ qua sông") -> str:
    """A page of an invented newspaper around a body."""
    return (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title} | Báo Sông Lam</title>'
        f'<meta property="og:title" content="{title}">'
        f'<meta property="og:site_name" content="Báo Sông Lam">{head}</head>'
        f'<body><nav><a href="/">Trang chủ</a><a href="/xa-hoi">Xã hội</a></nav><main><h1>{title}</h1>{body}</main>'
        '<div class="footer"><p>Cơ quan chủ quản: Sở Thông tin. Giấy phép số 12 cấp ngày 3 tháng 4.</p></div>'
        "</body></html>"
    )


def text(html: str, url: str = URL) -> list[str]:
    """The paragraphs that are read from a page."""
    return extract_article(html, url).body_text.split("\n\n")


def test_reads_every_field_of_a_newsroom_page() -> None:
    """Without it a subscriber of a Vietnamese provincial site would miss a field that its page prints plainly."""
    article = extract_article(
        page(
            '<h2 class="detail-sapo" data-role="sapo">Cầu mới giúp học sinh hai xã đến trường an toàn hơn.</h2>'
            '<div class="info"><p data-role="author">Lê Mai - Trần An</p><span>01/02/2031 07:30</span></div>'
            f'<div class="detail-content" itemprop="articleBody">{BODY}'
            '<figure><img src="/anh/cau.jpg" alt="Khánh thành cầu - Ảnh 1." width="640" height="400">'
            "<figcaption><p>Người dân đi thử cầu mới</p></figcaption></figure>"
            "<p>Trạm dừng chân giữa cầu sẽ mở cửa vào mùa hè năm nay.</p></div>"
            '<div class="detail-source"><p>Nguồn: Bản tin sáng/BSL</p></div>'
            '<div class="tags"><a href="/t/cau">cầu đi bộ</a></div>',
            head='<link rel="canonical" href="/khanh-thanh-cau-di-bo-qua-song-1002003.htm">',
        ),
        URL + "?utm_source=feed",
    )
    assert article.url == URL
    assert article.title == "Khánh thành cầu đi bộ qua sông"
    assert article.summary == "Cầu mới giúp học sinh hai xã đến trường an toàn hơn."
    assert article.authors == ("Lê Mai", "Trần An")
    assert article.body_text.split("\n\n")[:3] == list(PARAGRAPHS)
    assert article.credit == "Bản tin sáng/BSL"
    assert article.tags == ("cầu đi bộ",)
    assert article.language == "vi"
    [image] = article.images
    assert image.url == "https://bao-song-lam.example/anh/cau.jpg"
    assert (image.caption, image.alt) == ("Người dân đi thử cầu mới", "Khánh thành cầu - Ảnh 1.")
    assert (image.width, image.height) == (640, 400)
    assert "<figcaption>Người dân đi thử cầu mới</figcaption>" in article.content_html
    assert article.body_text.count("Người dân đi thử") == 1  # a caption set as a paragraph


def test_leaves_out_what_stands_around_and_inside_the_story() -> None:
    """Without it readers would get comments, teasers, sharing buttons and newsletter boxes as paragraphs."""
    noise = (
        '<div class="box-comment"><div>Ý kiến bạn đọc</div><p>Bài viết rất hay, cảm ơn tòa soạn nhiều lắm.</p></div>'
        '<div class="related-news"><h3><a href="/a">Tin khác về cây cầu bắc qua sông</a></h3><p>Tóm tắt.</p></div>'
        '<div class="share-buttons"><a href="javascript:;">Chia sẻ lên mạng xã hội để bạn bè cùng biết</a></div>'
        '<div class="newsletter">Đăng ký nhận bản tin buổi sáng, gửi tới hộp thư của bạn lúc sáu giờ.</div>'
        '<div class="hotline">Đường dây nóng: 0123 456 789. Gọi cho chúng tôi bất kể ngày đêm.</div>'
        '<div class="author-bio"><p>Lê Mai là phóng viên của báo, viết về giao thông và đô thị từ năm 2020.</p></div>'
        "<aside><p>Quảng cáo: mua một tặng một trong tuần này tại mọi cửa hàng trên toàn quốc.</p></aside>"
        "<script>var text = 'Đoạn mã này không phải là bài viết. Xin đừng đọc.';</script>"
    )
    middle = (
        f'<div class="detail-content"><p>{PARAGRAPHS[0]}</p>{noise}<p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p></div>'
    )
    assert text(page(middle + noise)) == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "body",
    [
        f"<div>{'<br><br>'.join(PARAGRAPHS)}</div>",
        f"<div>{''.join(f'<div>{p}</div>' for p in PARAGRAPHS)}</div>",
        f"<section>{''.join(f'<div class=block><span>{p}</span></div>' for p in PARAGRAPHS)}</section>",
        f"<table><tr><td>{BODY}</td></tr></table>",
        f"<article><div>{BODY}</div></article>",
    ],
    ids=["line breaks", "divs", "spans in divs", "layout table", "paragraphs"],
)
def test_finds_paragraphs_however_they_are_marked_up(body: str) -> None:
    """Without it pages that were not built out of <p> would come out empty or as one lump."""
    assert text(page(body)) == list(PARAGRAPHS)


def test_one_line_break_stays_inside_its_paragraph() -> None:
    """Without it the lines of a poem would run together or fall apart into paragraphs."""
    assert text(page(f"<p>{PARAGRAPHS[0]}<br>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p>"))[0] == "\n".join(
        PARAGRAPHS[:2]
    )


def test_a_wrapper_with_a_misleading_name_does_not_hide_the_story() -> None:
    """Without it a page wrapped in class="has-sidebar comments-open" would be read as having no article."""
    assert text(page(f'<div class="has-sidebar comments-open"><div>{BODY}</div></div>')) == list(PARAGRAPHS)


def test_comments_that_outweigh_the_story_are_not_the_story() -> None:
    """Without it a short story with a long discussion would be published as the discussion."""
    talk = "".join(
        f'<div class="comment"><div class="comment-body"><p>Bình luận số {n}: tôi thấy cây cầu này rất đẹp và tiện lợi '
        "cho mọi người, mong rằng sẽ có thêm nhiều cây cầu như thế ở quê tôi.</p></div></div>"
        for n in range(40)
    )
    assert text(page(f'<div class="story">{BODY}</div><section id="comments">{talk}</section>')) == list(PARAGRAPHS)


def test_the_next_story_on_the_page_is_not_read() -> None:
    """Without it pages that scroll on into another story would be published as that other, longer story."""
    more = "".join(
        f"<p>Một bản tin khác hẳn, nói về mùa gặt ở xã bên, đoạn thứ {n} của bản tin này.</p>" for n in range(12)
    )
    html = page("").replace("<h1>Khánh thành cầu đi bộ qua sông</h1>", "")
    html = html.replace(
        "<main>",
        f"<main><article><h1>Khánh thành cầu đi bộ qua sông</h1><div>{BODY}</div></article>"
        f"<article><h1>Mùa gặt ở xã bên</h1><div>{more}</div></article>",
    )
    assert text(html) == list(PARAGRAPHS)


def test_a_column_laid_out_as_a_list_or_a_table_is_found() -> None:
    """Without it the side column of a site that lays its pages out with lists would be part of every story."""
    side = "".join(f'<div><a href="/tin-{n}">Tin ngắn số {n} của ngày hôm nay</a> {n} phản hồi</div>' for n in range(9))
    for left, right, around in (("li", "li", "ul"), ("tr><td", "tr><td", "table")):
        close = left.split(">")[0]
        html = f"<{around}><{left}><div>{BODY}</div></{close}><{right}><h4>Cuộc sống</h4>{side}</{close}></{around}>"
        assert text(page(html)) == list(PARAGRAPHS)


def test_parts_of_a_story_in_boxes_alike_are_all_read() -> None:
    """Without it a long story set in sections would lose all but the longest, or go on with the next story."""
    longest = "".join(f"<p>{PARAGRAPHS[n % 3]} Đoạn {n}.</p>" for n in range(90))
    last = "".join(f"<p>{PARAGRAPHS[n % 3]} Phần kết {n}.</p>" for n in range(12))
    for heading, expected in (("", 102), ("<h1>Một bài khác của ngày hôm trước</h1>", 90)):
        boxes = f'<div class="part"><div>{longest}</div></div><div class="part">{heading}<div>{last}</div></div>'
        assert len(text(page(f"<div>{boxes}</div>"))) == expected


def test_the_headline_is_no_lead() -> None:
    """Without it stories whose description repeats a long headline would begin with that headline."""
    title = "Khánh thành cây cầu đi bộ dài nhất tỉnh sau mười tám tháng thi công liên tục"
    head = f'<meta name="description" content="{title}: người dân hai bờ phấn khởi.">'
    assert text(page(f"<div>{BODY}</div>", head=head, title=title))[0] == PARAGRAPHS[0]


def test_a_headline_repeated_in_a_trail_does_not_hide_which_article_is_the_story() -> None:
    """Without it stories of sites whose h1 stands in the breadcrumbs would end in teasers of others."""
    title = "Khánh thành cầu đi bộ qua sông"
    trail = f"<nav><ul><li><a href='/'>Trang chủ</a></li><li><h1>{title}</h1></li></ul></nav>"
    story = f"<article class=story><h2>{title}</h2><div>{BODY}</div></article>"
    other = (
        "<article class=teaser><p>Chợ nổi trên sông họp lại từ sáng nay sau ba tháng nghỉ vì nước lớn về.</p></article>"
    )
    html = f"<html><head><title>{title}</title></head><body>{trail}<div>{story}{other}</div></body></html>"
    assert text(html) == list(PARAGRAPHS)


def test_a_copy_of_the_headline_is_no_lead() -> None:
    """Without it stories whose header repeats the headline would begin with it, and have it for a summary."""
    title = "Khánh thành cây cầu đi bộ dài nhất tỉnh sau mười tám tháng thi công liên tục!"
    html = page(f"<article><header><h2>{title}</h2></header><div>{BODY}</div></article>", title=title)
    article = extract_article(html, URL)
    assert article.body_text.split("\n\n")[0] == PARAGRAPHS[0]
    assert article.summary != title


def test_fields_of_the_head_are_plain_text_for_readers() -> None:
    """Without it feeds would show tags of HTML, "&amp;", ids of a database, and a section for an author."""
    head = (
        '<meta name="description" content="&lt;p&gt;Cầu mới giúp học sinh hai xã đến trường.&lt;/p&gt;">'
        '<meta property="article:section" content="Đời sống &amp;amp; Xã hội">'
        '<meta name="author" content="Đời sống &amp;amp; Xã hội">'
        '<meta name="keywords" content="Category: Cầu, topic/giao thông, Xe đạp &amp;amp; đi bộ, 1234567, channel_news,'
        'locale: VN, displayType: standard, /article, 8f507083-bac4-423a-9015-2eb31e1bce50">'
    )
    article = extract_article(page(f"<div>{BODY}</div>", head=head), URL)
    assert article.summary == "Cầu mới giúp học sinh hai xã đến trường."
    assert (article.section, article.authors) == ("Đời sống & Xã hội", ())
    assert article.tags == ("Cầu", "giao thông", "Xe đạp & đi bộ")
    head = '<meta name="keywords" content="Cầu, Day: Wednesday, Time: 20.00, Page Type: Article, Words: 1-500">'
    assert extract_article(page(f"<div>{BODY}</div>", head=head), URL).tags == ("Cầu",)


@pytest.mark.parametrize(
    ("first", "last", "authors"),
    [
        ("Von Jo Beispiel", "", ("Jo Beispiel",)),
        ("Eine Kolumne von Ann Roe", "***", ("Ann Roe",)),
        ("Bài: Lê Mai và Trần An", "", ("Lê Mai", "Trần An")),
        ("", "By Jo Doe, Ann Roe and Kim Poe.", ("Jo Doe", "Ann Roe", "Kim Poe")),
        ("（原标题：蓝江新桥今日通车）", "- - -", ()),
        ("Von Hanoi bis Hue sind es zwei Tage.", "", None),
        ("Text Messages Revealed the whole plan.", "", None),
    ],
)
def test_bylines_at_the_ends_are_authors_and_no_text(first: str, last: str, authors: tuple[str, ...] | None) -> None:
    """Without it stories would begin with who wrote them, and where nothing else tells it nobody would know."""
    article = extract_article(page(f"<div><p>{first}</p>{BODY}<p>{last}</p></div>"), URL)
    if authors is None:
        assert article.body_text.split("\n\n")[0] == first
    else:
        assert (article.body_text.split("\n\n"), article.authors) == (list(PARAGRAPHS), authors)


def test_headings_and_cells_at_the_ends_are_no_bylines() -> None:
    """Without it a story would lose its first heading to an invented author, and tables the cells that hold a dash."""
    table = "<table><tr><th>Đội</th><th>Điểm</th></tr><tr><td>Hoa Ban</td><td>–</td></tr></table>"
    for heading in ("By Bridge Numbers", "Bài Học Cuộc Sống", "Text Messages Revealed"):
        article = extract_article(page(f"<div><h2>{heading}</h2>{BODY}{table}</div>"), URL)
        assert (article.authors, f"<h2>{heading}</h2>" in article.content_html) == ((), True)
        assert "<td>–</td>" in article.content_html


def test_tags_with_a_colon_and_columnists_with_a_section_are_kept() -> None:
    """Without it the tags of film reviews, and an author whose section bears their name, would be missing."""
    head = "".join(
        f'<meta property="article:tag" content="{tag}">' for tag in ("Sông Lam: Mùa lũ", "Sông Lam: Mùa cạn")
    )
    head += '<meta property="article:section" content="Lê Mai"><meta name="author" content="Lê Mai">'
    article = extract_article(page(f"<div>{BODY}</div>", head=head), URL)
    assert (article.tags, article.authors) == (("Sông Lam: Mùa lũ", "Sông Lam: Mùa cạn"), ("Lê Mai",))


def test_text_behind_an_empty_script_is_read() -> None:
    """Without it a headline that a script stands before would be lost, and the story with it."""
    html = f'<body><article><h1><script src="/x.js"></script>Khánh thành cầu mới</h1>{BODY}</article>'
    assert extract_article(html, URL).title == "Khánh thành cầu mới"


def test_a_quoted_post_that_leads_nowhere_stays_a_quotation() -> None:
    """Without it what somebody said would vanish."""
    post = '<blockquote class="twitter-tweet"><p>Chúng tôi rất vui vì cây cầu đã xong.</p>— Lê Mai</blockquote>'
    assert "Chúng tôi rất vui" in extract_article(page(f"<div>{BODY}{post}{BODY}</div>"), URL).content_html


def test_a_byline_is_no_style_sheet() -> None:
    """Without it authors of pages whose boxes carry styles would be called "align-self:flex-start"."""
    byline = '<div class="author-name"><style>.a{align-self:flex-start;order:2}</style>Lê Mai</div>'
    assert extract_article(page(f"{byline}<div>{BODY}</div>"), URL).authors == ("Lê Mai",)


def test_the_section_is_not_the_page_itself() -> None:
    """Without it stories would be filed under a short form of their own headline."""
    for last in (URL, None):
        steps = [("Trang chủ", "/"), ("Giao thông", "/giao-thong"), ("Cầu mới thông xe", last)]
        trail = [{"@type": "ListItem", "name": name, **({"item": url} if url else {})} for name, url in steps]
        told = json.dumps({"@type": "BreadcrumbList", "itemListElement": trail})
        head = f'<script type="application/ld+json">{told}</script>'
        assert extract_article(page(f"<div>{BODY}</div>", head=head), URL).section == "Giao thông"


def test_the_sites_name_is_no_summary() -> None:
    """Without it every story of a site would have the same one word for a summary."""
    for nothing in ("Báo Sông Lam", "Khánh thành cầu đi bộ qua sông!"):
        head = f'<meta name="description" content="{nothing}">'
        assert extract_article(page(f"<div>{BODY}</div>", head=head), URL).summary is None


def test_legal_notices_behind_the_story_are_left_out() -> None:
    """Without it every story of a site would end in the same notice, and a new year in it would change them all."""
    notice = "<p>© 2031 Báo Sông Lam.</p><p>Bản quyền thuộc về Báo Sông Lam, cấm sao chép dưới mọi hình thức.</p>"
    assert text(page(f"<div>{BODY}<p>{notice}</p></div>")) == list(PARAGRAPHS)


def test_boxes_in_the_column_of_a_news_article_are_left_out() -> None:
    """Without it fact boxes and players inside the column would interrupt the story in every reader."""
    box = (
        '<div class="x7f"><b>In brief</b><p>The ferry carries two hundred people a day, and has done so since '
        "the spring of 1974.</p><span>Watch: 2:15</span></div>"
    )
    lines = [
        f"The harbour council voted on Tuesday to keep the small ferry running for a {n}th year in a row."
        for n in (3, 4, 5, 6)
    ]
    body = f"<div><p>{lines[0]}</p><p>{lines[1]}</p>{box}<p>{lines[2]}</p><p>{lines[3]}</p></div>"
    story = '{"@context":"https://schema.org","@type":"NewsArticle","headline":"Ferry stays"}'
    head = f'<script type="application/ld+json">{story}</script>'
    assert text(page(body, head=head, title="Ferry stays"), "https://harbour.example/n/ferry-stays") == lines


def test_lists_and_quotes_in_boxes_of_their_own_are_kept() -> None:
    """A newspaper that sets lists and quotes apart would lose the points of its stories, or say a sentence twice."""
    lines = [
        f"The harbour council voted on Tuesday to keep the small ferry running for a {n}th year in a row."
        for n in (3, 4, 5, 6)
    ]
    points = ["The fare stays at two crowns for everybody.", "The last boat leaves the pier at ten."]
    quote = "Nobody who lives over there could have got to work without it, and nobody asked them."
    pulled = "keep the small ferry running for a 5th year in a row"
    boxes = (
        f"<div class=ka><ul><li>{points[0]}</li><li>{points[1]}</li></ul></div>",
        f"<figure class=kb><blockquote><p>{quote}</p></blockquote></figure>",
        f"<figure class=kd><blockquote><p>{pulled}.</p></blockquote></figure>",
        "<div class=kc><ul><li><a href=/a>Ferry or bridge?</a></li><li><a href=/b>What it costs.</a></li></ul></div>",
    )
    body = "".join(f"<p>{line}</p>{box}" for line, box in zip(lines, boxes, strict=True)) + f"<p>{lines[0]} Again.</p>"
    story = '{"@context":"https://schema.org","@type":"NewsArticle","headline":"Ferry stays"}'
    head = f'<script type="application/ld+json">{story}</script>'
    got = text(page(f"<div>{body}</div>", head=head, title="Ferry stays"), "https://harbour.example/n/ferry-stays")
    assert got == [lines[0], "\n".join(points), lines[1], quote, *lines[2:], f"{lines[0]} Again."]


def test_ids_made_of_words_or_chance_are_no_names() -> None:
    """Headings that are linked to by their words, and paragraphs numbered by a publishing system, would be lost."""
    heading = '<h3 id="the-most-popular-social-bridges">Những cây cầu được yêu thích nhất</h3>'
    numbered = f'<p id="block-id-n1AuAdJlVL">{PARAGRAPHS[2]}</p>'
    offer = '<p id="newsletter-teaser">Đăng ký để nhận tin mỗi sáng, miễn phí và không quảng cáo.</p>'
    html = page(f"<div><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>{heading}{numbered}{offer}</div>")
    assert text(html) == [PARAGRAPHS[0], PARAGRAPHS[1], "Những cây cầu được yêu thích nhất", PARAGRAPHS[2]]


def test_first_paragraphs_in_a_box_of_their_own_open_the_body() -> None:
    """Stories would begin with their third paragraph, behind the picture or the offer that stands between."""
    first = [
        "Ba năm qua, người dân hai xã phải đi đò để sang chợ.",
        "Mỗi mùa nước lớn, đò nghỉ cả tuần và trẻ em nghỉ học theo.",
    ]
    shown = "<figure><img src=/a.jpg><p class=x4>Bến đò cũ trong một buổi chiều cuối năm ngoái.</p></figure>"
    offer = "<p>Toàn bộ kho báo cũ với 135.000 đồng mỗi năm cho bạn đọc</p>"
    intro = f"<div class=q7>{''.join(f'<p>{line}</p>' for line in first)}{shown}{offer}</div>"
    more = [f"{line} Chuyện năm thứ {n} được kể lại trong sổ của người lái đò." for n in (1, 2) for line in PARAGRAPHS]
    body = BODY + "".join(f"<p>{line}</p>" for line in more)
    html = page(f"<section><div>{intro}</div><div class=q8>{body}</div></section>")
    assert text(html) == [*first, *PARAGRAPHS, *more]


@pytest.mark.parametrize("kind", ["NewsArticle", "Article"])
def test_a_table_behind_the_text_is_kept(kind: str) -> None:
    """A report of a match or an election would come without its results."""
    head = f'<script type="application/ld+json">{{"@type":"{kind}","headline":"Kết quả"}}</script>'
    table = "<table><tr><th>Đội</th><th>Điểm</th></tr><tr><td>Sông Vân</td><td>12</td></tr></table>"
    other = "<h3>Đọc tiếp</h3><table><tr><td><a href=/a>Bài khác</a></td></tr></table>"
    got = text(page(f"<div>{BODY}<h3>Bảng điểm</h3>{table}{other}</div>", head=head))
    assert got[len(PARAGRAPHS) :] == ["Bảng điểm", "Đội Điểm\nSông Vân 12"]


def test_a_lead_in_the_header_is_no_caption() -> None:
    """Stories whose first paragraph stands beside the picture would begin with the second."""
    lead = (
        "The council kept the ferry after a long night, by one vote and against the advice of its own harbour master."
    )
    header = f"<header><h1>Ferry stays</h1><img src=/f.jpg><p class=x9>{lead}</p></header>"
    rest = "".join(f"<p>On the {n}th of May more than a hundred people came to see it leave.</p>" for n in (3, 4, 5))
    html = page(f"<article>{header}{rest}</article>", title="Ferry stays").replace(
        "<main><h1>Ferry stays</h1>", "<main>"
    )
    assert text(html, "https://harbour.example/n/ferry-stays")[0] == lead


def test_a_photo_story_keeps_its_captions_as_text() -> None:
    """Without it a gallery told in captions would be an empty entry."""
    slides = "".join(
        f'<figure><img src="/p{n}.jpg"><figcaption>{p}</figcaption></figure>' for n, p in enumerate(PARAGRAPHS)
    )
    article = extract_article(page(f"<div>{slides}</div>"), URL)
    assert article.body_text.split("\n\n") == list(PARAGRAPHS)
    assert [image.url.rpartition("/")[2] for image in article.images] == ["p0.jpg", "p1.jpg", "p2.jpg"]


def test_a_caption_that_holds_paragraphs_is_text_as_well() -> None:
    """Readers of plain text would miss what the newsroom wrote under its pictures, or read every photo credit."""
    written = "Người dân xã Thạch Khê đi thử cây cầu trong buổi sáng đầu tiên. Ảnh: Lê Mai"
    figures = (
        f"<figure><img src=/a.jpg><figcaption class=cap><p>{written}</p></figcaption></figure><p>{PARAGRAPHS[1]}</p>"
        "<figure><img src=/b.jpg><figcaption>Toàn cảnh cây cầu. Ảnh: Lê Mai</figcaption></figure>"
        '<div class="wp-caption"><img src=/c.jpg><p class="wp-caption-text">Hai bờ sông. Ảnh: Lê Mai</p></div>'
        "<figure><img src=/d.jpg><figcaption><p>Cây cầu mới - Ảnh 4.</p></figcaption></figure>"
    )
    article = extract_article(page(f"<div><p>{PARAGRAPHS[0]}</p>{figures}<p>{PARAGRAPHS[2]}</p></div>"), URL)
    assert article.body_text.split("\n\n") == [PARAGRAPHS[0], written, PARAGRAPHS[1], PARAGRAPHS[2]]
    assert article.images[0].caption == written
    assert article.content_html.count(written) == 1


def test_a_live_blog_keeps_its_entries_and_drops_its_clocks() -> None:
    """Without it a live blog would be cut down to its first entry, or littered with times."""
    entries = "".join(
        f"<article><time>0{n}:15</time><h3>Cập nhật thứ {n}</h3><p>{p}</p></article>"
        for n, p in enumerate(PARAGRAPHS, 1)
    )
    got = text(page(f'<div class="live">{entries}</div>'))
    assert [line for line in got if line in PARAGRAPHS] == list(PARAGRAPHS)
    assert not any("15" in line for line in got)


def test_a_lead_above_the_picture_opens_the_body() -> None:
    """Without it stories whose first paragraph stands in the page's header would begin in the middle."""
    lead = "Zwei Jahre lang war die alte Mühle geschlossen, nun mahlt sie wieder Korn aus dem eigenen Tal."
    rest = [f"Am {n}. Mai kamen mehr als hundert Gäste in die Mühle, viele von ihnen zu Fuß." for n in (3, 4, 5)]
    body = (
        f'<header><h1>Die Mühle mahlt wieder</h1><p class="article-lead">{lead}</p></header><figure><img src="/m.jpg">'
        f"</figure><div>{''.join(f'<p>{line}</p>' for line in rest)}</div>"
    )
    html = page(body, title="Die Mühle mahlt wieder").replace("<main><h1>Die Mühle mahlt wieder</h1>", "<main>")
    article = extract_article(html, "https://talbote.example/muehle-mahlt-wieder")
    assert article.body_text.split("\n\n") == [lead, *rest]
    assert article.summary == lead


def test_lists_quotes_tables_and_embeds_keep_their_form() -> None:
    """Without it a recipe, a results table or a video would reach readers as loose words, or not at all."""
    html = page(
        f"<div><p>{PARAGRAPHS[0]}</p><h2>Những con số</h2><ul><li>Dài 240 mét</li><li>Rộng <b>4</b> mét</li></ul>"
        f"<blockquote><p>{PARAGRAPHS[1]}</p></blockquote><table><tr><th>Nhịp</th><th>Mét</th></tr>"
        f'<tr><td>Giữa</td><td>120</td></tr></table><iframe src="https://video.example/e/9"></iframe><p>{PARAGRAPHS[2]}</p></div>'
    )
    article = extract_article(html, URL)
    out = article.content_html
    assert "<h2>Những con số</h2>" in out
    assert "<ul><li>Dài 240 mét</li><li>Rộng <strong>4</strong> mét</li></ul>" in out
    assert f"<blockquote><p>{PARAGRAPHS[1]}</p></blockquote>" in out
    assert "<tr><th>Nhịp</th><th>Mét</th></tr><tr><td>Giữa</td><td>120</td></tr>" in out
    assert 'href="https://video.example/e/9"' in out
    assert "Nhịp Mét\nGiữa 120" in article.body_text
    assert "video.example" not in article.body_text


def test_a_post_from_elsewhere_is_a_link_with_its_words() -> None:
    """Without it what somebody posted would be the newsroom's text, or nobody could tell what the link is about."""
    post = (
        '<blockquote class="twitter-tweet"><p>Cầu Vồng đẹp quá! <a href="https://t.example/a">#cauvong</a></p>'
        '— Lê Mai (@lemai) <a href="https://social.example/lemai/status/1">1/2/2031</a></blockquote>'
    )
    article = extract_article(page(f"<div>{BODY}{post}{BODY.replace('Sáng', 'Chiều')}</div>"), URL)
    assert "Cầu Vồng" not in article.body_text
    link = '<p><a href="https://social.example/lemai/status/1" rel="noopener noreferrer">Cầu Vồng đẹp quá! #cauvong'
    assert link in article.content_html


def test_offers_to_sign_in_and_disclaimers_are_left_out() -> None:
    """Without it every story would end in what subscribers get, and who earns by its links."""
    offer = (
        '<div class="article__sign-in-group"><p>Đọc không giới hạn mọi bài viết của báo trên mọi thiết bị.</p></div>'
    )
    small = (
        '<div class="affiliate-disclaimer"><p>Báo có thể nhận hoa hồng từ các liên kết trong bài viết này.</p></div>'
    )
    assert text(page(f"<div>{BODY}{offer}{small}</div>")) == list(PARAGRAPHS)


def test_html_out_is_clean_and_absolute() -> None:
    """Without it a hostile page could run scripts in a subscriber's reader, or links would lead nowhere."""
    article = extract_article(
        page(
            f'<div><p onclick="evil()">{PARAGRAPHS[0]} <a href="../tin/2?x=1" style="color:red">xem</a> và '
            '<a href="javascript:evil()">bấm vào đây</a>.</p><img src="data:image/gif;base64,R0" data-src="anh/b.png">'
            f"<p>{PARAGRAPHS[1]} &lt;script&gt;alert(1)&lt;/script&gt;</p><p>{PARAGRAPHS[2]}</p></div>"
        ),
        "https://bao-song-lam.example/xa-hoi/cau-moi-123456.htm",
    )
    out = article.content_html
    assert 'href="https://bao-song-lam.example/tin/2?x=1"' in out
    assert 'src="https://bao-song-lam.example/xa-hoi/anh/b.png"' in out
    for forbidden in ("javascript:", "onclick", "style=", "<script", "data:"):
        assert forbidden not in out
    assert "bấm vào đây" in out


def test_marks_of_our_own_do_not_split_what_is_sanitised() -> None:
    """A title that holds the mark that the writer uses would put the frame of the story in the wrong places."""
    embed = '<iframe src="https://video.example/e/9" title="Cầu\x1e<b>mới</b>"></iframe>'
    html = page(f"<div><p>{PARAGRAPHS[0]}</p>{embed}<p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p></div>")
    out = extract_article(html, URL).content_html
    assert f"<p>{PARAGRAPHS[1]}</p>" in out
    assert "&lt;b&gt;mới&lt;/b&gt;" in out


def test_highlighted_code_keeps_its_lines() -> None:
    """Programs set in colours would be on one line, where the breaks stand between the coloured words."""
    code = "<pre><code><span>if</span> bridge:\n  <span>cross</span>\n  <span>wave</span></code></pre>"
    html = page(f"<div><p>{PARAGRAPHS[0]}</p>{code}<p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p></div>")
    assert "if bridge:\n  cross\n  wave" in extract_article(html, URL).body_text


def test_a_paywalled_stub_is_marked() -> None:
    """Without it subscribers would take the first sentences behind a paywall for the whole story."""
    story = '{"@type":"NewsArticle","headline":"x","isAccessibleForFree":"False","wordCount":900}'
    html = page(f"<div>{BODY}</div>", head=f'<script type="application/ld+json">{story}</script>')
    assert extract_article(html, URL).truncated
    assert not extract_article(page(f"<div>{BODY}</div>"), URL).truncated


def test_the_canonical_address_is_believed_only_on_the_same_site() -> None:
    """Without it one site could make its stories pass for another's."""
    for href, expected in (
        ("https://www.bao-song-lam.example/cau.htm", "https://www.bao-song-lam.example/cau.htm"),
        ("https://elsewhere.example/cau.htm", URL),
        ("javascript:alert(1)", URL),
    ):
        html = page(f"<div>{BODY}</div>", head=f'<link rel="canonical" href="{href}">')
        assert extract_article(html, URL + "#top").url == expected


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<html><body></body></html>",
        "<html><body><h1>Đăng nhập</h1><form><label>Tên <input></label><button>Vào</button></form></body></html>",
        "<html><head><title>404</title></head><body><h1>Không tìm thấy trang</h1></body></html>",
        "\x00\x01 not html at all",
    ],
    ids=["empty", "empty body", "login", "not found", "not html"],
)
def test_a_page_without_a_story_is_an_error_with_a_name(html: str) -> None:
    """Without it login pages and error pages would be published as stories."""
    with pytest.raises(NotAnArticleError) as caught:
        extract_article(html, "https://bao-song-lam.example/x")
    assert caught.value.url == "https://bao-song-lam.example/x"


def test_a_list_of_stories_is_not_a_story() -> None:
    """Without it a section page would be published as one long story made of other stories' summaries."""
    items = "".join(
        f'<div class="item"><h3><a href="/tin-{n}.htm">Bản tin thứ {n} về đời sống hai bên bờ sông</a></h3>'
        f"<p>Tóm tắt ngắn của bản tin thứ {n}, viết cho trang danh mục của báo.</p></div>"
        for n in range(14)
    )
    html = f"<html><head><title>Xã hội</title></head><body><div><h2>Xã hội</h2>{items}</div></body></html>"
    with pytest.raises(ReadError):
        extract_article(html, "https://bao-song-lam.example/xa-hoi.htm")

"""What a reader of lists must not get wrong: headline, time, summary and picture of each story."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feeds.reading.listing.find import find_teasers
from tests.feeds.invented_lists import HOME, card, only, page

HEADLINE = "Cầu Vồng nối hai bờ sông Lam thông xe sau ba năm thi công"
HREF = "/cau-vong-thong-xe-123456.htm"
NOW = datetime(2026, 3, 18, 2, 0, tzinfo=UTC)  # 09:00 in Hanoi
SAPO = "Sáng 17/3, cây cầu dài 1,2 km chính thức đón những chuyến xe đầu tiên qua sông."


# --- headline --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "markup",
    [
        f"<h2><a href='{HREF}'>Cầu Vồng nối hai bờ<br>sông Lam  thông xe\nsau ba năm thi công</a></h2>",
        f"<h2><span class=badge>Trực tiếp</span> <a href='{HREF}'>{HEADLINE}</a></h2>",
        f"<h2><a href='{HREF}'><span class=kicker>Giao thông</span> {HEADLINE}</a></h2>",
        f"<h2><a href='{HREF}'><div>Giao thông</div><span>{HEADLINE}</span></a></h2>",
        f"<h2><a href='{HREF}'>{HEADLINE}</a> <span class=time>19:45</span></h2>",
        f"<h2><a href='{HREF}'>{HEADLINE}<span class=comment-count>128</span></a></h2>",
        f"<h2><a href='{HREF}' title='{HEADLINE}'><i>VIDEO</i> <b>{HEADLINE}</b></a></h2>",
        f"<div aria-label='{HEADLINE}'><h2><a href='{HREF}'><i>Sông Lam</i> <b>{HEADLINE}</b></a></h2></div>",
        f"<a href='{HREF}'>» {HEADLINE}</a>",
        f"<div><a href='{HREF}' aria-label='{HEADLINE}'></a><h3><i>Mới</i><span>{HEADLINE}</span></h3></div>",
        f"<a href='{HREF}'><div><p>Giao thông</p><p>{HEADLINE}</p><p>{SAPO}</p></div></a>",
        f"<a href='{HREF}'><span class=item-title>{HEADLINE}</span><span class=item-desc>{SAPO}</span></a>",
        f"<div><a href='{HREF}'><img src=/a.jpg alt='Ảnh minh hoạ cây cầu mới'></a><a href='{HREF}'>{HEADLINE}</a>"
        f"<p><a href='{HREF}'>{SAPO}</a></p><a href='{HREF}'>Xem thêm</a></div>",
        f"<a href='{HREF}'><p class=teaser__kicker>Giao thông miền Trung hôm nay</p>"
        f"<p class=teaser__title>{HEADLINE}</p></a>",
        f"<a href='{HREF}'><div><p class=kicker>Giao thông miền Trung hôm nay</p><p>{HEADLINE}</p></div></a>",
        f"<h2><a href='{HREF}'>{HEADLINE} <span class=date>18.03.2026</span></a></h2>",
        f"<h2 class=post__title><a href='{HREF}'><span class=post__title__text>"
        f"<span class=post__overtitle__text>Sau ba năm chờ</span>{HEADLINE}</span></a></h2>",
        f"<h2><a href='{HREF}'><span><span class=overtitle>Sau ba năm chờ</span>{HEADLINE}</span></a></h2>",
        f"<h3><a href='{HREF}'><i><b>{HEADLINE}</b><span class=block>Von Jan Beispiel, Hanoi</span></i></a></h3>",
        f"<h3><i>Giao thông miền Trung, Tây Nguyên hôm nay và ngày mai<b>:</b></i><a href='{HREF}'>{HEADLINE}</a></h3>",
        f"<h3><a href='{HREF}'><b>3</b>{HEADLINE}</a></h3>",
        f"<ol><li><a href='{HREF}'><b>1</b> <strong>{HEADLINE}</strong></a></li>"
        "<li><a href='/tin-hai-123499.htm'><b>2</b> <strong>Chợ nổi sông Lam họp lại sau mùa lũ</strong></a></li></ol>",
        f"<h3><a href='{HREF}'><span>{HEADLINE}</span> <span>|</span> <b>audio</b></a></h3>",
        f"<div><a href='{HREF}' title='{HEADLINE}'><img src=/a.jpg></a><h4>{HEADLINE}</h4>"
        f"<a class=btn href='{HREF}' title='{HEADLINE}'>Mở bài này ra</a></div>",
        f"<a href='{HREF}'><span class=teaser__catch-title>{HEADLINE}</span>"
        "<span class=teaser__sub-title>Những chuyến xe đầu tiên qua sông</span></a>",
    ],
)
def test_the_headline_stands_alone(markup: str) -> None:
    """Badges, kickers, counts, times or whole teasers would be glued to the titles in the feed."""
    assert only(f"<article>{markup}</article>").title == HEADLINE


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        (
            "<span class=title>Cầu Vồng nối</span> <span class=title>hai bờ sông Lam</span>",
            "Cầu Vồng nối hai bờ sông Lam",
        ),
        (
            "<span><span>Sông Lam</span><span>Cầu Vồng thông xe sau ba năm thi công</span></span>",
            "Sông Lam Cầu Vồng thông xe sau ba năm thi công",
        ),
        (
            "<span>Sông Lam<span> :</span></span><span>Cầu Vồng thông xe sau ba năm thi công</span>",
            "Sông Lam: Cầu Vồng thông xe sau ba năm thi công",
        ),
        ("<span>»Wir fahren«</span>: Brücke nach drei Jahren offen", "»Wir fahren«: Brücke nach drei Jahren offen"),
        (
            "<i class='text-[--kicker-color]'>Ba năm chờ</i> <span>– nay cầu Vồng đã thông xe qua sông Lam</span>",
            "Ba năm chờ – nay cầu Vồng đã thông xe qua sông Lam",
        ),
        ("<span class=wide>Cầu Vồng thông xe</span> <span class=narrow>Cầu Vồng thông xe</span>", "Cầu Vồng thông xe"),
        ("<b>3</b> <i>cây cầu mới qua sông Lam trong năm nay</i>", "3 cây cầu mới qua sông Lam trong năm nay"),
        ("<i>Số người qua cầu Vồng mỗi ngày tăng lên</i> <b>31</b>", "Số người qua cầu Vồng mỗi ngày tăng lên 31"),
        (
            "<span>Mit dem Nachtzug quer durch den Norden:</span> <span>Von Hanoi nach Vinh</span>",
            "Mit dem Nachtzug quer durch den Norden: Von Hanoi nach Vinh",
        ),
        (
            "<span>The goalkeeper ends a long career:</span> <span>Theo Example retires</span>",
            "The goalkeeper ends a long career: Theo Example retires",
        ),
        ("<b>1</b> người bị thương sau vụ va chạm tàu", "1 người bị thương sau vụ va chạm tàu"),
        ("Thuế CO<sub>2</sub>-Âu tăng từ tháng giêng", "Thuế CO2-Âu tăng từ tháng giêng"),
        ("<b>5</b>G-Mạng phủ sóng cả nước trong năm nay", "5G-Mạng phủ sóng cả nước trong năm nay"),
        ("Mới: <i>i</i>Phone bán tại Hoa Ban từ mùa thu", "Mới: iPhone bán tại Hoa Ban từ mùa thu"),
        ("Phim hay của năm <span class=time-period>2024</span> nên xem", "Phim hay của năm 2024 nên xem"),
        ("Lam Lam", "Lam Lam"),
        ("<b>Gebaut</b> <i>von Menschen aus drei Ländern</i>", "Gebaut von Menschen aus drei Ländern"),
    ],
)
def test_a_headline_in_pieces_is_whole(markup: str, title: str) -> None:
    """Half a headline, or two glued together, would stand in the feed."""
    assert only(f"<article><h3><a href='{HREF}'>{markup}</a></h3></article>").title == title


@pytest.mark.parametrize("dots", ["...", " …"])
def test_a_headline_shown_in_part_is_whole_where_an_attribute_has_it(dots: str) -> None:
    """The feed would show the first words of a headline, and dots."""
    shown = "Cầu Vồng nối hai bờ sông" + dots
    assert only(f"<h3><a href='{HREF}' title='{HEADLINE}'>{shown}</a></h3>").title == HEADLINE
    assert only(f"<div><a href='{HREF}'><img src=/a.jpg alt='{HEADLINE}'>{shown}</a></div>").title == HEADLINE
    for more in ("(17/3/2026)", "– đọc tiếp"):
        led_on = f"<h3><a href='{HREF}' title='Cầu Vồng nối hai bờ sông… {more}'>{shown}</a></h3>"
        assert only(led_on).title == shown


def test_a_picture_without_any_text_is_named_by_its_description() -> None:
    """A story shown as a picture only would have no title."""
    assert only(f"<div><a href='{HREF}'><img src=/a.jpg alt='{HEADLINE}'></a></div>").title == HEADLINE


def test_a_broken_title_attribute_is_not_believed() -> None:
    """An attribute that ends at the headline's own quotation marks would cut the title short."""
    headline = 'Chợ nổi sau cơn "đại phẫu" vắng khách'
    assert only(f'<h2><a href="{HREF}" title="{headline}">{headline}</a></h2>').title == headline


# --- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "markup",
    [
        "<time datetime='2026-03-17T19:45:00+07:00'>hôm qua</time>",
        "<span class=time>19:45 , 17/03/2026</span>",
        "<span>17/03/2026 - 19:45</span>",
        "<span class=time-ago datetime='2026-03-17 19:45:10'>2 giờ trước</span>",
        "<span class=date data-time=1773751500></span>",
        "<span class=date title='Tue, 17 Mar 2026 12:45:00 GMT'>17/3</span>",
        "<meta itemprop=datePublished content='2026-03-17T12:45:00Z'>",
        "<p>Bài: Minh Anh | 19:45 ngày 17/03/2026</p>",
        "<p><b>Minh Anh</b><span>19:45 ngày 17/03/2026</span><i>5 bình luận</i></p>",
        "<time class=updated datetime='2026-03-18T08:00+07:00'></time><time datetime='2026-03-17T19:45+07:00'></time>",
    ],
)
def test_the_time_is_read_however_it_is_told(markup: str) -> None:
    """Entries would be without a time, or with day and month or zones exchanged."""
    published = only(card(HEADLINE, HREF, beside=markup)).published
    assert published is not None and published.replace(second=0) == datetime(2026, 3, 17, 12, 45, tzinfo=UTC)


def test_an_element_around_the_story_may_hold_its_time() -> None:
    """Times kept in the data of a list's items would be lost."""
    html = f"<article class=item data-publishtime=1773751500><h3><a href='{HREF}'>{HEADLINE}</a></h3></article>"
    assert only(html).published == datetime(2026, 3, 17, 12, 45, tzinfo=UTC)


def test_a_time_beside_the_headline_in_its_own_line_is_told() -> None:
    """Stories whose date stands in the heading or behind the link would have none; "today" in a name is no date."""
    html = f"<h3><a href='{HREF}'>{HEADLINE} <span class=date>17.03.2026</span></a></h3>"
    found = only(html)
    assert (found.title, found.published) == (HEADLINE, datetime(2026, 3, 16, 17, 0, tzinfo=UTC))
    html = f"<ul><li><a href='{HREF}'>{HEADLINE}</a> （2026/3/17 19:45） <i>★</i></li></ul>"
    assert only(html).published == datetime(2026, 3, 17, 12, 45, tzinfo=UTC)
    html = f"<h3><span>Hôm nay ở Hà Nội:</span><a href='{HREF}'>{HEADLINE}</a></h3>"
    assert only(html, now=NOW).published is None


def test_relative_times_are_told_against_the_time_of_fetching_only() -> None:
    """A story would carry the time of the program that read it."""
    html = card(HEADLINE, HREF, beside="<span class=time>2 giờ trước</span>")
    assert only(html, now=NOW).published == datetime(2026, 3, 18, 0, 0, tzinfo=UTC)
    assert only(html).published is None


def test_no_time_is_made_from_the_address_or_the_summary() -> None:
    """Every story would claim a time that nobody printed."""
    assert (
        only(card(HEADLINE, "/2026/03/17/cau-vong-180260317194500007.htm", beside=f"<p>{SAPO}</p>")).published is None
    )


def test_the_zone_is_the_callers_else_that_of_the_country_or_language() -> None:
    """Times of a page without zones would be hours off."""
    html = card(HEADLINE, HREF, beside="<span class=time>19:45 17/03/2026</span>")
    told = only(html, timezone=ZoneInfo("Europe/Berlin")).published
    assert told == datetime(2026, 3, 17, 18, 45, tzinfo=UTC)
    assert only(html, "https://example.com/").published == datetime(2026, 3, 17, 12, 45, tzinfo=UTC)
    assert only(html, "https://example.com/", language="en").published == datetime(2026, 3, 17, 19, 45, tzinfo=UTC)


# --- summary ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        card(HEADLINE, HREF, beside=f"<p class=sapo>{SAPO}</p><p>{SAPO} {SAPO} Đọc báo giấy</p>"),
        card(HEADLINE, HREF, beside=f"<div>{SAPO}</div><div class=meta>Minh Anh</div>"),
        card(HEADLINE, HREF, beside=f"<p>{SAPO} <a href='{HREF}'>Xem thêm</a></p>"),
        f"<h3><a href='{HREF}'>{HEADLINE}</a></h3><p>{SAPO}</p>",
        card(HEADLINE, HREF, beside=f"<p>{SAPO}</p><p>{SAPO} {SAPO}</p><p>Hết.</p>"),
        card(
            HEADLINE,
            HREF,
            beside=f"<div>{SAPO}<br><a href='/tin-khac-123999.htm'>Ba năm xây một cây cầu trên sông</a></div>",
        ),
        f"<div><h3><a href='{HREF}'>{HEADLINE}</a></h3></div><p>{SAPO} <a href='{HREF}'>Chi tiết</a></p>",
    ],
)
def test_the_summary_is_the_text_of_this_story(html: str) -> None:
    """Summaries would be missing, end in "read more", or be those of the next story."""
    assert only(f"<section>{html}</section>").summary == SAPO


def test_text_before_a_link_in_a_heading_is_headline() -> None:
    """A headline of which only the end is linked would lose its beginning."""
    html = f"<h3>Hai bờ sông Lam nối liền sau ba năm – <a href='{HREF}'>toàn cảnh ngày thông xe</a></h3>"
    assert only(html).title == "Hai bờ sông Lam nối liền sau ba năm – toàn cảnh ngày thông xe"


@pytest.mark.parametrize("name", ["section__excerpt", "topic-teaser-text", "author-summary"])
def test_a_summary_named_after_its_place_is_one(name: str) -> None:
    """Lists whose elements are called after a section or a topic would have no summaries."""
    assert only(card(HEADLINE, HREF, beside=f"<div><span class={name}>{SAPO}</span></div>")).summary == SAPO


def test_a_headline_without_text_has_no_summary() -> None:
    """Times, authors and section names would be published as summaries."""
    beside = "<span class=author>Nguyễn Văn Minh và nhóm phóng viên</span><span class=time>17/03/2026 19:45</span>"
    assert only(card(HEADLINE, HREF, beside=beside)).summary is None
    for beside in (
        '<div class="SummaryItemRubric">Chuyện của làng</div>',
        '<div class="teaser__head"><span class="teaser__topic">Chuyện của làng bên sông Lam</span></div>',
        "<ul><li><span class='author'>Nguyễn Văn Minh và nhóm phóng viên</span></li></ul>",
        "<p><time>15:26</time><span class=label>Chuyện của làng bên sông Lam</span></p>",
        "<p><span class=screen-reader-text>Bài viết này còn có một đoạn phim ngắn</span></p>",
    ):
        assert only(card(HEADLINE, HREF, beside=beside)).summary is None, beside


def test_flat_lists_keep_each_text_with_its_headline() -> None:
    """In lists of alternating headlines and texts every summary would be off by one."""
    rows = "".join(
        f"<h3><a href='/tin-{n}-32145{n}.htm'>Câu chuyện số {n} của ngày hôm nay ở thị xã</a></h3>"
        f"<p>Đoạn tóm tắt của câu chuyện mang số {n} trong danh sách.</p>"
        for n in range(5)
    )
    found = find_teasers(page(f"<div>{rows}</div>"), HOME)
    assert [(t.summary or "").split()[8] for t in found] == ["0", "1", "2", "3", "4"]


# --- picture ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "markup",
    [
        "<img src=/anh/cau.jpg>",
        "<img src='data:image/gif;base64,R0lGOD' data-src=/anh/cau.jpg>",
        "<img src=/tinh/1x1.png data-original=/anh/cau.jpg>",
        "<img src=/tinh/placeholder-16x9.png srcset='/anh/cau-nho.jpg 320w, /anh/cau.jpg 1280w'>",
        "<picture><source srcset='/anh/cau.jpg 2x'><img src=/tinh/blank.gif></picture>",
        "<img src=/tinh/loading.svg><noscript><img src=/anh/cau.jpg></noscript>",
        "<span style=\"background-image: url('/anh/cau.jpg')\"></span>",
        "<img src=/tac-gia/minh.jpg class=author-avatar><img src=/anh/cau.jpg>",
        "<img src=/bieu-tuong/video.png width=16 height=10><img src=/anh/cau.jpg>",
        "<img src=/anh/cau.jpg width=16 height=9>",
        "<img src=data:image/gif;base64,R0 data-nha-lam-doi=/anh/cau.jpg data-trang=/tin.html>",
    ],
)
def test_the_picture_is_the_storys(markup: str) -> None:
    """Entries would show a grey box, a one-pixel image, an icon or the author's face."""
    assert (
        only(f"<div><a href='{HREF}'>{markup}</a><h3><a href='{HREF}'>{HEADLINE}</a></h3></div>").image
        == f"{HOME}anh/cau.jpg"
    )


def test_what_several_stories_show_is_no_picture_of_any() -> None:
    """The paper's logo would illustrate every story that has no picture."""
    html = page(
        *[
            card(f"Câu chuyện số {n} của ngày hôm nay ở thị xã", f"/tin-{n}-45678{n}.htm", image="/logo.png")
            for n in range(5)
        ]
    )
    assert {teaser.image for teaser in find_teasers(html, HOME)} == {None}

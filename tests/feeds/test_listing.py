"""What a reader of lists must not get wrong: which links of a page are stories."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feeds.reading.listing.find import find_teasers
from tests.feeds.invented_lists import HOME, card, page, plain, titles, urls_of

NAMES = [
    "Cầu Vồng nối hai bờ sông Lam thông xe sau ba năm thi công",
    "Mưa lớn làm ngập nhiều tuyến đường ở thị xã Hoa Ban",
    "Học sinh vùng cao đón thư viện di động đầu tiên",
    "Làng gốm Đồng Sen xuất khẩu lô hàng ba mươi nghìn sản phẩm",
    "Bến cảng Tân Hải mở lại tuyến tàu đêm từ tháng sau",
]


def test_lists_of_different_make_on_one_page_are_all_found() -> None:
    """Someone who watches a home page would get its lead only, or its side column only."""
    html = page(
        f"<section class=lead><h1><a href='/song-lam-100001.htm'>{NAMES[0]}</a></h1></section>",
        "<div class=grid>" + card(NAMES[1], "/hoa-ban-100002.htm") + card(NAMES[2], "/vung-cao-100003.htm") + "</div>",
        "<aside><ol class=most-read>"
        f"<li><a href='/dong-sen-100004.htm'>{NAMES[3]}</a></li><li><a href='/tan-hai-100005.htm'>{NAMES[4]}</a></li>"
        "</ol></aside>",
    )
    assert titles(html) == NAMES


def test_what_is_no_story_is_left_out() -> None:
    """A subscriber would be alerted of section names, tags, authors, comment links, page numbers and small print."""
    stories = [card(name, f"/tin/bai-viet-so-{n}-20010{n}.htm") for n, name in enumerate(NAMES)]
    html = page(
        "<nav><a href='/thoi-su.htm'>Thời sự</a><a href='/doi-song.htm'>Đời sống và gia đình hôm nay</a></nav>",
        "<h2><a href='/kinh-te-thi-truong-tai-chinh.htm'>Kinh tế, thị trường và tài chính</a></h2>",
        *stories,
        "<p class=byline>Bài: <a href='/tac-gia/nguyen-van-minh-700123.htm'>Nguyễn Văn Minh</a></p>",
        "<a href='/tin/bai-viet-so-1-200101.htm#comments'>128 bình luận</a>",
        "<ul class=tags><li><a href='/tag/lu-lut-mien-trung-2024-88123.htm'>Lũ lụt miền Trung 2024</a></li></ul>",
        "<div class=pagination><a href='/trang-2.htm'>2</a><a href='/trang-3.htm'>Trang sau</a></div>",
        "<a href='https://quangcao.example.net/mua-xe-gia-tot-99123.htm'>Mua xe giá tốt nhất trong tháng này</a>",
        "<footer><a href='/dieu-khoan-su-dung-300123.htm'>Điều khoản sử dụng và chính sách bảo mật</a></footer>",
    )
    assert titles(html) == NAMES


def test_a_short_headline_is_carried_by_its_kin() -> None:
    """Stories with two words for a headline would be missing from the feed."""
    html = page("<ul>", *[plain(name, f"/a-{n}-30010{n}.html") for n, name in enumerate([*NAMES, "Lũ rút"])], "</ul>")
    assert titles(html)[-1] == "Lũ rút"


def test_a_long_section_name_is_brought_down_by_the_convention_of_the_site() -> None:
    """A section whose name is five words long would come as news whenever the menu changes."""
    html = page(
        *[card(name, f"/tin-so-{n}-40010{n}.htm") for n, name in enumerate(NAMES)],
        "<div class=more><h3><a href='/chuyen-cua-nguoi-tre-ngay-nay.htm'>Chuyện của người trẻ ngày nay</a></h3></div>",
    )
    assert titles(html) == NAMES


def test_addresses_without_any_id_do() -> None:
    """Sites whose addresses are headlines only could not be watched."""
    slugs = ["river-bridge-opens-after-three-years", "heavy-rain-floods-the-market-town", "a-library-on-wheels-arrives"]
    heads = ["River bridge opens after three years", "Heavy rain floods the market town", "A library on wheels arrives"]
    html = page(
        "<div class=topics><a href='/local/'>Local</a><a href='/sport/'>Sport</a><a href='/sport/row/'>Row</a></div>",
        *[card(head, f"/local/{slug}/") for slug, head in zip(slugs, heads, strict=True)],
    )
    assert titles(html) == heads


def test_headlines_in_scripts_without_spaces_count_as_long() -> None:
    """Japanese and Chinese headlines are one word to a program that counts spaces, and would be lost."""
    heads = ["川辺町の新しい橋が三年ぶりに開通", "大雨で商店街が冠水、復旧に二日", "移動図書館が山の小学校へ初訪問"]
    html = page(*[card(head, f"/articles/K8Z{n}QW7M2{n}.html") for n, head in enumerate(heads)])
    assert titles(html) == heads


def test_links_in_running_text_are_no_headlines() -> None:
    """Half a sentence of a summary would be announced as a story of its own."""
    link = "<a href='/cau-cu-500999.htm'>tháo dỡ cầu cũ trong tháng Ba</a>"
    text = f"<p>Theo ban quản lý, đơn vị thi công đã {link} vừa qua.</p>"
    html = page(*[card(name, f"/tin-{n}-50010{n}.htm", beside=text) for n, name in enumerate(NAMES)])
    assert titles(html) == NAMES


def test_text_that_leads_to_many_addresses_is_no_headline() -> None:
    """ "Zum Unternehmen" and its like would fill the feed."""
    links = [f"<div><a href='/aktie/firma-{n}-60020{n}'>Zum Unternehmen der Woche</a></div>" for n in range(4)]
    html = page(*[card(name, f"/a/tin-{n}-60010{n}.htm") for n, name in enumerate(NAMES)], *links)
    assert titles(html) == NAMES


def test_times_are_no_headlines() -> None:
    """Each comment that links to itself by its time would be a story."""
    comments = [f"<p><a href='/c/4e7a3b1ceab8ea640600004{n}'>Ngày 21/9, 15:2{n}</a> Hay quá!</p>" for n in range(6)]
    stories = [card(name, f"/tin-so-{n}-40010{n}.htm") for n, name in enumerate(NAMES)]
    assert titles(page(*stories, *comments)) == NAMES


def test_headlines_with_an_hour_or_a_score_are_headlines() -> None:
    """Short headlines of sports pages, and of languages without spaces, would be missing."""
    names = ["女排 25:18 胜邻省队", "今晚 20:00 直播决赛", "Hoa Ban thắng 31:28", "Kết quả 85:78", "Nghe đài lúc 19:30"]
    stories = [plain(name, f"/news/10010{n}.htm") for n, name in enumerate(names)]
    assert titles(page("<ul>", *stories, "</ul>")) == names


def test_stories_told_by_a_query_of_the_lists_own_address_are_stories() -> None:
    """A site with addresses such as /?p=100 would have no story at all."""
    for own, start in ((HOME, "/?p="), (f"{HOME}tin/", "/tin/?id=")):
        stories = [card(name, f"{start}{100 + n}") for n, name in enumerate(NAMES)]
        assert titles(page(*stories), own) == NAMES


def test_a_box_that_asks_for_something_is_none_of_the_stories() -> None:
    """An offer to subscribe would be news, because it is built like a teaser."""
    stories = [card(name, f"/tin-so-{n}-40010{n}.htm") for n, name in enumerate(NAMES)]
    offer = "<div class='teaser newsletter'><a href='/thu/ban-tin-sang-40019'>Nhận bản tin sáng trong hộp thư</a></div>"
    assert titles(page(offer, *stories)) == NAMES


def test_a_page_may_end_in_a_number() -> None:
    """One odd page would stop the poll of its site."""
    assert titles(f"<h3><a href='/tin-so-1-400101.htm'>{NAMES[0]} <b>3</b>") == [f"{NAMES[0]} 3"]


def test_offers_of_newsletters_are_no_stories() -> None:
    """An offer in a story's clothes would be published again and again."""
    html = page(
        *[card(name, f"/a/tin-{n}-70010{n}.htm") for n, name in enumerate(NAMES)],
        card("Sign up to our evening newsletter", "/info/sign-up-to-our-evening-newsletter"),
    )
    assert titles(html) == NAMES


def test_a_part_named_like_a_menu_that_holds_the_list_is_none() -> None:
    """A page that stands in one form, or in a box called menu, would be read as empty."""
    cards = "".join(card(name, f"/a/tin-{n}-80010{n}.htm") for n, name in enumerate(NAMES))
    assert titles(page(f"<form class='menu-page'><div class=content>{cards}</div></form>")) == NAMES


def test_classes_that_say_how_a_box_looks_or_is_shared_make_it_no_menu() -> None:
    """All stories of a page would be missing because a class of utilities, or of a plug-in, holds "nav" or "share"."""
    cards = [card(name, f"/tin-so-{n}-40010{n}.htm") for n, name in enumerate(NAMES)]
    beside = [f"<p><a href='/gioi-thieu-{n}'>Toà soạn và bạn đọc gần xa số {n}</a></p>" for n in range(9)]
    for around in (
        '<main class="px-2 lg-nav:px-12">{}</main>',
        '<div class="grid text-[--footer-color]">{}</div>',
        '<main class="with-menu">{}</main>',
    ):
        assert titles(page(*beside, around.format("".join(cards)))) == NAMES, around
    posts = [f'<div class="post type-post plug-in-share-style2">{one}</div>' for one in cards]
    assert titles(page(*beside, *posts)) == NAMES


def test_a_page_does_not_announce_itself() -> None:
    """A story would come again in its own list of related ones, and its links to answer would speak against its kin."""
    own = "http://baohoaban.vn/lam-gom-o-dong-sen.htm"
    others = [card(name, f"http://baohoaban.vn/lang-que-{n}.htm") for n, name in enumerate(NAMES)]
    answers = [f"<a href='{own}?replytocom={n}0201'>Trả lời bạn đọc này {n}</a>" for n in range(6)]
    html = page("<ul>", plain("Làm gốm ở Đồng Sen ba trăm năm qua", own), *others, "</ul>", *answers)
    assert titles(html, own.replace("http:", "https:")) == NAMES


def test_stories_kept_in_an_archive_are_stories() -> None:
    """A site with addresses such as /archive/39710 would have no story at all, or its months would be stories."""
    stories = [plain(name, f"/archive/4010{n}") for n, name in enumerate(NAMES)]
    months = [plain(f"Các bài của tháng thứ {n} năm nay", f"/archive/2026/0{n}") for n in range(1, 5)]
    assert titles(page("<ul>", *stories, "</ul><ul>", *months, "</ul>")) == NAMES


def test_sister_hosts_belong_to_the_publisher_and_other_publishers_do_not() -> None:
    """Stories of the travel section's own host would be missing, and a partner's advertising would be there."""
    html = page(
        card(NAMES[0], "https://dulich.baohoaban.vn/tin-900101.htm"),
        card(NAMES[1], "/tin-900102.htm"),
        card("Đối tác giới thiệu căn hộ ven sông giá ưu đãi", "https://doitac.example.com/can-ho-900103.htm"),
        card("Tải báo giấy số mới nhất của tuần này", "/bao-giay/so-moi-nhat-900104.pdf"),
    )
    assert urls_of(html) == ["https://dulich.baohoaban.vn/tin-900101.htm", f"{HOME}tin-900102.htm"]


def test_links_are_relative_to_the_base_that_the_page_names() -> None:
    """Every address of an old-fashioned page would lead to nowhere."""
    html = page(*[card(name, f"tin-{n}-96010{n}.htm", image="anh/1.jpg") for n, name in enumerate(NAMES[:2])])
    html = html.replace("<head>", "<head><base href='/ban-cu/'>")
    found = find_teasers(html, f"{HOME}thoi-su/")
    assert found[0].url == f"{HOME}ban-cu/tin-0-960100.htm"
    assert found[0].image == f"{HOME}ban-cu/anh/1.jpg"


def test_each_story_comes_once_at_a_clean_address() -> None:
    """A story that is lead and most read, with and without tracking, would be three entries."""
    html = page(
        card(NAMES[0], "/song-lam-910101.htm?utm_source=home#top"),
        card(NAMES[1], "/hoa-ban-910102.htm"),
        "<ol>"
        + plain(NAMES[0], "/song-lam-910101.htm?utm_medium=side")
        + plain(NAMES[1], "/hoa-ban-910102.htm")
        + "</ol>",
    )
    assert urls_of(html) == [f"{HOME}song-lam-910101.htm", f"{HOME}hoa-ban-910102.htm"]


def test_addresses_that_differ_where_nothing_is_identified_are_one_story() -> None:
    """A story under a rewritten slug, or with a position in its query, would be announced twice."""
    html = page(
        card(NAMES[0], "/cau-vong-thong-xe-987654.htm?pos=lead"),
        card("Thông xe cầu Vồng bắc qua sông Lam", "/thong-xe-cau-vong-987654.htm?pos=side"),
        card(NAMES[1], "/2026/03/17/hoa-ban-ngap-sau/index.html?pos=1"),
        card(NAMES[1], "/2026/03/17/hoa-ban-ngap-sau/index.html?pos=2"),
    )
    assert len(urls_of(html)) == 2


def test_one_headline_above_one_slug_is_one_story_whatever_its_number() -> None:
    """Editors who copy a story into a second section would make it come twice."""
    html = page(
        *[card(name, f"/tin-trong-ngay-{n}-93010{n}.htm") for n, name in enumerate(NAMES)],
        card(NAMES[0], "/xa-hoi/tin-trong-ngay-0-930199.htm", image="/anh/0.jpg"),
    )
    found = find_teasers(html, HOME)
    assert [teaser.title for teaser in found] == NAMES
    assert found[0].image == f"{HOME}anh/0.jpg"


def test_stories_named_by_json_ld_are_completed_from_it() -> None:
    """Times and pictures that a page tells to search engines only would be lost."""
    data = (
        '<script type="application/ld+json">{"@type":"ItemList","itemListElement":[{"@type":"ListItem","item":'
        '{"@type":"NewsArticle","url":"/tin-0-940100.htm","headline":"Cầu Vồng đã thông xe",'
        '"datePublished":"2026-03-17T19:45:00+07:00","image":["/anh/cau.jpg"]}}]}</script>'
    )
    html = page(data, *[card(name, f"/tin-{n}-94010{n}.htm") for n, name in enumerate(NAMES)])
    first = find_teasers(html, HOME)[0]
    assert first.published is not None and first.published.isoformat() == "2026-03-17T12:45:00+00:00"
    assert (first.title, first.image) == (NAMES[0], f"{HOME}anh/cau.jpg")


def test_a_page_that_scripts_build_is_read_from_their_state() -> None:
    """A list that exists as data only would be an error for ever."""
    objects = ",".join(
        f'{{"title":"{name}","url":"/tin-so-{n}-95010{n}.htm","publishedAt":"2026-03-1{n}T08:00:00Z"}}'
        for n, name in enumerate(NAMES)
    )
    data = f'{{"props":{{"items":[{objects}]}},"menu":[{{"title":"Sport","url":"/sport"}}]}}'
    state = f'<script type="application/json">{data}</script>'
    found = find_teasers(page("<div id=app></div>", state), HOME)
    assert [teaser.title for teaser in found] == NAMES
    assert found[1].published is not None and found[1].published.day == 11


def test_crumbs_in_json_ld_are_no_stories() -> None:
    """A page with next to no stories would announce its own sections."""
    crumbs = ",".join(
        f'{{"@type":"ListItem","position":{n},"name":"{name}","item":"{HOME}{path}"}}'
        for n, (name, path) in enumerate(
            [("Trang chủ", ""), ("Thời sự", "thoi-su.htm"), ("Giao thông", "giao-thong.htm")]
        )
    )
    html = page(
        f'<script type="application/ld+json">{{"@type":"BreadcrumbList","itemListElement":[{crumbs}]}}</script>'
    )
    assert find_teasers(html, HOME) == []


def test_teasers_that_are_called_promo_are_no_advertising() -> None:
    """Sites that name their teasers so would be read as empty."""
    html = page(
        *[f"<div class='c-promo'>{card(name, f'/a/tin-{n}-81010{n}.htm')}</div>" for n, name in enumerate(NAMES)]
    )
    assert titles(html) == NAMES


def test_pages_without_stories_give_nothing() -> None:
    """A login page would be reported as a list of stories instead of an error."""
    assert find_teasers("", HOME) == []
    assert find_teasers("no markup at all, \ud800 nor a good encoding", HOME) == []
    assert find_teasers(page("<form><input name=user></form><a href='/help'>Help</a>"), HOME) == []


def test_hostile_pages_take_their_time_in_proportion_to_their_size() -> None:
    """One page made to be slow would hold up every other source."""
    deep = "<div>" * 3000 + "".join(f"<div><a href='/a-{n}-123456'>{NAMES[0]}</a>" for n in range(500))
    inline = "<p>" + "".join(f"chữ <a href='/tin-{n}-9{n:05}'>từ khoá trong câu dài</a> và " for n in range(5000))
    same = "".join(f"<span><a href='/tin-123456.htm'>{NAMES[n % 5]}</a></span>" for n in range(5000))
    styled = f"<div style='background:{'url(' * 5000}' srcset='{', ' * 5000}'>" + card(NAMES[0], "/a-123456.htm")
    for body in (deep, inline, same, styled):
        find_teasers(page(body), HOME)


@given(st.text())
def test_any_text_gives_a_list(text: str) -> None:
    """One odd page would end a worker."""
    assert isinstance(find_teasers(text, HOME), list)


@given(
    st.lists(
        st.sampled_from(
            ["<a href='/tin-100200.htm'>", "</a>", "<h3>", "<time>", "<p>", "x y", "<img src=", ">", "\x00"]
        )
    )
)
def test_any_markup_gives_a_list(parts: list[str]) -> None:
    """Tags that cross each other would raise."""
    assert isinstance(find_teasers("".join(parts), "not an address"), list)

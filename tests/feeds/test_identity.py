"""Which addresses and texts name one story: the rules at the head of `feeds.deciding.identity`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.deciding.identity import (
    DRESSES,
    aliases,
    announced,
    entry_id,
    key,
    names,
    plain,
    retold,
    same_number,
    shared_numbers,
    to_remember,
    wholly_different,
)
from tests.feeds.makers import SITE, article, teaser

PLAIN = "https://news.example/thoi-su/cau-moi-4711007.htm"


@pytest.mark.parametrize(
    "url",
    [
        "http://news.example/thoi-su/cau-moi-4711007.htm",
        "https://www.news.example/thoi-su/cau-moi-4711007.htm/",
        "https://news.example:443/thoi-su/cau-moi-4711007.htm#binh-luan",
        "https://news.example/thoi-su/cau-moi-4711007.htm?utm_source=zalo&fbclid=1",
    ],
)
def test_one_address_has_one_key(url: str) -> None:
    """A story that sites link in several ways would be in the feed several times."""
    assert key(url) == PLAIN


def test_entry_ids_are_as_they_were() -> None:
    """After an upgrade every reader would show every story as unread again."""
    assert entry_id("http://www.news.example/a/?utm_source=x#y") == "urn:uuid:ef8aae20-7662-5fe1-a598-acc7ea739e02"
    assert entry_id("https://m.news.example/a") != entry_id("https://news.example/a")


@pytest.mark.parametrize(
    "url",
    [
        "https://m.news.example/thoi-su/cau-moi-4711007.htm",
        "https://mobile.news.example/thoi-su/cau-moi-4711007.htm",
        "https://amp.news.example/thoi-su/cau-moi-4711007.htm",
        "https://amp.m.news.example/amp/thoi-su/cau-moi-4711007.htm",
        "https://news.example/amp/thoi-su/cau-moi-4711007.htm",
        "https://news.example/thoi-su/cau-moi-4711007.htm/amp",
        "https://news.example/thoi-su/cau-moi-4711007.htm/amp/",
        "https://news.example/thoi-su/cau-moi-4711007.amp.htm",
        "https://news.example/thoi-su/cau-moi-4711007.htm?amp",
        "https://news.example/thoi-su/cau-moi-4711007.htm?amp=1",
        "https://news.example/thoi-su/cau-moi-4711007.htm?outputType=amp",
        "https://news.example/thoi-su/cau-moi-4711007.htm/index.html",
    ],
)
def test_amp_and_mobile_forms_have_one_alias(url: str) -> None:
    """A story that a list links once for phones and once for desks would be in the feed twice."""
    assert aliases(url) == aliases(PLAIN)
    assert set(names(url)) & {key(PLAIN), *to_remember([PLAIN])}
    assert set(names(PLAIN)) & {key(url), *to_remember([url])}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://news.example/amp", "https://news.example/"),
        ("https://m.vn/a", "https://vn/a"),
        ("https://news.example/a?amplifier=1", "https://news.example/a"),
        ("https://news.example/camp/a", "https://news.example/a"),
        ("https://news.example/.amp", "https://news.example/"),
    ],
)
def test_what_looks_like_amp_and_is_not(one: str, other: str) -> None:
    """Pages that have nothing to do with each other would be compared, and maybe taken for one."""
    assert plain(one) != plain(other)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (PLAIN, "https://news.example/xa-hoi/cau-moi-thong-xe-4711007.html"),
        (PLAIN, "https://m.news.example/cau-4711007.htm"),
        ("https://a.example/4711007-cau-moi.htm", "https://www.a.example/4711007-cau-moi-thong-xe.htm"),
        ("https://a.example/tin/4711007/cau-moi", "https://a.example/tin/4711007/cau-moi-thong-xe"),
        ("https://a.example/cau-moi-post4711007.tpo", "https://a.example/cau-post4711007.tpo"),
        ("https://a.example/cau-1992611211405001.htm", "https://a.example/moi-1992611211405001.htm"),
        ("https://a.example/tin/4711007.htm", "https://a.example/4711007"),
    ],
)
def test_number_stays_when_the_slug_changes(old: str, new: str) -> None:
    """A story whose headline is edited would be published again wherever slugs follow headlines."""
    assert same_number(old, new)
    assert set(aliases(old)[1:]) == set(aliases(new)[1:]) != set()


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/photo-12345-2",
        "https://a.example/bai-12345-p2.htm",
        "https://a.example/12345/page-2",
        "https://a.example/12345/2",
        "https://a.example/t/12345/sua-cau/3",
        "https://a.example/bai-12345.htm?page=2",
        "https://a.example/showthread.php?t=12345",
        "https://a.example/ban-tin-20260131.htm",
        "https://a.example/ban-tin-31012026.htm",
        "https://a.example/ban-tin-202601.htm",
        "https://a.example/20260131/ban-tin-sang",
        "https://a.example/ban-tin-260131.htm",
        "https://a.example/tin-nam-2026.htm",
        "https://a.example/tin-1234.htm",
        "https://a.example/a1b2c12345",
        "https://a.example/bai-5f3a12345.htm",
        "https://a.example/giao-duc-c12345",
        "https://a.example/12345/chuyen-muc/bai-moi",
        "https://a.example/tac-gia-12345/bai-moi",
        "https://a.example/",
    ],
)
def test_numbers_that_name_no_story(url: str) -> None:
    """The pages of a gallery, the days of a bulletin or the stories of a section would pass for one story."""
    assert len(aliases(url)) == 1


def test_same_number_elsewhere_is_another() -> None:
    """Stories of two sites, or a story and a section, would be compared because their numbers happen to agree."""
    assert not same_number("https://a.example/cau-12345.htm", "https://b.example/cau-12345.htm")
    assert not same_number("https://a.example/cau-12345.htm", "https://a.example/12345-cau.htm")
    assert not same_number("https://a.example/cau.htm", "https://a.example/cau.htm")


def test_number_of_a_section_is_shared() -> None:
    """On a site whose addresses carry the number of their section, its stories would swallow each other."""
    section = [teaser(name, url=f"https://a.example/12345/bai-{name}") for name in ("mot", "hai", "ba")]
    assert shared_numbers(section) == {"number:a.example/12345/*"}
    assert shared_numbers(section[:2]) == set()
    renamed = [teaser("mot", url=item.url) for item in section]
    assert shared_numbers(renamed) == set()  # one story under three slugs


def test_weak_keys_are_told_from_strong_ones() -> None:
    """A proposal would be taken for knowledge, and stories be merged unread."""
    for url in (PLAIN, "https://amp.news.example/a", "https://a.example/number:12345"):
        assert all(weak.startswith(("alias:", "number:")) for weak in (*aliases(url), *to_remember([url])))
        assert key(url).startswith("https://")


@given(
    st.text("abc-_/.0123456789amp?=&#:@[]%", max_size=40),
    st.sampled_from(["", "m.", "amp.", "www.", "mobile."]),
)
def test_keys_are_keys_of_themselves(path: str, host: str) -> None:
    """A story would be known under other names at each start, and be published again."""
    url = f"https://{host}news.example/{path}"
    assert key(key(url)) == key(url)
    assert plain(plain(url)) == plain(url) == plain(key(url))
    assert aliases(key(url)) == aliases(url)


NEWS = (
    "Sáng nay, xã Thạch Khê đưa vào sử dụng 12 km đường liên thôn, nối các khu dân cư ven sông với trung tâm xã. "
    "Bà con hai bên đường nói rằng quãng đường ra chợ nay chỉ còn năm phút, thay vì phải đi vòng gần bốn cây số."
)
OTHER = (
    "Một khách hàng ở miền Nam vừa đặt làng nghề làm 40 bộ bàn ghế mây, nay các hộ trong xã chia nhau ra đan, "
    "và nói rằng phải đi chợ huyện mua thêm mây vì của ven sông không còn."
)


def test_long_texts_of_one_language_are_still_unlike() -> None:
    """Tomorrow's story at today's address would pass for an edit of it, as all texts share common words."""
    one, other = article("a", NEWS, title="Đường liên thôn"), article("a", OTHER, title="Bàn ghế mây")
    assert wholly_different(one, other)
    assert not retold(one, other)


def test_edited_text_is_the_same_story() -> None:
    """A story rewritten in the course of a day would be published a second time."""
    edited = article("a", f"{NEWS[:110]}, theo lời ông Lê. {OTHER}", title="Thông xe")
    assert not wholly_different(article("a", NEWS, title="Đường liên thôn"), edited)
    assert retold(article("a", NEWS), edited)


def test_headlines_agree_by_half_of_their_words() -> None:
    """A consent page would be published as news, or a reworded headline not be recognised."""
    told = article("a", title="Thông xe đường liên thôn Thạch Khê")
    assert announced(teaser(title="Đường liên thôn Thạch Khê đã thông"), told)
    assert not announced(teaser(title="Đăng nhập để đọc tiếp"), told)
    assert not announced(None, told)


def test_few_words_prove_no_retelling() -> None:
    """A video of a match would replace the report of a flood whose number it shares."""
    flood = article("a", NEWS + " Theo Reuters, nước đang rút.", title="Lũ lớn ở miền núi")
    video = article("b", "Theo Reuters", title="Chung kết bóng đá nữ")
    assert not retold(flood, video)
    assert retold(flood, article("b", "Theo Reuters", title="Lũ lớn ở miền núi phía bắc"))


@pytest.mark.parametrize("between", ["-", "--", "_", "-_", ",", "-,"])
def test_what_stands_before_a_number_is_no_part_of_it(between: str) -> None:
    """A story whose address is written with two hyphens for once would be in the feed twice, and announced twice."""
    plain_one = f"{SITE}cau-moi-1334713.htm"
    assert same_number(f"{SITE}cau-moi-thong-xe{between}1334713.htm", plain_one)
    assert aliases(f"{SITE}khac{between}1334713.htm")[1:] == aliases(plain_one)[1:]


def test_an_address_is_undressed_a_few_times_only() -> None:
    """One link with a thousand AMP endings would be taken apart a thousand times, at each poll."""
    long = plain("https://news.example/bai-1" + ".amp" * 1000)
    assert long.count(".amp") == 1000 - DRESSES
    assert plain("https://news.example/bai-1" + ".amp" * 3) == plain("https://news.example/bai-1")


@pytest.mark.parametrize(("shared", "other_story"), [(30, False), (8, True)])
def test_a_fifth_of_the_pairs_of_words_is_one_story(shared: int, other_story: bool) -> None:
    """A story written anew around its quotations would be another one, or every story at an address the same."""
    own, theirs = ([f"{word}{n}" for n in range(100)] for word in ("one", "other"))
    told = [f"shared{n}" for n in range(shared)]
    old = article("a", title="Ferry returns", text=" ".join([*own[shared:], *told]))
    new = article("a", title="Bridge opens", text=" ".join([*theirs[shared:], *told]))
    assert wholly_different(old, new) is other_story

"""What a source repeats on its pages is left out of its stories; what only some of them repeat stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from feeds.deciding.boilerplate import MAX_BLOCKS, learned, without_boilerplate
from feeds.model import Article, Known
from tests.feeds.makers import NOW, History, article, read

SIGN_UP = "Mời bạn đọc đăng ký nhận bản tin của làng ven sông Vân vào mỗi sáng thứ hai."
OTHER = "Vé xem hội đua thuyền đã mở bán tại đình làng, giá chỉ từ năm mươi nghìn đồng."


def told(number: int, *extra: str, end: str = "") -> Article:
    """A story of two paragraphs of its own, with other blocks between them."""
    blocks = [
        f"Đội thứ {number} của làng {number} về đích sau {number * 7} phút trên sông Vân vào sáng nay.",
        *extra,
        f"Trưởng làng {number} nói rằng {number * 3} người đã tập suốt mùa mưa để có ngày hôm nay.",
        f"Năm ngoái đội này về thứ {number + 1}, sau khi thuyền số {number} bị thủng đáy ở khúc sông cuối.{end}",
    ]
    html = "".join(f"<p>{block}</p>" for block in blocks)
    return article(f"s{number}", "\n\n".join(blocks), title=f"Đội thứ {number} về đích", content_html=html)


def polled(history: History, *stories: Article, hours: int = 0) -> list[str]:
    """The types of the events of a poll that reads these pages."""
    looks = [read(story.url.rpartition("/")[2], story) for story in stories]
    return [event.type for event in history.poll(*looks, now=NOW + timedelta(hours=hours)).events]


def texts(history: History) -> list[str]:
    return [story.body_text for story in history.known.articles.values()]


def test_a_block_of_the_site_is_left_out_and_kept_beside() -> None:
    """Each story would end in the site's own advertisement, in every reader."""
    history = History()
    polled(history, *(told(n, SIGN_UP) for n in range(1, 6)))
    for story in history.known.articles.values():
        assert SIGN_UP not in story.body_text + story.content_html
        assert [left.text for left in story.left_out] == [SIGN_UP]
        assert story.left_out[0].html == f"<p>{SIGN_UP}</p>"
        assert story.body_text.count("\n\n") == 2


def test_another_one_in_its_place_is_no_revision() -> None:
    """An advertisement that changes would be told to everybody as a change of the story."""
    history = History()
    polled(history, *(told(n, "Quảng cáo", SIGN_UP) for n in range(1, 6)))
    assert polled(history, told(1, "Quảng cáo", OTHER), hours=1) == []
    assert polled(history, told(1, "Quảng cáo", OTHER, end=" Sang năm lại mở hội."), hours=2) == ["article.revised"]
    assert not any("Quảng cáo" in text for text in texts(history)), "the label goes with what it is of"


def test_a_paragraph_in_its_place_is_news() -> None:
    """What an editor adds where an advertisement stood would be kept from readers."""
    history = History()
    polled(history, *(told(n, SIGN_UP) for n in range(1, 6)))
    added = "Ban tổ chức vừa báo rằng đội về nhì đã bị loại vì dùng thuyền quá dài."
    assert polled(history, told(1, added), hours=1) == ["article.revised"]


def weather(degrees: int) -> str:
    return f"Thời tiết Vân Đình lúc này: trời nhiều mây, {degrees} độ, gió nhẹ, nước sông cao {degrees + 1} mét"


@pytest.mark.parametrize(
    "line",
    [
        lambda number, hour: weather(20 + hour),
        lambda number, hour: f"Giá gạo: {15 + hour}.500 đ/kg",
        lambda number, hour: f"Bạn là người thứ {1_000 * number + 37 * hour} đọc bài này trên trang của làng",
    ],
    ids=["weather", "short", "of its own on each page"],
)
def test_a_clock_on_every_page_is_no_change(line: Callable[[int, int], str]) -> None:
    """The weather beside each story would revise them all, at every look, until nobody reads the alerts."""
    history = History()
    polled(history, *(told(n, line(n, 0)) for n in range(1, 7)))
    for hour in range(1, 5):
        assert polled(history, *(told(n, line(n, hour)) for n in range(1, 5)), hours=hour) == []
    assert polled(history, told(5, line(5, 6)), hours=6) == [], "known by now"
    assert polled(history, told(5, line(5, 7), end=" Tối nay có pháo hoa."), hours=7) == ["article.revised"]


def test_another_number_where_the_sites_numbers_stood_is_no_change() -> None:
    """A story that is looked at alone would be revised by the weather."""
    history = History()
    polled(history, *(told(n, weather(20)) for n in range(1, 7)))
    assert polled(history, told(1, weather(21)), hours=1) == []


def test_a_corrected_number_is_a_change() -> None:
    """A death toll that is corrected would stay as it was, in every reader."""
    history = History()
    line = "Theo công an xã, đến trưa nay đã có {} người bị thương được đưa vào trạm xá của làng."
    polled(history, *(told(n, line.format(n)) for n in range(1, 7)))
    for number in (1, 2):
        assert polled(history, told(number, line.format(number + 20)), hours=number) == ["article.revised"]
    assert polled(history, *(told(n, line.format(n + 30)) for n in (3, 4)), hours=3) == ["article.revised"] * 2


def test_what_is_learned_later_is_no_revision() -> None:
    """The day that bantin learns of a box, all stories of a site would be revised."""
    history = History()
    for number in range(1, 5):
        polled(history, told(number, SIGN_UP), hours=number)
    assert sum(SIGN_UP in text for text in texts(history)) == 4, "four stories of a series, for all that is known"
    polled(history, told(5, SIGN_UP), hours=5)
    assert polled(history, *(told(n, SIGN_UP) for n in range(1, 5)), hours=6) == []
    assert not any(SIGN_UP in text for text in texts(history))


@pytest.mark.parametrize("often", [3, 4, 6])
def test_the_refrain_of_a_series_stays(often: int) -> None:
    """A column would lose the sentence that it is known by."""
    history = History()
    polled(history, *(told(n, *([SIGN_UP] if n <= often else [])) for n in range(1, 11)))
    assert sum(SIGN_UP in text for text in texts(history)) == often


def test_short_lines_stay() -> None:
    """A byline or "as agencies report" would vanish from every story."""
    history = History()
    polled(history, *(told(n, "Theo Thông tấn xã Sông Vân.") for n in range(1, 9)))
    assert all("Theo Thông tấn xã" in text for text in texts(history))


def test_what_was_wrong_is_undone() -> None:
    """What once stood on five pages by chance would be missing for ever."""
    history = History()
    polled(history, *(told(n, SIGN_UP) for n in range(1, 6)))
    polled(history, *(told(n) for n in range(6, 16)), hours=1)
    assert polled(history, told(1, SIGN_UP), hours=2) == []
    assert SIGN_UP in history.known.articles[history.known.by_key["https://news.example/s1"].entry_id].body_text


def test_a_source_that_repeats_everything_keeps_its_stories() -> None:
    """A site that was read badly would have empty stories."""
    history = History()
    same = told(1)
    polled(history, *(told(n, *([same.body_text.replace("\n\n", " ")] * 3)) for n in range(1, 9)))
    assert all(len(text) > 300 for text in texts(history))


def test_what_is_learned_has_a_bound() -> None:
    """A page with a million blocks would fill the memory, and the database at each poll."""
    page = article(
        "a", "\n\n".join(f"Dòng số {n} của bài dài bên sông Vân, không dòng nào giống dòng nào." for n in range(20_000))
    )
    habits = learned(Known(), [read("a", page)])
    assert 100 < len(habits.blocks) <= MAX_BLOCKS
    assert without_boilerplate(page, habits) == page

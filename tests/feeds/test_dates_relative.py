"""Times told from the time of reading."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feeds.reading.dates.parse import parse_date

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 3, 17, 15, 0, 30, tzinfo=UTC)  # 22:00:30 in Hanoi


def read(text: str, now: datetime | None = NOW) -> str | None:
    """The time as text on Hanoi's clock."""
    moment = parse_date(text, timezone=HANOI, now=now)
    if moment is None:
        return None
    local = moment.at.astimezone(HANOI)
    return f"{local:%d}" if moment.precision == "day" else f"{local:%d %H:%M}"


@pytest.mark.parametrize(
    "text",
    [
        "2 giờ trước",
        "cách đây 2 giờ",
        "1 giờ 60 phút trước",
        "2 hours ago",
        "2h ago",
        "Updated 2 hours ago",
        "vor 2 Stunden",
        "vor 2 Std.",
        "il y a 2 heures",
        "hace 2 horas",
        "há 2 horas",
        "2 ore fa",
        "2 uur geleden",
        "2 godziny temu",
        "2 часа назад",
        "2 години тому",
        "před 2 hodinami",
        "för 2 timmar sedan",
        "2 timer siden",
        "2 tuntia sitten",
        "2 órával ezelőtt",
        "acum 2 ore",
        "πριν από 2 ώρες",
        "2 saat önce",
        "2 jam yang lalu",
        "2小时前",
        "2時間前",
        "2시간 전",
        "منذ ساعتين",
        "۲ ساعت پیش",
        "2 घंटे पहले",
        "২ ঘণ্টা আগে",
        "2 ชั่วโมงที่แล้ว",
        "לפני שעתיים",
    ],
)
def test_two_hours_ago(text: str) -> None:
    """Lists in that language would have no time for their newest stories."""
    assert read(text) == "17 20:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 phút trước", "17 21:55"),
        ("5分钟前", "17 21:55"),
        ("an hour ago", "17 21:00"),
        ("vor einer Stunde", "17 21:00"),
        ("vừa xong", "17 22:00"),
        ("just now", "17 22:00"),
        ("3 ngày trước", "14"),
        ("acum 20 de zile", "25"),
        ("Hôm qua 15:30", "16 15:30"),
        ("hôm nay, 08:15", "17 08:15"),
        ("heute, 18:00", "17 18:00"),
        ("gestern", "16"),
        ("Vorgestern, 7:05 Uhr", "15 07:05"),
        ("Yesterday at 3:30 pm", "16 15:30"),
        ("昨天 15:30", "16 15:30"),
        ("28/12 20:02", "28 20:02"),
        ("3. März, 14:05", "03 14:05"),
        ("Mar 3", "03"),
        ("3月5日", "05"),
    ],
)
def test_other_relative_forms(text: str, expected: str) -> None:
    """Lists that print such forms would lose the times of their stories."""
    assert read(text) == expected


def test_a_day_without_year_is_the_last_such_day() -> None:
    """In January, the stories of December would be dated eleven months ahead."""
    moment = parse_date("28/12 20:02", timezone=HANOI, now=NOW)
    assert moment is not None
    assert moment.at.year == 2025


@pytest.mark.parametrize(
    "text",
    [
        "3 tháng trước",
        "2 years ago",
        "5 hours",
        "3h",
        "iPhone 5 may come to shops",
        "Today in history: what happened",
        "Hier spricht der Kanzler",
        "The strange case of the two who met an hour ago in a bar",
        "99 days ago",
        "2/3",
    ],
)
def test_refused(text: str) -> None:
    """A headline, a duration or a vague age would become a story's time."""
    assert read(text) is None


@pytest.mark.parametrize("text", ["2 giờ trước", "Hôm qua 15:30", "vừa xong", "28/12 20:02", "3月5日"])
def test_nothing_is_relative_without_now(text: str) -> None:
    """The machine's clock would leak into what is read from a page."""
    assert read(text, None) is None

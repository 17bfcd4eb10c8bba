"""Text to time: formats, languages, zones; and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from feeds.reading.dates import words as date_words
from feeds.reading.dates.parse import Moment, parse_date, writing_order

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")
UTC_ZONE = ZoneInfo("UTC")


def read(text: str, zone: ZoneInfo = UTC_ZONE, **options: object) -> str | None:
    """The time as ISO text on the zone's own clock, with as many parts as the text told."""
    moment = parse_date(text, timezone=zone, **options)  # type: ignore[arg-type]
    if moment is None:
        return None
    local = moment.at.astimezone(zone)
    return local.date().isoformat() if moment.precision == "day" else local.isoformat(timespec=f"{moment.precision}s")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-12-28T20:02:00+07:00", "2023-12-28T20:02:00+07:00"),
        ("2023-12-28T20:02:00.123+0700", "2023-12-28T20:02:00+07:00"),
        ("2023-12-28T13:02:00.0000000Z", "2023-12-28T20:02:00+07:00"),
        ("2023-12-28T20:02:00+07", "2023-12-28T20:02:00+07:00"),
        ("2023-12-28 20:02", "2023-12-28T20:02+07:00"),
        ("2023-12-28", "2023-12-28"),
        ("20231228", "2023-12-28"),
        ("20231228T130200Z", "2023-12-28T20:02:00+07:00"),
        ("Thu, 28 Dec 2023 13:02:00 GMT", "2023-12-28T20:02:00+07:00"),
        ("28 Dec 2023 20:02:00 +0700", "2023-12-28T20:02:00+07:00"),
        ("Thu Dec 28 2023 14:02:00 GMT+0100 (CET)", "2023-12-28T20:02:00+07:00"),
        ("Thu Dec 28 08:02:00 EST 2023", "2023-12-28T20:02:00+07:00"),
        ("1703768520", "2023-12-28T20:02:00+07:00"),
        ("1703768520000", "2023-12-28T20:02:00+07:00"),
        ("2023-12-28T14:02:00CET", "2023-12-28T20:02:00+07:00"),
    ],
)
def test_machine_formats(text: str, expected: str) -> None:
    """Readers of every site would see stories hours off, since metadata is written in these forms."""
    assert read(text, HANOI) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("28/12/2023 20:02", "2023-12-28T20:02+07:00"),
        ("19:45 , 17/03/2026", "2026-03-17T19:45+07:00"),
        ("Thứ Hai, 12/01/2026 - 08:15 (GMT+7)", "2026-01-12T08:15+07:00"),
        ("Thứ hai, 5/1/2026, 16:30 (GMT+7)", "2026-01-05T16:30+07:00"),
        ("Đăng ngày 28 tháng 12 năm 2023 lúc 8:15 CH", "2023-12-28T20:15+07:00"),
        ("Ngày 3 tháng Ba, 2026", "2026-03-03"),
        ("Tháng Mười Hai 3, 2025", "2025-12-03"),
        ("12 Th3, 2026", "2026-03-12"),
        ("12 thg 3, 2026 · 9 giờ 05 phút", "2026-03-12T09:05+07:00"),
        ("Cập nhật lúc 20h02 ngày 28-12-2023", "2023-12-28T20:02+07:00"),
    ],
)
def test_vietnamese_datelines(text: str, expected: str) -> None:
    """The first site's articles and lists would have no time, or a wrong one."""
    assert read(text, HANOI, language="vi") == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "March 3, 2026 at 2:05 p.m.", "2026-03-03T14:05+00:00"),
        ("en", "Published 10:05, 3rd of March 2026", "2026-03-03T10:05+00:00"),
        ("en", "20:02 December 28, 2023", "2023-12-28T20:02+00:00"),
        ("en", "Mar. 3, 2026 12:30 AM", "2026-03-03T00:30+00:00"),
        ("de", "Stand: 3. März 2026, 14:05 Uhr", "2026-03-03T14:05+00:00"),
        ("de", "03.03.2026 um 14 Uhr", "2026-03-03T14:00+00:00"),
        ("de", "28.Februar 2026", "2026-02-28"),
        ("fr", "Publié le 1er août 2026 à 14h05", "2026-08-01T14:05+00:00"),
        ("es", "3 de marzo de 2026 - 14:05", "2026-03-03T14:05+00:00"),
        ("pt", "Publicado em 03 fev 2026 às 14h05", "2026-02-03T14:05+00:00"),
        ("it", "Martedì 3 marzo 2026, ore 14.05", "2026-03-03T14:05+00:00"),
        ("nl", "3 mrt 2026, 14:05", "2026-03-03T14:05+00:00"),
        ("pl", "3 września 2026, 14:05", "2026-09-03T14:05+00:00"),
        ("ru", "3 марта 2026 г. в 14:05", "2026-03-03T14:05+00:00"),
        ("uk", "3 березня 2026 року, 14:05", "2026-03-03T14:05+00:00"),
        ("cs", "3. listopadu 2026 v 14:05", "2026-11-03T14:05+00:00"),
        ("hr", "3. listopada 2026.", "2026-10-03"),
        ("sv", "3 maj 2026 kl. 14.05", "2026-05-03T14:05+00:00"),
        ("da", "3. marts 2026 kl. 14:05", "2026-03-03T14:05+00:00"),
        ("no", "3. desember 2026 14:05", "2026-12-03T14:05+00:00"),
        ("fi", "3. maaliskuuta 2026 klo 14.05", "2026-03-03T14:05+00:00"),
        ("hu", "2026. március 3., 14:05", "2026-03-03T14:05+00:00"),
        ("ro", "3 martie 2026, 14:05", "2026-03-03T14:05+00:00"),
        ("el", "Τρίτη, 3 Μαρτίου 2026, 2:05 μ.μ.", "2026-03-03T14:05+00:00"),
        ("tr", "3 Ağustos 2026 14:05", "2026-08-03T14:05+00:00"),
        ("id", "Selasa, 3 Maret 2026 14:05", "2026-03-03T14:05+00:00"),
        ("ms", "3 Ogos 2026", "2026-08-03"),
        ("zh", "2026年3月3日 下午2:05", "2026-03-03T14:05+00:00"),
        ("ja", "令和8年3月3日 14時05分", "2026-03-03T14:05+00:00"),
        ("ko", "2026년 3월 3일 오후 2:05", "2026-03-03T14:05+00:00"),
        ("ko", "2026.03.03. 14:05", "2026-03-03T14:05+00:00"),
        ("ar", "الثلاثاء ٣ مارس ٢٠٢٦ - ١٤:٠٥", "2026-03-03T14:05+00:00"),
        ("ar", "3 كانون الثاني 2026", "2026-01-03"),
        ("fa", "۱۲ اسفند ۱۴۰۲ - ۱۴:۰۵", "2024-03-02T14:05+00:00"),
        ("fa", "۱۴۰۲/۱۲/۱۲", "2024-03-02"),
        ("hi", "3 मार्च 2026, 14:05", "2026-03-03T14:05+00:00"),
        ("bn", "৩ মার্চ ২০২৬, ১৪:০৫", "2026-03-03T14:05+00:00"),
        ("th", "3 มี.ค. 2569 14:05 น.", "2026-03-03T14:05+00:00"),
        ("he", "ב-3 במרץ 2026, 14:05", "2026-03-03T14:05+00:00"),
    ],
)
def test_months_written_out(language: str, text: str, expected: str) -> None:
    """Sites in that language that print months in words would have no times at all."""
    assert read(text, language=language) == expected


@pytest.mark.parametrize("text", ["3 mars 2026", "3. März 2026", "3 мая 2026", "2026年3月3日", "3 มีนาคม 2569"])
def test_months_of_an_unknown_language(text: str) -> None:
    """Pages that do not say their language would have no times."""
    assert read(text) == read(text, language="xx") is not None


@pytest.mark.parametrize("language", date_words.MONTHS_BY_LANGUAGE)
def test_every_month_of_every_language(language: str) -> None:
    """A slip in the table of months would misdate a twelfth of that language's stories."""
    line = date_words.MONTHS_BY_LANGUAGE[language]
    assert len(line) == 12
    for number, words in enumerate(line, 1):
        for word in words.split():
            assert read(f"3 {word} 2026", language=language) == f"2026-{number:02}-03", word


@pytest.mark.parametrize(
    ("text", "zone", "language", "expected"),
    [
        ("05/03/2026", "UTC", "vi", "2026-03-05"),
        ("05/03/2026", "UTC", "en-US", "2026-05-03"),
        ("05/03/2026", "UTC", "en-GB", "2026-03-05"),
        ("05/03/2026", "America/New_York", "en", "2026-05-03"),
        ("05/03/2026", "Australia/Sydney", "en", "2026-03-05"),
        ("05/03/2026", "America/Mexico_City", "es", "2026-03-05"),
        ("05/13/2026", "UTC", "vi", "2026-05-13"),
        ("13/05/2026", "UTC", "en-US", "2026-05-13"),
        ("05.03.2026", "UTC", "en-US", "2026-03-05"),
        ("2026/03/05", "UTC", "en-US", "2026-03-05"),
    ],
)
def test_order_of_day_and_month(text: str, zone: str, language: str, expected: str) -> None:
    """Half of the days of a year would be read as another day of it."""
    assert read(text, ZoneInfo(zone), language=language) == expected


def test_the_caller_may_settle_the_order() -> None:
    """A site whose habit is known from its other dates would still be guessed at."""
    assert read("05/03/2026", language="vi", day_first=False) == "2026-05-03"


def test_writing_order() -> None:
    """An English page of unknown country would have its dates read in the wrong order."""
    assert writing_order(["05/03/2026", "28/02/2026"]) is True
    assert writing_order(["05/03/2026", "02/28/2026"]) is False
    assert writing_order(["05/03/2026", "16 February 2026"]) is True
    assert writing_order(["05/03/2026", "February 16, 2026"]) is False
    assert writing_order(["05/03/2026", "Top 10 of 2026"]) is None


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        ("3 March 2026 14:05 GMT+7", "UTC", "07:05"),
        ("3 March 2026 14:05 (UTC-3)", "UTC", "17:05"),
        ("3 March 2026 14:05 GMT+5:30", "UTC", "08:35"),
        ("3 March 2026 14:05 +0700", "UTC", "07:05"),
        ("3 March 2026 14:05 CET", "UTC", "13:05"),
        ("3 July 2026 14:05 CEST", "UTC", "12:05"),
        ("3 July 2026 14:05 CET", "Europe/Berlin", "12:05"),
        ("3 July 2026 2:05 p.m. ET", "UTC", "18:05"),
        ("3 March 2026 2:05PM EST", "UTC", "19:05"),
        ("3 March 2026 14:05 IST", "Asia/Kolkata", "08:35"),
        ("3 March 2026 14:05 IST", "Asia/Jerusalem", "12:05"),
        ("3 March 2026 14:05 CST", "Asia/Shanghai", "06:05"),
        ("3 March 2026 14:05 CST", "UTC", "20:05"),
        ("3 March 2026 14:05 WIB", "UTC", "07:05"),
        ("3 March 2026 14:05 ICT", "UTC", "07:05"),
        ("3 марта 2026 14:05 МСК", "UTC", "11:05"),
        ("3 March 2026 14:05 BY STAFF", "UTC", "14:05"),
    ],
)
def test_zones(text: str, zone: str, utc: str) -> None:
    """A story would be hours early or late where its dateline names a zone; GMT+7 the wrong way round by fourteen."""
    moment = parse_date(text, timezone=ZoneInfo(zone))
    assert moment is not None
    assert f"{moment.at:%H:%M}" == utc


def test_offset_and_zoned_tell_the_clock_of_the_text() -> None:
    """The page reader could not tell local time that is marked as UTC."""
    naive = parse_date("28/12/2023 20:02", timezone=HANOI)
    zoned = parse_date("2023-12-28T13:02:00Z", timezone=HANOI)
    assert naive is not None
    assert zoned is not None
    assert (naive.offset, naive.zoned) == (timedelta(hours=7), False)
    assert (zoned.offset, zoned.zoned) == (timedelta(0), True)


def test_a_bare_day_is_midnight_in_the_zone() -> None:
    """A day would be shown as the one before to readers of that zone."""
    moment = parse_date("3. März 2026", timezone=BERLIN)
    assert moment == Moment(datetime(2026, 3, 2, 23, tzinfo=UTC), "day", timedelta(hours=1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12/11/10",
        "3. März",
        "März 2026",
        "2026",
        "31/02/2026",
        "2023-02-30T10:00:00Z",
        "00/00/2026",
        "3 March 1985",
        "3 March 0000 14:05 EST",
        "3 March 9999",
        "0912345678",
        "9999999999",
        "Top 10 cars of 2026",
        "Version 1.2.2020.4",
        "Call 0237 3721150",
        "1.500.000",
        "2 hours ago",
        "heute, 18:00",
        "28/12 20:02",
        "May the 4th be with you",
        "2010-2020",
        "16:9",
    ],
)
def test_refused(text: str) -> None:
    """A feed would show a made-up date where the page told none."""
    assert read(text) is None


def test_the_future_is_refused() -> None:
    """An event's date beside a headline would be taken for its publication."""
    now = datetime(2026, 3, 17, 12, tzinfo=UTC)
    assert read("18/03/2026", now=now) == "2026-03-18"
    assert read("20/03/2026", now=now) is None


def test_impossible_times_leave_the_day() -> None:
    """A dateline with a typing error in its time would lose its day as well."""
    assert read("3 March 2026, 25:61") == "2026-03-03"

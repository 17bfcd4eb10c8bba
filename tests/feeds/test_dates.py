"""Text to time: formats, languages, zones, relative forms; and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feeds.reading.dates import parse_date

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize("text", ["28/12/2023 20:02", "20:02 , 28/12/2023", "2023-12-28T20:02", "2023-12-28T13:02Z"])
def test_vietnamese_datelines(text: str) -> None:
    """Vietnamese pages and lists would show stories at the wrong hour."""
    moment = parse_date(text, timezone=HANOI)
    assert moment is not None
    assert moment.at == datetime(2023, 12, 28, 13, 2, tzinfo=UTC)
    assert moment.precision == "minute"
